import { useTranslation } from 'react-i18next';
import { usePhoneState } from '../backend.ts';
import { useDirectory } from '../people/directory.ts';
import { foregroundCall, ringingCalls, type Call } from '../phone/calls.ts';
import { useEndWords } from './words.ts';

/** Tells screen readers what happens to calls, in the order it happens. */
export function Announcer() {
  const { t } = useTranslation();
  const state = usePhoneState();
  const { nameOf } = useDirectory();
  const endWords = useEndWords();
  const [ringing] = ringingCalls(state);
  const call = foregroundCall(state);
  const words = (it: Exclude<Call, { phase: 'ringing' }>): string => {
    const name = nameOf(it.party);
    switch (it.phase) {
      case 'dialling':
        if (it.step === 'lifting') return t('call.lifting');
        return it.step === 'microphone' || it.step === 'sent'
          ? `${t('call.calling')} ${name}`
          : `${t('call.ringing')} ${name}`;
      case 'answering':
        return t('call.connecting');
      case 'running': {
        if (it.media === 'interrupted') return t('call.interrupted');
        if (it.hold === 'held') return `${t('call.onHold')}: ${name}`;
        if (it.far_end === 'holding') return t('call.farHolding', { name });
        if (it.handed_over) return t('call.handedOver', { name });
        return `${t('recent.outcome.running')}: ${name}`;
      }
      case 'ended': {
        const { what, fix } = endWords(it, nameOf);
        return fix === null ? what : `${what}. ${fix}`;
      }
    }
  };
  return (
    <>
      <div className="hidden-text" aria-live="assertive">
        {ringing === undefined ? '' : t('incoming.from', { name: nameOf(ringing.party) })}
      </div>
      <div className="hidden-text" aria-live="polite">
        {call === null ? '' : words(call)}
      </div>
    </>
  );
}
