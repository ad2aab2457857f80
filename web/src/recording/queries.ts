import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { RECORDINGS_PAGE } from '../api/recordings.ts';
import { useBackend } from '../backend.ts';
import type { Heard } from './player.ts';

/** What one may hear, newest first, page by page. */
export function useRecordings(isEnabled: boolean) {
  const { api } = useBackend();
  return useInfiniteQuery({
    queryKey: ['recordings', 'list'],
    queryFn: ({ pageParam }) => api.recordings(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => (page.length < RECORDINGS_PAGE ? undefined : page.at(-1)?.id),
    enabled: isEnabled,
  });
}

/** The recording itself, where one came to it by its call. */
export function useWhole(heard: Heard): Heard {
  const { api } = useBackend();
  const row = useQuery({
    queryKey: ['recordings', 'row', heard.id],
    queryFn: async () => {
      const all = await api.recordingsOf(heard.call_id);
      const found = all.find(({ id }) => id === heard.id);
      // What was known of it stays known.
      if (found === undefined) throw new Error('this recording is gone');
      return found;
    },
    enabled: heard.own === null || heard.other === null,
    staleTime: Infinity,
  });
  return row.data ?? heard;
}

export function usePeaks(id: string) {
  const { api } = useBackend();
  return useQuery({
    queryKey: ['recordings', 'peaks', id],
    queryFn: () => api.recordingPeaks(id),
    // What is recorded stays as it is; whether it is still there is news.
    staleTime: Infinity,
  });
}
