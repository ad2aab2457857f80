/** Calls that are joined, parked and picked up, played in memory. */
import type { Conference, LiveCall, Member, Other, ParkedCall, ServerEvent } from '../../src/api/types.ts';
import { json, none, problem } from './answers.ts';
import type { Company } from './company.ts';
import { member } from './features.ts';
import { liveCall, type OneNumberServer } from './oneNumber.ts';

export interface Asked {
  method: string;
  /** Behind `/api/v1/`. */
  path: string[];
  query: URLSearchParams;
  body: unknown;
}

type Wish = Partial<{
  with: string;
  number: string;
  is_on: boolean;
  is_up: boolean;
  is_locked: boolean;
  slot: number | null;
  device_id: number;
}>;

/** The server's side of calls that belong together. `tell` sends events, `hangUp` ends a call at the browser's line. */
export class JoinedCalls {
  readonly #company: Company;
  readonly #calls: OneNumberServer;
  readonly #tell: (event: ServerEvent) => void;
  readonly #hangUp: (call: string) => void;
  #legs = 100;

  constructor(
    company: Company,
    calls: OneNumberServer,
    tell: (event: ServerEvent) => void,
    hangUp: (call: string) => void,
  ) {
    this.#company = company;
    this.#calls = calls;
    this.#tell = tell;
    this.#hangUp = hangUp;
  }

  /** The answer, or `null` where the question is about something else. */
  answer({
    method,
    path: [noun, part = '', id = '', what = '', leg = '', deed = ''],
    body,
  }: Asked): Response | null {
    if (noun !== 'me') return null;
    const wish = (body ?? {}) as Wish;
    switch (part) {
      case 'live-calls':
        return this.#inCall(id, what === 'members' ? deed : what, Number(leg), wish);
      case 'parked':
        return this.#takeParked(Number(id), wish);
      case 'pick-ups':
        return this.#pickUp(id, wish);
      case 'call-backs':
        return this.#callBacks(method, id, wish);
      default:
        return null;
    }
  }

  /** Conferences become other ones, and the app is told. */
  confer(conference: Conference): void {
    const { features } = this.#company;
    const others = features.conferences.filter(({ call }) => call !== conference.call);
    features.conferences = conference.members.length === 0 ? others : [...others, conference];
    this.#tell({ type: 'conference', conference });
  }
  park(parked: ParkedCall[]): void {
    this.#company.features.parked = parked;
    this.#tell({ type: 'parked', parked });
  }

  #inCall(call: string, what: string, leg: number, wish: Wish): Response | null {
    const known = ['connect', 'confer', 'invite', 'mute', 'hand', 'remove', 'admit', 'lock', 'park'];
    if (!known.includes(what)) return null;
    const words = [what, call, ...(leg > 0 ? [leg] : []), ...Object.values(wish)].map(String);
    this.#company.oneNumber.asked.push(words.join(' '));
    switch (what) {
      case 'connect':
        return this.#connect(call, wish.with ?? '');
      case 'confer':
        this.#join(call, wish.with ?? '');
        return none();
      case 'invite':
        return this.#invite(call, wish.number ?? '');
      case 'lock':
        this.#change(call, (conference) => ({ ...conference, is_locked: wish.is_locked === true }));
        return none();
      case 'park':
        return this.#parkCall(call, wish.slot ?? null);
      default:
        this.#deed(call, what, leg, wish);
        return none();
    }
  }

  #deed(call: string, what: string, leg: number, wish: Wish): void {
    const change = (some: Partial<Member>) =>
      this.#change(call, (conference) => ({
        ...conference,
        members: conference.members.map((each) => (each.leg === leg ? { ...each, ...some } : each)),
      }));
    if (what === 'mute') change({ is_muted: wish.is_on === true });
    else if (what === 'hand') change({ hand_is_up: wish.is_up === true });
    else if (what === 'admit') change({ presence: 'present' });
    else {
      this.#change(call, (conference) => ({
        ...conference,
        members: conference.members.filter((each) => each.leg !== leg),
      }));
    }
  }

  #change(call: string, change: (conference: Conference) => Conference): void {
    const conference = this.#company.features.conferences.find((each) => each.call === call);
    if (conference !== undefined) this.confer(change(conference));
  }

  #connect(call: string, other: string): Response {
    const party = this.#otherOf(call);
    const to = this.#otherOf(other);
    if (this.#company.oneNumber.unreachable.has(0)) return problem(409, 'not-now');
    this.#end(call);
    this.#end(other);
    this.#tell({ type: 'transferred', party, to, end: 'connected' });
    return none();
  }

  #join(call: string, into: string): void {
    const members = [this.#me(), this.#member(this.#otherOf(into)), this.#member(this.#otherOf(call))];
    const known = this.#company.features.conferences.find((each) => each.call === into);
    this.#end(call);
    const last = members.slice(-1);
    this.#confers(into, known === undefined ? members : [...known.members, ...last]);
  }

  #confers(call: string, members: Member[]): void {
    const other = { number: '', name: 'Conference', user_id: null };
    const { live } = this.#company.oneNumber;
    this.#calls.become(
      live.map((each) => (each.call === call ? { ...each, state: 'conferring', other } : each)),
    );
    this.confer({ call, room_id: null, is_locked: false, members });
  }

  #invite(call: string, number: string): Response {
    const user = this.#company.users.find(({ extension }) => extension === number);
    const guest = this.#member({ number, name: user?.name ?? null, user_id: user?.id ?? null });
    const known = this.#company.features.conferences.find((each) => each.call === call);
    const members = known?.members ?? [this.#me(), this.#member(this.#otherOf(call))];
    this.#confers(call, [...members, { ...guest, presence: 'invited' }]);
    return none();
  }

  #parkCall(call: string, wished: number | null): Response {
    const { parked, parking } = this.#company.features;
    const slots = Array.from({ length: parking.slots }, (_, index) => index + 1);
    const slot = wished ?? slots.find((each) => !parked.some((other) => other.slot === each));
    if (slot === undefined) return problem(409, 'not-now');
    const party = this.#otherOf(call);
    const { id, name, extension } = this.#company.me;
    const by = { number: extension ?? '', name, user_id: id };
    this.#end(call);
    this.park([...parked, { call, slot, party, by, since: new Date().toISOString() }]);
    return none();
  }

  #takeParked(slot: number, { device_id = 0 }: Wish): Response {
    const { oneNumber, features } = this.#company;
    oneNumber.asked.push(`take parked ${slot} ${device_id}`);
    const taken = features.parked.find((each) => each.slot === slot);
    if (taken === undefined) return problem(404, 'not-found');
    if (oneNumber.unreachable.has(device_id)) return problem(409, 'device-unreachable');
    this.park(features.parked.filter((each) => each !== taken));
    this.#begin(taken.call, taken.party, device_id);
    return none();
  }

  #pickUp(call: string, { device_id = 0 }: Wish): Response {
    const { oneNumber, features } = this.#company;
    oneNumber.asked.push(`pick up ${call} ${device_id}`);
    const taken = features.pickUps.find((each) => each.call === call);
    if (taken === undefined) return problem(404, 'not-found');
    features.pickUps = features.pickUps.filter((each) => each !== taken);
    this.#tell({ type: 'pick_ups', pick_ups: features.pickUps });
    this.#begin(call, taken.from, device_id);
    return none();
  }

  #callBacks(method: string, id: string, { number = '' }: Wish): Response {
    const { features, oneNumber, users } = this.#company;
    if (method === 'GET') return json({ call_backs: features.callBacks });
    if (method === 'DELETE') {
      oneNumber.asked.push(`no call back ${id}`);
      features.callBacks = features.callBacks.filter((each) => each.number !== id);
    } else {
      oneNumber.asked.push(`call back ${number}`);
      const user = users.find(({ extension }) => extension === number);
      if (user === undefined) return problem(404, 'not-found');
      features.callBacks = [...features.callBacks, { user_id: user.id, name: user.name, number }];
    }
    this.#tell({ type: 'call_backs', call_backs: features.callBacks });
    return none();
  }

  #begin(call: string, other: Other, device_id: number): void {
    const live: LiveCall = liveCall({ call, state: 'talking', device_ids: [device_id], other });
    this.#calls.become([...this.#company.oneNumber.live, live]);
  }

  #end(call: string): void {
    this.#calls.become(this.#company.oneNumber.live.filter((each) => each.call !== call));
    this.#hangUp(call);
  }

  #otherOf(call: string): Other {
    const live = this.#company.oneNumber.live.find((each) => each.call === call);
    const number = call.replace(/^journal-/, '');
    const user = this.#company.users.find(({ extension }) => extension === number);
    return live?.other ?? { number, name: user?.name ?? null, user_id: user?.id ?? null };
  }

  #me(): Member {
    const { id, name, extension } = this.#company.me;
    const party = { number: extension ?? '', name, user_id: id };
    return { ...this.#member(party), is_host: true, is_me: true };
  }

  #member(party: Other): Member {
    this.#legs += 1;
    return { ...member(this.#legs, party), since: new Date().toISOString() };
  }
}
