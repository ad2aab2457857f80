import { useMutation } from '@tanstack/react-query';
import { useBackend, usePhone } from '../backend.ts';
import type { Answering, Dialling, Running } from '../phone/calls.ts';
import { useConference } from './queries.ts';

/** Two calls of one person: the one that has them, and one that waits. */
export interface Pair {
  now: Running | Dialling | Answering;
  other: Running | Answering;
}

interface Names {
  now: string;
  other: string;
}

/** The server's names for both; `null` until it has told them, as soon as a far end rings. */
function namesOf({ now, other }: Pair): Names | null {
  if (now.journal_id === null || other.journal_id === null) return null;
  return { now: now.journal_id, other: other.journal_id };
}

/** Whether one of the two is a conference. */
export function useHasConference({ now, other }: Pair): boolean {
  const first = useConference(now.journal_id);
  const second = useConference(other.journal_id);
  return first !== null || second !== null;
}

function isTalk({ phase }: Pair['now']): boolean {
  return phase === 'running';
}

/** Connects both others with each other. */
export function useConnect(pair: Pair) {
  const { api } = useBackend();
  const names = namesOf(pair);
  const connect = useMutation({ mutationFn: ({ now, other }: Names) => api.connectCalls(other, now) });
  return {
    isPossible: names !== null && isTalk(pair.other) && pair.now.phase !== 'answering' && !connect.isPending,
    isPending: connect.isPending,
    error: connect.error,
    go: () => {
      if (names !== null) connect.mutate(names);
    },
  };
}

/** Makes a conference of both calls; one that is a conference goes on as itself. */
export function useConfer(pair: Pair) {
  const { api } = useBackend();
  const phone = usePhone();
  const { now, other } = pair;
  const names = namesOf(pair);
  const isBack = useConference(other.journal_id) !== null;
  const confer = useMutation({
    mutationFn: (both: Names) =>
      isBack ? api.confer(both.now, both.other) : api.confer(both.other, both.now),
    onSuccess: () => {
      if (isBack && other.phase === 'running' && other.hold === 'held') phone.toggleHold(other.id);
    },
  });
  return {
    // Who still rings is in no conference yet.
    isPossible: names !== null && isTalk(now) && isTalk(other) && !confer.isPending,
    isPending: confer.isPending,
    error: confer.error,
    go: () => {
      if (names !== null) confer.mutate(names);
    },
  };
}
