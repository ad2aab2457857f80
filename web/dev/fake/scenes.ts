/** Scenes: situations of the app that development and screenshots start from (`?scene=incoming`). Those with several phones are
 * in `oneNumberScenes.ts`. */
import { BrowserPhone } from '../../src/phone/browserPhone.ts';
import { createCheckApi } from '../../src/api/check.ts';
import { createApi } from '../../src/api/client.ts';
import type { Backend } from '../../src/backend.ts';
import type { EmergencyCall, Network, User } from '../../src/api/types.ts';
import type { EndReason, MicrophoneProblem, Party, Way } from '../../src/phone/calls.ts';
import { BrowserInstruments } from '../../src/check/browser.ts';
import { DeskPhone } from '../../src/phone/deskPhone.ts';
import { LeadingTab } from '../../src/phone/leadingTab.ts';
import { TalkOnChoice } from '../../src/phone/talkOn.ts';
import { Player } from '../../src/recording/player.ts';
import { FakeAudio } from './audio.ts';
import { FakeInstruments, GUEST_TOKEN } from './check.ts';
import { checkScenes } from './checkScenes.ts';
import { demoCompany } from './company.ts';
import { doctorScenes } from './doctorScenes.ts';
import { FakeLocks } from './locks.ts';
import { FakeMedia } from './media.ts';
import { joinedScenes } from './joinedScenes.ts';
import { soundScenes } from './soundScenes.ts';
import { oneNumberScenes } from './oneNumberScenes.ts';
import { bareNetwork, blockedNetwork, ipv6Network, symmetricNetwork } from './networks.ts';
import { FakeServer, type FakeServerOptions } from './server.ts';
import { FakeSignalling, type Pace } from './signalling.ts';
import { endedTest } from './trunkTests.ts';

export interface Stage extends Backend {
  server: FakeServer;
  signalling: FakeSignalling;
  media: FakeMedia;
  audio: FakeAudio;
  /** What the tabs of this browser share. */
  locks: FakeLocks;
}

const ORIGIN = 'https://pbx.example.com:8802';
const LIVELY: Pace = { connect_ms: 150, ring_ms: 700, answer_ms: 1_500 };

export function createStage(options: FakeServerOptions = {}, pace: Pace = LIVELY, now = new Date()): Stage {
  const server = new FakeServer(demoCompany(now), options, pace);
  const signalling = new FakeSignalling(pace);
  server.hangUp = (call) => signalling.hungUp(call);
  const media = new FakeMedia();
  const phone = new BrowserPhone(signalling, media);
  const api = createApi(server.fetch, ORIGIN, server.send);
  const checkApi = createCheckApi(server.fetch, ORIGIN, options.isGuest === true ? GUEST_TOKEN : null);
  const instruments =
    options.measuresBrowser === true ? new BrowserInstruments(checkApi) : new FakeInstruments(server.check);
  const locks = new FakeLocks();
  const audio = new FakeAudio(pace.answer_ms > 0);
  audio.length_s = (url) => lengthOf(server, url);
  const talkOn = new TalkOnChoice(localStorage, sessionStorage);
  if (options.signedIn !== false) talkOn.belongTo(server.company.me.id);
  return {
    api,
    events: server,
    phone,
    desk: new DeskPhone(api),
    talkOn,
    tab: new LeadingTab(locks),
    player: new Player(audio),
    check: { api: checkApi, instruments },
    audio,
    locks,
    server,
    signalling,
    media,
  };
}

const BEN: Party = { number: '102', name: 'Ben Okafor' };
const CLEO: Party = { number: '103', name: 'Cleo Marchetti' };
const LONG: Party = { number: '107', name: null };

export interface Scene {
  options?: FakeServerOptions;
  /** What happens once the phone is connected. */
  play?: (stage: Stage) => void | Promise<void>;
  /** Before anything is rendered. */
  prepare?: (stage: Stage) => void;
}

export const scenes: Record<string, Scene> = {
  idle: {},
  'sign-in': { options: { signedIn: false } },
  'sign-in-locked': { options: { signedIn: false, lockedOut: true } },
  'no-server': { options: { away: true } },
  loading: { options: { slow: true } },
  broken: { options: { broken: true } },
  empty: {
    prepare: ({ server: { company } }) => {
      company.calls = [];
      company.users = company.users.filter((user) => user.id === company.me.id);
    },
  },
  'admin-network': {},
  'admin-network-symmetric': standsIn(symmetricNetwork),
  'admin-network-ipv6': standsIn(ipv6Network),
  'admin-network-bare': standsIn(bareNetwork),
  'admin-network-blocked': standsIn(blockedNetwork),
  'admin-outside': {},
  'admin-outside-empty': {
    prepare: ({ server: { company } }) => {
      const { outside } = company;
      Object.assign(outside, { trunks: [], routes: [], numbers: [] });
      Object.assign(outside.plan, { country: null, area: null, outside: null, emergency_trunk_id: null });
    },
  },
  'admin-tested': {
    prepare: ({ server: { company } }) => {
      const { outside } = company;
      for (const trunk of outside.trunks) outside.tests.set(trunk.id, endedTest(trunk, null, new Date()));
    },
  },
  emergency: {
    play: ({ server }) => {
      server.tell(emergencyOf('103', 'Cleo Marchetti', 'Room 12, second floor'));
      server.tell(emergencyOf('107', 'Maximiliane Freifrau von Schwarzenberg-Hohenlohe', null));
    },
    prepare: ({ server: { company } }) => {
      const [call] = company.calls.filter(({ direction }) => direction === 'outgoing');
      if (call === undefined) return;
      const peer = { name: null, number: '112', user_id: null };
      company.calls.unshift({ ...call, id: 'c-0', peer, called: peer, emergency: true, location: 'Room 12' });
    },
  },
  user: { prepare: ({ server: { company } }) => void (company.me.role = 'user') },
  dialling: {
    play: ({ phone, media }) => {
      media.hesitates = true;
      phone.dial(BEN);
    },
  },
  ringing: {
    play: (stage) => {
      stage.signalling.letsRing = true;
      become(stage, BEN.number, 'ringing');
      stage.phone.dial(BEN);
    },
  },
  incoming: { play: ({ signalling }) => void signalling.ring(CLEO) },
  'incoming-long': { play: ({ signalling }) => void signalling.ring(LONG) },
  'incoming-number': {
    play: ({ signalling }) => void signalling.ring({ number: '+498912345678', name: null }),
  },
  call: { play: (stage) => talk(stage, BEN) },
  'call-long': { play: (stage) => talk(stage, LONG) },
  'call-muted': {
    play: (stage) => {
      talk(stage, BEN);
      stage.phone.toggleMute('in');
    },
  },
  'call-poor': {
    play: (stage) => {
      talk(stage, BEN);
      stage.phone.dispatch({
        type: 'QualityMeasured',
        call: 'in',
        quality: {
          verdict: 'poor',
          direction: 'sending',
          loss_percent: 9,
          jitter_ms: 80,
          round_trip_ms: 240,
        },
      });
    },
  },
  'call-tcp': { play: (stage) => talkBy(stage, { by: 'tcp', port: 8802, delay_ms: 187.4 }) },
  'call-relay': { play: (stage) => talkBy(stage, { by: 'relay', port: 8802, delay_ms: 232.1 }) },
  'call-interrupted': {
    play: (stage) => {
      talk(stage, BEN);
      stage.phone.dispatch({ type: 'MediaChanged', call: 'in', media: 'interrupted' });
    },
  },
  'call-connecting': {
    play: (stage) => {
      talk(stage, BEN);
      stage.phone.dispatch({ type: 'MediaChanged', call: 'in', media: 'connecting' });
    },
  },
  'call-hold-refused': {
    play: (stage) => {
      talk(stage, BEN);
      stage.signalling.refusesHold = true;
      stage.phone.toggleHold('in');
    },
  },
  'call-held': {
    play: (stage) => {
      talk(stage, BEN);
      stage.phone.toggleHold('in');
    },
  },
  waiting: {
    play: (stage) => {
      talk(stage, BEN);
      stage.signalling.ring(CLEO);
    },
  },
  two: {
    play: async (stage) => {
      talk(stage, BEN);
      stage.phone.answer(stage.signalling.ring(CLEO));
      await Promise.resolve();
    },
  },
  away: {
    play: ({ signalling }) => signalling.become({ state: 'away', retry_at: Date.now() + 30_000 }),
  },
  'away-talking': {
    play: (stage) => {
      talk(stage, BEN);
      stage.signalling.become({ state: 'away', retry_at: Date.now() + 7_000 });
    },
  },
  displaced: { play: ({ signalling }) => signalling.become({ state: 'displaced' }) },
  'server-busy': { play: ({ signalling }) => signalling.become({ state: 'busy' }) },
  refused: { play: ({ signalling }) => signalling.become({ state: 'refused', status: 403 }) },
  ...joinedScenes,
  ...oneNumberScenes,
  ...soundScenes,
  ...checkScenes,
  ...doctorScenes,
  ...ends([
    'busy',
    'declined',
    'no_answer',
    'unknown_number',
    'offline',
    'connection_lost',
    'server_full',
    'displaced',
  ]),
  ...microphones(['missing', 'denied', 'dismissed', 'in_use', 'insecure']),
};

export function playScene(name: string): Stage {
  const scene = scenes[name] ?? {};
  const stage = createStage(scene.options);
  scene.prepare?.(stage);
  const { play } = scene;
  if (play !== undefined) {
    const { phone, desk, talkOn } = stage;
    const talking = talkOn.chosen().on === 'computer' ? phone : desk;
    const stop = talking.subscribe(() => {
      if (talking.state().line.state !== 'ready') return;
      stop();
      setTimeout(() => void play(stage), 0);
    });
  }
  return stage;
}

function standsIn(network: (now: Date) => Network): Scene {
  return { prepare: ({ server: { company } }) => void (company.network = network(new Date())) };
}

export function emergencyOf(extension: string, name: string, location: string | null): EmergencyCall {
  return {
    type: 'emergency_call',
    user: Number(extension),
    name,
    extension,
    dialled: '112',
    location,
    trunk: 'Head office',
    call: `e-${extension}`,
  };
}

/** The server says how somebody is. */
function become({ server }: Stage, number: string, state: User['state']): void {
  const user = server.company.users.find((each) => each.extension === number);
  if (user === undefined) return;
  user.state = state;
  server.tell({ type: 'user_state', id: user.id, state });
}

function talk(stage: Stage, party: Party): void {
  const { phone } = stage;
  become(stage, '101', 'on_a_call');
  become(stage, party.number, 'on_a_call');
  const at = Date.now() - 83_000;
  phone.dispatch({ type: 'Called', call: 'in', party, at });
  phone.dispatch({ type: 'AnswerPressed', call: 'in', at });
  phone.dispatch({ type: 'Answered', call: 'in', at });
  phone.dispatch({ type: 'MediaChanged', call: 'in', media: 'flowing' });
  phone.dispatch({ type: 'Journalled', call: 'in', journal_id: `journal-${party.number}` });
  phone.dispatch({ type: 'WayMeasured', call: 'in', way: { by: 'udp', port: 8802, delay_ms: 46.2 } });
}

function talkBy(stage: Stage, way: Way): void {
  talk(stage, BEN);
  stage.phone.dispatch({ type: 'WayMeasured', call: 'in', way });
}

function ends(
  reasons: readonly Exclude<EndReason['because'], 'hung_up' | 'transferred' | 'microphone' | 'failed'>[],
): Record<string, Scene> {
  return Object.fromEntries(
    reasons.map((because) => [
      `end-${because}`,
      {
        play: (stage: Stage) => {
          const { phone } = stage;
          if (because === 'busy') become(stage, BEN.number, 'on_a_call');
          if (because === 'offline') become(stage, BEN.number, 'offline');
          phone.dispatch({
            type: 'Dialled',
            call: 'out',
            party: because === 'unknown_number' ? { number: '7301', name: null } : BEN,
            at: Date.now(),
          });
          phone.dispatch({ type: 'Ended', call: 'out', reason: { because }, at: Date.now() });
        },
      },
    ]),
  );
}

function microphones(problems: readonly MicrophoneProblem[]): Record<string, Scene> {
  return Object.fromEntries(
    problems.map((problem) => [
      `microphone-${problem}`,
      {
        play: ({ phone, media }: Stage) => {
          media.problem = problem;
          phone.dial(BEN);
        },
      },
    ]),
  );
}

/** How long a sound is, in seconds. */
function lengthOf({ company }: FakeServer, url: string): number {
  const found = company.sounds.recordings.find(({ id }) => url.includes(`/recordings/${id}/`));
  return (found?.duration_ms ?? 8_000) / 1_000;
}
