/** Short times in words. */
import { useTranslation } from 'react-i18next';
import { localeOf } from '../i18n/i18n.ts';

/** Milliseconds as precise as they are worth: `8.4 ms`, `23 ms`, `2.4 s`. */
export function useTimeWords(): (time_ms: number) => string {
  const { t, i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  return (time_ms) =>
    time_ms < 1_000
      ? t('app.milliseconds', { time: figure(time_ms, time_ms < 10 ? 1 : 0) })
      : t('app.seconds', { time: figure(time_ms / 1_000, 1) });

  function figure(value: number, digits: number): string {
    return value.toLocaleString(locale, { maximumFractionDigits: digits });
  }
}
