import { IconAlertCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NewTrunk, Trunk, TrunkProfile } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import { Notice } from '../../ui/Notice.tsx';
import { FormDialog } from '../Dialog.tsx';
import { SelectField, TextField, type Choice } from '../fields.tsx';
import { Accounts, accountFields, mistakesOf, type Mistakes } from './AccountFields.tsx';
import {
  blankTrunk,
  bodyOf,
  draftOf,
  GENERIC,
  hasGap,
  withProfile,
  withTransport,
  type TrunkDraft,
} from './draft.ts';
import { useFactWords } from './facts.ts';
import { MORE_FIELDS, MoreFields } from './MoreFields.tsx';
import classes from './Outside.module.css';
import { useNumberPlan, useSave, useTrunkProfiles } from './queries.ts';
import { useWrong, type Wrong } from './wrong.ts';

/** Fields that show what the server says against them, besides those of accounts. */
const SHOWN = ['name', 'host', 'number', ...MORE_FIELDS];

/** Adds a trunk (`trunk` is `null`) or changes one. */
export function TrunkForm({ trunk, onClose }: { trunk: Trunk | null; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const { profiles } = useTrunkProfiles().data ?? { profiles: [] };
  const [draft, setDraft] = useState<TrunkDraft>(() => (trunk === null ? blankTrunk() : draftOf(trunk)));
  const [tried, setTried] = useState(false);
  const profile = profiles.find(({ id }) => id === draft.profile) ?? null;
  const change = (some: Partial<TrunkDraft>) => setDraft((before) => ({ ...before, ...some }));
  const save = useSave(
    (body: NewTrunk) => (trunk === null ? api.addTrunk(body) : api.changeTrunk(trunk.id, body)),
    onClose,
  );
  const wrong = useWrong(save.error);
  const mistakes = mistakesOf(draft);
  const shown = tried ? mistakes : NO_MISTAKES;
  const missing = (is: boolean) => (tried && is ? t('admin.needed') : undefined);
  const gap = tried && hasGap(draft.host) ? t('outside.trunk.gap') : undefined;
  const hostError = gap ?? missing(draft.host.trim() === '') ?? wrong.at('host');
  const submit = () => {
    setTried(true);
    if (isComplete(draft) && mistakes.length === 0) save.mutate(bodyOf(draft));
  };
  const host = <HostField draft={draft} profile={profile} onChange={change} error={hostError} />;
  // Where the profile names no server for all customers, it belongs to what has to be filled in.
  const asksHost = profile?.host == null || hasGap(profile.host);
  return (
    <FormDialog
      size="lg"
      title={trunk === null ? t('outside.trunks.add') : t('admin.edit', { name: trunk.name })}
      submit={trunk === null ? t('outside.trunks.create') : t('admin.save')}
      pending={save.isPending}
      error={wrong.besides([...SHOWN, ...accountFields(draft)])}
      onSubmit={submit}
      onClose={onClose}
    >
      <ProfilePicker
        profile={profile}
        onChoose={(chosen) => setDraft((before) => withProfile(before, chosen, profile))}
      />
      <TextField
        label={t('admin.name')}
        hint={t('outside.trunk.nameHint')}
        value={draft.name}
        onChange={(name) => change({ name })}
        error={missing(draft.name.trim() === '') ?? wrong.at('name')}
      />
      {asksHost && host}
      <Accounts draft={draft} profile={profile} mistakes={shown} wrong={wrong} onChange={change} />
      <NumberField draft={draft} wrong={wrong} onChange={change} />
      <MoreFields
        isNew={trunk === null}
        draft={draft}
        profile={profile}
        wrong={wrong}
        mistakes={shown}
        host={asksHost ? null : host}
        isHostWrong={hostError !== undefined}
        onChange={change}
        onTransport={(transport) => setDraft((before) => withTransport(before, transport, profile))}
      />
    </FormDialog>
  );
}

const NO_MISTAKES: Mistakes = [];

function isComplete({ name, host }: TrunkDraft): boolean {
  return name.trim() !== '' && host.trim() !== '' && !hasGap(host);
}

interface HostFieldProps {
  draft: TrunkDraft;
  profile: TrunkProfile | null;
  onChange: (some: Partial<TrunkDraft>) => void;
  error: string | undefined;
}

function HostField({ draft, profile, onChange, error }: HostFieldProps) {
  const { t } = useTranslation();
  const fact = useFactWords(profile);
  return (
    <TextField
      label={t('outside.trunk.host')}
      hint={fact('host', t('outside.trunk.hostHint'))}
      value={draft.host}
      onChange={(host) => onChange({ host })}
      error={error}
    />
  );
}

interface NumberFieldProps {
  draft: TrunkDraft;
  wrong: Wrong;
  onChange: (some: Partial<TrunkDraft>) => void;
}

function NumberField({ draft, wrong, onChange }: NumberFieldProps) {
  const { t } = useTranslation();
  return (
    <TextField
      label={t('outside.trunk.number')}
      hint={t('outside.trunk.numberHint')}
      placeholder="+4989123450"
      inputMode="tel"
      value={draft.number}
      onChange={(number) => onChange({ number })}
      error={wrong.at('number')}
    />
  );
}

interface ProfilePickerProps {
  profile: TrunkProfile | null;
  onChoose: (profile: TrunkProfile) => void;
}

/** Providers of the own country first. */
function ProfilePicker({ profile, onChoose }: ProfilePickerProps) {
  const { t, i18n } = useTranslation();
  // Mistakes: what is wrong with own profiles, in the server's words.
  const { profiles, mistakes } = useTrunkProfiles().data ?? { profiles: [], mistakes: [] };
  const home = useNumberPlan().data?.country ?? null;
  const countries = new Intl.DisplayNames(i18n.language, { type: 'region' });
  const groups = new Map<string, Choice[]>();
  const known = profiles.filter(({ id }) => id !== GENERIC).sort((a, b) => a.name.localeCompare(b.name));
  const isHome = (each: TrunkProfile) => each.country === home;
  for (const each of [...known.filter(isHome), ...known.filter((other) => !isHome(other))]) {
    const group = each.country === null ? t('outside.trunk.anywhere') : (countries.of(each.country) ?? '');
    groups.set(group, [...(groups.get(group) ?? []), { value: each.id, label: each.name }]);
  }
  return (
    <div className={classes.fields}>
      <SelectField
        label={t('outside.trunks.provider')}
        hint={t('outside.trunk.providerHint')}
        first
        value={profile?.id ?? ''}
        onChange={(id) => {
          const chosen = profiles.find((each) => each.id === id);
          if (chosen !== undefined) onChoose(chosen);
        }}
        data={[
          ...(profile === null ? [{ value: '', label: t('outside.trunk.choose') }] : []),
          ...[...groups].map(([group, items]) => ({ group, items })),
          { value: GENERIC, label: t('outside.trunk.generic') },
        ]}
      />
      {profile !== null && profile.id !== GENERIC && <Notes profile={profile} />}
      {mistakes.length > 0 && (
        <Notice
          tone="wait"
          role="note"
          icon={<IconAlertCircle size={20} />}
          title={t('outside.trunk.mistakes')}
        >
          {mistakes.map((mistake) => (
            <div key={mistake} lang="en">
              {mistake}
            </div>
          ))}
        </Notice>
      )}
    </div>
  );
}

/** What an administrator has to know of a provider; profiles are written in English. */
function Notes({ profile }: { profile: TrunkProfile }) {
  const { t } = useTranslation();
  return (
    <p className={classes.hint}>
      {profile.note !== null && <span lang="en">{profile.note} </span>}
      {profile.access !== null && (
        <>
          {t('outside.trunk.access')} <span lang="en">{profile.access}.</span>{' '}
        </>
      )}
      {t('outside.trunk.compare')}
    </p>
  );
}
