import { useTranslation } from 'react-i18next';
import { TextField } from '../fields.tsx';
import { useFactWords } from './facts.ts';
import type { MoreFieldsProps } from './MoreFields.tsx';
import classes from './Outside.module.css';

/** How we find out whether the provider is there, and how it sees us. */
export function WatchFields({ draft, profile, wrong, onChange }: MoreFieldsProps) {
  const { t } = useTranslation();
  const fact = useFactWords(profile);
  return (
    <>
      <TextField
        label={t('outside.trunk.stun')}
        hint={fact('stun', t('outside.trunk.stunHint'))}
        placeholder="stun.example.com:3478"
        value={draft.stun}
        onChange={(stun) => onChange({ stun })}
        error={wrong.at('stun')}
      />
      <div className={classes.pair}>
        <TextField
          label={t('outside.trunk.ping')}
          hint={t('outside.trunk.pingHint')}
          inputMode="numeric"
          value={draft.ping_seconds}
          onChange={(seconds) => onChange({ ping_seconds: seconds.replace(/\D/g, '').slice(0, 4) })}
          error={wrong.at('ping_seconds')}
        />
        <TextField
          label={t('outside.trunk.echoNumber')}
          hint={t('outside.trunk.echoNumberHint')}
          inputMode="tel"
          value={draft.echo_number}
          onChange={(echo_number) => onChange({ echo_number })}
          error={wrong.at('echo_number')}
        />
      </div>
    </>
  );
}
