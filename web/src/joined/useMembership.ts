import { useMutation } from '@tanstack/react-query';
import type { Conference, Member } from '../api/types.ts';
import { useBackend, usePhone } from '../backend.ts';
import type { Running } from '../phone/calls.ts';
import { useOwnMember } from './ownMember.ts';

/** What hosts do with others. */
export type Deed = 'mute' | 'unmute' | 'lower' | 'remove' | 'admit';

/** What one may do in a conference, and what came of the last thing. */
export interface Membership {
  isHost: boolean;
  /** By oneself or by a host. */
  isMuted: boolean;
  isMutedByHost: boolean;
  handIsUp: boolean;
  error: Error | null;
  toggleMute: () => void;
  toggleHand: () => void;
  toggleLock: () => void;
  invite: (number: string) => void;
  act: (member: Member, deed: Deed) => void;
}

export function useMembership(call: Running, conference: Conference): Membership {
  const { api } = useBackend();
  const phone = usePhone();
  const { call: name } = conference;
  const me = useOwnMember(conference.members);
  const isMutedHere = phone.media !== null && call.microphone === 'muted';
  const isMuted = isMutedHere || me?.is_muted === true;
  const ask = useMutation({ mutationFn: (request: () => Promise<void>) => request() });
  const toggleMute = () => {
    // The server is told of one's own microphone by `MuteTold`, whichever button or key it was.
    if (phone.media !== null && isMutedHere === isMuted) phone.toggleMute(call.id);
    else if (me !== null) ask.mutate(() => api.muteMember(name, me.leg, !isMuted));
  };
  return {
    isHost: me?.is_host === true,
    isMuted,
    isMutedByHost: me?.is_muted === true && phone.media !== null && !isMutedHere,
    handIsUp: me?.hand_is_up === true,
    error: ask.error,
    toggleMute,
    toggleHand: () => {
      if (me !== null) ask.mutate(() => api.raiseHand(name, me.leg, !me.hand_is_up));
    },
    toggleLock: () => ask.mutate(() => api.lockConference(name, !conference.is_locked)),
    invite: (number) => ask.mutate(() => api.invite(name, number)),
    act: ({ leg }, deed) =>
      ask.mutate(() => {
        switch (deed) {
          case 'mute':
          case 'unmute':
            return api.muteMember(name, leg, deed === 'mute');
          case 'lower':
            return api.raiseHand(name, leg, false);
          case 'remove':
            return api.removeMember(name, leg);
          case 'admit':
            return api.admitMember(name, leg);
        }
      }),
  };
}
