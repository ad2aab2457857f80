import { useMemo } from 'react';
import type { JournalCall } from '../api/types.ts';

/** Calls by local day, in the order given; the key is the day as `2026-11-23`. */
export function groupByDay(calls: readonly JournalCall[]): [string, JournalCall[]][] {
  const groups = new Map<string, JournalCall[]>();
  for (const call of calls) {
    const day = dayKey(new Date(call.started_at));
    const group = groups.get(day);
    if (group === undefined) groups.set(day, [call]);
    else group.push(call);
  }
  return [...groups];
}

export function useGroups(calls: readonly JournalCall[]): [string, JournalCall[]][] {
  return useMemo(() => groupByDay(calls), [calls]);
}

/** "Today", "Yesterday", else the date; the year only when it is another one. */
export function dayOf(
  day: string,
  language: string,
  words: { today: string; yesterday: string },
  now = new Date(),
): string {
  if (day === dayKey(now)) return words.today;
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (day === dayKey(yesterday)) return words.yesterday;
  const date = new Date(`${day}T12:00:00`);
  const year = date.getFullYear() === now.getFullYear() ? undefined : 'numeric';
  return date.toLocaleDateString(language, { weekday: 'long', day: 'numeric', month: 'long', year });
}

export function timeOf(time: string, language: string): string {
  return new Date(time).toLocaleTimeString(language, { hour: 'numeric', minute: '2-digit' });
}

function dayKey(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
