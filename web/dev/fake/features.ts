/** What call features there are and what was set for them, played in memory: the nouns and how they begin. */
import type {
  CallBack,
  Conference,
  Feature,
  FeatureName,
  Holiday,
  Member,
  Other,
  ParkedCall,
  Parking,
  PickUp,
  PickUpGroup,
  Reaching,
  Region,
  Room,
  TimeProfile,
} from '../../src/api/types.ts';

export interface CallFeatures {
  conferences: Conference[];
  parked: ParkedCall[];
  pickUps: PickUp[];
  callBacks: CallBack[];
  /** By person. */
  reaching: Map<number, Reaching>;
  profiles: TimeProfile[];
  rooms: Room[];
  groups: PickUpGroup[];
  parking: Parking;
  codes: Feature[];
  /** Why calls without a number are refused. */
  refusal: string;
}

export function callFeatures(): CallFeatures {
  return {
    conferences: [],
    parked: [],
    pickUps: [],
    callBacks: [],
    reaching: new Map(),
    profiles: [],
    rooms: [],
    groups: [],
    parking: { slots: 9, rings_back_after_s: 90 },
    codes: usualCodes(),
    refusal: 'calls without a number are not taken',
  };
}

export const USUAL_REACHING: Reaching = {
  forwards: [],
  do_not_disturb: { is_on: false, except: [] },
  rejects_anonymous: false,
};

export const BEN_OKAFOR: Other = { number: '102', name: 'Ben Okafor', user_id: 102 };
export const CLEO_MARCHETTI: Other = { number: '103', name: 'Cleo Marchetti', user_id: 103 };

export function member(leg: number, party: Other, some: Partial<Member> = {}, now = Date.now()): Member {
  return {
    leg,
    party,
    presence: 'present',
    is_host: false,
    is_muted: false,
    hand_is_up: false,
    since: new Date(now - 60_000 * leg).toISOString(),
    is_me: false,
    device_id: null,
    ...some,
  };
}

/** Office hours of a company in Munich. */
export function officeHours(): TimeProfile {
  const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] as const;
  return {
    id: 1,
    name: 'Office hours',
    windows: [
      { days: [...weekdays], from: '08:00', to: '12:30' },
      { days: weekdays.slice(0, 4), from: '13:30', to: '18:00' },
    ],
    region: 'DE-BY',
    closed_days: ['2026-12-24', '2026-12-31'],
  };
}

export const REGIONS: Region[] = [
  { region: 'AT', name: 'Austria' },
  { region: 'DE-BE', name: 'Berlin' },
  { region: 'DE-BY', name: 'Bavaria' },
  { region: 'FR', name: 'France' },
];

/** A few; which ones does not matter to the app. */
export function holidaysOf(region: string, year: number): Holiday[] {
  const days = [
    { date: `${year}-01-01`, name: 'New Year' },
    { date: `${year}-05-01`, name: 'Labour Day' },
    { date: `${year}-12-25`, name: 'Christmas Day' },
  ];
  return region === 'DE-BY' ? [...days, { date: `${year}-12-26`, name: 'Second Day of Christmas' }] : days;
}

function usualCodes(): Feature[] {
  const code = (name: FeatureName, usual_code: string, takes: Feature['takes'] = 'nothing'): Feature => ({
    name,
    code: usual_code,
    usual_code,
    takes,
  });
  return [
    code('echo_test', '*43'),
    code('music', '*44'),
    code('take_call', '*11'),
    code('send_call', '*12'),
    code('conference', '*3'),
    code('pick_up', '**', 'extension'),
    code('pick_up_group', '*8'),
    code('park', '*70', 'maybe'),
    code('call_back', '*37', 'maybe'),
    code('intercom', '*80', 'extension'),
    code('redial', '*66'),
    code('return_call', '*69'),
    code('forward_always', '*21', 'maybe'),
    code('forward_busy', '*67', 'maybe'),
    code('forward_no_answer', '*61', 'maybe'),
    code('forward_unreachable', '*62', 'maybe'),
    code('do_not_disturb', '*26'),
    code('reject_anonymous', '*77'),
    code('desk_share', '*9419', 'maybe'),
  ];
}
