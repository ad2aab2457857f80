import { Textarea } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { SelectField, TextField } from '../fields.tsx';
import { TRUSTS, type TrustDraft } from './draft.ts';
import type { MoreFieldsProps } from './MoreFields.tsx';
import classes from './Outside.module.css';

/** How the provider's servers prove over TLS who they are; nothing where there will be no TLS. */
export function TrustFields({ draft, wrong, onChange }: MoreFieldsProps) {
  const { t } = useTranslation();
  const { trust, transport } = draft;
  const change = (some: Partial<TrustDraft>) => onChange({ trust: { ...trust, ...some } });
  const isWrong = wrong.at('trust') !== undefined;
  // What is wrong has to be seen, even where it is of no use.
  if (!isWrong && (transport === 'udp' || transport === 'tcp')) return null;
  return (
    <>
      <SelectField
        label={t('outside.trunk.trust')}
        hint={t('outside.trunk.trustHint')}
        value={trust.kind}
        onChange={(value) => change({ kind: TRUSTS.find((each) => each === value) ?? trust.kind })}
        data={TRUSTS.map((value) => ({ value, label: t(`outside.trust.${value}`) }))}
      />
      {trust.kind === 'authority' && (
        <Textarea
          label={t('outside.trunk.pem')}
          description={t('outside.trunk.pemHint')}
          placeholder="-----BEGIN CERTIFICATE-----"
          classNames={{ input: classes.code }}
          autosize
          minRows={4}
          maxRows={10}
          value={trust.pem}
          onChange={(event) => change({ pem: event.currentTarget.value })}
          error={isWrong ? t('outside.trunk.pemWrong') : undefined}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
      )}
      {trust.kind === 'pinned' && (
        <TextField
          label={t('outside.trunk.sha256')}
          hint={t('outside.trunk.sha256Hint')}
          value={trust.sha256}
          onChange={(sha256) => change({ sha256 })}
          error={isWrong ? t('outside.trunk.sha256Wrong') : undefined}
        />
      )}
    </>
  );
}
