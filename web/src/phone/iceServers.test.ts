import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { IceServers, type RelayPass } from './iceServers.ts';

const ORIGIN = 'https://pbx.example.com:8802';

let servers: IceServers | null = null;
/** What the server says, first things first; afterwards it is away. */
let passes: Partial<RelayPass>[] = [];
let asked = 0;

function start(origin = ORIGIN): IceServers {
  servers = new IceServers(origin, () => {
    asked += 1;
    const [pass] = passes.splice(0, 1);
    if (pass === undefined) return Promise.reject(new Error('away'));
    return Promise.resolve({ username: 'u', credential: 'c', lifetime_s: 600, expires_at: '', ...pass });
  });
  servers.start();
  return servers;
}

beforeEach(() => {
  vi.useFakeTimers();
  passes = [];
  asked = 0;
});
afterEach(() => {
  servers?.stop();
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(0);
const relay = (place: string, username = 'u') => ({
  urls: [`turns:${place}?transport=tcp`, `turn:${place}?transport=tcp`],
  username,
  credential: 'c',
});

it.each([
  [ORIGIN, 'pbx.example.com:8802'],
  ['https://pbx.example.com', 'pbx.example.com:443'],
  ['https://[2001:db8::1]:8802', '[2001:db8::1]:8802'],
])('finds the relay of %s', async (origin, place) => {
  passes = [{}];
  const found = start(origin);
  await settle();
  expect(found.current()).toEqual([relay(place)]);
});

it('has nothing until the server has answered, and keeps nobody waiting', () => {
  passes = [{}];
  expect(start().current()).toEqual([]);
});

it('uses the STUN servers of the company, and none that no browser understands', async () => {
  passes = [{ stun: ['stun:198.51.100.10:3478', 'stun:', 'http://x', 'stun:a b'] }];
  const found = start();
  await settle();
  expect(found.current()[0]).toEqual({ urls: ['stun:198.51.100.10:3478'] });
});

it('has no relay for a page without TLS', async () => {
  passes = [{ stun: ['stun:198.51.100.10:3478'] }];
  const found = start('http://localhost:5173');
  await settle();
  expect(found.current()).toEqual([{ urls: ['stun:198.51.100.10:3478'] }]);
});

it('renews its pass at half of its life', async () => {
  passes = [{}, { username: 'next' }];
  const found = start();
  await vi.advanceTimersByTimeAsync(299_999);
  expect(asked).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(found.current()).toMatchObject([{ username: 'next' }]);
});

it('keeps a pass that cannot be renewed until it expires, then STUN alone', async () => {
  passes = [{ stun: ['stun:198.51.100.10:3478'] }];
  const found = start();
  await vi.advanceTimersByTimeAsync(599_000);
  expect(found.current()).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(found.current()).toEqual([{ urls: ['stun:198.51.100.10:3478'] }]);
});

it('asks an absent server again, ever more rarely', async () => {
  const found = start();
  await vi.advanceTimersByTimeAsync(5_000 + 30_000 + 120_000);
  expect(asked).toBe(4);
  await vi.advanceTimersByTimeAsync(599_999);
  expect(asked).toBe(4);
  passes = [{}];
  await vi.advanceTimersByTimeAsync(1);
  expect(found.current()).toHaveLength(1);
});

it('asks at most twice a minute, whatever life the server gives its passes', async () => {
  passes = Array.from({ length: 10 }, () => ({ lifetime_s: 0 }));
  start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBe(3);
});

it('forgets everything at sign-out, also what is still on its way', async () => {
  passes = [{}];
  const found = start();
  found.stop();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(found.current()).toEqual([]);
  expect(asked).toBe(1);
});
