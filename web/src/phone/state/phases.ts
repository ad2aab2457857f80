/** One call in each of its phases, and the events that concern it alone. */
import type { Answering, Call, Dialling, Ringing, Running } from '../calls.ts';
import { cancel, end, leaveToOthers } from './ends.ts';
import type { CallEvent, CallStep } from './events.ts';

/** DTMF digits remembered for the display. */
export const TONES_SHOWN_MAX = 32;

export function reduceCall(call: Call, event: CallEvent): CallStep {
  switch (call.phase) {
    case 'dialling':
      return reduceDialling(call, event);
    case 'ringing':
      return reduceRinging(call, event);
    case 'answering':
      return reduceAnswering(call, event);
    case 'running':
      return reduceRunning(call, event);
    case 'ended':
      return null;
  }
}

function reduceDialling(call: Dialling, event: CallEvent): CallStep {
  switch (event.type) {
    case 'MicrophoneOpened':
      if (call.step !== 'microphone') return null;
      return {
        call: { ...call, step: 'sent' },
        commands: [{ do: 'Invite', call: call.id, number: call.party.number }],
      };
    case 'MicrophoneFailed':
      return end(call, { because: 'microphone', problem: event.problem }, event.at);
    case 'FarEndRinging':
      if (call.step === 'microphone' || call.step === 'early_media') return null;
      return { call: { ...call, step: event.early_media ? 'early_media' : 'far_ringing' }, commands: [] };
    case 'HangUpPressed':
    case 'PhoneLeft':
    case 'RejectPressed':
      return cancel(call, event.at);
    case 'MediaChanged':
      return { call: { ...call, media: event.media }, commands: [] };
    case 'Ended':
      return end(call, event.reason, event.at);
    case 'MutePressed':
    case 'TonePressed':
    case 'TransferPressed':
    case 'HoldAgreed':
    case 'FarEndHolding':
    case 'PartyChanged':
    case 'TransferAgreed':
    case 'TransferRefused':
    case 'QualityMeasured':
    case 'SoundWatched':
    case 'WayMeasured':
      return null;
  }
}

function reduceRinging(call: Ringing, event: CallEvent): CallStep {
  switch (event.type) {
    case 'RejectPressed':
    case 'HangUpPressed':
      return end(call, { because: 'rejected_by_us' }, event.at, [
        { do: 'Refuse', call: call.id, status: 603 },
      ]);
    case 'PhoneLeft':
      return leaveToOthers(call, event.at);
    case 'Ended':
      return end(call, event.reason, event.at);
    case 'MicrophoneOpened':
    case 'MicrophoneFailed':
    case 'FarEndRinging':
    case 'MutePressed':
    case 'TonePressed':
    case 'TransferPressed':
    case 'HoldAgreed':
    case 'FarEndHolding':
    case 'PartyChanged':
    case 'MediaChanged':
    case 'TransferAgreed':
    case 'TransferRefused':
    case 'QualityMeasured':
    case 'SoundWatched':
    case 'WayMeasured':
      return null;
  }
}

function reduceAnswering(call: Answering, event: CallEvent): CallStep {
  switch (event.type) {
    case 'MicrophoneOpened':
      if (call.step !== 'microphone') return null;
      return { call: { ...call, step: 'sent' }, commands: [{ do: 'Accept', call: call.id }] };
    case 'MicrophoneFailed':
      return end(call, { because: 'microphone', problem: event.problem }, event.at, [
        { do: 'Refuse', call: call.id, status: 480 },
      ]);
    case 'HangUpPressed':
    case 'RejectPressed':
      return end(call, { because: 'rejected_by_us' }, event.at, [
        { do: 'Refuse', call: call.id, status: 603 },
      ]);
    case 'PhoneLeft':
      return leaveToOthers(call, event.at);
    case 'MediaChanged':
      return { call: { ...call, media: event.media }, commands: [] };
    case 'Ended':
      return end(call, event.reason, event.at);
    case 'FarEndRinging':
    case 'MutePressed':
    case 'TonePressed':
    case 'TransferPressed':
    case 'HoldAgreed':
    case 'FarEndHolding':
    case 'PartyChanged':
    case 'TransferAgreed':
    case 'TransferRefused':
    case 'QualityMeasured':
    case 'SoundWatched':
    case 'WayMeasured':
      return null;
  }
}

function reduceRunning(call: Running, event: CallEvent): CallStep {
  switch (event.type) {
    case 'HangUpPressed':
    case 'PhoneLeft':
    case 'RejectPressed':
      return end(call, { because: 'hung_up', by: 'us' }, event.at, [{ do: 'HangUp', call: call.id }]);
    case 'MutePressed': {
      const microphone = call.microphone === 'open' ? 'muted' : 'open';
      return {
        call: { ...call, microphone },
        commands: [{ do: 'SetMuted', call: call.id, muted: microphone === 'muted' }],
      };
    }
    case 'TonePressed': {
      if (!/^[0-9*#A-D]$/.test(event.tone)) return null;
      const tones = (call.tones + event.tone).slice(-TONES_SHOWN_MAX);
      return {
        call: { ...call, tones },
        commands: [{ do: 'SendTone', call: call.id, tone: event.tone }],
      };
    }
    case 'TransferPressed':
      if (call.transfer.state === 'asked') return null;
      return {
        call: { ...call, transfer: { state: 'asked', to: event.to } },
        commands: [{ do: 'Transfer', call: call.id, to: event.to.number }],
      };
    case 'TransferAgreed':
      if (call.transfer.state !== 'asked') return null;
      return end(call, { because: 'transferred', to: call.transfer.to }, event.at, [
        { do: 'HangUp', call: call.id },
      ]);
    case 'TransferRefused':
      if (call.transfer.state !== 'asked') return null;
      return {
        call: { ...call, transfer: { state: 'failed', to: call.transfer.to, status: event.status } },
        commands: [],
      };
    case 'HoldAgreed':
      return { call: { ...call, hold: event.held ? 'held' : 'talking', hold_refused: null }, commands: [] };
    case 'FarEndHolding':
      return { call: { ...call, far_end: event.holding ? 'holding' : 'talking' }, commands: [] };
    case 'PartyChanged':
      if (call.party.number === event.party.number && call.party.name === event.party.name) return null;
      return {
        call: { ...call, party: event.party, handed_over: call.party.number !== event.party.number },
        commands: [],
      };
    case 'MediaChanged':
      return { call: { ...call, media: event.media }, commands: [] };
    case 'QualityMeasured':
      return { call: { ...call, quality: event.quality }, commands: [] };
    case 'WayMeasured':
      return { call: { ...call, way: event.way }, commands: [] };
    case 'SoundWatched':
      return { call: { ...call, lost: { ...call.lost, [event.direction]: event.loss } }, commands: [] };
    case 'Ended': {
      // A far end that took our transfer may hang up before it tells us that the transfer worked.
      const { transfer } = call;
      const transferred = transfer.state === 'asked' && event.reason.because === 'hung_up';
      return end(call, transferred ? { because: 'transferred', to: transfer.to } : event.reason, event.at);
    }
    case 'MicrophoneFailed':
    case 'MicrophoneOpened':
    case 'FarEndRinging':
      return null;
  }
}
