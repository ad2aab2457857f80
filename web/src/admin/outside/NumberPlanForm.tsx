import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NumberPlan } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import { FormDialog } from '../Dialog.tsx';
import { SelectField, TextField } from '../fields.tsx';
import { countriesIn } from './countries.ts';
import classes from './Outside.module.css';
import { useSave, useTrunks } from './queries.ts';
import { useWrong, type Wrong } from './wrong.ts';

const SHOWN = ['country', 'area', 'outside', 'emergency_trunk_id', 'time_zone'];

/** Changes where the company is in the telephone world. */
export function NumberPlanForm({ plan, onClose }: { plan: NumberPlan; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const { api } = useBackend();
  const trunks = useTrunks().data ?? [];
  const [draft, setDraft] = useState(plan);
  const [limits, setLimits] = useState(() => textsOf(plan.limits));
  const change = (some: Partial<NumberPlan>) => setDraft((before) => ({ ...before, ...some }));
  const save = useSave((body: NumberPlan) => api.changeNumberPlan(body), onClose);
  const wrong = useWrong(save.error);
  return (
    <FormDialog
      size="lg"
      title={t('outside.plan.title')}
      submit={t('admin.save')}
      pending={save.isPending}
      error={wrong.besides(SHOWN)}
      onSubmit={() => save.mutate({ ...draft, limits: numbersOf(limits) })}
      onClose={onClose}
    >
      <SelectField
        label={t('outside.plan.country')}
        hint={t('outside.plan.countryHint')}
        first
        value={draft.country ?? ''}
        onChange={(country) => change({ country: orNull(country) })}
        error={wrong.at('country')}
        data={[{ value: '', label: t('outside.plan.noCountry') }, ...countriesIn(i18n.language)]}
      />
      <DiallingFields draft={draft} wrong={wrong} onChange={change} />
      <SelectField
        label={t('outside.plan.emergency')}
        hint={t('outside.plan.emergencyHint')}
        value={draft.emergency_trunk_id?.toString() ?? ''}
        onChange={(id) => change({ emergency_trunk_id: id === '' ? null : Number(id) })}
        error={wrong.at('emergency_trunk_id')}
        data={[
          { value: '', label: t('outside.plan.noEmergency') },
          ...trunks.map(({ id, name }) => ({ value: String(id), label: name })),
        ]}
      />
      <TextField
        label={t('outside.plan.timeZone')}
        hint={t('outside.plan.timeZoneHint')}
        placeholder="Europe/Berlin"
        value={draft.time_zone ?? ''}
        onChange={(zone) => change({ time_zone: orNull(zone) })}
        error={wrong.at('time_zone')}
      />
      <LimitFields limits={limits} onChange={setLimits} />
    </FormDialog>
  );
}

interface DiallingFieldsProps {
  draft: NumberPlan;
  wrong: Wrong;
  onChange: (some: Partial<NumberPlan>) => void;
}

/** What is dialled before a number, or may be left away. */
function DiallingFields({ draft, wrong, onChange }: DiallingFieldsProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.pair}>
      <TextField
        label={t('outside.plan.area')}
        hint={t('outside.plan.areaHint')}
        placeholder="89"
        inputMode="numeric"
        value={draft.area ?? ''}
        onChange={(area) => onChange({ area: orNull(area) })}
        error={wrong.at('area')}
      />
      <TextField
        label={t('outside.plan.outside')}
        hint={t('outside.plan.outsideHint')}
        inputMode="numeric"
        value={draft.outside ?? ''}
        onChange={(outside) => onChange({ outside: orNull(outside) })}
        error={wrong.at('outside')}
      />
    </div>
  );
}

interface LimitFieldsProps {
  limits: Record<Limit, string>;
  onChange: (limits: Record<Limit, string>) => void;
}

/** What stops fraud. */
function LimitFields({ limits, onChange }: LimitFieldsProps) {
  const { t } = useTranslation();
  return (
    <fieldset className={classes.group}>
      <legend>{t('outside.plan.limits')}</legend>
      {LIMITS.map((limit) => (
        <TextField
          key={limit}
          label={t(`outside.limit.${limit}`)}
          hint={t(`outside.limitHint.${limit}`)}
          inputMode="numeric"
          value={limits[limit]}
          onChange={(text) => onChange({ ...limits, [limit]: digits(text, limit) })}
        />
      ))}
    </fieldset>
  );
}

export type Limit = keyof NumberPlan['limits'];
const LIMITS: readonly Limit[] = ['calls_per_minute_max', 'costly_calls_max', 'costly_minutes_per_day_max'];

/** Digits that the server's integers always hold. */
function digits(text: string, limit: Limit): string {
  return text.replace(/\D/g, '').slice(0, limit === 'costly_minutes_per_day_max' ? 9 : 4);
}

function textsOf(limits: NumberPlan['limits']): Record<Limit, string> {
  return {
    calls_per_minute_max: String(limits.calls_per_minute_max),
    costly_calls_max: String(limits.costly_calls_max),
    costly_minutes_per_day_max: String(limits.costly_minutes_per_day_max),
  };
}

function numbersOf(limits: Record<Limit, string>): NumberPlan['limits'] {
  return {
    calls_per_minute_max: Number(limits.calls_per_minute_max),
    costly_calls_max: Number(limits.costly_calls_max),
    costly_minutes_per_day_max: Number(limits.costly_minutes_per_day_max),
  };
}

function orNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}
