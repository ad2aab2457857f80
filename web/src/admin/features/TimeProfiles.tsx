import { IconCalendarClock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { CallingWindow, TimeProfile } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import { localeOf } from '../../i18n/i18n.ts';
import { useTimeProfiles } from '../../reach/queries.ts';
import classes from '../Admin.module.css';
import { dayWords } from '../outside/windows.ts';
import { EditableList } from './EditableList.tsx';
import { useRegions } from './queries.ts';
import { TimeProfileForm } from './TimeProfileForm.tsx';

/** When an office works: for rules that forward calls, and whatever else asks. */
export function TimeProfiles() {
  const { t, i18n } = useTranslation();
  const { api } = useBackend();
  const regions = useRegions().data ?? [];
  const locale = localeOf(i18n.language);
  return (
    <EditableList<TimeProfile>
      id="time-profiles"
      words={{
        title: t('features.times.title'),
        text: t('features.times.text'),
        add: t('features.times.add'),
        empty: t('features.times.empty'),
        emptyText: t('features.times.emptyText'),
        deleteText: t('features.times.deleteText'),
      }}
      icon={IconCalendarClock}
      query={useTimeProfiles()}
      columns={[
        {
          title: t('admin.name'),
          plain: true,
          cell: ({ name }) => <strong className={classes.by}>{name}</strong>,
        },
        {
          title: t('features.times.open'),
          cell: ({ windows }) =>
            windows.map((window, index) => <div key={index}>{windowWords(window, locale)}</div>),
        },
        {
          title: t('features.times.region'),
          cell: ({ region }) =>
            regions.find((each) => each.region === region)?.name ?? region ?? t('features.times.noRegion'),
        },
        {
          title: t('features.times.closed'),
          className: 'figures',
          cell: ({ closed_days }) => closed_days.length,
        },
      ]}
      form={(profile, onClose) => <TimeProfileForm profile={profile} onClose={onClose} />}
      onDelete={(id) => api.deleteTimeProfile(id)}
    />
  );
}

function windowWords({ days, from, to }: CallingWindow, locale: string): string {
  return `${days.map((day) => dayWords(day, locale, 'short')).join(', ')} ${from}–${to}`;
}
