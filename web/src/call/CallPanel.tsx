import { IconDeviceLandlinePhone } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { usePhone, usePhoneState } from '../backend.ts';
import { ConferencePanel } from '../joined/ConferencePanel.tsx';
import { Lobby } from '../joined/Lobby.tsx';
import { pairOf } from '../joined/pair.ts';
import { useConference } from '../joined/queries.ts';
import { TwoCalls } from '../joined/TwoCalls.tsx';
import { useDirectory } from '../people/directory.ts';
import type { Call, Ended, Ringing } from '../phone/calls.ts';
import { useLiveCalls } from '../place/queries.ts';
import { useTalkAt } from '../place/useTalkAt.ts';
import { RecordingMark } from '../recording/RecordingMark.tsx';
import { Face } from '../ui/Face.tsx';
import { CallControls } from './CallControls.tsx';
import { CallDialogs } from './CallDialogs.tsx';
import classes from './CallPanel.module.css';
import { EndedCall } from './EndedCall.tsx';
import { Hints } from './Hints.tsx';
import { LineMeter } from './LineMeter.tsx';
import { useMoveCall } from './MoveMenu.tsx';
import { OtherCalls } from './OtherCalls.tsx';
import { usePanelPart } from './panel.ts';
import { Progress } from './Progress.tsx';
import { SoundWay } from './SoundWay.tsx';
import { ToneKeys } from './ToneKeys.tsx';

/** The call in the foreground: who, how long, how it sounds, and everything one can do with it. */
export function CallPanel({ call }: { call: Exclude<Call, Ringing> }) {
  const { t } = useTranslation();
  const { nameOf } = useDirectory();
  const conference = useConference(call.journal_id);
  const isWaiting = useIsWaiting(call);
  if (call.phase === 'ended') {
    return (
      <section className={classes.panel} aria-label={t('call.label')}>
        <div className={classes.body}>
          <EndedCall call={call} name={nameOf(call.party)} />
          <OtherCalls shown={[call.id]} />
        </div>
      </section>
    );
  }
  if (call.phase === 'running' && conference !== null && !isWaiting) {
    return <ConferencePanel call={call} conference={conference} />;
  }
  return <OrdinaryCall call={call} isWaiting={isWaiting} />;
}

/** Whether the call waits in a conference's lobby. */
function useIsWaiting({ journal_id }: Call): boolean {
  return useLiveCalls().data?.some(({ call, state }) => call === journal_id && state === 'waiting') === true;
}

interface OrdinaryCallProps {
  call: Exclude<Call, Ringing | Ended>;
  isWaiting: boolean;
}

function OrdinaryCall({ call, isWaiting }: OrdinaryCallProps) {
  const { t } = useTranslation();
  const { nameOf } = useDirectory();
  const phone = usePhone();
  const { calls } = usePhoneState();
  const [part, setPart] = usePanelPart(call.id);
  const move = useMoveCall(call.phase === 'running' ? call : null);
  const name = nameOf(call.party);
  const keypad = part === 'keypad' && call.phase === 'running';
  const pair = keypad || isWaiting ? null : pairOf(call, calls);
  const isTalk = call.phase === 'running' && !keypad && !isWaiting;
  return (
    <section className={classes.panel} aria-label={t('call.label')}>
      <div className={classes.body}>
        {isWaiting && call.phase === 'running' && !keypad ? (
          <Lobby call={call} name={name} />
        ) : pair === null ? (
          <Who call={call} name={name} isCompact={keypad} />
        ) : (
          <TwoCalls pair={pair} />
        )}
        {call.phase === 'running' && <RecordingMark call={call.journal_id} />}
        {isTalk && phone.media !== null && (
          <div>
            <LineMeter call={call} name={name} />
            <SoundWay call={call} />
          </div>
        )}
        {isTalk && phone.media === null && <TalksAt />}
        {keypad && <ToneKeys call={call} onClose={() => setPart(null)} />}
        <Hints call={call} name={name} move={move} />
        <OtherCalls shown={pair === null ? [call.id] : [call.id, pair.other.id]} />
      </div>
      <CallControls call={call} part={part} move={move} onPart={setPart} />
      {call.phase === 'running' && (
        <CallDialogs call={call} name={name} part={part} onClose={() => setPart(null)} />
      )}
    </section>
  );
}

interface WhoProps {
  call: Exclude<Call, Ringing | Ended>;
  name: string;
  isCompact: boolean;
}

function Who({ call, name, isCompact }: WhoProps) {
  const { number } = call.party;
  return (
    <div className={classes.who} data-compact={isCompact}>
      {!isCompact && (
        <span className={classes.face}>
          <Face name={name} size="large" />
        </span>
      )}
      <h2 className={classes.name}>{name}</h2>
      {name !== number && <p className={`${classes.number ?? ''} figures`}>{number}</p>}
      <Progress call={call} name={name} />
    </div>
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
