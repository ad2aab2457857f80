import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { RecordingSettings } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';

export function useRecordingSettings() {
  const { api } = useBackend();
  return useQuery({ queryKey: ['recording-settings'], queryFn: () => api.recordingSettings() });
}

/** How much room recordings have; only administrators may know. */
export function useRecordingStorage(isEnabled = true) {
  const { api } = useBackend();
  return useQuery({
    queryKey: ['recording-storage'],
    queryFn: () => api.recordingStorage(),
    enabled: isEnabled,
  });
}

/** What one person may; nothing is asked while there is no person. */
export function useRecordingPermission(user: number | null) {
  const { api } = useBackend();
  return useQuery({
    queryKey: ['recording-permission', user],
    queryFn: () => api.recordingPermission(user ?? 0),
    enabled: user !== null,
    // A form is filled from it.
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}

/** Settings are one whole: what others have changed meanwhile is read first, and stays. */
export function useSaveSettings(onSaved: () => void) {
  const { api } = useBackend();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (change: (settings: RecordingSettings) => RecordingSettings) =>
      api.changeRecordingSettings(change(await api.recordingSettings())),
    onSuccess: async (saved) => {
      queries.setQueryData(['recording-settings'], saved);
      await queries.invalidateQueries({ queryKey: ['recording-storage'] });
      onSaved();
    },
  });
}
