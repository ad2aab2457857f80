/** Times of the week at which somebody may call the world. */
import type { CallingWindow, Day } from '../../api/types.ts';

/** In the order of a calendar. */
export const DAYS: readonly Day[] = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
];

/** What the server keeps of one person. */
export const WINDOWS_MAX = 21;

/** Office hours, to begin with. */
export const USUAL_WINDOW: CallingWindow = { days: DAYS.slice(0, 5), from: '08:00', to: '18:00' };

/** The window with a day more or less. */
export function withDay(window: CallingWindow, day: Day, isIn: boolean): CallingWindow {
  return { ...window, days: DAYS.filter((each) => (each === day ? isIn : window.days.includes(each))) };
}

/** Whether a window ends on the day after it began. */
export function endsNextDay({ from, to }: CallingWindow): boolean {
  return to <= from;
}

/** A day's name in a language, short as calendars have it. */
export function dayWords(day: Day, locale: string, weekday: 'short' | 'long'): string {
  // 1 January 2024 was a Monday.
  const date = new Date(Date.UTC(2024, 0, 1 + DAYS.indexOf(day)));
  return date.toLocaleDateString(locale, { weekday, timeZone: 'UTC' });
}
