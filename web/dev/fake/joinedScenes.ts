/** Scenes with conferences, parked calls and rules for being reached. */
import type { Conference } from '../../src/api/types.ts';
import { BEN_OKAFOR, CLEO_MARCHETTI, member, officeHours } from './features.ts';
import { liveCall } from './oneNumber.ts';
import type { Scene, Stage } from './scenes.ts';

const ROOM = { number: '800', name: 'Monday round', user_id: null };
const ANNA = { number: '101', name: 'Anna Berger', user_id: 101 };
const LONG = { number: '107', name: 'Maximiliane Freifrau von Schwarzenberg-Hohenlohe', user_id: 107 };
const STRANGER = { number: '+498912345678', name: null, user_id: null };
const BROWSER = 1011;

/** Anna leads; two talk, one wants to, one is being called, one waits outside. */
export function fullConference(call: string, some: Partial<Conference> = {}): Conference {
  return {
    call,
    room_id: 1,
    is_locked: true,
    members: [
      member(1, ANNA, { is_host: true, is_me: true }),
      member(2, BEN_OKAFOR),
      member(3, LONG, { is_muted: true, hand_is_up: true }),
      member(4, STRANGER, { presence: 'away' }),
      member(5, { number: '105', name: 'Elif Yılmaz', user_id: 105 }, { presence: 'invited' }),
      member(6, CLEO_MARCHETTI, { presence: 'waiting' }),
    ],
    ...some,
  };
}

export const joinedScenes: Record<string, Scene> = {
  conference: { play: (stage) => confer(stage) },
  'conference-guest': {
    play: (stage) => {
      confer(stage);
      const { members, ...rest } = fullConference('journal-800');
      const guests = members.map((each) => ({ ...each, is_host: !each.is_me && each.leg === 2 }));
      stage.server.joined.confer({ ...rest, members: guests.map(mutedIfMe) });
    },
  },
  'conference-lobby': {
    play: (stage) => {
      talk(stage);
      stage.server.oneNumber.become([
        liveCall({ call: 'journal-800', state: 'waiting', other: ROOM, device_ids: [BROWSER] }),
      ]);
    },
  },
  transferred: {
    play: ({ server }) => {
      server.tell({ type: 'transferred', party: BEN_OKAFOR, to: CLEO_MARCHETTI, end: 'connected' });
      server.tell({ type: 'transferred', party: LONG, to: CLEO_MARCHETTI, end: 'no_answer' });
    },
  },
  parked: { prepare: ({ server: { company } }) => park(company) },
  reaching: { prepare: reached },
};

function mutedIfMe(each: Conference['members'][number]): Conference['members'][number] {
  return each.is_me ? { ...each, is_muted: true } : each;
}

function talk({ phone }: Stage): void {
  const at = Date.now() - 372_000;
  phone.dispatch({ type: 'Called', call: 'in', party: ROOM, at });
  phone.dispatch({ type: 'AnswerPressed', call: 'in', at });
  phone.dispatch({ type: 'Answered', call: 'in', at });
  phone.dispatch({ type: 'MediaChanged', call: 'in', media: 'flowing' });
  phone.dispatch({ type: 'Journalled', call: 'in', journal_id: 'journal-800' });
}

function confer(stage: Stage): void {
  talk(stage);
  const { server } = stage;
  server.oneNumber.become([
    liveCall({ call: 'journal-800', state: 'conferring', other: ROOM, device_ids: [BROWSER] }),
  ]);
  server.joined.confer(fullConference('journal-800'));
  server.tell({
    type: 'speaking',
    call: 'journal-800',
    levels: [
      { leg: 2, dbov: -18 },
      { leg: 1, dbov: -56 },
    ],
  });
}

export function park({ features }: Stage['server']['company'], now = Date.now()): void {
  const ago = (seconds: number) => new Date(now - 1_000 * seconds).toISOString();
  features.parked = [
    { call: 'p-1', slot: 1, party: STRANGER, by: ANNA, since: ago(41) },
    { call: 'p-3', slot: 3, party: LONG, by: BEN_OKAFOR, since: ago(214) },
  ];
  features.pickUps = [{ call: 'r-1', at_user_id: 102, from: STRANGER, since: ago(7) }];
  features.callBacks = [{ user_id: 103, name: 'Cleo Marchetti', number: '103' }];
}

function reached({ server: { company } }: Stage): void {
  const { features } = company;
  features.profiles = [officeHours()];
  features.rooms = [
    {
      id: 1,
      name: ROOM.name,
      extension: ROOM.number,
      pin: '2468',
      host_ids: [101],
      waits_for_host: true,
      has_tones: true,
      members_max: 20,
    },
  ];
  features.groups = [{ id: 1, name: 'Ground floor', member_ids: [101, 102, 103] }];
  features.codes = features.codes.map((each) => (each.name === 'park' ? { ...each, code: '*71' } : each));
  features.reaching.set(company.me.id, {
    rejects_anonymous: true,
    do_not_disturb: { is_on: true, except: ['102', '+4930901820'] },
    forwards: [
      {
        is_on: true,
        when: 'no_answer',
        after_s: 20,
        from: 'outside',
        numbers: [],
        during: { profile_id: 1, is_open: true },
        to: '102',
      },
      {
        is_on: false,
        when: 'always',
        after_s: null,
        from: 'these',
        numbers: ['103', '+498912345678'],
        during: null,
        to: '+491711234567',
      },
    ],
  });
}
