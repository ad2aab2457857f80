import { IconDeviceLandlinePhone } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePhone } from '../backend.ts';
import { useDirectory } from '../people/directory.ts';
import { formatDuration } from '../phone/number.ts';
import type { Call, Ended, Ringing } from '../phone/calls.ts';
import { useTalkAt } from '../place/useTalkAt.ts';
import { Face } from '../ui/Face.tsx';
import { useNow } from '../ui/useNow.ts';
import { CallControls } from './CallControls.tsx';
import classes from './CallPanel.module.css';
import { EndedCall } from './EndedCall.tsx';
import { Hints } from './Hints.tsx';
import { LineMeter } from './LineMeter.tsx';
import { useMoveCall } from './MoveMenu.tsx';
import { OtherCalls } from './OtherCalls.tsx';
import { onPanelAsked, type PanelPart } from './panel.ts';
import { ToneKeys } from './ToneKeys.tsx';
import { TransferDialog } from './TransferDialog.tsx';
import { SoundWay } from './SoundWay.tsx';
import { progressWord } from './words.ts';

/** The call in the foreground: who, how long, how it sounds, and everything one can do with it. */
export function CallPanel({ call }: { call: Exclude<Call, Ringing> }) {
  const { t } = useTranslation();
  const { nameOf } = useDirectory();
  const phone = usePhone();
  const [part, setPart] = useState<PanelPart | null>(null);
  const move = useMoveCall(call.phase === 'running' ? call : null);
  const name = nameOf(call.party);
  useEffect(
    () => onPanelAsked(call.id, (asked) => setPart((now) => (now === asked ? null : asked))),
    [call.id],
  );

  if (call.phase === 'ended') {
    return (
      <section className={classes.panel} aria-label={t('call.label')}>
        <div className={classes.body}>
          <EndedCall call={call} name={name} />
          <OtherCalls foreground={call.id} />
        </div>
      </section>
    );
  }
  const keypad = part === 'keypad' && call.phase === 'running';
  return (
    <section className={classes.panel} aria-label={t('call.label')}>
      <div className={classes.body}>
        <div className={classes.who} data-compact={keypad}>
          {!keypad && (
            <span className={classes.face}>
              <Face name={name} size="large" />
            </span>
          )}
          <h2 className={classes.name}>{name}</h2>
          {name !== call.party.number && (
            <p className={`${classes.number ?? ''} figures`}>{call.party.number}</p>
          )}
          <Progress call={call} name={name} />
        </div>
        {call.phase === 'running' && !keypad && phone.media !== null && (
          <div>
            <LineMeter call={call} name={name} />
            <SoundWay call={call} />
          </div>
        )}
        {call.phase === 'running' && !keypad && phone.media === null && <TalksAt />}
        {keypad && <ToneKeys call={call} onClose={() => setPart(null)} />}
        <Hints call={call} name={name} move={move} />
        <OtherCalls foreground={call.id} />
      </div>
      <CallControls call={call} part={part} move={move} onPart={setPart} />
      {call.phase === 'running' && (
        <TransferDialog
          opened={part === 'transfer'}
          name={name}
          except={call.party.number}
          onClose={() => setPart(null)}
          onTransfer={(to) => {
            setPart(null);
            phone.transfer(call.id, to);
          }}
        />
      )}
    </section>
  );
}

/** One line: what happens now, or how long it has lasted. */
function Progress({ call, name }: { call: Exclude<Call, Ringing | Ended>; name: string }) {
  const { t } = useTranslation();
  if (call.phase !== 'running') return <p className={classes.progress}>{t(`call.${progressWord(call)}`)}</p>;
  const held = {
    talking: call.far_end === 'holding' ? t('call.farHolding', { name }) : null,
    holding: t('call.holding'),
    held: t('call.onHold'),
    resuming: t('call.resuming'),
  }[call.hold];
  return (
    <p className={classes.progress} data-held={held !== null}>
      {held !== null && <span>{held}</span>}
      <Timer since={call.answered_at} />
    </p>
  );
}

/** Where the person hears and speaks, where that is not this computer. */
function TalksAt() {
  const { t } = useTranslation();
  const { controlled } = useTalkAt();
  return (
    <p className={classes.talksAt}>
      <IconDeviceLandlinePhone size={18} aria-hidden="true" />
      {t('place.youTalkAt', { label: controlled?.label ?? t('place.deskPhone') })}
    </p>
  );
}

export function Timer({ since }: { since: number }) {
  const { t } = useTranslation();
  const now = useNow(250);
  return (
    <span role="timer" aria-label={t('call.duration')} className={`${classes.timer ?? ''} figures`}>
      {formatDuration(now - since)}
    </span>
  );
}
