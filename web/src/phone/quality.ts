/** How a call sounds, out of two looks at the browser's statistics and what the server says. */
import type { Quality, Way } from './calls.ts';

/** One look at a connection's counters. */
export interface Sample {
  received: { packets: number; lost: number; jitter_ms: number };
  /** What the browser has played, and how long all of it had to wait, to even out its arrival. */
  played: { samples: number; waited_ms: number };
  /** What the server's RTCP says about what we send. */
  sent: { lost_percent: number; jitter_ms: number };
  round_trip_ms: number | null;
  selected: SelectedPair | null;
  codec: string | null;
}

export interface SelectedPair {
  protocol: string;
  local_type: string;
  local_address: string;
  /** Another one after every restart of ICE; `null` where the browser does not tell. */
  local_ufrag: string | null;
  remote_type: string;
  remote_address: string;
  remote_port: number;
}

/** A look is worth something after this many packets (a second and a half of speech). */
const PACKETS_MIN = 75;

/** Limits above which people notice, and above which they complain (ITU-T G.1010, G.107 with concealment). */
const FAIR = { loss_percent: 2, jitter_ms: 30, round_trip_ms: 300 };
const POOR = { loss_percent: 6, jitter_ms: 60, round_trip_ms: 600 };

/** One direction's sound. */
export interface Figures {
  loss_percent: number;
  jitter_ms: number;
}

/** What the browser can tell of both directions between two looks. */
export interface Look {
  receiving: Figures;
  sending: Figures;
  round_trip_ms: number | null;
}

/**
 * How our sound arrives at the server, as the server says. The browser only hears of that direction what RTCP brings, if
 * anything, and nothing at all as long as nothing comes back.
 */
export interface Heard extends Figures {
  round_trip_ms: number | null;
}

/** What happened between two looks; `null` when too little arrived to tell. */
export function compare(before: Sample, now: Sample): Look | null {
  const packets = now.received.packets - before.received.packets;
  const lost = Math.max(0, now.received.lost - before.received.lost);
  if (packets + lost < PACKETS_MIN) return null;
  return {
    receiving: { loss_percent: (100 * lost) / (packets + lost), jitter_ms: now.received.jitter_ms },
    sending: { loss_percent: now.sent.lost_percent, jitter_ms: now.sent.jitter_ms },
    round_trip_ms: now.round_trip_ms,
  };
}

/** How the call sounds, by its worse direction; `null` when nobody can tell. */
export function judge(look: Look | null, heard: Heard | null): Quality | null {
  const sending = heard ?? look?.sending;
  if (sending === undefined) return null;
  const receiving = look?.receiving;
  const hearingIsWorse = receiving !== undefined && badness(receiving) >= badness(sending);
  const { loss_percent, jitter_ms } = hearingIsWorse ? receiving : sending;
  const figures = {
    loss_percent,
    jitter_ms,
    round_trip_ms: look?.round_trip_ms ?? heard?.round_trip_ms ?? null,
  };
  return { verdict: verdict(figures), direction: hearingIsWorse ? 'receiving' : 'sending', ...figures };
}

/** How sound travels, with its delay as it was between two looks; `null` when there is no way yet. */
export function wayOf(before: Sample | null, now: Sample): Way | null {
  const { selected } = now;
  return selected === null
    ? null
    : { by: carrierOf(selected), port: selected.remote_port, delay_ms: delayOf(before, now) };
}

export function carrierOf({ local_type, protocol }: SelectedPair): Way['by'] {
  if (local_type === 'relay') return 'relay';
  return protocol === 'tcp' ? 'tcp' : 'udp';
}

function delayOf(before: Sample | null, now: Sample): number | null {
  const samples = now.played.samples - (before?.played.samples ?? 0);
  if (now.round_trip_ms === null || samples <= 0) return null;
  const waited_ms = now.played.waited_ms - (before?.played.waited_ms ?? 0);
  return now.round_trip_ms / 2 + Math.max(0, waited_ms) / samples;
}

function badness({ loss_percent, jitter_ms }: Figures): number {
  return loss_percent / FAIR.loss_percent + jitter_ms / FAIR.jitter_ms;
}

function verdict(figures: Heard): Quality['verdict'] {
  const above = (limit: typeof FAIR) =>
    figures.loss_percent > limit.loss_percent ||
    figures.jitter_ms > limit.jitter_ms ||
    (figures.round_trip_ms ?? 0) > limit.round_trip_ms;
  if (above(POOR)) return 'poor';
  return above(FAIR) ? 'fair' : 'good';
}

/** The figures of W3C webrtc-stats that we use; every one may be missing. */
interface StatsEntry {
  id: string;
  type: string;
  kind?: string;
  packetsReceived?: number;
  packetsLost?: number;
  fractionLost?: number;
  jitter?: number;
  jitterBufferDelay?: number;
  jitterBufferEmittedCount?: number;
  roundTripTime?: number;
  currentRoundTripTime?: number;
  selectedCandidatePairId?: string;
  localCandidateId?: string;
  remoteCandidateId?: string;
  nominated?: boolean;
  state?: string;
  protocol?: string;
  candidateType?: string;
  address?: string;
  port?: number;
  codecId?: string;
  mimeType?: string;
  tcpType?: string;
  usernameFragment?: string;
}

/** Reads one look out of `getStats()`. */
export function readSample(report: ReadonlyMap<string, unknown>): Sample {
  const entries = [...report.values()] as StatsEntry[];
  const inbound = entries.find((entry) => entry.type === 'inbound-rtp' && entry.kind === 'audio');
  const remote = entries.find((entry) => entry.type === 'remote-inbound-rtp' && entry.kind === 'audio');
  const pair = selectedPair(entries);
  const by_id = (id: string | undefined) => entries.find((entry) => entry.id === id);
  const local = by_id(pair?.localCandidateId);
  const far = by_id(pair?.remoteCandidateId);
  const round_trip_s = remote?.roundTripTime ?? pair?.currentRoundTripTime;
  return {
    received: {
      packets: inbound?.packetsReceived ?? 0,
      lost: inbound?.packetsLost ?? 0,
      jitter_ms: 1000 * (inbound?.jitter ?? 0),
    },
    played: {
      samples: inbound?.jitterBufferEmittedCount ?? 0,
      waited_ms: 1000 * (inbound?.jitterBufferDelay ?? 0),
    },
    sent: { lost_percent: 100 * (remote?.fractionLost ?? 0), jitter_ms: 1000 * (remote?.jitter ?? 0) },
    round_trip_ms: round_trip_s === undefined ? null : 1000 * round_trip_s,
    selected:
      local === undefined || far === undefined
        ? null
        : {
            protocol: local.protocol ?? 'unknown',
            local_type: local.candidateType ?? 'unknown',
            local_address: local.address ?? 'hidden',
            local_ufrag: local.usernameFragment ?? null,
            remote_type: far.candidateType ?? 'unknown',
            remote_address: far.address ?? 'hidden',
            remote_port: far.port ?? 0,
          },
    codec: by_id(inbound?.codecId)?.mimeType?.replace('audio/', '') ?? null,
  };
}

function selectedPair(entries: readonly StatsEntry[]): StatsEntry | undefined {
  const transport = entries.find((entry) => entry.type === 'transport');
  const chosen = entries.find((entry) => entry.id === transport?.selectedCandidatePairId);
  // Firefox names no transport; there the nominated pair that succeeded is the one.
  return (
    chosen ??
    entries.find(
      (entry) => entry.type === 'candidate-pair' && entry.nominated === true && entry.state === 'succeeded',
    )
  );
}
