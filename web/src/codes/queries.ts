import { useQuery } from '@tanstack/react-query';
import { useBackend } from '../backend.ts';

/** Codes as they are here, in the order in which people read about them. */
export function useFeatures() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['features', 'codes'], queryFn: () => api.features() });
}
