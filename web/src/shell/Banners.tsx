import { Button } from '@mantine/core';
import { IconBell, IconDevices, IconPhoneOff, IconPlugConnectedX, IconVolumeOff } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend, useMediaState, usePhone, usePhoneState } from '../backend.ts';
import type { Line } from '../phone/calls.ts';
import { PlaceBanners } from '../place/PlaceBanners.tsx';
import { DisturbBanner } from '../reach/DoNotDisturb.tsx';
import { useTalkAt } from '../place/useTalkAt.ts';
import { Notice } from '../ui/Notice.tsx';
import { useNow } from '../ui/useNow.ts';
import classes from './Banners.module.css';
import { StorageBanner } from './StorageBanner.tsx';
import { notificationsAnswer, notificationsPossible, switchNotifications } from './notifications.ts';

/** What stands between the person and their calls, one line each. */
export function Banners() {
  const { media } = usePhone();
  const { line } = usePhoneState();
  return (
    <div className={classes.banners}>
      <LineBanner line={line} />
      <DisturbBanner />
      <PlaceBanners />
      <StorageBanner />
      {media === null ? line.state === 'ready' && <NotificationsBanner /> : <SoundBanners line={line} />}
    </div>
  );
}

/** Only where the sound is ours. */
function SoundBanners({ line }: { line: Line }) {
  const { t } = useTranslation();
  const { sound } = useMediaState();
  if (sound === 'blocked') {
    return (
      <Notice tone="calm" icon={<IconVolumeOff size={20} />}>
        {t('line.soundBlocked')}
      </Notice>
    );
  }
  return line.state === 'ready' && <NotificationsBanner />;
}

function LineBanner({ line }: { line: Line }) {
  const { t } = useTranslation();
  const phone = usePhone();
  switch (line.state) {
    case 'ready':
    case 'connecting':
    case 'at_desk_phone':
      return null;
    case 'off':
      return <OffBanner />;
    case 'away':
      return <AwayBanner retry_at={line.retry_at} />;
    case 'displaced':
      return (
        <Notice
          tone="wait"
          role="alert"
          icon={<IconDevices size={20} />}
          title={t('line.displacedTitle')}
          action={
            <Button size="xs" onClick={() => phone.reconnect()}>
              {t('line.useHere')}
            </Button>
          }
        >
          {t('line.displacedText')}
        </Notice>
      );
    case 'other_tab':
      return <OtherTabBanner />;
    case 'desk_phone_away':
      return <DeskPhoneAwayBanner />;
    case 'busy':
      return (
        <Notice tone="wait" role="alert" icon={<IconPlugConnectedX size={20} />} title={t('line.busyTitle')}>
          {t('line.busyText')}
        </Notice>
      );
    case 'refused':
      return (
        <Notice
          tone="bad"
          role="alert"
          icon={<IconPlugConnectedX size={20} />}
          title={t('line.refusedTitle')}
        >
          {t('line.refusedText', { status: line.status })}
        </Notice>
      );
  }
}

function OffBanner() {
  const { t } = useTranslation();
  const { phones, atDesk } = useTalkAt();
  const [phone] = phones;
  return (
    <Notice
      tone="calm"
      icon={<IconPhoneOff size={20} />}
      title={t('line.offTitle')}
      action={
        phone === undefined ? undefined : (
          <Button size="xs" onClick={() => atDesk(phone)}>
            {t('place.useDeskPhone')}
          </Button>
        )
      }
    >
      {t('line.offText')}
    </Notice>
  );
}

function OtherTabBanner() {
  const { t } = useTranslation();
  const { tab } = useBackend();
  return (
    <Notice
      tone="wait"
      icon={<IconDevices size={20} />}
      title={t('line.otherTabTitle')}
      action={
        <Button size="xs" onClick={() => tab.takeOver()}>
          {t('line.useHere')}
        </Button>
      }
    >
      {t('line.otherTabText')}
    </Notice>
  );
}

function DeskPhoneAwayBanner() {
  const { t } = useTranslation();
  const { controlled, atComputer } = useTalkAt();
  return (
    <Notice
      tone="bad"
      role="alert"
      icon={<IconPlugConnectedX size={20} />}
      title={
        controlled === null
          ? t('place.noDeskPhone')
          : t('line.deskPhoneAwayTitle', { label: controlled.label })
      }
      action={
        <Button size="xs" onClick={atComputer}>
          {t('place.toComputer')}
        </Button>
      }
    >
      {t('line.deskPhoneAwayText')}
    </Notice>
  );
}

function AwayBanner({ retry_at }: { retry_at: number | null }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const { calls } = usePhoneState();
  const now = useNow(500);
  const talking = calls.some((call) => call.phase === 'running');
  const count = retry_at === null ? 0 : Math.max(0, Math.ceil((retry_at - now) / 1000));
  return (
    <Notice
      tone="bad"
      role="alert"
      icon={<IconPlugConnectedX size={20} />}
      title={t('line.awayTitle')}
      action={
        <Button size="xs" variant="default" onClick={() => phone.reconnect()}>
          {t('line.retryNow')}
        </Button>
      }
    >
      {talking ? t('line.awayRunning') : t('line.awayIdle')} {/* Counting aloud would talk over a call. */}
      <span aria-hidden="true" className="figures">
        {count === 0 ? t('line.awayTrying') : t('line.awayRetry', { count })}
      </span>
    </Notice>
  );
}

function NotificationsBanner() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(
    () => notificationsPossible() && Notification.permission === 'default' && notificationsAnswer() === null,
  );
  if (!open) return null;
  const answer = async (wanted: boolean) => {
    await switchNotifications(wanted);
    setOpen(false);
  };
  return (
    <Notice
      tone="calm"
      icon={<IconBell size={20} />}
      action={
        <>
          <Button size="xs" onClick={() => void answer(true)}>
            {t('line.allow')}
          </Button>
          <Button size="xs" variant="subtle" onClick={() => void answer(false)}>
            {t('line.notNow')}
          </Button>
        </>
      }
    >
      {t('line.notifications')}
    </Notice>
  );
}
