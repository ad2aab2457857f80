import { Checkbox } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Calling } from '../../api/types.ts';
import { TextField } from '../fields.tsx';
import { ClassChoice } from './ClassChoice.tsx';
import classes from './Outside.module.css';
import { TimesField } from './TimesField.tsx';
import { WindowFields, windowFields } from './WindowFields.tsx';
import type { Wrong } from './wrong.ts';

/** The server's names of the fields of a person's form that show what it says against them. */
export function callingFields({ windows }: Calling): string[] {
  return ['number', 'location', ...windowFields(windows)];
}

interface CallingFieldsProps {
  calling: Calling;
  wrong: Wrong;
  onChange: (calling: Calling) => void;
}

/** What a person may do with the world, and who they are to it. */
export function CallingFields({ calling, wrong, onChange }: CallingFieldsProps) {
  const { t } = useTranslation();
  const change = (some: Partial<Calling>) => onChange({ ...calling, ...some });
  return (
    <>
      <div>
        <ClassChoice
          label={t('outside.calling.classes')}
          value={calling.classes}
          onChange={(permitted) => change({ classes: permitted })}
        />
        <p className={classes.hint}>{t('outside.calling.always')}</p>
      </div>
      <TimesField profile={calling.profile_id} onChange={(profile_id) => change({ profile_id })}>
        <WindowFields windows={calling.windows} wrong={wrong} onChange={(windows) => change({ windows })} />
      </TimesField>
      <TextField
        label={t('outside.calling.number')}
        hint={t('outside.calling.numberHint')}
        placeholder="+4989123450"
        inputMode="tel"
        value={calling.number ?? ''}
        onChange={(number) => change({ number: number === '' ? null : number.replace(/[\s()/-]/g, '') })}
        error={wrong.at('number')}
      />
      <Checkbox
        label={t('outside.calling.hidden')}
        description={t('outside.calling.hiddenHint')}
        checked={calling.hidden}
        onChange={(event) => change({ hidden: event.currentTarget.checked })}
      />
      <TextField
        label={t('outside.calling.location')}
        hint={t('outside.calling.locationHint')}
        value={calling.location ?? ''}
        onChange={(location) => change({ location: location === '' ? null : location })}
        error={wrong.at('location')}
      />
    </>
  );
}
