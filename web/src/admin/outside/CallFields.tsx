import { useTranslation } from 'react-i18next';
import { SelectField, TextField } from '../fields.tsx';
import { FORWARDED, IDENTITIES, SRTPS } from './draft.ts';
import { useFactWords } from './facts.ts';
import { example, FORMATS, type Format } from './formats.ts';
import type { MoreFieldsProps } from './MoreFields.tsx';
import { useNumberPlan } from './queries.ts';

/** What calls look like to the provider, and from where they may come. */
export function CallFields({ draft, profile, wrong, onChange }: MoreFieldsProps) {
  const { t } = useTranslation();
  const fact = useFactWords(profile);
  return (
    <>
      <SelectField
        label={t('outside.trunk.srtp')}
        hint={fact('srtp')}
        value={draft.srtp}
        onChange={(value) => onChange({ srtp: SRTPS.find((each) => each === value) ?? draft.srtp })}
        data={SRTPS.map((value) => ({ value, label: t(`outside.srtp.${value}`) }))}
      />
      <SelectField
        label={t('outside.trunk.identity')}
        hint={fact('identity')}
        value={draft.identity}
        onChange={(value) =>
          onChange({ identity: IDENTITIES.find((each) => each === value) ?? draft.identity })
        }
        data={IDENTITIES.map((value) => ({ value, label: t(`outside.identity.${value}`) }))}
      />
      <SelectField
        label={t('outside.trunk.forwarded')}
        hint={t('outside.trunk.forwardedHint')}
        value={draft.forwarded}
        onChange={(value) =>
          onChange({ forwarded: FORWARDED.find((each) => each === value) ?? draft.forwarded })
        }
        data={FORWARDED.map((value) => ({ value, label: t(`outside.forwarded.${value}`) }))}
      />
      <FormatFields draft={draft} profile={profile} onChange={onChange} />
      <TextField
        label={t('outside.trunk.networks')}
        hint={t('outside.trunk.networksHint')}
        placeholder="192.0.2.0/24"
        value={draft.networks}
        onChange={(networks) => onChange({ networks })}
        error={wrong.at('networks')}
      />
    </>
  );
}

/** How numbers are written, with one's own as an example. */
function FormatFields({ draft, profile, onChange }: Pick<MoreFieldsProps, 'draft' | 'profile' | 'onChange'>) {
  const { t } = useTranslation();
  const fact = useFactWords(profile);
  const plan = useNumberPlan().data;
  const place = { country: plan?.country ?? null, area: plan?.area ?? null };
  const formats = FORMATS.map((value) => ({
    value,
    label: `${t(`outside.format.${value}`)}: ${example(draft.number, value, place)}`,
  }));
  const format = (value: string, otherwise: Format) => FORMATS.find((each) => each === value) ?? otherwise;
  return (
    <>
      <SelectField
        label={t('outside.trunk.outgoing')}
        hint={fact('outgoing')}
        value={draft.outgoing}
        onChange={(value) => onChange({ outgoing: format(value, draft.outgoing) })}
        data={formats}
      />
      <SelectField
        label={t('outside.trunk.incoming')}
        hint={fact('incoming')}
        value={draft.incoming}
        onChange={(value) => onChange({ incoming: format(value, draft.incoming) })}
        data={formats}
      />
    </>
  );
}
