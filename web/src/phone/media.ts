/** What the phone asks of the computer's sound: the interface, and the browser behind it in `media/browser.ts`. */
import type { AudioDevices, Choices, DeviceKind } from './media/devices.ts';
import type { CallId, MicrophoneProblem } from './calls.ts';

export interface MediaState {
  devices: AudioDevices;
  choices: Choices;
  /** What the browser says about the microphone: asked, granted or denied. */
  permission: 'unknown' | 'granted' | 'denied';
  /** Browsers keep a page silent until somebody has clicked on it. */
  sound: 'ready' | 'blocked';
}

/** What rings now: an incoming call, a second one beside a running call, or the far end. */
export type Ring = 'call' | 'waiting' | 'far_end';

/** Both directions, 0 to 1. */
export interface Levels {
  near: number;
  far: number;
}

export interface MicrophoneTest {
  level(): number;
  stop(): void;
}

export interface Media {
  /** Begins to follow devices and permissions; nothing of the browser's sound is touched before. */
  start(): void;
  /** Lets go of all sound. */
  stop(): void;
  state(): MediaState;
  subscribe(changed: () => void): () => void;
  choose(kind: DeviceKind, id: string | null): void;
  /** Rejects with a `MicrophoneError`. */
  openMicrophone(call: CallId): Promise<MediaStream>;
  followConnection(call: CallId, connection: RTCPeerConnection): void;
  playRemote(call: CallId, stream: MediaStream): void;
  release(call: CallId): void;
  levels(call: CallId): Levels;
  /** Whether what arrives cannot be played: there is no output device, or it refuses. */
  isOutputLost(call: CallId): boolean;
  ring(ring: Ring | null): void;
  playTestTone(kind: 'speaker' | 'ringer'): void;
  /** Rejects with a `MicrophoneError`. */
  testMicrophone(): Promise<MicrophoneTest>;
}

export class MicrophoneError extends Error {
  readonly problem: MicrophoneProblem;
  constructor(problem: MicrophoneProblem) {
    super(`microphone: ${problem}`);
    this.problem = problem;
  }
}
