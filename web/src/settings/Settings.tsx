import { useTranslation } from 'react-i18next';
import { usePhone } from '../backend.ts';
import { useMe } from '../people/directory.ts';
import { ReachSettings } from '../reach/ReachSettings.tsx';
import { Appearance } from './Appearance.tsx';
import { CallSettings } from './CallSettings.tsx';
import { ChangePassword } from './ChangePassword.tsx';
import { ChangePin } from './ChangePin.tsx';
import classes from './Settings.module.css';
import { SoundSettings } from './SoundSettings.tsx';
import { SoundElsewhere } from './SoundElsewhere.tsx';

/** What a person may set for themselves, on this computer and for their account. */
export function Settings() {
  const { t } = useTranslation();
  const { server } = useMe();
  const { media } = usePhone();
  return (
    <div className={classes.page}>
      <h1>{t('settings.title')}</h1>
      <div className={classes.grid}>
        {media === null ? <SoundElsewhere /> : <SoundSettings />}
        <div className={classes.column}>
          <Appearance />
          <CallSettings />
          <ChangePassword />
          <ChangePin />
        </div>
      </div>
      <div className={classes.wide}>
        <ReachSettings />
      </div>
      <p className={classes.about}>{t('settings.about', { version: server.version })}</p>
    </div>
  );
}
