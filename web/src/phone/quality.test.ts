import { expect, it } from 'vitest';
import { compare, judge, readSample, wayOf, type Sample, type SelectedPair } from './quality.ts';

const sample = (packets: number, lost: number, extra: Partial<Sample> = {}): Sample => ({
  received: { packets, lost, jitter_ms: 3 },
  played: { samples: 48 * 20 * packets, waited_ms: 0 },
  sent: { lost_percent: 0, jitter_ms: 2 },
  round_trip_ms: 40,
  selected: null,
  codec: 'opus',
  ...extra,
});

/** What the browser alone makes of two looks. */
const alone = (before: Sample, now: Sample) => judge(compare(before, now), null);

it('says nothing about a call that has hardly begun', () => {
  expect(alone(sample(0, 0), sample(40, 0))).toBeNull();
});

it('finds nothing wrong with a clean call', () => {
  expect(alone(sample(100, 5), sample(200, 5))).toMatchObject({ verdict: 'good', loss_percent: 0 });
});

it('counts only what was lost since the last look', () => {
  expect(alone(sample(100, 50), sample(190, 60))).toMatchObject({
    verdict: 'poor',
    direction: 'receiving',
    loss_percent: 10,
  });
});

it('names the direction that is worse', () => {
  const now = sample(200, 0, { sent: { lost_percent: 4, jitter_ms: 5 } });
  expect(alone(sample(100, 0), now)).toMatchObject({
    verdict: 'fair',
    direction: 'sending',
    loss_percent: 4,
  });
});

it('minds a long way', () => {
  expect(alone(sample(100, 0), sample(200, 0, { round_trip_ms: 700 }))).toMatchObject({ verdict: 'poor' });
});

it('believes the server about what arrives there', () => {
  const look = compare(sample(100, 0), sample(200, 0));
  expect(judge(look, { loss_percent: 8, jitter_ms: 4, round_trip_ms: 30 })).toEqual({
    verdict: 'poor',
    direction: 'sending',
    loss_percent: 8,
    jitter_ms: 4,
    round_trip_ms: 40,
  });
  const rtcp = compare(sample(100, 0), sample(200, 0, { sent: { lost_percent: 20, jitter_ms: 5 } }));
  expect(judge(rtcp, { loss_percent: 0, jitter_ms: 1, round_trip_ms: 30 })).toMatchObject({
    verdict: 'good',
  });
});

it('tells of one direction only when both are bad', () => {
  const look = compare(sample(100, 0), sample(180, 20));
  expect(judge(look, { loss_percent: 8, jitter_ms: 4, round_trip_ms: null })).toMatchObject({
    direction: 'receiving',
    loss_percent: 20,
  });
});

it('knows how they hear us when nothing comes back', () => {
  expect(judge(null, { loss_percent: 30, jitter_ms: 4, round_trip_ms: 90 })).toMatchObject({
    verdict: 'poor',
    direction: 'sending',
    round_trip_ms: 90,
  });
});

it('finds the selected pair and the codec in the statistics', () => {
  const report = new Map<string, unknown>([
    ['T', { id: 'T', type: 'transport', selectedCandidatePairId: 'P' }],
    [
      'P',
      {
        id: 'P',
        type: 'candidate-pair',
        localCandidateId: 'L',
        remoteCandidateId: 'R',
        currentRoundTripTime: 0.02,
      },
    ],
    [
      'L',
      {
        id: 'L',
        type: 'local-candidate',
        protocol: 'tcp',
        candidateType: 'host',
        address: '192.0.2.7',
        usernameFragment: 'Yx2',
      },
    ],
    [
      'R',
      {
        id: 'R',
        type: 'remote-candidate',
        protocol: 'tcp',
        candidateType: 'host',
        address: '198.51.100.1',
        port: 8802,
      },
    ],
    [
      'I',
      {
        id: 'I',
        type: 'inbound-rtp',
        kind: 'audio',
        packetsReceived: 50,
        packetsLost: 1,
        jitter: 0.004,
        jitterBufferDelay: 1_440,
        jitterBufferEmittedCount: 48_000,
        codecId: 'C',
      },
    ],
    ['C', { id: 'C', type: 'codec', mimeType: 'audio/opus' }],
    [
      'M',
      {
        id: 'M',
        type: 'remote-inbound-rtp',
        kind: 'audio',
        fractionLost: 0.25,
        jitter: 0.001,
        roundTripTime: 0.05,
      },
    ],
  ]);
  expect(readSample(report)).toEqual({
    received: { packets: 50, lost: 1, jitter_ms: 4 },
    played: { samples: 48_000, waited_ms: 1_440_000 },
    sent: { lost_percent: 25, jitter_ms: 1 },
    round_trip_ms: 50,
    selected: {
      protocol: 'tcp',
      local_type: 'host',
      local_address: '192.0.2.7',
      local_ufrag: 'Yx2',
      remote_type: 'host',
      remote_address: '198.51.100.1',
      remote_port: 8802,
    },
    codec: 'opus',
  });
});

it('reads an empty report', () => {
  expect(readSample(new Map())).toMatchObject({ selected: null, codec: null, round_trip_ms: null });
});

const pair = (local_type: string, protocol: string): SelectedPair => ({
  protocol,
  local_type,
  local_address: '192.0.2.7',
  local_ufrag: null,
  remote_type: 'host',
  remote_address: '198.51.100.1',
  remote_port: 8802,
});

it.each([
  ['host', 'udp', 'udp'],
  ['prflx', 'udp', 'udp'],
  ['srflx', 'udp', 'udp'],
  ['host', 'tcp', 'tcp'],
  ['prflx', 'tcp', 'tcp'],
  ['relay', 'udp', 'relay'],
])('says that a %s candidate over %s goes by %s', (type, protocol, by) => {
  expect(wayOf(null, sample(10, 0, { selected: pair(type, protocol) }))).toMatchObject({ by, port: 8802 });
});

it('knows no way before there is one', () => {
  expect(wayOf(null, sample(10, 0))).toBeNull();
});

it('counts half of the round trip and what lately waited to be played as the delay', () => {
  const selected = pair('host', 'udp');
  const look = (samples: number, waited_ms: number) =>
    sample(100, 0, { selected, played: { samples, waited_ms } });
  const way = wayOf(look(48_000, 9_000_000), look(144_000, 9_000_000 + 96_000 * 55));
  expect(way?.delay_ms).toBe(20 + 55);
  expect(wayOf(look(48_000, 0), look(48_000, 0))?.delay_ms).toBeNull();
});
