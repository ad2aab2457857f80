/** One number on several phones, played in memory: calls under control, where the number is, teams, the log. */
import type {
  AuditEntry,
  ChangedDevice,
  Device,
  LineCall,
  LiveCall,
  LiveCallState,
  NewTeam,
  Place,
  Ringing,
  ServerEvent,
  Team,
} from '../../src/api/types.ts';
import { json, none, problem } from './answers.ts';
import type { Company } from './company.ts';
import type { Asked } from './joinedCalls.ts';
import type { Pace } from './signalling.ts';

export interface OneNumber {
  place: Place;
  /** By person. */
  ringing: Map<number, Ringing>;
  pins: Map<number, string>;
  live: LiveCall[];
  lines: Map<number, LineCall[]>;
  teams: Team[];
  audit: AuditEntry[];
  /** Phones that answer no request. */
  unreachable: Set<number>;
  /** What was asked, for tests. */
  asked: string[];
}

export const USUAL_RINGING: Ringing = { while_busy: 'call_waiting', mobile: null };
const AUDIT_PAGE = 20;
const USUAL_TURN_S = 20;

export function oneNumber(now: Date): OneNumber {
  return {
    place: { at: 'browser', device_id: null, phones: [] },
    ringing: new Map(),
    pins: new Map([[102, '4711']]),
    live: [],
    lines: new Map(),
    teams: [],
    audit: auditLog(now),
    unreachable: new Set(),
    asked: [],
  };
}

export function salesTeam(): Team {
  return {
    id: 1,
    name: 'Sales',
    extension: '200',
    has_line: true,
    order: 'in_turn',
    turn_s: 15,
    members: [101, 102, 103, 107].map((user_id) => ({ user_id, device_id: null, rings: user_id !== 107 })),
    busy_when: 'all',
    overflow: { after_s: 45, number: '100' },
    night: null,
  };
}

/** A running or ringing call of Anna's. */
export function liveCall(
  some: Partial<LiveCall> & Pick<LiveCall, 'call' | 'state'>,
  now = Date.now(),
): LiveCall {
  const begun = new Date(now - 83_000).toISOString();
  const isTalk = ['talking', 'holding', 'held', 'moving', 'conferring', 'waiting'].includes(some.state);
  return {
    side: 'called',
    device_ids: [1012],
    other: { number: '102', name: 'Ben Okafor', user_id: 102 },
    team_id: null,
    begun_at: begun,
    answered_at: isTalk ? begun : null,
    recording: { state: 'off', is_by_rule: false, may_end: false, trouble: null },
    ...some,
  };
}

/** The server's side of one number. `tell` sends events. */
export class OneNumberServer {
  readonly #company: Company;
  readonly #tell: (event: ServerEvent) => void;
  readonly #pace: Pace;
  readonly #letsLift: () => boolean;
  #dialled = 0;

  /** What browsers have said of their side of calls. */
  readonly sides: { call: string; side: unknown }[] = [];

  constructor(company: Company, tell: (event: ServerEvent) => void, pace: Pace, letsLift: () => boolean) {
    this.#letsLift = letsLift;
    this.#company = company;
    this.#tell = tell;
    this.#pace = pace;
  }

  /** The answer, or `null` where the question is about something else. */
  answer(asked: Asked): Response | null {
    const [noun = '', part = ''] = asked.path;
    switch (noun) {
      case 'me':
        return part === 'live-calls' ? this.#liveCalls(asked) : this.#me(asked);
      case 'users':
        return this.#user(asked);
      case 'devices':
        return asked.method === 'PATCH'
          ? this.#changeDevice(Number(part), asked.body as ChangedDevice)
          : null;
      case 'teams':
        return this.#teams(asked);
      case 'audit':
        return this.#audit(Number(asked.query.get('before') ?? Infinity));
      default:
        return null;
    }
  }

  /** Calls become other ones, and the app is told. */
  become(calls: LiveCall[]): void {
    this.#company.oneNumber.live = calls;
    this.#tell({ type: 'calls', calls });
  }

  change(call: string, state: LiveCallState, device_ids?: number[]): void {
    const answered_at = new Date().toISOString();
    this.become(
      this.#company.oneNumber.live.map((each) =>
        each.call === call
          ? {
              ...each,
              state,
              device_ids: device_ids ?? each.device_ids,
              answered_at: each.answered_at ?? (state === 'talking' ? answered_at : null),
            }
          : each,
      ),
    );
  }

  line(team_id: number, calls: LineCall[]): void {
    this.#company.oneNumber.lines.set(team_id, calls);
    this.#tell({ type: 'team_line', team_id, calls });
  }

  /** Anna's number goes to her desk phone, or to the browser. */
  seat(at: 'browser' | 'desk_phone'): void {
    const { devices, oneNumber: mine, me } = this.#company;
    const phone = devices.find(({ shared, user_id }) => shared !== null && user_id === me.id);
    if (phone === undefined) return;
    const seat =
      at === 'browser' ? { user_id: null, mobile_user_id: me.id } : { user_id: me.id, mobile_user_id: null };
    phone.seat = seat;
    mine.place = { ...mine.place, at, device_id: phone.id };
    this.#tell({ type: 'seated', device_id: phone.id, ...seat });
  }

  /** Somebody else has logged on at Anna's desk phone, or it is not shared any more. */
  unseat(place: Place, user_id: number | null): void {
    const { devices, oneNumber: mine, me } = this.#company;
    const phone = devices.find(({ shared, user_id: owner }) => shared !== null && owner === me.id);
    if (phone === undefined) return;
    phone.seat = { user_id, mobile_user_id: null };
    mine.place = place;
    this.#tell({ type: 'seated', device_id: phone.id, ...phone.seat });
  }

  #liveCalls({ method, path: [, , call = '', what = ''], body }: Asked): Response {
    const { oneNumber: mine } = this.#company;
    if (call === '') {
      if (method === 'GET') return json({ calls: mine.live });
      const { device_id, number } = body as { device_id: number; number: string };
      return this.#dial(device_id, number);
    }
    if (what === 'browser') {
      this.sides.push({ call, side: body });
      return new Response(null, { status: 204 });
    }
    const { device_id = null } = (body ?? {}) as { device_id?: number };
    const words = Object.values((body ?? {}) as Record<string, unknown>).map(String);
    mine.asked.push([what, call, ...words].join(' '));
    if (device_id !== null && mine.unreachable.has(device_id)) return problem(409, 'device-unreachable');
    if (what !== 'take' && !mine.live.some((each) => each.call === call)) return problem(404, 'not-found');
    this.#carryOut(call, what, device_id);
    return none();
  }

  #carryOut(call: string, what: string, device_id: number | null): void {
    const devices = device_id === null ? [] : [device_id];
    switch (what) {
      case 'answer':
        this.change(call, 'talking', devices);
        return;
      case 'resume':
        for (const { call: other, state } of this.#company.oneNumber.live) {
          if (state === 'talking') this.change(other, 'holding');
        }
        this.change(call, 'talking');
        return;
      case 'hold':
        this.change(call, 'holding');
        return;
      case 'move':
        this.change(call, 'moving');
        setTimeout(() => this.change(call, 'talking', devices), this.#pace.answer_ms);
        return;
      case 'take':
        this.#take(call, devices);
        return;
      case 'decline':
      case 'hang-up':
      case 'transfer':
        this.become(this.#company.oneNumber.live.filter((each) => each.call !== call));
        return;
      default:
      // Keys are heard by nobody.
    }
  }

  #dial(device_id: number, number: string): Response {
    const { oneNumber: mine, users } = this.#company;
    mine.asked.push(`dial ${device_id} ${number}`);
    if (mine.unreachable.has(device_id)) return problem(409, 'device-unreachable');
    this.#dialled += 1;
    const call = `dialled-${this.#dialled}`;
    const user = users.find(({ extension }) => extension === number);
    const other = { number, name: user?.name ?? null, user_id: user?.id ?? null };
    const begun_at = new Date().toISOString();
    const live = liveCall({ call, state: 'lifting', side: 'caller', device_ids: [device_id], other });
    this.become([...mine.live, { ...live, begun_at, answered_at: null }]);
    if (this.#letsLift()) return json({ call }, 202);
    setTimeout(() => this.change(call, 'dialling'), this.#pace.ring_ms);
    setTimeout(() => this.change(call, 'talking'), this.#pace.ring_ms + this.#pace.answer_ms);
    return json({ call }, 202);
  }

  #take(call: string, device_ids: number[]): void {
    const { oneNumber: mine } = this.#company;
    for (const [team, calls] of mine.lines) {
      const held = calls.find((each) => each.call === call);
      if (held === undefined) continue;
      this.line(
        team,
        calls.map((each) => (each.call === call ? { ...each, state: 'talking', by_user_id: 101 } : each)),
      );
      this.become([...mine.live, liveCall({ call, state: 'talking', device_ids, other: held.other })]);
    }
  }

  #me({ method, path: [, part, what], body }: Asked): Response | null {
    const { me, passwords, oneNumber: mine } = this.#company;
    switch (`${method} ${part ?? ''}${what === undefined ? '' : `/${what}`}`) {
      case 'GET place':
        return json(mine.place);
      case 'POST place/cancel-mobility':
        mine.asked.push('cancel mobility');
        this.seat('desk_phone');
        return none();
      case 'POST place/log-off':
        mine.asked.push('log off');
        return none();
      case 'GET ringing':
        return json(mine.ringing.get(me.id) ?? USUAL_RINGING);
      case 'PUT ringing':
        mine.ringing.set(me.id, body as Ringing);
        return json(body);
      case 'PUT pin': {
        const { password, pin } = body as { password: string; pin: string };
        if (passwords.get(me.login) !== password) return problem(401, 'wrong-password');
        this.#setPin(me.id, pin);
        return none();
      }
      case 'DELETE pin':
        this.#setPin(me.id, null);
        return none();
      default:
        return null;
    }
  }

  #user({ method, path: [, id, part], body }: Asked): Response | null {
    const user = Number(id);
    const { ringing } = this.#company.oneNumber;
    switch (`${method} ${part ?? ''}`) {
      case 'PUT pin':
        this.#setPin(user, (body as { pin: string }).pin);
        return none();
      case 'GET ringing':
        return json(ringing.get(user) ?? USUAL_RINGING);
      case 'PUT ringing':
        ringing.set(user, body as Ringing);
        return json(body);
      default:
        return null;
    }
  }

  #setPin(user: number, pin: string | null): void {
    const { pins } = this.#company.oneNumber;
    if (pin === null) pins.delete(user);
    else pins.set(user, pin);
    this.#company.users = this.#company.users.map((each) =>
      each.id === user ? { ...each, has_pin: pin !== null } : each,
    );
  }

  #changeDevice(id: number, change: ChangedDevice): Response {
    const device = this.#company.devices.find((each) => each.id === id);
    if (device === undefined) return problem(404, 'not-found');
    const next: Device = { ...device, ...change };
    next.seat =
      next.shared === null ? null : (device.seat ?? { user_id: next.user_id, mobile_user_id: null });
    this.#company.devices = this.#company.devices.map((each) => (each.id === id ? next : each));
    return json(next);
  }

  #teams({ method, path: [, id], body }: Asked): Response {
    const { oneNumber: mine, users } = this.#company;
    const key = Number(id);
    const taken = (extension: string) =>
      [...users, ...mine.teams.filter((team) => team.id !== key)].some(
        (each) => each.extension === extension,
      );
    if (body !== null && taken((body as NewTeam).extension)) {
      return problem(409, 'taken', {}, [{ field: 'extension', message: 'Somebody else has that already.' }]);
    }
    switch (method) {
      case 'POST': {
        const team = { turn_s: USUAL_TURN_S, ...(body as NewTeam), id: mine.teams.length + 10 };
        mine.teams = [...mine.teams, team];
        return json(team, 201);
      }
      case 'PATCH':
        mine.teams = mine.teams.map((each) =>
          each.id === key ? { ...each, ...(body as NewTeam), id: key } : each,
        );
        return json(mine.teams.find((each) => each.id === key));
      case 'DELETE':
        mine.teams = mine.teams.filter((each) => each.id !== key);
        return none();
      default:
        return json({ teams: mine.teams });
    }
  }

  #audit(before: number): Response {
    const older = this.#company.oneNumber.audit.filter(({ id }) => id < before);
    const entries = older.slice(0, AUDIT_PAGE);
    return json({ entries, next: older.length > entries.length ? (entries.at(-1)?.id ?? null) : null });
  }
}

function auditLog(now: Date): AuditEntry[] {
  const said: readonly Omit<AuditEntry, 'id' | 'at'>[] = [
    entry('Anna Berger', 'app', 'team.changed', 'Sales', { overflow: '100 after 45 s' }),
    entry('Ben Okafor', 'phone', 'desk.logged_on', 'Meeting room phone', { extension: '102' }),
    entry('Anna Berger', 'app', 'user.pin_set', 'Cleo Marchetti', {}),
    entry('Administrator', 'command_line', 'user.added', 'Jorge Núñez', { extension: '108', role: 'user' }),
    entry('Administrator', 'api', 'device.secret_renewed', '107-desk', {}),
  ];
  return Array.from({ length: 5 }, () => said)
    .flat()
    .map((each, index) => ({
      ...each,
      id: 500 - index,
      at: new Date(now.getTime() - 47 * 60_000 * (index + 1)).toISOString(),
    }));
}

function entry(
  by_name: string,
  via: AuditEntry['via'],
  action: string,
  subject: string,
  details: AuditEntry['details'],
): Omit<AuditEntry, 'id' | 'at'> {
  return { by_user_id: via === 'command_line' ? null : 101, by_name, via, action, subject, details };
}
