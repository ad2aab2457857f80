import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconAlertCircle, IconWand } from '@tabler/icons-react';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Calling, NewUser, Role, User } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { PASSWORD_LENGTH_MIN } from '../settings/ChangePassword.tsx';
import { isToldByFields, useErrorWords, useFieldWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';
import classes from './Admin.module.css';
import { CALLING_FIELDS, CallingFields } from './outside/CallingFields.tsx';
import { useCalling } from './outside/queries.ts';
import { useWrong } from './outside/wrong.ts';
import { makePassword } from './password.ts';

/** Adds a person (`user` is `null`) or changes one. */
export function UserForm({ user, onClose }: { user: User | null; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const queries = useQueryClient();
  const errorWords = useErrorWords();
  const [name, setName] = useState(user?.name ?? '');
  const [login, setLogin] = useState(user?.login ?? '');
  const [extension, setExtension] = useState(user?.extension ?? '');
  const [role, setRole] = useState<Role>(user?.role ?? 'user');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const permitted = useCalling(user?.id ?? null);
  const [changed, setChanged] = useState<Calling | null>(null);
  const calling = changed ?? permitted.data;

  const save = useMutation({
    mutationFn: async () => {
      const body: Omit<NewUser, 'password'> = {
        name: name.trim(),
        login: login.trim(),
        extension: extension.trim() === '' ? null : extension.trim(),
        role,
      };
      if (user === null) await api.addUser({ ...body, password });
      else {
        await api.changeUser(user.id, password === '' ? body : { ...body, password });
        if (changed !== null) await api.changeCalling(user.id, changed);
      }
    },
    onSuccess: async () => {
      await queries.invalidateQueries();
      onClose();
    },
  });

  const refused = useFieldWords(save.error);
  const needed = (value: string) => (tried && value.trim() === '' ? t('admin.needed') : undefined);
  const extensionOk = /^\d{0,15}$/.test(extension.trim());
  const passwordOk = password.length >= PASSWORD_LENGTH_MIN || (user !== null && password === '');
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() !== '' && login.trim() !== '' && extensionOk && passwordOk) save.mutate();
  };
  const wrong = useWrong(save.error);
  const isTold = isToldByFields(save.error, ['name', 'login', 'extension', 'password']);
  const general = isTold ? null : wrong.besides(CALLING_FIELDS);

  return (
    <Modal
      opened
      onClose={onClose}
      title={user === null ? t('admin.add') : t('admin.edit', { name: user.name })}
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <form className={classes.form} onSubmit={submit} noValidate>
        <TextInput
          label={t('admin.name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={needed(name) ?? refused('name')}
          data-autofocus
          autoComplete="off"
        />
        <TextInput
          label={t('admin.login')}
          description={t('admin.loginHint')}
          value={login}
          onChange={(event) => setLogin(event.currentTarget.value)}
          error={needed(login) ?? refused('login')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
        <TextInput
          label={t('admin.extension')}
          inputMode="numeric"
          value={extension}
          onChange={(event) => setExtension(event.currentTarget.value)}
          error={tried && !extensionOk ? t('errors.field.extension') : refused('extension')}
          autoComplete="off"
        />
        <NativeSelect
          label={t('admin.role')}
          data={[
            { value: 'user', label: t('admin.roles.user') },
            { value: 'administrator', label: t('admin.roles.administrator') },
          ]}
          value={role}
          onChange={(event) =>
            setRole(event.currentTarget.value === 'administrator' ? 'administrator' : 'user')
          }
        />
        <TextInput
          label={user === null ? t('admin.password') : t('admin.newPassword')}
          description={user === null ? undefined : t('admin.newPasswordHint')}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={tried && !passwordOk ? t('errors.field.password') : refused('password')}
          autoComplete="off"
          spellCheck={false}
          inputContainer={(field) => (
            <div className={classes.withButton}>
              {field}
              <Button
                variant="default"
                leftSection={<IconWand size={18} aria-hidden="true" />}
                onClick={() => setPassword(makePassword())}
              >
                {t('admin.generate')}
              </Button>
            </div>
          )}
        />
        {calling !== undefined && extension.trim() !== '' && (
          <CallingFields calling={calling} wrong={wrong} onChange={setChanged} />
        )}
        {permitted.error !== null && (
          <Notice tone="bad" role="alert" icon={<IconAlertCircle size={20} />}>
            {errorWords(permitted.error)}
          </Notice>
        )}
        {general !== null && (
          <Notice tone="bad" role="alert" icon={<IconAlertCircle size={20} />}>
            {errorWords(general)}
          </Notice>
        )}
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('app.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {user === null ? t('admin.create') : t('admin.save')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
