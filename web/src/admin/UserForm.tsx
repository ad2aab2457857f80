import { Button } from '@mantine/core';
import { IconInfoCircle, IconWand } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Calling, RecordingPermission, User } from '../api/types.ts';
import { isToldByFields, useFieldWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';
import classes from './Admin.module.css';
import { Failure, FormDialog } from './Dialog.tsx';
import { SelectField, TextField } from './fields.tsx';
import { CallingFields, callingFields } from './outside/CallingFields.tsx';
import { useCalling } from './outside/queries.ts';
import { useWrong } from './outside/wrong.ts';
import { makePassword } from './password.ts';
import {
  draftOf,
  mistakesOf,
  USUAL_CALLING,
  USUAL_RECORDING,
  useSavePerson,
  type PersonDraft,
} from './person.ts';
import { PermissionFields } from './recording/PermissionFields.tsx';
import { useRecordingPermission } from './recording/queries.ts';

/** Adds a person (`user` is `null`) or changes one. */
export function UserForm({ user, onClose }: { user: User | null; onClose: () => void }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(() => draftOf(user));
  const [tried, setTried] = useState(false);
  const permitted = useCalling(user?.id ?? null);
  const [changed, setChanged] = useState<Calling | null>(null);
  const calling = changed ?? (user === null ? USUAL_CALLING : permitted.data);
  const recorded = useRecordingPermission(user?.id ?? null);
  const [recording, setRecording] = useState<RecordingPermission | null>(null);
  const permission = recording ?? (user === null ? USUAL_RECORDING : recorded.data);
  const hasPhone = draft.extension.trim() !== '';
  const { save, pending, error, added } = useSavePerson(user, onClose);
  const mistakes = mistakesOf(draft, user === null);
  const wrong = useWrong(error);
  const isTold = isToldByFields(error, ['name', 'login', 'extension', 'password']);
  const submit = () => {
    setTried(true);
    if (mistakes.length === 0) save({ draft, calling: hasPhone ? changed : null, recording });
  };
  return (
    <FormDialog
      title={user === null ? t('admin.add') : t('admin.edit', { name: user.name })}
      submit={user === null && added === null ? t('admin.create') : t('admin.save')}
      pending={pending}
      error={isTold ? null : wrong.besides(calling === undefined ? [] : callingFields(calling))}
      onSubmit={submit}
      onClose={onClose}
    >
      <PersonFields
        draft={draft}
        isNew={user === null}
        mistakes={tried ? mistakes : []}
        error={error}
        onChange={(some) => setDraft((before) => ({ ...before, ...some }))}
      />
      {calling !== undefined && hasPhone && (
        <CallingFields calling={calling} wrong={wrong} onChange={setChanged} />
      )}
      {permission !== undefined && <PermissionFields permission={permission} onChange={setRecording} />}
      <Failure error={permitted.error ?? recorded.error} />
      {added !== null && (
        <Notice tone="wait" role="alert" icon={<IconInfoCircle size={20} />}>
          {t('admin.halfSaved', { name: added.name })}
        </Notice>
      )}
    </FormDialog>
  );
}

interface PersonFieldsProps {
  draft: PersonDraft;
  isNew: boolean;
  mistakes: readonly (keyof PersonDraft)[];
  error: Error | null;
  onChange: (some: Partial<PersonDraft>) => void;
}

/** Who somebody is, and how they sign in. */
function PersonFields({ draft, isNew, mistakes, error, onChange }: PersonFieldsProps) {
  const { t } = useTranslation();
  const refused = useFieldWords(error);
  const needed = (field: 'name' | 'login') => (mistakes.includes(field) ? t('admin.needed') : refused(field));
  return (
    <>
      <TextField
        label={t('admin.name')}
        first
        value={draft.name}
        onChange={(name) => onChange({ name })}
        error={needed('name')}
        autoCapitalize="words"
      />
      <TextField
        label={t('admin.login')}
        hint={t('admin.loginHint')}
        value={draft.login}
        onChange={(login) => onChange({ login })}
        error={needed('login')}
      />
      <TextField
        label={t('admin.extension')}
        inputMode="numeric"
        value={draft.extension}
        onChange={(extension) => onChange({ extension })}
        error={mistakes.includes('extension') ? t('errors.field.extension') : refused('extension')}
      />
      <SelectField
        label={t('admin.role')}
        data={[
          { value: 'user', label: t('admin.roles.user') },
          { value: 'administrator', label: t('admin.roles.administrator') },
        ]}
        value={draft.role}
        onChange={(role) => onChange({ role: role === 'administrator' ? 'administrator' : 'user' })}
      />
      <PasswordField
        isNew={isNew}
        value={draft.password}
        error={mistakes.includes('password') ? t('errors.field.password') : refused('password')}
        onChange={(password) => onChange({ password })}
      />
    </>
  );
}

interface PasswordFieldProps {
  isNew: boolean;
  value: string;
  error: string | undefined;
  onChange: (password: string) => void;
}

/** A password that its administrator reads, to tell it to somebody. */
function PasswordField({ isNew, value, error, onChange }: PasswordFieldProps) {
  const { t } = useTranslation();
  return (
    <TextField
      label={isNew ? t('admin.password') : t('admin.newPassword')}
      hint={isNew ? undefined : t('admin.newPasswordHint')}
      value={value}
      onChange={onChange}
      error={error}
      inputContainer={(field) => (
        <div className={classes.withButton}>
          {field}
          <Button
            variant="default"
            leftSection={<IconWand size={18} aria-hidden="true" />}
            onClick={() => onChange(makePassword())}
          >
            {t('admin.generate')}
          </Button>
        </div>
      )}
    />
  );
}
