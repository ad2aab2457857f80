/**
 * A browser's sound, played for tests of `media/browser.ts`: microphones that are given when the test says so, and
 * loudspeakers that tell whether they play.
 */

export class PlayedTrack extends EventTarget {
  static all: PlayedTrack[] = [];
  readonly kind = 'audio';
  enabled = true;
  readyState: 'live' | 'ended' = 'live';
  readonly #device: string;

  constructor(device: string) {
    super();
    this.#device = device;
    PlayedTrack.all.push(this);
  }

  stop(): void {
    this.readyState = 'ended';
  }
  clone(): PlayedTrack {
    const clone = new PlayedTrack(this.#device);
    clone.enabled = this.enabled;
    return clone;
  }
  getSettings(): { deviceId: string } {
    return { deviceId: this.#device };
  }
  unplug(): void {
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }
}

export class PlayedStream {
  readonly #tracks: readonly PlayedTrack[];

  constructor(tracks: readonly PlayedTrack[]) {
    this.#tracks = tracks;
  }

  getTracks(): readonly PlayedTrack[] {
    return this.#tracks;
  }
  getAudioTracks(): readonly PlayedTrack[] {
    return this.#tracks;
  }
  clone(): PlayedStream {
    return new PlayedStream(this.#tracks.map((track) => track.clone()));
  }
}

/** `navigator.mediaDevices`. */
export class PlayedDevices extends EventTarget {
  /** Microphones that are plugged in, by id. */
  plugged: string[] = ['m1', 'm2'];
  /** Questions that the person has not answered yet, oldest first. */
  readonly asked: { give: (device: string) => PlayedTrack; refuse: (name: string) => void }[] = [];
  /** Questions so far. */
  questions = 0;

  getUserMedia(): Promise<PlayedStream> {
    this.questions += 1;
    return new Promise((resolve, reject) => {
      this.asked.push({
        give: (device) => {
          const track = new PlayedTrack(device);
          resolve(new PlayedStream([track]));
          return track;
        },
        refuse: (name) => reject(new DOMException('no', name)),
      });
    });
  }

  enumerateDevices(): Promise<unknown[]> {
    const list = this.plugged.map((id) => ({ kind: 'audioinput', deviceId: id, label: `Microphone ${id}` }));
    return Promise.resolve(list);
  }

  /** The person answers the oldest question. */
  give(device = 'm1'): PlayedTrack {
    const question = this.asked.shift();
    if (question === undefined) throw new Error('the app has not asked for a microphone');
    return question.give(device);
  }

  plug(plugged: string[]): void {
    this.plugged = plugged;
    this.dispatchEvent(new Event('devicechange'));
  }
}

/** The part of an `RTCRtpSender` and its connection that changes microphones. */
export class PlayedSender {
  track: PlayedTrack | null;
  /** What `replaceTrack` waits for. */
  replacing: () => Promise<void> = () => Promise.resolve();

  constructor(track: PlayedTrack | null) {
    this.track = track;
  }

  getSenders(): PlayedSender[] {
    return [this];
  }
  async replaceTrack(track: PlayedTrack): Promise<void> {
    await this.replacing();
    this.track = track;
  }
}

export class PlayedAudio {
  static all: PlayedAudio[] = [];
  /** Why nothing may play, if so. */
  static refusal: 'NotAllowedError' | 'AbortError' | null = null;
  srcObject: unknown = null;
  playing = false;

  constructor() {
    PlayedAudio.all.push(this);
  }

  play(): Promise<void> {
    if (PlayedAudio.refusal !== null) return Promise.reject(new DOMException('no', PlayedAudio.refusal));
    this.playing = true;
    return Promise.resolve();
  }
  pause(): void {
    this.playing = false;
  }
}

class PlayedNode {
  readonly gain = {
    setTargetAtTime: nothing,
    setValueAtTime: nothing,
    linearRampToValueAtTime: nothing,
    exponentialRampToValueAtTime: nothing,
  };
  readonly frequency = { value: 0 };
  readonly stream = new PlayedStream([]);
  fftSize = 0;
  type = '';

  connect(next: PlayedNode): PlayedNode {
    return next;
  }
  readonly disconnect = nothing;
  readonly start = nothing;
  readonly stop = nothing;
}

export class PlayedAudioContext {
  static all: PlayedAudioContext[] = [];
  /** Whether pages may make sound before they are touched. */
  static allowed = true;
  readonly currentTime = 0;
  state: 'running' | 'suspended' | 'closed';
  #resumed: (() => void)[] = [];

  constructor() {
    this.state = PlayedAudioContext.allowed ? 'running' : 'suspended';
    PlayedAudioContext.all.push(this);
  }

  /** As browsers do, it answers when the page may make sound. */
  resume(): Promise<void> {
    if (this.state === 'running') return Promise.resolve();
    return new Promise((resolve) => this.#resumed.push(resolve));
  }
  close(): Promise<void> {
    this.state = 'closed';
    return Promise.resolve();
  }
  /** The person has touched the page. */
  allow(): void {
    this.state = 'running';
    for (const resolve of this.#resumed) resolve();
    this.#resumed = [];
  }
  createGain(): PlayedNode {
    return new PlayedNode();
  }
  createOscillator(): PlayedNode {
    return new PlayedNode();
  }
  createAnalyser(): PlayedNode {
    return new PlayedNode();
  }
  createMediaStreamSource(): PlayedNode {
    return new PlayedNode();
  }
  createMediaStreamDestination(): PlayedNode {
    return new PlayedNode();
  }
}

function nothing(): void {
  // Nothing is heard here.
}
