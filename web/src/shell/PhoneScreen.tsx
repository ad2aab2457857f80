import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePhoneState } from '../backend.ts';
import { CallPanel } from '../call/CallPanel.tsx';
import { People } from '../people/People.tsx';
import { foregroundCall } from '../phone/calls.ts';
import { useUnseenMissed } from '../recent/missed.ts';
import { RecentCalls } from '../recent/RecentCalls.tsx';
import { DialPad } from '../search/DialPad.tsx';
import { SearchDial } from '../search/SearchDial.tsx';
import { MissedBadge } from '../ui/Badge.tsx';
import classes from './PhoneScreen.module.css';
import type { Route } from './route.ts';

/** Dial and talk on the left, people in the middle, past calls on the right; on a phone, one at a time. */
export function PhoneScreen({ route }: { route: Route }) {
  const { t } = useTranslation();
  const state = usePhoneState();
  const call = foregroundCall(state);
  const missed = useUnseenMissed();
  const [text, setText] = useState('');
  const [listing, setListing] = useState(false);
  const byKeys = (next: string) => {
    setListing(false);
    setText(next);
  };
  return (
    <div className={classes.screen} data-route={route} data-calling={call !== null}>
      <h1 className="hidden-text">{t('app.nav.phone')}</h1>
      <div className={classes.stage}>
        <div className={classes.search}>
          <SearchDial text={text} onText={setText} listing={listing} onListing={setListing} />
        </div>
        {call === null ? <DialPad text={text} onText={byKeys} /> : <CallPanel key={call.id} call={call} />}
      </div>
      <nav className={classes.tabs} aria-label={`${t('app.nav.people')}, ${t('app.nav.recent')}`}>
        <a href="#/people" aria-current={route === 'recent' ? undefined : 'page'}>
          {t('app.nav.people')}
        </a>
        <a href="#/recent" aria-current={route === 'recent' ? 'page' : undefined}>
          {t('app.nav.recent')} <MissedBadge count={missed} />
        </a>
      </nav>
      <div className={classes.people}>
        <People />
      </div>
      <div className={classes.recent}>
        <RecentCalls />
      </div>
    </div>
  );
}
