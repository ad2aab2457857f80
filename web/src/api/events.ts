/** The events adapter: the server's news over one WebSocket that comes back by itself. */
import { waitBefore } from '../phone/backoff.ts';
import type { ServerEvent } from './types.ts';

/** The server closes with this code when the session ends. */
export const CLOSED_SIGNED_OUT = 4002;

export interface EventsListener {
  heard(event: ServerEvent): void;
  /** Nothing comes for a while; what has changed meanwhile comes first afterwards, as a snapshot. */
  lost(): void;
  /** The session is over, so nothing more will come. */
  signedOut(): void;
}

export interface Events {
  /** Returns the function that closes it. */
  listen(listener: EventsListener): () => void;
}

export class WebSocketEvents implements Events {
  readonly #url: string;
  readonly #isSignedIn: () => Promise<boolean>;

  /** `isSignedIn` asks the server; it rejects when there is no answer. */
  constructor(origin: string, isSignedIn: () => Promise<boolean>) {
    this.#url = `${origin.replace(/^http/, 'ws')}/api/v1/events`;
    this.#isSignedIn = isSignedIn;
  }

  listen(listener: EventsListener): () => void {
    let socket: WebSocket | null = null;
    let timer: ReturnType<typeof setTimeout> | null = null;
    let attempt = 0;
    let closed = false;
    const close = () => {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      socket?.close(1000);
      window.removeEventListener('online', reopen);
    };
    const leave = () => {
      if (closed) return;
      close();
      listener.signedOut();
    };
    const open = () => {
      const mine = new WebSocket(this.#url);
      let opened = false;
      socket = mine;
      timer = null;
      mine.onopen = () => {
        opened = true;
        attempt = 0;
      };
      mine.onmessage = (message: MessageEvent<string>) => {
        if (closed || socket !== mine) return;
        const event = parseEvent(message.data);
        if (event !== null) listener.heard(event);
      };
      mine.onclose = ({ code }) => {
        if (closed || socket !== mine) return;
        if (code === CLOSED_SIGNED_OUT) {
          leave();
          return;
        }
        listener.lost();
        timer = setTimeout(open, waitBefore(attempt, Math.random()));
        attempt += 1;
        // Browsers do not tell why a handshake was refused; without a session it always is.
        if (!opened) this.#isSignedIn().then((signedIn) => signedIn || leave(), ignore);
      };
    };
    // Who only listens never notices that the other end is gone, and another network means that it is.
    const reopen = () => {
      if (timer !== null) clearTimeout(timer);
      attempt = 0;
      socket?.close(1000);
      open();
    };
    window.addEventListener('online', reopen);
    open();
    return close;
  }
}

function ignore(): void {
  // The server is away; the next attempt will tell.
}

const KNOWN: Record<ServerEvent['type'], true> = {
  snapshot: true,
  user_state: true,
  device_registered: true,
  device_unregistered: true,
  journal_changed: true,
  directory_changed: true,
  call_quality: true,
  audio_trouble: true,
  audio_fine: true,
  phone_displaced: true,
  trunk_changed: true,
  fraud_suspected: true,
  emergency_call: true,
  calls: true,
  team_line: true,
  seated: true,
  conference: true,
  speaking: true,
  parked: true,
  pick_ups: true,
  call_backs: true,
  transferred: true,
  recordings: true,
  recording_storage: true,
  doctor_changed: true,
};

/** An event that this version knows; a newer server's news are not ours. */
export function parseEvent(text: string): ServerEvent | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('type' in value)) return null;
    return typeof value.type === 'string' && Object.hasOwn(KNOWN, value.type) ? (value as ServerEvent) : null;
  } catch {
    return null;
  }
}
