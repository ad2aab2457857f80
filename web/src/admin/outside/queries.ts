/** What the server knows of calls to and from the world. All keys begin with `outside`: its events renew them together. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useBackend } from '../../backend.ts';

export function useTrunks() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['outside', 'trunks'], queryFn: () => api.trunks() });
}

/** How often a running test is asked about, in milliseconds. */
const TEST_EVERY_MS = 1_000;

/** The last test of a trunk, followed while it runs; `null` when there was none. */
export function useTrunkTest(trunk: number) {
  const { api } = useBackend();
  return useQuery({
    queryKey: ['outside', 'test', trunk],
    queryFn: () => api.trunkTest(trunk),
    refetchInterval: ({ state }) => (state.data?.running === true ? TEST_EVERY_MS : false),
    staleTime: 0,
  });
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

/** Saves what a form says, and closes it once all lists are new. */
export function useSave<Body>(send: (body: Body) => Promise<unknown>, onClose: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['outside'] });
      onClose();
    },
  });
}
