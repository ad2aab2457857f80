import { Button, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconCheck, IconPlugConnectedX } from '@tabler/icons-react';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../api/client.ts';
import { useBackend } from '../backend.ts';
import { useErrorWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';
import classes from './Settings.module.css';

/** Shortest password that the server takes. */
export const PASSWORD_LENGTH_MIN = 8;

export function ChangePassword() {
  const { t } = useTranslation();
  const { api } = useBackend();
  const errorWords = useErrorWords();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [repeat, setRepeat] = useState('');
  const [tried, setTried] = useState(false);
  const change = useMutation({
    mutationFn: () => api.changePassword(current, next),
    onSuccess: () => {
      setCurrent('');
      setNext('');
      setRepeat('');
      setTried(false);
    },
  });
  const short = next.length < PASSWORD_LENGTH_MIN;
  const wrong = change.error instanceof Refused && change.error.code === 'wrong-password';
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (current !== '' && !short && next === repeat) change.mutate();
  };
  const toggle = { 'aria-label': t('signIn.showPassword') };
  return (
    <section aria-labelledby="password">
      <form className={classes.card} onSubmit={submit} noValidate>
        <h2 id="password">{t('settings.password')}</h2>
        <PasswordInput
          size="md"
          label={t('settings.current')}
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
          error={wrong ? t('settings.wrongCurrent') : tried && current === '' ? t('admin.needed') : undefined}
          autoComplete="current-password"
          visibilityToggleButtonProps={toggle}
        />
        <PasswordInput
          size="md"
          label={t('settings.next')}
          value={next}
          onChange={(event) => setNext(event.currentTarget.value)}
          error={tried && short ? t('errors.field.new') : undefined}
          autoComplete="new-password"
          visibilityToggleButtonProps={toggle}
        />
        <PasswordInput
          size="md"
          label={t('settings.repeat')}
          value={repeat}
          onChange={(event) => setRepeat(event.currentTarget.value)}
          error={tried && !short && next !== repeat ? t('settings.different') : undefined}
          autoComplete="new-password"
          visibilityToggleButtonProps={toggle}
        />
        {change.isSuccess && (
          <Notice tone="calm" icon={<IconCheck size={20} />}>
            {t('settings.changed')}
          </Notice>
        )}
        {change.isError && !wrong && (
          <Notice tone="bad" role="alert" icon={<IconPlugConnectedX size={20} />}>
            {errorWords(change.error)}
          </Notice>
        )}
        <Button type="submit" loading={change.isPending} justify="center">
          {t('settings.change')}
        </Button>
      </form>
    </section>
  );
}
