/** Recordings, prompts and menus, played in memory. */
import type {
  LiveRecording,
  Recording,
  RecordingPermission,
  RecordingSettings,
  RecordingStorage,
  ServerEvent,
} from '../../src/api/types.ts';
import { json, none, problem } from './answers.ts';
import type { Company } from './company.ts';
import type { Asked } from './joinedCalls.ts';
import type { OneNumberServer } from './oneNumber.ts';

export interface Sounds {
  recordings: Recording[];
  /** How loud they are; whoever is not in it is not to be had. */
  hasShape: (id: string) => boolean;
  /** Whether older ones are to be had. */
  mayPage: () => boolean;
  settings: RecordingSettings;
  storage: RecordingStorage;
  /** By person. */
  permissions: Map<number, RecordingPermission>;
}

export function sounds(now: Date): Sounds {
  return {
    recordings: demoRecordings(now),
    hasShape: () => true,
    mayPage: () => true,
    settings: { announced: 'prompt', keep_days: 90, quota_mib: 10_240, rules: [] },
    storage: {
      used_bytes: 3_435_973_837,
      quota_bytes: 10_737_418_240,
      disk_free_bytes: 53_687_091_200,
      count: 412,
      state: 'fine',
      oldest: new Date(now.getTime() - 84 * 86_400_000).toISOString(),
    },
    permissions: new Map(),
  };
}

export const NO_PERMISSION: RecordingPermission = { may_record: false, hears: 'none' };
export const NOT_RECORDED: LiveRecording = { state: 'off', is_by_rule: false, may_end: false, trouble: null };

/** The server's side of what is recorded and played. `tell` sends events. */
export class SoundServer {
  readonly #company: Company;
  readonly #calls: OneNumberServer;
  readonly #tell: (event: ServerEvent) => void;

  constructor(company: Company, calls: OneNumberServer, tell: (event: ServerEvent) => void) {
    this.#company = company;
    this.#calls = calls;
    this.#tell = tell;
  }

  /** The answer, or `null` where the question is about something else. */
  answer(asked: Asked): Response | null {
    const { method, path, body } = asked;
    const [noun = '', id = '', part = '', what = ''] = path;
    const { sounds: mine } = this.#company;
    switch (noun) {
      case 'me':
        return id === 'live-calls' && what === 'record'
          ? this.#record(part, (body as { is_on: boolean }).is_on)
          : null;
      case 'users':
        return part === 'recording' ? this.#permission(method, Number(id), body) : null;
      case 'recordings':
        if (id === 'storage') return json(mine.storage);
        return id === '' ? this.#list(asked) : this.#recording(method, id, part);
      case 'recording-settings':
        if (method === 'PUT') mine.settings = body as RecordingSettings;
        return json(mine.settings);
      default:
        return null;
    }
  }

  /** A call's recording becomes another one, one's own unless it is said, and the app is told. */
  become(call: string, some: Partial<LiveRecording>): void {
    const { live } = this.#company.oneNumber;
    const may_end = isRunning({ ...NOT_RECORDED, ...some }) && some.is_by_rule !== true;
    const recording = { ...NOT_RECORDED, may_end, ...some };
    this.#calls.become(live.map((each) => (each.call === call ? { ...each, recording } : each)));
  }

  /** Recordings become other ones, and who may hear them is told. */
  record(recordings: Recording[]): void {
    this.#company.sounds.recordings = recordings;
    this.#tell({ type: 'recordings' });
  }

  store(some: Partial<RecordingStorage>): void {
    const { sounds: mine } = this.#company;
    mine.storage = { ...mine.storage, ...some };
    this.#tell({ type: 'recording_storage', storage: mine.storage });
  }

  #record(call: string, is_on: boolean): Response {
    const { me, oneNumber } = this.#company;
    oneNumber.asked.push(`record ${call} ${is_on}`);
    const recording = oneNumber.live.find((each) => each.call === call)?.recording ?? NOT_RECORDED;
    const isRuling = isRunning(recording) && recording.is_by_rule;
    if (isRuling && !is_on) return refused('A rule says that this call is recorded.');
    if (isRuling || (isRunning(recording) && recording.may_end)) {
      if (!is_on) this.become(call, { state: 'off' });
      return none();
    }
    if (!me.may_record) return refused('You may not record calls.');
    if (isRunning(recording)) return refused('Somebody else records this call.');
    if (is_on) this.become(call, { state: 'announcing' });
    return none();
  }

  #permission(method: string, user: number, body: unknown): Response {
    const { permissions } = this.#company.sounds;
    if (method === 'PUT') permissions.set(user, body as RecordingPermission);
    return json(permissions.get(user) ?? NO_PERMISSION);
  }

  #list({ query }: Asked): Response {
    const { sounds: mine } = this.#company;
    const call = query.get('call');
    const recordings = mine.recordings.filter(({ call_id }) => call === null || call_id === call);
    const before = query.get('before');
    if (before !== null && !mine.mayPage()) return problem(503, 'failed');
    const from = before === null ? 0 : recordings.findIndex(({ id }) => id === before) + 1;
    return json({ recordings: recordings.slice(from, from + Number(query.get('limit') ?? 100)) });
  }

  #recording(method: string, id: string, part: string): Response {
    const { sounds: mine } = this.#company;
    const found = mine.recordings.find((each) => each.id === id);
    if (found === undefined || (part === 'peaks' && !mine.hasShape(id))) return problem(404, 'not-found');
    if (method === 'DELETE') {
      this.record(mine.recordings.filter((each) => each !== found));
      return none();
    }
    return json(shapeOf(found.duration_ms));
  }
}

function isRunning({ state }: LiveRecording): boolean {
  return state === 'announcing' || state === 'on';
}

function refused(detail: string): Response {
  return problem(403, 'refused', {}, [], { detail });
}

const POINTS_MAX = 4_000;

/** Two people who take turns, with pauses. */
function shapeOf(duration_ms: number): { step_ms: number; own: number[]; others: number[] } {
  const step_ms = Math.max(100, Math.ceil(duration_ms / POINTS_MAX));
  const points = Math.floor(duration_ms / step_ms);
  const said = (point: number, who: number) => {
    const seconds = (point * step_ms) / 1_000;
    const turn = Math.sin(seconds / 3.1 + Math.sin(seconds / 11) * 2) > 0.1 ? 0 : 1;
    const pause = Math.sin(seconds / 1.7) > 0.93;
    if (turn !== who || pause) return 2 + ((point * 7) % 4);
    return Math.round(70 + 120 * Math.abs(Math.sin(point * 1.7 + who) * Math.sin(point / 5.3)));
  };
  const each = (who: number) => Array.from({ length: points }, (_, point) => said(point, who));
  return { step_ms, own: each(0), others: each(1) };
}

function demoRecordings(now: Date): Recording[] {
  const anna = { user_id: 101, number: '101', name: 'Anna Berger' };
  const ben = { user_id: 102, number: '102', name: 'Ben Okafor' };
  const long = { user_id: 107, number: '107', name: 'Maximiliane Freifrau von Schwarzenberg-Hohenlohe' };
  const stranger = { user_id: null, number: '+498912345678', name: null };
  const one = (id: string, minutes_ago: number, seconds: number, some: Partial<Recording>): Recording => ({
    id,
    call_id: `c-${id}`,
    started_at: new Date(now.getTime() - 60_000 * minutes_ago).toISOString(),
    duration_ms: 1_000 * seconds,
    state: 'complete',
    stopped: null,
    by: 'button',
    own: anna,
    other: ben,
    bytes: 6_000 * seconds,
    delete_after: new Date(now.getTime() + 86_400_000 * 90 - 60_000 * minutes_ago).toISOString(),
    ...some,
  });
  return [
    one('r-1', 34, 754, { call_id: 'c-2' }),
    one('r-2', 71, 97, { by: 'rule', other: stranger }),
    one('r-3', 60 * 25, 11_163, { by: 'rule', own: long, other: stranger }),
    one('r-4', 60 * 26, 1_240, { stopped: 'quota_reached' }),
    one('r-5', 60 * 50, 42, { state: 'cut_short', own: ben, other: anna }),
  ];
}
