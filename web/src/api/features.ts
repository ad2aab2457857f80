/** The REST adapter's part about call features: calls that belong together, how one is reached, what the company shares. */
import type { Client } from 'openapi-fetch';
import type { paths } from './schema.d.ts';
import type {
  Feature,
  FeatureName,
  Holiday,
  NewPickUpGroup,
  NewRoom,
  NewTimeProfile,
  Parking,
  PickUpGroup,
  Reaching,
  ReachStep,
  Region,
  Room,
  Supposed,
  TimeProfile,
} from './types.ts';

interface Result<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** How the adapter asks; every function rejects when the server says no. */
export interface Asking {
  client: Client<paths>;
  /** The answer. */
  given: <T>(result: Result<T>) => T;
  done: (result: Result<unknown>) => void;
}

export function createFeaturesApi(asking: Asking) {
  return { ...joinedCalls(asking), ...reachingApi(asking), ...company(asking), ...codes(asking) };
}

function joinedCalls({ client, done }: Asking) {
  return {
    /** Connects the other sides of two calls with each other, and leaves both. */
    async connectCalls(call: string, other: string): Promise<void> {
      const asked = { params: { path: { call } }, body: { with: other } };
      done(await client.POST('/api/v1/me/live-calls/{call}/connect', asked));
    },
    /** Puts a call's other side into the conference that `other` is or becomes. */
    async confer(call: string, other: string): Promise<void> {
      const asked = { params: { path: { call } }, body: { with: other } };
      done(await client.POST('/api/v1/me/live-calls/{call}/confer', asked));
    },
    async invite(call: string, number: string): Promise<void> {
      const asked = { params: { path: { call } }, body: { number } };
      done(await client.POST('/api/v1/me/live-calls/{call}/invite', asked));
    },
    async muteMember(call: string, leg: number, is_on: boolean): Promise<void> {
      const asked = { params: { path: { call, leg } }, body: { is_on } };
      done(await client.POST('/api/v1/me/live-calls/{call}/members/{leg}/mute', asked));
    },
    async raiseHand(call: string, leg: number, is_up: boolean): Promise<void> {
      const asked = { params: { path: { call, leg } }, body: { is_up } };
      done(await client.POST('/api/v1/me/live-calls/{call}/members/{leg}/hand', asked));
    },
    async removeMember(call: string, leg: number): Promise<void> {
      const params = { path: { call, leg } };
      done(await client.POST('/api/v1/me/live-calls/{call}/members/{leg}/remove', { params }));
    },
    async admitMember(call: string, leg: number): Promise<void> {
      const params = { path: { call, leg } };
      done(await client.POST('/api/v1/me/live-calls/{call}/members/{leg}/admit', { params }));
    },
    async lockConference(call: string, is_locked: boolean): Promise<void> {
      const asked = { params: { path: { call } }, body: { is_locked } };
      done(await client.POST('/api/v1/me/live-calls/{call}/lock', asked));
    },
    /** `slot`: `null` for the first one that is free. */
    async park(call: string, slot: number | null): Promise<void> {
      const asked = { params: { path: { call } }, body: { slot } };
      done(await client.POST('/api/v1/me/live-calls/{call}/park', asked));
    },
    async takeParked(slot: number, device_id: number): Promise<void> {
      const asked = { params: { path: { slot } }, body: { device_id } };
      done(await client.POST('/api/v1/me/parked/{slot}/take', asked));
    },
    /** Answers what rings at somebody of one's group. */
    async pickUp(call: string, device_id: number): Promise<void> {
      const asked = { params: { path: { call } }, body: { device_id } };
      done(await client.POST('/api/v1/me/pick-ups/{call}/answer', asked));
    },
    async wantCallBack(number: string): Promise<void> {
      done(await client.POST('/api/v1/me/call-backs', { body: { number } }));
    },
    async cancelCallBack(number: string): Promise<void> {
      done(await client.DELETE('/api/v1/me/call-backs/{number}', { params: { path: { number } } }));
    },
  };
}

function reachingApi({ client, given }: Asking) {
  return {
    async reaching(): Promise<Reaching> {
      return given(await client.GET('/api/v1/me/reaching'));
    },
    async changeReaching(reaching: Reaching): Promise<Reaching> {
      return given(await client.PUT('/api/v1/me/reaching', { body: reaching }));
    },
    async reachingOf(user: number): Promise<Reaching> {
      return given(await client.GET('/api/v1/users/{id}/reaching', { params: { path: { id: user } } }));
    },
    async changeReachingOf(user: number, reaching: Reaching): Promise<Reaching> {
      const params = { path: { id: user } };
      return given(await client.PUT('/api/v1/users/{id}/reaching', { params, body: reaching }));
    },
    /** What would happen to a call; `user`: `null` to oneself. */
    async simulateReaching(user: number | null, supposed: Supposed): Promise<ReachStep[]> {
      if (user === null)
        return given(await client.POST('/api/v1/me/reaching/simulate', { body: supposed })).steps;
      const asked = { params: { path: { id: user } }, body: supposed };
      return given(await client.POST('/api/v1/users/{id}/reaching/simulate', asked)).steps;
    },
  };
}

function company({ client, given, done }: Asking) {
  return {
    async timeProfiles(): Promise<TimeProfile[]> {
      return given(await client.GET('/api/v1/time-profiles')).time_profiles;
    },
    async addTimeProfile(profile: NewTimeProfile): Promise<TimeProfile> {
      return given(await client.POST('/api/v1/time-profiles', { body: profile }));
    },
    async changeTimeProfile(id: number, changes: Partial<NewTimeProfile>): Promise<TimeProfile> {
      const params = { path: { id } };
      return given(await client.PATCH('/api/v1/time-profiles/{id}', { params, body: changes }));
    },
    async deleteTimeProfile(id: number): Promise<void> {
      done(await client.DELETE('/api/v1/time-profiles/{id}', { params: { path: { id } } }));
    },
    /** Whose public holidays the server knows. */
    async regions(): Promise<Region[]> {
      return given(await client.GET('/api/v1/holidays/regions')).regions;
    },
    async holidays(region: string, year: number): Promise<Holiday[]> {
      const params = { query: { region, year } };
      return given(await client.GET('/api/v1/holidays', { params })).holidays;
    },
    async rooms(): Promise<Room[]> {
      return given(await client.GET('/api/v1/rooms')).rooms;
    },
    async addRoom(room: NewRoom): Promise<Room> {
      return given(await client.POST('/api/v1/rooms', { body: room }));
    },
    async changeRoom(id: number, changes: Partial<NewRoom>): Promise<Room> {
      return given(await client.PATCH('/api/v1/rooms/{id}', { params: { path: { id } }, body: changes }));
    },
    async deleteRoom(id: number): Promise<void> {
      done(await client.DELETE('/api/v1/rooms/{id}', { params: { path: { id } } }));
    },
    async pickUpGroups(): Promise<PickUpGroup[]> {
      return given(await client.GET('/api/v1/pick-up-groups')).pick_up_groups;
    },
    async addPickUpGroup(group: NewPickUpGroup): Promise<PickUpGroup> {
      return given(await client.POST('/api/v1/pick-up-groups', { body: group }));
    },
    async changePickUpGroup(id: number, changes: Partial<NewPickUpGroup>): Promise<PickUpGroup> {
      const params = { path: { id } };
      return given(await client.PATCH('/api/v1/pick-up-groups/{id}', { params, body: changes }));
    },
    async deletePickUpGroup(id: number): Promise<void> {
      done(await client.DELETE('/api/v1/pick-up-groups/{id}', { params: { path: { id } } }));
    },
    async parking(): Promise<Parking> {
      return given(await client.GET('/api/v1/parking'));
    },
    async changeParking(parking: Parking): Promise<Parking> {
      return given(await client.PUT('/api/v1/parking', { body: parking }));
    },
  };
}

const NAMES: Record<FeatureName, true> = {
  echo_test: true,
  music: true,
  take_call: true,
  send_call: true,
  conference: true,
  pick_up: true,
  pick_up_group: true,
  park: true,
  call_back: true,
  intercom: true,
  redial: true,
  return_call: true,
  forward_always: true,
  forward_busy: true,
  forward_no_answer: true,
  forward_unreachable: true,
  do_not_disturb: true,
  reject_anonymous: true,
  desk_share: true,
};

function codes({ client, given, done }: Asking) {
  return {
    /** Those that this version has words for. */
    async features(): Promise<Feature[]> {
      const { features } = given(await client.GET('/api/v1/features'));
      return features.filter((feature): feature is Feature => Object.hasOwn(NAMES, feature.name));
    },
    async changeFeature(name: FeatureName, code: string): Promise<void> {
      given(await client.PUT('/api/v1/features/{name}', { params: { path: { name } }, body: { code } }));
    },
    /** Back to the usual code. */
    async resetFeature(name: FeatureName): Promise<void> {
      done(await client.DELETE('/api/v1/features/{name}', { params: { path: { name } } }));
    },
  };
}
