/** Whether a tone is in a sound, and how loud that is. */

/** The tone that goes there and back, in Hz. */
export const TONE_HZ = 1_000;
/** A tone that is there has at least this part of all that is heard: codecs and noise take the rest. */
const TONE_SHARE_MIN = 0.5;
/** What is quieter than this is no tone that came back, in dBFS. */
const TONE_MIN_DBFS = -50;
/** Digital silence, in dBFS. */
export const SILENCE_DBFS = -127;

/**
 * The part of a sound's power that is at one frequency, 0 to 1, by Goertzel's algorithm over a Hann window, so that a tone between two
 * bins is not smeared over all of them.
 */
export function toneShare(samples: Float32Array, rate_hz: number, tone_hz: number): number {
  const count = samples.length;
  if (count === 0) return 0;
  const coefficient = 2 * Math.cos((2 * Math.PI * tone_hz) / rate_hz);
  let before = 0;
  let beforeThat = 0;
  let power = 0;
  samples.forEach((sample, index) => {
    const weighted = sample * (0.5 - 0.5 * Math.cos((2 * Math.PI * index) / count));
    power += weighted * weighted;
    const next = weighted + coefficient * before - beforeThat;
    beforeThat = before;
    before = next;
  });
  if (power === 0) return 0;
  const magnitude = before * before + beforeThat * beforeThat - coefficient * before * beforeThat;
  // Under this window, a pure tone's bin holds a third of `count * power`.
  return Math.min(1, (3 * magnitude) / (count * power));
}

/** The loudest sample in dBFS, as whole decibels. */
export function peakDbfs(samples: Float32Array): number {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  return dbfs(peak);
}

/** Whether the tone that was sent is in what came back. */
export function isTone(samples: Float32Array, rate_hz: number): boolean {
  return peakDbfs(samples) >= TONE_MIN_DBFS && toneShare(samples, rate_hz, TONE_HZ) >= TONE_SHARE_MIN;
}

function dbfs(amplitude: number): number {
  if (amplitude <= 0) return SILENCE_DBFS;
  return Math.max(SILENCE_DBFS, Math.min(0, Math.round(20 * Math.log10(amplitude))));
}
