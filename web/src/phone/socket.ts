import type { Socket } from 'jssip/lib/Socket';
import { waitBefore } from './backoff.ts';

/** The server closes the phone's WebSocket with these codes. */
export const CLOSED_DISPLACED = 4001;
export const CLOSED_SIGNED_OUT = 4002;

/** How long an attempt to connect may take, in milliseconds: a network that swallows everything never says no. */
const CONNECT_MAX_MS = 8_000;
/** How often the line is probed, and how long an answer may take, in milliseconds. */
const PROBE_EVERY_MS = 20_000;
const PROBE_ANSWER_MS = 8_000;

/** Where the connection stands. `paused`: the server sent us away; only a person brings it back. */
type Link =
  | { is: 'closed' }
  | { is: 'trying'; socket: WebSocket; limit: ReturnType<typeof setTimeout> }
  | { is: 'up'; socket: WebSocket }
  | { is: 'waiting'; retry: ReturnType<typeof setTimeout> }
  | { is: 'paused' };

/** What the socket tells about itself, besides what JsSIP hears. */
export interface SocketListener {
  connecting(): void;
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
 * at once where that is likely: the network has come back, or somebody looks at the page again, perhaps after the computer
 * has slept.
 */
export class PersistentSocket implements Socket {
  via_transport: string;
  readonly url: string;
  readonly sip_uri: string;
  #link: Link = { is: 'closed' };
  #attempt = 0;
  #probe: ReturnType<typeof setInterval> | null = null;
  #answer: ReturnType<typeof setTimeout> | null = null;
  #answersProbes = false;
  readonly #listener: SocketListener;
  #retired = false;
  readonly #looked = () => {
    if (document.visibilityState === 'visible') this.#check();
  };
  readonly #networkIsBack = () => this.#check();

  constructor(url: string, listener: SocketListener) {
    const { protocol, host } = new URL(url);
    this.url = url;
    this.via_transport = protocol === 'wss:' ? 'WSS' : 'WS';
    this.sip_uri = `sip:${host};transport=ws`;
    this.#listener = listener;
    window.addEventListener('online', this.#networkIsBack);
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
    window.removeEventListener('online', this.#networkIsBack);
    document.removeEventListener('visibilitychange', this.#looked);
    if (link.is === 'up' || link.is === 'trying') link.socket.close(1000);
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
    if (link.is === 'up' || link.is === 'trying') {
      link.socket.close();
      this.ondisconnect(true, 1006, 'connecting anew');
    }
    this.#open();
  }

  #open(): void {
    this.#listener.connecting();
    const socket = new WebSocket(this.url, 'sip');
    const limit = setTimeout(() => this.#giveUp(socket, 'no answer to the handshake'), CONNECT_MAX_MS);
    this.#link = { is: 'trying', socket, limit };
    socket.onopen = () => {
      if (!this.#isCurrent(socket)) return;
      clearTimeout(limit);
      this.#link = { is: 'up', socket };
      this.#attempt = 0;
      this.#probe = setInterval(() => this.#sendProbe(), PROBE_EVERY_MS);
      this.onconnect();
    };
    socket.onmessage = (message: MessageEvent<string | ArrayBuffer>) => {
      if (!this.#isCurrent(socket)) return;
      this.#heard(message.data);
      this.ondata(message.data);
    };
    socket.onclose = (event) => {
      if (this.#isCurrent(socket)) this.#lost(event.code, event.reason);
    };
  }

  #isCurrent(socket: WebSocket): boolean {
    return (this.#link.is === 'up' || this.#link.is === 'trying') && this.#link.socket === socket;
  }

  /** Nothing is under way any more; an open socket is the caller's to close. */
  #leave(): void {
    if (this.#link.is === 'waiting') clearTimeout(this.#link.retry);
    if (this.#link.is === 'trying') clearTimeout(this.#link.limit);
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
    this.#leave();
    if (!this.#retired) this.#comeBack(code);
    // JsSIP ends what was in flight. It calls connect() again later, which changes nothing.
    this.ondisconnect(true, code, reason);
  }

  #comeBack(code: number): void {
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
        const wait = waitBefore(this.#attempt, Math.random());
        this.#attempt += 1;
        this.#link = { is: 'waiting', retry: setTimeout(() => this.#open(), wait) };
        this.#listener.waiting(Date.now() + wait);
      }
    }
  }

  /** Now is a good moment to find out how things are. */
  #check(): void {
    if (this.#link.is === 'waiting') this.retryNow();
    else if (this.#link.is === 'up') this.#sendProbe();
  }

  #sendProbe(): void {
    if (this.#link.is !== 'up') return;
    const { socket } = this.#link;
    this.send('\r\n\r\n');
    if (!this.#answersProbes) return;
    this.#answer ??= setTimeout(() => this.#giveUp(socket, 'no answer to keep-alive'), PROBE_ANSWER_MS);
  }

  #heard(data: string | ArrayBuffer): void {
    // A server that never answered a probe is not dead for not answering one.
    if (data === '\r\n') this.#answersProbes = true;
    if (this.#answer !== null) clearTimeout(this.#answer);
    this.#answer = null;
  }

  #stopProbing(): void {
    if (this.#probe !== null) clearInterval(this.#probe);
    if (this.#answer !== null) clearTimeout(this.#answer);
    this.#probe = null;
    this.#answer = null;
  }
}
