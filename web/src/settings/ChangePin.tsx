import { Button, PasswordInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconCheck, IconPlugConnectedX } from '@tabler/icons-react';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../api/client.ts';
import { useBackend } from '../backend.ts';
import { useMe, useUsers } from '../people/directory.ts';
import { useErrorWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';
import { isPin } from './pin.ts';
import classes from './Settings.module.css';

/** One's own PIN for shared phones; the password is asked, since the PIN gives away one's number. */
export function ChangePin() {
  const { t } = useTranslation();
  const { api } = useBackend();
  const me = useMe();
  const { desk_share } = me.server;
  const queries = useQueryClient();
  const errorWords = useErrorWords();
  const hasPin = useUsers().data?.find(({ id }) => id === me.id)?.has_pin === true;
  const [password, setPassword] = useState('');
  const [pin, setPin] = useState('');
  const [tried, setTried] = useState(false);
  const renew = () => queries.invalidateQueries({ queryKey: ['users'] });
  const save = useMutation({
    mutationFn: () => api.setPin(password, pin),
    onSuccess: async () => {
      setPassword('');
      setPin('');
      setTried(false);
      await renew();
    },
  });
  const remove = useMutation({ mutationFn: () => api.deletePin(), onSuccess: renew });
  if (me.extension === null || desk_share === null) return null;
  const wrong = save.error instanceof Refused && save.error.code === 'wrong-password';
  const failure = wrong ? remove.error : (save.error ?? remove.error);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (password !== '' && isPin(pin)) save.mutate();
  };
  const toggle = { 'aria-label': t('signIn.showPassword') };
  return (
    <section aria-labelledby="pin">
      <form className={classes.card} onSubmit={submit} noValidate>
        <h2 id="pin">{t('pin.title')}</h2>
        <p className={classes.hint}>
          {t('pin.text', { code: desk_share, extension: me.extension })}{' '}
          {hasPin ? t('pin.set') : t('pin.none')}
        </p>
        <PasswordInput
          size="md"
          label={t('signIn.password')}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={
            wrong ? t('settings.wrongCurrent') : tried && password === '' ? t('admin.needed') : undefined
          }
          autoComplete="current-password"
          visibilityToggleButtonProps={toggle}
        />
        <PasswordInput
          size="md"
          label={t('pin.next')}
          description={t('pin.rule')}
          inputMode="numeric"
          value={pin}
          onChange={(event) => setPin(event.currentTarget.value)}
          error={tried && !isPin(pin) ? t('pin.rule') : undefined}
          autoComplete="new-password"
          visibilityToggleButtonProps={toggle}
        />
        {save.isSuccess && (
          <Notice tone="calm" icon={<IconCheck size={20} />}>
            {t('pin.changed')}
          </Notice>
        )}
        {failure !== null && (
          <Notice tone="bad" role="alert" icon={<IconPlugConnectedX size={20} />}>
            {errorWords(failure)}
          </Notice>
        )}
        <Button type="submit" loading={save.isPending} justify="center">
          {hasPin ? t('pin.change') : t('pin.create')}
        </Button>
        {hasPin && (
          <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t('pin.delete')}
          </Button>
        )}
      </form>
    </section>
  );
}
