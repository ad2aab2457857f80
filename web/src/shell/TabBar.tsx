import { IconAddressBook, IconClockHour4, IconDialpad, IconSettings } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useUnseenMissed } from '../recent/missed.ts';
import { MissedBadge } from '../ui/Badge.tsx';
import type { Route } from './route.ts';
import classes from './TabBar.module.css';

const TABS = [
  { route: 'keypad', icon: IconDialpad },
  { route: 'people', icon: IconAddressBook },
  { route: 'recent', icon: IconClockHour4 },
  { route: 'settings', icon: IconSettings },
] as const satisfies readonly { route: Route; icon: unknown }[];

/** The way around on a phone; wide windows show everything at once. */
export function TabBar({ route }: { route: Route }) {
  const { t } = useTranslation();
  const missed = useUnseenMissed();
  return (
    <nav className={classes.bar} aria-label={t('app.nav.label')}>
      {TABS.map(({ route: tab, icon: Icon }) => (
        <a key={tab} href={`#/${tab}`} aria-current={tab === route ? 'page' : undefined}>
          <Icon size={23} aria-hidden="true" />
          {t(`app.nav.${tab}`)}
          {tab === 'recent' && (
            <span className={classes.badge}>
              <MissedBadge count={missed} />
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}
