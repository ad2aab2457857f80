import { Checkbox } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changesOf } from '../../api/changes.ts';
import type { NewTeam, Team, TeamOrder } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import { FormDialog } from '../Dialog.tsx';
import { SelectField, TextField } from '../fields.tsx';
import outside from '../outside/Outside.module.css';
import { WindowFields, windowFields } from '../outside/WindowFields.tsx';
import { TimesField } from '../outside/TimesField.tsx';
import { useWrong, type Wrong } from '../outside/wrong.ts';
import {
  draftOf,
  mistakesOf,
  teamOf,
  USUAL_NIGHT,
  USUAL_OVERFLOW,
  type Mistake,
  type TeamDraft,
} from './draft.ts';
import { MemberFields } from './MemberFields.tsx';

const ORDERS: readonly TeamOrder[] = ['all', 'in_turn', 'longest_idle'];
const SHOWN = ['name', 'extension'];

/** Adds a team (`team` is `null`) or changes one. */
export function TeamForm({ team, onClose }: { team: Team | null; onClose: () => void }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(() => draftOf(team));
  const [tried, setTried] = useState(false);
  const save = useSave(team, onClose);
  const wrong = useWrong(save.error);
  const mistakes = mistakesOf(draft);
  const change = (some: Partial<TeamDraft>) => setDraft((before) => ({ ...before, ...some }));
  const part = { draft, mistakes: tried ? mistakes : [], wrong, onChange: change };
  return (
    <FormDialog
      size="lg"
      title={team === null ? t('teams.add') : t('admin.edit', { name: team.name })}
      submit={team === null ? t('admin.create') : t('admin.save')}
      pending={save.isPending}
      error={wrong.besides([...SHOWN, ...windowFields(draft.night?.day ?? [])])}
      onSubmit={() => {
        setTried(true);
        if (mistakes.length === 0) save.mutate(teamOf(draft));
      }}
      onClose={onClose}
    >
      <NameFields {...part} />
      <MemberFields members={draft.members} onChange={(members) => change({ members })} />
      <OrderFields {...part} />
      <OverflowFields {...part} />
      <NightFields {...part} />
    </FormDialog>
  );
}

function useSave(team: Team | null, onClose: () => void) {
  const { api } = useBackend();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewTeam) =>
      team === null ? api.addTeam(body) : api.changeTeam(team.id, changesOf(team, body)),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['teams'] });
      onClose();
    },
  });
}

interface PartProps {
  draft: TeamDraft;
  mistakes: readonly Mistake[];
  wrong: Wrong;
  onChange: (some: Partial<TeamDraft>) => void;
}

function NameFields({ draft, mistakes, wrong, onChange }: PartProps) {
  const { t } = useTranslation();
  return (
    <div className={outside.pair}>
      <TextField
        label={t('admin.name')}
        first
        value={draft.name}
        onChange={(name) => onChange({ name })}
        error={mistakes.includes('name') ? t('admin.needed') : wrong.at('name')}
        autoCapitalize="words"
      />
      <TextField
        label={t('teams.number')}
        inputMode="numeric"
        value={draft.extension}
        onChange={(extension) => onChange({ extension })}
        error={mistakes.includes('extension') ? t('errors.field.extension') : wrong.at('extension')}
      />
    </div>
  );
}

function OrderFields({ draft, mistakes, onChange }: PartProps) {
  const { t } = useTranslation();
  return (
    <>
      <div className={outside.pair}>
        <SelectField
          label={t('teams.order')}
          value={draft.order}
          data={ORDERS.map((value) => ({ value, label: t(`teams.orders.${value}`) }))}
          onChange={(value) => onChange({ order: ORDERS.find((each) => each === value) ?? 'all' })}
        />
        {draft.order !== 'all' && (
          <TextField
            label={t('teams.turn')}
            inputMode="numeric"
            value={draft.turn_s}
            onChange={(turn_s) => onChange({ turn_s })}
            error={mistakes.includes('turn_s') ? t('teams.wrong.turn') : undefined}
          />
        )}
      </div>
      <SelectField
        label={t('teams.busyWhen')}
        value={draft.busy_when}
        data={[
          { value: 'all', label: t('teams.busy.all') },
          { value: 'first', label: t('teams.busy.first') },
        ]}
        onChange={(value) => onChange({ busy_when: value === 'first' ? 'first' : 'all' })}
      />
      <Checkbox
        label={t('teams.line')}
        description={t('teams.lineHint')}
        checked={draft.has_line}
        onChange={(event) => onChange({ has_line: event.currentTarget.checked })}
      />
    </>
  );
}

function OverflowFields({ draft: { overflow }, mistakes, onChange }: PartProps) {
  const { t } = useTranslation();
  return (
    <>
      <Checkbox
        label={t('teams.overflow')}
        checked={overflow !== null}
        onChange={(event) => onChange({ overflow: event.currentTarget.checked ? USUAL_OVERFLOW : null })}
      />
      {overflow !== null && (
        <div className={outside.pair}>
          <TextField
            label={t('teams.overflowAfter')}
            inputMode="numeric"
            value={overflow.after_s}
            onChange={(after_s) => onChange({ overflow: { ...overflow, after_s } })}
            error={mistakes.includes('overflow_after') ? t('teams.wrong.overflow') : undefined}
          />
          <TextField
            label={t('teams.overflowTo')}
            inputMode="tel"
            value={overflow.number}
            onChange={(number) => onChange({ overflow: { ...overflow, number } })}
            error={mistakes.includes('overflow_number') ? t('teams.wrong.number') : undefined}
          />
        </div>
      )}
    </>
  );
}

function NightFields({ draft: { night }, mistakes, wrong, onChange }: PartProps) {
  const { t } = useTranslation();
  return (
    <>
      <Checkbox
        label={t('teams.night')}
        checked={night !== null}
        onChange={(event) => onChange({ night: event.currentTarget.checked ? USUAL_NIGHT : null })}
      />
      {night !== null && (
        <>
          <TimesField
            profile={night.profile_id}
            onChange={(profile_id) =>
              onChange({ night: { ...night, profile_id, day: profile_id === null ? USUAL_NIGHT.day : [] } })
            }
          >
            <WindowFields
              windows={night.day}
              wrong={wrong}
              hint={t('teams.nightText')}
              onChange={(day) => onChange({ night: { ...night, day } })}
            />
          </TimesField>
          <TextField
            label={t('teams.nightTo')}
            inputMode="tel"
            value={night.number}
            onChange={(number) => onChange({ night: { ...night, number } })}
            error={mistakes.includes('night_number') ? t('teams.wrong.number') : undefined}
          />
        </>
      )}
    </>
  );
}
