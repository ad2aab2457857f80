/** What can happen to the phone, and what it then wants done. */
import type {
  Call,
  CallId,
  EndReason,
  Line,
  Media,
  MicrophoneProblem,
  Party,
  PhoneState,
  Quality,
  SoundLoss,
  SoundLosses,
  Way,
} from '../calls.ts';

/** Something that happened: on the screen, at the microphone, on the line. */
export type PhoneEvent =
  // The person.
  | { type: 'Dialled'; call: CallId; party: Party; at: number }
  | { type: 'AnswerPressed'; call: CallId; at: number }
  | { type: 'RejectPressed'; call: CallId; at: number }
  | { type: 'HangUpPressed'; call: CallId; at: number }
  /** The person signs out or closes the page; whoever calls may still be answered at another phone. */
  | { type: 'PhoneLeft'; call: CallId; at: number }
  | { type: 'HoldPressed'; call: CallId; at: number }
  | { type: 'MutePressed'; call: CallId }
  | { type: 'TonePressed'; call: CallId; tone: string }
  | { type: 'TransferPressed'; call: CallId; to: Party }
  | { type: 'Dismissed'; call: CallId }
  // The microphone.
  | { type: 'MicrophoneOpened'; call: CallId }
  | { type: 'MicrophoneFailed'; call: CallId; problem: MicrophoneProblem; at: number }
  // The far end.
  | { type: 'Called'; call: CallId; party: Party; at: number }
  | { type: 'FarEndRinging'; call: CallId; early_media: boolean }
  | { type: 'Answered'; call: CallId; at: number }
  | { type: 'HoldAgreed'; call: CallId; held: boolean }
  | { type: 'HoldRefused'; call: CallId }
  | { type: 'FarEndHolding'; call: CallId; holding: boolean }
  | { type: 'PartyChanged'; call: CallId; party: Party }
  | { type: 'Journalled'; call: CallId; journal_id: string }
  | { type: 'MediaChanged'; call: CallId; media: Media }
  | { type: 'TransferAgreed'; call: CallId; at: number }
  | { type: 'TransferRefused'; call: CallId; status: number | null }
  | { type: 'Ended'; call: CallId; reason: EndReason; at: number }
  | { type: 'QualityMeasured'; call: CallId; quality: Quality }
  | { type: 'WayMeasured'; call: CallId; way: Way }
  /** `null`: there is sound again, or nobody is to be heard any more. */
  | { type: 'SoundWatched'; call: CallId; direction: keyof SoundLosses; loss: SoundLoss | null }
  // The line and the clock.
  | { type: 'LineChanged'; line: Line; at: number }
  /** What `WakeLater` asked for. */
  | { type: 'TimePassed'; at: number }
  | { type: 'FarewellOver'; call: CallId };

/** What an adapter must do now. */
export type Command =
  | { do: 'OpenMicrophone'; call: CallId }
  | { do: 'Invite'; call: CallId; number: string }
  | { do: 'Accept'; call: CallId }
  | { do: 'Refuse'; call: CallId; status: 486 | 480 | 603 }
  | { do: 'HangUp'; call: CallId }
  | { do: 'Hold'; call: CallId }
  | { do: 'Resume'; call: CallId }
  | { do: 'SetMuted'; call: CallId; muted: boolean }
  | { do: 'SendTone'; call: CallId; tone: string }
  | { do: 'Transfer'; call: CallId; to: string }
  | { do: 'ReleaseMedia'; call: CallId }
  | { do: 'WakeLater'; delay_ms: number }
  | { do: 'ForgetLater'; call: CallId; delay_ms: number };

export interface Step {
  state: PhoneState;
  commands: readonly Command[];
}

/** What concerns one call alone. */
export type CallEvent = Exclude<
  PhoneEvent,
  {
    type:
      | 'LineChanged'
      | 'TimePassed'
      | 'Dialled'
      | 'Called'
      | 'AnswerPressed'
      | 'HoldPressed'
      | 'HoldRefused'
      | 'Answered'
      | 'Journalled'
      | 'FarewellOver'
      | 'Dismissed';
  }
>;

/** `null`: nothing changes. */
export type CallStep = { call: Call; commands: readonly Command[] } | null;
