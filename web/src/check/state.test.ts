import { describe, expect, it } from 'vitest';
import type { CheckAbout, CheckVerdict, Echo, Way } from '../api/check.ts';
import {
  BEST_LISTENING_MS,
  CLOSING_MAX_MS,
  CONNECTING_MAX_MS,
  ECHO_MAX_MS,
  OTHERS_LISTENING_MS,
  SENDING_MAX_MS,
  STAGGER_MS,
  UNANSWERED_MIN_MS,
  WAYS,
  WEBSOCKET_MAX_MS,
  type Abilities,
} from './state/run.ts';
import type { SoundEvent } from './state/sound.ts';
import { deadline, step, type CheckCommand, type CheckEvent, type CheckState } from './state.ts';

const ABOUT: CheckAbout = {
  is_guest: false,
  extension: '101',
  label: 'Anna',
  expires_at: null,
  server_time: '2026-01-01T00:00:00Z',
  stun: ['stun:pbx.example.com:8802'],
  ice: [{ urls: ['turns:pbx.example.com:8802'], username: '1', credential: 'x' }],
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
const ABLE: Abilities = {
  browser: { name: 'Chromium 130', system: 'Linux', missing: [], is_insecure: false },
  peerConnection: true,
  microphone: true,
  recorder: true,
  hid: true,
};
const ECHO: Echo = {
  is_heard: true,
  lasted_ms: 10_000,
  round_trip_ms: 20,
  jitter_ms: 2,
  loss_there_percent: 0,
  loss_back_percent: 0,
};
const REACHED = { is_reached: true, took_ms: 50, error: null };
const VERDICT = { id: '1', verdict: 'good', link: '/x' } as CheckVerdict;

/** A check whose time the test makes. */
class Played {
  state: CheckState = { phase: 'ready', about: ABOUT };
  at = 0;
  readonly commands: CheckCommand[] = [];

  constructor(about: CheckAbout = ABOUT, abilities: Abilities = ABLE) {
    this.state = { phase: 'ready', about };
    this.tell({ type: 'Started', abilities, at: 0 });
  }

  tell(event: CheckEvent): CheckCommand[] {
    const { state, commands } = step(this.state, event);
    this.state = state;
    this.commands.push(...commands);
    return [...commands];
  }
  sound(event: SoundEvent): CheckCommand[] {
    return this.tell({ ...event, at: this.at });
  }
  /** Goes to a moment, with every deadline on the way. */
  until(at: number): CheckCommand[] {
    const before = this.commands.length;
    for (let due = deadline(this.state); due !== null && due <= at; due = deadline(this.state)) {
      expect(due).toBeGreaterThanOrEqual(0);
      this.at = Math.max(this.at, due);
      this.tell({ type: 'TimePassed', at: this.at });
    }
    this.at = at;
    return this.commands.slice(before);
  }
  /** Everything but the ways, at once. */
  measured(): this {
    const { at } = this;
    this.tell({ type: 'PageMeasured', page: REACHED, clock_behind_ms: 3, about: null, at });
    this.tell({ type: 'WebSocketMeasured', websocket: REACHED, at });
    this.tell({
      type: 'Gathered',
      gathering: { servers: [], candidates: [], is_complete: true, took_ms: 9 },
      at,
    });
    this.tell({ type: 'BandwidthMeasured', bandwidth: { up_kbit: 1, down_kbit: 2 }, at });
    return this;
  }
  connect(way: Way): CheckCommand[] {
    return this.tell({ type: 'WayConnected', way, at: this.at });
  }
  close(way: Way, echo: Echo | null = ECHO): CheckCommand[] {
    return this.tell({ type: 'WayClosed', way, echo, at: this.at });
  }
  get run() {
    if (this.state.phase !== 'running') throw new Error(`is ${this.state.phase}`);
    return this.state.run;
  }
  get check() {
    if (!('check' in this.state)) throw new Error(`is ${this.state.phase}`);
    return this.state.check;
  }
}

const tries = (commands: readonly CheckCommand[]) =>
  commands.flatMap((each) => (each.do === 'TryWay' ? [each.way] : []));
const finishes = (commands: readonly CheckCommand[]) =>
  commands.flatMap((each) => (each.do === 'FinishWay' ? [each.way] : []));

describe('before it begins', () => {
  it('is ready when the server says what to check, and not when the link is over', () => {
    const loading: CheckState = { phase: 'loading' };
    expect(step(loading, { type: 'AboutCame', about: ABOUT }).state).toEqual({
      phase: 'ready',
      about: ABOUT,
    });
    const refused = step(loading, { type: 'AboutRefused', why: 'expired' }).state;
    expect(refused).toEqual({ phase: 'refused', why: 'expired' });
    expect(step(refused, { type: 'LoadWanted' }).commands).toEqual([{ do: 'Load' }]);
  });

  it('measures and asks at once, and sends no sound before the line is measured', () => {
    const played = new Played();
    expect(played.commands.map((each) => each.do)).toEqual([
      'Begin',
      'MeasurePage',
      'OpenWebSocket',
      'Gather',
      'MeasureBandwidth',
      'OpenMicrophone',
    ]);
    played.measured();
    expect(tries(played.commands)).toEqual(['udp']);
  });

  it('leaves out what the server does not ask for, or the browser cannot do', () => {
    const played = new Played({ ...ABOUT, tasks: ['page'] });
    expect(played.commands.map((each) => each.do)).toEqual(['Begin', 'MeasurePage']);
    played.tell({ type: 'PageMeasured', page: REACHED, clock_behind_ms: 0, about: null, at: 5 });
    expect(played.check).toMatchObject({ page: REACHED, websocket: null, gathering: null, ways: [] });
    const old = { ...ABLE, peerConnection: false, microphone: false, recorder: false, hid: false };
    const poor = new Played(ABOUT, old).measured();
    expect(tries(poor.commands)).toEqual([]);
    expect(poor.run.sound.questions).toEqual(['microphone', 'speaker']);
  });
});

describe('ways', () => {
  it('are tried two at a time, one after the other', () => {
    const played = new Played().measured();
    expect(tries(played.until(STAGGER_MS))).toEqual(['tcp']);
    expect(tries(played.until(2_000))).toEqual([]);
    played.connect('udp');
    played.connect('tcp');
    expect(finishes(played.until(2_000 + OTHERS_LISTENING_MS))).toEqual(['tcp']);
    expect(tries(played.close('tcp'))).toEqual(['tls']);
  });

  it('listen to the best one for ten seconds and to the others for four', () => {
    const played = new Played().measured();
    played.until(400);
    played.connect('udp');
    played.connect('tcp');
    expect(finishes(played.until(400 + OTHERS_LISTENING_MS))).toEqual(['tcp']);
    played.close('tcp');
    played.connect('tls');
    expect(finishes(played.until(400 + BEST_LISTENING_MS))).toEqual(['tls', 'udp']);
  });

  it('take the longer look at TCP when UDP does not come about', () => {
    const played = new Played().measured();
    played.until(500);
    played.connect('tcp');
    expect(finishes(played.until(CONNECTING_MAX_MS))).toEqual(['udp']);
    played.close('udp', null);
    expect(finishes(played.until(500 + BEST_LISTENING_MS))).toEqual(['tcp']);
  });

  it('end the shorter look at once when a better way comes about late', () => {
    const played = new Played().measured();
    played.until(500);
    played.connect('tcp');
    played.until(500 + OTHERS_LISTENING_MS + 1_000);
    expect(finishes(played.connect('udp'))).toEqual(['tcp']);
  });

  it('end before the server ends the echo', () => {
    const played = new Played().measured();
    played.until(7_900);
    played.connect('udp');
    expect(finishes(played.until(ECHO_MAX_MS - 1))).not.toContain('udp');
    expect(finishes(played.until(ECHO_MAX_MS))).toContain('udp');
  });

  it('are absent where the server could not be asked, and not called blocked', () => {
    const played = new Played().measured();
    played.tell({ type: 'WayFailed', way: 'udp', because: 'untried', at: 10 });
    played.until(400);
    played.tell({ type: 'WayFailed', way: 'tcp', because: 'blocked', at: 400 });
    played.close('tcp', null);
    played.until(2 * STAGGER_MS);
    played.connect('tls');
    played.until(2 * STAGGER_MS + BEST_LISTENING_MS);
    played.close('tls');
    played.sound({ type: 'AllSkipped' });
    expect(played.check.ways).toEqual([
      { way: 'tcp', is_connected: false, took_ms: 400 - STAGGER_MS, echo: null },
      { way: 'tls', is_connected: true, took_ms: 0, echo: ECHO },
    ]);
  });

  it('keep what was heard until the connection broke', () => {
    const played = new Played().measured();
    played.connect('udp');
    played.until(3_000);
    const broke = played.tell({ type: 'WayFailed', way: 'udp', because: 'blocked', at: 3_000 });
    expect(finishes(broke)).toEqual(['udp']);
    played.close('udp');
    expect(played.run.ways.udp).toEqual({
      is: 'done',
      test: { way: 'udp', is_connected: true, took_ms: 0, echo: ECHO },
    });
  });

  it('whose figures never come are still connected', () => {
    const played = new Played().measured();
    played.connect('udp');
    played.until(BEST_LISTENING_MS + CLOSING_MAX_MS);
    expect(played.run.ways.udp).toMatchObject({ test: { is_connected: true, echo: null } });
  });
});

describe('time', () => {
  const nothingComes = (about = ABOUT) => {
    const played = new Played(about);
    played.sound({ type: 'AllSkipped' });
    played.until(120_000);
    return played.check;
  };

  it('ends everything within a minute when nothing answers', () => {
    const check = nothingComes();
    expect(check.took_ms).toBeLessThanOrEqual(60_000);
    expect(check.websocket).toMatchObject({ is_reached: false, took_ms: WEBSOCKET_MAX_MS });
    expect(check.gathering).toBeNull();
    expect(check.bandwidth).toBeNull();
    expect(check.ways.map(({ way, is_connected }) => [way, is_connected])).toEqual(
      WAYS.map((way) => [way, false]),
    );
  });

  it('takes at most a quarter of a minute in a good network', () => {
    const played = new Played();
    played.sound({ type: 'AllSkipped' });
    played.at = 900;
    played.measured();
    const connected = new Set<Way>();
    const closed = new Set<Way>();
    const wayNow = (way: Way) => (played.state.phase === 'running' ? played.state.run.ways[way].is : 'done');
    for (let due: number | null = played.at; due !== null; due = deadline(played.state)) {
      played.until(Math.max(due, played.at));
      for (const way of WAYS) {
        const is = wayNow(way);
        if (is === 'connecting' && !connected.has(way)) {
          connected.add(way);
          played.at += 200;
          played.connect(way);
        } else if (is === 'closing' && !closed.has(way)) {
          closed.add(way);
          played.close(way);
        }
      }
    }
    expect(played.check.took_ms).toBeLessThanOrEqual(15_000);
    expect(played.check.ways).toHaveLength(3);
  });

  it('makes what comes after a deadline change nothing', () => {
    const played = new Played();
    played.until(WEBSOCKET_MAX_MS);
    played.tell({ type: 'WebSocketMeasured', websocket: REACHED, at: played.at });
    expect(played.run.websocket).toMatchObject({ value: { is_reached: false } });
    played.close('udp');
    played.connect('tls');
    expect(played.run.ways.tls.is).toBe('waiting');
  });
});

describe('questions', () => {
  const opened = () => {
    const played = new Played();
    played.sound({ type: 'MicrophoneCame', devices: 2, label: 'Headset', is_muted: false });
    return played;
  };
  /** Goes to the end, without a network. */
  const ended = (played: Played) => {
    played.sound({ type: 'AllSkipped' });
    played.until(played.at + 120_000);
    return played.check;
  };

  it('take the loudest moment, and that somebody has spoken from nobody but them', () => {
    const played = opened();
    for (const peak_dbfs of [-60, -12, -40]) played.sound({ type: 'LevelHeard', peak_dbfs });
    expect(played.run.sound.microphone).toMatchObject({ peak_dbfs: -12, has_spoken: false });
    played.sound({ type: 'Spoken' });
    expect(played.run.sound.microphone).toMatchObject({ peak_dbfs: -12, has_spoken: true });
    expect(played.run.sound.questions).toEqual(['speaker', 'playback', 'headset']);
    played.sound({ type: 'LevelHeard', peak_dbfs: -1 });
    expect(played.run.sound.microphone?.peak_dbfs).toBe(-12);
  });

  it('invent nothing when they are skipped', () => {
    const played = opened();
    played.sound({ type: 'LevelHeard', peak_dbfs: -127 });
    played.sound({ type: 'Skipped' });
    const check = ended(played);
    expect(check.permission).toBe('granted');
    expect(check.microphone).toMatchObject({ peak_dbfs: null, has_spoken: false });
    expect(check.speaker).toBeNull();
    expect(check.headset).toBeNull();
  });

  it.each([
    ['denied', 'denied', 2],
    ['dismissed', 'unanswered', 2],
    ['in_use', 'blocked', 2],
    ['missing', null, 0],
    ['insecure', null, null],
  ] as const)('say what %s means', (problem, permission, devices) => {
    const played = new Played();
    played.sound({ type: 'MicrophoneRefused', problem, devices });
    expect(played.run.sound.questions).not.toContain('playback');
    const check = ended(played);
    expect(check.permission).toBe(permission);
    expect(check.microphone?.devices ?? null).toBe(devices);
  });

  it('can be asked again after a refusal', () => {
    const played = new Played();
    played.sound({ type: 'MicrophoneRefused', problem: 'denied', devices: 1 });
    const commands = played.sound({ type: 'MicrophoneWanted', device: null });
    expect(commands).toContainEqual({ do: 'OpenMicrophone', device: null });
    played.sound({ type: 'MicrophoneCame', devices: 1, label: 'Built-in', is_muted: true });
    expect(played.run.sound).toMatchObject({ permission: 'granted', microphone: { is_muted: true } });
  });

  it('call a question of the browser unanswered only when it had time', () => {
    const hasty = new Played();
    hasty.until(UNANSWERED_MIN_MS - 1);
    expect(ended(hasty).permission).toBeNull();
    const patient = new Played();
    patient.until(UNANSWERED_MIN_MS);
    expect(ended(patient).permission).toBe('unanswered');
  });

  it('keep what the person says of the tone and of their own voice', () => {
    const played = opened();
    played.sound({ type: 'Spoken' });
    expect(played.sound({ type: 'ToneWanted', device: 's2' })).toContainEqual({
      do: 'PlayTone',
      device: 's2',
    });
    played.sound({ type: 'TonePlayed', devices: 2, label: 'Loudspeaker', error: null });
    played.sound({ type: 'ToneAnswered', is_heard: false });
    played.sound({ type: 'RecordingWanted', device: null });
    played.sound({ type: 'RecordingPlays' });
    played.sound({ type: 'RecordingPlayed', devices: 2, label: 'Loudspeaker', error: null });
    played.sound({ type: 'RecordingAnswered', is_heard: true });
    expect(ended(played).speaker).toEqual({
      devices: 2,
      label: 'Loudspeaker',
      is_heard: false,
      is_recording_heard: true,
      error: null,
    });
  });

  it.each([
    [{ type: 'HeadsetPressed' }, 'works'],
    [{ type: 'HeadsetAnswered', is_noticed: false }, 'silent'],
    [{ type: 'Skipped' }, 'untried'],
  ] as const)('tell of a headset after %o that it %s', (event, state) => {
    const played = opened();
    for (const type of ['Spoken', 'Skipped', 'Skipped'] as const) played.sound({ type });
    played.sound({ type: 'HeadsetWanted' });
    played.sound({ type: 'HeadsetCame', name: 'Evolve2', is_open: true });
    played.sound(event);
    expect(ended(played).headset).toMatchObject({ name: 'Evolve2', state });
  });

  it('close microphone and headset after the last', () => {
    const played = opened();
    expect(played.sound({ type: 'AllSkipped' })).toContainEqual({ do: 'CloseSound' });
  });
});

describe('the result', () => {
  const sent = () => {
    const played = new Played({ ...ABOUT, tasks: ['page'] });
    played.tell({ type: 'PageMeasured', page: REACHED, clock_behind_ms: 7, about: null, at: 40 });
    return played;
  };

  it('is sent once everything is measured and asked', () => {
    const played = sent();
    expect(played.commands.at(-1)).toMatchObject({ do: 'Send', check: { took_ms: 40, clock_behind_ms: 7 } });
    played.tell({ type: 'Sent', verdict: VERDICT });
    expect(played.state).toMatchObject({ phase: 'done', verdict: VERDICT });
  });

  it('is kept when the server is away, and sent again when somebody wants that', () => {
    const played = sent();
    played.tell({ type: 'SendFailed', why: 'away' });
    expect(played.state).toMatchObject({ phase: 'unsent', why: 'away' });
    expect(played.tell({ type: 'SendWanted', at: 90 })).toMatchObject([
      { do: 'Send', check: { took_ms: 40 } },
    ]);
  });

  it('is not waited for without end, and welcome when it comes late', () => {
    const played = sent();
    played.until(40 + SENDING_MAX_MS - 1);
    expect(played.state.phase).toBe('sending');
    played.until(40 + SENDING_MAX_MS);
    expect(played.state).toMatchObject({ phase: 'unsent', why: 'away' });
    played.tell({ type: 'Sent', verdict: VERDICT });
    expect(played.state).toMatchObject({ phase: 'done', verdict: VERDICT });
  });

  it('is followed by another run', () => {
    const played = sent();
    played.tell({ type: 'Sent', verdict: VERDICT });
    played.tell({ type: 'Started', abilities: ABLE, at: 9_000 });
    expect(played.run.began_at).toBe(9_000);
  });
});
