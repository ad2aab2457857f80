import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecordingRule } from '../../api/types.ts';
import { FormDialog } from '../Dialog.tsx';
import { SelectField } from '../fields.tsx';
import { useSaveSettings } from './queries.ts';
import { isSame } from './RulesSection.tsx';
import { ANNOUNCED } from './SettingsSection.tsx';
import { useCandidates, WHOSE } from './whose.ts';

const CALLS = ['all', 'outside', 'incoming', 'outgoing'] as const satisfies readonly RecordingRule['calls'][];
const NEW_RULE: RecordingRule = { whose: 'everybody', id: null, calls: 'outside', announced: 'prompt' };

/** Adds a rule (`rule` is `null`) or changes one. */
export function RuleForm({ rule, onClose }: { rule: RecordingRule | null; onClose: () => void }) {
  const { t } = useTranslation();
  const candidates = useCandidates();
  const [draft, setDraft] = useState(rule ?? NEW_RULE);
  const [tried, setTried] = useState(false);
  const save = useSaveSettings(onClose);
  const change = (some: Partial<RecordingRule>) => setDraft((before) => ({ ...before, ...some }));
  const { whose, id, calls, announced } = draft;
  const isNobodys = whose !== 'everybody' && id === null;
  const submit = () => {
    setTried(true);
    if (isNobodys) return;
    save.mutate((now) => {
      const known = rule === null ? -1 : now.rules.findIndex((each) => isSame(each, rule));
      const rules = known < 0 ? [...now.rules, draft] : now.rules.with(known, draft);
      return { ...now, rules };
    });
  };
  return (
    <FormDialog
      title={rule === null ? t('recordingAdmin.addRule') : t('reach.edit')}
      submit={rule === null ? t('admin.create') : t('admin.save')}
      pending={save.isPending}
      error={save.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <SelectField
        label={t('recordingAdmin.whose')}
        first
        value={whose}
        data={WHOSE.map((value) => ({ value, label: t(`recordingAdmin.of.${value}`) }))}
        onChange={(value) => change({ whose: WHOSE.find((each) => each === value) ?? 'everybody', id: null })}
      />
      {whose !== 'everybody' && (
        <SelectField
          label={t(`recordingAdmin.of.${whose}`)}
          value={id === null ? '' : String(id)}
          data={[
            { value: '', label: t('recordingAdmin.choose') },
            ...candidates[whose].map((each) => ({ value: String(each.id), label: each.name })),
          ]}
          onChange={(value) => change({ id: value === '' ? null : Number(value) })}
          error={tried && isNobodys ? t('admin.needed') : undefined}
        />
      )}
      <SelectField
        label={t('recordingAdmin.calls')}
        value={calls}
        data={CALLS.map((value) => ({ value, label: t(`recordingAdmin.which.${value}`) }))}
        onChange={(value) => change({ calls: CALLS.find((each) => each === value) ?? 'all' })}
      />
      <SelectField
        label={t('recordingAdmin.announced')}
        hint={t(`recordingAdmin.howHint.${announced}`)}
        value={announced}
        data={ANNOUNCED.map((value) => ({ value, label: t(`recordingAdmin.how.${value}`) }))}
        onChange={(value) => change({ announced: ANNOUNCED.find((each) => each === value) ?? 'prompt' })}
      />
    </FormDialog>
  );
}
