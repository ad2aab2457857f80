import { ActionIcon, Button } from '@mantine/core';
import { IconAlertCircle, IconDeviceLandlinePhone, IconMapPin, IconX } from '@tabler/icons-react';
import { useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend, usePhoneState, useTalkOn } from '../backend.ts';
import { useRoute } from '../shell/route.ts';
import { useErrorWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';
import { useTalkAt } from './useTalkAt.ts';

/** Where the number is, while that is not what one expects, and what went wrong at the desk phone. */
export function PlaceBanners() {
  const { on } = useTalkOn();
  const route = useRoute();
  const { calls } = usePhoneState();
  // A call needs the room more.
  const isQuiet = route !== 'settings' && route !== 'admin' && calls.length === 0;
  return (
    <>
      {isQuiet && (on === 'computer' ? <NumberInBrowser /> : <NumberAtDesk />)}
      <Trouble />
    </>
  );
}

/** The number has left the shared phone, whose display then says so. */
function NumberInBrowser() {
  const { t } = useTranslation();
  const errorWords = useErrorWords();
  const { line } = usePhoneState();
  const { left, cancelMobility, pending, error } = useTalkAt();
  const [dismissed, dismiss] = useDismissed('browser');
  if (left === null || line.state !== 'ready' || dismissed) return null;
  const { id, label } = left;
  return (
    <Notice
      tone="calm"
      icon={<IconMapPin size={20} />}
      action={
        <>
          <Button size="xs" variant="default" loading={pending} onClick={() => cancelMobility(id)}>
            {t('place.bringBack')}
          </Button>
          <DismissButton onClick={dismiss} />
        </>
      }
    >
      {t('place.inBrowser', { label })} {error !== null && errorWords(error)}
    </Notice>
  );
}

function NumberAtDesk() {
  const { t } = useTranslation();
  const { line } = usePhoneState();
  const { controlled, atComputer } = useTalkAt();
  const [dismissed, dismiss] = useDismissed('desk_phone');
  if (controlled === null || line.state !== 'ready' || dismissed) return null;
  return (
    <Notice
      tone="calm"
      icon={<IconDeviceLandlinePhone size={20} />}
      action={
        <>
          <Button size="xs" variant="default" onClick={atComputer}>
            {t('place.toComputer')}
          </Button>
          <DismissButton onClick={dismiss} />
        </>
      }
    >
      {t('place.atDesk', { label: controlled.label })}
    </Notice>
  );
}

/** What the desk phone would not do. */
function Trouble() {
  const errorWords = useErrorWords();
  const { desk } = useBackend();
  const trouble = useSyncExternalStore(
    (changed) => desk.subscribe(changed),
    () => desk.trouble(),
  );
  if (trouble === null) return null;
  return (
    <Notice
      tone="bad"
      role="alert"
      icon={<IconAlertCircle size={20} />}
      action={<DismissButton onClick={() => desk.forgetTrouble()} />}
    >
      {errorWords(trouble)}
    </Notice>
  );
}

function DismissButton({ onClick }: { onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <ActionIcon variant="subtle" size={30} aria-label={t('app.dismiss')} onClick={onClick}>
      <IconX size={18} />
    </ActionIcon>
  );
}

/** Whether a hint was put away in this tab. */
function useDismissed(hint: 'browser' | 'desk_phone'): [boolean, () => void] {
  const key = `farend.place_hint.${hint}`;
  const [dismissed, setDismissed] = useState(() => sessionStorage.getItem(key) !== null);
  return [
    dismissed,
    () => {
      sessionStorage.setItem(key, 'seen');
      setDismissed(true);
    },
  ];
}
