/**
 * The sounds the phone makes, synthesised: no files to load, nothing to license. A melody is a list of notes in a bar that
 * repeats; a note is a soft mallet stroke or a steady tone.
 */
export interface Note {
  /** From the start of the bar, in seconds. */
  at_s: number;
  lasts_s: number;
  frequencies_hz: readonly number[];
  shape: 'mallet' | 'steady';
  /** 0 to 1. */
  loudness: number;
}
export interface Melody {
  bar_s: number;
  notes: readonly Note[];
}

const mallet = (at_s: number, ...frequencies_hz: number[]): Note => ({
  at_s,
  lasts_s: 0.9,
  frequencies_hz,
  shape: 'mallet',
  loudness: 0.5,
});

/** An incoming call: a question of two rising phrases, then time to breathe. */
export const RINGING: Melody = {
  bar_s: 3,
  notes: [
    mallet(0, 523.25),
    mallet(0.16, 659.25),
    mallet(0.32, 783.99),
    mallet(0.72, 523.25),
    mallet(0.88, 659.25),
    mallet(1.04, 987.77, 783.99),
  ],
};

/** A second call while one is running: two quiet strokes. */
export const CALL_WAITING: Melody = {
  bar_s: 5,
  notes: [
    { ...mallet(0, 659.25), loudness: 0.22 },
    { ...mallet(0.2, 783.99), loudness: 0.22 },
  ],
};

/** The far end rings: 425 Hz, one second in five, as European exchanges do (ETSI TR 101 041). */
export const RING_BACK: Melody = {
  bar_s: 5,
  notes: [{ at_s: 0, lasts_s: 1, frequencies_hz: [425], shape: 'steady', loudness: 0.12 }],
};

/** Played once to hear where a device is. */
export const TEST: Melody = {
  bar_s: 1.6,
  notes: [mallet(0, 523.25), mallet(0.18, 659.25), mallet(0.36, 783.99)],
};

/** Notes are planned this far ahead, in seconds, and looked after this often, in milliseconds. */
const AHEAD_S = 1.5;
const TICK_MS = 500;

/** A note that was cut short takes this long to fade, in milliseconds. */
const FADE_MS = 300;

/** Plays a melody into a node until it is stopped. */
export class Player {
  readonly #context: AudioContext;
  readonly #gain: GainNode;
  readonly #melody: Melody;
  readonly #onSilent: () => void;
  #timer: ReturnType<typeof setInterval> | null = null;
  #next_bar_s: number;

  /** `onSilent`: the last sound has faded. */
  constructor(context: AudioContext, target: AudioNode, melody: Melody, onSilent: () => void) {
    this.#context = context;
    this.#gain = context.createGain();
    this.#gain.connect(target);
    this.#melody = melody;
    this.#onSilent = onSilent;
    this.#next_bar_s = context.currentTime + 0.05;
  }

  loop(): void {
    this.#plan();
    this.#timer = setInterval(() => this.#plan(), TICK_MS);
  }

  once(): void {
    this.#schedule();
    setTimeout(() => this.stop(), 1000 * this.#melody.bar_s);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    const now = this.#context.currentTime;
    this.#gain.gain.setTargetAtTime(0, now, 0.03);
    setTimeout(() => {
      this.#gain.disconnect();
      this.#onSilent();
    }, FADE_MS);
  }

  #plan(): void {
    // A page that slept must not catch up on the bars it missed.
    this.#next_bar_s = Math.max(this.#next_bar_s, this.#context.currentTime);
    while (this.#next_bar_s < this.#context.currentTime + AHEAD_S) this.#schedule();
  }

  #schedule(): void {
    for (const note of this.#melody.notes) {
      for (const frequency_hz of note.frequencies_hz) this.#strike(note, frequency_hz);
    }
    this.#next_bar_s += this.#melody.bar_s;
  }

  #strike(note: Note, frequency_hz: number): void {
    const start_s = this.#next_bar_s + note.at_s;
    const end_s = start_s + note.lasts_s;
    const oscillator = this.#context.createOscillator();
    const envelope = this.#context.createGain();
    oscillator.type = note.shape === 'mallet' ? 'triangle' : 'sine';
    oscillator.frequency.value = frequency_hz;
    envelope.gain.setValueAtTime(0, start_s);
    envelope.gain.linearRampToValueAtTime(note.loudness, start_s + 0.008);
    if (note.shape === 'mallet') envelope.gain.exponentialRampToValueAtTime(0.0005, end_s);
    else {
      envelope.gain.setValueAtTime(note.loudness, end_s - 0.03);
      envelope.gain.linearRampToValueAtTime(0, end_s);
    }
    oscillator.connect(envelope).connect(this.#gain);
    oscillator.start(start_s);
    oscillator.stop(end_s + 0.05);
  }
}
