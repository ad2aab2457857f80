import { Button } from '@mantine/core';
import { IconArrowsExchange } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { usePhone, usePhoneState } from '../backend.ts';
import { useDirectory } from '../people/directory.ts';
import type { Answering, CallId, Running } from '../phone/calls.ts';
import { Face } from '../ui/Face.tsx';
import { Timer } from './Progress.tsx';
import classes from './OtherCalls.module.css';

/** Calls that wait behind those that are shown. */
export function OtherCalls({ shown }: { shown: readonly CallId[] }) {
  const { t } = useTranslation();
  const { calls } = usePhoneState();
  const others = calls.filter(
    (call): call is Running | Answering =>
      (call.phase === 'running' || call.phase === 'answering') && !shown.includes(call.id),
  );
  if (others.length === 0) return null;
  return (
    <ul className={classes.list} aria-label={t('call.others')}>
      {others.map((call) => (
        <OtherCall key={call.id} call={call} />
      ))}
    </ul>
  );
}

function OtherCall({ call }: { call: Running | Answering }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const { nameOf } = useDirectory();
  const name = nameOf(call.party);
  return (
    <li className={classes.call}>
      <Face name={name} size="small" />
      <span className={classes.words}>
        <span className="clip">{name}</span>
        <span className={classes.detail}>
          {call.phase === 'running' ? (
            <>
              {t('call.onHold')} · <Timer since={call.answered_at} />
            </>
          ) : (
            t('call.connecting')
          )}
        </span>
      </span>
      <Button
        variant="default"
        size="sm"
        leftSection={<IconArrowsExchange size={17} aria-hidden="true" />}
        aria-label={`${t('call.swap')}: ${name}`}
        disabled={call.phase !== 'running' || call.hold !== 'held'}
        onClick={() => phone.toggleHold(call.id)}
      >
        {t('call.swap')}
      </Button>
    </li>
  );
}
