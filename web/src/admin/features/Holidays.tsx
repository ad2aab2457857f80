import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { localeOf } from '../../i18n/i18n.ts';
import { ListState } from '../ListState.tsx';
import classes from './Features.module.css';
import { useHolidays } from './queries.ts';

/** The public holidays of a region, this year's and next year's. */
export function Holidays({ region }: { region: string }) {
  const [year] = useState(() => new Date().getFullYear());
  return (
    <div className={classes.holidays}>
      <Year region={region} year={year} />
      <Year region={region} year={year + 1} />
    </div>
  );
}

function Year({ region, year }: { region: string; year: number }) {
  const { t, i18n } = useTranslation();
  const holidays = useHolidays(region, year);
  const locale = localeOf(i18n.language);
  const title = t('features.times.holidays', { year });
  return (
    <details open>
      <summary>{title}</summary>
      <ListState query={holidays} />
      <ul aria-label={title}>
        {(holidays.data ?? []).map(({ date, name }) => (
          <li key={`${date} ${name}`}>
            <span className="figures">{dateWords(date, locale)}</span> {name}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** A day of the calendar, which has no time zone. */
export function dateWords(date: string, locale: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return date;
  return day.toLocaleDateString(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  });
}
