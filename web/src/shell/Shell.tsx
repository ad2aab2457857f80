import { Loader } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePhoneState } from '../backend.ts';
import { Announcer } from '../call/Announcer.tsx';
import { CallBar } from '../call/CallBar.tsx';
import { IncomingCalls } from '../call/IncomingCalls.tsx';
import { useAttention } from '../call/useAttention.ts';
import { useMe } from '../people/directory.ts';
import { foregroundCall } from '../phone/state.ts';
import { Banners } from './Banners.tsx';
import { Header } from './Header.tsx';
import { PhoneScreen } from './PhoneScreen.tsx';
import { useRoute } from './route.ts';
import classes from './Shell.module.css';
import { ShortcutsHelp } from './ShortcutsHelp.tsx';
import { TabBar } from './TabBar.tsx';
import { useShortcuts } from './useShortcuts.ts';

const Settings = lazy(async () => ({ default: (await import('../settings/Settings.tsx')).Settings }));
const Admin = lazy(async () => ({ default: (await import('../admin/Admin.tsx')).Admin }));

export function Shell({ onSignOut }: { onSignOut: () => void }) {
  const { t } = useTranslation();
  const route = useRoute();
  const me = useMe();
  const [help, setHelp] = useState(false);
  const state = usePhoneState();
  const onPhone = route !== 'settings' && route !== 'admin';
  const calling = foregroundCall(state) !== null;
  useAttention();
  useShortcuts({ openHelp: () => setHelp(true) });

  return (
    <div className={classes.shell} data-calling={calling}>
      <a className={classes.skip} href="#content" onClick={focusContent}>
        {t('app.skip')}
      </a>
      <Header onSignOut={onSignOut} onHelp={() => setHelp(true)} />
      <IncomingCalls />
      <Banners />
      {calling && route !== 'keypad' && <CallBar route={route} />}
      <main id="content" tabIndex={-1} className={classes.main}>
        {onPhone ? (
          <PhoneScreen route={route} />
        ) : (
          <Suspense
            fallback={
              <Loader role="status" className={classes.loader} type="dots" aria-label={t('app.loading')} />
            }
          >
            {route === 'settings' ? <Settings /> : <Admin allowed={me.role === 'administrator'} />}
          </Suspense>
        )}
      </main>
      <TabBar route={route} />
      <ShortcutsHelp opened={help} onClose={() => setHelp(false)} />
      <Announcer />
    </div>
  );
}

/** The address belongs to the screens, so the skip link moves the focus itself. */
function focusContent(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}
