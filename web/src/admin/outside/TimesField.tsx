import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useTimeProfiles } from '../../reach/queries.ts';
import { SelectField } from '../fields.tsx';

interface TimesFieldProps {
  /** `null`: times of its own, which are the children's. */
  profile: number | null;
  onChange: (profile: number | null) => void;
  children: ReactNode;
}

/** Times of the week: a time profile of the company, or one's own. */
export function TimesField({ profile, onChange, children }: TimesFieldProps) {
  const { t } = useTranslation();
  const profiles = useTimeProfiles().data ?? [];
  const isUnknown = profile !== null && !profiles.some(({ id }) => id === profile);
  return (
    <>
      {(profiles.length > 0 || profile !== null) && (
        <SelectField
          label={t('features.times.by')}
          value={profile === null ? '' : String(profile)}
          data={[
            { value: '', label: t('features.times.own') },
            ...(isUnknown ? [{ value: String(profile), label: '…' }] : []),
            ...profiles.map(({ id, name }) => ({
              value: String(id),
              label: t('reach.during.open', { name }),
            })),
          ]}
          onChange={(value) => onChange(value === '' ? null : Number(value))}
        />
      )}
      {profile === null && children}
    </>
  );
}
