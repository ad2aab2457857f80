/** Call features: what the server's document does not describe yet, written by hand, and the requests for it. */
import type { components } from './schema.d.ts';

type Schemas = components['schemas'];
type Snapshot = Extract<Schemas['Event'], { type: 'snapshot' }>;
export type Other = Schemas['LiveCall']['other'];

export type LiveCallState = Schemas['LiveCallState'] | 'conferring' | 'waiting';
export type LiveCall = Omit<Schemas['LiveCall'], 'state'> & { state: LiveCallState };

/** How far somebody is on their way into a conference; `away`: they hold. */
export type Presence = 'invited' | 'waiting' | 'present' | 'away';
export interface Member {
  leg: number;
  party: Other;
  presence: Presence;
  is_host: boolean;
  is_muted: boolean;
  hand_is_up: boolean;
  since: string;
  is_me: boolean;
}
export interface Conference {
  call: string;
  room_id: number | null;
  is_locked: boolean;
  /** None: it is over. */
  members: Member[];
}
/** How loud somebody speaks, in dB below the loudest that there is: 0 is loudest, -127 is silence. */
export interface Level {
  leg: number;
  dbov: number;
}
export interface ParkedCall {
  call: string;
  slot: number;
  party: Other;
  by: Other;
  since: string;
}
/** A call that rings at somebody of one's group. */
export interface PickUp {
  call: string;
  at_user_id: number;
  from: Other;
  since: string;
}
export interface CallBack {
  user_id: number;
  name: string;
  number: string;
}
export type TransferEnd = 'connected' | 'busy' | 'no_answer' | 'failed' | 'party_left';
export interface Transferred {
  type: 'transferred';
  party: Other;
  to: Other;
  end: TransferEnd;
}

interface FeatureSnapshot {
  conferences: Conference[];
  parked: ParkedCall[];
  pick_ups: PickUp[];
  call_backs: CallBack[];
}
type FeatureEvent =
  | { type: 'conference'; conference: Conference }
  | { type: 'speaking'; call: string; levels: Level[] }
  | { type: 'parked'; parked: ParkedCall[] }
  | { type: 'pick_ups'; pick_ups: PickUp[] }
  | { type: 'call_backs'; call_backs: CallBack[] }
  | Transferred;
export type ServerEvent =
  | Exclude<Schemas['Event'], { type: 'snapshot' | 'calls' }>
  | (Omit<Snapshot, 'calls'> & { calls: LiveCall[] } & FeatureSnapshot)
  | { type: 'calls'; calls: LiveCall[] }
  | FeatureEvent;

export type ForwardCase = 'always' | 'busy' | 'no_answer' | 'unreachable';
export type Callers = 'anybody' | 'inside' | 'outside' | 'anonymous' | 'these';
export interface Forward {
  is_on: boolean;
  when: ForwardCase;
  /** Only where nobody answers. */
  after_s: number | null;
  from: Callers;
  /** Only for `these`. */
  numbers: string[];
  during: { profile_id: number; is_open: boolean } | null;
  to: string;
}
export interface Reaching {
  forwards: Forward[];
  do_not_disturb: { is_on: boolean; except: string[] };
  rejects_anonymous: boolean;
}
/** A call that nobody has made; `from`: `null` without a number; `at`: `null` now; `reaching`: `null` as it is saved. */
export interface Supposed {
  from: string | null;
  at: string | null;
  reaching: Reaching | null;
}
export interface ReachStep {
  code: string;
  text: string;
  values: Record<string, string>;
}

export interface TimeProfile {
  id: number;
  name: string;
  windows: Schemas['CallingWindow'][];
  region: string | null;
  closed_days: string[];
}
export type NewTimeProfile = Omit<TimeProfile, 'id'>;
export interface Region {
  region: string;
  name: string;
}
export interface Holiday {
  date: string;
  name: string;
}
export interface Room {
  id: number;
  name: string;
  extension: string;
  pin: string | null;
  host_ids: number[];
  waits_for_host: boolean;
  has_tones: boolean;
  members_max: number;
}
export type NewRoom = Omit<Room, 'id'>;
export interface PickUpGroup {
  id: number;
  name: string;
  member_ids: number[];
}
export type NewPickUpGroup = Omit<PickUpGroup, 'id'>;
export interface Parking {
  slots: number;
  rings_back_after_s: number;
}
export type FeatureName =
  | 'echo_test'
  | 'music'
  | 'take_call'
  | 'send_call'
  | 'conference'
  | 'pick_up'
  | 'pick_up_group'
  | 'park'
  | 'call_back'
  | 'intercom'
  | 'redial'
  | 'return_call'
  | 'forward_always'
  | 'forward_busy'
  | 'forward_no_answer'
  | 'forward_unreachable'
  | 'do_not_disturb'
  | 'reject_anonymous'
  | 'desk_share';
export interface Feature {
  name: FeatureName;
  code: string;
  usual_code: string;
  takes: 'nothing' | 'maybe' | 'extension';
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
/** Asks the server; rejects when it says no. `undefined` where it answers without a word. */
export type Send = (method: Method, path: string, body?: unknown) => Promise<unknown>;
export type FeaturesApi = ReturnType<typeof createFeaturesApi>;

export function createFeaturesApi(send: Send) {
  const ask = async <T>(method: Method, path: string, body?: unknown): Promise<T> =>
    (await send(method, path, body)) as T;
  const tell = async (method: Method, path: string, body?: unknown): Promise<void> => {
    await send(method, path, body);
  };
  const inCall = (call: string, what: string, body?: unknown) =>
    tell('POST', `/me/live-calls/${encodeURIComponent(call)}/${what}`, body);
  return {
    /** Connects the other sides of two calls with each other, and leaves both. */
    connectCalls: (call: string, other: string) => inCall(call, 'connect', { with: other }),
    /** Puts a call's other side into the conference that `other` is or becomes. */
    confer: (call: string, other: string) => inCall(call, 'confer', { with: other }),
    invite: (call: string, number: string) => inCall(call, 'invite', { number }),
    muteMember: (call: string, leg: number, is_on: boolean) => inCall(call, `members/${leg}/mute`, { is_on }),
    raiseHand: (call: string, leg: number, is_up: boolean) => inCall(call, `members/${leg}/hand`, { is_up }),
    removeMember: (call: string, leg: number) => inCall(call, `members/${leg}/remove`),
    admitMember: (call: string, leg: number) => inCall(call, `members/${leg}/admit`),
    lockConference: (call: string, is_locked: boolean) => inCall(call, 'lock', { is_locked }),
    /** `slot`: `null` for the first one that is free. */
    park: (call: string, slot: number | null) => inCall(call, 'park', { slot }),
    takeParked: (slot: number, device_id: number) => tell('POST', `/me/parked/${slot}/take`, { device_id }),
    pickUp: (call: string, device_id: number) =>
      tell('POST', `/me/pick-ups/${encodeURIComponent(call)}/answer`, { device_id }),
    wantCallBack: (number: string) => tell('POST', '/me/call-backs', { number }),
    cancelCallBack: (number: string) => tell('DELETE', `/me/call-backs/${encodeURIComponent(number)}`),

    reaching: () => ask<Reaching>('GET', '/me/reaching'),
    changeReaching: (reaching: Reaching) => ask<Reaching>('PUT', '/me/reaching', reaching),
    reachingOf: (user: number) => ask<Reaching>('GET', `/users/${user}/reaching`),
    changeReachingOf: (user: number, reaching: Reaching) =>
      ask<Reaching>('PUT', `/users/${user}/reaching`, reaching),
    /** What would happen to a call; `user`: `null` to oneself. */
    simulateReaching: async (user: number | null, supposed: Supposed): Promise<ReachStep[]> => {
      const whose = user === null ? '/me' : `/users/${user}`;
      return (await ask<{ steps: ReachStep[] }>('POST', `${whose}/reaching/simulate`, supposed)).steps;
    },

    timeProfiles: async () => (await ask<{ profiles: TimeProfile[] }>('GET', '/time-profiles')).profiles,
    addTimeProfile: (profile: NewTimeProfile) => ask<TimeProfile>('POST', '/time-profiles', profile),
    changeTimeProfile: (id: number, profile: NewTimeProfile) =>
      ask<TimeProfile>('PATCH', `/time-profiles/${id}`, profile),
    deleteTimeProfile: (id: number) => tell('DELETE', `/time-profiles/${id}`),
    regions: async () => (await ask<{ regions: Region[] }>('GET', '/holidays/regions')).regions,
    holidays: async (region: string, year: number) =>
      (
        await ask<{ holidays: Holiday[] }>(
          'GET',
          `/holidays?region=${encodeURIComponent(region)}&year=${year}`,
        )
      ).holidays,
    rooms: async () => (await ask<{ rooms: Room[] }>('GET', '/rooms')).rooms,
    addRoom: (room: NewRoom) => ask<Room>('POST', '/rooms', room),
    changeRoom: (id: number, room: NewRoom) => ask<Room>('PATCH', `/rooms/${id}`, room),
    deleteRoom: (id: number) => tell('DELETE', `/rooms/${id}`),
    pickUpGroups: async () => (await ask<{ groups: PickUpGroup[] }>('GET', '/pick-up-groups')).groups,
    addPickUpGroup: (group: NewPickUpGroup) => ask<PickUpGroup>('POST', '/pick-up-groups', group),
    changePickUpGroup: (id: number, group: NewPickUpGroup) =>
      ask<PickUpGroup>('PATCH', `/pick-up-groups/${id}`, group),
    deletePickUpGroup: (id: number) => tell('DELETE', `/pick-up-groups/${id}`),
    parking: () => ask<Parking>('GET', '/parking'),
    changeParking: (parking: Parking) => ask<Parking>('PUT', '/parking', parking),
    features: async () => (await ask<{ features: Feature[] }>('GET', '/features')).features,
    changeFeature: (name: FeatureName, code: string) => tell('PUT', `/features/${name}`, { code }),
    /** Back to the usual code. */
    resetFeature: (name: FeatureName) => tell('DELETE', `/features/${name}`),
  };
}
