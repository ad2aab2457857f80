/** What the check asks of the browser: the interface. The browser behind it is in `browser.ts`, a play of it in `dev/fake/check.ts`. */
import type { Bandwidth, CheckAbout, Echo, Gathering, Reached, Way } from '../api/check.ts';
import type { AudioDevices } from '../phone/media/devices.ts';
import type { Abilities } from './state/run.ts';

/** A way that is being tried. */
export interface Attempt {
  /** Ends it, and tells what came back; `null`: nothing was to be measured. */
  finish(): Promise<Echo | null>;
}

export interface AttemptListener {
  connected(): void;
  /** `blocked`: no connection came about, or it broke. `untried`: the server could not be asked. */
  failed(because: 'blocked' | 'untried'): void;
}

/** What an output device has done. */
export interface Played {
  /** How many there are; `null`: the browser does not tell. */
  devices: number | null;
  label: string;
  error: string | null;
}

export interface MicrophoneListener {
  /** The loudest moment since the last call, in dBFS, some times a second. */
  level(peak_dbfs: number): void;
  muted(is_muted: boolean): void;
  ended(): void;
}

/** Microphone and loudspeaker. */
export interface SoundBench {
  devices(): Promise<AudioDevices>;
  /** Rejects with a `MicrophoneError`. */
  openMicrophone(
    device: string | null,
    listener: MicrophoneListener,
  ): Promise<{ devices: number; label: string; is_muted: boolean }>;
  /** How many microphones there are; `null`: the browser does not tell. */
  countMicrophones(): Promise<number | null>;
  /** The position of the meter now, 0 to 1. */
  level(): number;
  playTone(device: string | null): Promise<Played>;
  /** Records the microphone for `RECORDING_MS`, then plays that. */
  recordAndPlay(device: string | null, plays: () => void): Promise<Played>;
  /** Lets go of everything. */
  close(): void;
}

/** A headset's buttons. */
export interface HeadsetBench {
  /** Has the person choose one; `null`: none was chosen. Reports every press. */
  open(pressed: () => void): Promise<{ name: string; is_open: boolean } | null>;
  close(): void;
}

/** The time, in milliseconds since some moment, and what happens when it has passed. */
export interface Clock {
  now(): number;
  /** Returns what calls it off. */
  after(time_ms: number, then: () => void): () => void;
}

export interface Instruments {
  clock: Clock;
  abilities(): Abilities;
  /** Called by the click that begins, which is what lets a page make sound. */
  begin(): void;
  /** Closes everything that is open. */
  end(): void;
  measurePage(): Promise<{ page: Reached | null; clock_behind_ms: number | null; about: CheckAbout | null }>;
  openWebSocket(): Promise<Reached>;
  gather(servers: readonly string[]): Promise<Gathering>;
  measureBandwidth(): Promise<Bandwidth | null>;
  tryWay(way: Way, about: CheckAbout, listener: AttemptListener): Attempt;
  sound: SoundBench;
  headset: HeadsetBench;
  /** Waits for nobody: whether this is the only tab that checks. What is returned gives that up; `null`: another one does. */
  beAlone(): Promise<(() => void) | null>;
}
