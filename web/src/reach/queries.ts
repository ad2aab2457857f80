import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useBackend } from '../backend.ts';
import { applied, type Changes } from './changes.ts';

/** How one is reached oneself. */
export function useReaching() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['reaching', 'me'], queryFn: () => api.reaching() });
}

/** Saves what was changed over what the server has by then, which may be newer than what is shown. */
export function useSaveReaching() {
  const { api } = useBackend();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (changes: Changes) => api.changeReaching(applied(await api.reaching(), changes)),
    onSuccess: (saved) => queries.setQueryData(['reaching', 'me'], saved),
  });
}

export function useTimeProfiles() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['features', 'time-profiles'], queryFn: () => api.timeProfiles() });
}

/** Do not disturb, in one click; `isOn`: `null` while it is not known. */
export function useDoNotDisturb() {
  const isOn = useReaching().data?.do_not_disturb.is_on ?? null;
  const { mutate, isPending, error, reset } = useSaveReaching();
  return {
    isOn,
    isPending,
    error,
    forget: reset,
    toggle: () => mutate({ is_on: isOn !== true }),
  };
}
