import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CLOSED_SIGNED_OUT, parseEvent, WebSocketEvents } from './events.ts';

it('takes events that it knows', () => {
  expect(parseEvent('{"type":"user_state","id":7,"state":"ringing"}')).toEqual({
    type: 'user_state',
    id: 7,
    state: 'ringing',
  });
});

it('takes news of trunks', () => {
  expect(parseEvent('{"type":"trunk_changed","trunk_id":2}')).toEqual({ type: 'trunk_changed', trunk_id: 2 });
});

it.each([
  { type: 'calls', calls: [] },
  { type: 'team_line', team_id: 1, calls: [] },
  { type: 'seated', device_id: 7, user_id: null, mobile_user_id: 101 },
])('takes $type', (event) => {
  expect(parseEvent(JSON.stringify(event))).toEqual(event);
});

it.each(['', 'x', '1', 'null', '{}', '{"type":7}', '{"type":"from_the_future"}', '{"type":"toString"}'])(
  'leaves %j alone',
  (text) => {
    expect(parseEvent(text)).toBeNull();
  },
);

describe('the connection', () => {
  /** A WebSocket that does what the test says. */
  class PlayedSocket {
    static all: PlayedSocket[] = [];
    closed = false;
    onopen: () => void = () => undefined;
    onmessage: (message: { data: string }) => void = () => undefined;
    onclose: (event: { code: number }) => void = () => undefined;

    constructor() {
      PlayedSocket.all.push(this);
    }
    close(): void {
      this.closed = true;
    }
    say(type: string): void {
      this.onmessage({ data: JSON.stringify({ type }) });
    }
  }

  let close: (() => void) | null = null;

  beforeEach(() => {
    PlayedSocket.all = [];
    vi.useFakeTimers();
    vi.stubGlobal('WebSocket', PlayedSocket);
  });
  afterEach(() => {
    close?.();
    vi.useRealTimers();
  });

  function listen(isSignedIn: () => Promise<boolean> = () => Promise.resolve(true)) {
    const told: string[] = [];
    const lost = vi.fn();
    const events = new WebSocketEvents('https://pbx.example.com:8802', isSignedIn);
    close = events.listen({
      heard: ({ type }) => told.push(type),
      lost,
      signedOut: () => told.push('signed out'),
    });
    return { told, lost, close };
  }
  const last = () => {
    const socket = PlayedSocket.all.at(-1);
    if (socket === undefined) throw new Error('no connection was tried');
    return socket;
  };

  it('comes back by itself, and says that nothing comes meanwhile', async () => {
    const { told, lost } = listen();
    last().onopen();
    last().say('snapshot');
    expect(lost).not.toHaveBeenCalled();
    last().onclose({ code: 1006 });
    expect(lost).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(500);
    expect(PlayedSocket.all).toHaveLength(2);
    last().onopen();
    last().say('journal_changed');
    expect(told).toEqual(['snapshot', 'journal_changed']);
  });

  it('ends with the session', async () => {
    const { told } = listen();
    last().onopen();
    last().onclose({ code: CLOSED_SIGNED_OUT });
    window.dispatchEvent(new Event('online'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual(['signed out']);
    expect(PlayedSocket.all).toHaveLength(1);
  });

  it('ends when it is not let in for want of a session', async () => {
    const { told } = listen(() => Promise.resolve(false));
    last().onclose({ code: 1006 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual(['signed out']);
    expect(PlayedSocket.all).toHaveLength(1);
  });

  it.each([
    ['the session lives', () => Promise.resolve(true)],
    ['nobody knows', () => Promise.reject(new Error('no answer'))],
  ])('tries on when it is not let in and %s', async (_, isSignedIn) => {
    const { told } = listen(isSignedIn);
    last().onclose({ code: 1006 });
    await vi.advanceTimersByTimeAsync(500);
    expect(told).toEqual([]);
    expect(PlayedSocket.all).toHaveLength(2);
  });

  it('connects anew over another network', () => {
    const { told } = listen();
    const [first] = PlayedSocket.all;
    first?.onopen();
    window.dispatchEvent(new Event('online'));
    expect(first?.closed).toBe(true);
    expect(PlayedSocket.all).toHaveLength(2);
    first?.say('snapshot');
    first?.onclose({ code: CLOSED_SIGNED_OUT });
    expect(told).toEqual([]);
  });

  it('stays closed', async () => {
    const { told, close } = listen();
    last().onclose({ code: 1006 });
    close();
    last().say('snapshot');
    await vi.advanceTimersByTimeAsync(60_000);
    window.dispatchEvent(new Event('online'));
    expect(PlayedSocket.all).toHaveLength(1);
    expect(told).toEqual([]);
  });
});
