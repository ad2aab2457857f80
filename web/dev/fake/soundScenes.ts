/** Scenes with recordings, menus and what is played to people. */
import type { LiveRecording } from '../../src/api/types.ts';
import { liveCall } from './oneNumber.ts';
import type { Scene } from './scenes.ts';

const CALL = 'journal-102';
const BROWSER = 1011;

export const soundScenes: Record<string, Scene> = {
  recorded: recorded({ state: 'on' }),
  'recorded-announcing': recorded({ state: 'announcing' }),
  'recorded-by-rule': recorded({ state: 'on', is_by_rule: true }),
  'recorded-stopped': recorded({ state: 'stopped', trouble: 'disk_full' }),
  'recordings-empty': { prepare: ({ server: { company } }) => void (company.sounds.recordings = []) },
  'recordings-gone': { prepare: ({ server: { company } }) => void (company.sounds.hasShape = () => false) },
};

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
