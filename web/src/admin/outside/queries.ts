/** What the server knows of calls to and from the world. All keys begin with `outside`: its events renew them together. */
import { useQuery } from '@tanstack/react-query';
import { useBackend } from '../../backend.ts';

export function useTrunks() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['outside', 'trunks'], queryFn: () => api.trunks() });
}

export function useTrunkProfiles() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['outside', 'profiles'], queryFn: () => api.trunkProfiles() });
}

export function useRoutes() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['outside', 'routes'], queryFn: () => api.routes() });
}

export function useNumbers() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['outside', 'numbers'], queryFn: () => api.numbers() });
}

export function useNumberPlan() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['outside', 'plan'], queryFn: () => api.numberPlan() });
}

/** What one person may call; nothing is asked while there is no person. */
export function useCalling(user: number | null) {
  const { api } = useBackend();
  return useQuery({
    queryKey: ['outside', 'calling', user],
    queryFn: () => api.calling(user ?? 0),
    enabled: user !== null,
    // A form is filled from it: what somebody has begun to write must not be written over.
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}
