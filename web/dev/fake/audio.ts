/** An `<audio>` that plays nothing, and whose time tests let pass. */
import type { Audio } from '../../src/recording/player.ts';

export class FakeAudio extends EventTarget implements Audio {
  paused = true;
  duration = NaN;
  playbackRate = 1;
  /** Sounds that are not to be had. */
  readonly broken = new Set<string>();
  /** How long sounds are, in seconds. */
  length_s: (url: string) => number = () => 60;
  #src = '';
  #at_s = 0;
  #timer: ReturnType<typeof setInterval> | null = null;

  /** `isLively`: time passes by itself. */
  constructor(readonly isLively = false) {
    super();
  }

  get src(): string {
    return this.#src;
  }
  set src(url: string) {
    this.#src = url;
    this.paused = true;
    this.#at_s = 0;
    this.duration = NaN;
    // As browsers do.
    this.playbackRate = 1;
  }
  get currentTime(): number {
    return this.#at_s;
  }
  set currentTime(at_s: number) {
    this.#at_s = at_s;
    this.#tell('seeked');
  }

  play(): Promise<void> {
    if (this.broken.has(this.#src)) {
      this.#tell('error');
      return Promise.reject(new DOMException('not to be had', 'NotSupportedError'));
    }
    this.paused = false;
    this.duration = this.length_s(this.#src);
    this.#tell('durationchange');
    this.#tell('playing');
    if (this.isLively) this.#timer ??= setInterval(() => this.pass(0.25 * this.playbackRate), 250);
    return Promise.resolve();
  }
  pause(): void {
    if (this.paused) return;
    this.paused = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#tell('pause');
  }

  /** Time passes, in seconds of the sound. */
  pass(seconds: number): void {
    if (this.paused) return;
    this.#at_s = Math.min(this.duration, this.#at_s + seconds);
    this.#tell('timeupdate');
    if (this.#at_s < this.duration) return;
    this.paused = true;
    this.#tell('ended');
  }

  #tell(type: string): void {
    this.dispatchEvent(new Event(type));
  }
}
