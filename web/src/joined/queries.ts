/** What only the server's events tell: one's conferences and who speaks there, what is parked, what one may answer for others. */
import { useQuery, type QueryClient } from '@tanstack/react-query';
import type { CallBack, Conference, Level, ParkedCall, PickUp, ServerEvent } from '../api/types.ts';

const CONFERENCES = ['conferences'];
const SPEAKING = ['speaking'];
const PARKED = ['parked'];
const PICK_UPS = ['pick-ups'];
const CALL_BACKS = ['call-backs'];

type Snapshot = Extract<ServerEvent, { type: 'snapshot' }>;
/** How loud members speak, in dB below the loudest there is, by call and by leg. */
type Speaking = Readonly<Record<string, Readonly<Record<number, number>>>>;

/** Everything as it is now. An older server has none of it. */
export function rememberAll(queries: QueryClient, snapshot: Partial<Snapshot>): void {
  queries.setQueryData<Conference[]>(CONFERENCES, snapshot.conferences);
  queries.setQueryData<Speaking>(SPEAKING, {});
  queries.setQueryData<ParkedCall[]>(PARKED, snapshot.parked);
  queries.setQueryData<PickUp[]>(PICK_UPS, snapshot.pick_ups);
  queries.setQueryData<CallBack[]>(CALL_BACKS, snapshot.call_backs);
}

/** One without members is over. */
export function rememberConference(queries: QueryClient, conference: Conference): void {
  const isOver = conference.members.length === 0;
  queries.setQueryData<Conference[]>(CONFERENCES, (known = []) => {
    const others = known.filter(({ call }) => call !== conference.call);
    return isOver ? others : [...others, conference];
  });
  if (!isOver) return;
  queries.setQueryData<Speaking>(SPEAKING, (known = {}) =>
    Object.fromEntries(Object.entries(known).filter(([call]) => call !== conference.call)),
  );
}

export function rememberLevels(queries: QueryClient, call: string, levels: readonly Level[]): void {
  const byLeg = Object.fromEntries(levels.map(({ leg, dbov }) => [leg, dbov]));
  queries.setQueryData<Speaking>(SPEAKING, (known) => ({ ...known, [call]: byLeg }));
}

export function rememberParked(queries: QueryClient, parked: ParkedCall[]): void {
  queries.setQueryData<ParkedCall[]>(PARKED, parked);
}

export function rememberPickUps(queries: QueryClient, pick_ups: PickUp[]): void {
  queries.setQueryData<PickUp[]>(PICK_UPS, pick_ups);
}

export function rememberCallBacks(queries: QueryClient, call_backs: CallBack[]): void {
  queries.setQueryData<CallBack[]>(CALL_BACKS, call_backs);
}

/** The conference that a call of one's is; `call`: the server's name for it. */
export function useConference(call: string | null): Conference | null {
  return useTold<Conference[]>(CONFERENCES, []).find((each) => each.call === call) ?? null;
}

/** How loud each leg of a conference speaks, in dB below the loudest there is. */
export function useLevels(call: string): Readonly<Record<number, number>> {
  return useTold<Speaking>(SPEAKING, {})[call] ?? {};
}

export function useParked(): readonly ParkedCall[] {
  return useTold<ParkedCall[]>(PARKED, []);
}

export function usePickUps(): readonly PickUp[] {
  return useTold<PickUp[]>(PICK_UPS, []);
}

export function useCallBacks(): readonly CallBack[] {
  return useTold<CallBack[]>(CALL_BACKS, []);
}

function useTold<T>(queryKey: string[], nothing: T): T {
  const { data } = useQuery<T>({
    queryKey,
    queryFn: () => nothing,
    staleTime: Infinity,
    gcTime: Infinity,
    enabled: false,
  });
  return data ?? nothing;
}
