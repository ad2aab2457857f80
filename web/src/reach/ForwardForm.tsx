import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormDialog } from '../admin/Dialog.tsx';
import { SelectField, TextField } from '../admin/fields.tsx';
import type { Forward, TimeProfile } from '../api/types.ts';
import {
  CALLERS,
  CASES,
  fromCallers,
  inCase,
  mistakesOf,
  plainNumber,
  USUAL_FORWARD,
  type Mistake,
} from './forwards.ts';
import { NumberField, NumbersField } from './NumberField.tsx';
import { useTimeProfiles } from './queries.ts';

interface ForwardFormProps {
  /** `null`: a new one. */
  forward: Forward | null;
  onDone: (forward: Forward) => void;
  onClose: () => void;
}

/** One rule: in which case, whose calls, when, and where they go. */
export function ForwardForm({ forward, onDone, onClose }: ForwardFormProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(forward ?? USUAL_FORWARD);
  const [tried, setTried] = useState(false);
  const mistakes = tried ? mistakesOf(draft) : [];
  return (
    <FormDialog
      size="md"
      title={forward === null ? t('reach.add') : t('reach.edit')}
      submit={t('reach.done')}
      pending={false}
      error={null}
      onSubmit={() => {
        const next = { ...draft, to: plainNumber(draft.to) };
        setTried(true);
        if (mistakesOf(next).length > 0) return;
        onDone(next);
        onClose();
      }}
      onClose={onClose}
    >
      <ForwardFields draft={draft} mistakes={mistakes} onChange={setDraft} />
    </FormDialog>
  );
}

interface ForwardFieldsProps {
  draft: Forward;
  mistakes: readonly Mistake[];
  onChange: (draft: Forward) => void;
}

function ForwardFields({ draft, mistakes, onChange }: ForwardFieldsProps) {
  const { t } = useTranslation();
  const wrong = (mistake: Mistake, words: string) => (mistakes.includes(mistake) ? words : undefined);
  return (
    <>
      <SelectField
        label={t('reach.when')}
        first
        value={draft.when}
        data={CASES.map((value) => ({ value, label: t(`reach.case.${value}`) }))}
        onChange={(value) => onChange(inCase(draft, CASES.find((each) => each === value) ?? 'always'))}
      />
      {draft.when === 'no_answer' && (
        <TextField
          label={t('reach.after')}
          inputMode="numeric"
          value={draft.after_s === null ? '' : String(draft.after_s)}
          onChange={(text) => onChange({ ...draft, after_s: /^\d{1,3}$/.test(text) ? Number(text) : null })}
          error={wrong('after_s', t('reach.wrong.after'))}
        />
      )}
      <SelectField
        label={t('reach.from')}
        value={draft.from}
        data={CALLERS.map((value) => ({ value, label: t(`reach.callers.${value}`) }))}
        onChange={(value) =>
          onChange(fromCallers(draft, CALLERS.find((each) => each === value) ?? 'anybody'))
        }
      />
      {draft.from === 'these' && (
        <NumbersField
          label={t('reach.numbers')}
          numbers={draft.numbers}
          error={wrong('numbers', t('reach.wrong.numbers'))}
          onChange={(numbers) => onChange({ ...draft, numbers })}
        />
      )}
      <DuringField draft={draft} onChange={onChange} />
      <NumberField
        label={t('reach.to')}
        hint={t('reach.toHint')}
        value={draft.to}
        onChange={(to) => onChange({ ...draft, to })}
        error={wrong('to', t('reach.wrong.to'))}
      />
    </>
  );
}

/** When the rule counts; nothing where there are no time profiles to choose from. */
function DuringField({ draft, onChange }: Omit<ForwardFieldsProps, 'mistakes'>) {
  const { t } = useTranslation();
  const profiles = useTimeProfiles().data ?? [];
  const { during } = draft;
  if (profiles.length === 0 && during === null) return null;
  const items = (isOpen: boolean) =>
    profiles.map(({ id, name }) => ({
      value: `${id}-${isOpen ? 'open' : 'closed'}`,
      label: t(isOpen ? 'reach.during.open' : 'reach.during.closed', { name }),
    }));
  return (
    <SelectField
      label={t('reach.during.label')}
      value={during === null ? '' : `${during.profile_id}-${during.is_open ? 'open' : 'closed'}`}
      data={[{ value: '', label: t('reach.during.always') }, ...items(true), ...items(false)]}
      onChange={(value) => onChange({ ...draft, during: parseDuring(value, profiles) })}
    />
  );
}

function parseDuring(value: string, profiles: readonly TimeProfile[]): Forward['during'] {
  const [id, state] = value.split('-');
  const profile = profiles.find((each) => String(each.id) === id);
  return profile === undefined ? null : { profile_id: profile.id, is_open: state === 'open' };
}
