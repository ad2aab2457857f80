/**
 * The line to the server by JsSIP over the WebSocket at `/sip`. The session's cookie authenticates it, so there is no
 * password in here. One `RTCSession` per call; what it reports becomes calls of the `SignallingListener`.
 */
import { UA } from 'jssip';
import type {
  EndEvent,
  IceCandidateEvent,
  IncomingEvent,
  OutgoingEvent,
  RTCSession,
} from 'jssip/lib/RTCSession';
import type { IncomingResponse } from 'jssip/lib/SIPMessage';
import type { RTCSessionEvent } from 'jssip/lib/UA';
import { endReason } from './causes.ts';
import type { Account, Signalling, SignallingListener } from './signalling.ts';
import { PersistentSocket } from './socket.ts';
import type { CallId, EndReason } from './state.ts';

/** Registrations are renewed at half of this, in seconds. */
const REGISTER_EXPIRES_S = 300;
/** The server decides how long a phone rings; this is only the last resort, in seconds. */
const NO_ANSWER_S = 180;
/** How often and how many times a hold waits for a running exchange to finish, 100 ms apart. */
const REOFFER_TRIES_MAX = 30;
const REOFFER_WAIT_MS = 100;
/** Wait before a refused registration is tried again, in milliseconds. */
const REGISTER_AGAIN_MS = 10_000;

/** The server's own candidates are enough (it is reachable on one port), so the browser needs no STUN. */
const PEER_CONNECTION: RTCConfiguration = {
  iceServers: [],
  bundlePolicy: 'max-bundle',
  rtcpMuxPolicy: 'require',
};

interface Session {
  rtc: RTCSession;
  direction: 'outgoing' | 'incoming';
  answered: boolean;
  rang: boolean;
}

export class SipSignalling implements Signalling {
  #ua: UA | null = null;
  #socket: PersistentSocket | null = null;
  #account: Account | null = null;
  #listener: SignallingListener | null = null;
  readonly #sessions = new Map<CallId, Session>();
  readonly #origin: string;

  /** `origin` is the page's own, `https://pbx.example.com:8802`. */
  constructor(origin: string) {
    this.#origin = origin;
  }

  start(account: Account, listener: SignallingListener): void {
    this.stop();
    const url = this.#origin.replace(/^http/, 'ws') + account.websocket_path;
    const socket = new PersistentSocket(url, {
      connecting: () => listener.line({ state: 'connecting' }),
      waiting: (retry_at) => listener.line({ state: 'away', retry_at }),
      displaced: () => listener.line({ state: 'displaced' }),
      signedOut: () => listener.signedOut(),
    });
    const ua = new UA({
      // What JsSIP's types call a class is an interface.
      // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
      sockets: socket,
      uri: `sip:${account.sip_user}@${account.realm}`,
      registrar_server: `sip:${account.realm}`,
      display_name: account.display_name,
      register: true,
      register_expires: REGISTER_EXPIRES_S,
      session_timers: false,
      no_answer_timeout: NO_ANSWER_S,
      user_agent: 'farend web',
    });
    ua.on('registered', () => listener.line({ state: 'ready' }));
    ua.on('registrationFailed', ({ response }) => this.#registrationFailed(response));
    ua.on('newRTCSession', (event: RTCSessionEvent) => {
      if (isTheirs(event.originator)) this.#incoming(event.session);
    });
    this.#ua = ua;
    this.#socket = socket;
    this.#account = account;
    this.#listener = listener;
    ua.start();
  }

  stop(): void {
    this.#ua?.stop();
    this.#ua = null;
    this.#socket = null;
    this.#listener = null;
    this.#sessions.clear();
  }

  reconnect(): void {
    this.#socket?.retryNow();
  }

  invite(call: CallId, number: string, microphone: MediaStream): void {
    if (this.#ua === null || this.#account === null || !this.#ua.isConnected()) {
      this.#listener?.ended(call, { because: 'server_away' });
      return;
    }
    const rtc = this.#ua.call(`sip:${number}@${this.#account.realm}`, {
      mediaStream: microphone,
      mediaConstraints: { audio: true, video: false },
      pcConfig: PEER_CONNECTION,
    });
    this.#follow(call, { rtc, direction: 'outgoing', answered: false, rang: false });
    this.#followConnection(call, rtc.connection);
  }

  accept(call: CallId, microphone: MediaStream): void {
    const session = this.#sessions.get(call);
    if (session === undefined || session.rtc.isEnded()) return;
    session.rtc.answer({
      mediaStream: microphone,
      mediaConstraints: { audio: true, video: false },
      pcConfig: PEER_CONNECTION,
    });
  }

  refuse(call: CallId, status: number): void {
    this.#terminate(call, status);
  }

  hangUp(call: CallId): void {
    this.#terminate(call);
  }

  hold(call: CallId): void {
    this.#reoffer(call, true, 0);
  }

  resume(call: CallId): void {
    this.#reoffer(call, false, 0);
  }

  setMuted(call: CallId, muted: boolean): void {
    const rtc = this.#sessions.get(call)?.rtc;
    if (muted) rtc?.mute({ audio: true });
    else rtc?.unmute({ audio: true });
  }

  /** As RFC 4733 events in the media: they go where the sound goes. */
  sendTone(call: CallId, tone: string): void {
    const sender = this.peerConnection(call)
      ?.getSenders()
      .find((each) => each.track?.kind === 'audio');
    const dtmf = sender?.dtmf;
    if (dtmf) dtmf.insertDTMF(dtmf.toneBuffer + tone, 100, 70);
  }

  transfer(call: CallId, number: string): void {
    const rtc = this.#sessions.get(call)?.rtc;
    const refused = (status: number | null) => this.#listener?.transferRefused(call, status);
    if (rtc === undefined || this.#account === null || !this.#ua?.isConnected()) {
      refused(null);
      return;
    }
    rtc.refer(`sip:${number}@${this.#account.realm}`, {
      eventHandlers: {
        requestFailed: ({ response }: { response: IncomingResponse | null }) =>
          refused(response?.status_code ?? null),
        accepted: () => this.#listener?.transferAgreed(call),
        failed: ({ status_line }: { status_line: { status_code: number } }) =>
          refused(status_line.status_code),
      },
    });
  }

  peerConnection(call: CallId): RTCPeerConnection | null {
    // JsSIP says that there always is one; before the answer to an incoming call there is none.
    const connection = this.#sessions.get(call)?.rtc.connection as RTCPeerConnection | undefined | null;
    return connection ?? null;
  }

  #incoming(rtc: RTCSession): void {
    const call = crypto.randomUUID();
    const { display_name, uri } = rtc.remote_identity;
    const name = display_name as string | undefined;
    this.#follow(call, { rtc, direction: 'incoming', answered: false, rang: true });
    rtc.on('peerconnection', ({ peerconnection }) => this.#followConnection(call, peerconnection));
    this.#listener?.called(call, {
      number: decodeURIComponent(uri.user),
      name: name === undefined || name === '' ? null : name,
    });
  }

  #follow(call: CallId, session: Session): void {
    const { rtc } = session;
    this.#sessions.set(call, session);
    rtc.on('icecandidate', atFirstCandidate);
    rtc.on('progress', (event: IncomingEvent | OutgoingEvent) => {
      if (session.direction !== 'outgoing' || !('response' in event)) return;
      session.rang = true;
      const body = event.response.body as string | undefined;
      this.#listener?.farEndRinging(call, body !== undefined && body !== '');
    });
    rtc.on('accepted', () => {
      session.answered = true;
      this.#listener?.answered(call);
    });
    rtc.on('hold', ({ originator }) => {
      if (isTheirs(originator)) this.#listener?.farEndHolding(call, true);
    });
    rtc.on('unhold', ({ originator }) => {
      if (isTheirs(originator)) this.#listener?.farEndHolding(call, false);
    });
    rtc.on('ended', (event) => this.#ended(call, session, event));
    rtc.on('failed', (event) => this.#ended(call, session, event));
  }

  #followConnection(call: CallId, connection: RTCPeerConnection): void {
    connection.addEventListener('track', ({ streams, track }) => {
      this.#listener?.remoteStream(call, streams[0] ?? new MediaStream([track]));
    });
    this.#listener?.connection(call, connection);
  }

  #ended(call: CallId, session: Session, event: EndEvent): void {
    if (!this.#sessions.delete(call)) return;
    this.#listener?.ended(call, reasonOf(session, event));
  }

  #terminate(call: CallId, status?: number): void {
    const session = this.#sessions.get(call);
    if (session === undefined || session.rtc.isEnded()) return;
    if (status === undefined) session.rtc.terminate();
    else session.rtc.terminate({ status_code: status });
  }

  /** JsSIP ends the call when a re-INVITE cannot be sent, so it is only asked to when it can. */
  #reoffer(call: CallId, hold: boolean, tries: number): void {
    const rtc = this.#sessions.get(call)?.rtc;
    if (rtc === undefined || rtc.isEnded()) return;
    const agreed = () => this.#listener?.held(call, hold);
    if (rtc.isOnHold().local === hold) {
      agreed();
      return;
    }
    const sent = this.#ua?.isConnected() === true && (hold ? rtc.hold({}, agreed) : rtc.unhold({}, agreed));
    if (sent) return;
    if (tries < REOFFER_TRIES_MAX) setTimeout(() => this.#reoffer(call, hold, tries + 1), REOFFER_WAIT_MS);
    else this.#listener?.holdRefused(call);
  }

  #registrationFailed(response: IncomingResponse | null): void {
    // Without a response the connection broke; the socket has told that already.
    if (response === null) return;
    this.#listener?.line({ state: 'refused', status: response.status_code });
    const ua = this.#ua;
    setTimeout(() => {
      if (ua !== null && this.#ua === ua && ua.isConnected()) ua.register();
    }, REGISTER_AGAIN_MS);
  }
}

/** JsSIP's enum exists in its types alone; its values are plain words. */
function isTheirs(originator: string): boolean {
  return originator === 'remote';
}

/**
 * Chromium gathers for up to 39.9 s where UDP is blocked. The server learns our addresses from our checks anyway, so the
 * first candidate is enough to go on.
 */
function atFirstCandidate({ ready }: IceCandidateEvent): void {
  ready();
}

function reasonOf(session: Session, event: EndEvent): EndReason {
  const message = event.message as EndEvent['message'] | null;
  const originator: string = event.originator;
  return endReason({
    direction: session.direction,
    answered: session.answered,
    rang: session.rang,
    by: originator === 'local' ? 'us' : originator === 'remote' ? 'them' : 'system',
    cause: event.cause,
    status: message !== null && 'status_code' in message ? message.status_code : null,
    reason:
      typeof message === 'object' && message?.hasHeader('Reason') === true
        ? message.getHeader('Reason')
        : null,
  });
}
