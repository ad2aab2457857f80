/** How transfers have ended that the person asked for, until they have read it. */
import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import type { Transferred } from '../api/types.ts';

export interface EndedTransfer extends Transferred {
  id: string;
}

/** What is kept; the oldest one goes first. */
const TRANSFERS_MAX = 5;
const KEY = ['transfers'];

export function rememberTransfer(queries: QueryClient, transfer: Transferred): void {
  queries.setQueryData<EndedTransfer[]>(KEY, (known = []) =>
    [...known, { ...transfer, id: crypto.randomUUID() }].slice(-TRANSFERS_MAX),
  );
}

export function useTransfers(): { transfers: readonly EndedTransfer[]; dismiss: (id: string) => void } {
  const queries = useQueryClient();
  const { data } = useQuery<EndedTransfer[]>({
    queryKey: KEY,
    queryFn: () => [],
    enabled: false,
    initialData: [],
    gcTime: Infinity,
  });
  const dismiss = (id: string) =>
    queries.setQueryData<EndedTransfer[]>(KEY, (known) => known?.filter((each) => each.id !== id));
  return { transfers: data, dismiss };
}
