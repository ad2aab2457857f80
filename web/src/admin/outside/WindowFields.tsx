import { ActionIcon, Button } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { CallingWindow, Day } from '../../api/types.ts';
import { localeOf } from '../../i18n/i18n.ts';
import { TextField } from '../fields.tsx';
import classes from './WindowFields.module.css';
import outside from './Outside.module.css';
import { dayWords, DAYS, endsNextDay, USUAL_WINDOW, WINDOWS_MAX, withDay } from './windows.ts';
import type { Wrong } from './wrong.ts';

type Part = 'days' | 'from' | 'to';
const PARTS: readonly Part[] = ['days', 'from', 'to'];

const fieldOf = (index: number, part: Part) => `windows[${index}].${part}`;

/** The server's names of all fields of these windows. */
export function windowFields(windows: readonly CallingWindow[]): string[] {
  return windows.flatMap((_, index) => PARTS.map((part) => fieldOf(index, part)));
}

interface WindowFieldsProps {
  windows: readonly CallingWindow[];
  wrong: Wrong;
  /** What they mean; without it, when a person may call the world. */
  hint?: string;
  onChange: (windows: CallingWindow[]) => void;
}

/** Times of the week: when a person may call the world, or a team works. */
export function WindowFields({ windows, wrong, hint, onChange }: WindowFieldsProps) {
  const { t } = useTranslation();
  return (
    <fieldset className={outside.group}>
      <legend>{t('outside.calling.when')}</legend>
      <p className={outside.hint}>
        {hint ?? (windows.length === 0 ? t('outside.calling.anyTime') : t('outside.calling.whenHint'))}
      </p>
      {windows.map((window, index) => (
        <WindowRow
          key={index}
          index={index}
          window={window}
          wrong={wrong}
          onChange={(changed) => onChange(windows.map((each, at) => (at === index ? changed : each)))}
          onRemove={() => onChange(windows.filter((_, at) => at !== index))}
        />
      ))}
      {windows.length < WINDOWS_MAX && (
        <div>
          <Button
            variant="default"
            leftSection={<IconPlus size={18} aria-hidden="true" />}
            onClick={() => onChange([...windows, USUAL_WINDOW])}
          >
            {t('outside.calling.addWindow')}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

interface WindowRowProps {
  index: number;
  window: CallingWindow;
  wrong: Wrong;
  onChange: (window: CallingWindow) => void;
  onRemove: () => void;
}

function WindowRow({ index, window, wrong, onChange, onRemove }: WindowRowProps) {
  const { t } = useTranslation();
  const number = index + 1;
  const wrongDays = wrong.at(fieldOf(index, 'days'));
  const time = (part: 'from' | 'to') => (
    <TextField
      label={t(`outside.calling.window.${part}`)}
      type="time"
      value={window[part]}
      onChange={(value) => onChange({ ...window, [part]: value })}
      error={wrong.at(fieldOf(index, part))}
    />
  );
  return (
    <div role="group" aria-label={t('outside.calling.windowNumber', { number })} className={classes.window}>
      <Days window={window} onChange={(day, isIn) => onChange(withDay(window, day, isIn))} />
      {wrongDays !== undefined && <p className={classes.wrong}>{wrongDays}</p>}
      <div className={classes.times}>
        {time('from')}
        {time('to')}
        <ActionIcon
          variant="subtle"
          color="signal"
          size={36}
          className={classes.remove}
          aria-label={t('outside.calling.removeWindow', { number })}
          onClick={onRemove}
        >
          <IconTrash size={19} />
        </ActionIcon>
      </div>
      {endsNextDay(window) && <p className={outside.hint}>{t('outside.calling.nextDay')}</p>}
    </div>
  );
}

interface DaysProps {
  window: CallingWindow;
  onChange: (day: Day, isIn: boolean) => void;
}

/** The days of the week, each of them on or off. */
function Days({ window, onChange }: DaysProps) {
  const { i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  return (
    <div className={classes.days}>
      {DAYS.map((day) => (
        <label key={day} className={classes.day}>
          <input
            type="checkbox"
            aria-label={dayWords(day, locale, 'long')}
            checked={window.days.includes(day)}
            onChange={(event) => onChange(day, event.currentTarget.checked)}
          />
          <span aria-hidden="true">{dayWords(day, locale, 'short')}</span>
        </label>
      ))}
    </div>
  );
}
