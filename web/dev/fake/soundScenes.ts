/** Scenes with recordings, menus and what is played to people. */
import type { LiveRecording, ServerEvent } from '../../src/api/types.ts';
import { officeHours } from './features.ts';
import { liveCall, salesTeam } from './oneNumber.ts';
import type { Scene, Stage } from './scenes.ts';

const CALL = 'journal-102';
const BROWSER = 1011;

export const soundScenes: Record<string, Scene> = {
  recorded: recorded({ state: 'on' }),
  'sound-lost': lost({
    type: 'audio_trouble',
    call: CALL,
    direction: 'from_me',
    whose: 'me',
    stage: 'microphone',
    sentence_code: 'from_me_microphone',
  }),
  'sound-lost-there': lost({
    type: 'audio_trouble',
    call: CALL,
    direction: 'to_me',
    whose: 'them',
    stage: 'network_in',
    sentence_code: 'to_me_network_in',
  }),
  'recorded-announcing': recorded({ state: 'announcing' }),
  'recorded-by-rule': recorded({ state: 'on', is_by_rule: true }),
  'recorded-stopped': recorded({ state: 'stopped', trouble: 'disk_full' }),
  'admin-recording': { prepare: recordingRules },
  'admin-attendant': { prepare: frontDoor },
  'recordings-empty': { prepare: ({ server: { company } }) => void (company.sounds.recordings = []) },
  'recordings-gone': { prepare: ({ server: { company } }) => void (company.sounds.hasShape = () => false) },
};

/** Rules, and hardly any room left. */
function recordingRules({ server: { company } }: Stage): void {
  company.oneNumber.teams = [salesTeam()];
  const { sounds: mine } = company;
  mine.settings.rules = [
    { whose: 'team', id: 1, calls: 'incoming', announced: 'prompt' },
    { whose: 'person', id: 107, calls: 'all', announced: 'tone' },
    { whose: 'everybody', id: null, calls: 'outside', announced: 'prompt' },
  ];
  mine.storage = { ...mine.storage, used_bytes: 10_200_547_328, state: 'nearly_full' };
}

/** A menu by office hours, with two announcements. */
function frontDoor({ server: { company } }: Stage): void {
  company.oneNumber.teams = [salesTeam()];
  company.features.profiles = [officeHours()];
  const { attendant: mine } = company;
  mine.announcements = [
    { id: 1, name: 'Welcome to Example Limited', duration_ms: 9_400, used_by: [] },
    {
      id: 2,
      name: 'How to find us, by train, by car and on foot from the old harbour',
      duration_ms: 71_000,
      used_by: [],
    },
  ];
  mine.menus = [
    {
      id: 1,
      name: 'Front door',
      extension: '700',
      language: null,
      greeting_id: 1,
      keys: [
        { key: '1', choice: { do: 'number', number: '200' } },
        { key: '2', choice: { do: 'number', number: '107' } },
        { key: '3', choice: { do: 'hear', announcement_id: 2 } },
        { key: '*', choice: { do: 'again' } },
        { key: '0', choice: { do: 'number', number: '100' } },
      ],
      takes_extensions: true,
      waits_s: 5,
      plays_max: 3,
      otherwise: { do: 'number', number: '100' },
      hours: { profile_id: 1, greeting_id: null, then: { do: 'hang_up' } },
    },
  ];
}

/** Anna talks to Ben, and one direction has no sound. */
function lost(event: ServerEvent): Scene {
  return {
    play: ({ phone, server }) => {
      const at = Date.now() - 83_000;
      phone.dispatch({ type: 'Called', call: 'in', party: { number: '102', name: 'Ben Okafor' }, at });
      phone.dispatch({ type: 'AnswerPressed', call: 'in', at });
      phone.dispatch({ type: 'Answered', call: 'in', at });
      phone.dispatch({ type: 'MediaChanged', call: 'in', media: 'flowing' });
      phone.dispatch({ type: 'Journalled', call: 'in', journal_id: CALL });
      server.oneNumber.become([liveCall({ call: CALL, state: 'talking', device_ids: [BROWSER] })]);
      server.tell(event);
    },
  };
}

/** Anna talks to Ben, and it is recorded since a while. */
function recorded(some: Partial<LiveRecording>): Scene {
  return {
    play: ({ phone, server }) => {
      const at = Date.now() - 83_000;
      phone.dispatch({ type: 'Called', call: 'in', party: { number: '102', name: 'Ben Okafor' }, at });
      phone.dispatch({ type: 'AnswerPressed', call: 'in', at });
      phone.dispatch({ type: 'Answered', call: 'in', at });
      phone.dispatch({ type: 'MediaChanged', call: 'in', media: 'flowing' });
      phone.dispatch({ type: 'Journalled', call: 'in', journal_id: CALL });
      server.oneNumber.become([liveCall({ call: CALL, state: 'talking', device_ids: [BROWSER] })]);
      server.sounds.become(CALL, some);
    },
  };
}
