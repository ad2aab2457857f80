import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { RECORDINGS_PAGE } from '../api/recordings.ts';
import { useBackend } from '../backend.ts';

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

export function usePeaks(id: string) {
  const { api } = useBackend();
  return useQuery({
    queryKey: ['recordings', 'peaks', id],
    queryFn: () => api.recordingPeaks(id),
    // What is recorded stays as it is; whether it is still there is news.
    staleTime: Infinity,
  });
}
