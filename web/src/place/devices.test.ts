import { describe, expect, it } from 'vitest';
import { demoCompany } from '../../dev/fake/company.ts';
import { liveCall } from '../../dev/fake/oneNumber.ts';
import type { Device, LiveCallState, Place } from '../api/types.ts';
import { callsElsewhere, controlledOf, deskPhones, doingOf, isUsable, ownDevices } from './devices.ts';
import { parseRings, ringsWord, ringsWords } from './rings.ts';

const { me, devices } = demoCompany(new Date());
const NOWHERE: Place = { at: 'nowhere', device_id: null, phones: [] };
const desk = (some: Partial<Device> = {}): Device => {
  const [found] = devices.filter(({ id }) => id === 1012);
  if (found === undefined) throw new Error('Anna has a desk phone');
  return { ...found, ...some };
};
const shared = (user_id: number | null, mobile_user_id: number | null) =>
  desk({ shared: { open_to: 'everybody', people: [] }, seat: { user_id, mobile_user_id } });

describe('one’s own devices', () => {
  it('are those with one’s number, browser first', () => {
    expect(ownDevices(devices, me).map(({ id }) => id)).toEqual([1011, 1012]);
  });

  it.each([
    ['that has one’s number', shared(101, null), true, true],
    ['that one’s number has left for the browser', shared(null, 101), true, false],
    ['where somebody else has logged on', shared(102, null), false, false],
    ['of nobody', shared(null, null), false, false],
    ['that is not shared', desk(), true, true],
    ['that is not connected', desk({ registered: false }), true, false],
  ])('have among them a phone %s', (_which, phone, own, usable) => {
    expect(ownDevices([phone], me)).toHaveLength(own ? 1 : 0);
    expect(isUsable(phone, me) && own).toBe(usable);
  });
});

describe('desk phones', () => {
  it('begin with the one that has the number, then connected ones', () => {
    const phones = [desk({ id: 1, registered: false }), desk({ id: 2 }), desk({ id: 3, registered: false })];
    expect(deskPhones(phones, me, { ...NOWHERE, device_id: 3 }).map(({ id }) => id)).toEqual([3, 2, 1]);
  });

  it('have among them the phone that one is a guest at', () => {
    const place: Place = { at: 'desk_phone', device_id: 9, phones: [{ id: 9, label: 'Meeting room' }] };
    expect(deskPhones([desk()], me, place)).toMatchObject([{ id: 9, label: 'Meeting room' }, { id: 1012 }]);
    expect(deskPhones([desk({ id: 9 })], me, place)).toHaveLength(1);
  });

  it('are controlled as chosen; only the one with the number takes the place of one that is gone', () => {
    const phones = [desk({ id: 1 }), desk({ id: 2 })];
    const at = (some: Partial<Place>): Place => ({ ...NOWHERE, device_id: 2, ...some });
    const chosen = (device: number | null, place = NOWHERE) =>
      controlledOf({ on: 'desk_phone', device, chosen: true }, phones, place);
    expect(chosen(2)?.id).toBe(2);
    expect(chosen(7)).toBeNull();
    expect(chosen(7, at({ at: 'desk_phone' }))?.id).toBe(2);
    expect(chosen(7, at({ at: 'browser' }))).toBeNull();
    expect(chosen(null)?.id).toBe(1);
    expect(controlledOf({ on: 'computer' }, phones, NOWHERE)).toBeNull();
    expect(controlledOf({ on: 'desk_phone', device: null, chosen: true }, [], NOWHERE)).toBeNull();
  });

  it('have nobody as a guest once the number has left for the browser', () => {
    const place: Place = { at: 'browser', device_id: 9, phones: [{ id: 9, label: 'Meeting room' }] };
    expect(deskPhones([], me, place)).toEqual([]);
  });
});

describe('what a phone is doing', () => {
  it.each<[LiveCallState, string]>([
    ['lifting', 'in_use'],
    ['dialling', 'in_use'],
    ['ringing', 'ringing'],
    ['talking', 'talking'],
    ['holding', 'talking'],
    ['held', 'talking'],
    ['moving', 'talking'],
  ])('with a call that is %s is %s', (state, doing) => {
    expect(doingOf(desk(), [liveCall({ call: 'c', state })])).toBe(doing);
    expect(doingOf(desk(), [liveCall({ call: 'c', state, device_ids: [1011] })])).toBe('ready');
  });

  it('is known by calls alone', () => {
    expect(doingOf(desk({ in_use: true }), [])).toBe('ready');
    expect(doingOf(desk({ registered: false }), [])).toBe('away');
  });
});

it('finds running calls at other phones alone', () => {
  const at = (call: string, state: LiveCallState, device: number) =>
    liveCall({ call, state, device_ids: [device] });
  const calls = [
    at('a', 'talking', 1012),
    at('b', 'holding', 1012),
    at('c', 'ringing', 1012),
    at('d', 'talking', 1011),
    at('e', 'talking', 1012),
  ];
  expect(callsElsewhere(calls, 1011, new Set([null, 'e'])).map(({ call }) => call)).toEqual(['a', 'b']);
});

describe('when a device rings', () => {
  it.each(['after:0', 'after:12', 'when_answered', 'never'])('%s is read as it was written', (word) => {
    expect(ringsWord(parseRings(word))).toBe(word);
  });

  it('offers what is set, and browsers nothing that they cannot do', () => {
    const set = { rings: 'after', rings_after_s: 12 } as const;
    expect(ringsWords({ kind: 'desk_phone', ...set })).toEqual([
      'after:0',
      'after:5',
      'after:10',
      'after:12',
      'after:15',
      'after:20',
      'after:30',
      'when_answered',
      'never',
    ]);
    expect(ringsWords({ kind: 'browser', ...set })).not.toContain('when_answered');
  });
});
