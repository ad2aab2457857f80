import { Button, Checkbox } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Transport, TrunkProfile } from '../../api/types.ts';
import { AccountDetails, accountFields, type Mistakes } from './AccountFields.tsx';
import { blankAccount, IDENTITIES, SRTPS, TRANSPORTS, type TrunkDraft } from './draft.ts';
import { useFactWords } from './facts.ts';
import { SelectField, TextField } from './fields.tsx';
import { example, FORMATS, type Format } from './formats.ts';
import classes from './Outside.module.css';
import { useNumberPlan } from './queries.ts';
import type { Wrong } from './wrong.ts';

interface MoreFieldsProps {
  isNew: boolean;
  draft: TrunkDraft;
  profile: TrunkProfile | null;
  wrong: Wrong;
  mistakes: Mistakes;
  /** The server's field, unless it stands above. */
  host: ReactNode;
  isHostWrong: boolean;
  onChange: (some: Partial<TrunkDraft>) => void;
  onTransport: (transport: Transport | '') => void;
}

/** What is usually right as it stands. It opens by itself where something in it is wrong. */
export function MoreFields(props: MoreFieldsProps) {
  const { t } = useTranslation();
  const { draft, wrong, mistakes, host, onChange } = props;
  const [isOpen, setIsOpen] = useState(false);
  const inside = [...accountFields(draft).filter((field) => !/\.(user|password)$/.test(field)), ...OWN];
  const isWrongInside =
    inside.some((field) => wrong.at(field) !== undefined || mistakes.some((each) => each.field === field)) ||
    (host !== null && props.isHostWrong);
  return (
    <details
      className={classes.more}
      open={isOpen || isWrongInside}
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary>{t('outside.trunk.more')}</summary>
      <div className={classes.fields}>
        {!props.isNew && (
          <Checkbox
            label={t('outside.trunk.enabled')}
            description={t('outside.trunk.enabledHint')}
            checked={draft.enabled}
            onChange={(event) => onChange({ enabled: event.currentTarget.checked })}
          />
        )}
        {host}
        <PlaceFields {...props} />
        {draft.known_by === 'account' && (
          <>
            {draft.accounts.map((account, index) => (
              <AccountDetails key={index} {...props} index={index} account={account} />
            ))}
            <div>
              <Button
                variant="default"
                leftSection={<IconPlus size={18} aria-hidden="true" />}
                onClick={() => onChange({ accounts: [...draft.accounts, blankAccount()] })}
              >
                {t('outside.trunk.addAccount')}
              </Button>
            </div>
          </>
        )}
        <CallFields {...props} />
      </div>
    </details>
  );
}

const OWN = ['port', 'domain', 'networks'];

/** Where the provider's servers are, and how they know us. */
function PlaceFields({ draft, profile, wrong, onChange, onTransport }: MoreFieldsProps) {
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

/** What calls look like to the provider, and from where they may come. */
function CallFields({ draft, profile, wrong, onChange }: MoreFieldsProps) {
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
