/** Missed calls that the person has not seen yet. What was seen is remembered for each person, on this computer. */
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useSyncExternalStore } from 'react';
import type { JournalCall } from '../api/types.ts';
import { useMe } from '../people/directory.ts';
import { isPage, useRoute } from '../shell/route.ts';
import { useCalls } from './calls.ts';

/** From here on, the list of calls stands beside everything else; the same as in `PhoneScreen.module.css`. */
const SIDE_BY_SIDE = '(min-width: 1100px)';
const CHANGED = 'farend.seen';

const keyOf = (user: number) => `farend.seen.${user}`;

/** How many missed calls are newer than what was seen. */
export function unseenMissed(calls: readonly JournalCall[], seen: string | null): number {
  const missed = calls.filter((call) => call.direction === 'incoming' && call.outcome === 'missed');
  return missed.filter((call) => seen === null || Date.parse(call.ended_at ?? '') > Date.parse(seen)).length;
}

/** The end of the call that ended last: nothing that ends later has been seen. */
export function lastEnd(calls: readonly JournalCall[]): string | null {
  const ends = calls.flatMap(({ ended_at }) => ended_at ?? []);
  ends.sort((a, b) => Date.parse(a) - Date.parse(b));
  return ends.at(-1) ?? null;
}

export function useUnseenMissed(): number {
  const me = useMe();
  const { data } = useCalls();
  const seen = useSyncExternalStore(subscribe, () => localStorage.getItem(keyOf(me.id)));
  return unseenMissed(data?.pages.flatMap((page) => page.calls) ?? [], seen);
}

/**
 * Whoever opens the list has seen it. Where it always stands beside the keys, somebody has to be there: a click or a key
 * counts, an empty room does not.
 */
export function useSeeingMissed(): void {
  const me = useMe();
  const route = useRoute();
  const { data } = useCalls();
  const beside = useMediaQuery(SIDE_BY_SIDE) && !isPage(route);
  const last = lastEnd(data?.pages.flatMap((page) => page.calls) ?? []);
  useEffect(() => {
    if (last === null) return undefined;
    const see = () => markSeen(me.id, last);
    if (route === 'recent' && !document.hidden) see();
    if (!beside && route !== 'recent') return undefined;
    window.addEventListener('pointerdown', see);
    window.addEventListener('keydown', see);
    return () => {
      window.removeEventListener('pointerdown', see);
      window.removeEventListener('keydown', see);
    };
  }, [beside, last, me.id, route]);
}

function markSeen(user: number, until: string): void {
  if (localStorage.getItem(keyOf(user)) === until) return;
  localStorage.setItem(keyOf(user), until);
  window.dispatchEvent(new Event(CHANGED));
}

function subscribe(changed: () => void): () => void {
  window.addEventListener(CHANGED, changed);
  // Another tab of the same person.
  window.addEventListener('storage', changed);
  return () => {
    window.removeEventListener(CHANGED, changed);
    window.removeEventListener('storage', changed);
  };
}
