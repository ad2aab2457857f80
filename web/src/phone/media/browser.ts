/**
 * Microphone, loudspeaker and ringing device of the browser.
 *
 * One capture feeds all calls; each call gets a clone of its track, so that mute and hold of one call leave the others
 * alone. When devices come and go the capture is renewed and every sender gets the new track without renegotiation.
 *
 * Asking for a microphone takes as long as a person takes to answer. Whatever needs the capture therefore waits for its turn,
 * and afterwards looks whether anybody still wants what came.
 */
import {
  MicrophoneError,
  type Levels,
  type Media,
  type MediaState,
  type MicrophoneTest,
  type Ring,
} from '../media.ts';
import type { CallId } from '../calls.ts';
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
import { problemOf } from './problems.ts';
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
  /** Outputs were there once: a browser that names them. */
  #hadSpeakers = false;
  /** Ends when everything that needs the capture has had its turn. */
  #turn: Promise<unknown> = Promise.resolve();
  #context: AudioContext | null = null;
  /** Ends the watch over devices; `null` while there is none. */
  #following: AbortController | null = null;
  #ringing: { ring: Ring; player: Player; output: HTMLAudioElement } | null = null;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#state = {
      devices: noDevices,
      choices: loadChoices(storage),
      permission: 'unknown',
      sound: 'ready',
    };
  }

  start(): void {
    if (this.#following !== null) return;
    this.#following = new AbortController();
    const { signal } = this.#following;
    devicesOfBrowser()?.addEventListener('devicechange', () => void this.#devicesChanged(), { signal });
    void this.#watchPermission(signal);
    void this.#devicesChanged();
    // A finger counts as a gesture when it is lifted, a mouse when it is pressed.
    for (const gesture of ['pointerdown', 'pointerup', 'keydown'] as const) {
      window.addEventListener(gesture, () => void this.#unlockSound(), { capture: true, signal });
    }
    this.#trySound();
  }

  stop(): void {
    this.#following?.abort();
    this.#following = null;
    this.ring(null);
    for (const call of [...this.#calls.keys()]) this.release(call);
    void this.#context?.close();
    this.#context = null;
    this.#update({ sound: 'ready' });
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
    if (kind === 'microphone') void this.#inTurn(() => this.#renewCapture());
    else this.#redirectOutputs();
  }

  async openMicrophone(call: CallId): Promise<MediaStream> {
    // From now on it counts as a call, and `release` takes it back however long the browser asks.
    const media: CallMedia = { microphone: null, connection: null, loudspeaker: null, near: null, far: null };
    this.#calls.set(call, media);
    return this.#inTurn(async () => {
      const capture = this.#calls.get(call) === media ? await this.#ensureCapture() : null;
      if (capture === null || this.#calls.get(call) !== media) throw new MicrophoneError('dismissed');
      const microphone = capture.clone();
      media.microphone = microphone;
      media.near = this.#meter(microphone);
      return microphone;
    });
  }

  followConnection(call: CallId, connection: RTCPeerConnection): void {
    const media = this.#calls.get(call);
    if (media !== undefined) media.connection = connection;
  }

  playRemote(call: CallId, stream: MediaStream): void {
    const media = this.#calls.get(call);
    if (media === undefined) return;
    media.loudspeaker ??= new Audio();
    media.loudspeaker.srcObject = stream;
    this.#direct(media.loudspeaker, 'speaker');
    this.#play(media.loudspeaker);
    media.far?.stop();
    media.far = this.#meter(stream);
  }

  release(call: CallId): void {
    const media = this.#calls.get(call);
    if (media === undefined) return;
    this.#calls.delete(call);
    media.near?.stop();
    media.far?.stop();
    if (media.loudspeaker !== null) silence(media.loudspeaker);
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

  isOutputLost(call: CallId): boolean {
    const loudspeaker = this.#calls.get(call)?.loudspeaker ?? null;
    if (loudspeaker === null) return false;
    const { devices } = this.#state;
    // Browsers that name no outputs at all do not tell whether there is one.
    const areNamed = devices.microphones.some((device) => device.label !== '');
    const isGone = areNamed && this.#hadSpeakers && devices.speakers.length === 0;
    return isGone || loudspeaker.error !== null;
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
    this.#play(output);
    // An element that goes on playing silence keeps the device busy, and is never collected.
    const player = new Player(context, destination, melody, () => silence(output));
    return { player, output };
  }

  #play(output: HTMLAudioElement): void {
    output.play().catch((error: unknown) => {
      // What was stopped before it began is not blocked.
      if (error instanceof DOMException && error.name === 'NotAllowedError')
        this.#update({ sound: 'blocked' });
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** `null` when no call wants it any more. */
  async #ensureCapture(): Promise<MediaStream | null> {
    const alive = this.#capture?.getAudioTracks().some((track) => track.readyState === 'live');
    if (this.#capture !== null && alive === true) return this.#capture;
    const capture = await this.#open();
    // Names of devices are only told once the microphone has been allowed.
    void this.#refreshDevices();
    return this.#adopt(capture);
  }

  #adopt(capture: MediaStream): MediaStream | null {
    if (this.#calls.size === 0) {
      stopTracks(capture);
      return null;
    }
    stopTracks(this.#capture);
    this.#capture = capture;
    for (const track of capture.getAudioTracks()) {
      track.addEventListener('ended', () => void this.#inTurn(() => this.#followDevices()));
    }
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
    let capture: MediaStream | null;
    try {
      capture = this.#adopt(await this.#open());
    } catch {
      // Nothing to talk into until something is plugged in; `devicechange` will tell.
      return;
    }
    if (capture === null) return;
    for (const [call, media] of [...this.#calls]) await this.#replaceMicrophone(call, media, capture);
  }

  async #replaceMicrophone(call: CallId, media: CallMedia, capture: MediaStream): Promise<void> {
    const before = media.microphone;
    const old = before?.getAudioTracks()[0];
    const sender = media.connection?.getSenders().find((each) => each.track?.kind === 'audio');
    // Not sent yet: it goes on with the one that it has.
    if (old === undefined || sender === undefined) return;
    const microphone = capture.clone();
    const [track] = microphone.getAudioTracks();
    try {
      if (track === undefined) throw new MicrophoneError('failed');
      track.enabled = old.enabled;
      await sender.replaceTrack(track);
      // Muted meanwhile.
      track.enabled = old.enabled;
    } catch {
      // The connection is closed, and the other calls go on.
      stopTracks(microphone);
      return;
    }
    if (this.#calls.get(call) !== media) {
      stopTracks(microphone);
      return;
    }
    stopTracks(before);
    media.microphone = microphone;
    media.near?.stop();
    media.near = this.#meter(microphone);
  }

  async #devicesChanged(): Promise<void> {
    await this.#refreshDevices();
    this.#redirectOutputs();
    await this.#inTurn(() => this.#followDevices());
  }

  /** Renews a capture whose device has gone, or that is not the chosen one. */
  async #followDevices(): Promise<void> {
    if (this.#capture === null) return;
    const [track] = this.#capture.getAudioTracks();
    const wanted = resolveChoice(this.#state.choices.microphone, this.#state.devices.microphones);
    const used = track?.getSettings().deviceId;
    if (track?.readyState !== 'live' || (wanted !== null && wanted.id !== used)) await this.#renewCapture();
  }

  async #refreshDevices(): Promise<void> {
    const list = (await devicesOfBrowser()?.enumerateDevices()) ?? [];
    const devices: AudioDevices = sortDevices(list);
    this.#hadSpeakers ||= devices.speakers.length > 0;
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

  /** Finds out whether the page may ring, which nobody may have touched since it was loaded. */
  #trySound(): void {
    const context = new AudioContext();
    if (context.state === 'running') {
      void context.close();
      return;
    }
    this.#context = context;
    this.#sound();
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

  async #watchPermission(signal: AbortSignal): Promise<void> {
    try {
      const status = await navigator.permissions.query({ name: 'microphone' });
      const told = () => {
        this.#update({ permission: status.state === 'prompt' ? 'unknown' : status.state });
        void this.#refreshDevices();
      };
      if (signal.aborted) return;
      status.addEventListener('change', told, { signal });
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

function silence(output: HTMLAudioElement): void {
  output.pause();
  output.srcObject = null;
}

/** Absent on pages that did not come over https, whatever the types say. */
function devicesOfBrowser(): MediaDevices | null {
  return 'mediaDevices' in navigator ? navigator.mediaDevices : null;
}
