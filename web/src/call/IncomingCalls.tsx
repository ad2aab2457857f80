import { UnstyledButton } from '@mantine/core';
import { IconPhone, IconPhoneOff } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { usePhone, usePhoneState } from '../backend.ts';
import { useDirectory } from '../people/directory.ts';
import { ringingCalls, type Ringing } from '../phone/state.ts';
import { Face } from '../ui/Face.tsx';
import classes from './IncomingCalls.module.css';

/** Whoever rings, above everything else. */
export function IncomingCalls() {
  const state = usePhoneState();
  const ringing = ringingCalls(state);
  if (ringing.length === 0) return null;
  const talking = state.calls.some((call) => call.phase === 'running');
  return (
    <div className={classes.stack} data-talking={talking}>
      {ringing.map((call, index) => (
        <IncomingCall key={call.id} call={call} talking={talking} first={index === 0} />
      ))}
    </div>
  );
}

function IncomingCall({ call, talking, first }: { call: Ringing; talking: boolean; first: boolean }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const { nameOf } = useDirectory();
  const answer = useRef<HTMLButtonElement>(null);
  const name = nameOf(call.party);
  const titleId = `incoming-${call.id}`;

  useEffect(() => {
    // Whoever is typing keeps the keyboard; Enter must not answer by accident.
    if (first && document.activeElement === document.body) answer.current?.focus({ preventScroll: true });
  }, [first]);

  return (
    <section role="alertdialog" aria-labelledby={titleId} className={classes.incoming}>
      <div className={classes.who}>
        <Face name={name} size="large" />
        <div className={classes.words}>
          <p className={classes.what}>{talking ? t('incoming.second') : t('incoming.label')}</p>
          <h2 id={titleId} className={classes.name}>
            <span className="hidden-text">{t('incoming.label')}: </span>
            {name}
          </h2>
          {name !== call.party.number && (
            <p className={`${classes.number ?? ''} figures`}>{call.party.number}</p>
          )}
        </div>
      </div>
      <div className={classes.actions}>
        <UnstyledButton className={classes.reject} onClick={() => phone.reject(call.id)}>
          <IconPhoneOff size={22} aria-hidden="true" />
          {t('incoming.reject')}
        </UnstyledButton>
        <UnstyledButton ref={answer} className={classes.answer} onClick={() => phone.answer(call.id)}>
          <IconPhone size={22} aria-hidden="true" />
          {talking ? t('incoming.answerHold') : t('incoming.answer')}
        </UnstyledButton>
      </div>
    </section>
  );
}
