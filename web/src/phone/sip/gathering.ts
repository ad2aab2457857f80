/**
 * Descriptions never wait for the end of gathering, which takes Chromium up to 39.9 s where UDP is blocked. They go with the
 * first candidate, or with none after a moment; the server learns our addresses from our checks, and the rest is trickled.
 */
import type { IceCandidateEvent, RTCSession } from 'jssip/lib/RTCSession';

/** How long a description waits for its first candidate, in milliseconds. */
export const FIRST_CANDIDATE_MAX_MS = 80;

/** For the descriptions that JsSIP makes. */
export function neverGather(rtc: RTCSession): void {
  rtc.on('icecandidate', ({ ready }: IceCandidateEvent) => ready());
}
export function boundGathering(connection: RTCPeerConnection): void {
  connection.addEventListener('signalingstatechange', () => {
    // JsSIP takes an event without a candidate for the end, and nobody else minds it.
    setTimeout(() => connection.dispatchEvent(new Event('icecandidate')), FIRST_CANDIDATE_MAX_MS);
  });
}

/** For the descriptions that we make: call it before they are set. */
export function firstCandidate(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, FIRST_CANDIDATE_MAX_MS);
    function done() {
      clearTimeout(timer);
      connection.removeEventListener('icecandidate', found);
      resolve();
    }
    function found({ candidate }: RTCPeerConnectionIceEvent) {
      if (candidate) done();
    }
    connection.addEventListener('icecandidate', found);
  });
}
