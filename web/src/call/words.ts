import { useTranslation } from 'react-i18next';
import type { Answering, Dialling, Ended, MicrophoneProblem, Party } from '../phone/calls.ts';

export interface EndWords {
  what: string;
  fix: string | null;
}

/** What happens before anybody talks. */
export type ProgressWord = 'lifting' | 'microphone' | 'calling' | 'ringing' | 'connecting';

export function progressWord(call: Dialling | Answering): ProgressWord {
  switch (call.step) {
    case 'lifting':
      return 'lifting';
    case 'microphone':
      return 'microphone';
    case 'sent':
      return call.phase === 'answering' ? 'connecting' : 'calling';
    case 'far_ringing':
    case 'early_media':
      return 'ringing';
  }
}

/** What is wrong and what to do, in the person's words. */
export function useEndWords(): (call: Ended, nameOf: (party: Party) => string) => EndWords {
  const { t } = useTranslation();
  const microphone = useMicrophoneWords();
  return (call, nameOf) => {
    const { reason, party } = call;
    const name = nameOf(party);
    const number = party.number;
    switch (reason.because) {
      case 'hung_up':
      case 'cancelled':
      case 'rejected_by_us':
      case 'missed':
      case 'stopped_ringing':
      case 'answered_elsewhere':
      case 'moved':
        return { what: t(`ended.${reason.because}`), fix: null };
      case 'transferred':
        return { what: t('ended.transferred', { name: nameOf(reason.to) }), fix: null };
      case 'busy':
      case 'declined':
      case 'no_answer':
      case 'offline':
        return { what: t(`ended.${reason.because}`, { name }), fix: t(`ended.${reason.because}Fix`) };
      case 'unknown_number':
      case 'not_permitted':
        return { what: t(`ended.${reason.because}`, { number }), fix: t(`ended.${reason.because}Fix`) };
      case 'no_common_codec':
      case 'server_full':
      case 'displaced':
      case 'server_away':
      case 'connection_lost':
        return { what: t(`ended.${reason.because}`), fix: t(`ended.${reason.because}Fix`) };
      case 'microphone':
        return microphone(reason.problem);
      case 'failed':
        return { what: t('ended.failed'), fix: t('ended.failedFix', { status: reason.status ?? '–' }) };
    }
  };
}

export function useMicrophoneWords(): (problem: MicrophoneProblem) => EndWords & { fix: string } {
  const { t } = useTranslation();
  return (problem) => ({
    what: t(`microphone.${problem}`),
    fix:
      problem === 'denied'
        ? t(`microphone.deniedFix.${browserOf(navigator.userAgent)}`)
        : t(`microphone.${problem}Fix`),
  });
}

/** Where each browser hides its permissions. */
export function browserOf(userAgent: string): 'chromium' | 'firefox' | 'safari' {
  if (userAgent.includes('Firefox/')) return 'firefox';
  return userAgent.includes('Safari/') && !/Chrom(e|ium)\//.test(userAgent) ? 'safari' : 'chromium';
}
