import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changesOf } from '../../api/changes.ts';
import type { NewTimeProfile, TimeProfile } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import { FormDialog } from '../Dialog.tsx';
import { SelectField, TextField } from '../fields.tsx';
import { WindowFields, windowFields } from '../outside/WindowFields.tsx';
import { USUAL_WINDOW } from '../outside/windows.ts';
import { useWrong } from '../outside/wrong.ts';
import { ClosedDays } from './ClosedDays.tsx';
import { Holidays } from './Holidays.tsx';
import { useRegions, useSaveFeature } from './queries.ts';

const NEW_PROFILE: NewTimeProfile = { name: '', windows: [USUAL_WINDOW], region: null, closed_days: [] };

interface TimeProfileFormProps {
  /** `null`: a new one. */
  profile: TimeProfile | null;
  onClose: () => void;
}

/** The hours of a week, whose holidays are kept, and on which days it is closed besides. */
export function TimeProfileForm({ profile, onClose }: TimeProfileFormProps) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const regions = useRegions().data ?? [];
  const [draft, setDraft] = useState<NewTimeProfile>(profile ?? NEW_PROFILE);
  const [tried, setTried] = useState(false);
  const save = useSaveFeature(
    (body: NewTimeProfile) =>
      profile === null
        ? api.addTimeProfile(body)
        : api.changeTimeProfile(profile.id, changesOf(profile, body)),
    onClose,
  );
  const wrong = useWrong(save.error);
  const change = (some: Partial<NewTimeProfile>) => setDraft((before) => ({ ...before, ...some }));
  const isNameless = draft.name.trim() === '';
  const isUnknown = draft.region !== null && !regions.some(({ region }) => region === draft.region);
  return (
    <FormDialog
      size="lg"
      title={profile === null ? t('features.times.add') : t('admin.edit', { name: profile.name })}
      submit={profile === null ? t('admin.create') : t('admin.save')}
      pending={save.isPending}
      error={wrong.besides(['name', 'region', ...windowFields(draft.windows)])}
      onSubmit={() => {
        setTried(true);
        const { windows, region, closed_days } = draft;
        if (!isNameless) save.mutate({ name: draft.name.trim(), windows, region, closed_days });
      }}
      onClose={onClose}
    >
      <TextField
        label={t('admin.name')}
        first
        value={draft.name}
        onChange={(name) => change({ name })}
        error={tried && isNameless ? t('admin.needed') : wrong.at('name')}
        autoCapitalize="sentences"
      />
      <WindowFields
        windows={draft.windows}
        wrong={wrong}
        hint={t('features.times.openHint')}
        onChange={(windows) => change({ windows })}
      />
      <SelectField
        label={t('features.times.region')}
        hint={t('features.times.regionHint')}
        value={draft.region ?? ''}
        data={[
          { value: '', label: t('features.times.noRegion') },
          ...(isUnknown ? [{ value: draft.region ?? '', label: draft.region ?? '' }] : []),
          ...regions.map(({ region, name }) => ({ value: region, label: name })),
        ]}
        onChange={(region) => change({ region: region === '' ? null : region })}
        error={wrong.at('region')}
      />
      {draft.region !== null && <Holidays region={draft.region} />}
      <ClosedDays days={draft.closed_days} onChange={(closed_days) => change({ closed_days })} />
    </FormDialog>
  );
}
