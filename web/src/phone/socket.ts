import type { Socket } from 'jssip/lib/Socket';
import { RACE_ATTEMPTS_MAX, raceWindow, waitBefore } from './backoff.ts';
import { watchNetwork, type NetworkNews } from './network.ts';

/** The server closes the phone's WebSocket with these codes. */
export const CLOSED_DISPLACED = 4001;
export const CLOSED_SIGNED_OUT = 4002;

/** How long an attempt to connect may take, in milliseconds: a network that swallows everything never says no. */
const CONNECT_MAX_MS = 8_000;
/** How often the line is probed, and how long an answer may take, in milliseconds. */
const PROBE = { every_ms: 20_000, answer_ms: 8_000 };
/** The same while there are calls. */
const PROBE_IN_CALL = { every_ms: 5_000, answer_ms: 2_500 };
/** How long an answer may take when there is reason to doubt the line: three round trips, within these, in milliseconds. */
const DOUBT_MIN_MS = 600;
const DOUBT_MAX_MS = 1_500;
/** Attempts of a race that run at once. Browsers let them wait for each other when they go to the same address. */
const RACERS_MAX = 2;
/** A connection that breaks earlier than this was worth nothing: the next one is not hurried, in milliseconds. */
const USEFUL_MS = 2_000;

/** Where the connection stands. `paused`: the server sent us away; only a person brings it back. */
type Link =
  | { is: 'closed' }
  /** One attempt, or a race of several; `timer` ends the one and starts the next of the other. */
  | { is: 'trying'; sockets: readonly WebSocket[]; timer: ReturnType<typeof setTimeout> }
  | { is: 'up'; socket: WebSocket; since: number }
  | { is: 'waiting'; retry: ReturnType<typeof setTimeout> }
  | { is: 'paused' };

/** What the socket tells about itself, besides what JsSIP hears. */
export interface SocketListener {
  connecting(): void;
  /** Open, and JsSIP has begun to register. */
  opened(): void;
  /** What was open is lost. */
  closed(): void;
  /** `retry_at` is on the clock of `Date.now()`. */
  waiting(retry_at: number): void;
  displaced(): void;
  signedOut(): void;
}

/**
 * The WebSocket under JsSIP, with our own reconnection: JsSIP sees a socket that is "connecting" as long as we wait, so
 * that its own slower timers stay out of the way, its sessions live on, and we can tell the person when we try again.
 *
 * Double CRLF probes (RFC 7118 section 6, RFC 5626 section 3.5.1) find a connection that died without a word. One goes out
 * at once where that is likely: the network has come back, somebody looks at the page again, perhaps after the computer has
 * slept, or a call has gone silent.
 *
 * While there are calls nothing waits: a lost connection is followed by a race of attempts, of which the first that opens
 * wins. Each looks the server's name up again, which may have moved.
 */
export class PersistentSocket implements Socket {
  via_transport: string;
  readonly url: string;
  readonly sip_uri: string;
  #link: Link = { is: 'closed' };
  #attempt = 0;
  #probe: ReturnType<typeof setInterval> | null = null;
  /** The probe that waits for its answer. */
  #asked: { at: number; until: number; timer: ReturnType<typeof setTimeout> } | null = null;
  #answersProbes = false;
  #roundTrip_ms = 0;
  #inCall = false;
  readonly #listener: SocketListener;
  #retired = false;
  readonly #looked = () => {
    if (document.visibilityState === 'visible') this.#check();
  };
  readonly #unwatchNetwork: () => void;

  constructor(url: string, listener: SocketListener) {
    const { protocol, host } = new URL(url);
    this.url = url;
    this.via_transport = protocol === 'wss:' ? 'WSS' : 'WS';
    this.sip_uri = `sip:${host};transport=ws`;
    this.#listener = listener;
    this.#unwatchNetwork = watchNetwork((news) => this.#networkChanged(news));
    document.addEventListener('visibilitychange', this.#looked);
  }

  onconnect(): void {
    // JsSIP puts its own function here.
  }
  ondisconnect(_error: boolean, _code?: number, _reason?: string): void {
    // JsSIP puts its own function here.
  }
  // The signature is JsSIP's.
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  ondata<T>(_event: T): void {
    // JsSIP puts its own function here.
  }

  connect(): void {
    if (this.#link.is === 'closed' && !this.#retired) this.#open();
  }

  disconnect(): void {
    const link = this.#link;
    this.#retired = true;
    this.#leave();
    this.#unwatchNetwork();
    document.removeEventListener('visibilitychange', this.#looked);
    for (const socket of socketsOf(link)) socket.close(1000);
  }

  /** From now on what is there may be used, but nothing comes back. */
  retire(): void {
    this.#retired = true;
    if (this.#link.is === 'waiting') this.#leave();
  }

  isConnected(): boolean {
    return this.#link.is === 'up' && this.#link.socket.readyState === WebSocket.OPEN;
  }

  /** True also while waiting for the next attempt: that is ours to make, not JsSIP's. */
  isConnecting(): boolean {
    return this.#link.is !== 'closed' && !this.isConnected();
  }

  send(message: string | ArrayBufferLike | Blob | ArrayBufferView): boolean {
    if (this.#link.is !== 'up' || this.#link.socket.readyState !== WebSocket.OPEN) return false;
    this.#link.socket.send(message);
    return true;
  }

  /** Connects anew, whatever there is: ends a wait, an attempt that takes long, or the pause after being displaced. */
  retryNow(): void {
    if (this.#retired || this.#link.is === 'closed') return;
    const link = this.#link;
    this.#attempt = 0;
    this.#leave();
    for (const socket of socketsOf(link)) socket.close();
    if (link.is === 'up') this.#listener.closed();
    if (link.is === 'up' || link.is === 'trying') this.ondisconnect(true, 1006, 'connecting anew');
    this.#open();
  }

  /** Whether there are calls, which cannot wait. */
  attend(inCall: boolean): void {
    if (this.#inCall === inCall) return;
    this.#inCall = inCall;
    if (this.#link.is !== 'up') return;
    this.#keepProbing();
    if (inCall) this.#sendProbe(PROBE_IN_CALL.answer_ms);
  }

  /** There is reason to doubt the line: it has a moment to prove itself. */
  probe(): void {
    if (this.#link.is === 'waiting') this.retryNow();
    else this.#sendProbe(Math.min(Math.max(3 * this.#roundTrip_ms, DOUBT_MIN_MS), DOUBT_MAX_MS));
  }

  /** The line is no good, whatever it says of itself. */
  replace(): void {
    if (this.#link.is === 'up') this.#giveUp(this.#link.socket, 'replaced');
  }

  #open(): void {
    this.#listener.connecting();
    if (this.#inCall) {
      this.#race([], 0);
      return;
    }
    const socket = this.#try();
    const timer = setTimeout(() => this.#giveUp(socket, 'no answer to the handshake'), CONNECT_MAX_MS);
    this.#link = { is: 'trying', sockets: [socket], timer };
  }

  /** Starts attempt number `attempt` beside those before it, and drops the oldest when there are too many. */
  #race(before: readonly WebSocket[], attempt: number): void {
    if (attempt === RACE_ATTEMPTS_MAX) {
      for (const socket of before) socket.close();
      this.#lost(1006, 'nobody answers');
      return;
    }
    const keeps = before.slice(1 - RACERS_MAX);
    for (const socket of before) if (!keeps.includes(socket)) socket.close();
    const timer = setTimeout(() => {
      if (this.#link.is === 'trying') this.#race(this.#link.sockets, attempt + 1);
    }, raceWindow(attempt));
    this.#link = { is: 'trying', sockets: [...keeps, this.#try()], timer };
  }

  #try(): WebSocket {
    const socket = new WebSocket(this.url, 'sip');
    socket.onopen = () => this.#won(socket);
    socket.onmessage = (message: MessageEvent<string | ArrayBuffer>) => {
      if (!this.#isCurrent(socket)) return;
      this.#heard(message.data);
      this.ondata(message.data);
    };
    socket.onclose = ({ code, reason }) => {
      if (!this.#isCurrent(socket)) return;
      if (this.#link.is === 'trying' && this.#inCall && !isFinal(code)) this.#fellOut(socket);
      else this.#lost(code, reason);
    };
    return socket;
  }

  #won(socket: WebSocket): void {
    if (this.#link.is !== 'trying' || !this.#isCurrent(socket)) return;
    clearTimeout(this.#link.timer);
    for (const other of this.#link.sockets) if (other !== socket) other.close();
    this.#link = { is: 'up', socket, since: Date.now() };
    this.#attempt = 0;
    this.#keepProbing();
    this.onconnect();
    this.#listener.opened();
  }

  /** The race goes on without it. */
  #fellOut(socket: WebSocket): void {
    if (this.#link.is !== 'trying') return;
    this.#link = { ...this.#link, sockets: this.#link.sockets.filter((each) => each !== socket) };
  }

  #isCurrent(socket: WebSocket): boolean {
    return socketsOf(this.#link).includes(socket);
  }

  /** Nothing is under way any more; open sockets are the caller's to close. */
  #leave(): void {
    if (this.#link.is === 'waiting') clearTimeout(this.#link.retry);
    if (this.#link.is === 'trying') clearTimeout(this.#link.timer);
    this.#stopProbing();
    this.#link = { is: 'closed' };
  }

  /** A browser takes long to close what does not answer, so we go on without waiting for that. */
  #giveUp(socket: WebSocket, reason: string): void {
    if (!this.#isCurrent(socket)) return;
    socket.close();
    this.#lost(1006, reason);
  }

  #lost(code: number, reason: string): void {
    const link = this.#link;
    const wasUseful = link.is === 'up' && Date.now() - link.since >= USEFUL_MS;
    this.#leave();
    if (link.is === 'up') this.#listener.closed();
    if (!this.#retired) this.#comeBack(code, wasUseful && this.#inCall);
    // JsSIP ends what was in flight. It calls connect() again later, which changes nothing.
    this.ondisconnect(true, code, reason);
  }

  #comeBack(code: number, atOnce: boolean): void {
    switch (code) {
      case CLOSED_DISPLACED:
        this.#link = { is: 'paused' };
        this.#listener.displaced();
        return;
      case CLOSED_SIGNED_OUT:
        this.#link = { is: 'paused' };
        this.#listener.signedOut();
        return;
      default: {
        if (atOnce) {
          this.#open();
          return;
        }
        const wait = waitBefore(this.#attempt, Math.random());
        this.#attempt += 1;
        this.#link = { is: 'waiting', retry: setTimeout(() => this.#open(), wait) };
        this.#listener.waiting(Date.now() + wait);
      }
    }
  }

  #networkChanged(news: NetworkNews): void {
    if (news === 'stirred') {
      if (this.#link.is === 'up') this.#check();
      return;
    }
    if (this.#link.is === 'trying' && this.#inCall) {
      // What it began on the old network may never end.
      clearTimeout(this.#link.timer);
      this.#race(this.#link.sockets, 0);
      return;
    }
    this.#check();
  }

  /** Now is a good moment to find out how things are. */
  #check(): void {
    if (this.#link.is === 'waiting') this.retryNow();
    else if (this.#inCall) this.probe();
    else this.#sendProbe(PROBE.answer_ms);
  }

  #sendProbe(answer_ms: number): void {
    if (this.#link.is !== 'up') return;
    const { socket } = this.#link;
    this.send('\r\n\r\n');
    if (!this.#answersProbes) return;
    const at = this.#asked?.at ?? Date.now();
    const until = Math.min(this.#asked?.until ?? Infinity, Date.now() + answer_ms);
    if (this.#asked !== null) clearTimeout(this.#asked.timer);
    const timer = setTimeout(() => this.#giveUp(socket, 'no answer to keep-alive'), until - Date.now());
    this.#asked = { at, until, timer };
  }

  #heard(data: string | ArrayBuffer): void {
    if (data === '\r\n') {
      // A server that never answered a probe is not dead for not answering one.
      this.#answersProbes = true;
      if (this.#asked !== null) this.#roundTrip_ms = Date.now() - this.#asked.at;
    }
    this.#forgetProbe();
  }

  #forgetProbe(): void {
    if (this.#asked !== null) clearTimeout(this.#asked.timer);
    this.#asked = null;
  }

  #keepProbing(): void {
    if (this.#probe !== null) clearInterval(this.#probe);
    const { every_ms, answer_ms } = this.#inCall ? PROBE_IN_CALL : PROBE;
    this.#probe = setInterval(() => this.#sendProbe(answer_ms), every_ms);
  }

  #stopProbing(): void {
    if (this.#probe !== null) clearInterval(this.#probe);
    this.#probe = null;
    this.#forgetProbe();
  }
}

function socketsOf(link: Link): readonly WebSocket[] {
  if (link.is === 'trying') return link.sockets;
  return link.is === 'up' ? [link.socket] : [];
}

/** Whether the server has sent us away. */
function isFinal(code: number): boolean {
  return code === CLOSED_DISPLACED || code === CLOSED_SIGNED_OUT;
}
