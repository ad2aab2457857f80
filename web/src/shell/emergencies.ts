/** Calls for help that an administrator has not dismissed yet. They wait with the session's lists, and go with them. */
import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import type { EmergencyCall } from '../api/types.ts';

export interface Emergency extends EmergencyCall {
  /** When we heard of it, in milliseconds since 1970. */
  heard_at: number;
}

/** What is kept; the oldest one goes first. */
export const EMERGENCIES_MAX = 20;
const KEY = ['emergencies'];

/** Remembers a call, the newest first; one that is told again is still one. */
export function rememberEmergency(queries: QueryClient, call: EmergencyCall, heard_at: number): void {
  queries.setQueryData<Emergency[]>(KEY, (known = []) => {
    const others = known.filter((each) => each.call !== call.call);
    return [{ ...call, heard_at }, ...others].slice(0, EMERGENCIES_MAX);
  });
}

export function useEmergencies(): { calls: readonly Emergency[]; dismiss: (call: string) => void } {
  const queries = useQueryClient();
  // Nobody is asked: events write it.
  const { data } = useQuery<Emergency[]>({
    queryKey: KEY,
    queryFn: () => [],
    enabled: false,
    initialData: [],
    gcTime: Infinity,
  });
  const dismiss = (call: string) =>
    queries.setQueryData<Emergency[]>(KEY, (known) => known?.filter((each) => each.call !== call));
  return { calls: data, dismiss };
}
