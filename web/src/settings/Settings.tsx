import { useTranslation } from 'react-i18next';
import { useMe } from '../people/directory.ts';
import { Appearance } from './Appearance.tsx';
import { CallSettings } from './CallSettings.tsx';
import { ChangePassword } from './ChangePassword.tsx';
import classes from './Settings.module.css';
import { SoundSettings } from './SoundSettings.tsx';

/** What a person may set for themselves, on this computer and for their account. */
export function Settings() {
  const { t } = useTranslation();
  const { server } = useMe();
  return (
    <div className={classes.page}>
      <h1>{t('settings.title')}</h1>
      <div className={classes.grid}>
        <SoundSettings />
        <div className={classes.column}>
          <Appearance />
          <CallSettings />
          <ChangePassword />
        </div>
      </div>
      <p className={classes.about}>{t('settings.about', { version: server.version })}</p>
    </div>
  );
}
