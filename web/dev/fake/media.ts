/** Microphone and loudspeakers played without any: levels move as if two people talked. */
import {
  MicrophoneError,
  type Levels,
  type Media,
  type MediaState,
  type MicrophoneTest,
  type Ring,
} from '../../src/phone/media.ts';
import { loadChoices, saveChoices, type Choices, type DeviceKind } from '../../src/phone/media/devices.ts';
import type { CallId, MicrophoneProblem } from '../../src/phone/calls.ts';

const HEADSET = { id: 'm1', label: 'Jabra Evolve2 65 (Microphone)' };

export class FakeMedia implements Media {
  #state: MediaState;
  readonly #changed = new Set<() => void>();
  /** What stops the next call's microphone. */
  problem: MicrophoneProblem | null = null;
  /** Never comes back from asking for the microphone. */
  hesitates = false;
  ringing: Ring | null = null;
  started = false;

  constructor(state: Partial<MediaState> = {}) {
    this.#state = {
      devices: {
        microphones: [HEADSET, { id: 'm2', label: 'Built-in microphone' }],
        speakers: [
          { id: 's1', label: 'Jabra Evolve2 65 (Headset)' },
          { id: 's2', label: 'Built-in loudspeaker' },
        ],
      },
      choices: remembered(),
      permission: 'granted',
      sound: 'ready',
      ...state,
    };
  }

  start(): void {
    this.started = true;
  }
  stop(): void {
    this.started = false;
  }
  state(): MediaState {
    return this.#state;
  }
  subscribe(changed: () => void): () => void {
    this.#changed.add(changed);
    return () => this.#changed.delete(changed);
  }
  choose(kind: DeviceKind, id: string | null): void {
    const { devices, choices } = this.#state;
    const list = kind === 'microphone' ? devices.microphones : devices.speakers;
    const next = { ...choices, [kind]: list.find((device) => device.id === id) ?? null };
    saveChoices(localStorage, next);
    this.#state = { ...this.#state, choices: next };
    for (const changed of this.#changed) changed();
  }
  async openMicrophone(): Promise<MediaStream> {
    if (this.hesitates) return new Promise<MediaStream>(() => undefined);
    if (this.problem !== null) throw new MicrophoneError(this.problem);
    return Promise.resolve({} as MediaStream);
  }
  followConnection(): void {
    // Nothing to follow.
  }
  playRemote(): void {
    // Nothing to hear.
  }
  release(): void {
    // Nothing to give back.
  }
  levels(_call: CallId): Levels {
    return { near: voice(performance.now()), far: voice(performance.now() + 2_400) };
  }
  isOutputLost(): boolean {
    return false;
  }
  ring(ring: Ring | null): void {
    this.ringing = ring;
  }
  playTestTone(): void {
    // Silence.
  }
  async testMicrophone(): Promise<MicrophoneTest> {
    if (this.problem !== null) throw new MicrophoneError(this.problem);
    return Promise.resolve({ level: () => voice(performance.now()), stop: () => undefined });
  }
}

/** As in a browser, what was chosen before the page was loaded; the headset's microphone where nothing was. */
function remembered(): Choices {
  const choices = loadChoices(localStorage);
  return { ...choices, microphone: choices.microphone ?? HEADSET };
}

/** Something that looks like speech: syllables inside of sentences with pauses. */
function voice(now_ms: number): number {
  const sentence = Math.max(0, Math.sin(now_ms / 760) + 0.35);
  const syllable = 0.55 + 0.45 * Math.sin(now_ms / 47) * Math.sin(now_ms / 131);
  return Math.min(0.95, sentence * syllable * 0.72);
}
