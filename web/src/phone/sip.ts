/**
 * The line to the server by JsSIP over the WebSocket at `/sip`. The session's cookie authenticates it, so there is no
 * password in here. One `RTCSession` per call; what it reports becomes calls of the `SignallingListener`.
 */
import { C, NameAddrHeader, type UA } from 'jssip';
import type { EndEvent, IncomingEvent, OutgoingEvent, ReInviteEvent, RTCSession } from 'jssip/lib/RTCSession';
import type { IncomingRequest, IncomingResponse } from 'jssip/lib/SIPMessage';
import type { IncomingRTCSessionEvent, RTCSessionEvent } from 'jssip/lib/UA';
import type { CallId, Line } from './calls.ts';
import { saysAtDeskPhone, saysDisplaced } from './causes.ts';
import { Hold, type Outcome } from './hold.ts';
import type { IceServers } from './iceServers.ts';
import type { Restarting } from './recovery.ts';
import { reoffer, restartIce } from './reoffer.ts';
import type { Account, Signalling, SignallingListener } from './signalling.ts';
import { createAgent } from './sip/agent.ts';
import { boundGathering, neverGather } from './sip/gathering.ts';
import {
  isIncoming,
  isTheirs,
  journalIdOf,
  partyOf,
  reasonHeader,
  reasonOf,
  retryAfter,
} from './sip/messages.ts';
import { keepOpusSteady } from './sip/opus.ts';
import { OutlivingInvite, outliveLine } from './sip/outlive.ts';
import { Renewal } from './sip/renewal.ts';
import { isOffering, silence, type Session } from './sip/session.ts';
import { Trickle } from './sip/trickle.ts';
import { PersistentSocket } from './socket.ts';

/** Wait before a refused registration is tried again, and the longest that the server may ask for, in seconds. */
const REGISTER_AGAIN_S = 10;
const REGISTER_AGAIN_MAX_S = 60;

const PEER_CONNECTION: RTCConfiguration = { bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require' };

export class SipSignalling implements Signalling {
  #ua: UA | null = null;
  #socket: PersistentSocket | null = null;
  #account: Account | null = null;
  #listener: SignallingListener | null = null;
  #registerAgain: ReturnType<typeof setTimeout> | null = null;
  readonly #sessions = new Map<CallId, Session>();
  readonly #origin: string;
  readonly #iceServers: IceServers;

  /** `origin` is the page's own, `https://pbx.example.com:8802`. */
  constructor(origin: string, iceServers: IceServers) {
    this.#origin = origin;
    this.#iceServers = iceServers;
  }

  start(account: Account, listener: SignallingListener): void {
    this.stop();
    const url = this.#origin.replace(/^http/, 'ws') + account.websocket_path;
    // Once lost, the server stays away until the phone is registered again, however many attempts that takes.
    let lost = false;
    let registered = false;
    const socket = new PersistentSocket(url, {
      opened: () => {
        if (this.#socket === socket) this.#lineOpened(socket);
      },
      closed: () => {
        lost ||= registered;
        if (this.#socket === socket) this.#lineClosed();
      },
      connecting: () => tell(lost ? { state: 'away', retry_at: null } : { state: 'connecting' }),
      waiting: (retry_at) => {
        lost = true;
        tell({ state: 'away', retry_at });
      },
      displaced: () => {
        lost = registered = false;
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
    const ua = createAgent(socket, account);
    ua.on('registered', () => {
      lost = false;
      registered = true;
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
    this.#iceServers.start();
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
    for (const session of this.#sessions.values()) stopAll(session);
    this.#sessions.clear();
    this.#iceServers.stop();
  }

  reconnect(): void {
    this.#socket?.retryNow();
  }

  probeLine(): void {
    this.#socket?.probe();
  }

  replaceLine(): void {
    this.#socket?.replace();
  }

  async restart(call: CallId, how: Restarting, fresh: boolean): Promise<Outcome> {
    const session = this.#sessions.get(call);
    if (session === undefined || session.rtc.isEnded()) return { is: 'refused' };
    const { rtc, renewal, trickle } = session;
    if (!this.#isConnected() || isOffering(session) || !rtc.isReadyToReOffer())
      return { is: 'not_now', wait_ms: null };
    const configuration = this.#configuration();
    const renew = (connection: RTCPeerConnection) => connection.setConfiguration(configuration);
    session.restarting = true;
    const outcome =
      how === 'anew'
        ? await renewal.offer(fresh, configuration)
        : await restartIce(rtc, fresh, renew, (sdp) => trickle?.described(sdp));
    session.restarting = false;
    return outcome;
  }

  invite(call: CallId, number: string, microphone: MediaStream): void {
    if (this.#ua === null || this.#account === null || !this.#isConnected()) {
      this.#listener?.ended(call, { because: 'server_away' });
      return;
    }
    const rtc = this.#ua.call(`sip:${number}@${this.#account.realm}`, {
      mediaStream: microphone,
      mediaConstraints: { audio: true, video: false },
      pcConfig: this.#configuration(),
    });
    const session = this.#follow(call, rtc, 'outgoing');
    session.invite = new OutlivingInvite(rtc);
    this.#followConnection(call, session, rtc.connection);
  }

  accept(call: CallId, microphone: MediaStream): void {
    const session = this.#sessions.get(call);
    if (session === undefined || session.rtc.isEnded()) return;
    session.rtc.answer({
      // JsSIP leaves it out; the server has to know that UPDATE may come.
      extraHeaders: [`Allow: ${C.ALLOWED_METHODS}`],
      mediaStream: microphone,
      mediaConstraints: { audio: true, video: false },
      pcConfig: this.#configuration(),
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
    if (rtc === undefined || this.#account === null || !this.#isConnected()) {
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
    const session = this.#follow(call, rtc, 'incoming');
    outliveLine(request);
    rtc.on('peerconnection', ({ peerconnection }) => this.#followConnection(call, session, peerconnection));
    this.#listener?.called(call, partyOf(rtc.remote_identity));
    this.#journalled(call, request);
  }

  #follow(call: CallId, rtc: RTCSession, direction: Session['direction']): Session {
    const hold = new Hold(
      direction === 'outgoing',
      {
        ready: () => this.#isConnected() && !session.restarting && rtc.isReadyToReOffer(),
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
      restarting: false,
      renewal: new Renewal(rtc, ({ connection, trickle }) => {
        session.trickle?.stop();
        this.#adopt(call, session, connection, trickle);
        trickle.open();
      }),
      trickle: null,
      invite: null,
      leaving: false,
    };
    this.#sessions.set(call, session);
    this.#socket?.attend(true);
    neverGather(rtc);
    rtc.on('sdp', (event) => {
      if (!isTheirs(event.originator)) event.sdp = keepOpusSteady(event.sdp);
    });
    rtc.on('progress', (event: IncomingEvent | OutgoingEvent) => {
      if (session.direction !== 'outgoing' || !('response' in event)) return;
      session.rang = true;
      session.trickle?.open();
      this.#journalled(call, event.response);
      const body = event.response.body as string | undefined;
      this.#listener?.farEndRinging(call, body !== undefined && body !== '');
    });
    rtc.on('accepted', (event: IncomingEvent | OutgoingEvent) => {
      session.answered = true;
      session.trickle?.open();
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
    return session;
  }

  #followConnection(call: CallId, session: Session, connection: RTCPeerConnection): void {
    this.#adopt(call, session, connection, new Trickle(session.rtc, connection));
  }

  #adopt(call: CallId, session: Session, connection: RTCPeerConnection, trickle: Trickle): void {
    boundGathering(connection);
    session.trickle = trickle;
    connection.addEventListener('track', ({ streams, track }) => {
      this.#listener?.remoteStream(call, streams[0] ?? new MediaStream([track]));
    });
    this.#listener?.connection(call, connection);
  }

  #ended(call: CallId, session: Session, event: EndEvent): void {
    if (!this.#forget(call, session)) return;
    const reason = reasonOf(session, event);
    // A running call keeps the connection of a phone that moved on, so this is how we hear of it.
    if (reason.because === 'displaced') this.#listener?.line({ state: 'displaced' });
    this.#listener?.ended(call, reason);
  }

  /** `false` when it is forgotten already. */
  #forget(call: CallId, session: Session): boolean {
    if (!this.#sessions.delete(call)) return false;
    stopAll(session);
    if (this.#sessions.size === 0) this.#socket?.attend(false);
    return true;
  }

  #terminate(call: CallId, status?: number): void {
    const session = this.#sessions.get(call);
    if (session === undefined || session.rtc.isEnded()) return;
    if (session.answered && !this.#isConnected()) {
      // JsSIP would only lose its BYE, and the far end would wait for us for as long as the server does.
      session.leaving = true;
      return;
    }
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
  #changed(call: CallId, session: Session, { request, reject }: ReInviteEvent): void {
    if (request.method === 'INVITE') outliveLine(request);
    if (isOffering(session) && (request.method === 'INVITE' || request.body !== '')) {
      // JsSIP would go on with it, even after it has sent its own 491, and our offer would be lost (RFC 3261 section 14.2).
      reject({ status_code: 491 });
      return;
    }
    const identity = request.getHeader('P-Asserted-Identity') as string | undefined;
    const who =
      identity === undefined ? undefined : (NameAddrHeader.parse(identity) as NameAddrHeader | undefined);
    const party = who === undefined ? null : partyOf(who);
    // A conference that is no room's has a name and no number.
    if (party !== null && (party.number !== '' || party.name !== null)) {
      this.#listener?.partyChanged(call, party);
    }
  }

  #journalled(call: CallId, message: IncomingRequest | IncomingResponse): void {
    const journal_id = journalIdOf(message);
    if (journal_id !== null) this.#listener?.journalled(call, journal_id);
  }

  #configuration(): RTCConfiguration {
    return { ...PEER_CONNECTION, iceServers: this.#iceServers.current() };
  }

  #isConnected(): boolean {
    return this.#ua?.isConnected() === true;
  }

  /** JsSIP has sent its REGISTER, by which the server moves our calls to this line. */
  #lineOpened(socket: PersistentSocket): void {
    for (const [call, session] of [...this.#sessions]) {
      const { rtc, leaving, trickle, invite, answered } = session;
      if (leaving) rtc.terminate();
      invite?.again(
        (message) => socket.send(message),
        () => {
          if (!this.#forget(call, session)) return;
          this.#listener?.ended(call, { because: 'connection_lost' });
          rtc.terminate();
        },
      );
      if (answered) trickle?.open();
    }
    this.#listener?.linked(true);
  }

  #lineClosed(): void {
    for (const { trickle } of this.#sessions.values()) trickle?.close();
    this.#listener?.linked(false);
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
        if (saysAtDeskPhone(reasonHeader(response))) {
          this.#listener?.line({ state: 'at_desk_phone' });
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

function stopAll({ hold, trickle, renewal }: Session): void {
  hold.stop();
  renewal.stop();
  trickle?.stop();
}
