import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useBackend } from '../../backend.ts';

export function useRooms() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['features', 'rooms'], queryFn: () => api.rooms() });
}

export function usePickUpGroups() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['features', 'groups'], queryFn: () => api.pickUpGroups() });
}

export function useParking() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['features', 'parking'], queryFn: () => api.parking() });
}

export function useRegions() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['holidays'], queryFn: () => api.regions(), staleTime: Infinity });
}

export function useHolidays(region: string, year: number) {
  const { api } = useBackend();
  return useQuery({
    queryKey: ['holidays', region, year],
    queryFn: () => api.holidays(region, year),
    staleTime: Infinity,
  });
}

/** Saves something of this page, and closes its form. */
export function useSaveFeature<T>(save: (value: T) => Promise<unknown>, onDone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: save,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['features'] });
      onDone();
    },
  });
}
