import { Switch } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { enableShortcuts, shortcutsEnabled } from '../shell/shortcuts.ts';
import { notificationsOn, notificationsPossible, switchNotifications } from '../shell/notifications.ts';
import classes from './Settings.module.css';

export function CallSettings() {
  const { t } = useTranslation();
  const [notify, setNotify] = useState(notificationsOn);
  const [denied, setDenied] = useState(false);
  const [keys, setKeys] = useState(shortcutsEnabled);
  const changeNotify = async (wanted: boolean) => {
    const on = await switchNotifications(wanted);
    setNotify(on);
    setDenied(wanted && !on);
  };
  return (
    <section className={classes.card} aria-labelledby="calls">
      <h2 id="calls">{t('settings.calls')}</h2>
      {notificationsPossible() && (
        <Switch
          label={t('settings.notifications')}
          error={denied ? t('settings.notificationsDenied') : undefined}
          checked={notify}
          onChange={(event) => void changeNotify(event.currentTarget.checked)}
        />
      )}
      <Switch
        label={t('settings.shortcutsSwitch')}
        description={t('settings.shortcutsHint')}
        checked={keys}
        onChange={(event) => {
          enableShortcuts(event.currentTarget.checked);
          setKeys(event.currentTarget.checked);
        }}
      />
    </section>
  );
}
