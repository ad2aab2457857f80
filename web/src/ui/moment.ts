/** A moment as people say it: the time alone today, the day as well on others. */
export function momentWords(moment: string, now: Date, locale: string): string {
  const at = new Date(moment);
  const time = at.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' });
  if (at.toDateString() === now.toDateString()) return time;
  const day = at.toLocaleDateString(locale, { day: 'numeric', month: 'short' });
  return `${day}, ${time}`;
}
