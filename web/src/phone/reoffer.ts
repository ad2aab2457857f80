/**
 * Offers inside a call, to hold it or to restart ICE, without JsSIP's own `hold()` and `renegotiate()`: those end the call when the far end refuses,
 * and after 491 they repeat the old request under its old number, which a server has to refuse.
 *
 * It goes by UPDATE (RFC 3311) instead of re-INVITE. RFC 3311 advises against that where a person may have to be asked;
 * our far end is always the server, which answers by itself. Its 491 reaches us at once, and there is no ACK to lose.
 */
import type { RTCSession } from 'jssip/lib/RTCSession';
import type { IncomingResponse } from 'jssip/lib/SIPMessage';
import type { Outcome } from './hold.ts';
import { firstCandidate } from './sip/gathering.ts';
import { keepOpusSteady } from './sip/opus.ts';

declare module 'jssip/lib/RTCSession' {
  // Public in JsSIP, but left out of its types.
  interface RTCSession {
    sendRequest(
      method: string,
      options: { extraHeaders: string[]; body: string; eventHandlers: RequestHandlers },
    ): void;
  }
  interface RequestHandlers {
    onSuccessResponse(response: IncomingResponse): void;
    onErrorResponse(response: IncomingResponse): void;
    /** 408 and 481. */
    onDialogError(response: IncomingResponse): void;
    onTransportError(): void;
    onRequestTimeout(): void;
  }
}

/** The longest wait that we let the server impose, in seconds. */
const RETRY_AFTER_MAX_S = 10;

type Answer = { is: 'answer'; sdp: string } | { is: 'gone' } | Exclude<Outcome, { is: 'agreed' }>;

/** Offers to send only (hold) or to talk. Whatever goes wrong, the call is as before, unless the server knows of none. */
export async function reoffer(rtc: RTCSession, hold: boolean): Promise<Outcome> {
  const { connection } = rtc;
  const audio = connection.getTransceivers().find(({ receiver }) => receiver.track.kind === 'audio');
  if (audio === undefined) return { is: 'refused' };
  const before = audio.direction;
  const undo = async () => {
    await rollBack(connection);
    if (connection.signalingState !== 'closed') audio.direction = before;
  };
  try {
    audio.direction = hold ? 'sendonly' : 'sendrecv';
    await connection.setLocalDescription();
    const outcome = await settle(rtc);
    if (outcome.is !== 'agreed') await undo();
    return outcome;
  } catch {
    // The browser found no offer, or could not use the answer.
    await undo();
    return { is: 'refused' };
  }
}

/**
 * Offers new ways for the sound; it goes on over the old one meanwhile. An offer that nobody answers stays open: made anew
 * only when `fresh` asks for that, it goes out once more, so that a server which has seen it just answers again. `prepare`
 * runs before a new offer is made, `described` with what is sent.
 */
export async function restartIce(
  rtc: RTCSession,
  fresh: boolean,
  prepare: (connection: RTCPeerConnection) => void,
  described: (sdp: string) => void,
): Promise<Outcome> {
  const { connection } = rtc;
  try {
    if (fresh || connection.signalingState !== 'have-local-offer') {
      prepare(connection);
      const offer = await connection.createOffer({ iceRestart: true });
      const candidate = firstCandidate(connection);
      await connection.setLocalDescription(offer);
      await candidate;
    }
    const outcome = await settle(rtc, described);
    if (outcome.is === 'refused') await rollBack(connection);
    return outcome;
  } catch {
    // As above; or the server's offer came in between, and the browser rolled ours back.
    await rollBack(connection);
    return { is: 'refused' };
  }
}

/** Sends the offer that is open, and takes its answer over. */
async function settle(rtc: RTCSession, described?: (sdp: string) => void): Promise<Outcome> {
  const { connection } = rtc;
  const sdp = keepOpusSteady(connection.localDescription?.sdp ?? '');
  described?.(sdp);
  const answer = await ask(rtc, sdp);
  switch (answer.is) {
    case 'answer':
      await connection.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
      return { is: 'agreed' };
    case 'gone':
      if (!rtc.isEnded()) rtc.terminate({ cause: 'Dialog Error', status_code: 481 });
      return { is: 'refused' };
    case 'not_now':
    case 'refused':
      return answer;
  }
}

async function rollBack(connection: RTCPeerConnection): Promise<void> {
  if (connection.signalingState === 'have-local-offer')
    await connection.setLocalDescription({ type: 'rollback' });
}

function ask(rtc: RTCSession, sdp: string): Promise<Answer> {
  return new Promise((resolve) => {
    if (rtc.isEnded()) {
      resolve({ is: 'refused' });
      return;
    }
    rtc.sendRequest('UPDATE', {
      extraHeaders: [`Contact: ${rtc.contact}`, 'Content-Type: application/sdp'],
      body: sdp,
      eventHandlers: {
        onSuccessResponse: ({ body }) => resolve(body ? { is: 'answer', sdp: body } : { is: 'refused' }),
        onErrorResponse: (response) => resolve(refusal(response)),
        onDialogError: ({ status_code }) => resolve({ is: status_code === 481 ? 'gone' : 'refused' }),
        // The line comes back by itself, and the sound goes on without it.
        onTransportError: () => resolve({ is: 'not_now', wait_ms: null }),
        onRequestTimeout: () => resolve({ is: 'refused' }),
      },
    });
  });
}

/** RFC 3311 section 5.2: 491 when the server has an offer open, 500 with a wait when it still works on one of ours. */
function refusal(response: IncomingResponse): Answer {
  if (response.status_code === 491) return { is: 'not_now', wait_ms: null };
  const wait_s = Number.parseInt(response.getHeader('Retry-After'), 10);
  if (response.status_code !== 500 || Number.isNaN(wait_s)) return { is: 'refused' };
  return { is: 'not_now', wait_ms: 1_000 * Math.min(wait_s, RETRY_AFTER_MAX_S) };
}
