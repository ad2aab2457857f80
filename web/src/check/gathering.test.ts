import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { candidateOf, CANDIDATES_MAX, gather, GATHER_MAX_MS, type RawCandidate } from './gathering.ts';
import { natsOf } from './nat.ts';

/** A connection whose candidates the test brings. */
class PlayedConnection extends EventTarget {
  iceGatheringState = 'gathering';
  isClosed = false;
  readonly stats: unknown[] = [];
  readonly configuration: RTCConfiguration;

  constructor(configuration: RTCConfiguration) {
    super();
    this.configuration = configuration;
  }
  createDataChannel(): void {
    // Something to gather for.
  }
  createOffer() {
    return Promise.resolve({ type: 'offer', sdp: '' });
  }
  setLocalDescription() {
    return Promise.resolve();
  }
  getStats() {
    return Promise.resolve(this.stats);
  }
  close(): void {
    this.isClosed = true;
  }
  bring(candidate: RawCandidate | null): void {
    this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate }));
  }
}

const HOST: RawCandidate = {
  candidate: 'candidate:1',
  type: 'host',
  protocol: 'udp',
  address: '5d2c3a10-0f6f-4d3c-8a2e-3f1d6b0e9a77.local',
  port: 51_000,
  relatedAddress: null,
  relatedPort: null,
  url: null,
};
const SEEN: RawCandidate = {
  ...HOST,
  type: 'srflx',
  address: '198.51.100.7',
  port: 40_000,
  relatedAddress: '0.0.0.0',
  relatedPort: 0,
  url: 'stun:a.example.com:3478',
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function begin(servers = ['stun:a.example.com:3478', 'stun:b.example.com:3478']) {
  let connection = new PlayedConnection({});
  const found = gather(servers, (configuration) => {
    connection = new PlayedConnection(configuration);
    return connection as unknown as RTCPeerConnection;
  });
  return { connection: () => connection, found };
}

it('asks all servers from one socket, and hides what the browser hides', async () => {
  const { connection, found } = begin();
  await vi.advanceTimersByTimeAsync(0);
  expect(connection().configuration).toEqual({
    iceServers: [{ urls: ['stun:a.example.com:3478', 'stun:b.example.com:3478'] }],
  });
  connection().stats.push({
    type: 'local-candidate',
    candidateType: 'host',
    port: 51_000,
    networkType: 'vpn',
  });
  connection().bring(HOST);
  connection().bring(SEEN);
  connection().bring(null);
  const { candidates, is_complete } = await found;
  expect(is_complete).toBe(true);
  expect(candidates).toEqual([
    {
      kind: 'host',
      protocol: 'udp',
      address: null,
      port: 51_000,
      related: null,
      related_port: null,
      server: null,
      network: 'vpn',
    },
    {
      kind: 'server_reflexive',
      protocol: 'udp',
      address: '198.51.100.7',
      port: 40_000,
      related: null,
      related_port: null,
      server: 'stun:a.example.com:3478',
      network: null,
    },
  ]);
  expect(connection().isClosed).toBe(true);
});

it('counts the same candidate once, and another port of the same server twice', async () => {
  const { connection, found } = begin();
  await vi.advanceTimersByTimeAsync(0);
  for (const candidate of [SEEN, { ...SEEN }, { ...SEEN, port: 40_001 }, null]) connection().bring(candidate);
  expect((await found).candidates.map(({ port }) => port)).toEqual([40_000, 40_001]);
});

it('gives up after eight seconds, says so, and keeps what has come', async () => {
  const { connection, found } = begin();
  await vi.advanceTimersByTimeAsync(0);
  connection().bring(HOST);
  await vi.advanceTimersByTimeAsync(GATHER_MAX_MS);
  const { candidates, is_complete, took_ms } = await found;
  expect(is_complete).toBe(false);
  expect(took_ms).toBe(GATHER_MAX_MS);
  expect(candidates).toHaveLength(1);
  expect(connection().isClosed).toBe(true);
});

it('keeps no more candidates than a computer can have', async () => {
  const { connection, found } = begin();
  await vi.advanceTimersByTimeAsync(0);
  for (let port = 1; port <= CANDIDATES_MAX + 5; port += 1) connection().bring({ ...SEEN, port });
  connection().bring(null);
  expect((await found).candidates).toHaveLength(CANDIDATES_MAX);
});

it('understands addresses as browsers write them', () => {
  const related = { relatedAddress: '192.168.1.20', relatedPort: 51_000 };
  expect(candidateOf({ ...SEEN, ...related })).toMatchObject({
    related: '192.168.1.20:51000',
    related_port: 51_000,
  });
  const ipv6 = { address: '[2001:db8::7]', relatedAddress: '2001:db8::7', relatedPort: 9 };
  expect(candidateOf({ ...SEEN, ...ipv6 })).toMatchObject({
    address: '2001:db8::7',
    related: '[2001:db8::7]:9',
  });
  expect(candidateOf({ ...HOST, address: 'fe80::1%eth0' })?.address).toBe('fe80::1');
  expect(candidateOf({ ...HOST, type: 'invented' })).toBeNull();
  expect(candidateOf({ ...HOST, port: null })).toBeNull();
});

it('tells experts the three outcomes, and does not call a computer with two networks symmetric', () => {
  const seen = (some: Partial<RawCandidate>) => {
    const candidate = candidateOf({ ...SEEN, ...some });
    return candidate === null ? [] : [candidate];
  };
  const nat = (
    candidates: ReturnType<typeof seen>,
    is_complete = true,
    took_ms = 100,
    udp_works: boolean | null = false,
  ) => natsOf({ servers: ['stun:a.example.com'], candidates, is_complete, took_ms }, udp_works)[0];
  expect(nat(seen({}), true, 100, true)).toMatchObject({ type: 'cone', mapping: 'endpoint-independent' });
  expect(nat(seen({}), true, 100, null)).toMatchObject({ type: 'cone' });
  // What is the same for these servers may be another one for the next: sound did not get through.
  expect(nat(seen({}))).toMatchObject({ type: 'unknown', mapping: 'unknown' });
  expect(nat([])).toMatchObject({ type: 'udp-blocked' });
  expect(nat([], true, 100, true)).toMatchObject({ type: 'unknown' });
  expect(nat([], true, 100, null)).toMatchObject({ type: 'unknown' });
  expect(nat([], false, 100)).toMatchObject({ type: 'unknown' });
  expect(nat([], false, GATHER_MAX_MS)).toMatchObject({ type: 'udp-blocked' });
  const other = { port: 40_001, url: 'stun:b.example.com:3478' };
  expect(nat([...seen({}), ...seen(other)])).toMatchObject({
    type: 'symmetric',
    mapping: 'address-dependent',
  });
  const samePlace = { port: 40_001, url: 'stun:a.example.com:8802' };
  expect(nat([...seen({}), ...seen(samePlace)])?.mapping).toBe('address-and-port-dependent');
  const otherBase = { ...other, relatedAddress: '10.0.0.2', relatedPort: 5 };
  expect(nat([...seen({}), ...seen(otherBase)], true, 100, null)?.type).toBe('cone');
});
