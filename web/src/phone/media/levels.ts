/** Quietest sound that moves a meter, in dB relative to full scale. */
const FLOOR_DB = -60;

/** Root mean square of samples in -1..1 as a meter position 0..1, linear in decibels, as ears are. */
export function meterPosition(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / Math.max(1, samples.length));
  if (rms === 0) return 0;
  const level_db = 20 * Math.log10(rms);
  return Math.min(1, Math.max(0, 1 - level_db / FLOOR_DB));
}

/** Measures one stream. Built where it is shown, stopped when it is not. */
export class LevelMeter {
  readonly #source: MediaStreamAudioSourceNode;
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;

  constructor(context: AudioContext, stream: MediaStream) {
    this.#source = context.createMediaStreamSource(stream);
    this.#analyser = context.createAnalyser();
    this.#analyser.fftSize = 1024;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#source.connect(this.#analyser);
  }

  level(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return meterPosition(this.#samples);
  }

  stop(): void {
    this.#source.disconnect();
  }
}
