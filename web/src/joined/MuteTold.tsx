import { useEffect, useRef } from 'react';
import { useBackend, usePhone, usePhoneState } from '../backend.ts';
import type { Running } from '../phone/calls.ts';
import { useConference } from './queries.ts';

/** Tells the server of one's own microphone in conferences, so that all members see who is muted. */
export function MuteTold() {
  const phone = usePhone();
  const { calls } = usePhoneState();
  if (phone.media === null) return null;
  return calls
    .filter((call): call is Running => call.phase === 'running')
    .map((call) => <Told key={call.id} call={call} />);
}

function Told({ call }: { call: Running }) {
  const { api } = useBackend();
  const conference = useConference(call.journal_id);
  const leg = conference?.members.find(({ is_me }) => is_me)?.leg ?? null;
  const name = conference?.call ?? null;
  const isMuted = call.microphone === 'muted';
  /** What the server knows of the microphone; who comes in is heard. */
  const told = useRef(false);
  useEffect(() => {
    if (name === null || leg === null || told.current === isMuted) return;
    told.current = isMuted;
    // A conference that is over need not know.
    api.muteMember(name, leg, isMuted).catch(() => undefined);
  }, [api, name, leg, isMuted]);
  return null;
}
