import { ActionIcon, Button, Pill } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { localeOf } from '../../i18n/i18n.ts';
import reach from '../../reach/Reach.module.css';
import { TextField } from '../fields.tsx';
import outside from '../outside/Outside.module.css';

interface ClosedDaysProps {
  /** `2026-12-24` */
  days: readonly string[];
  onChange: (days: string[]) => void;
}

/** Days on which it is closed besides holidays: a works outing, the days between the years. */
export function ClosedDays({ days, onChange }: ClosedDaysProps) {
  const { t, i18n } = useTranslation();
  const [day, setDay] = useState('');
  const words = (date: string) =>
    new Date(`${date}T00:00:00Z`).toLocaleDateString(localeOf(i18n.language), {
      dateStyle: 'medium',
      timeZone: 'UTC',
    });
  const add = () => {
    setDay('');
    if (day !== '' && !days.includes(day)) onChange([...days, day].sort());
  };
  return (
    <fieldset className={outside.group}>
      <legend>{t('features.times.closed')}</legend>
      <div className={reach.numbers}>
        {days.length > 0 && (
          <ul aria-label={t('features.times.closed')}>
            {days.map((each) => (
              <li key={each}>
                <Pill size="lg" className={reach.pill}>
                  {words(each)}
                  <ActionIcon
                    variant="transparent"
                    color="gray"
                    c="var(--ink)"
                    size={24}
                    aria-label={t('reach.removeNumber', { number: words(each) })}
                    onClick={() => onChange(days.filter((other) => other !== each))}
                  >
                    <IconX size={15} />
                  </ActionIcon>
                </Pill>
              </li>
            ))}
          </ul>
        )}
        <div className={reach.addNumber}>
          <TextField label={t('features.times.closedDay')} type="date" value={day} onChange={setDay} />
          <Button
            variant="default"
            leftSection={<IconPlus size={17} aria-hidden="true" />}
            disabled={day === ''}
            onClick={add}
          >
            {t('features.times.addDay')}
          </Button>
        </div>
      </div>
    </fieldset>
  );
}
