import type { EndReason } from './calls.ts';

/** What is known about the end of a SIP session. */
export interface SessionEnd {
  direction: 'outgoing' | 'incoming';
  /** Whether somebody had answered. */
  answered: boolean;
  /** Whether the far end had rung. */
  rang: boolean;
  by: 'us' | 'them' | 'system';
  /** JsSIP's word for it. */
  cause: string;
  /** Status of the final response, where there was one. */
  status: number | null;
  /** The Reason header (RFC 3326) of a CANCEL or BYE. */
  reason: string | null;
}

/** The reason in our words. Statuses by RFC 3261 section 21. */
export function endReason(end: SessionEnd): EndReason {
  if (end.answered) {
    if (end.by !== 'us' && end.reason?.includes('Call moved') === true) return { because: 'moved' };
    if (end.cause === 'Terminated') return { because: 'hung_up', by: end.by === 'us' ? 'us' : 'them' };
    return { because: 'connection_lost' };
  }
  if (end.cause === 'Connection Error') return { because: 'server_away' };
  if (end.direction === 'incoming') {
    if (end.by === 'us') return { because: 'rejected_by_us' };
    return /cause\s*=\s*200\b/.test(end.reason ?? '')
      ? { because: 'answered_elsewhere' }
      : { because: 'missed' };
  }
  if (end.status === null) {
    if (end.cause === 'Canceled') return { because: 'cancelled' };
    if (end.cause === 'No Answer' || end.cause === 'Expires') return { because: 'no_answer' };
    if (end.cause === 'Request Timeout') return { because: 'server_away' };
    return { because: 'failed', status: null };
  }
  if (end.status === 403 && saysDisplaced(end.reason)) return { because: 'displaced' };
  return refusal(end.status, end.rang);
}

/** Whether a 403 means that the same phone has signed in somewhere else; the server has no other sign for it. */
export function saysDisplaced(reason: string | null): boolean {
  return reason?.includes('signed in elsewhere') === true;
}

/** Whether a 403 means that the person's number has gone to their desk phone. */
export function saysAtDeskPhone(reason: string | null): boolean {
  return reason?.includes('your number is at your desk phone') === true;
}

function refusal(status: number, rang: boolean): EndReason {
  switch (status) {
    case 403:
      return { because: 'not_permitted' };
    case 404:
    case 410:
    case 484:
    case 604:
      return { because: 'unknown_number' };
    case 408:
    case 487:
      return { because: 'no_answer' };
    case 430:
    case 480:
      return rang ? { because: 'no_answer' } : { because: 'offline' };
    case 486:
    case 600:
      return { because: 'busy' };
    case 488:
    case 606:
      return { because: 'no_common_codec' };
    case 503:
      return { because: 'server_full' };
    case 603:
      return { because: 'declined' };
    default:
      return { because: 'failed', status };
  }
}
