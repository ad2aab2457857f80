import { Checkbox } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Calling } from '../../api/types.ts';
import { ClassChoice, TextField } from './fields.tsx';
import classes from './Outside.module.css';
import type { Wrong } from './wrong.ts';

/** Fields of a person's form that show what the server says against them. */
export const CALLING_FIELDS = ['number', 'location'];

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
        {calling.windows.length > 0 && <p className={classes.hint}>{t('outside.calling.windows')}</p>}
      </div>
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
