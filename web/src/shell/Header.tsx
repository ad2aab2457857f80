import { Menu, UnstyledButton } from '@mantine/core';
import {
  IconAsterisk,
  IconChevronDown,
  IconHeartbeat,
  IconKeyboard,
  IconLogout,
  IconMicrophone2,
  IconSettings,
  IconShieldCog,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { usePhoneState } from '../backend.ts';
import { Wordmark } from '../brand/Logo.tsx';
import { useMe } from '../people/directory.ts';
import type { Line } from '../phone/calls.ts';
import { PlaceSwitcher } from '../place/PlaceSwitcher.tsx';
import { DoNotDisturb } from '../reach/DoNotDisturb.tsx';
import { useUnseenMissed } from '../recent/missed.ts';
import { MissedBadge } from '../ui/Badge.tsx';
import { Face } from '../ui/Face.tsx';
import classes from './Header.module.css';
import { goTo, isPage, useRoute } from './route.ts';
import { SchemeMenu } from './SchemeMenu.tsx';

export function Header({ onSignOut, onHelp }: { onSignOut: () => void; onHelp: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const route = useRoute();
  const missed = useUnseenMissed();
  const onPhone = !isPage(route);
  const mayHear = me.hears_recordings !== 'none';
  return (
    <header className={classes.header}>
      <a href="#/keypad" className={classes.brand} aria-label={`farend: ${t('app.nav.phone')}`}>
        <Wordmark />
      </a>
      <nav className={classes.nav} aria-label={t('app.nav.label')}>
        <a href="#/keypad" aria-current={onPhone ? 'page' : undefined}>
          {t('app.nav.phone')} {!onPhone && <MissedBadge count={missed} />}
        </a>
        {mayHear && (
          <a href="#/recordings" aria-current={route === 'recordings' ? 'page' : undefined}>
            {t('recordings.title')}
          </a>
        )}
        <a href="#/check" aria-current={route === 'check' ? 'page' : undefined}>
          {t('check.nav')}
        </a>
        <a href="#/settings" aria-current={route === 'settings' ? 'page' : undefined}>
          {t('app.nav.settings')}
        </a>
        {me.role === 'administrator' && (
          <a href="#/admin" aria-current={route === 'admin' ? 'page' : undefined}>
            {t('app.nav.admin')}
          </a>
        )}
      </nav>
      <div className={classes.end}>
        <LineMark />
        <DoNotDisturb />
        <PlaceSwitcher />
        <SchemeMenu />
        <Menu position="bottom-end" width={230} withinPortal>
          <Menu.Target>
            <UnstyledButton className={classes.me}>
              <Face name={me.name} size="small" />
              <span className="hidden-text">{t('app.menu')}: </span>
              <span className={`${classes.name ?? ''} clip`}>{me.name}</span>
              <IconChevronDown size={16} aria-hidden="true" />
            </UnstyledButton>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>
              <strong>{me.name}</strong>
              {me.extension !== null && <div>{t('app.extension', { extension: me.extension })}</div>}
            </Menu.Label>
            <Menu.Divider />
            {mayHear && (
              <Menu.Item leftSection={<IconMicrophone2 size={18} />} onClick={() => goTo('recordings')}>
                {t('recordings.title')}
              </Menu.Item>
            )}
            <Menu.Item leftSection={<IconHeartbeat size={18} />} onClick={() => goTo('check')}>
              {t('check.open')}
            </Menu.Item>
            <Menu.Item leftSection={<IconSettings size={18} />} onClick={() => goTo('settings')}>
              {t('app.nav.settings')}
            </Menu.Item>
            {me.role === 'administrator' && (
              <Menu.Item leftSection={<IconShieldCog size={18} />} onClick={() => goTo('admin')}>
                {t('app.nav.admin')}
              </Menu.Item>
            )}
            <Menu.Item leftSection={<IconAsterisk size={18} />} onClick={() => goTo('codes')}>
              {t('codes.title')}
            </Menu.Item>
            <Menu.Item leftSection={<IconKeyboard size={18} />} onClick={onHelp}>
              {t('app.shortcuts')}
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item leftSection={<IconLogout size={18} />} onClick={onSignOut}>
              {t('app.signOut')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
    </header>
  );
}

/** One's own number and whether it works. */
function LineMark() {
  const { t } = useTranslation();
  const me = useMe();
  const { line } = usePhoneState();
  return (
    <span className={classes.line} data-state={line.state} role="status">
      <span className={classes.dot} aria-hidden="true" />
      {me.extension !== null && <span className="figures">{me.extension}</span>}
      <span className={classes.words}>{t(`line.${line.state satisfies Line['state']}`)}</span>
    </span>
  );
}
