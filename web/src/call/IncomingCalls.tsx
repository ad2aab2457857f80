import { UnstyledButton } from '@mantine/core';
import { IconPhone, IconPhoneOff, IconPhonePause, IconPhonePlus } from '@tabler/icons-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePhone, usePhoneState } from '../backend.ts';
import { useDirectory } from '../people/directory.ts';
import {
  foregroundCall,
  givesWay,
  ringingCalls,
  type Call,
  type Ended,
  type Ringing,
} from '../phone/calls.ts';
import { Face } from '../ui/Face.tsx';
import classes from './IncomingCalls.module.css';
import { useTabLoop } from './useTabLoop.ts';

/** A call that an answer would disturb. */
type Present = Exclude<Call, Ringing | Ended>;

/** Whoever rings, above everything else. */
export function IncomingCalls() {
  const state = usePhoneState();
  const ringing = ringingCalls(state);
  const foreground = foregroundCall(state);
  if (ringing.length === 0) return null;
  const present = foreground === null || foreground.phase === 'ended' ? null : foreground;
  return <Stack ringing={ringing} present={present} />;
}

function Stack({ ringing, present }: { ringing: readonly Ringing[]; present: Present | null }) {
  const stack = useRef<HTMLDivElement>(null);
  useTabLoop(stack);
  return (
    <div ref={stack} className={classes.stack} data-compact={present !== null}>
      {ringing.map((call, index) => (
        <IncomingCall key={call.id} call={call} present={present} first={index === 0} />
      ))}
    </div>
  );
}

function IncomingCall({ call, present, first }: { call: Ringing; present: Present | null; first: boolean }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const { nameOf } = useDirectory();
  const card = useRef<HTMLElement>(null);
  const name = nameOf(call.party);
  const titleId = `incoming-${call.id}`;
  const talks = present !== null && !(present.phase === 'running' && present.hold === 'held');

  useEffect(() => {
    // Whoever is typing keeps the keyboard; Enter must not answer by accident.
    if (!first || document.activeElement !== document.body) return;
    card.current?.querySelector<HTMLElement>('button:last-of-type')?.focus({ preventScroll: true });
  }, [first]);

  return (
    <section ref={card} role="alertdialog" aria-labelledby={titleId} className={classes.incoming}>
      <div className={classes.who}>
        <Face name={name} size={present === null ? 'large' : 'normal'} />
        <div className={classes.words}>
          <p className={classes.what}>{present === null ? t('incoming.label') : t('incoming.second')}</p>
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
        <Choice kind="reject" icon={<IconPhoneOff />} onClick={() => phone.reject(call.id)}>
          {t('incoming.reject')}
        </Choice>
        {present !== null && (
          <Choice
            kind="instead"
            icon={<IconPhonePlus />}
            onClick={() => {
              phone.hangUp(present.id);
              phone.answer(call.id);
            }}
          >
            {t('incoming.answerHangUp')}
          </Choice>
        )}
        {(present === null || !givesWay(present)) && (
          <Choice
            kind="answer"
            icon={talks ? <IconPhonePause /> : <IconPhone />}
            onClick={() => phone.answer(call.id)}
          >
            {talks ? t('incoming.answerHold') : t('incoming.answer')}
          </Choice>
        )}
      </div>
    </section>
  );
}

interface ChoiceProps {
  kind: 'reject' | 'instead' | 'answer';
  icon: ReactNode;
  children: ReactNode;
  onClick: () => void;
}

function Choice({ kind, icon, children, onClick }: ChoiceProps) {
  return (
    <UnstyledButton className={classes.choice} data-kind={kind} onClick={onClick}>
      <span className={classes.icon} aria-hidden="true">
        {icon}
      </span>
      {children}
    </UnstyledButton>
  );
}
