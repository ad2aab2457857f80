import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changesOf } from '../../api/changes.ts';
import type { Menu, NewMenu, Spoken } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import { FormDialog } from '../Dialog.tsx';
import { SelectField, TextField } from '../fields.tsx';
import outside from '../outside/Outside.module.css';
import { useWrong, type Wrong } from '../outside/wrong.ts';
import { ChoiceFields } from './ChoiceFields.tsx';
import { Complaints } from './Complaints.tsx';
import { GreetingField } from './GreetingField.tsx';
import { HoursFields } from './HoursFields.tsx';
import { KeyPad } from './KeyPad.tsx';
import { draftOf, isAnnouncement, menuOf, mistakesOf, type MenuDraft, type Mistake } from './menu.ts';
import { useChange } from './queries.ts';
import { Summary } from './Summary.tsx';

const SHOWN = ['name', 'extension', 'waits_s', 'plays_max'];
const SPOKEN: readonly Spoken[] = ['en', 'de'];

/** Adds a menu (`menu` is `null`) or changes one. */
export function MenuForm({ menu, onClose }: { menu: Menu | null; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const [draft, setDraft] = useState(() => draftOf(menu));
  const [tried, setTried] = useState(false);
  const save = useChange(
    (body: NewMenu) => (menu === null ? api.addMenu(body) : api.changeMenu(menu.id, changesOf(menu, body))),
    onClose,
  );
  const wrong = useWrong(save.error);
  const mistakes = mistakesOf(draft);
  const change = (some: Partial<MenuDraft>) => setDraft((before) => ({ ...before, ...some }));
  const part = { draft, mistakes: tried ? mistakes : [], wrong, onChange: change };
  return (
    <FormDialog
      size="xl"
      title={menu === null ? t('attendant.addMenu') : t('admin.edit', { name: menu.name })}
      submit={menu === null ? t('admin.create') : t('admin.save')}
      pending={save.isPending}
      error={wrong.besides(wrong.fields)}
      onSubmit={() => {
        setTried(true);
        if (mistakes.length === 0) save.mutate(menuOf(draft));
      }}
      onClose={onClose}
    >
      <NameFields {...part} />
      <GreetingField
        label={t('attendant.greeting')}
        value={draft.greeting_id}
        prompt="welcome"
        language={draft.language}
        onChange={(greeting_id) => change({ greeting_id })}
      />
      <KeyPad keys={draft.keys} isTried={tried} onChange={(keys) => change({ keys })} />
      {tried && mistakes.includes('keys') && (
        <p className={outside.hint} role="alert">
          {t('attendant.keysWrong')}
        </p>
      )}
      <Checkbox
        label={t('attendant.extensions')}
        description={t('attendant.extensionsHint')}
        checked={draft.takes_extensions}
        onChange={(event) => change({ takes_extensions: event.currentTarget.checked })}
      />
      {!isAnnouncement(draft) && <PatienceFields {...part} />}
      <ChoiceFields
        label={isAnnouncement(draft) ? t('attendant.afterwards') : t('attendant.otherwise')}
        choice={draft.otherwise}
        isTried={tried}
        onChange={(otherwise) => otherwise !== null && change({ otherwise })}
      />
      <HoursFields
        hours={draft.hours}
        language={draft.language}
        isTried={tried}
        onChange={(hours) => change({ hours })}
      />
      <Summary draft={draft} />
      <Complaints error={save.error} shown={SHOWN} menu={save.variables ?? menuOf(draft)} />
    </FormDialog>
  );
}

interface PartProps {
  draft: MenuDraft;
  mistakes: readonly Mistake[];
  wrong: Wrong;
  onChange: (some: Partial<MenuDraft>) => void;
}

function NameFields({ draft, mistakes, wrong, onChange }: PartProps) {
  const { t } = useTranslation();
  return (
    <>
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
      <SelectField
        label={t('attendant.spoken')}
        value={draft.language ?? ''}
        data={[
          { value: '', label: t('attendant.asCompany') },
          ...SPOKEN.map((value) => ({ value, label: t(`attendant.language.${value}`) })),
        ]}
        onChange={(value) => onChange({ language: SPOKEN.find((each) => each === value) ?? null })}
      />
    </>
  );
}

/** How long callers may think, and how often they hear it again. */
function PatienceFields({ draft, mistakes, wrong, onChange }: PartProps) {
  const { t } = useTranslation();
  return (
    <div className={outside.pair}>
      <TextField
        label={t('attendant.waits')}
        inputMode="numeric"
        value={draft.waits_s}
        onChange={(waits_s) => onChange({ waits_s })}
        error={mistakes.includes('waits_s') ? t('attendant.waitsRule') : wrong.at('waits_s')}
      />
      <TextField
        label={t('attendant.plays')}
        inputMode="numeric"
        value={draft.plays_max}
        onChange={(plays_max) => onChange({ plays_max })}
        error={mistakes.includes('plays_max') ? t('attendant.playsRule') : wrong.at('plays_max')}
      />
    </div>
  );
}
