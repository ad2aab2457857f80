/** One call in SIP: its JsSIP session and what belongs to it. */
import type { RTCSession } from 'jssip/lib/RTCSession';
import type { Hold } from '../hold.ts';
import type { OutlivingInvite } from './outlive.ts';
import type { Trickle } from './trickle.ts';

export interface Session {
  rtc: RTCSession;
  direction: 'outgoing' | 'incoming';
  answered: boolean;
  rang: boolean;
  muted: boolean;
  hold: Hold;
  /** An offer that restarts ICE is out. */
  restarting: boolean;
  /** `null` until there is a connection. */
  trickle: Trickle | null;
  /** Of a call of ours. */
  invite: OutlivingInvite | null;
  /** The person hung up while there was no line to say so. */
  leaving: boolean;
}

/** Nobody is heard through a microphone that is muted or whose call is on hold. */
export function silence({ rtc, muted, hold }: Session): void {
  if (muted || hold.silent) rtc.mute({ audio: true });
  else rtc.unmute({ audio: true });
}

/** Whether an offer of ours is open, so that one of theirs has to wait. */
export function isOffering({ hold, restarting }: Session): boolean {
  return hold.isOffering || restarting;
}
