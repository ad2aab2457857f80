import { Button, Checkbox } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Transport, TrunkProfile } from '../../api/types.ts';
import { AccountDetails, accountFields, type Mistakes } from './AccountFields.tsx';
import { CallFields } from './CallFields.tsx';
import { blankAccount, type TrunkDraft } from './draft.ts';
import classes from './Outside.module.css';
import { PlaceFields } from './PlaceFields.tsx';
import { TrustFields } from './TrustFields.tsx';
import { WatchFields } from './WatchFields.tsx';
import type { Wrong } from './wrong.ts';

export interface MoreFieldsProps {
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
  const inside = [
    ...accountFields(draft).filter((field) => !/\.(user|password)$/.test(field)),
    ...MORE_FIELDS,
  ];
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
        <TrustFields {...props} />
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
        <WatchFields {...props} />
      </div>
    </details>
  );
}

/** The server's names of the fields in here that are of no account. */
export const MORE_FIELDS = [
  'port',
  'domain',
  'networks',
  'from_address',
  'trust',
  'ping_seconds',
  'stun',
  'echo_number',
];
