import { useEffect, useRef } from 'react';
import { useBackend, usePhone, usePhoneState } from '../backend.ts';
import type { Running } from '../phone/calls.ts';
import { useOwnMember } from './ownMember.ts';
import { useConference } from './queries.ts';

/** Tells the server of one's own microphone in conferences, so that all members see who is muted. */
export function MuteTold() {
  const phone = usePhone();
  const { calls } = usePhoneState();
  if (phone.media === null) return null;
  return calls
    .filter((call): call is Running => call.phase === 'running')
    .map((call) => <ToldOf key={call.id} call={call} />);
}

function ToldOf({ call: { journal_id, microphone } }: { call: Running }) {
  const conference = useConference(journal_id);
  const me = useOwnMember(conference?.members ?? []);
  if (conference === null || me === null) return null;
  const { call } = conference;
  return <Told key={`${call} ${me.leg}`} call={call} leg={me.leg} isMuted={microphone === 'muted'} />;
}

/** Tells for as long as one is the same member of the same conference; the next one knows nothing of it. */
function Told({ call, leg, isMuted }: { call: string; leg: number; isMuted: boolean }) {
  const { api } = useBackend();
  /** What the server knows of the microphone; who comes in is heard. */
  const told = useRef(false);
  useEffect(() => {
    if (told.current === isMuted) return;
    told.current = isMuted;
    // A conference that is over need not know.
    api.muteMember(call, leg, isMuted).catch(() => undefined);
  }, [api, call, leg, isMuted]);
  return null;
}
