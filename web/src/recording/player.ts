/** What one listens to: one sound at a time, whichever page is shown. */

import type { RecordedParty } from '../api/types.ts';

export const SPEEDS = [1, 1.25, 1.5, 2] as const;
export type Speed = (typeof SPEEDS)[number];

/** A recording, as much as its player says of it. */
export interface Heard {
  id: string;
  call_id: string;
  /** For whom it was made; `null` where only the call is known, as with `other`. */
  own: RecordedParty | null;
  other: RecordedParty | null;
  started_at: string;
  /** Until its sound says so itself. */
  duration_ms: number;
}

export interface Track {
  url: string;
  /** `null`: an announcement or a prompt, which plays where its button is. */
  heard: Heard | null;
}

export interface PlayerState {
  track: Track | null;
  is: 'loading' | 'playing' | 'paused' | 'failed';
  at_s: number;
  /** `null` until the sound says so. */
  length_s: number | null;
  speed: Speed;
}

/** What of `<audio>` is used. */
export type Audio = Pick<
  HTMLAudioElement,
  'src' | 'currentTime' | 'duration' | 'playbackRate' | 'paused' | 'play' | 'pause' | 'addEventListener'
>;

const NOTHING = { track: null, is: 'paused', at_s: 0, length_s: null } as const;

export class Player {
  readonly #audio: Audio;
  readonly #changed = new Set<() => void>();
  #state: PlayerState = { ...NOTHING, speed: 1 };

  constructor(audio: Audio) {
    this.#audio = audio;
    const follow = (event: keyof HTMLMediaElementEventMap, some: () => Partial<PlayerState>) =>
      audio.addEventListener(event, () => {
        if (this.#state.track !== null) this.#become(some());
      });
    const at = () => ({ at_s: audio.currentTime });
    const length = () => ({ length_s: Number.isFinite(audio.duration) ? audio.duration : null });
    follow('durationchange', length);
    follow('timeupdate', at);
    follow('seeked', at);
    follow('playing', () => ({ is: 'playing', ...at() }));
    follow('waiting', () => ({ is: audio.paused ? 'paused' : 'loading' }));
    follow('pause', () => (this.#state.is === 'failed' ? {} : { is: 'paused', ...at() }));
    follow('ended', () => ({ is: 'paused', ...at() }));
    follow('error', () => ({ is: 'failed' }));
  }

  state(): PlayerState {
    return this.#state;
  }
  subscribe(changed: () => void): () => void {
    this.#changed.add(changed);
    return () => this.#changed.delete(changed);
  }

  /** Plays this from its beginning, or goes on with it. */
  play(track: Track): void {
    if (track.url !== this.#state.track?.url || this.#state.is === 'failed') {
      this.#audio.src = track.url;
      this.#become({ track, is: 'loading', at_s: 0, length_s: null });
    }
    this.#start();
  }
  toggle(): void {
    const { track, is } = this.#state;
    if (track === null) return;
    if (is === 'playing' || is === 'loading') this.pause();
    else this.play(track);
  }
  pause(): void {
    if (this.#state.track === null || this.#state.is === 'failed') return;
    this.#audio.pause();
    this.#become({ is: 'paused' });
  }
  /** In seconds from the beginning. */
  seek(at_s: number): void {
    const { track, length_s, is } = this.#state;
    if (track === null || is === 'failed') return;
    const whole_s = length_s ?? (track.heard?.duration_ms ?? 0) / 1_000;
    const next_s = Math.min(Math.max(at_s, 0), whole_s);
    this.#audio.currentTime = next_s;
    this.#become({ at_s: next_s });
  }
  setSpeed(speed: Speed): void {
    this.#audio.playbackRate = speed;
    this.#become({ speed });
  }
  stop(): void {
    if (this.#state.track === null) return;
    this.#audio.pause();
    this.#become(NOTHING);
  }

  #start(): void {
    const { track } = this.#state;
    // A new sound begins with the usual speed.
    this.#audio.playbackRate = this.#state.speed;
    if (this.#state.is === 'paused') this.#become({ is: 'loading' });
    this.#audio.play().catch((cause: unknown) => {
      // Whoever presses pause, or another sound, before it has begun gets this as well.
      const isGivenUp = cause instanceof DOMException && cause.name === 'AbortError';
      if (!isGivenUp && this.#state.track === track) this.#become({ is: 'failed' });
    });
  }

  #become(some: Partial<PlayerState>): void {
    this.#state = { ...this.#state, ...some };
    for (const changed of this.#changed) changed();
  }
}
