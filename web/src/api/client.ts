/** The REST adapter: one function per thing the app asks of the server, typed by the OpenAPI document. */
import createClient from 'openapi-fetch';
import type { RelayPass } from '../phone/iceServers.ts';
import type { OwnSide } from '../phone/ownSide.ts';
import { createAttendantApi } from './attendant.ts';
import { createDoctorApi } from './doctor.ts';
import { createFeaturesApi } from './features.ts';
import { networkOf } from './network.ts';
import { createRecordingsApi } from './recordings.ts';
import type { paths } from './schema.d.ts';
import type {
  AuditEntry,
  Calling,
  CallRoute,
  ChangedDevice,
  ChangedTrunk,
  ChangedUser,
  Device,
  Explanation,
  InboundNumber,
  JournalCall,
  Me,
  Network,
  NewDevice,
  NewInboundNumber,
  NewRoute,
  NewTeam,
  NewTrunk,
  NewUser,
  NotAudio,
  NumberPlan,
  Place,
  Problem,
  Ringing,
  Team,
  Trunk,
  TrunkProfiles,
  TrunkTest,
  User,
} from './types.ts';
import { sendFile, type Send } from './upload.ts';

/** The server said no, and said why. */
export class Refused extends Error {
  readonly status: number;
  /** The stable id of the reason: `wrong-password`, `locked-out`, `not-signed-in`, … */
  readonly code: string;
  readonly fields: readonly { field: string; message: string }[];
  /** Which of several causes of one `code`, where the server tells them apart. */
  readonly reason: NotAudio | null;
  /** Seconds to wait, where the server asks for that. */
  readonly retry_after_s: number | null;

  constructor(response: Response, problem: Partial<Problem>) {
    super(problem.detail ?? problem.title ?? `HTTP ${response.status}`);
    this.status = response.status;
    this.code = problem.code ?? codeOf(response.status);
    this.fields = problem.errors ?? [];
    this.reason = problem.reason ?? null;
    const header = response.headers.get('Retry-After');
    this.retry_after_s = header === null || !/^\d+$/.test(header) ? null : Number(header);
  }
}

/** Nothing came back: no network, or no server. */
export class ServerAway extends Error {
  constructor(cause: unknown) {
    super('the server cannot be reached', { cause });
  }
}

export type Fetch = (request: Request) => Promise<Response>;
export type Api = ReturnType<typeof createApi>;

/** `send`: how files go out. */
export function createApi(fetch: Fetch, origin: string, send: Send = sendFile) {
  const onSignedOut = new Set<() => void>();
  const reach: Fetch = async (request) => {
    try {
      return await fetch(request);
    } catch (cause) {
      throw new ServerAway(cause);
    }
  };
  const client = createClient<paths>({ baseUrl: origin, credentials: 'same-origin', fetch: reach });
  const refusal = ({ response, error }: Result<unknown>): Refused => {
    const problem = typeof error === 'object' && error !== null ? (error as Partial<Problem>) : {};
    const refused = new Refused(response, problem);
    if (refused.code === 'not-signed-in') for (const told of onSignedOut) told();
    return refused;
  };
  const given = <T>(result: Result<T>): T => {
    if (result.data === undefined) throw refusal(result);
    return result.data;
  };
  const done = (result: Result<unknown>): void => {
    if (!result.response.ok) throw refusal(result);
  };
  return {
    ...createFeaturesApi({ client, given, done }),
    ...createRecordingsApi({ client, given, done }, origin),
    ...createAttendantApi({ client, given, done }, origin, send),
    ...createDoctorApi({ client, given, done }),
    /** Calls back when a request is refused because the session is over. Returns the function that ends that. */
    onSignedOut(told: () => void): () => void {
      onSignedOut.add(told);
      return () => onSignedOut.delete(told);
    },
    /** The signed-in person, or `null`. */
    async session(): Promise<Me | null> {
      const result = await client.GET('/api/v1/session');
      return result.response.status === 401 ? null : given(result).user;
    },
    async signIn(name: string, password: string): Promise<Me> {
      return given(await client.POST('/api/v1/session', { body: { name, password } })).user;
    },
    async signOut(): Promise<void> {
      done(await client.DELETE('/api/v1/session'));
    },
    async changePassword(current: string, next: string): Promise<void> {
      done(await client.PUT('/api/v1/me/password', { body: { current, new: next } }));
    },
    async users(): Promise<User[]> {
      return given(await client.GET('/api/v1/users')).users;
    },
    async addUser(user: NewUser): Promise<User> {
      return given(await client.POST('/api/v1/users', { body: user }));
    },
    async changeUser(id: number, user: ChangedUser): Promise<User> {
      return given(await client.PATCH('/api/v1/users/{id}', { params: { path: { id } }, body: user }));
    },
    async deleteUser(id: number): Promise<void> {
      done(await client.DELETE('/api/v1/users/{id}', { params: { path: { id } } }));
    },
    async devices(): Promise<Device[]> {
      return given(await client.GET('/api/v1/devices')).devices;
    },
    async addDevice(device: NewDevice): Promise<{ device: Device; secret: string }> {
      return given(await client.POST('/api/v1/devices', { body: device }));
    },
    async changeDevice(id: number, device: ChangedDevice): Promise<Device> {
      return given(await client.PATCH('/api/v1/devices/{id}', { params: { path: { id } }, body: device }));
    },
    async deleteDevice(id: number): Promise<void> {
      done(await client.DELETE('/api/v1/devices/{id}', { params: { path: { id } } }));
    },
    async renewSecret(id: number): Promise<string> {
      return given(await client.POST('/api/v1/devices/{id}/secret', { params: { path: { id } } })).secret;
    },
    /** Has a phone call a number: it rings or answers by itself first. Returns the call's id. */
    async dialAt(device_id: number, number: string): Promise<string> {
      return given(await client.POST('/api/v1/me/live-calls', { body: { device_id, number } })).call;
    },
    /** Answers at a phone, moves to it, or takes there what a member of one's team holds. */
    async callAt(call: string, what: 'answer' | 'move' | 'take', device_id: number): Promise<void> {
      const asked = { params: { path: { call } }, body: { device_id } };
      done(await client.POST(`/api/v1/me/live-calls/{call}/${what}`, asked));
    },
    async controlCall(call: string, what: 'decline' | 'hold' | 'resume' | 'hang-up'): Promise<void> {
      done(await client.POST(`/api/v1/me/live-calls/{call}/${what}`, { params: { path: { call } } }));
    },
    /** How this browser's side of a call is. */
    async tellOwnSide(call: string, side: OwnSide): Promise<void> {
      const asked = { params: { path: { call } }, body: side };
      done(await client.POST('/api/v1/me/live-calls/{call}/browser', asked));
    },
    async sendDigits(call: string, digits: string): Promise<void> {
      const params = { path: { call } };
      done(await client.POST('/api/v1/me/live-calls/{call}/digits', { params, body: { digits } }));
    },
    async transferCall(call: string, number: string): Promise<void> {
      const params = { path: { call } };
      done(await client.POST('/api/v1/me/live-calls/{call}/transfer', { params, body: { number } }));
    },
    async place(): Promise<Place> {
      return given(await client.GET('/api/v1/me/place'));
    },
    /** Brings one's number from the browser to one's shared phone. */
    async cancelMobility(): Promise<void> {
      done(await client.POST('/api/v1/me/place/cancel-mobility'));
    },
    /** Takes one's number away from the shared phone that one has logged on at. */
    async logOff(): Promise<void> {
      done(await client.POST('/api/v1/me/place/log-off'));
    },
    async ringing(): Promise<Ringing> {
      return given(await client.GET('/api/v1/me/ringing'));
    },
    async changeRinging(ringing: Ringing): Promise<Ringing> {
      return given(await client.PUT('/api/v1/me/ringing', { body: ringing }));
    },
    async ringingOf(user: number): Promise<Ringing> {
      return given(await client.GET('/api/v1/users/{id}/ringing', { params: { path: { id: user } } }));
    },
    async changeRingingOf(user: number, ringing: Ringing): Promise<Ringing> {
      const params = { path: { id: user } };
      return given(await client.PUT('/api/v1/users/{id}/ringing', { params, body: ringing }));
    },
    async setPin(password: string, pin: string): Promise<void> {
      done(await client.PUT('/api/v1/me/pin', { body: { password, pin } }));
    },
    async deletePin(): Promise<void> {
      done(await client.DELETE('/api/v1/me/pin'));
    },
    async setPinOf(user: number, pin: string): Promise<void> {
      done(await client.PUT('/api/v1/users/{id}/pin', { params: { path: { id: user } }, body: { pin } }));
    },
    async teams(): Promise<Team[]> {
      return given(await client.GET('/api/v1/teams')).teams;
    },
    async addTeam(team: NewTeam): Promise<Team> {
      return given(await client.POST('/api/v1/teams', { body: team }));
    },
    async changeTeam(id: number, team: Partial<NewTeam>): Promise<Team> {
      return given(await client.PATCH('/api/v1/teams/{id}', { params: { path: { id } }, body: team }));
    },
    async deleteTeam(id: number): Promise<void> {
      done(await client.DELETE('/api/v1/teams/{id}', { params: { path: { id } } }));
    },
    /** What was changed, youngest first; `before`: only what is older than this entry. */
    async audit(before?: number): Promise<{ entries: AuditEntry[]; next: number | null }> {
      const query = before === undefined ? {} : { before };
      return given(await client.GET('/api/v1/audit', { params: { query } }));
    },
    async calls(before?: string): Promise<{ calls: JournalCall[]; next: string | null }> {
      const query = before === undefined ? { limit: 30 } : { limit: 30, before };
      const { calls, next } = given(await client.GET('/api/v1/calls', { params: { query } }));
      return { calls, next };
    },
    /** Everybody's calls, newest first; for administrators. */
    async allCalls(before?: string): Promise<{ calls: JournalCall[]; next: string | null }> {
      const query = { limit: 50, all: true, ...(before === undefined ? {} : { before }) };
      const { calls, next } = given(await client.GET('/api/v1/calls', { params: { query } }));
      return { calls, next };
    },
    async network(): Promise<Network> {
      return networkOf(given(await client.GET('/api/v1/network')));
    },
    /** Has the server look at its network again; it says no when it has just done so. */
    async probeNetwork(): Promise<void> {
      done(await client.POST('/api/v1/network/probe'));
    },
    async trunks(): Promise<Trunk[]> {
      return given(await client.GET('/api/v1/trunks')).trunks;
    },
    async addTrunk(trunk: NewTrunk): Promise<Trunk> {
      return given(await client.POST('/api/v1/trunks', { body: trunk }));
    },
    async changeTrunk(id: number, trunk: ChangedTrunk): Promise<Trunk> {
      const params = { path: { id } };
      return given(await client.PATCH('/api/v1/trunks/{id}', { params, body: trunk }));
    },
    async deleteTrunk(id: number): Promise<void> {
      done(await client.DELETE('/api/v1/trunks/{id}', { params: { path: { id } } }));
    },
    /** Has the server try a trunk step by step; it says no while it does so already. `echo_number`: for the call at the end. */
    async testTrunk(id: number, echo_number: string | null): Promise<TrunkTest> {
      const params = { path: { id } };
      return given(await client.POST('/api/v1/trunks/{id}/test', { params, body: { echo_number } }));
    },
    /** What the last test of a trunk has found so far; `null` when there was none. */
    async trunkTest(id: number): Promise<TrunkTest | null> {
      const result = await client.GET('/api/v1/trunks/{id}/test', { params: { path: { id } } });
      return result.response.status === 404 ? null : given(result);
    },
    async trunkProfiles(): Promise<TrunkProfiles> {
      return given(await client.GET('/api/v1/trunk-profiles'));
    },
    async routes(): Promise<CallRoute[]> {
      return given(await client.GET('/api/v1/routes')).routes;
    },
    async addRoute(route: NewRoute): Promise<CallRoute> {
      return given(await client.POST('/api/v1/routes', { body: route }));
    },
    async changeRoute(id: number, route: NewRoute): Promise<CallRoute> {
      return given(await client.PATCH('/api/v1/routes/{id}', { params: { path: { id } }, body: route }));
    },
    async deleteRoute(id: number): Promise<void> {
      done(await client.DELETE('/api/v1/routes/{id}', { params: { path: { id } } }));
    },
    /** Puts all routes into an order; `ids` has each once. */
    async orderRoutes(ids: number[]): Promise<CallRoute[]> {
      return given(await client.PUT('/api/v1/routes/order', { body: { ids } })).routes;
    },
    async numbers(): Promise<InboundNumber[]> {
      return given(await client.GET('/api/v1/numbers')).numbers;
    },
    async addNumber(number: NewInboundNumber): Promise<InboundNumber> {
      return given(await client.POST('/api/v1/numbers', { body: number }));
    },
    async deleteNumber(id: number): Promise<void> {
      done(await client.DELETE('/api/v1/numbers/{id}', { params: { path: { id } } }));
    },
    async numberPlan(): Promise<NumberPlan> {
      return given(await client.GET('/api/v1/number-plan'));
    },
    async changeNumberPlan(plan: NumberPlan): Promise<NumberPlan> {
      return given(await client.PUT('/api/v1/number-plan', { body: plan }));
    },
    /** What would happen if somebody dialled a number now. */
    async explain(extension: string, dialled: string): Promise<Explanation> {
      const body = { extension, dialled };
      return given(await client.POST('/api/v1/number-plan/explain', { body }));
    },
    async calling(user: number): Promise<Calling> {
      return given(await client.GET('/api/v1/users/{id}/calling', { params: { path: { id: user } } }));
    },
    async changeCalling(user: number, calling: Calling): Promise<Calling> {
      const params = { path: { id: user } };
      return given(await client.PUT('/api/v1/users/{id}/calling', { params, body: calling }));
    },
    /** What lets this person's calls use the relay for a while. */
    async relayPass(): Promise<RelayPass> {
      return given(await client.GET('/api/v1/me/relay'));
    },
  };
}

interface Result<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

function codeOf(status: number): string {
  switch (status) {
    case 401:
      return 'not-signed-in';
    case 403:
      return 'not-permitted';
    case 404:
      return 'not-found';
    case 429:
      return 'locked-out';
    default:
      return status >= 500 ? 'failed' : 'invalid';
  }
}
