import type { Socket } from 'jssip/lib/Socket';
import { waitBefore } from './backoff.ts';

/** The server closes the phone's WebSocket with these codes. */
export const CLOSED_DISPLACED = 4001;
export const CLOSED_SIGNED_OUT = 4002;

/** How often the line is probed, and how long an answer may take, in milliseconds. */
const PROBE_EVERY_MS = 20_000;
const PROBE_ANSWER_MS = 8_000;

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
  #socket: WebSocket | null = null;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #probe: ReturnType<typeof setInterval> | null = null;
  #answer: ReturnType<typeof setTimeout> | null = null;
  #answersProbes = false;
  #wanted = false;
  readonly #listener: SocketListener;
  readonly #wakeUp = () => {
    this.retryNow();
  };

  constructor(url: string, listener: SocketListener) {
    const { protocol, host } = new URL(url);
    this.url = url;
    this.via_transport = protocol === 'wss:' ? 'WSS' : 'WS';
    this.sip_uri = `sip:${host};transport=ws`;
    this.#listener = listener;
    window.addEventListener('online', this.#wakeUp);
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
    this.#wanted = true;
    if (this.#socket !== null || this.#retry !== null) return;
    this.#open();
  }

  disconnect(): void {
    this.#wanted = false;
    this.#stopTimers();
    window.removeEventListener('online', this.#wakeUp);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
  }

  isConnected(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** True also while waiting for the next attempt: that is ours to make, not JsSIP's. */
  isConnecting(): boolean {
    return this.#wanted && !this.isConnected();
  }

  send(message: string | ArrayBufferLike | Blob | ArrayBufferView): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(message);
    return true;
  }

  /** Ends the wait for the next attempt, or the pause after being displaced. */
  retryNow(): void {
    if (!this.#wanted || this.#socket !== null) return;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    this.#attempt = 0;
    this.#open();
  }

  #open(): void {
    this.#listener.connecting();
    const socket = new WebSocket(this.url, 'sip');
    this.#socket = socket;
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
      if (this.#socket === socket) this.#lost(event.code, event.reason);
    };
  }

  #lost(code: number, reason: string): void {
    this.#socket = null;
    this.#stopTimers();
    // JsSIP ends what was in flight. It will call connect() again later, which changes nothing.
    this.ondisconnect(true, code, reason);
    switch (code) {
      case CLOSED_DISPLACED:
        this.#listener.displaced();
        return;
      case CLOSED_SIGNED_OUT:
        this.#listener.signedOut();
        return;
      default: {
        const wait = waitBefore(this.#attempt, Math.random());
        this.#attempt += 1;
        this.#retry = setTimeout(() => {
          this.#retry = null;
          this.#open();
        }, wait);
        this.#listener.waiting(Date.now() + wait);
      }
    }
  }

  #startProbing(socket: WebSocket): void {
    this.#probe = setInterval(() => {
      socket.send('\r\n\r\n');
      if (!this.#answersProbes) return;
      this.#answer ??= setTimeout(() => {
        this.#answer = null;
        socket.onclose = null;
        socket.close();
        if (this.#socket === socket) this.#lost(1006, 'no answer to keep-alive');
      }, PROBE_ANSWER_MS);
    }, PROBE_EVERY_MS);
  }

  #heard(data: string | ArrayBuffer): void {
    // A server that never answered a probe is not dead for not answering one.
    if (data === '\r\n') this.#answersProbes = true;
    if (this.#answer !== null) clearTimeout(this.#answer);
    this.#answer = null;
  }

  #stopTimers(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    if (this.#probe !== null) clearInterval(this.#probe);
    if (this.#answer !== null) clearTimeout(this.#answer);
    this.#retry = null;
    this.#probe = null;
    this.#answer = null;
  }
}
