/**
 * Audio there and back by one way alone: a tone goes to the server, which sends it back. What came back is listened to for the tone
 * itself, because packets that arrive prove no sound.
 */
import type { CheckAbout, CheckApi, Echo, EchoSeen, Way } from '../api/check.ts';
import { firstCandidate } from '../phone/sip/gathering.ts';
import type { Attempt, AttemptListener } from './instruments.ts';
import { isTone, TONE_HZ } from './tone.ts';

/** How long a candidate of the relay is waited for, in milliseconds: TLS takes some round trips. */
const RELAY_MAX_MS = 5_000;
/** How long it may take until a STUN server has told our address, and how long others are waited for then, in milliseconds. */
export const REFLEXIVE_MAX_MS = 1_000;
export const REFLEXIVE_MORE_MS = 200;
/** How often what comes back is listened to, in milliseconds, and how often the tone must be found. */
const LISTEN_EVERY_MS = 100;
const HEARD_MIN = 5;
/** What is listened to at once, in samples. */
const SAMPLES = 2_048;
/** Far from full scale, so that nothing on the way clips. */
const TONE_GAIN = 0.25;

/**
 * Whom the browser asks on a way. TCP needs nobody: it is we who dial. By UDP, the office's router lets our packets in only after the server
 * has sent some to our public address, which a STUN server has to tell us, as for a call. Ports of the page's own host are none of
 * them, because Chromium takes whatever comes from such a server for its answer: the sound from there would never be heard.
 */
export function serversOf(
  way: Way,
  { stun, ice }: Pick<CheckAbout, 'stun' | 'ice'>,
  host: string,
): RTCIceServer[] {
  switch (way) {
    case 'udp': {
      const urls = stun.filter((url) => !url.toLowerCase().startsWith(`stun:${host.toLowerCase()}:`));
      return urls.length === 0 ? [] : [{ urls }];
    }
    case 'tcp':
      return [];
    case 'tls':
      return [...ice];
  }
}

export function tryWay(
  api: CheckApi,
  context: AudioContext,
  way: Way,
  ice: readonly RTCIceServer[],
  listener: AttemptListener,
): Attempt {
  const attempt = new EchoAttempt(api, context, way, ice, listener);
  void attempt.begin();
  return attempt;
}

class EchoAttempt implements Attempt {
  readonly #api: CheckApi;
  readonly #way: Way;
  readonly #listener: AttemptListener;
  readonly #context: AudioContext;
  readonly #connection: RTCPeerConnection;
  readonly #tone: OscillatorNode;
  readonly #sent: MediaStreamAudioDestinationNode;
  readonly #asksStun: boolean;
  #ear: Ear | null = null;
  #id: string | null = null;
  #connected_at: number | null = null;
  #isOver = false;

  constructor(
    api: CheckApi,
    context: AudioContext,
    way: Way,
    ice: readonly RTCIceServer[],
    listener: AttemptListener,
  ) {
    this.#api = api;
    this.#way = way;
    this.#listener = listener;
    this.#context = context;
    this.#connection = new RTCPeerConnection({
      iceServers: [...ice],
      iceTransportPolicy: way === 'tls' ? 'relay' : 'all',
    });
    this.#asksStun = way === 'udp' && ice.length > 0;
    this.#sent = context.createMediaStreamDestination();
    this.#tone = context.createOscillator();
    const gain = context.createGain();
    gain.gain.value = TONE_GAIN;
    this.#tone.frequency.value = TONE_HZ;
    this.#tone.connect(gain).connect(this.#sent);
  }

  async begin(): Promise<void> {
    const connection = this.#connection;
    connection.addEventListener('track', ({ track }) => this.#hear(track));
    connection.addEventListener('connectionstatechange', () => this.#changed());
    try {
      this.#tone.start();
      for (const track of this.#sent.stream.getTracks()) connection.addTrack(track, this.#sent.stream);
      const candidate = this.#candidates();
      await connection.setLocalDescription(await connection.createOffer());
      const found = await candidate;
      if (this.#isOver) return;
      // The relay was not reached, so this way is closed.
      if (this.#way === 'tls' && found !== true) {
        this.#listener.failed('blocked');
        return;
      }
      const { id, answer } = await this.#api.beginEcho(this.#way, connection.localDescription?.sdp ?? '');
      this.#id = id;
      if (this.#over()) {
        this.#endEcho();
        return;
      }
      await connection.setRemoteDescription({ type: 'answer', sdp: answer });
    } catch {
      // Whether sound would come through, neither a server that cannot be asked tells, nor a description that does not fit.
      if (!this.#over()) this.#listener.failed('untried');
    }
  }

  async finish(): Promise<Echo | null> {
    const connected_at = this.#connected_at;
    try {
      if (connected_at === null) return null;
      const lasted_ms = Math.round(performance.now() - connected_at);
      const [figures, seen] = await Promise.all([this.#figures(), this.#seen()]);
      return echoOf(figures, seen, this.#ear?.isHeard() ?? false, lasted_ms);
    } finally {
      this.#close();
    }
  }

  /** What the offer has to wait for; `false`: there is none. */
  #candidates(): Promise<boolean | undefined> {
    if (this.#way === 'tls') return firstRelay(this.#connection);
    return this.#asksStun
      ? seenFromOutside(this.#connection)
      : firstCandidate(this.#connection).then(() => undefined);
  }

  /** A method, so that nobody takes for granted what was so before a wait. */
  #over(): boolean {
    return this.#isOver;
  }

  #changed(): void {
    if (this.#isOver) return;
    switch (this.#connection.connectionState) {
      case 'connected':
        if (this.#connected_at !== null) return;
        this.#connected_at = performance.now();
        {
          this.#listener.connected();
          return;
        }
      case 'failed': {
        this.#listener.failed('blocked');
        return;
      }
      case 'new':
      case 'connecting':
      case 'disconnected':
      case 'closed':
        return;
    }
  }

  #hear(track: MediaStreamTrack): void {
    this.#ear = new Ear(this.#context, new MediaStream([track]));
  }

  async #figures(): Promise<Figures> {
    return figuresOf(await this.#connection.getStats());
  }

  async #seen(): Promise<EchoSeen | null> {
    if (this.#id === null) return null;
    try {
      return await this.#api.echoSeen(this.#id);
    } catch {
      return null;
    }
  }

  #close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#ear?.stop();
    this.#tone.disconnect();
    this.#connection.close();
    this.#endEcho();
  }

  #endEcho(): void {
    if (this.#id === null) return;
    // It ends by itself as well, later.
    void this.#api.endEcho(this.#id).catch(() => undefined);
    this.#id = null;
  }
}

/** Listens for the tone. */
class Ear {
  readonly #loudspeaker = new Audio();
  readonly #source: MediaStreamAudioSourceNode;
  readonly #timer: ReturnType<typeof setInterval>;
  #heard = 0;

  constructor(context: AudioContext, stream: MediaStream) {
    // Chromium lets nothing through of a stream that nobody plays.
    this.#loudspeaker.muted = true;
    this.#loudspeaker.srcObject = stream;
    void this.#loudspeaker.play().catch(() => undefined);
    const analyser = context.createAnalyser();
    analyser.fftSize = SAMPLES;
    this.#source = context.createMediaStreamSource(stream);
    this.#source.connect(analyser);
    const samples = new Float32Array(SAMPLES);
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      if (isTone(samples, context.sampleRate)) this.#heard += 1;
    }, LISTEN_EVERY_MS);
  }

  isHeard(): boolean {
    return this.#heard >= HEARD_MIN;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#source.disconnect();
    this.#loudspeaker.pause();
    this.#loudspeaker.srcObject = null;
  }
}

/** Whether a candidate of the relay came. */
function firstRelay(connection: RTCPeerConnection): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), RELAY_MAX_MS);
    connection.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate !== null && candidate.type !== 'relay') return;
      clearTimeout(timer);
      resolve(candidate !== null);
    });
  });
}

/** Resolves when STUN servers have told our addresses, or most likely will not: the offer has to have them, since nothing follows it. */
export function seenFromOutside(connection: Pick<RTCPeerConnection, 'addEventListener'>): Promise<undefined> {
  return new Promise((resolve) => {
    const end = () => resolve(undefined);
    setTimeout(end, REFLEXIVE_MAX_MS);
    connection.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate === null) end();
      // One of IPv6 comes alone at first, and so does one of the nearer server.
      else if (candidate.type === 'srflx') setTimeout(end, REFLEXIVE_MORE_MS);
    });
  });
}

/** What the browser has counted. */
export interface Figures {
  round_trip_s: number | null;
  jitter_s: number | null;
  received: number;
  lost: number;
  /** What the server has told by RTCP of what it lost, 0 to 1. */
  lost_there: number | null;
}

export function figuresOf(report: { forEach(each: (entry: unknown) => void): void }): Figures {
  const figures: Figures = { round_trip_s: null, jitter_s: null, received: 0, lost: 0, lost_there: null };
  report.forEach((entry) => {
    const stats = entry as Record<string, unknown>;
    const number = (name: string) => (typeof stats[name] === 'number' ? stats[name] : null);
    switch (stats.type) {
      case 'candidate-pair':
        if (stats.nominated === true || stats.selected === true)
          figures.round_trip_s = number('currentRoundTripTime') ?? figures.round_trip_s;
        break;
      case 'inbound-rtp':
        figures.jitter_s = number('jitter');
        figures.received = number('packetsReceived') ?? 0;
        figures.lost = Math.max(0, number('packetsLost') ?? 0);
        break;
      case 'remote-inbound-rtp':
        figures.lost_there = number('fractionLost');
        figures.round_trip_s ??= number('roundTripTime');
        break;
      default:
        break;
    }
  });
  return figures;
}

/** `null` where something is missing that nobody may invent. */
export function echoOf(
  figures: Figures,
  seen: EchoSeen | null,
  is_heard: boolean,
  lasted_ms: number,
): Echo | null {
  const { round_trip_s, jitter_s, received, lost, lost_there } = figures;
  const there = seen === null ? lost_there : share(seen.lost, seen.packets);
  if (round_trip_s === null || there === null) return null;
  return {
    is_heard,
    lasted_ms,
    round_trip_ms: tenth(1_000 * round_trip_s),
    jitter_ms: tenth(1_000 * (jitter_s ?? 0)),
    loss_there_percent: tenth(100 * there),
    loss_back_percent: tenth(100 * share(lost, received)),
  };
}

/** Lost ones among all. Where nothing arrived at all, everything is lost. */
function share(lost: number, received: number): number {
  return received === 0 ? 1 : lost / (lost + received);
}

function tenth(value: number): number {
  return Math.round(10 * value) / 10;
}
