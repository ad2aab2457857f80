import { expect, it } from 'vitest';
import type { NumberClass, Chosen } from '../admin/outside/classes.ts';
import type { DenialCode } from '../admin/outside/DenialWords.tsx';
import type { Format } from '../admin/outside/formats.ts';
import type { Limit } from '../admin/outside/NumberPlanForm.tsx';
import type { TroubleCode } from '../admin/outside/state.ts';
import type { StunCode } from '../admin/outside/StunInForce.tsx';
import { SENTENCES, VALUES } from '../admin/outside/testWords.ts';
import type { Rule } from '../admin/outside/wrong.ts';
import type { Meaning, UdpForward } from '../admin/network/meaning.ts';
import type {
  Announced,
  AuditVia,
  Callers,
  Choice,
  Confidence,
  Dependence,
  Device,
  FeatureName,
  ForwardCase,
  Forwarded,
  Hears,
  IdentityHeader,
  JournalCall,
  LineState,
  Nat,
  NatType,
  Presence,
  RecordingRule,
  RecordingStorage,
  RecordingTrouble,
  Rings,
  Role,
  Spoken,
  Srtp,
  StunState,
  TeamOrder,
  TransferEnd,
  TrunkTestStep,
  Trust,
  UserState,
  WhileBusy,
} from '../api/types.ts';
import type {
  Candidate,
  Capture,
  Check,
  Locality,
  Metric,
  Severity,
  Soundness,
  Sureness,
  WayTest,
} from '../api/doctor.ts';
import type { Verdict } from '../api/check.ts';
import type { browserOf, ProgressWord } from '../call/words.ts';
import type { Page } from '../doctor/addresses.ts';
import type { Kind } from '../doctor/call/legs.ts';
import type { Seen } from '../doctor/FindingsPage.tsx';
import type { Order } from '../doctor/networks.ts';
import type {
  EndReason,
  Line,
  MicrophoneProblem,
  Quality,
  Running,
  SoundLoss,
  SoundStage,
  Way,
} from '../phone/calls.ts';
import type { Refusal } from '../check/state.ts';
import type { StepState } from '../check/Steps.tsx';
import type { Behind } from '../codes/CodeWords.tsx';
import type { Doing } from '../place/devices.ts';
import type { LineWord } from '../team/teams.ts';
import { EVERY_REASON } from '../reach/reasons.ts';
import type { StepCode } from '../reach/steps.ts';
import type { Route } from '../shell/route.ts';
import { SHORTCUTS } from '../shell/shortcuts.ts';
import type { Code, Field, ToldNotAudio } from '../ui/errors.ts';
import { chooseLanguage, languages } from './i18n.ts';
import { texts as english } from './languages/en.ts';

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const here = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'string') found.set(here, value);
    else for (const [each, text] of flat(value, here)) found.set(each, text);
  }
  return found;
}

const reference = flat(english);
const slots = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

it('there is more than one language', () => {
  expect(languages.map(({ code }) => code)).toEqual(expect.arrayContaining(['en', 'de']));
});

it.each(languages)('$name has every text, none empty and none left over', ({ texts }) => {
  const own = flat(texts);
  expect([...own.keys()].sort()).toEqual([...reference.keys()].sort());
  for (const [key, text] of own) expect(text.trim(), key).not.toBe('');
});

it.each(languages)('$name fills the same gaps in every text', ({ texts }) => {
  for (const [key, text] of flat(texts)) expect(slots(text), key).toEqual(slots(reference.get(key) ?? ''));
});

/** Whatever a type allows, each once. */
const every = <Name extends string>(names: Record<Name, true>): string[] => Object.keys(names);

type Ending = Exclude<EndReason['because'], 'microphone'>;
const problems = every<MicrophoneProblem>({
  missing: true,
  denied: true,
  dismissed: true,
  in_use: true,
  insecure: true,
  failed: true,
});
const failures = every<Exclude<Ending, Peaceful | 'failed'>>({
  busy: true,
  declined: true,
  no_answer: true,
  unknown_number: true,
  offline: true,
  not_permitted: true,
  no_common_codec: true,
  server_full: true,
  server_away: true,
  connection_lost: true,
  displaced: true,
});
const meanings = every<Meaning>({
  direct: true,
  direct_likely: true,
  direct_no_nat: true,
  direct_kept: true,
  own_address: true,
  symmetric: true,
  symmetric_likely: true,
  ports_changed: true,
  blocked: true,
  blocked_likely: true,
  stated: true,
  switched_off: true,
  no_servers: true,
  unresolved: true,
  refused: true,
  silent: true,
  looking: true,
  own_computer: true,
  one_server: true,
  inside: true,
  several_ways: true,
  contradicting: true,
  unknown: true,
});
const dependences = every<Dependence>({
  'endpoint-independent': true,
  'address-dependent': true,
  'address-and-port-dependent': true,
  unknown: true,
});
const CHOSEN_CLASSES = {
  free: true,
  local: true,
  national: true,
  mobile: true,
  international: true,
  premium: true,
} as const;
const NUMBER_CLASSES = { ...CHOSEN_CLASSES, internal: true, emergency: true } as const;
const limits = every<Limit>({
  calls_per_minute_max: true,
  costly_calls_max: true,
  costly_minutes_per_day_max: true,
});
type Peaceful =
  | 'hung_up'
  | 'cancelled'
  | 'rejected_by_us'
  | 'missed'
  | 'stopped_ringing'
  | 'answered_elsewhere'
  | 'moved'
  | 'transferred';

const FEATURES = every<FeatureName>({
  echo_test: true,
  music: true,
  take_call: true,
  send_call: true,
  conference: true,
  pick_up: true,
  pick_up_group: true,
  park: true,
  call_back: true,
  intercom: true,
  redial: true,
  return_call: true,
  forward_always: true,
  forward_busy: true,
  forward_no_answer: true,
  forward_unreachable: true,
  do_not_disturb: true,
  reject_anonymous: true,
  desk_share: true,
});

const refusals = every<Refusal>({ expired: true, away: true, busy: true, failed: true });
const severities = every<Severity>({ problem: true, warning: true, note: true });
const sounds = every<Soundness>({ good: true, fair: true, poor: true, unknown: true });
const metrics = every<Metric>({
  level_dbov: true,
  loss_percent: true,
  jitter_ms: true,
  round_trip_ms: true,
  mos: true,
});
const stages = every<SoundStage>({
  microphone: true,
  sender: true,
  silent_audio: true,
  network_in: true,
  wrong_address: true,
  decryption: true,
  decoding: true,
  network_out: true,
  output: true,
});
const losses = [
  ...every<NonNullable<SoundLoss['microphone']>>({ muted_by_system: true, ended: true, zero: true }).map(
    (what) => `my_${what}`,
  ),
  ...every<SoundLoss['whose']>({ me: true, them: true }).map((whose) => `both_${whose}`),
  ...(['from_me', 'to_me'] as const).flatMap((direction) => stages.map((stage) => `${direction}_${stage}`)),
];
const troubles = every<RecordingTrouble>({ quota_reached: true, disk_full: true, failed: true });

/** What stands for `*` in the keys that are put together at run time. */
const FAMILIES: Record<string, readonly string[]> = {
  'admin.kinds.*': every<Device['kind']>({ browser: true, desk_phone: true }),
  'admin.roles.*': every<Role>({ user: true, administrator: true }),
  'attendant.does.*': every<Choice['do']>({ number: true, hear: true, again: true, hang_up: true }),
  'attendant.language.*': every<Spoken>({ en: true, de: true }),
  'app.nav.*': every<Exclude<Route, 'admin' | 'calls' | 'check' | 'codes' | 'recordings'>>({
    keypad: true,
    people: true,
    recent: true,
    settings: true,
  }),
  'app.scheme.*': ['auto', 'light', 'dark'],
  'check.expert.kind.*': every<Candidate['kind']>({
    host: true,
    server_reflexive: true,
    peer_reflexive: true,
    relay: true,
  }),
  'check.microphone.deniedFix.*': every<ReturnType<typeof browserOf>>({
    chromium: true,
    firefox: true,
    safari: true,
  }),
  'check.microphone.fix.*': problems.filter((problem) => problem !== 'denied'),
  'check.microphone.problem.*': problems,
  'check.refused.*': refusals,
  'check.refused.*Text': refusals,
  'check.severity.*': every<Severity>({ note: true, warning: true, problem: true }),
  'check.stepState.*': every<StepState>({
    waiting: true,
    running: true,
    done: true,
    failed: true,
    left_out: true,
  }),
  'check.verdict.*': every<Verdict>({ good: true, fair: true, poor: true, unknown: true }),
  'call.*': every<ProgressWord>({
    lifting: true,
    microphone: true,
    calling: true,
    ringing: true,
    connecting: true,
  }),
  'call.lost.what.*': losses,
  'call.lost.fix.*': losses,
  'call.quality.*': every<Quality['direction']>({ receiving: true, sending: true }),
  'call.way.*': every<Way['by']>({ udp: true, tcp: true, relay: true }),
  'call.refused.*': every<NonNullable<Running['hold_refused']>>({ hold: true, resume: true }),
  'doctor.call.kind.*': every<Kind>({ browser: true, phone: true, trunk: true }),
  'doctor.captures.why.*': every<Exclude<Capture['ended'], 'time' | null>>({
    size: true,
    asked: true,
    disk: true,
  }),
  'doctor.confidence.*': every<Sureness>({ low: true, medium: true, high: true }),
  'doctor.count.*': severities,
  'doctor.metric.*': metrics,
  'doctor.networks.orders.*': every<Order>({ worst: true, name: true, seen: true, delay: true }),
  'doctor.networks.where.*': every<Locality>({
    lan: true,
    vpn: true,
    hairpin: true,
    internet: true,
    unknown: true,
  }),
  'doctor.page.*': every<Page>({
    findings: true,
    networks: true,
    calls: true,
    history: true,
    plan: true,
    rules: true,
  }),
  'doctor.result.answer.*': ['yes', 'no', 'none'],
  'doctor.result.buttons.*': every<NonNullable<Check['headset']>['state']>({
    works: true,
    silent: true,
    unopened: true,
    untried: true,
  }),
  'doctor.result.by.*': every<WayTest['way']>({ udp: true, tcp: true, tls: true }),
  'doctor.result.kind.*': every<Candidate['kind']>({
    host: true,
    server_reflexive: true,
    peer_reflexive: true,
    relay: true,
  }),
  'doctor.result.may.*': every<NonNullable<Check['permission']> | 'untried'>({
    granted: true,
    denied: true,
    unanswered: true,
    blocked: true,
    untried: true,
  }),
  'doctor.result.verdict.*': sounds,
  'doctor.seen.*': every<Seen>({ stun: true, trunk: true, network: true, phone: true, call: true }),
  'doctor.severity.*': severities,
  'doctor.sound.*': sounds,
  'doctor.unit.*': metrics,
  'ended.*': [
    ...failures,
    ...every<Peaceful>({
      hung_up: true,
      cancelled: true,
      rejected_by_us: true,
      missed: true,
      stopped_ringing: true,
      answered_elsewhere: true,
      moved: true,
      transferred: true,
    }),
  ],
  'ended.*Fix': failures,
  'errors.code.*': every<Code>({
    'foreign-origin': true,
    'not-signed-in': true,
    'not-permitted': true,
    'not-found': true,
    'wrong-password': true,
    'locked-out': true,
    taken: true,
    'in-use': true,
    'last-administrator': true,
    overlap: true,
    'too-many': true,
    'too-soon': true,
    'nobody-to-ask': true,
    busy: true,
    'not-now': true,
    'too-large': true,
    'device-unreachable': true,
    'capture-runs': true,
    failed: true,
  }),
  'errors.notAudio.*': every<ToldNotAudio>({
    video: true,
    silent: true,
    too_long: true,
    broken: true,
    unknown_format: true,
  }),
  'conference.presence.*': every<Presence>({ invited: true, waiting: true, present: true, away: true }),
  'transfers.end.*': every<TransferEnd>({
    connected: true,
    busy: true,
    no_answer: true,
    failed: true,
    party_left: true,
  }),
  'reach.case.*': every<ForwardCase>({ always: true, busy: true, no_answer: true, unreachable: true }),
  'reach.step.*': every<StepCode>({
    rings: true,
    team_rings: true,
    forwarded_always: true,
    forwarded_busy: true,
    forwarded_no_answer: true,
    forwarded_unreachable: true,
    passed_over: true,
    team_night: true,
    team_overflow: true,
    outside: true,
    room: true,
    heard: true,
    refused: true,
    unanswered: true,
    otherwise_busy: true,
    otherwise_unreachable: true,
    otherwise: true,
  }),
  'reach.callers.*': every<Callers>({
    anybody: true,
    inside: true,
    outside: true,
    anonymous: true,
    these: true,
  }),
  'codes.behind.*': every<Behind>({ extension: true, number: true, slot: true }),
  'codes.name.*': FEATURES,
  'codes.does.*': FEATURES,
  'errors.field.*': every<Field>({
    name: true,
    label: true,
    login: true,
    extension: true,
    sip_user: true,
    password: true,
    new: true,
  }),
  'line.*': every<Line['state']>({
    off: true,
    connecting: true,
    ready: true,
    away: true,
    displaced: true,
    refused: true,
    busy: true,
    other_tab: true,
    at_desk_phone: true,
    desk_phone_away: true,
  }),
  'microphone.*': problems,
  'microphone.*Fix': problems.filter((problem) => problem !== 'denied'),
  'microphone.deniedFix.*': every<ReturnType<typeof browserOf>>({
    chromium: true,
    firefox: true,
    safari: true,
  }),
  'network.finding.*': meanings,
  'network.finding.*Text': meanings,
  'network.forward.udp.*': every<UdpForward>({ rest: true, all: true, none: true, open: true }),
  'network.router.confidences.*': every<Confidence>({ low: true, medium: true, high: true }),
  'network.router.family.*': every<Nat['family']>({ ipv4: true, ipv6: true }),
  'network.router.filterings.*': dependences,
  'network.router.mappings.*': dependences,
  'network.router.types.*': every<NatType>({
    'open-internet': true,
    'symmetric-udp-firewall': true,
    'no-nat': true,
    'full-cone': true,
    'address-restricted-cone': true,
    'port-restricted-cone': true,
    cone: true,
    symmetric: true,
    'udp-blocked': true,
    unknown: true,
  }),
  'network.stun.state.*': every<StunState>({
    answering: true,
    asking: true,
    silent: true,
    refusing: true,
    unresolved: true,
    unused: true,
  }),
  'outside.calling.window.*': ['from', 'to'],
  'outside.class.*': every<NumberClass>(NUMBER_CLASSES),
  'outside.classHint.*': every<Chosen>(CHOSEN_CLASSES),
  'outside.classNumbers.*': every<NumberClass>(NUMBER_CLASSES),
  'outside.classWord.*': every<NumberClass>(NUMBER_CLASSES),
  'outside.denial.*': every<DenialCode>({
    no_such_number: true,
    not_a_number: true,
    no_such_code: true,
    too_short: true,
    too_long: true,
    area_missing: true,
    prefix_missing: true,
    not_permitted: true,
    not_at_this_time: true,
    no_route: true,
  }),
  'outside.detail.state.*': every<LineState>({ up: true, starting: true, waiting: true }),
  'outside.format.*': every<Format>({
    plus: true,
    digits: true,
    'double-zero': true,
    international: true,
    national: true,
    'national-bare': true,
    local: true,
    'nanp-11': true,
    'nanp-10': true,
  }),
  'outside.forwarded.*': every<Forwarded>({ own: true, original_with_diversion: true }),
  'outside.identity.*': every<IdentityHeader>({
    asserted: true,
    preferred: true,
    from: true,
    account_from: true,
  }),
  'outside.limit.*': limits,
  'outside.limitHint.*': limits,
  'outside.srtp.*': every<Srtp>({ mandatory: true, preferred: true, off: true }),
  'outside.stun.*': every<StunCode>({
    own: true,
    own_silent: true,
    own_elsewhere: true,
    elsewhere: true,
    system: true,
    not_needed: true,
    none: true,
  }),
  'outside.trouble.*': every<TroubleCode>({
    'unknown-name': true,
    'name-server-silent': true,
    'no-route': true,
    'connection-refused': true,
    silent: true,
    'connection-lost': true,
    tls: true,
    'wrong-password': true,
    refused: true,
    unable: true,
  }),
  'outside.trust.*': every<Trust['kind']>({ public: true, authority: true, pinned: true }),
  'outside.wrong.*': every<Rule>({
    name: true,
    host: true,
    port: true,
    domain: true,
    number: true,
    networks: true,
    user: true,
    auth_user: true,
    contact_user: true,
    realm: true,
    password: true,
    expires_seconds: true,
    prefix: true,
    trunks: true,
    block: true,
    target: true,
    location: true,
    from_address: true,
    ping_seconds: true,
    stun: true,
    echo_number: true,
    days: true,
    from: true,
    to: true,
  }),
  'people.state.*': every<UserState>({ available: true, ringing: true, on_a_call: true, offline: true }),
  'audit.via.*': every<AuditVia>({ app: true, phone: true, command_line: true, api: true }),
  'place.busy.*': every<WhileBusy>({ call_waiting: true, ring_others: true, busy: true }),
  'place.doing.*': every<Doing>({ talking: true, ringing: true, in_use: true, ready: true, away: true }),
  'place.rings.*': every<Exclude<Rings, 'after'>>({ when_answered: true, never: true }),
  'team.by.*': every<Exclude<LineWord, 'rings'>>({ talks: true, holds: true }),
  'teams.orders.*': every<TeamOrder>({ all: true, in_turn: true, longest_idle: true }),
  'recent.outcome.*': every<JournalCall['outcome']>({
    ringing: true,
    running: true,
    answered: true,
    missed: true,
    cancelled: true,
    busy: true,
    no_answer: true,
    refused: true,
    failed: true,
    answered_elsewhere: true,
    interrupted: true,
  }),
  'recent.quality.*': every<Exclude<NonNullable<JournalCall['quality']>['verdict'], 'unknown'>>({
    good: true,
    fair: true,
    poor: true,
  }),
  'reach.reasons.*': EVERY_REASON,
  'recording.trouble.*': troubles,
  'recordings.cutWhy.*': [...troubles, 'server_stopped'],
  'recordingAdmin.alarm.*': every<Exclude<RecordingStorage['state'], 'fine'>>({
    nearly_full: true,
    full: true,
    failing: true,
  }),
  'recordingAdmin.state.*': every<RecordingStorage['state']>({
    fine: true,
    nearly_full: true,
    full: true,
    failing: true,
  }),
  'recordingAdmin.hear.*': every<Hears>({ none: true, own: true, all: true }),
  'recordingAdmin.how.*': every<Announced>({ prompt: true, tone: true, silently: true }),
  'recordingAdmin.howHint.*': every<Announced>({ prompt: true, tone: true, silently: true }),
  'recordingAdmin.of.*': every<RecordingRule['whose']>({
    everybody: true,
    person: true,
    team: true,
    trunk: true,
  }),
  'recordingAdmin.named.*': every<Exclude<RecordingRule['whose'], 'everybody'>>({
    person: true,
    team: true,
    trunk: true,
  }),
  'recordingAdmin.which.*': every<RecordingRule['calls']>({
    all: true,
    outside: true,
    incoming: true,
    outgoing: true,
  }),
  'shortcuts.*': Object.keys(SHORTCUTS),
  'trunkTest.result.*': every<TrunkTestStep['result']>({
    waiting: true,
    running: true,
    passed: true,
    warning: true,
    failed: true,
    left_out: true,
  }),
  'trunkTest.said.*': Object.keys(SENTENCES),
  'trunkTest.step.*': every<TrunkTestStep['step']>({
    name: true,
    connection: true,
    options: true,
    registration: true,
    stun: true,
    router: true,
    echo_call: true,
  }),
  'trunkTest.value.*': VALUES,
  'trunkTest.verdict.*': ['running', 'failed', 'warning', 'passed'],
};

it.each(languages)('$name says of a test only what its step tells', ({ texts }) => {
  const said = flat(texts.trunkTest.said);
  for (const [code, values] of Object.entries(SENTENCES)) {
    expect([...new Set(slots(said.get(code) ?? ''))], code).toEqual([...values].sort());
  }
});

it('every text is used somewhere', () => {
  const sources = import.meta.glob<string>(['../**/*.{ts,tsx}', '!../i18n/languages/**', '!../**/*.test.*'], {
    query: '?raw',
    import: 'default',
    eager: true,
  });
  const code = Object.values(sources).join('\n');
  const patterns = new Set(
    [...code.matchAll(/\bt\(\s*`([\w.]+\.)\$\{[^`]*\}(\w*)`/g)].map(
      ([, prefix = '', suffix = '']) => `${prefix}*${suffix}`,
    ),
  );
  expect([...patterns].sort()).toEqual(Object.keys(FAMILIES).sort());
  const composed = new Set(
    Object.entries(FAMILIES).flatMap(([pattern, names]) => names.map((name) => pattern.replace('*', name))),
  );
  const used = (key: string) => {
    const plain = key.replace(/_(one|other)$/, '');
    return code.includes(`'${plain}'`) || composed.has(plain);
  };
  expect([...reference.keys()].filter((key) => !used(key))).toEqual([]);
});

it('prefers what was chosen, then what the browser asks for', () => {
  expect(chooseLanguage('de', ['en-GB'])).toBe('de');
  expect(chooseLanguage(null, ['fr-FR', 'de-AT', 'en'])).toBe('de');
  expect(chooseLanguage('xx', ['fr'])).toBe('en');
});
