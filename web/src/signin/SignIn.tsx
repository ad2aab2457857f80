import { Button, PasswordInput, TextInput } from '@mantine/core';
import { IconAlertCircle, IconClock, IconPlugConnectedX } from '@tabler/icons-react';
import { useEffect, useRef, useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused, ServerAway } from '../api/client.ts';
import type { Me } from '../api/types.ts';
import { useBackend } from '../backend.ts';
import { Wordmark } from '../brand/Logo.tsx';
import { formatDuration } from '../phone/number.ts';
import { LanguageMenu } from '../shell/LanguageMenu.tsx';
import { SchemeMenu } from '../shell/SchemeMenu.tsx';
import { useErrorWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';
import { useNow } from '../ui/useNow.ts';
import classes from './SignIn.module.css';

/** Wait to show when the server says "locked out" but not for how long, in seconds. */
const LOCKED_S = 60;

type Refusal =
  | { because: 'wrong' }
  | { because: 'locked'; until: number }
  | { because: 'away' }
  | { because: 'failed'; error: Error };

export function SignIn({ expired, onSignedIn }: { expired: boolean; onSignedIn: (me: Me) => void }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const [name, setName] = useState(() => localStorage.getItem('farend.name') ?? '');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const nameField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);
  const nameMissing = tried && name.trim() === '';
  const passwordMissing = tried && password === '';

  useEffect(() => {
    (nameField.current?.value === '' ? nameField : passwordField).current?.focus();
  }, []);

  const submit = async () => {
    setTried(true);
    if (name.trim() === '') return nameField.current?.focus();
    if (password === '') return passwordField.current?.focus();
    setBusy(true);
    setRefusal(null);
    try {
      const me = await api.signIn(name.trim(), password);
      localStorage.setItem('farend.name', name.trim());
      onSignedIn(me);
    } catch (error) {
      setRefusal(refusalOf(error));
      setBusy(false);
      passwordField.current?.select();
    }
  };
  const onSubmit = (event: SyntheticEvent) => {
    event.preventDefault();
    void submit();
  };

  return (
    <div className={classes.page}>
      <header className={classes.corner}>
        <LanguageMenu />
        <SchemeMenu />
      </header>
      <main className={classes.middle}>
        <div className={classes.brand}>
          <Wordmark />
          <p>{t('app.tagline')}</p>
        </div>
        <form className={classes.card} onSubmit={onSubmit} noValidate aria-labelledby="sign-in">
          <h1 id="sign-in">{t('signIn.title')}</h1>
          {refusal !== null && <RefusalNotice refusal={refusal} />}
          {refusal === null && expired && (
            <Notice tone="wait" icon={<IconClock size={20} />}>
              {t('signIn.expired')}
            </Notice>
          )}
          <TextInput
            ref={nameField}
            label={t('signIn.name')}
            size="md"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={nameMissing ? t('signIn.nameMissing') : undefined}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
          />
          <PasswordInput
            ref={passwordField}
            label={t('signIn.password')}
            size="md"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={passwordMissing ? t('signIn.passwordMissing') : undefined}
            autoComplete="current-password"
            visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
          />
          <Button type="submit" size="md" fullWidth loading={busy}>
            {t('signIn.submit')}
          </Button>
        </form>
      </main>
      <Line />
    </div>
  );
}

function RefusalNotice({ refusal }: { refusal: Refusal }) {
  const { t } = useTranslation();
  const errorWords = useErrorWords();
  const now = useNow(1000);
  const [began] = useState(now);
  switch (refusal.because) {
    case 'wrong':
      return (
        <Notice tone="bad" role="alert" icon={<IconAlertCircle size={20} />}>
          {t('signIn.wrong')}
        </Notice>
      );
    case 'locked': {
      const left = (at: number) => formatDuration(Math.max(0, refusal.until - at));
      return (
        <Notice tone="wait" role="alert" icon={<IconClock size={20} />}>
          {/* Read out once; counting down is for the eye. */}
          <span className="hidden-text">{t('signIn.locked', { time: left(began) })}</span>
          <span aria-hidden="true" className="figures">
            {t('signIn.locked', { time: left(now) })}
          </span>
        </Notice>
      );
    }
    case 'away':
      return (
        <Notice tone="bad" role="alert" icon={<IconPlugConnectedX size={20} />}>
          {t('signIn.away')}
        </Notice>
      );
    case 'failed':
      return (
        <Notice tone="bad" role="alert" icon={<IconAlertCircle size={20} />}>
          {errorWords(refusal.error)}
        </Notice>
      );
  }
}

/** The mark, drawn large and quiet: from the near end at the bottom to the far end at the top. */
function Line() {
  return (
    <svg
      className={classes.line}
      viewBox="0 0 1440 900"
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
    >
      <path d="M-20 860 C 340 840, 260 560, 560 540 S 1120 420, 1236 132" />
      <circle cx="1250" cy="96" r="36" />
    </svg>
  );
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof ServerAway) return { because: 'away' };
  if (error instanceof Refused) {
    if (error.status === 429) {
      return { because: 'locked', until: Date.now() + 1000 * (error.retry_after_s ?? LOCKED_S) };
    }
    if (error.status === 401) return { because: 'wrong' };
    if (error.status === 502 || error.status === 504) return { because: 'away' };
    return { because: 'failed', error };
  }
  return { because: 'failed', error: error instanceof Error ? error : new Error(String(error)) };
}
