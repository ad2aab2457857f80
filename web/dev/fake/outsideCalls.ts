/** Trunks, routes, numbers and permissions of the company that the fake server plays. */
import type {
  Calling,
  CallRoute,
  InboundNumber,
  NumberPlan,
  StunInForce,
  Trunk,
  TrunkLine,
  TrunkProfile,
  TrunkTest,
} from '../../src/api/types.ts';

export interface OutsideCalls {
  plan: NumberPlan;
  trunks: Trunk[];
  profiles: TrunkProfile[];
  /** What is wrong with own profiles. */
  mistakes: string[];
  routes: CallRoute[];
  numbers: InboundNumber[];
  /** By the person's key; everybody else has [`USUAL`]. */
  calling: Map<number, Calling>;
  /** The last test of each trunk that was tested, by its key. */
  tests: Map<number, TrunkTest>;
}

export const USUAL: Calling = {
  classes: ['free', 'local', 'national', 'mobile'],
  windows: [],
  profile_id: null,
  number: null,
  hidden: false,
  location: null,
};

/** Two providers, one of which refuses the password. */
export function outsideCalls(now: Date): OutsideCalls {
  const at = (minutes: number) => new Date(now.getTime() + 60_000 * minutes).toISOString();
  const server = { transport: 'tls', address: '192.0.2.81:5061', name: 'sip.example.net' } as const;
  const up: TrunkLine = {
    ...line('4989123450'),
    state: 'up',
    since: at(-187),
    server,
    seen_as: '198.51.100.2:5061',
    round_trip_ms: 23.4,
  };
  const refused: TrunkLine = {
    ...line('kd-80412'),
    state: 'waiting',
    retry_at: at(4),
    seen_as: '198.51.100.2:41873',
    trouble: {
      code: 'wrong-password',
      text: 'the provider refuses user name or password (403 Forbidden)',
    },
  };
  const own: StunInForce = {
    server: 'stun.sip.example.net',
    own: true,
    state: 'answering',
    public: '198.51.100.2:42117',
    round_trip_ms: 8.4,
    code: 'own',
    text: 'the trunk names this server',
  };
  return {
    plan: {
      country: 'DE',
      area: '89',
      outside: '0',
      emergency_trunk_id: 1,
      time_zone: 'Europe/Berlin',
      limits: { calls_per_minute_max: 10, costly_calls_max: 5, costly_minutes_per_day_max: 300 },
    },
    trunks: [
      trunk(1, 'Head office', 'example-net', 'sip.example.net', up, {
        transport: 'tls',
        outgoing: 'digits',
        incoming: 'digits',
        number: '+4989123450',
        stun: 'stun.sip.example.net',
        stun_in_force: own,
        echo_number: '0 089 999',
      }),
      trunk(2, 'Abroad', 'example-org', 'trunk.example.org', refused, { identity: 'from' }),
    ],
    profiles: profiles(),
    mistakes: [],
    routes: [
      route(1, 'Germany', '49', ['free', 'local', 'national', 'mobile'], 1, [1, 2]),
      route(2, 'Everything else', '', ['international', 'premium'], 5, [2, 1]),
    ],
    numbers: [
      { id: 1, trunk_id: null, block: '+498912345(100-199)', target: 'extension' },
      { id: 2, trunk_id: 1, block: '+4989123450', target: '100' },
    ],
    calling: new Map([[103, { ...USUAL, number: '+498912345103' }]]),
    tests: new Map(),
  };
}

export function line(account: string | null): TrunkLine {
  return {
    account,
    state: 'starting',
    since: null,
    server: null,
    seen_as: null,
    trouble: null,
    round_trip_ms: null,
    alg: null,
    retry_at: null,
  };
}

export function trunk(
  id: number,
  name: string,
  profile: string,
  host: string,
  only: TrunkLine,
  terms: Partial<Trunk> = {},
): Trunk {
  return {
    id,
    name,
    enabled: true,
    profile,
    host,
    port: null,
    transport: null,
    from_address: null,
    stun: null,
    stun_in_force: {
      server: 'stun.example.com:3478',
      own: false,
      state: 'answering',
      public: '198.51.100.2',
      round_trip_ms: 12.3,
      code: 'system',
      text: "The trunk names no STUN server, so the system's stun.example.com:3478 is in force.",
    },
    trust: { kind: 'public' },
    domain: host,
    srtp: 'preferred',
    ping_seconds: 60,
    networks: [],
    identity: 'asserted',
    forwarded: 'own',
    outgoing: 'plus',
    incoming: 'plus',
    number: null,
    echo_number: null,
    accounts: [
      {
        user: only.account ?? '',
        auth_user: null,
        realm: null,
        contact_user: null,
        expires_seconds: 600,
      },
    ],
    lines: [only],
    ...terms,
  };
}

function route(
  id: number,
  name: string,
  prefix: string,
  classes: string[],
  cost: number,
  trunks: number[],
): CallRoute {
  return { id, name, prefix, classes, cost, trunks };
}

/** A provider of whom much is known, one of whom little is, and the one of whom nothing is. */
function profiles(): TrunkProfile[] {
  const unknown: Omit<TrunkProfile, 'id' | 'name'> = {
    access: null,
    auth_user: null,
    authentication: null,
    country: null,
    ddi_digits: null,
    dns: null,
    domain: null,
    expires_seconds: null,
    host: null,
    identity: null,
    incoming: null,
    note: null,
    outgoing: null,
    port: null,
    realm: null,
    sources: {},
    srtp: null,
    stun: null,
    tls_port: null,
    transports: null,
  };
  const letter = { source: 'letter of the provider', date: '2026-10' };
  const documents = { source: 'the provider’s documentation', date: '2026-09' };
  return [
    {
      ...unknown,
      id: 'example-net',
      name: 'Example Net trunk',
      country: 'DE',
      note: 'The user name is the head of your numbers with 49 and without zero.',
      host: 'sip.example.net',
      port: 5060,
      tls_port: 5061,
      transports: ['tls'],
      srtp: 'mandatory',
      outgoing: 'digits',
      expires_seconds: 300,
      stun: 'stun.sip.example.net',
      auth_user: 'the customer number',
      sources: {
        host: letter,
        port: letter,
        tls_port: letter,
        transports: documents,
        srtp: documents,
        outgoing: letter,
        expires_seconds: documents,
        stun: documents,
        auth_user: letter,
      },
    },
    {
      ...unknown,
      id: 'example-org',
      name: 'Example Org',
      country: 'GB',
      authentication: 'address',
      sources: { authentication: documents },
    },
    {
      ...unknown,
      id: 'generic',
      name: 'Another provider',
      note: 'Take registrar, transport and account from the provider, and see at the first calls how it writes numbers.',
    },
  ];
}
