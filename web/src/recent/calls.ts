import { useInfiniteQuery } from '@tanstack/react-query';
import { useBackend } from '../backend.ts';

/** One's own past calls, newest first, page by page. */
export function useCalls() {
  const { api } = useBackend();
  return useInfiniteQuery({
    queryKey: ['calls'],
    queryFn: ({ pageParam }) => api.calls(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
}
