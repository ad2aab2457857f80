/** Which running calls are recorded, and since when as far as this page has seen it begin. */
import { useQuery, type QueryClient } from '@tanstack/react-query';
import type { LiveCall, LiveRecording } from '../api/types.ts';
import { useLiveCalls } from '../place/queries.ts';

/** When a recording began, by call, in milliseconds; `null`: before this page looked. */
type Begun = Readonly<Record<string, number | null>>;
const BEGUN = ['recording-begun'];
const OFF: LiveRecording = { state: 'off', is_by_rule: false, may_end: false, trouble: null };

/** `isNews`: what has begun since the last time has begun now. */
export function rememberRecorded(
  queries: QueryClient,
  calls: readonly LiveCall[],
  isNews: boolean,
  now: number,
): void {
  queries.setQueryData<Begun>(BEGUN, (known = {}) =>
    Object.fromEntries(
      calls
        .filter(({ recording }) => recording.state === 'on')
        .map(({ call }) => [call, known[call] ?? (isNews && !(call in known) ? now : null)]),
    ),
  );
}

/** `call`: the server's name for it. */
export function useLiveRecording(call: string | null): LiveRecording {
  const live = useLiveCalls().data?.find((each) => each.call === call);
  return live?.recording ?? OFF;
}

export function useRecordingBegun(call: string | null): number | null {
  const { data } = useQuery<Begun>({
    queryKey: BEGUN,
    queryFn: () => ({}),
    staleTime: Infinity,
    gcTime: Infinity,
    enabled: false,
  });
  return call === null ? null : (data?.[call] ?? null);
}
