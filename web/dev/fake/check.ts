/** The audio check played: a browser that measures whatever the scene says, and what a server makes of it. */
import type {
  Bandwidth,
  Candidate,
  Check,
  CheckAbout,
  CheckFinding,
  CheckVerdict,
  Echo,
  Gathering,
  Way,
} from '../../src/api/check.ts';
import type {
  Attempt,
  AttemptListener,
  Clock,
  HeadsetBench,
  Instruments,
  MicrophoneListener,
  Played,
  SoundBench,
} from '../../src/check/instruments.ts';
import type { Abilities } from '../../src/check/state/run.ts';
import { MicrophoneError } from '../../src/phone/media.ts';
import type { MicrophoneProblem } from '../../src/phone/calls.ts';
import type { AudioDevices } from '../../src/phone/media/devices.ts';
import { json, none, problem } from './answers.ts';
import { beginEcho, echoSeen, endEcho } from './echo.ts';

export const GUEST_TOKEN = '5f3c9a0b7d2e4168a1b2c3d4e5f60718';

/** The network that the browser stands in, and what of the computer works. */
export class CheckWorld {
  network: 'good' | 'symmetric' | 'blocked' = 'good';
  microphone: 'works' | 'silent' | MicrophoneProblem = 'works';
  /** Never comes back from asking for the microphone. */
  hesitates = false;
  /** How fast time passes here: as outside, slower, or at once. */
  time: number | 'at_once' = 1;
  link: 'good' | 'expired' = 'good';
  /** Results find no server. */
  isAway = false;
  /** Another tab checks. */
  isElsewhere = false;
  abilities: Abilities = {
    browser: { name: 'Chromium 130', system: 'Linux', missing: [], is_insecure: false },
    peerConnection: true,
    microphone: true,
    recorder: true,
    hid: false,
  };
  /** What was reported, oldest first. */
  readonly reported: Check[] = [];
  /** Headers of every request, and where it went. */
  readonly asked: { url: string; token: string | null; credentials: RequestCredentials }[] = [];
}

const LONG_NAME = 'Jabra Evolve2 65 Flex Stereo, Headset Microphone (Bluetooth hands-free, 0b0e:24c7)';
const DEVICES: AudioDevices = {
  microphones: [
    { id: 'm1', label: LONG_NAME },
    { id: 'm2', label: 'Built-in microphone' },
  ],
  speakers: [
    { id: 's1', label: 'Jabra Evolve2 65 (Headset)' },
    { id: 's2', label: 'Built-in loudspeaker' },
  ],
};

export class FakeInstruments implements Instruments {
  readonly #world: CheckWorld;
  readonly clock: Clock;
  readonly sound: FakeSound;
  readonly headset: HeadsetBench = { open: () => Promise.resolve(null), close: () => undefined };
  isOpen = false;

  constructor(world: CheckWorld) {
    this.#world = world;
    this.clock = new PlayedClock(world);
    this.sound = new FakeSound(world, (time_ms) => this.#wait(time_ms));
  }

  abilities(): Abilities {
    return this.#world.abilities;
  }
  begin(): void {
    this.isOpen = true;
  }
  end(): void {
    this.isOpen = false;
  }
  async measurePage() {
    await this.#wait(60);
    const page = { is_reached: true, took_ms: 184, error: null };
    return { page, clock_behind_ms: 42, about: null };
  }
  async openWebSocket() {
    await this.#wait(120);
    return { is_reached: true, took_ms: 71, error: null };
  }
  async gather(servers: readonly string[]): Promise<Gathering> {
    const isBlocked = this.#world.network === 'blocked';
    await this.#wait(isBlocked ? 8_000 : 240);
    return {
      servers: [...servers],
      candidates: candidatesOf(this.#world.network),
      is_complete: !isBlocked,
      took_ms: isBlocked ? 8_000 : 240,
    };
  }
  async measureBandwidth(): Promise<Bandwidth> {
    await this.#wait(900);
    return { up_kbit: 38_400, down_kbit: 96_200 };
  }
  tryWay(way: Way, _about: CheckAbout, listener: AttemptListener): Attempt {
    const works = way !== 'udp' || this.#world.network !== 'blocked';
    if (works) void this.#wait(way === 'tls' ? 620 : 210).then(() => listener.connected());
    return { finish: () => this.#wait(60).then(() => (works ? echoOf(way) : null)) };
  }
  beAlone(): Promise<(() => void) | null> {
    return Promise.resolve(this.#world.isElsewhere ? null : () => undefined);
  }

  #wait(time_ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.after(time_ms, resolve));
  }
}

/** Time that need not be waited for: whatever is due next is due now, in its order. */
class PlayedClock implements Clock {
  readonly #world: CheckWorld;
  #now_ms = 0;
  #due: { at: number; then: () => void }[] = [];
  #isGoing = false;

  constructor(world: CheckWorld) {
    this.#world = world;
  }

  now(): number {
    const { time } = this.#world;
    return time === 'at_once' ? this.#now_ms : performance.now() * time;
  }

  after(time_ms: number, then: () => void): () => void {
    const { time } = this.#world;
    if (time !== 'at_once') {
      const timer = setTimeout(then, time_ms / time);
      return () => clearTimeout(timer);
    }
    const entry = { at: this.#now_ms + time_ms, then };
    this.#due.push(entry);
    this.#go();
    return () => (this.#due = this.#due.filter((each) => each !== entry));
  }

  #go(): void {
    if (this.#isGoing || this.#due.length === 0) return;
    this.#isGoing = true;
    setTimeout(() => {
      this.#isGoing = false;
      const at = Math.min(...this.#due.map((each) => each.at));
      const next = this.#due.find((each) => each.at === at);
      if (next === undefined) return;
      this.#due = this.#due.filter((each) => each !== next);
      this.#now_ms = at;
      next.then();
      this.#go();
    }, 0);
  }
}

/** As if somebody spoke. */
class FakeSound implements SoundBench {
  readonly #world: CheckWorld;
  readonly #wait: (time_ms: number) => Promise<void>;
  isOpen = false;

  constructor(world: CheckWorld, wait: (time_ms: number) => Promise<void>) {
    this.#world = world;
    this.#wait = wait;
  }

  devices(): Promise<AudioDevices> {
    return Promise.resolve(DEVICES);
  }
  countMicrophones(): Promise<number | null> {
    return Promise.resolve(this.#world.microphone === 'missing' ? 0 : 2);
  }
  async openMicrophone(device: string | null, listener: MicrophoneListener) {
    const { hesitates, microphone } = this.#world;
    if (hesitates) return new Promise<never>(() => undefined);
    if (microphone !== 'works' && microphone !== 'silent') throw new MicrophoneError(microphone);
    this.isOpen = true;
    void this.#wait(150).then(() => listener.level(microphone === 'works' ? -14 : -127));
    const found = DEVICES.microphones.find(({ id }) => id === device) ?? DEVICES.microphones[0];
    return Promise.resolve({ devices: 2, label: found?.label ?? '', is_muted: false });
  }
  level(): number {
    if (!this.isOpen || this.#world.microphone === 'silent') return 0;
    const now_ms = performance.now();
    return Math.min(0.95, Math.max(0.08, 0.6 + 0.3 * Math.sin(now_ms / 90) * Math.sin(now_ms / 410)));
  }
  async playTone(device: string | null): Promise<Played> {
    await this.#wait(900);
    const found = DEVICES.speakers.find(({ id }) => id === device);
    return { devices: 2, label: found?.label ?? '', error: null };
  }
  async recordAndPlay(_device: string | null, plays: () => void): Promise<Played> {
    await this.#wait(3_000);
    plays();
    await this.#wait(3_000);
    return { devices: 2, label: '', error: null };
  }
  close(): void {
    this.isOpen = false;
  }
}

function candidatesOf(network: CheckWorld['network']): Candidate[] {
  const host: Candidate = {
    kind: 'host',
    protocol: 'udp',
    address: null,
    port: 51_422,
    related: null,
    related_port: null,
    server: null,
    network: 'wifi',
  };
  const seen = (port: number, server: string): Candidate => ({
    ...host,
    kind: 'server_reflexive',
    address: '198.51.100.7',
    port,
    server,
  });
  switch (network) {
    case 'good':
      return [host, seen(51_422, 'stun:pbx.example.com:8802')];
    case 'symmetric':
      return [host, seen(40_001, 'stun:pbx.example.com:8802'), seen(40_387, 'stun:pbx.example.com:3478')];
    case 'blocked':
      return [host];
  }
}

function echoOf(way: Way): Echo {
  const round_trip_ms = { udp: 23.4, tcp: 31.2, tls: 48.7 }[way];
  const lasted_ms = way === 'udp' ? 10_000 : 4_000;
  return {
    is_heard: true,
    lasted_ms,
    round_trip_ms,
    jitter_ms: way === 'udp' ? 3.2 : 8.1,
    loss_there_percent: 0,
    loss_back_percent: way === 'udp' ? 0.2 : 0,
  };
}

export interface CheckAsked {
  method: string;
  path: string[];
  query: URLSearchParams;
  body: unknown;
  token: string | null;
  isSignedIn: boolean;
}

/** The server's side. */
export function answerCheck(world: CheckWorld, asked: CheckAsked): Response | Promise<Response> {
  const { method, path, query, body, token, isSignedIn } = asked;
  if (token !== null && (token !== GUEST_TOKEN || world.link === 'expired'))
    return problem(401, 'no-such-link');
  if (token === null && !isSignedIn) return problem(401, 'not-signed-in');
  switch (`${method} ${path[1] ?? ''}`) {
    case 'GET ':
      return json(aboutOf(token !== null));
    case 'POST results': {
      if (world.isAway) throw new TypeError('Failed to fetch');
      const check = body as Check;
      world.reported.push(check);
      return json(verdictOf(check, query.get('language') ?? 'en', token !== null));
    }
    case 'GET bytes':
      return new Response(new Uint8Array(Number(query.get('size'))));
    case 'POST bytes':
      return json({ bytes: 0 });
    case 'POST echo':
      return beginEcho((body as { offer: string }).offer).then((begun) => json(begun, 201));
    case 'GET echo':
      return echoSeen(path[2] ?? '').then((seen) => json(seen));
    case 'DELETE echo':
      endEcho(path[2] ?? '');
      return none();
    default:
      return problem(404, 'not-found');
  }
}

function aboutOf(is_guest: boolean): CheckAbout {
  return {
    is_guest,
    extension: is_guest ? null : '101',
    label: is_guest ? 'Cleo, holiday flat' : 'Anna Weber',
    expires_at: is_guest ? new Date(Date.now() + 20 * 3_600_000).toISOString() : null,
    server_time: new Date().toISOString(),
    stun: [
      'stun:pbx.example.com:8802',
      'stun:pbx.example.com:3478',
      'stun:pbx.example.com:3479',
      'stun:stun.example.net:3478',
    ],
    ice: [{ urls: ['turns:pbx.example.com:8802?transport=tcp'], username: '1', credential: 'x' }],
    seen_as: '198.51.100.7',
    locality: 'internet',
    tasks: [
      'page',
      'websocket',
      'candidates',
      'ways',
      'bandwidth',
      'permission',
      'microphone',
      'speaker',
      'playback',
      'headset',
    ],
  };
}

function verdictOf(check: Check, language: string, isGuest: boolean): CheckVerdict {
  const german = language === 'de';
  const findings: CheckFinding[] = [];
  if (check.microphone?.devices === 0) findings.push(german ? NO_MICROPHONE_DE : NO_MICROPHONE);
  if (check.ways.some(({ way, is_connected }) => way === 'udp' && !is_connected)) {
    findings.push(german ? UDP_BLOCKED_DE : UDP_BLOCKED);
  }
  const [worst] = findings;
  const verdict = worst === undefined ? 'good' : worst.severity === 'problem' ? 'poor' : 'fair';
  const fine = german
    ? 'Gespräche von hier aus haben in beide Richtungen guten Ton.'
    : 'Calls from here have good sound in both directions.';
  return {
    id: '17',
    at: new Date().toISOString(),
    who: {
      extension: isGuest ? null : '101',
      name: isGuest ? '' : 'Anna Weber',
      label: isGuest ? 'Cleo, holiday flat' : null,
    },
    verdict,
    headline: worst?.sentence ?? fine,
    findings,
    check,
    link: '/admin/doctor/checks/17',
  };
}

function seen(what: string, text: string): CheckFinding['evidence'][number] {
  return { text, what, value: '', at: null };
}

/** What is the same in every finding of a check that has only just run. */
const NOW = {
  confidence: 'high' as const,
  since: new Date().toISOString(),
  last_seen_at: new Date().toISOString(),
  cleared_at: null,
};

const UDP_BLOCKED: CheckFinding = {
  ...NOW,
  id: 'rj_udp_blocked|network:101:198.51.100.7',
  fault: 'rj_udp_blocked',
  culprit: 'home_router',
  subject: { kind: 'network', name: 'Anna Weber', extension: '101', address: '198.51.100.7' },
  subject_text: 'Anna Weber (101) at 198.51.100.7',
  rule: 'R-j',
  severity: 'note',
  culprit_text: 'the router at home',
  sentence:
    'The network you are in lets no UDP out, so calls take the longer way through the port of this page: they have sound, a little later.',
  evidence: [
    seen('stun', 'No STUN server of four has answered within 8 s.'),
    seen('way', 'Sound came back over TCP 8802 in 31 ms.'),
  ],
  possible: 'Calls in both directions, over TCP 8802.',
  fix: [
    'Allow outgoing UDP in the router or firewall, at least to port 8802 of pbx.example.com.',
    'In a hotel or a guest network, ask for one without this restriction, or use your mobile’s hotspot.',
  ],
  retest: 'Run this check again in the other network.',
};
const UDP_BLOCKED_DE: CheckFinding = {
  ...UDP_BLOCKED,
  culprit_text: 'der Router zu Hause',
  sentence:
    'Das Netz, in dem Sie sind, lässt kein UDP hinaus. Gespräche nehmen darum den längeren Weg durch den Port dieser Seite: Sie haben Ton, ein wenig später.',
  evidence: [
    seen('stun', 'Keiner von vier STUN-Servern hat in 8 s geantwortet.'),
    seen('way', 'Über TCP 8802 kam der Ton in 31 ms zurück.'),
  ],
  possible: 'Gespräche in beide Richtungen, über TCP 8802.',
  fix: [
    'Erlauben Sie ausgehendes UDP im Router oder in der Firewall, mindestens zu Port 8802 von pbx.example.com.',
    'Fragen Sie im Hotel oder Gastnetz nach einem ohne diese Beschränkung, oder nehmen Sie den Hotspot Ihres Mobiltelefons.',
  ],
  retest: 'Prüfen Sie im anderen Netz noch einmal.',
};
const NO_MICROPHONE: CheckFinding = {
  ...NOW,
  id: 'rl_no_microphone|person:101',
  fault: 'rl_no_microphone',
  culprit: 'headset',
  subject: { kind: 'person', name: 'Anna Weber', extension: '101' },
  subject_text: 'Anna Weber (101)',
  rule: 'R-l',
  severity: 'problem',
  culprit_text: 'the headset',
  sentence: 'This computer has no microphone, so nobody would hear you.',
  evidence: [seen('microphones', 'The browser finds 0 microphones.')],
  possible: 'You can hear others.',
  fix: ['Plug in a headset or a microphone.', 'Look whether the system’s sound settings show it.'],
  retest: 'Run this check again.',
};
const NO_MICROPHONE_DE: CheckFinding = {
  ...NO_MICROPHONE,
  culprit_text: 'das Headset',
  sentence: 'Dieser Computer hat kein Mikrofon, darum würde Sie niemand hören.',
  evidence: [seen('microphones', 'Der Browser findet 0 Mikrofone.')],
  possible: 'Sie können andere hören.',
  fix: [
    'Stecken Sie ein Headset oder Mikrofon ein.',
    'Sehen Sie nach, ob die Toneinstellungen des Systems es zeigen.',
  ],
  retest: 'Prüfen Sie noch einmal.',
};
