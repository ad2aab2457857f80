#!/usr/bin/env bash
# Makes the spoken prompts of crates/farend/prompts anew from prompts.tsv: espeak-ng speaks, sox trims and levels, opusenc packs.
# Only to be run when a text or the voice changes: the results are in the repository. All three are packages of Debian.
#   scripts/prompts.sh [NAME …]
set -euo pipefail
cd "$(dirname "$0")/../crates/farend/prompts"

# No mbrola: its voices are not free.
declare -A voices=([en]=en-gb+f2 [de]=de+f2)
words_per_minute=150
pitch=45
# Pause between words, in units of 10 ms.
word_gap=2
# Of the speech itself, its pauses left out, in dBFS.
level=-18

for tool in espeak-ng:espeak-ng sox:sox opusenc:opus-tools; do
  command -v "${tool%%:*}" > /dev/null || missing+=("${tool##*:}")
done
if [[ -v missing ]]; then
  if [[ $EUID -ne 0 ]]; then
    printf 'prompts: install these first: apt-get install %s\n' "${missing[*]}" >&2
    exit 1
  fi
  apt-get install --yes "${missing[@]}"
fi
dpkg-query --show --showformat '${Package} ${Version}\n' espeak-ng sox opus-tools

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# By how many decibels speech has to become louder, so that its frames of 20 ms that are no pauses have the level.
gain() {
  python3 - "$1" "$level" << 'EOF'
import array, math, sys, wave
with wave.open(sys.argv[1]) as file:
    frame = file.getframerate() // 50
    samples = array.array("h", file.readframes(file.getnframes()))
powers = [sum(s * s for s in samples[i : i + frame]) / frame for i in range(0, len(samples) - frame + 1, frame)]
# A pause is what is 30 dB below the loudest frame.
speech = [power for power in powers if power > max(powers) / 1000]
print(float(sys.argv[2]) - 10 * math.log10(sum(speech) / len(speech) / 32768**2))
EOF
}

while IFS=$'\t' read -r name language text; do
  [[ $name == name ]] && continue
  [[ $# -gt 0 && " $* " != *" $name "* ]] && continue
  espeak-ng -v "${voices[$language]}" -s "$words_per_minute" -p "$pitch" -g "$word_gap" -a 80 -w "$work/spoken.wav" "$text"
  # A telephone's band and no rumble; the silence at both ends goes, and a short one comes, so that nothing begins with a click.
  sox -G -D "$work/spoken.wav" -r 16000 -c 1 -b 16 "$work/trimmed.wav" highpass 90 treble -2 3500 \
    silence 1 0.01 -45d reverse silence 1 0.01 -45d fade t 0.01 reverse fade t 0.005 pad 0.04 0.06
  # Peaks are pressed first, so that the limiter has little left to do; -D: no dither, which might clip.
  sox -D "$work/trimmed.wav" -b 16 "$work/pressed.wav" compand 0.002,0.05 -60,-60,-30,-24,-12,-12,0,-8 0 -90 0.002
  sox -D "$work/pressed.wav" -b 16 "$work/ready.wav" gain -l "$(gain "$work/pressed.wav")"
  mkdir -p "$language"
  # The serial number is said, so that the same speech makes the same file.
  opusenc --quiet --bitrate 24 --vbr --comp 10 --framesize 20 --serial 1 "$work/ready.wav" "$language/$name.ogg"
  printf '%s/%s.ogg\n' "$language" "$name"
done < prompts.tsv
