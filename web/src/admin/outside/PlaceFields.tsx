import { useTranslation } from 'react-i18next';
import { SelectField, TextField } from '../fields.tsx';
import { TRANSPORTS } from './draft.ts';
import { useFactWords } from './facts.ts';
import type { MoreFieldsProps } from './MoreFields.tsx';
import classes from './Outside.module.css';

/** Where the provider's servers are, and how they know us. */
export function PlaceFields({ draft, profile, wrong, onChange, onTransport }: MoreFieldsProps) {
  const { t } = useTranslation();
  const fact = useFactWords(profile);
  return (
    <>
      <div className={classes.pair}>
        <SelectField
          label={t('outside.trunk.transport')}
          hint={fact('transports')}
          value={draft.transport}
          onChange={(value) => onTransport(TRANSPORTS.find((each) => each === value) ?? '')}
          data={[
            { value: '', label: t('outside.trunk.byDns') },
            ...TRANSPORTS.map((value) => ({ value, label: value.toUpperCase() })),
          ]}
        />
        <TextField
          label={t('outside.trunk.port')}
          hint={fact(draft.transport === 'tls' ? 'tls_port' : 'port', t('outside.trunk.portHint'))}
          inputMode="numeric"
          value={draft.port}
          onChange={(port) => onChange({ port: port.replace(/\D/g, '').slice(0, 5) })}
          error={wrong.at('port')}
        />
      </div>
      <TextField
        label={t('outside.trunk.domain')}
        hint={fact('domain', t('outside.trunk.domainHint'))}
        value={draft.domain}
        onChange={(domain) => onChange({ domain })}
        error={wrong.at('domain')}
      />
      <TextField
        label={t('outside.trunk.fromAddress')}
        hint={t('outside.trunk.fromAddressHint')}
        placeholder="192.0.2.10"
        value={draft.from_address}
        onChange={(from_address) => onChange({ from_address })}
        error={wrong.at('from_address')}
      />
      <SelectField
        label={t('outside.trunk.knownBy')}
        hint={fact('authentication')}
        value={draft.known_by}
        onChange={(value) => onChange({ known_by: value === 'address' ? 'address' : 'account' })}
        data={[
          { value: 'account', label: t('outside.trunk.byAccount') },
          { value: 'address', label: t('outside.trunk.byAddress') },
        ]}
      />
    </>
  );
}
