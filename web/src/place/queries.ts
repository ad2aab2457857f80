/** What the server knows of one's phones, of one's calls at all of them, and of the lines of one's teams. */
import { useQuery } from '@tanstack/react-query';
import type { LineCall, LiveCall } from '../api/types.ts';
import { useBackend } from '../backend.ts';

/** Lines by their teams. */
export type Lines = Readonly<Record<number, readonly LineCall[]>>;

export function useDevices() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['devices'], queryFn: () => api.devices() });
}

export function usePlace() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['place'], queryFn: () => api.place() });
}

export function useRinging() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['ringing'], queryFn: () => api.ringing() });
}

/** One's calls at all of one's devices, which only the server's events tell: an answer might be older than they are. */
export function useLiveCalls() {
  return useQuery<LiveCall[]>({
    queryKey: ['live-calls'],
    queryFn: () => [],
    staleTime: Infinity,
    enabled: false,
  });
}

export function useTeams() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['teams'], queryFn: () => api.teams() });
}

/** The lines of one's teams, which only the server's events tell. */
export function useLines(): Lines {
  return (
    useQuery<Lines>({ queryKey: ['lines'], queryFn: () => ({}), staleTime: Infinity, enabled: false }).data ??
    {}
  );
}
