/** The people, phones and calls of the company that the fake server plays. */
import type { Device, JournalCall, Me, Network, User } from '../../src/api/types.ts';
import { attendants, type Attendants } from './attendant.ts';
import { healthy, type Doctoring } from './doctor.ts';
import { callFeatures, type CallFeatures } from './features.ts';
import { goodNetwork } from './networks.ts';
import { oneNumber, type OneNumber } from './oneNumber.ts';
import { outsideCalls, type OutsideCalls } from './outsideCalls.ts';
import { sounds, type Sounds } from './sounds.ts';

export interface Company {
  me: Me;
  passwords: Map<string, string>;
  users: User[];
  devices: Device[];
  calls: JournalCall[];
  network: Network;
  outside: OutsideCalls;
  oneNumber: OneNumber;
  features: CallFeatures;
  sounds: Sounds;
  attendant: Attendants;
  doctor: Doctoring;
}

export const PASSWORD = 'correct horse';

/** `now` makes the journal's times recent. */
export function demoCompany(now: Date): Company {
  const users: User[] = [
    user(101, 'anna', 'Anna Berger', '101', 'available', 'administrator'),
    user(102, 'ben', 'Ben Okafor', '102', 'available'),
    user(103, 'cleo', 'Cleo Marchetti', '103', 'on_a_call'),
    user(104, 'dmitri', 'Dmitri Volkov', '104', 'offline'),
    user(105, 'elif', 'Elif Yılmaz', '105', 'ringing'),
    user(106, 'front', 'Reception', '100', 'available'),
    user(107, 'maximiliane', 'Maximiliane Freifrau von Schwarzenberg-Hohenlohe', '107', 'available'),
    user(108, 'jorge', 'Jorge Núñez', '108', 'offline'),
    user(109, 'admin', 'Administrator', null, 'offline', 'administrator'),
  ];
  const devices: Device[] = users
    .filter((each) => each.extension !== null)
    .flatMap((each, index) => [
      device(10 * each.id + 1, each, 'browser', 'Browser', 'web', each.state !== 'offline', null),
      device(
        10 * each.id + 2,
        each,
        'desk_phone',
        'Desk phone',
        'desk',
        index % 3 !== 2,
        `192.168.1.${20 + index}:5060`,
      ),
    ]);
  const ago = (minutes: number) => new Date(now.getTime() - 60_000 * minutes).toISOString();
  const calls: JournalCall[] = [
    call('c-1', 'incoming', '103', 'Cleo Marchetti', ago(12), 'missed', null, null),
    call('c-2', 'outgoing', '102', 'Ben Okafor', ago(34), 'answered', 754, 4.4),
    call('c-3', 'incoming', '+498912345678', null, ago(71), 'answered', 97, 3.4),
    call('c-4', 'outgoing', '104', 'Dmitri Volkov', ago(76), 'no_answer', null, null),
    call(
      'c-5',
      'incoming',
      '107',
      'Maximiliane Freifrau von Schwarzenberg-Hohenlohe',
      ago(95),
      'answered_elsewhere',
      null,
      null,
    ),
    call('c-6', 'outgoing', '105', 'Elif Yılmaz', ago(60 * 25), 'busy', null, null),
    call('c-7', 'incoming', '102', 'Ben Okafor', ago(60 * 26), 'answered', 3_720, 2.6),
    call('c-8', 'outgoing', '+4930901820', 'Stadtwerke', ago(60 * 27), 'cancelled', null, null),
    call('c-9', 'incoming', '108', 'Jorge Núñez', ago(60 * 52), 'missed', null, null),
    call('c-10', 'outgoing', '*43', null, ago(60 * 53), 'answered', 21, 4.4),
  ];
  for (const each of calls) if (each.id === 'c-2') each.recording_id = 'r-1';
  const me: Me = {
    id: 101,
    login: 'anna',
    name: 'Anna Berger',
    extension: '101',
    role: 'administrator',
    may_record: true,
    hears_recordings: 'all',
    phone: { device_id: 1011, sip_user: '101-web', realm: 'farend', websocket_path: '/sip' },
    server: {
      version: '0.1.0',
      echo_test: '*43',
      music: '*44',
      desk_share: '*9419',
      take_call: '*11',
      send_call: '*12',
    },
    sip_server: { host: '192.0.2.10', port: 5060, tls_port: 5061 },
  };
  return {
    me,
    passwords: new Map([
      ['101', PASSWORD],
      ['anna', PASSWORD],
    ]),
    users,
    devices,
    calls,
    network: goodNetwork(now),
    outside: outsideCalls(now),
    oneNumber: oneNumber(now),
    features: callFeatures(),
    sounds: sounds(now),
    attendant: attendants(),
    doctor: healthy(now),
  };
}

function user(
  id: number,
  login: string,
  name: string,
  extension: string | null,
  state: User['state'],
  role: User['role'] = 'user',
): User {
  return { id, login, name, extension, role, state, has_pin: id === 102 };
}

function device(
  id: number,
  owner: User,
  kind: Device['kind'],
  label: string,
  suffix: string,
  registered: boolean,
  from: string | null,
): Device {
  return {
    id,
    user_id: owner.id,
    kind,
    label,
    sip_user: `${owner.extension ?? ''}-${suffix}`,
    registered,
    registered_from: registered ? from : null,
    shared: null,
    rings: 'after',
    rings_after_s: 0,
    seat: null,
    in_use: false,
  };
}

function call(
  id: string,
  direction: 'outgoing' | 'incoming',
  number: string,
  name: string | null,
  started_at: string,
  outcome: JournalCall['outcome'],
  duration_seconds: number | null,
  mos: number | null,
): JournalCall {
  const verdict = mos === null ? 'unknown' : mos >= 4 ? 'good' : mos >= 3.1 ? 'fair' : 'poor';
  const peer = { name, number, user_id: null };
  const us = { name: 'Anna Berger', number: '101', user_id: 101 };
  return {
    id,
    direction,
    peer,
    caller: direction === 'incoming' ? peer : us,
    called: direction === 'incoming' ? us : peer,
    started_at,
    answered_at: duration_seconds === null ? null : started_at,
    ended_at: started_at,
    duration_seconds,
    outcome,
    end_reason: null,
    device_label: 'Browser',
    quality: mos === null ? null : { mos, verdict, legs: [] },
    emergency: false,
    recording_id: null,
    location: null,
  };
}
