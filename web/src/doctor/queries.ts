/** What the doctor knows, as the pages ask for it: in the reader's language, and again whenever an event says that it has changed. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Refused } from '../api/client.ts';
import type { HistoryQuery } from '../api/doctor.ts';
import { useBackend } from '../backend.ts';

/** How often the server is asked while somebody looks, in milliseconds: an event tells most news at once. */
const ASK_EVERY_MS = 15_000;

function useCode(): string {
  return useTranslation().i18n.language;
}

/** What is wrong now. `isWatched`: somebody looks at it. */
export function useFindings(isWatched: boolean) {
  const { api } = useBackend();
  const code = useCode();
  return useQuery({
    queryKey: ['doctor', 'findings', code],
    queryFn: () => api.doctor(code),
    refetchInterval: isWatched && ASK_EVERY_MS,
    staleTime: isWatched ? 0 : ASK_EVERY_MS,
  });
}

export function useHistory(query: HistoryQuery) {
  const { api } = useBackend();
  const code = useCode();
  return useInfiniteQuery({
    queryKey: ['doctor', 'history', code, query],
    queryFn: ({ pageParam }) => api.findingHistory(code, query, pageParam),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
    staleTime: 0,
  });
}

export function useRules() {
  const { api } = useBackend();
  const code = useCode();
  return useQuery({ queryKey: ['doctor-rules', code], queryFn: () => api.rules(code), staleTime: Infinity });
}

export function useNetworks() {
  const { api } = useBackend();
  const code = useCode();
  return useQuery({
    queryKey: ['doctor', 'networks', code],
    queryFn: () => api.userNetworks(code),
    refetchInterval: ASK_EVERY_MS,
    staleTime: 0,
  });
}

/** What was looked at; only how much of it is shown. */
export function useEvidence(isNeeded: boolean) {
  const { api } = useBackend();
  return useQuery({ queryKey: ['doctor', 'evidence'], queryFn: () => api.evidence(), enabled: isNeeded });
}

/** The plan as a picture, and as what is in it. */
export function usePlan() {
  const { api } = useBackend();
  const code = useCode();
  return useQuery({
    queryKey: ['doctor', 'plan', code],
    queryFn: async () => {
      const [svg, plan] = await Promise.all([api.planSvg(code), api.plan(code)]);
      return { svg, plan };
    },
    staleTime: 0,
  });
}

export function useCheckLinks() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['check-links'], queryFn: () => api.checkLinks(), staleTime: 0 });
}

export function useCheckResult(id: number) {
  const { api } = useBackend();
  const code = useCode();
  return useQuery({
    queryKey: ['check-results', code, id],
    queryFn: () => api.checkResult(id, code),
    staleTime: Infinity,
  });
}

/** Everybody's calls, newest first. */
export function useAllCalls(isNeeded = true) {
  const { api } = useBackend();
  return useInfiniteQuery({
    // Whatever tells one's own calls anew does so with these.
    queryKey: ['calls', 'all'],
    queryFn: ({ pageParam }) => api.allCalls(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    enabled: isNeeded,
  });
}

/** How often a running call's story is fetched, in milliseconds. */
const FLIGHT_EVERY_MS = 5_000;

/** A call's story, which goes on while it runs. `null`: nothing of it was kept, or it is not the reader's. */
export function useFlight(call: string) {
  const { api } = useBackend();
  return useQuery({
    queryKey: ['flight', call],
    queryFn: async () => {
      try {
        return await api.flight(call);
      } catch (error) {
        if (error instanceof Refused && error.status === 404) return null;
        throw error;
      }
    },
    enabled: call !== '',
    refetchInterval: ({ state }) => state.data?.ended_at_ms === null && FLIGHT_EVERY_MS,
  });
}

export function useCaptures() {
  const { api } = useBackend();
  return useQuery({
    queryKey: ['captures'],
    queryFn: () => api.captures(),
    refetchInterval: ({ state }) =>
      state.data?.some(({ ended }) => ended === null) === true && FLIGHT_EVERY_MS,
    staleTime: 0,
  });
}
