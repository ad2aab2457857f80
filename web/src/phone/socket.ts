import type { Socket } from 'jssip/lib/Socket';
import { waitBefore } from './backoff.ts';

/** The server closes the phone's WebSocket with these codes. */
export const CLOSED_DISPLACED = 4001;
export const CLOSED_SIGNED_OUT = 4002;

/** How often the line is probed, and how long an answer may take, in milliseconds. */
const PROBE_EVERY_MS = 20_000;
const PROBE_ANSWER_MS = 8_000;

/** Where the connection stands. `paused`: the server sent us away; only a person brings it back. */
type Link =
  | { is: 'closed' }
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
 * Double CRLF probes (RFC 7118 section 6, RFC 5626 section 3.5.1) find a connection that died without a word.
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
  readonly #networkIsBack = () => {
    if (this.#link.is === 'waiting') this.retryNow();
  };

  constructor(url: string, listener: SocketListener) {
    const { protocol, host } = new URL(url);
    this.url = url;
    this.via_transport = protocol === 'wss:' ? 'WSS' : 'WS';
    this.sip_uri = `sip:${host};transport=ws`;
    this.#listener = listener;
    window.addEventListener('online', this.#networkIsBack);
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
    if (this.#link.is === 'closed') this.#open();
  }

  disconnect(): void {
    const link = this.#link;
    this.#link = { is: 'closed' };
    if (link.is === 'waiting') clearTimeout(link.retry);
    this.#stopProbing();
    window.removeEventListener('online', this.#networkIsBack);
    if (link.is === 'up') link.socket.close(1000);
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

  /** Ends the wait for the next attempt, or the pause after being displaced. */
  retryNow(): void {
    if (this.#link.is === 'closed' || this.#link.is === 'up') return;
    if (this.#link.is === 'waiting') clearTimeout(this.#link.retry);
    this.#attempt = 0;
    this.#open();
  }

  #open(): void {
    this.#listener.connecting();
    const socket = new WebSocket(this.url, 'sip');
    this.#link = { is: 'up', socket };
    socket.onopen = () => {
      this.#attempt = 0;
      this.#startProbing(socket);
      this.onconnect();
    };
    socket.onmessage = (message: MessageEvent<string | ArrayBuffer>) => {
      this.#heard(message.data);
      this.ondata(message.data);
    };
    socket.onclose = (event) => {
      if (this.#link.is === 'up' && this.#link.socket === socket) this.#lost(event.code, event.reason);
    };
  }

  #lost(code: number, reason: string): void {
    this.#stopProbing();
    switch (code) {
      case CLOSED_DISPLACED:
        this.#link = { is: 'paused' };
        this.#listener.displaced();
        break;
      case CLOSED_SIGNED_OUT:
        this.#link = { is: 'paused' };
        this.#listener.signedOut();
        break;
      default: {
        const wait = waitBefore(this.#attempt, Math.random());
        this.#attempt += 1;
        this.#link = { is: 'waiting', retry: setTimeout(() => this.#open(), wait) };
        this.#listener.waiting(Date.now() + wait);
      }
    }
    // JsSIP ends what was in flight. It calls connect() again later, which changes nothing.
    this.ondisconnect(true, code, reason);
  }

  #startProbing(socket: WebSocket): void {
    this.#probe = setInterval(() => {
      socket.send('\r\n\r\n');
      if (!this.#answersProbes) return;
      this.#answer ??= setTimeout(() => {
        this.#answer = null;
        socket.onclose = null;
        socket.close();
        if (this.#link.is === 'up' && this.#link.socket === socket)
          this.#lost(1006, 'no answer to keep-alive');
      }, PROBE_ANSWER_MS);
    }, PROBE_EVERY_MS);
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
