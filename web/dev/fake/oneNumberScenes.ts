/** Scenes with several phones: who talks where, and what a team's line shows. */
import type { LineCall } from '../../src/api/types.ts';
import { liveCall, salesTeam } from './oneNumber.ts';
import type { Scene, Stage } from './scenes.ts';

const DESK = 1012;
const LONG = { number: '107', name: null, user_id: 107 };
const OUTSIDE = { number: '+498912345678', name: null, user_id: null };

export const oneNumberScenes: Record<string, Scene> = {
  mobile: { prepare: (stage) => share(stage, 'browser') },
  'at-desk': { prepare: atDesk },
  'at-desk-no-hint': {
    prepare: (stage) => {
      atDesk(stage);
      sessionStorage.setItem('farend.place_hint.desk_phone', 'seen');
    },
  },
  'at-desk-away': {
    prepare: (stage) => {
      atDesk(stage);
      for (const device of stage.server.company.devices) if (device.id === DESK) device.registered = false;
    },
  },
  'at-desk-incoming': desk(({ server }) =>
    server.oneNumber.become([liveCall({ call: 'c', state: 'ringing' })]),
  ),
  'at-desk-lifting': desk(({ desk: phone, server }) => {
    server.letsLift = true;
    phone.dial({ number: '102', name: 'Ben Okafor' });
  }),
  'at-desk-call': desk(({ server }) => server.oneNumber.become([liveCall({ call: 'c', state: 'talking' })])),
  'at-desk-two': desk(({ server }) =>
    server.oneNumber.become([
      liveCall({ call: 'c', state: 'holding', other: LONG }),
      liveCall({ call: 'd', state: 'talking' }),
    ]),
  ),
  'at-desk-refused': {
    prepare: (stage) => {
      atDesk(stage);
      stage.server.company.oneNumber.unreachable.add(DESK);
    },
    play: ({ desk: phone }) => phone.dial({ number: '102', name: 'Ben Okafor' }),
  },
  elsewhere: {
    play: ({ server }) =>
      server.oneNumber.become([liveCall({ call: 'c', state: 'talking', device_ids: [DESK] })]),
  },
  'elsewhere-long': {
    play: ({ server }) =>
      server.oneNumber.become([liveCall({ call: 'c', state: 'holding', device_ids: [DESK], other: LONG })]),
  },
  'call-known': {
    play: ({ phone }) => {
      const at = Date.now() - 83_000;
      const party = { number: '102', name: 'Ben Okafor' };
      phone.dispatch({ type: 'Called', call: 'in', party, at });
      phone.dispatch({ type: 'AnswerPressed', call: 'in', at });
      phone.dispatch({ type: 'Answered', call: 'in', at });
      phone.dispatch({ type: 'MediaChanged', call: 'in', media: 'flowing' });
      phone.dispatch({ type: 'Journalled', call: 'in', journal_id: 'c' });
    },
  },
  'other-tab': { prepare: ({ locks }) => void locks.takeElsewhere() },
  team: {
    prepare: ({ server: { company } }) => {
      company.oneNumber.teams = [salesTeam()];
      company.oneNumber.lines.set(1, line());
    },
  },
  'team-free': { prepare: ({ server: { company } }) => void (company.oneNumber.teams = [salesTeam()]) },
  'admin-one-number': {
    prepare: (stage) => {
      share(stage, 'browser');
      const { company } = stage.server;
      company.oneNumber.teams = [salesTeam()];
      const [meeting] = company.devices.filter(({ id }) => id === 1082);
      if (meeting === undefined) return;
      Object.assign(meeting, {
        user_id: null,
        label: 'Meeting room',
        sip_user: 'meeting-room',
        shared: { open_to: 'people', people: [102, 103] },
        seat: { user_id: 102, mobile_user_id: null },
        registered: true,
      });
    },
  },
};

function desk(play: (stage: Stage) => void): Scene {
  return { prepare: atDesk, play };
}

function atDesk({ talkOn }: Stage): void {
  talkOn.choose(DESK);
}

/** Anna's desk phone is shared, and hers while her number is not in the browser. */
export function share({ server: { company } }: Stage, at: 'browser' | 'desk_phone'): void {
  const phone = company.devices.find(({ id }) => id === DESK);
  if (phone === undefined) return;
  phone.label = 'Room 12';
  phone.shared = { open_to: 'everybody', people: [] };
  phone.seat =
    at === 'browser' ? { user_id: null, mobile_user_id: 101 } : { user_id: 101, mobile_user_id: null };
  company.oneNumber.place = {
    at,
    device_id: DESK,
    phones: [{ id: DESK, label: phone.label }],
  };
}

/** Somebody waits, one talks, and the phones ring. */
export function line(now = Date.now()): LineCall[] {
  const ago = (seconds: number) => new Date(now - 1_000 * seconds).toISOString();
  return [
    {
      call: 'l-1',
      state: 'talking',
      by_user_id: 103,
      device_id: 1032,
      other: { number: '+493090182055', name: 'Stadtwerke', user_id: null },
      begun_at: ago(312),
    },
    {
      call: 'l-2',
      state: 'holding',
      by_user_id: 107,
      device_id: 1072,
      other: OUTSIDE,
      begun_at: ago(95),
    },
    { call: 'l-3', state: 'ringing', by_user_id: null, device_id: null, other: LONG, begun_at: ago(6) },
  ];
}
