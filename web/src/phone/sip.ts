/**
 * The line to the server by JsSIP over the WebSocket at `/sip`. The session's cookie authenticates it, so there is no
 * password in here. One `RTCSession` per call; what it reports becomes calls of the `SignallingListener`.
 */
import { C, NameAddrHeader, UA } from 'jssip';
import type {
  EndEvent,
  IceCandidateEvent,
  IncomingEvent,
  OutgoingEvent,
  ReInviteEvent,
  RTCSession,
} from 'jssip/lib/RTCSession';
import type { IncomingRequest, IncomingResponse } from 'jssip/lib/SIPMessage';
import type { IncomingRTCSessionEvent, RTCSessionEvent } from 'jssip/lib/UA';
import { endReason, saysDisplaced } from './causes.ts';
import { Hold } from './hold.ts';
import { reoffer } from './reoffer.ts';
import type { Account, Signalling, SignallingListener } from './signalling.ts';
import { PersistentSocket } from './socket.ts';
import type { CallId, EndReason, Line, Party } from './calls.ts';

/** Registrations are renewed at half of this, in seconds. */
const REGISTER_EXPIRES_S = 300;
/** The server decides how long a phone rings; this is only the last resort, in seconds. */
const NO_ANSWER_S = 180;
/** Wait before a refused registration is tried again, and the longest that the server may ask for, in seconds. */
const REGISTER_AGAIN_S = 10;
const REGISTER_AGAIN_MAX_S = 60;

/** The server's own candidates are enough (it is reachable on one port), so the browser needs no STUN. */
const PEER_CONNECTION: RTCConfiguration = {
  iceServers: [],
  bundlePolicy: 'max-bundle',
  rtcpMuxPolicy: 'require',
};

/** Under which id the server keeps a call, in the INVITE and the responses that it sends us. */
const CALL_HEADER = 'X-Farend-Call';

declare module 'jssip/lib/SIPMessage' {
  // Public in JsSIP, but left out of its types.
  interface IncomingRequest {
    server_transaction: { onTransportError(): void };
  }
}

interface Session {
  rtc: RTCSession;
  direction: 'outgoing' | 'incoming';
  answered: boolean;
  rang: boolean;
  muted: boolean;
  hold: Hold;
}

export class SipSignalling implements Signalling {
  #ua: UA | null = null;
  #socket: PersistentSocket | null = null;
  #account: Account | null = null;
  #listener: SignallingListener | null = null;
  #registerAgain: ReturnType<typeof setTimeout> | null = null;
  readonly #sessions = new Map<CallId, Session>();
  readonly #origin: string;

  /** `origin` is the page's own, `https://pbx.example.com:8802`. */
  constructor(origin: string) {
    this.#origin = origin;
  }

  start(account: Account, listener: SignallingListener): void {
    this.stop();
    const url = this.#origin.replace(/^http/, 'ws') + account.websocket_path;
    // Once lost, the server stays away until the phone is registered again, however many attempts that takes.
    let lost = false;
    const socket = new PersistentSocket(url, {
      opened: () => undefined,
      closed: () => undefined,
      connecting: () => tell(lost ? { state: 'away', retry_at: null } : { state: 'connecting' }),
      waiting: (retry_at) => {
        lost = true;
        tell({ state: 'away', retry_at });
      },
      displaced: () => {
        lost = false;
        tell({ state: 'displaced' });
      },
      signedOut: () => {
        if (this.#socket === socket) listener.signedOut();
      },
    });
    // Signing out closes a socket that has news of its own until it is closed.
    const tell = (line: Line) => {
      if (this.#socket === socket) listener.line(line);
    };
    const ua = new UA({
      // What JsSIP's types call a class is an interface.
      // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
      sockets: socket,
      uri: `sip:${account.sip_user}@${account.realm}`,
      registrar_server: `sip:${account.realm}`,
      display_name: account.display_name,
      register: true,
      register_expires: REGISTER_EXPIRES_S,
      // The server refreshes every call at its own pace, and tabs in the background would be late. With timers of its own
      // JsSIP would also end a call whose refresh falls into a moment without a line.
      session_timers: false,
      no_answer_timeout: NO_ANSWER_S,
      user_agent: 'farend web',
    });
    ua.on('registered', () => {
      lost = false;
      tell({ state: 'ready' });
    });
    ua.on('registrationFailed', ({ response, cause }) => {
      if (this.#ua === ua) this.#registrationFailed(ua, response, cause);
    });
    ua.on('newRTCSession', (event: RTCSessionEvent) => {
      if (isIncoming(event)) this.#incoming(event);
    });
    this.#ua = ua;
    this.#socket = socket;
    this.#account = account;
    this.#listener = listener;
    ua.start();
  }

  stop(): void {
    const ua = this.#ua;
    this.#socket?.retire();
    this.#ua = null;
    this.#socket = null;
    this.#listener = null;
    if (this.#registerAgain !== null) clearTimeout(this.#registerAgain);
    this.#registerAgain = null;
    ua?.stop();
    for (const { hold } of this.#sessions.values()) hold.stop();
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
    this.#follow(call, rtc, 'outgoing');
    this.#followConnection(call, rtc.connection);
  }

  accept(call: CallId, microphone: MediaStream): void {
    const session = this.#sessions.get(call);
    if (session === undefined || session.rtc.isEnded()) return;
    session.rtc.answer({
      // JsSIP leaves it out; the server has to know that UPDATE may come.
      extraHeaders: [`Allow: ${C.ALLOWED_METHODS}`],
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
    this.#want(call, true);
  }

  resume(call: CallId): void {
    this.#want(call, false);
  }

  setMuted(call: CallId, muted: boolean): void {
    const session = this.#sessions.get(call);
    if (session === undefined) return;
    session.muted = muted;
    silence(session);
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

  #incoming({ session: rtc, request }: IncomingRTCSessionEvent): void {
    const call = crypto.randomUUID();
    this.#follow(call, rtc, 'incoming');
    outliveLine(rtc, request);
    rtc.on('peerconnection', ({ peerconnection }) => this.#followConnection(call, peerconnection));
    this.#listener?.called(call, partyOf(rtc.remote_identity));
    this.#journalled(call, request);
  }

  #follow(call: CallId, rtc: RTCSession, direction: Session['direction']): void {
    const hold = new Hold(
      direction === 'outgoing',
      {
        ready: () => this.#ua?.isConnected() === true && rtc.isReadyToReOffer(),
        offer: (held) => reoffer(rtc, held),
      },
      {
        agreed: (held) => {
          silence(session);
          this.#listener?.held(call, held);
        },
        refused: () => {
          silence(session);
          this.#listener?.holdRefused(call);
        },
      },
    );
    const session: Session = {
      rtc,
      direction,
      answered: false,
      rang: direction === 'incoming',
      muted: false,
      hold,
    };
    this.#sessions.set(call, session);
    rtc.on('icecandidate', atFirstCandidate);
    rtc.on('progress', (event: IncomingEvent | OutgoingEvent) => {
      if (session.direction !== 'outgoing' || !('response' in event)) return;
      session.rang = true;
      this.#journalled(call, event.response);
      const body = event.response.body as string | undefined;
      this.#listener?.farEndRinging(call, body !== undefined && body !== '');
    });
    rtc.on('accepted', (event: IncomingEvent | OutgoingEvent) => {
      session.answered = true;
      if (direction === 'outgoing' && 'response' in event) this.#journalled(call, event.response);
      this.#listener?.answered(call);
    });
    rtc.on('reinvite', (event) => this.#changed(call, session, event));
    rtc.on('update', (event) => this.#changed(call, session, event));
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
    session.hold.stop();
    const reason = reasonOf(session, event);
    // A running call keeps the connection of a phone that moved on, so this is how we hear of it.
    if (reason.because === 'displaced') this.#listener?.line({ state: 'displaced' });
    this.#listener?.ended(call, reason);
  }

  #terminate(call: CallId, status?: number): void {
    const session = this.#sessions.get(call);
    if (session === undefined || session.rtc.isEnded()) return;
    if (status === undefined) session.rtc.terminate();
    else session.rtc.terminate({ status_code: status });
  }

  #want(call: CallId, held: boolean): void {
    const session = this.#sessions.get(call);
    if (session === undefined || session.rtc.isEnded()) return;
    session.hold.want(held);
    silence(session);
  }

  /** A re-INVITE or UPDATE of the server. */
  #changed(call: CallId, { hold }: Session, { request, reject }: ReInviteEvent): void {
    if (hold.isOffering && (request.method === 'INVITE' || request.body !== '')) {
      // JsSIP would go on with it, even after it has sent its own 491, and our offer would be lost (RFC 3261 section 14.2).
      reject({ status_code: 491 });
      return;
    }
    const identity = request.getHeader('P-Asserted-Identity') as string | undefined;
    const who =
      identity === undefined ? undefined : (NameAddrHeader.parse(identity) as NameAddrHeader | undefined);
    const party = who === undefined ? null : partyOf(who);
    if (party !== null && party.number !== '') this.#listener?.partyChanged(call, party);
  }

  #journalled(call: CallId, message: IncomingRequest | IncomingResponse): void {
    const journal_id = message.getHeader(CALL_HEADER) as string | undefined;
    if (journal_id !== undefined) this.#listener?.journalled(call, journal_id);
  }

  #registrationFailed(ua: UA, response: IncomingResponse | null, cause: string | undefined): void {
    if (response === null) {
      // When the connection broke, the socket has told that already; one that carries no answer is no better.
      if (cause === 'Request Timeout') this.#socket?.retryNow();
      return;
    }
    const { status_code: status } = response;
    switch (status) {
      case 401:
      case 407:
        // Only the session proves this phone, so there is none any more.
        this.#listener?.signedOut();
        return;
      case 403:
        if (saysDisplaced(reasonHeader(response))) {
          this.#listener?.line({ state: 'displaced' });
          return;
        }
        break;
      default:
    }
    this.#listener?.line(status === 503 ? { state: 'busy' } : { state: 'refused', status });
    if (this.#registerAgain !== null) clearTimeout(this.#registerAgain);
    const wait_s = Math.min(retryAfter(response) ?? REGISTER_AGAIN_S, REGISTER_AGAIN_MAX_S);
    this.#registerAgain = setTimeout(() => {
      if (ua.isConnected()) ua.register();
    }, 1000 * wait_s);
  }
}

/** JsSIP's enum exists in its types alone; its values are plain words. */
function isTheirs(originator: string): boolean {
  return originator === 'remote';
}

function isIncoming(event: RTCSessionEvent): event is IncomingRTCSessionEvent {
  return isTheirs(event.originator);
}

/**
 * JsSIP forgets an INVITE whose connection broke, and could never answer it nor hear that the caller gave up. The server
 * keeps it for a moment, and goes on over the next connection.
 */
function outliveLine(rtc: RTCSession, { server_transaction: transaction }: IncomingRequest): void {
  const forget = transaction.onTransportError.bind(transaction);
  let rings = true;
  transaction.onTransportError = () => {
    if (!rings) forget();
  };
  rtc.on('accepted', () => (rings = false));
  rtc.on('failed', () => (rings = false));
}

/** Nobody is heard through a microphone that is muted or whose call is on hold. */
function silence({ rtc, muted, hold }: Session): void {
  if (muted || hold.silent) rtc.mute({ audio: true });
  else rtc.unmute({ audio: true });
}

/** The number is empty when the address has none. */
function partyOf({ display_name, uri }: NameAddrHeader): Party {
  const name = display_name as string | undefined;
  const user = uri.user as string | undefined;
  return { number: decodeURIComponent(user ?? ''), name: name === undefined || name === '' ? null : name };
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
    reason: message === null ? null : reasonHeader(message),
  });
}

function reasonHeader(message: IncomingRequest | IncomingResponse): string | null {
  return message.hasHeader('Reason') ? message.getHeader('Reason') : null;
}

/** In seconds. */
function retryAfter(response: IncomingResponse): number | null {
  const header = response.hasHeader('Retry-After') ? response.getHeader('Retry-After') : '';
  return /^\d+/.test(header) ? Number.parseInt(header, 10) : null;
}
