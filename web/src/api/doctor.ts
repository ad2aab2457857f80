/** The REST adapter's part about the payload doctor: findings, networks, the plan, and what is known of a call afterwards.
 *
 * Types by hand, as the server's contract has them; those of its document take their place once it has them. */
import type { Ask } from './ask.ts';

export type Severity = 'problem' | 'warning' | 'note';
export type Culprit =
  | 'office_router'
  | 'home_router'
  | 'provider'
  | 'stun_server'
  | 'firewall'
  | 'computer'
  | 'headset'
  | 'desk_phone'
  | 'configuration'
  | 'nobody'
  | 'unknown';
export type Sureness = 'low' | 'medium' | 'high';

/** Whom, or what, a finding is about. */
export interface Subject {
  kind: 'server' | 'trunk' | 'network' | 'person' | 'phone' | 'call';
  name?: string | null;
  extension?: string | null;
  address?: string | null;
  device?: number | null;
  /** The call's number at the server, which is not its name in the journal. */
  id?: number | null;
  leg?: number | null;
}

/** One thing that was seen. */
export interface Fact {
  /** In words. */
  text: string;
  what: string;
  value: string;
  /** `null`: it is configured. */
  at: string | null;
}

/** Something that is wrong, in the reader's language. */
export interface Finding {
  /** The same for the same fault of the same subject. */
  id: string;
  rule: string;
  fault: string;
  severity: Severity;
  culprit: Culprit;
  culprit_text: string;
  confidence: Sureness;
  subject: Subject;
  subject_text: string;
  sentence: string;
  evidence: Fact[];
  /** What works all the same. */
  possible: string;
  /** Step by step. */
  fix: string[];
  /** How to look whether that has helped. */
  retest: string;
  since: string;
  last_seen_at: string;
  /** `null`: it still is so. */
  cleared_at: string | null;
}

export type FindingCounts = Record<Severity, number>;

/** What is wrong now, the worst first. */
export interface Findings {
  /** `null`: not yet. */
  looked_at: string | null;
  findings: Finding[];
  counts: FindingCounts;
}

export interface HistoryQuery {
  rule: string | null;
  extension: string | null;
}

/** A rule of home working. */
export interface Rule {
  id: string;
  title: string;
  /** What it asks for, and why. */
  text: string;
  /** How farend looks whether it is kept, and what it does where it is not. */
  farend: string;
}

export type Soundness = 'good' | 'fair' | 'poor' | 'unknown';
export type Locality = 'lan' | 'vpn' | 'hairpin' | 'internet' | 'unknown';

/** A person in one network, as the server sees them. */
export interface UserNetwork {
  /** Empty for a guest. */
  extension: string;
  name: string;
  address: string | null;
  locality: Locality;
  page_host: string;
  seen_at: string;
  way: 'udp' | 'tcp' | 'relay' | null;
  round_trip_ms: number | null;
  verdict: Soundness;
  /** In a few words: `fine by UDP`. */
  sentence: string;
  /** The last check from there. */
  check: { id: number | null; at: string; verdict: Soundness } | null;
  /** Ids of those that are open. */
  findings: string[];
}

/** The network plan as a graph. */
export interface NetworkPlan {
  nodes: { id: string; kind: string; label: string; lines: string[]; is_culprit: boolean }[];
  edges: { from: string; to: string; label: string; is_culprit: boolean }[];
}

/** What was looked at: as much of the evidence as is counted. */
export interface Evidence {
  server: { stun: { servers: unknown[] } };
  trunks: unknown[];
  networks: unknown[];
  phones: unknown[];
  calls: unknown[];
}

/** A link with which somebody checks their audio without signing in. */
export interface CheckLink {
  id: number;
  label: string;
  /** As whom they test; `null`: as a guest. */
  extension: string | null;
  expires_at: string;
  /** `null`: nobody has opened it yet. */
  used_at: string | null;
}

export interface NewCheckLink {
  label: string;
  extension?: string;
}

/** What a check has come to. */
export interface Verdict {
  id: string;
  at: string;
  who: { extension: string | null; name: string; label: string | null };
  verdict: Soundness;
  headline: string;
  findings: Finding[];
  check: Check;
}

export interface Reached {
  is_reached: boolean;
  took_ms: number;
  error: string | null;
}

/** What a browser has measured; what was not tried is absent. */
export interface Check {
  took_ms: number;
  browser: { name: string; system: string; missing: string[]; is_insecure: boolean };
  page: Reached | null;
  websocket: Reached | null;
  gathering: { servers: string[]; candidates: Candidate[]; is_complete: boolean; took_ms: number } | null;
  ways: WayTest[];
  bandwidth: { up_kbit: number; down_kbit: number } | null;
  permission: 'granted' | 'denied' | 'unanswered' | 'blocked' | null;
  microphone: {
    devices: number;
    label: string;
    peak_dbfs: number | null;
    has_spoken: boolean;
    is_muted: boolean;
    has_ended: boolean;
  } | null;
  speaker: {
    devices: number | null;
    label: string;
    is_heard: boolean | null;
    is_recording_heard: boolean | null;
    error: string | null;
  } | null;
  headset: {
    name: string;
    state: 'works' | 'silent' | 'unopened' | 'untried';
    is_integrated: boolean;
  } | null;
}

export interface Candidate {
  kind: 'host' | 'server_reflexive' | 'peer_reflexive' | 'relay';
  protocol: 'udp' | 'tcp';
  /** `null`: the browser hides it. */
  address: string | null;
  port: number;
  /** Which server has seen it. */
  server: string | null;
  network: string | null;
}

export interface WayTest {
  way: 'udp' | 'tcp' | 'tls';
  is_connected: boolean;
  took_ms: number;
  echo: {
    is_heard: boolean;
    round_trip_ms: number;
    jitter_ms: number;
    loss_there_percent: number;
    loss_back_percent: number;
  } | null;
}

/** What is known of a call afterwards; times in milliseconds since it began. */
export interface Flight {
  call: string;
  begun_at: string;
  /** `null`: it runs. */
  ended_at_ms: number | null;
  legs: FlightLeg[];
  /** Empty for who is no administrator. */
  ladder: Rung[];
  marks: Mark[];
  series: Series[];
  /** Messages and marks in the middle of the call for which there was no room. */
  left_out: number;
}

export interface FlightLeg {
  leg: number;
  /** Extension or number; empty: not known. */
  party: string;
  /** Empty: not known. */
  name: string;
  kind: 'browser' | 'phone' | 'trunk' | null;
  trunk: string | null;
}

/** A message of the signalling. */
export interface Rung {
  at_ms: number;
  leg: number | null;
  from: string;
  to: string;
  /** Its method, or its status. */
  what: string;
  note: string;
}

export interface Mark {
  at_ms: number;
  leg: number | null;
  kind: string;
  text: string;
}

export const METRICS = ['level_dbov', 'loss_percent', 'jitter_ms', 'round_trip_ms', 'mos'] as const;
export type Metric = (typeof METRICS)[number];
type Values = readonly (number | null)[];

/** One direction of a leg, a value for each step; `null`: not measured. */
export interface Series extends Record<Metric, Values> {
  leg: number;
  /** As the server sees it: `received` from that party, `sent` to it. */
  direction: 'received' | 'sent';
  /** When the first step begins. */
  from_ms: number;
  step_ms: number;
  packets: Values;
}

/** A recording of packets. */
export interface Capture {
  id: number;
  /** Of what, as the server says it. */
  of: string;
  begun_at: string;
  seconds: number;
  with_audio: boolean;
  unmasked: boolean;
  /** Why it has ended; `null`: it runs. */
  ended: 'time' | 'size' | 'asked' | 'disk' | null;
  bytes: number;
  /** Packets for which there was no room. */
  dropped: number;
}

export interface NewCapture {
  call?: string;
  device?: number;
  trunk?: number;
  seconds: number;
  with_audio: boolean;
  /** With names and numbers as they are. */
  unmasked: boolean;
  /** Needed where somebody can be heard or recognised. */
  reason?: string;
}

export function createDoctorApi({ json, text, blob, nothing }: Ask) {
  const language = (code: string) => ({ language: code });
  return {
    doctor: (code: string) => json<Findings>('GET', '/doctor', { query: language(code) }),
    /** Findings of now and before, newest first; `before`: where an earlier answer ended. */
    findingHistory: (code: string, { rule, extension }: HistoryQuery, before: number | null) =>
      json<{ findings: Finding[]; next: number | null }>('GET', '/doctor/history', {
        query: {
          language: code,
          limit: '50',
          before: before === null ? null : String(before),
          rule,
          extension,
        },
      }),
    /** Has the server look at everything again; it says no when it has only just done so. */
    retest: () => nothing('POST', '/doctor/retest'),
    rules: (code: string) => json<Rule[]>('GET', '/doctor/rules', { query: language(code) }),
    userNetworks: (code: string) => json<UserNetwork[]>('GET', '/doctor/networks', { query: language(code) }),
    evidence: () => json<Evidence>('GET', '/doctor/evidence'),
    plan: (code: string) => json<NetworkPlan>('GET', '/doctor/plan', { query: language(code) }),
    planSvg: (code: string) => text('GET', '/doctor/plan.svg', { query: language(code) }),
    planMarkdown: (code: string) => text('GET', '/doctor/plan.md', { query: language(code) }),
    checkLinks: async () => (await json<{ links: CheckLink[] }>('GET', '/check/links')).links,
    /** The link is shown this once. */
    addCheckLink: (link: NewCheckLink) =>
      json<{ url: string; expires_at: string }>('POST', '/check/links', { body: link }),
    deleteCheckLink: (id: number) => nothing('DELETE', `/check/links/${id}`),
    checkResult: (id: string, code: string) =>
      json<Verdict>('GET', `/check/results/${encodeURIComponent(id)}`, { query: language(code) }),
    flight: (call: string) => json<Flight>('GET', `/calls/${encodeURIComponent(call)}/flight`),
    /** Everything about a call in one file; with a `reason` numbers and addresses as they are. */
    bundle: (call: string, reason: string | null) =>
      blob('GET', `/calls/${encodeURIComponent(call)}/bundle`, {
        query: reason === null ? {} : { unmasked: 'true', reason },
      }),
    captures: async () => (await json<{ captures: Capture[] }>('GET', '/captures')).captures,
    addCapture: (capture: NewCapture) => json<Capture>('POST', '/captures', { body: capture }),
    /** Ends one that runs, or deletes one that is done. */
    deleteCapture: (id: number) => nothing('DELETE', `/captures/${id}`),
    captureFile: (id: number) => blob('GET', `/captures/${id}/pcapng`),
  };
}
