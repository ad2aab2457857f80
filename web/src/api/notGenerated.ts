/** What the server's document does not bring yet, by hand: devices by person and place, calls under control, teams, the log. Once
 * `npm run generate` brings it, this file goes and `types.ts` names the generated types. */
import type { components, paths } from './schema.d.ts';

type Schemas = components['schemas'];

/** When a device rings for its person: `after` seconds, silently until they answer in the app, or never. */
export type Rings = 'after' | 'when_answered' | 'never';
/** Who may log on at a shared phone. */
export interface Shared {
  open_to: 'everybody' | 'people';
  /** With `people`: who. */
  people: number[];
}
/** Whose number a shared phone has. */
export interface Seat {
  user_id: number | null;
  /** Whose it would be, if their number were not with their browser. */
  mobile_user_id: number | null;
}
export interface Device extends Omit<Schemas['Device'], 'user_id'> {
  user_id: number | null;
  /** `null`: an ordinary phone. */
  shared: Shared | null;
  rings: Rings;
  /** Counts with `after`; 0: at once. */
  rings_after_s: number;
  /** `null`: an ordinary phone. */
  seat: Seat | null;
  in_use: boolean;
}
export interface NewDevice extends Omit<Schemas['NewDevice'], 'user_id'> {
  user_id: number | null;
  shared: Shared | null;
}
export type ChangedDevice = Partial<Pick<Device, 'label' | 'user_id' | 'shared' | 'rings' | 'rings_after_s'>>;

export type User = Schemas['User'] & { has_pin: boolean };
export interface Me extends Omit<Schemas['Me'], 'server'> {
  server: Schemas['Server'] & {
    desk_share: string | null;
    take_call: string | null;
    send_call: string | null;
  };
}

export type WhileBusy = 'call_waiting' | 'ring_others' | 'busy';
/** How somebody is reached. */
export interface Ringing {
  while_busy: WhileBusy;
  mobile: { number: string; delay_s: number } | null;
}

/** Where one's number is. */
export interface Place {
  at: 'browser' | 'desk_phone' | 'nowhere';
  device_id: number | null;
  /** The shared phones at which it can be. */
  phones: { id: number; label: string }[];
}

export type LiveCallState = 'lifting' | 'dialling' | 'ringing' | 'talking' | 'holding' | 'held' | 'moving';
export interface Other {
  number: string;
  name: string | null;
  user_id: number | null;
}
/** One of one's own calls, at whichever device. */
export interface LiveCall {
  /** As in the journal. */
  call: string;
  side: 'caller' | 'called';
  state: LiveCallState;
  /** One's devices that are in it, or ring. */
  device_ids: number[];
  other: Other;
  team_id: number | null;
  begun_at: string;
  answered_at: string | null;
}
/** Somebody on a team's line. */
export interface LineCall {
  call: string;
  state: LiveCallState;
  by_user_id: number | null;
  device_id: number | null;
  other: Other;
  begun_at: string;
}

export type TeamOrder = 'all' | 'in_turn' | 'longest_idle';
/** A person with all their phones, or one phone that is nobody's. */
export interface TeamMember {
  user_id: number | null;
  device_id: number | null;
  rings: boolean;
}
export interface NewTeam {
  name: string;
  extension: string;
  has_line: boolean;
  order: TeamOrder;
  turn_s: number;
  members: TeamMember[];
  busy_when: 'all' | 'first';
  overflow: { after_s: number; number: string } | null;
  night: { day: Schemas['CallingWindow'][]; number: string } | null;
}
export interface Team extends NewTeam {
  id: number;
}

export type AuditVia = 'app' | 'phone' | 'command_line' | 'api';
/** One thing that somebody has changed. */
export interface AuditEntry {
  id: number;
  at: string;
  by_user_id: number | null;
  by_name: string;
  via: AuditVia;
  action: string;
  subject: string;
  details: Record<string, unknown>;
}

type Snapshot = Extract<Schemas['Event'], { type: 'snapshot' }> & {
  calls: LiveCall[];
  lines: { team_id: number; calls: LineCall[] }[];
  seats: ({ device_id: number } & Seat)[];
};
export type ServerEvent =
  | Exclude<Schemas['Event'], { type: 'snapshot' }>
  | Snapshot
  | { type: 'calls'; calls: LiveCall[] }
  | { type: 'team_line'; team_id: number; calls: LineCall[] }
  | ({ type: 'seated'; device_id: number } & Seat);

interface Answer<Content> {
  headers: Record<string, unknown>;
  content: { 'application/json': Content };
}
interface Nothing {
  headers: Record<string, unknown>;
  content?: never;
}
/** What a request carries besides its body. */
interface Carries<Path, Query> {
  parameters: {
    query?: Query;
    header?: never;
    cookie?: never;
  } & (Path extends undefined ? { path?: never } : { path: Path });
}
type Ask<Path, Query, Responses> = Carries<Path, Query> & { requestBody?: never; responses: Responses };
type Send<Path, Body, Responses> = Carries<Path, never> & {
  requestBody: { content: { 'application/json': Body } };
  responses: Responses;
};
type Get<Content> = Ask<undefined, never, { 200: Answer<Content> }>;
type Do = Ask<undefined, never, { 204: Nothing }>;
interface Of {
  id: number;
}
interface OfCall {
  call: string;
}
type OfDevice = Send<OfCall, { device_id: number }, { 204: Nothing }>;
type Bare = Ask<OfCall, never, { 204: Nothing }>;

interface WrittenByHand {
  '/api/v1/session': {
    get: Get<{ expires_at: string; user: Me }>;
    post: Send<undefined, Schemas['Credentials'], { 200: Answer<{ token: string; user: Me }> }>;
    delete: Do;
  };
  '/api/v1/users': {
    get: Get<{ users: User[] }>;
    post: Send<undefined, Schemas['NewUser'], { 201: Answer<User> }>;
  };
  '/api/v1/users/{id}': {
    patch: Send<Of, Schemas['ChangedUser'], { 200: Answer<User> }>;
    delete: Ask<Of, never, { 204: Nothing }>;
  };
  '/api/v1/users/{id}/pin': {
    put: Send<Of, { pin: string }, { 204: Nothing }>;
    delete: Ask<Of, never, { 204: Nothing }>;
  };
  '/api/v1/users/{id}/ringing': {
    get: Ask<Of, never, { 200: Answer<Ringing> }>;
    put: Send<Of, Ringing, { 200: Answer<Ringing> }>;
  };
  '/api/v1/devices': {
    get: Get<{ devices: Device[] }>;
    post: Send<undefined, NewDevice, { 201: Answer<{ device: Device; secret: string }> }>;
  };
  '/api/v1/devices/{id}': {
    patch: Send<Of, ChangedDevice, { 200: Answer<Device> }>;
    delete: Ask<Of, never, { 204: Nothing }>;
  };
  '/api/v1/me/ringing': {
    get: Get<Ringing>;
    put: Send<undefined, Ringing, { 200: Answer<Ringing> }>;
  };
  '/api/v1/me/pin': {
    put: Send<undefined, { password: string; pin: string }, { 204: Nothing }>;
    delete: Do;
  };
  '/api/v1/me/place': { get: Get<Place> };
  '/api/v1/me/place/cancel-mobility': { post: Do };
  '/api/v1/me/place/log-off': { post: Do };
  '/api/v1/me/live-calls': {
    get: Get<{ calls: LiveCall[] }>;
    post: Send<undefined, { device_id: number; number: string }, { 202: Answer<{ call: string }> }>;
  };
  '/api/v1/me/live-calls/{call}/answer': { post: OfDevice };
  '/api/v1/me/live-calls/{call}/move': { post: OfDevice };
  '/api/v1/me/live-calls/{call}/take': { post: OfDevice };
  '/api/v1/me/live-calls/{call}/decline': { post: Bare };
  '/api/v1/me/live-calls/{call}/hold': { post: Bare };
  '/api/v1/me/live-calls/{call}/resume': { post: Bare };
  '/api/v1/me/live-calls/{call}/hang-up': { post: Bare };
  '/api/v1/me/live-calls/{call}/digits': { post: Send<OfCall, { digits: string }, { 204: Nothing }> };
  '/api/v1/me/live-calls/{call}/transfer': { post: Send<OfCall, { number: string }, { 204: Nothing }> };
  '/api/v1/teams': {
    get: Get<{ teams: Team[] }>;
    post: Send<undefined, NewTeam, { 201: Answer<Team> }>;
  };
  '/api/v1/teams/{id}': {
    patch: Send<Of, NewTeam, { 200: Answer<Team> }>;
    delete: Ask<Of, never, { 204: Nothing }>;
  };
  '/api/v1/audit': {
    get: Ask<undefined, { before?: number }, { 200: Answer<{ entries: AuditEntry[]; next: number | null }> }>;
  };
}

/** Every path, with those by hand in the place of the generated ones. */
export type Paths = Omit<paths, keyof WrittenByHand> & WrittenByHand;
