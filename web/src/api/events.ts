/** The events adapter: the server's news over one WebSocket that comes back by itself. */
import { waitBefore } from '../phone/backoff.ts';
import type { ServerEvent } from './types.ts';

export interface Events {
  /** Returns the function that closes it. */
  listen(heard: (event: ServerEvent) => void): () => void;
}

export class WebSocketEvents implements Events {
  readonly #url: string;

  constructor(origin: string) {
    this.#url = `${origin.replace(/^http/, 'ws')}/api/v1/events`;
  }

  listen(heard: (event: ServerEvent) => void): () => void {
    let socket: WebSocket | null = null;
    let timer: ReturnType<typeof setTimeout> | null = null;
    let attempt = 0;
    let closed = false;
    const open = () => {
      socket = new WebSocket(this.#url);
      socket.onopen = () => (attempt = 0);
      socket.onmessage = (message: MessageEvent<string>) => {
        const event = parseEvent(message.data);
        if (event !== null) heard(event);
      };
      socket.onclose = () => {
        if (closed) return;
        timer = setTimeout(open, waitBefore(attempt, Math.random()));
        attempt += 1;
      };
    };
    open();
    return () => {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      socket?.close(1000);
    };
  }
}

const KNOWN: readonly string[] = [
  'snapshot',
  'user_state',
  'device_registered',
  'device_unregistered',
  'journal_changed',
  'directory_changed',
  'call_quality',
  'phone_displaced',
] satisfies ServerEvent['type'][];

/** An event that this version knows; a newer server's news are not ours. */
export function parseEvent(text: string): ServerEvent | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('type' in value)) return null;
    return typeof value.type === 'string' && KNOWN.includes(value.type) ? (value as ServerEvent) : null;
  } catch {
    return null;
  }
}
