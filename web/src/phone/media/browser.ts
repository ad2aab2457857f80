/**
 * Microphone, loudspeaker and ringing device of the browser.
 *
 * One capture feeds all calls; each call gets a clone of its track, so that mute and hold of one call leave the others
 * alone. When devices come and go the capture is renewed and every sender gets the new track without renegotiation.
 */
import {
  MicrophoneError,
  type Levels,
  type Media,
  type MediaState,
  type MicrophoneTest,
  type Ring,
} from '../media.ts';
import type { CallId, MicrophoneProblem } from '../state.ts';
import {
  loadChoices,
  noDevices,
  resolveChoice,
  saveChoices,
  sortDevices,
  type AudioDevices,
  type DeviceKind,
} from './devices.ts';
import { LevelMeter } from './levels.ts';
import { CALL_WAITING, Player, RINGING, RING_BACK, TEST, type Melody } from './tones.ts';

interface CallMedia {
  microphone: MediaStream | null;
  connection: RTCPeerConnection | null;
  loudspeaker: HTMLAudioElement | null;
  near: LevelMeter | null;
  far: LevelMeter | null;
}

const MELODIES: Record<Ring, { melody: Melody; device: 'speaker' | 'ringer' }> = {
  call: { melody: RINGING, device: 'ringer' },
  waiting: { melody: CALL_WAITING, device: 'speaker' },
  far_end: { melody: RING_BACK, device: 'speaker' },
};

export class BrowserMedia implements Media {
  #state: MediaState;
  readonly #changed = new Set<() => void>();
  readonly #calls = new Map<CallId, CallMedia>();
  readonly #storage: Storage;
  #capture: MediaStream | null = null;
  #context: AudioContext | null = null;
  #ringing: { ring: Ring; player: Player; output: HTMLAudioElement } | null = null;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#state = {
      devices: noDevices,
      choices: loadChoices(storage),
      permission: 'unknown',
      sound: 'ready',
    };
    const mediaDevices = devicesOfBrowser();
    mediaDevices?.addEventListener('devicechange', () => void this.#devicesChanged());
    void this.#watchPermission();
    void this.#devicesChanged();
    for (const gesture of ['pointerdown', 'keydown'] as const) {
      window.addEventListener(gesture, () => void this.#unlockSound(), { capture: true });
    }
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
    saveChoices(this.#storage, next);
    this.#update({ choices: next });
    if (kind === 'microphone') void this.#renewCapture();
    else this.#redirectOutputs();
  }

  async openMicrophone(call: CallId): Promise<MediaStream> {
    const capture = await this.#ensureCapture();
    const microphone = capture.clone();
    const media = this.#of(call);
    media.microphone = microphone;
    media.near = this.#meter(microphone);
    return microphone;
  }

  followConnection(call: CallId, connection: RTCPeerConnection): void {
    this.#of(call).connection = connection;
  }

  playRemote(call: CallId, stream: MediaStream): void {
    const media = this.#of(call);
    media.loudspeaker ??= new Audio();
    media.loudspeaker.srcObject = stream;
    this.#direct(media.loudspeaker, 'speaker');
    media.loudspeaker.play().catch(() => this.#update({ sound: 'blocked' }));
    media.far?.stop();
    media.far = this.#meter(stream);
  }

  release(call: CallId): void {
    const media = this.#calls.get(call);
    if (media === undefined) return;
    this.#calls.delete(call);
    media.near?.stop();
    media.far?.stop();
    if (media.loudspeaker !== null) media.loudspeaker.srcObject = null;
    stopTracks(media.microphone);
    if (this.#calls.size === 0) {
      stopTracks(this.#capture);
      this.#capture = null;
    }
  }

  levels(call: CallId): Levels {
    const media = this.#calls.get(call);
    return { near: media?.near?.level() ?? 0, far: media?.far?.level() ?? 0 };
  }

  ring(ring: Ring | null): void {
    if (this.#ringing?.ring === ring) return;
    this.#ringing?.player.stop();
    this.#ringing = null;
    if (ring === null) return;
    const { melody, device } = MELODIES[ring];
    const { player, output } = this.#player(melody, device);
    player.loop();
    this.#ringing = { ring, player, output };
  }

  playTestTone(kind: 'speaker' | 'ringer'): void {
    this.#player(TEST, kind).player.once();
  }

  async testMicrophone(): Promise<MicrophoneTest> {
    const stream = await this.#open();
    void this.#devicesChanged();
    const meter = this.#meter(stream);
    return {
      level: () => meter?.level() ?? 0,
      stop: () => {
        meter?.stop();
        stopTracks(stream);
      },
    };
  }

  #player(melody: Melody, device: 'speaker' | 'ringer'): { player: Player; output: HTMLAudioElement } {
    const context = this.#sound();
    // Through an element, because only elements can be sent to a device in every browser.
    const destination = context.createMediaStreamDestination();
    const output = new Audio();
    output.srcObject = destination.stream;
    this.#direct(output, device);
    output.play().catch(() => this.#update({ sound: 'blocked' }));
    return { player: new Player(context, destination, melody), output };
  }

  #of(call: CallId): CallMedia {
    let media = this.#calls.get(call);
    if (media === undefined) {
      media = { microphone: null, connection: null, loudspeaker: null, near: null, far: null };
      this.#calls.set(call, media);
    }
    return media;
  }

  async #ensureCapture(): Promise<MediaStream> {
    const alive = this.#capture?.getAudioTracks().some((track) => track.readyState === 'live');
    if (this.#capture !== null && alive === true) return this.#capture;
    const capture = await this.#open();
    this.#capture = capture;
    for (const track of capture.getAudioTracks()) {
      track.addEventListener('ended', () => {
        if (this.#capture === capture) void this.#renewCapture();
      });
    }
    // Names of devices are only told once the microphone has been allowed.
    void this.#refreshDevices();
    return capture;
  }

  async #open(): Promise<MediaStream> {
    const mediaDevices = devicesOfBrowser();
    if (mediaDevices === null) throw new MicrophoneError('insecure');
    const chosen = resolveChoice(this.#state.choices.microphone, this.#state.devices.microphones);
    const audio: MediaTrackConstraints = {
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      ...(chosen === null ? {} : { deviceId: { exact: chosen.id } }),
    };
    try {
      const stream = await mediaDevices.getUserMedia({ audio });
      this.#update({ permission: 'granted' });
      return stream;
    } catch (error) {
      if (error instanceof Error && error.name === 'OverconstrainedError') {
        // The chosen one was unplugged this very moment: look again, and take what there is.
        await this.#refreshDevices();
        const gone = resolveChoice(this.#state.choices.microphone, this.#state.devices.microphones) === null;
        if (gone) return this.#open();
      }
      throw new MicrophoneError(await problemOf(error));
    }
  }

  /** Calls go on with whatever microphone there is now. */
  async #renewCapture(): Promise<void> {
    if (this.#calls.size === 0) return;
    const before = this.#capture;
    this.#capture = null;
    let capture: MediaStream;
    try {
      capture = await this.#ensureCapture();
    } catch {
      // Nothing to talk into until something is plugged in; `devicechange` will tell.
      this.#capture = before;
      return;
    }
    stopTracks(before);
    for (const media of this.#calls.values()) await this.#replaceMicrophone(media, capture);
  }

  async #replaceMicrophone(media: CallMedia, capture: MediaStream): Promise<void> {
    if (media.microphone === null) return;
    const microphone = capture.clone();
    const [track] = microphone.getAudioTracks();
    const [before] = media.microphone.getAudioTracks();
    if (track === undefined) return;
    if (before !== undefined) track.enabled = before.enabled;
    const sender = media.connection
      ?.getSenders()
      .find((each) => each.track === before || each.track?.kind === 'audio');
    await sender?.replaceTrack(track);
    stopTracks(media.microphone);
    media.microphone = microphone;
    media.near?.stop();
    media.near = this.#meter(microphone);
  }

  async #devicesChanged(): Promise<void> {
    await this.#refreshDevices();
    this.#redirectOutputs();
    if (this.#capture === null) return;
    const [track] = this.#capture.getAudioTracks();
    const wanted = resolveChoice(this.#state.choices.microphone, this.#state.devices.microphones);
    const used = track?.getSettings().deviceId;
    if (track?.readyState !== 'live' || (wanted !== null && wanted.id !== used)) await this.#renewCapture();
  }

  async #refreshDevices(): Promise<void> {
    const list = (await devicesOfBrowser()?.enumerateDevices()) ?? [];
    const devices: AudioDevices = sortDevices(list);
    this.#update({ devices });
  }

  #redirectOutputs(): void {
    for (const { loudspeaker } of this.#calls.values()) {
      if (loudspeaker !== null) this.#direct(loudspeaker, 'speaker');
    }
    if (this.#ringing !== null) this.#direct(this.#ringing.output, MELODIES[this.#ringing.ring].device);
  }

  #direct(element: HTMLAudioElement, kind: 'speaker' | 'ringer'): void {
    if (!('setSinkId' in element)) return;
    const device = resolveChoice(this.#state.choices[kind], this.#state.devices.speakers);
    element.setSinkId(device?.id ?? '').catch(() => element.setSinkId(''));
  }

  #meter(stream: MediaStream): LevelMeter | null {
    return stream.getAudioTracks().length === 0 ? null : new LevelMeter(this.#sound(), stream);
  }

  #sound(): AudioContext {
    this.#context ??= new AudioContext();
    if (this.#context.state === 'suspended') {
      this.#update({ sound: 'blocked' });
      void this.#unlockSound();
    }
    return this.#context;
  }

  async #unlockSound(): Promise<void> {
    if (this.#state.sound !== 'blocked') return;
    await this.#context?.resume();
    const waiting = [...this.#calls.values()].map((media) => media.loudspeaker);
    for (const element of [...waiting, this.#ringing?.output ?? null])
      await element?.play().catch(() => undefined);
    if (this.#context?.state !== 'suspended') this.#update({ sound: 'ready' });
  }

  async #watchPermission(): Promise<void> {
    try {
      const status = await navigator.permissions.query({ name: 'microphone' });
      const told = () => {
        this.#update({ permission: status.state === 'prompt' ? 'unknown' : status.state });
        void this.#refreshDevices();
      };
      status.addEventListener('change', told);
      told();
    } catch {
      // This browser does not tell; the first call will.
    }
  }

  #update(change: Partial<MediaState>): void {
    this.#state = { ...this.#state, ...change };
    for (const changed of this.#changed) changed();
  }
}

function stopTracks(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** Absent on pages that did not come over https, whatever the types say. */
function devicesOfBrowser(): MediaDevices | null {
  return 'mediaDevices' in navigator ? navigator.mediaDevices : null;
}

async function problemOf(error: unknown): Promise<MicrophoneProblem> {
  const name = error instanceof DOMException || error instanceof Error ? error.name : '';
  switch (name) {
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'AbortError':
      return 'in_use';
    case 'SecurityError':
      return 'insecure';
    case 'NotAllowedError':
      return (await stillAsks()) ? 'dismissed' : 'denied';
    default:
      return 'failed';
  }
}

/** Whether the browser would ask again: then the question was only closed. */
async function stillAsks(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: 'microphone' })).state === 'prompt';
  } catch {
    return false;
  }
}
