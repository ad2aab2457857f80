import { useTranslation } from 'react-i18next';
import type { Conference } from '../api/types.ts';
import { usePhoneState } from '../backend.ts';
import classes from '../call/CallPanel.module.css';
import { Hints } from '../call/Hints.tsx';
import { useMoveCall } from '../call/MoveMenu.tsx';
import { OtherCalls } from '../call/OtherCalls.tsx';
import { usePanelPart } from '../call/panel.ts';
import { ToneKeys } from '../call/ToneKeys.tsx';
import { useDirectory } from '../people/directory.ts';
import type { Running } from '../phone/calls.ts';
import { ConferenceControls } from './ConferenceControls.tsx';
import { ConferenceView } from './ConferenceView.tsx';
import { IntoConference } from './IntoConference.tsx';
import { InviteDialog } from './InviteDialog.tsx';
import { pairOf } from './pair.ts';
import { useMembership } from './useMembership.ts';

/** A call that is a conference. */
export function ConferencePanel({ call, conference }: { call: Running; conference: Conference }) {
  const { t } = useTranslation();
  const { calls } = usePhoneState();
  const { nameOf } = useDirectory();
  const [part, setPart] = usePanelPart(call.id);
  const membership = useMembership(call, conference);
  const move = useMoveCall(call);
  const pair = pairOf(call, calls);
  const close = () => setPart(null);
  return (
    <section className={classes.panel} aria-label={t('call.label')}>
      {/* Many members scroll, also for the keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={classes.body} role="group" aria-label={t('conference.title')} tabIndex={0}>
        {part === 'keypad' ? (
          <ToneKeys call={call} onClose={close} />
        ) : (
          <ConferenceView call={call} conference={conference} membership={membership} />
        )}
        <Hints call={call} name={nameOf(call.party)} move={move} />
        <OtherCalls shown={[call.id]} />
        {pair !== null && <IntoConference pair={pair} />}
      </div>
      <ConferenceControls
        call={call}
        conference={conference}
        membership={membership}
        part={part}
        move={move}
        onPart={setPart}
      />
      <InviteDialog
        opened={part === 'invite'}
        title={t('conference.inviteTitle')}
        hint={t('conference.inviteHint')}
        except={conference.members.map(({ party }) => party.number)}
        onClose={close}
        onInvite={membership.invite}
      />
    </section>
  );
}
