/**
 * The questions about microphone, loudspeaker and headset, one after the other. Every one can be skipped; what was skipped is absent
 * from the result. Nothing here says for the person that they have spoken, or heard.
 */
import type { MicrophoneCheck, Permission, SpeakerCheck } from '../../api/check.ts';
import type { MicrophoneProblem } from '../../phone/calls.ts';
import { UNANSWERED_MIN_MS, type Question, type Sound } from './run.ts';

export type SoundEvent =
  | { type: 'MicrophoneCame'; devices: number; label: string; is_muted: boolean }
  | { type: 'MicrophoneRefused'; problem: MicrophoneProblem; devices: number | null }
  /** The person wants to be asked again, or to use another microphone. */
  | { type: 'MicrophoneWanted'; device: string | null }
  /** The loudest moment since the last event, in dBFS. */
  | { type: 'LevelHeard'; peak_dbfs: number }
  | { type: 'MicrophoneMuted'; is_muted: boolean }
  | { type: 'MicrophoneEnded' }
  | { type: 'Spoken' }
  | { type: 'ToneWanted'; device: string | null }
  | { type: 'TonePlayed'; devices: number | null; label: string; error: string | null }
  | { type: 'ToneAnswered'; is_heard: boolean }
  | { type: 'RecordingWanted'; device: string | null }
  | { type: 'RecordingPlays' }
  | { type: 'RecordingPlayed'; devices: number | null; label: string; error: string | null }
  | { type: 'RecordingAnswered'; is_heard: boolean }
  | { type: 'HeadsetWanted' }
  /** `name`: `null` when the person has chosen none. */
  | { type: 'HeadsetCame'; name: string | null; is_open: boolean }
  | { type: 'HeadsetPressed' }
  | { type: 'HeadsetAnswered'; is_noticed: boolean }
  | { type: 'Skipped' }
  | { type: 'AllSkipped' };

export type SoundCommand =
  | { do: 'OpenMicrophone'; device: string | null }
  | { do: 'PlayTone'; device: string | null }
  | { do: 'Record'; device: string | null }
  | { do: 'OpenHeadset' }
  | { do: 'CloseSound' };

export interface SoundStep {
  sound: Sound;
  commands: readonly SoundCommand[];
}

const EVENTS = {
  MicrophoneCame: true,
  MicrophoneRefused: true,
  MicrophoneWanted: true,
  LevelHeard: true,
  MicrophoneMuted: true,
  MicrophoneEnded: true,
  Spoken: true,
  ToneWanted: true,
  TonePlayed: true,
  ToneAnswered: true,
  RecordingWanted: true,
  RecordingPlays: true,
  RecordingPlayed: true,
  RecordingAnswered: true,
  HeadsetWanted: true,
  HeadsetCame: true,
  HeadsetPressed: true,
  HeadsetAnswered: true,
  Skipped: true,
  AllSkipped: true,
} as const satisfies Record<SoundEvent['type'], true>;

/** Whether an event of the check is one of these; every such event comes with its time. */
export function isSoundEvent(event: { type: string }): event is SoundEvent & { at: number } {
  return event.type in EVENTS;
}

/** The run begins: the first question is asked. */
export function beginSound(sound: Sound, at: number): SoundStep {
  return sound.questions[0] === 'microphone' ? ask(sound, null, at) : just(sound);
}

export function takeSound(sound: Sound, event: SoundEvent, at: number): SoundStep {
  const question = sound.questions[0];
  switch (event.type) {
    case 'MicrophoneCame':
      return just(opened(sound, event));
    case 'MicrophoneRefused':
      return just(refused(sound, event));
    case 'MicrophoneWanted':
      return ask(sound, event.device, at);
    case 'LevelHeard':
      // Somebody who has not been asked to speak may be silent.
      return question === 'microphone' ? just(withMicrophone(sound, louder(event.peak_dbfs))) : just(sound);
    case 'MicrophoneMuted':
      return just(withMicrophone(sound, (before) => ({ ...before, is_muted: event.is_muted })));
    case 'MicrophoneEnded':
      return just(withMicrophone(sound, (before) => ({ ...before, has_ended: true })));
    case 'Spoken':
      if (question !== 'microphone') return just(sound);
      return next(withMicrophone(sound, (before) => ({ ...before, has_spoken: true })));
    case 'ToneWanted':
      return { sound: { ...sound, tone: 'playing' }, commands: [{ do: 'PlayTone', device: event.device }] };
    case 'TonePlayed': {
      const { devices, label, error } = event;
      const tone = error === null ? 'played' : 'unplayed';
      return just({ ...sound, tone, speaker: { ...speakerOf(sound), devices, label, error } });
    }
    case 'ToneAnswered':
      if (question !== 'speaker') return just(sound);
      return next({ ...sound, speaker: { ...speakerOf(sound), is_heard: event.is_heard } });
    case 'RecordingWanted':
      return {
        sound: { ...sound, recording: 'recording' },
        commands: [{ do: 'Record', device: event.device }],
      };
    case 'RecordingPlays':
      return just({ ...sound, recording: 'playing' });
    case 'RecordingPlayed': {
      const { devices, label, error } = event;
      const before = speakerOf(sound);
      const speaker = { ...before, devices, label, error: before.error ?? error };
      return just({ ...sound, recording: error === null ? 'played' : 'failed', speaker });
    }
    case 'RecordingAnswered':
      if (question !== 'playback') return just(sound);
      return next({ ...sound, speaker: { ...speakerOf(sound), is_recording_heard: event.is_heard } });
    case 'HeadsetWanted':
      return { sound, commands: [{ do: 'OpenHeadset' }] };
    case 'HeadsetCame': {
      const { name, is_open } = event;
      if (name === null) return just(sound);
      const state = is_open ? 'untried' : 'unopened';
      return just({ ...sound, headset: { name, state, is_integrated: false, owner: 'unknown' } });
    }
    case 'HeadsetPressed':
      return just(withHeadset(sound, 'works'));
    case 'HeadsetAnswered':
      if (question !== 'headset') return just(sound);
      return next(event.is_noticed ? sound : withHeadset(sound, 'silent'));
    case 'Skipped':
      return skip(sound, at);
    case 'AllSkipped':
      return over(skip(sound, at).sound);
  }
}

function ask(sound: Sound, device: string | null, at: number): SoundStep {
  const opening = { is: 'asking', since: at } as const;
  return { sound: { ...sound, opening }, commands: [{ do: 'OpenMicrophone', device }] };
}

function opened(sound: Sound, came: Extract<SoundEvent, { type: 'MicrophoneCame' }>): Sound {
  const { devices, label, is_muted } = came;
  return {
    ...sound,
    opening: { is: 'open' },
    permission: 'granted',
    microphone: { devices, label, peak_dbfs: null, has_spoken: false, is_muted, has_ended: false },
  };
}

function refused(sound: Sound, event: Extract<SoundEvent, { type: 'MicrophoneRefused' }>): Sound {
  const { problem, devices } = event;
  const microphone: MicrophoneCheck | null =
    devices === null
      ? null
      : { devices, label: '', peak_dbfs: null, has_spoken: false, is_muted: false, has_ended: false };
  const known = permissionAfter(problem);
  return {
    ...sound,
    opening: { is: 'refused', problem },
    permission: known ?? sound.permission,
    microphone,
    // Without a microphone there is nothing to record.
    questions: sound.questions.filter((question) => question !== 'playback'),
  };
}

function permissionAfter(problem: MicrophoneProblem): Permission | null {
  switch (problem) {
    case 'denied':
      return 'denied';
    case 'dismissed':
      return 'unanswered';
    case 'in_use':
      return 'blocked';
    case 'missing':
    case 'insecure':
    case 'failed':
      return null;
  }
}

function louder(peak_dbfs: number): (before: MicrophoneCheck) => MicrophoneCheck {
  return (before) => ({ ...before, peak_dbfs: Math.max(peak_dbfs, before.peak_dbfs ?? peak_dbfs) });
}

function skip(sound: Sound, at: number): SoundStep {
  const [question] = sound.questions;
  if (question === undefined) return just(sound);
  if (question !== 'microphone') return next(sound);
  const { opening } = sound;
  const waited = opening.is === 'asking' && at - opening.since >= UNANSWERED_MIN_MS;
  const permission = sound.permission ?? (waited ? 'unanswered' : null);
  // Silence of somebody who was not ready to speak says nothing.
  return next(withMicrophone({ ...sound, permission }, (before) => ({ ...before, peak_dbfs: null })));
}

/** On to the next question; nothing of the sound stays open after the last. */
function next(sound: Sound): SoundStep {
  const questions: Question[] = sound.questions.slice(1);
  if (questions.length === 0) return over(sound);
  const usable = sound.opening.is === 'open';
  return just({ ...sound, questions: usable ? questions : questions.filter((each) => each !== 'playback') });
}

function over(sound: Sound): SoundStep {
  return { sound: { ...sound, questions: [] }, commands: [{ do: 'CloseSound' }] };
}

function withMicrophone(sound: Sound, change: (before: MicrophoneCheck) => MicrophoneCheck): Sound {
  return sound.microphone === null ? sound : { ...sound, microphone: change(sound.microphone) };
}

function withHeadset(sound: Sound, state: 'works' | 'silent'): Sound {
  // A button that was noticed once works, whatever is said later.
  if (sound.headset === null || sound.headset.state === 'works') return sound;
  return { ...sound, headset: { ...sound.headset, state } };
}

function speakerOf({ speaker }: Sound): SpeakerCheck {
  return speaker ?? { devices: null, label: '', is_heard: null, is_recording_heard: null, error: null };
}

function just(sound: Sound): SoundStep {
  return { sound, commands: [] };
}
