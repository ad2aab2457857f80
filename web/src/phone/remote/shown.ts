/** The desk phone under control, as screens know phones. */
import type { LiveCall } from '../../api/types.ts';
import { NOTHING_LOST, type Call, type Line, type PhoneState } from '../calls.ts';
import { isHere, noteOf, partyOf, type Begun, type Note, type Remote } from '../remote.ts';

/** What screens see. */
export function phoneStateOf(remote: Remote): PhoneState {
  const live = (remote.live ?? []).flatMap((each) => {
    const call = isHere(each, remote.phone) ? callOf(each, noteOf(remote, each.call)) : null;
    return call === null ? [] : [call];
  });
  // The server may tell of a call before it has answered the request that began it.
  const isLifting = remote.live?.some(({ state }) => state === 'lifting') === true;
  const begun = isLifting ? [] : remote.begun.filter(({ isLeft }) => !isLeft).map(lifting);
  return { line: lineOf(remote), calls: [...remote.ended, ...live, ...begun] };
}

function lineOf({ phone, live }: Remote): Line {
  if (live === null || phone === 'not_known') return { state: 'connecting' };
  return phone?.registered === true ? { state: 'ready' } : { state: 'desk_phone_away' };
}

function lifting({ id, call, party, at }: Begun): Call {
  return {
    id: call ?? id,
    journal_id: call,
    party,
    direction: 'outgoing',
    phase: 'dialling',
    step: 'lifting',
    media: 'flowing',
    began_at: at,
  };
}

/** `null`: it has been declined, and is on its way out. */
function callOf(live: LiveCall, { asked, refused, transfer_failed, tones }: Note): Call | null {
  const base = {
    id: live.call,
    journal_id: live.call,
    party: partyOf(live),
    direction: live.side === 'caller' ? 'outgoing' : 'incoming',
  } as const;
  const began_at = Date.parse(live.begun_at);
  const dialling = (step: 'lifting' | 'far_ringing'): Call => ({
    ...base,
    phase: 'dialling',
    step,
    media: 'flowing',
    began_at,
  });
  const running = (hold: 'talking' | 'held', far_end: 'talking' | 'holding'): Call => ({
    ...base,
    phase: 'running',
    answered_at: Date.parse(live.answered_at ?? live.begun_at),
    microphone: 'open',
    hold:
      asked?.what === 'hold' && hold === 'talking'
        ? 'holding'
        : asked?.what === 'resume' && hold === 'held'
          ? 'resuming'
          : hold,
    hold_refused: refused,
    far_end,
    handed_over: false,
    media: 'flowing',
    transfer:
      asked?.what === 'transfer'
        ? { state: 'asked', to: asked.to }
        : transfer_failed === null
          ? { state: 'none' }
          : { state: 'failed', to: transfer_failed, status: null },
    tones,
    quality: null,
    lost: NOTHING_LOST,
    way: null,
  });
  switch (live.state) {
    case 'lifting':
      return dialling('lifting');
    case 'dialling':
      return dialling('far_ringing');
    case 'ringing':
      if (live.side === 'caller') return dialling('lifting');
      if (asked?.what === 'decline') return null;
      if (asked?.what === 'answer')
        return { ...base, phase: 'answering', step: 'sent', then: 'talk', media: 'flowing', began_at };
      return { ...base, phase: 'ringing', line: { is: 'there' }, began_at };
    case 'talking':
    case 'moving':
    case 'conferring':
    case 'waiting':
      return running('talking', 'talking');
    case 'holding':
      return running('held', 'talking');
    case 'held':
      return running('talking', 'holding');
  }
}
