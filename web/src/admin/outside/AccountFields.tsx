import { Button, Checkbox } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { TrunkProfile } from '../../api/types.ts';
import { SecretField, TextField } from '../fields.tsx';
import { hasPassword, type AccountDraft, type TrunkDraft } from './draft.ts';
import { useFactWords } from './facts.ts';
import classes from './Outside.module.css';
import type { Wrong } from './wrong.ts';

const EXPIRES_SECONDS_MIN = 60;
const EXPIRES_SECONDS_MAX = 86_400;

type Part = 'user' | 'password' | 'auth_user' | 'realm' | 'contact_user' | 'expires_seconds';
const PARTS: readonly Part[] = ['user', 'password', 'auth_user', 'realm', 'contact_user', 'expires_seconds'];

/** What can be seen to be wrong without the server: fields by its names for them. */
export type Mistakes = readonly { field: string; is: 'missing' | 'twice' | 'expires' }[];

const fieldOf = (index: number, part: Part) => `accounts[${index}].${part}`;

/** The server's names of all fields of a draft's accounts. */
export function accountFields({ accounts }: TrunkDraft): string[] {
  return accounts.flatMap((_, index) => PARTS.map((part) => fieldOf(index, part)));
}

export function mistakesOf({ known_by, accounts }: TrunkDraft): Mistakes {
  if (known_by === 'address') return [];
  const users = accounts.map(({ user }) => user.trim());
  return accounts.flatMap((account, index): Mistakes => {
    const seconds = Number(account.expires_seconds);
    const isTime = seconds >= EXPIRES_SECONDS_MIN && seconds <= EXPIRES_SECONDS_MAX;
    const user = users[index] ?? '';
    const found: { field: Part; is: Mistakes[number]['is'] }[] = [];
    if (user === '') found.push({ field: 'user', is: 'missing' });
    else if (users.indexOf(user) !== index) found.push({ field: 'user', is: 'twice' });
    if (account.password === '' && !hasPassword(account)) found.push({ field: 'password', is: 'missing' });
    if (account.registers && !isTime) found.push({ field: 'expires_seconds', is: 'expires' });
    return found.map(({ field, is }) => ({ field: fieldOf(index, field), is }));
  });
}

interface AccountsProps {
  draft: TrunkDraft;
  profile: TrunkProfile | null;
  mistakes: Mistakes;
  wrong: Wrong;
  onChange: (some: Partial<TrunkDraft>) => void;
}

/** Users and passwords; nothing but a sentence where the provider knows us by our address. */
export function Accounts(props: AccountsProps) {
  const { t } = useTranslation();
  const { draft, profile } = props;
  const fact = useFactWords(profile);
  const errorAt = useErrorAt(props);
  if (draft.known_by === 'address') {
    return <p className={classes.hint}>{t('outside.trunk.byAddressText')}</p>;
  }
  return (
    <>
      {draft.accounts.map((account, index) => (
        <div key={index} className={classes.pair}>
          <TextField
            label={numbered(t('outside.trunk.user'), index, draft)}
            hint={t('outside.trunk.userHint')}
            value={account.user}
            onChange={(user) => changeAccount(props, index, { user })}
            error={errorAt(index, 'user')}
          />
          <SecretField
            label={numbered(t('admin.password'), index, draft)}
            hint={hasPassword(account) ? t('admin.newPasswordHint') : t('outside.trunk.passwordHint')}
            value={account.password}
            onChange={(password) => changeAccount(props, index, { password })}
            error={errorAt(index, 'password')}
          />
        </div>
      ))}
      {profile?.auth_user != null && <p className={classes.hint}>{fact('auth_user')}</p>}
    </>
  );
}

interface AccountDetailsProps extends AccountsProps {
  index: number;
  account: AccountDraft;
}

/** What few providers need to know of an account besides user and password. */
export function AccountDetails(props: AccountDetailsProps) {
  const { t } = useTranslation();
  const { draft, profile, index, account } = props;
  const fact = useFactWords(profile);
  const errorAt = useErrorAt(props);
  const change = (some: Partial<AccountDraft>) => changeAccount(props, index, some);
  const isOneOfSeveral = draft.accounts.length > 1;
  return (
    <fieldset className={classes.group}>
      {isOneOfSeveral && (
        <legend>{t('outside.detail.account', { user: account.user || String(index + 1) })}</legend>
      )}
      <TextField
        label={t('outside.trunk.authUser')}
        hint={fact('auth_user', t('outside.trunk.authUserHint'))}
        value={account.auth_user}
        onChange={(auth_user) => change({ auth_user })}
        error={errorAt(index, 'auth_user')}
      />
      <TextField
        label={t('outside.trunk.realm')}
        hint={fact('realm', t('outside.trunk.realmHint'))}
        value={account.realm}
        onChange={(realm) => change({ realm })}
        error={errorAt(index, 'realm')}
      />
      <TextField
        label={t('outside.trunk.contactUser')}
        hint={t('outside.trunk.contactUserHint')}
        value={account.contact_user}
        onChange={(contact_user) => change({ contact_user })}
        error={errorAt(index, 'contact_user')}
      />
      <Checkbox
        label={t('outside.trunk.registers')}
        description={t('outside.trunk.registersHint')}
        checked={account.registers}
        onChange={(event) => change({ registers: event.currentTarget.checked })}
      />
      {account.registers && (
        <TextField
          label={t('outside.trunk.expires')}
          hint={fact('expires_seconds', t('outside.trunk.expiresHint'))}
          inputMode="numeric"
          value={account.expires_seconds}
          onChange={(expires_seconds) => change({ expires_seconds })}
          error={errorAt(index, 'expires_seconds')}
        />
      )}
      {isOneOfSeveral && <RemoveAccount {...props} />}
    </fieldset>
  );
}

function RemoveAccount({ draft, index, account, onChange }: AccountDetailsProps) {
  const { t } = useTranslation();
  return (
    <div>
      <Button
        variant="default"
        onClick={() => onChange({ accounts: draft.accounts.filter((_, position) => position !== index) })}
      >
        {t('outside.trunk.removeAccount', { user: account.user || String(index + 1) })}
      </Button>
    </div>
  );
}

/** Fields of several accounts are told apart by their numbers. */
function numbered(label: string, index: number, { accounts }: TrunkDraft): string {
  return accounts.length === 1 ? label : `${label} ${index + 1}`;
}

function changeAccount({ draft, onChange }: AccountsProps, index: number, some: Partial<AccountDraft>): void {
  onChange({
    accounts: draft.accounts.map((each, position) => (position === index ? { ...each, ...some } : each)),
  });
}

function useErrorAt({ mistakes, wrong }: AccountsProps): (index: number, part: Part) => string | undefined {
  const { t } = useTranslation();
  return (index, part) => {
    const field = fieldOf(index, part);
    switch (mistakes.find((each) => each.field === field)?.is) {
      case 'missing':
        return t('admin.needed');
      case 'twice':
        return t('outside.trunk.userTwice');
      case 'expires':
        return t('outside.wrong.expires_seconds');
      case undefined:
        return wrong.at(field);
    }
  };
}
