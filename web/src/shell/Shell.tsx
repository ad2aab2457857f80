import { Loader } from '@mantine/core';
import { lazy, Suspense, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePhoneState } from '../backend.ts';
import { Announcer } from '../call/Announcer.tsx';
import { CallBar } from '../call/CallBar.tsx';
import { IncomingCalls } from '../call/IncomingCalls.tsx';
import { useAttention } from '../call/useAttention.ts';
import { MuteTold } from '../joined/MuteTold.tsx';
import { Transfers } from '../joined/Transfers.tsx';
import { useMe } from '../people/directory.ts';
import { CallsElsewhere } from '../place/CallsElsewhere.tsx';
import { foregroundCall } from '../phone/calls.ts';
import { usePlayerState } from '../recording/usePlayer.ts';
import { Banners } from './Banners.tsx';
import { PartCrash, QuietCrash } from './Crash.tsx';
import { EmergencyCalls } from './EmergencyCalls.tsx';
import { Header } from './Header.tsx';
import { PhoneScreen } from './PhoneScreen.tsx';
import { isPage, useRoute } from './route.ts';
import classes from './Shell.module.css';
import { ShortcutsHelp } from './ShortcutsHelp.tsx';
import { TabBar } from './TabBar.tsx';
import { useShortcuts } from './useShortcuts.ts';

const Settings = lazy(async () => ({ default: (await import('../settings/Settings.tsx')).Settings }));
const Recordings = lazy(async () => ({
  default: (await import('../recording/Recordings.tsx')).Recordings,
}));
const PlayerDock = lazy(async () => ({
  default: (await import('../recording/PlayerDock.tsx')).PlayerDock,
}));
const Codes = lazy(async () => ({ default: (await import('../codes/Codes.tsx')).Codes }));
const CheckPage = lazy(async () => ({ default: (await import('../check/CheckPage.tsx')).CheckPage }));
const CallDetails = lazy(async () => ({
  default: (await import('../doctor/call/CallDetails.tsx')).CallDetails,
}));
const Admin = lazy(async () => ({ default: (await import('../admin/Admin.tsx')).Admin }));

/** Everything behind the sign-in. Whatever breaks in here leaves the phone, which is started above, alone. */
export function Shell({ onSignOut }: { onSignOut: () => void }) {
  const [help, setHelp] = useState(false);
  const openHelp = useCallback(() => setHelp(true), []);
  useShortcuts({ openHelp });
  return (
    <>
      <PartCrash controls={<CallControls />}>
        <Frame onSignOut={onSignOut} onHelp={openHelp} />
      </PartCrash>
      <QuietCrash>
        <EmergencyCalls />
      </QuietCrash>
      <QuietCrash>
        <Transfers />
      </QuietCrash>
      <QuietCrash>
        <MuteTold />
      </QuietCrash>
      <ShortcutsHelp opened={help} onClose={() => setHelp(false)} />
      <QuietCrash>
        <Announcer />
      </QuietCrash>
      <QuietCrash>
        <Attention />
      </QuietCrash>
    </>
  );
}

function Frame({ onSignOut, onHelp }: { onSignOut: () => void; onHelp: () => void }) {
  const { t } = useTranslation();
  const route = useRoute();
  const state = usePhoneState();
  const calling = foregroundCall(state) !== null;
  return (
    <div className={classes.shell} data-calling={calling}>
      <a className={classes.skip} href="#content" onClick={focusContent}>
        {t('app.skip')}
      </a>
      <Header onSignOut={onSignOut} onHelp={onHelp} />
      <IncomingCalls />
      <Banners />
      <QuietCrash>
        <CallsElsewhere />
      </QuietCrash>
      {route !== 'keypad' && <CallBar route={route} />}
      <main id="content" tabIndex={-1} className={classes.main}>
        <Screen />
      </main>
      <QuietCrash>
        <Listening />
      </QuietCrash>
      <TabBar route={route} />
    </div>
  );
}

function Screen() {
  const { t } = useTranslation();
  const route = useRoute();
  const me = useMe();
  if (!isPage(route)) {
    return (
      <PartCrash key="phone" controls={route === 'keypad' && <CallBar route={null} />}>
        <PhoneScreen route={route} />
      </PartCrash>
    );
  }
  return (
    <PartCrash key={route}>
      <Suspense
        fallback={
          <Loader role="status" className={classes.loader} type="dots" aria-label={t('app.loading')} />
        }
      >
        {route === 'recordings' && <Recordings />}
        {route === 'settings' && <Settings />}
        {route === 'codes' && <Codes />}
        {route === 'check' && <CheckPage />}
        {route === 'calls' && <CallDetails />}
        {route === 'admin' && <Admin allowed={me.role === 'administrator'} />}
      </Suspense>
    </PartCrash>
  );
}

/** The player, once there is something to play. */
function Listening() {
  const { track } = usePlayerState();
  if (track?.heard == null) return null;
  return (
    <Suspense fallback={null}>
      <PlayerDock />
    </Suspense>
  );
}

/** What a person needs for their calls when the frame around everything is broken. */
function CallControls() {
  return (
    <>
      <QuietCrash>
        <IncomingCalls />
      </QuietCrash>
      <QuietCrash>
        <CallBar route={null} />
      </QuietCrash>
    </>
  );
}

function Attention() {
  useAttention();
  return null;
}

/** The address belongs to the screens, so the skip link moves the focus itself. */
function focusContent(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}
