import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CLOSED_DISPLACED, CLOSED_SIGNED_OUT, PersistentSocket } from './socket.ts';

/** A WebSocket that does what the test says. */
class PlayedSocket {
  static readonly OPEN = 1;
  static all: PlayedSocket[] = [];
  readyState = 0;
  sent: string[] = [];
  onopen: () => void = () => undefined;
  onmessage: (message: { data: string }) => void = () => undefined;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;

  constructor() {
    PlayedSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.readyState = 3;
  }
  open(): void {
    this.readyState = 1;
    this.onopen();
  }
  drop(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code, reason: '' });
  }
}

let started: PersistentSocket | null = null;

function start() {
  const told: string[] = [];
  const socket = new PersistentSocket('wss://pbx.example.com:8802/sip', {
    connecting: () => told.push('connecting'),
    opened: () => undefined,
    closed: () => undefined,
    waiting: () => told.push('waiting'),
    displaced: () => told.push('displaced'),
    signedOut: () => told.push('signed out'),
  });
  started = socket;
  socket.connect();
  return { socket, told };
}

const last = () => {
  const socket = PlayedSocket.all.at(-1);
  if (socket === undefined) throw new Error('no connection was tried');
  return socket;
};

beforeEach(() => {
  PlayedSocket.all = [];
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', PlayedSocket);
});
afterEach(() => {
  started?.disconnect();
  vi.useRealTimers();
});

it('comes back by itself after the connection broke', () => {
  const { told } = start();
  last().open();
  last().drop(1006);
  expect(told).toEqual(['connecting', 'waiting']);
  vi.advanceTimersByTime(500);
  expect(PlayedSocket.all).toHaveLength(2);
});

it('looks as if it was connecting while it waits, so that JsSIP leaves it alone', () => {
  const { socket } = start();
  last().drop(1006);
  expect(socket.isConnecting()).toBe(true);
  socket.connect();
  expect(PlayedSocket.all).toHaveLength(1);
});

it('tries at once when the network is back', () => {
  start();
  for (let attempt = 0; attempt < 6; attempt += 1) {
    last().drop(1006);
    vi.advanceTimersByTime(15_000);
  }
  last().drop(1006);
  const before = PlayedSocket.all.length;
  window.dispatchEvent(new Event('online'));
  expect(PlayedSocket.all).toHaveLength(before + 1);
});

it('stays away when the phone was opened elsewhere, until it is wanted here', () => {
  const { socket, told } = start();
  last().open();
  last().drop(CLOSED_DISPLACED);
  socket.connect();
  vi.advanceTimersByTime(600_000);
  window.dispatchEvent(new Event('online'));
  expect(PlayedSocket.all).toHaveLength(1);
  expect(told).toEqual(['connecting', 'displaced']);
  socket.retryNow();
  expect(PlayedSocket.all).toHaveLength(2);
});

it('tells when the session has ended', () => {
  const { told } = start();
  last().open();
  last().drop(CLOSED_SIGNED_OUT);
  expect(told).toEqual(['connecting', 'signed out']);
});

it('gives up a connection that stopped answering probes', () => {
  const { told } = start();
  last().open();
  vi.advanceTimersByTime(20_000);
  expect(last().sent).toEqual(['\r\n\r\n']);
  last().onmessage({ data: '\r\n' });
  vi.advanceTimersByTime(20_000 + 8_000);
  expect(told).toEqual(['connecting', 'waiting']);
});

it.each([
  ['the network is back', () => window.dispatchEvent(new Event('online'))],
  ['somebody looks at the page', () => document.dispatchEvent(new Event('visibilitychange'))],
])('probes at once when %s', (_, happen) => {
  const { told } = start();
  last().open();
  vi.advanceTimersByTime(20_000);
  last().onmessage({ data: '\r\n' });
  vi.advanceTimersByTime(1_000);
  happen();
  expect(last().sent).toHaveLength(2);
  vi.advanceTimersByTime(8_000);
  expect(told).toEqual(['connecting', 'waiting']);
});

it('does not wait for an attempt that nobody answers', () => {
  const { told } = start();
  vi.advanceTimersByTime(8_000);
  expect(told).toEqual(['connecting', 'waiting']);
  expect(last().readyState).toBe(3);
  vi.advanceTimersByTime(500);
  expect(PlayedSocket.all).toHaveLength(2);
});

it('hears nothing of an attempt that it gave up', () => {
  const { told } = start();
  const [first] = PlayedSocket.all;
  vi.advanceTimersByTime(8_500);
  first?.open();
  first?.drop(1006);
  expect(told).toEqual(['connecting', 'waiting', 'connecting']);
});

it('connects anew when asked to, also while it is connected', () => {
  const { socket, told } = start();
  const lost = vi.spyOn(socket, 'ondisconnect');
  last().open();
  const [first] = PlayedSocket.all;
  socket.retryNow();
  expect(first?.readyState).toBe(3);
  expect(lost).toHaveBeenCalledOnce();
  expect(PlayedSocket.all).toHaveLength(2);
  expect(told).toEqual(['connecting', 'connecting']);
});

it.each([1006, CLOSED_SIGNED_OUT, CLOSED_DISPLACED])('never comes back once it is retired: %i', (code) => {
  const { socket, told } = start();
  last().open();
  socket.retire();
  expect(socket.send('BYE')).toBe(true);
  last().drop(code);
  socket.connect();
  socket.retryNow();
  window.dispatchEvent(new Event('online'));
  vi.advanceTimersByTime(60_000);
  expect(PlayedSocket.all).toHaveLength(1);
  expect(told).toEqual(['connecting']);
});

it('stops waiting for the next attempt once it is retired', () => {
  const { socket } = start();
  last().drop(1006);
  socket.retire();
  vi.advanceTimersByTime(60_000);
  expect(PlayedSocket.all).toHaveLength(1);
});

it('keeps a connection whose server never answers probes', () => {
  const { told } = start();
  last().open();
  vi.advanceTimersByTime(120_000);
  expect(told).toEqual(['connecting']);
});

/** A connection with a call, whose server answers probes. */
function startInCall() {
  const { socket, told } = start();
  last().open();
  vi.advanceTimersByTime(5_000);
  socket.attend(true);
  last().onmessage({ data: '\r\n' });
  const lost = vi.spyOn(socket, 'ondisconnect');
  return { socket, told, lost };
}
const isOpenOrOpening = ({ readyState }: PlayedSocket) => readyState < 2;

it('tells when it is open, after JsSIP has heard it, and when that is lost', () => {
  const told: string[] = [];
  const socket = new PersistentSocket('wss://pbx.example.com:8802/sip', {
    connecting: () => undefined,
    opened: () => told.push('opened'),
    closed: () => told.push('closed'),
    waiting: () => undefined,
    displaced: () => undefined,
    signedOut: () => undefined,
  });
  started = socket;
  socket.onconnect = () => told.push('JsSIP');
  socket.connect();
  last().drop(1006);
  vi.advanceTimersByTime(500);
  last().open();
  last().drop(1006);
  expect(told).toEqual(['JsSIP', 'opened', 'closed']);
});

it('replaces a connection in doubt that does not answer within 600 ms', () => {
  const { socket, lost } = startInCall();
  socket.probe();
  vi.advanceTimersByTime(599);
  expect(PlayedSocket.all).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(PlayedSocket.all).toHaveLength(2);
  expect(PlayedSocket.all[0]?.readyState).toBe(3);
  expect(lost).toHaveBeenCalledOnce();
});

it('keeps a connection in doubt that answers', () => {
  const { socket } = startInCall();
  socket.probe();
  vi.advanceTimersByTime(500);
  last().onmessage({ data: '\r\n' });
  vi.advanceTimersByTime(4_000);
  expect(PlayedSocket.all).toHaveLength(1);
});

it('gives a distant server three round trips, but not more than 1.5 s', () => {
  const { socket } = startInCall();
  socket.probe();
  vi.advanceTimersByTime(300);
  last().onmessage({ data: '\r\n' });
  socket.probe();
  vi.advanceTimersByTime(899);
  expect(PlayedSocket.all).toHaveLength(1);
  last().onmessage({ data: '\r\n' });
  socket.probe();
  vi.advanceTimersByTime(1_499);
  expect(PlayedSocket.all).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(PlayedSocket.all).toHaveLength(2);
});

it('does not let a probe that is under way put off its doubt', () => {
  const { socket } = startInCall();
  vi.advanceTimersByTime(5_000);
  socket.probe();
  vi.advanceTimersByTime(600);
  expect(PlayedSocket.all).toHaveLength(2);
});

it('probes often while there are calls', () => {
  const { socket } = startInCall();
  vi.advanceTimersByTime(5_000 + 2_500);
  expect(PlayedSocket.all).toHaveLength(2);
  last().open();
  socket.attend(false);
  vi.advanceTimersByTime(19_999);
  expect(last().sent).toEqual([]);
});

it('races to the server while there are calls, two attempts at a time', () => {
  const { socket, told } = startInCall();
  last().drop(1006);
  expect(PlayedSocket.all).toHaveLength(2);
  vi.advanceTimersByTime(600);
  expect(PlayedSocket.all.filter(isOpenOrOpening)).toHaveLength(2);
  vi.advanceTimersByTime(600);
  expect(PlayedSocket.all).toHaveLength(4);
  expect(PlayedSocket.all.filter(isOpenOrOpening)).toHaveLength(2);
  const [, , winner, other] = PlayedSocket.all;
  winner?.open();
  expect(other?.readyState).toBe(3);
  other?.drop(1006);
  vi.advanceTimersByTime(4_000);
  expect(PlayedSocket.all).toHaveLength(4);
  expect(socket.isConnected()).toBe(true);
  expect(told).toEqual(['connecting', 'connecting']);
});

it('goes on with a race whose attempts fail at once, and waits when it is over', () => {
  const { told } = startInCall();
  last().drop(1006);
  for (let before = 0; before !== PlayedSocket.all.length && !told.includes('waiting');) {
    before = PlayedSocket.all.length;
    last().drop(1006);
    vi.advanceTimersByTime(3_000);
  }
  expect(told).toContain('waiting');
  expect(PlayedSocket.all.length).toBeGreaterThan(10);
});

it('ends a race when the server sends the phone away', () => {
  const { told } = startInCall();
  last().drop(1006);
  last().drop(CLOSED_DISPLACED);
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual(['connecting', 'connecting', 'displaced']);
  expect(PlayedSocket.all).toHaveLength(2);
});

it('does not hurry back to a server that closes what it has opened', () => {
  const { told } = startInCall();
  last().drop(1006);
  last().open();
  last().drop(1013);
  expect(PlayedSocket.all).toHaveLength(2);
  expect(told).toEqual(['connecting', 'connecting', 'waiting']);
});

it('can be told that it is no good', () => {
  const { socket } = startInCall();
  socket.replace();
  expect(PlayedSocket.all).toHaveLength(2);
  socket.replace();
  expect(PlayedSocket.all).toHaveLength(2);
});

it('begins its race anew on another network', () => {
  startInCall();
  last().drop(1006);
  vi.advanceTimersByTime(8_000);
  const before = PlayedSocket.all.length;
  window.dispatchEvent(new Event('online'));
  expect(PlayedSocket.all).toHaveLength(before + 1);
  vi.advanceTimersByTime(600);
  expect(PlayedSocket.all).toHaveLength(before + 2);
});
