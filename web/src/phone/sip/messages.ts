/** What JsSIP's messages and events say, in our nouns. */
import type { NameAddrHeader } from 'jssip';
import type { EndEvent } from 'jssip/lib/RTCSession';
import type { IncomingRequest, IncomingResponse } from 'jssip/lib/SIPMessage';
import type { IncomingRTCSessionEvent, RTCSessionEvent } from 'jssip/lib/UA';
import type { EndReason, Party } from '../calls.ts';
import { endReason } from '../causes.ts';

/** Under which id the server keeps a call, in the INVITE and the responses that it sends us. */
const CALL_HEADER = 'X-Farend-Call';

export function journalIdOf(message: IncomingRequest | IncomingResponse): string | null {
  return message.hasHeader(CALL_HEADER) ? message.getHeader(CALL_HEADER) : null;
}

/** JsSIP's enum exists in its types alone; its values are plain words. */
export function isTheirs(originator: string): boolean {
  return originator === 'remote';
}

export function isIncoming(event: RTCSessionEvent): event is IncomingRTCSessionEvent {
  return isTheirs(event.originator);
}

/** The number is empty when the address has none. */
export function partyOf({ display_name, uri }: NameAddrHeader): Party {
  const name = display_name as string | undefined;
  const user = uri.user as string | undefined;
  return { number: decodeURIComponent(user ?? ''), name: name === undefined || name === '' ? null : name };
}

export function reasonOf(
  session: { direction: 'outgoing' | 'incoming'; answered: boolean; rang: boolean },
  event: EndEvent,
): EndReason {
  const message = event.message as EndEvent['message'] | null;
  const originator: string = event.originator;
  return endReason({
    direction: session.direction,
    answered: session.answered,
    rang: session.rang,
    by: originator === 'local' ? 'us' : originator === 'remote' ? 'them' : 'system',
    cause: event.cause,
    status: message !== null && 'status_code' in message ? message.status_code : null,
    reason: message === null ? null : reasonHeader(message),
  });
}

export function reasonHeader(message: IncomingRequest | IncomingResponse): string | null {
  return message.hasHeader('Reason') ? message.getHeader('Reason') : null;
}

/** In seconds. */
export function retryAfter(response: IncomingResponse): number | null {
  const header = response.hasHeader('Retry-After') ? response.getHeader('Retry-After') : '';
  return /^\d+/.test(header) ? Number.parseInt(header, 10) : null;
}
