import { ActionIcon, Button } from '@mantine/core';
import { IconArrowBackUp, IconPhoneOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { usePhone, usePhoneState } from '../backend.ts';
import { useDirectory } from '../people/directory.ts';
import { foregroundCall } from '../phone/state.ts';
import { goTo, type Route } from '../shell/route.ts';
import classes from './CallBar.module.css';
import { Timer } from './CallPanel.tsx';

/** The running call while the person looks at something else. */
export function CallBar({ route }: { route: Route }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const state = usePhoneState();
  const { nameOf } = useDirectory();
  const call = foregroundCall(state);
  if (call === null || call.phase === 'ended') return null;
  return (
    <div className={classes.bar} data-route={route}>
      <span className={`${classes.name ?? ''} clip`}>{nameOf(call.party)}</span>
      {call.phase === 'running' ? <Timer since={call.answered_at} /> : <span>{t('call.calling')}</span>}
      <Button
        size="xs"
        variant="white"
        color="dark"
        leftSection={<IconArrowBackUp size={16} />}
        onClick={() => goTo('keypad')}
      >
        {t('call.back')}
      </Button>
      <ActionIcon
        color="signal"
        size={30}
        aria-label={t('call.hangUp')}
        onClick={() => phone.hangUp(call.id)}
      >
        <IconPhoneOff size={18} />
      </ActionIcon>
    </div>
  );
}
