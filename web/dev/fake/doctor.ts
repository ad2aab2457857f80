/** What the fake server's doctor knows: a healthy company, and one with several troubles at once. */
import type {
  Capture,
  CheckLink,
  Evidence,
  Finding,
  Flight,
  NetworkPlan,
  Rule,
  UserNetwork,
  Verdict,
} from '../../src/api/doctor.ts';
import { demoFlight } from './flight.ts';
import { demoRules } from './rules.ts';

export interface Doctoring {
  looked_at: string | null;
  findings: Finding[];
  /** Those of the past as well, newest first. */
  history: Finding[];
  rules: Rule[];
  networks: UserNetwork[];
  plan: NetworkPlan;
  evidence: Evidence;
  links: CheckLink[];
  results: Verdict[];
  flights: Flight[];
  captures: Capture[];
  /** It has only just looked. */
  isResting: boolean;
  /** What was asked for, in short. */
  asked: string[];
  /** How many past findings a page has. */
  page: number;
}

const many = (count: number) => Array.from({ length: count }, () => ({}));

export function healthy(now: Date): Doctoring {
  return {
    looked_at: ago(now, 3),
    findings: [],
    history: pastFindings(now),
    rules: demoRules(),
    networks: networks(now).map((each) => ({ ...each, findings: [] })),
    plan: plan(now, []),
    evidence: {
      server: { stun: { servers: many(2) } },
      trunks: many(1),
      networks: many(6),
      phones: many(5),
      calls: many(0),
    },
    links: [
      {
        id: 1,
        used_at: ago(now, 900),
        created_at: ago(now, 3_600 * 4),
        created_by: 'Anna Berger',
        label: 'Hotel in Lyon',
        extension: null,
        expires_at: ahead(now, 60 * 20),
      },
      {
        id: 2,
        used_at: null,
        created_at: ago(now, 3_600 * 21),
        created_by: 'Anna Berger',
        label: 'Ben at home',
        extension: '102',
        expires_at: ahead(now, 60 * 3),
      },
    ],
    results: [checkOfCleo(now)],
    flights: [demoFlight(now)],
    captures: [
      {
        id: 1,
        of: 'phone 1012',
        begun_at: ago(now, 60 * 50),
        unmasked: false,
        ended: 'time',
        dropped: 0,
        seconds: 120,
        with_audio: false,
        packets: 14_820,
        bytes: 3_204_551,
      },
    ],
    isResting: false,
    asked: [],
    page: 50,
  };
}

/** Two routers, a blocked home, a symmetric one and a dead STUN server. */
export function ailing(now: Date): Doctoring {
  const findings = openFindings(now);
  return {
    ...healthy(now),
    findings,
    history: [...findings, ...pastFindings(now)],
    networks: networks(now),
    plan: plan(now, findings),
  };
}

function ago(now: Date, seconds: number): string {
  return new Date(now.getTime() - 1_000 * seconds).toISOString();
}

function ahead(now: Date, minutes: number): string {
  return new Date(now.getTime() + 60_000 * minutes).toISOString();
}

function openFindings(now: Date): Finding[] {
  return [
    {
      id: 're_public_address_differs|server',
      rule: 'R-e',
      fault: 're_public_address_differs',
      severity: 'problem',
      culprit: 'office_router',
      culprit_text: 'Office router',
      confidence: 'high',
      subject: { kind: 'server' },
      subject_text: 'Everybody outside',
      sentence:
        'The office has two routers: home workers come in by 203.0.113.7, but the way out leads by 198.51.100.2, so sound over UDP is sent to the wrong one.',
      evidence: [
        {
          text: 'STUN servers see 198.51.100.2',
          what: 'stun_address',
          value: '198.51.100.2',
          at: ago(now, 12),
        },
        {
          text: 'People come by 203.0.113.7 (pbx.example.com)',
          what: 'page_address',
          value: '203.0.113.7',
          at: ago(now, 340),
        },
        {
          text: 'Asked: stun.example.com:3478',
          what: 'stun_server',
          value: 'stun.example.com:3478',
          at: ago(now, 12),
        },
        { text: 'Interface eth0, gateway 192.168.1.1', what: 'interface', value: 'eth0', at: null },
      ],
      possible: 'Calls have sound over TCP 8802, by the address at which people come.',
      fix: [
        'Decide which of the two routers calls shall use: that of 203.0.113.7, where TCP 8802 comes in.',
        'On the server or the office’s default gateway, add a route for stun.example.com (and for UDP to the internet) by that router.',
        'If there is no such route, forward TCP 8802 at the router of 198.51.100.2 instead, and change the name pbx.example.com to it.',
      ],
      retest: 'Press “Look again”: the address that STUN servers see must be 203.0.113.7.',
      since: ago(now, 60 * 134),
      last_seen_at: ago(now, 3),
      cleared_at: null,
    },
    {
      id: 'rj_no_way|107|192.0.2.77',
      rule: 'R-j',
      fault: 'rj_no_way',
      severity: 'problem',
      culprit: 'home_router',
      culprit_text: 'Router where they are',
      confidence: 'medium',
      subject: { kind: 'network', extension: '107', address: '2001:db8:4f2a:91c0:5d3e:aaff:fe12:9c01' },
      subject_text:
        'Maximiliane Freifrau von Schwarzenberg-Hohenlohe, at 2001:db8:4f2a:91c0:5d3e:aaff:fe12:9c01',
      sentence:
        'In the network where Maximiliane Freifrau von Schwarzenberg-Hohenlohe is, no way lets sound through.',
      evidence: [
        {
          text: 'UDP, TCP and TLS were tried by a check',
          what: 'way',
          value: 'udp tcp tls',
          at: ago(now, 840),
        },
      ],
      possible: 'She can call from her mobile, or control a desk phone from the browser.',
      fix: [
        'Have her try another network, for example her mobile’s.',
        'Ask who runs the network to let TCP 8802 through.',
      ],
      retest: 'Send her a check link and look at the result.',
      since: ago(now, 60 * 14),
      last_seen_at: ago(now, 3),
      cleared_at: null,
    },
    {
      id: 'n2_stun_server_dead|stun-02',
      rule: 'N2',
      fault: 'n2_stun_server_dead',
      severity: 'warning',
      culprit: 'stun_server',
      culprit_text: 'STUN server',
      confidence: 'high',
      subject: { kind: 'server' },
      subject_text: 'Everybody',
      sentence: 'The STUN server stun-02.example.net does not answer; the other one does.',
      evidence: [
        {
          text: 'stun-02.example.net:3478 has been silent for 3 hours',
          what: 'stun_state',
          value: 'silent',
          at: ago(now, 9),
        },
      ],
      possible: 'Everything, as long as the other server answers.',
      fix: ['Remove it from [stun] servers in the configuration, or write another one there.'],
      retest: 'Press “Look again”.',
      since: ago(now, 60 * 60 * 3),
      last_seen_at: ago(now, 3),
      cleared_at: null,
    },
    {
      id: 'rj_udp_blocked|103|192.0.2.40',
      rule: 'R-j',
      fault: 'rj_udp_blocked',
      severity: 'note',
      culprit: 'home_router',
      culprit_text: 'Router where they are',
      confidence: 'high',
      subject: { kind: 'network', extension: '103', address: '192.0.2.40' },
      subject_text: 'Cleo Marchetti, at 192.0.2.40',
      sentence: 'In the network where Cleo Marchetti is, UDP is blocked. Sound goes over TCP 8802.',
      evidence: [
        { text: 'No STUN server has seen the browser', what: 'count', value: '0', at: ago(now, 4_000) },
      ],
      possible: 'Calls, with a little more delay.',
      fix: ['If it is a router of hers, allow UDP to port 3478 and to the office.'],
      retest: 'Have her run the check again.',
      since: ago(now, 60 * 66),
      last_seen_at: ago(now, 3),
      cleared_at: null,
    },
  ];
}

function past(now: Date, some: Partial<Finding>, raised_h: number, lasted_min: number): Finding {
  const since = ago(now, 3_600 * raised_h);
  const cleared_at = ago(now, 3_600 * raised_h - 60 * lasted_min);
  return {
    id: `${some.fault ?? ''}|${some.subject_text ?? ''}`,
    rule: 'R-f',
    fault: '',
    severity: 'warning',
    culprit: 'firewall',
    culprit_text: 'Firewall',
    confidence: 'high',
    subject: { kind: 'server' },
    subject_text: 'Everybody',
    sentence: '',
    evidence: [],
    possible: '',
    fix: ['Let UDP 3478 through to the internet.'],
    retest: 'Press “Look again”.',
    last_seen_at: cleared_at,
    ...some,
    since,
    cleared_at,
  };
}

function pastFindings(now: Date): Finding[] {
  const silent = 'No STUN server answers: a firewall drops UDP to port 3478.';
  return [
    past(
      now,
      {
        fault: 'rl_microphone_muted',
        rule: 'R-l',
        severity: 'problem',
        culprit: 'headset',
        culprit_text: 'Headset',
        subject: { kind: 'person', extension: '102' },
        subject_text: 'Ben Okafor',
        sentence: 'Ben Okafor’s microphone was muted at the headset: nobody heard him.',
      },
      5,
      4,
    ),
    past(now, { fault: 'rf_stun_silent', severity: 'problem', sentence: silent }, 27, 95),
    past(
      now,
      {
        fault: 'p3_certificate_expiring',
        rule: 'P3',
        culprit: 'configuration',
        culprit_text: 'Configuration',
        sentence: 'The certificate of pbx.example.com runs out in 13 days.',
      },
      24 * 9,
      60 * 26,
    ),
    past(
      now,
      {
        fault: 'f1_phone_offline',
        rule: 'F1',
        culprit: 'desk_phone',
        culprit_text: 'Desk phone',
        subject: { kind: 'phone', device: 1_072 },
        subject_text: 'Maximiliane Freifrau von Schwarzenberg-Hohenlohe',
        sentence:
          'The desk phone that Maximiliane Freifrau von Schwarzenberg-Hohenlohe controls from the browser is not there.',
      },
      24 * 12,
      33,
    ),
    past(now, { fault: 'rf_stun_silent', severity: 'problem', sentence: silent }, 24 * 20, 2),
  ];
}

function networks(now: Date): UserNetwork[] {
  const row = (some: Partial<UserNetwork>): UserNetwork => ({
    extension: '',
    name: '',
    address: null,
    locality: 'internet',
    page_host: 'pbx.example.com',
    seen_at: ago(now, 40),
    way: 'udp',
    round_trip_ms: 23,
    verdict: 'good',
    sentence: 'fine by UDP',
    check: null,
    findings: [],
    ...some,
  });
  return [
    row({ extension: '101', name: 'Anna Berger', address: '198.51.100.84' }),
    row({
      extension: '101',
      name: 'Anna Berger',
      address: '192.168.1.44',
      locality: 'lan',
      page_host: '192.168.1.10',
      round_trip_ms: 1.4,
      seen_at: ago(now, 60 * 60 * 26),
    }),
    row({
      extension: '102',
      name: 'Ben Okafor',
      address: '10.8.0.6',
      locality: 'vpn',
      round_trip_ms: 41,
      sentence: 'UDP by VPN, 41 ms',
      seen_at: ago(now, 300),
    }),
    row({
      extension: '103',
      name: 'Cleo Marchetti',
      address: '192.0.2.40',
      way: 'tcp',
      round_trip_ms: 180,
      verdict: 'fair',
      sentence: 'TCP, 180 ms',
      check: { id: 1, at: ago(now, 4_000), verdict: 'fair' },
      findings: ['rj_udp_blocked|103|192.0.2.40'],
    }),
    row({
      extension: '107',
      name: 'Maximiliane Freifrau von Schwarzenberg-Hohenlohe',
      address: '2001:db8:4f2a:91c0:5d3e:aaff:fe12:9c01',
      page_host: 'telephone-system.headquarters.example.com',
      way: null,
      round_trip_ms: null,
      verdict: 'poor',
      sentence: 'no way lets sound through',
      check: { id: 2, at: ago(now, 840), verdict: 'poor' },
      findings: ['rj_no_way|107|192.0.2.77'],
    }),
    row({
      extension: '105',
      name: 'Elif Yılmaz',
      address: '203.0.113.99',
      locality: 'unknown',
      way: null,
      round_trip_ms: null,
      verdict: 'unknown',
      sentence: 'has not called yet',
      seen_at: ago(now, 60 * 60 * 50),
    }),
  ];
}

function plan(now: Date, findings: readonly Finding[]): NetworkPlan {
  const isIll = findings.length > 0;
  const node = (id: string, kind: string, label: string, lines: string[], is_culprit = false) => ({
    id,
    kind,
    label,
    lines,
    is_culprit,
  });
  const edge = (from: string, to: string, label: string, is_culprit = false) => ({
    from,
    to,
    label,
    is_culprit,
  });
  return {
    taken_at: ago(now, 3),
    findings: findings.map(({ rule, sentence }) => `${rule}: ${sentence}`),
    nodes: [
      node('office', 'office', 'People at the office: 1', ['Anna Berger (101)']),
      node('vpn', 'vpn', 'People in the VPN: 1', ['Ben Okafor (102)']),
      node('server', 'server', 'farend', ['pbx.example.com', 'TCP 8802', 'eth0 192.168.1.10']),
      node('router', 'router', 'Office router', ['public 203.0.113.7', 'people come in here']),
      ...(isIll
        ? [
            node(
              'router2',
              'router',
              'Second router',
              ['public 198.51.100.2', 'STUN servers see this address'],
              true,
            ),
          ]
        : []),
      node('internet', 'internet', 'Internet', []),
      node('stun', 'stun_server', 'stun.example.com:3478', ['STUN: answers, 12 ms']),
      node('trunk', 'trunk', 'Provider Head office', ['up', 'sip.example.net (SIP over TLS)']),
      node('home-101', 'network', 'Anna Berger (101)', ['198.51.100.84', 'UDP, 23 ms']),
      node('home-103', 'network', 'Cleo Marchetti (103)', ['192.0.2.40', 'TCP, 180 ms']),
    ],
    edges: [
      edge('office', 'server', 'LAN'),
      edge('vpn', 'server', ''),
      edge('server', 'router', 'eth0'),
      ...(isIll ? [edge('server', 'router2', '', true), edge('router2', 'internet', '', true)] : []),
      edge('router', 'internet', ''),
      edge('internet', 'stun', ''),
      edge('internet', 'trunk', ''),
      edge('internet', 'home-101', ''),
      edge('internet', 'home-103', ''),
    ],
  };
}

function checkOfCleo(now: Date): Verdict {
  const findings = openFindings(now).filter(({ fault }) => fault === 'rj_udp_blocked');
  return {
    id: '1',
    at: ago(now, 4_000),
    who: { extension: '103', name: 'Cleo Marchetti', label: null },
    verdict: 'fair',
    headline: 'Your calls work, with a little delay: your network lets sound through only the slower way.',
    findings,
    link: '/admin/doctor/checks/1',
    check: {
      took_ms: 21_400,
      browser: { name: 'Chromium 130', system: 'Windows 11', missing: [], is_insecure: false },
      page: { is_reached: true, took_ms: 212, error: null },
      websocket: { is_reached: true, took_ms: 96, error: null },
      gathering: {
        servers: ['stun:pbx.example.com:8802', 'stun:stun.example.com:3478'],
        candidates: [
          { kind: 'host', protocol: 'udp', address: null, port: 54_021, server: null, network: 'wifi' },
          { kind: 'host', protocol: 'tcp', address: null, port: 9, server: null, network: 'wifi' },
        ],
        is_complete: false,
        took_ms: 8_000,
      },
      ways: [
        { way: 'udp', is_connected: false, took_ms: 8_000, echo: null },
        {
          way: 'tcp',
          is_connected: true,
          took_ms: 420,
          echo: {
            is_heard: true,
            round_trip_ms: 181,
            jitter_ms: 9.2,
            lasted_ms: 4_000,
            loss_there_percent: 0,
            loss_back_percent: 0.4,
          },
        },
        { way: 'tls', is_connected: true, took_ms: 611, echo: null },
      ],
      bandwidth: { up_kbit: 4_120, down_kbit: 38_700 },
      permission: 'granted',
      microphone: {
        devices: 2,
        label: 'Jabra Evolve2 40 (0b0e:2e56) Mono',
        peak_dbfs: -19,
        has_spoken: true,
        is_muted: false,
        has_ended: false,
      },
      speaker: { devices: 3, label: 'Default', is_heard: true, is_recording_heard: null, error: null },
      headset: { name: 'Jabra Evolve2 40', state: 'silent', is_integrated: true, owner: 'unknown' },
    },
  };
}
