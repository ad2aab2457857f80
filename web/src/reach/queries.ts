import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Reaching } from '../api/types.ts';
import { useBackend } from '../backend.ts';

/** How one is reached oneself. */
export function useReaching() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['reaching', 'me'], queryFn: () => api.reaching() });
}

export function useSaveReaching() {
  const { api } = useBackend();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (reaching: Reaching) => api.changeReaching(reaching),
    onSuccess: (saved) => queries.setQueryData(['reaching', 'me'], saved),
  });
}

export function useTimeProfiles() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['features', 'time-profiles'], queryFn: () => api.timeProfiles() });
}

/** Do not disturb, in one click; `isOn`: `null` while it is not known. */
export function useDoNotDisturb() {
  const { data } = useReaching();
  const save = useSaveReaching();
  return {
    isOn: data?.do_not_disturb.is_on ?? null,
    isPending: save.isPending,
    error: save.error,
    toggle: () => {
      if (data === undefined) return;
      const { do_not_disturb: before } = data;
      save.mutate({ ...data, do_not_disturb: { ...before, is_on: !before.is_on } });
    },
  };
}
