import { Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Refused } from '../api/client.ts';
import type { Reaching } from '../api/types.ts';
import type { Changes } from './changes.ts';
import { ForwardList } from './ForwardList.tsx';
import { NumbersField } from './NumberField.tsx';
import classes from './Reach.module.css';

interface ReachingFieldsProps {
  reaching: Reaching;
  /** Why it could not be saved. */
  error: Error | null;
  onChange: (changes: Changes) => void;
}

/** What becomes of somebody's calls before a phone rings, and when none is answered. */
export function ReachingFields({ reaching, error, onChange }: ReachingFieldsProps) {
  const { t } = useTranslation();
  const { forwards, do_not_disturb, rejects_anonymous } = reaching;
  const wrongAt = (index: number) => {
    const isOf = ({ field }: { field: string }) => field.startsWith(`forwards[${index}]`);
    const complaint = error instanceof Refused ? error.fields.find(isOf) : undefined;
    return complaint === undefined ? undefined : t('reach.wrong.rule', { detail: complaint.message });
  };
  return (
    <>
      <ForwardList
        forwards={forwards}
        wrongAt={wrongAt}
        onChange={(changed) => onChange({ forwards: changed })}
      />
      <div className={classes.part}>
        <h3>{t('reach.dnd')}</h3>
        <Switch
          label={t('reach.dnd')}
          description={t('reach.dndHint')}
          checked={do_not_disturb.is_on}
          onChange={(event) => onChange({ is_on: event.currentTarget.checked })}
        />
        <NumbersField
          label={t('reach.except')}
          hint={t('reach.exceptHint')}
          numbers={do_not_disturb.except}
          onChange={(except) => onChange({ except })}
        />
      </div>
      <div className={classes.part}>
        <h3>{t('reach.anonymous')}</h3>
        <Switch
          label={t('reach.rejects')}
          description={t('reach.rejectsHint')}
          checked={rejects_anonymous}
          onChange={(event) => onChange({ rejects_anonymous: event.currentTarget.checked })}
        />
      </div>
    </>
  );
}

/** Whether rules show everything that the server says against them. */
export function isToldByRules(error: Error | null): boolean {
  if (!(error instanceof Refused) || error.fields.length === 0) return false;
  return error.fields.every(({ field }) => /^forwards\[\d+\]/.test(field));
}
