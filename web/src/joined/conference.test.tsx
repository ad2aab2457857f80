/** A conference as its members see it. */
import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { BEN_OKAFOR, member } from '../../dev/fake/features.ts';
import { fullConference } from '../../dev/fake/joinedScenes.ts';
import { liveCall } from '../../dev/fake/oneNumber.ts';
import { button, open, ready, talkTo } from '../App.testing.tsx';
import { switchLanguage } from '../i18n/i18n.ts';
import type { Conference, LiveCallState } from '../api/types.ts';

const CALL = 'journal-800';
const BROWSER = 1011;
const ROOM = { number: '800', name: 'Monday round', user_id: null };

/** On this computer, in the room. */
async function conferring(
  conference: Conference = fullConference(CALL),
  state: LiveCallState = 'conferring',
) {
  const opened = await ready();
  await talkTo(opened, '800');
  const { server } = opened.stage;
  const become = (next: Conference) => act(() => server.joined.confer(next));
  act(() => server.oneNumber.become([liveCall({ call: CALL, state, other: ROOM, device_ids: [BROWSER] })]));
  if (state === 'conferring') {
    become(conference);
    await button('Leave');
  }
  return { ...opened, become, asked: server.company.oneNumber.asked };
}

const members = () => within(screen.getByRole('list', { name: 'In the conference' }));
const tile = (name: RegExp) => {
  const found = members()
    .getAllByRole('listitem')
    .find((each) => name.test(each.textContent));
  if (found === undefined) throw new Error(`nobody called ${name.source}`);
  return found;
};

describe('the conference', () => {
  it('shows everybody, how they are, and who is in the lobby', async () => {
    await conferring();
    const names = (await screen.findByRole('list', { name: 'In the conference' })).querySelectorAll('strong');
    expect([...names].map((each) => each.textContent)).toEqual([
      'Anna Berger (You)',
      'Ben Okafor',
      'Maximiliane Freifrau von Schwarzenberg-Hohenlohe',
      '+498912345678',
      'Elif Yılmaz',
    ]);
    expect(screen.getByText('5 people', { exact: false })).toBeVisible();
    expect(screen.getByText('Locked')).toBeVisible();
    expect(tile(/Maximiliane/)).toHaveTextContent(/Muted.*Wants to speak/);
    expect(tile(/\+498912345678/)).toHaveTextContent('Holds the call');
    expect(tile(/Elif/)).toHaveTextContent('Is being called…');
    expect(
      within(screen.getByRole('region', { name: 'In the lobby' })).getByText('Cleo Marchetti'),
    ).toBeVisible();
  });

  it('shows who speaks, for as long as they do', async () => {
    const { stage } = await conferring();
    act(() => stage.server.tell({ type: 'speaking', call: CALL, levels: [{ leg: 2, dbov: -20 }] }));
    await waitFor(() => expect(tile(/Ben Okafor/)).toHaveTextContent('Speaks'));
    act(() => stage.server.tell({ type: 'speaking', call: CALL, levels: [] }));
    await waitFor(() => expect(tile(/Ben Okafor/)).not.toHaveTextContent('Speaks'));
  });

  it('mutes oneself here and for all to see, also by the keyboard', async () => {
    const { user, asked, stage } = await conferring();
    await user.click(await button('Mute'));
    await waitFor(() => expect(asked).toEqual([`mute ${CALL} 1 true`]));
    expect(stage.signalling.asked).toContain('mute');
    expect(tile(/Anna Berger/)).toHaveTextContent('Muted');
    await user.keyboard('m');
    await waitFor(() => expect(asked.at(-1)).toBe(`mute ${CALL} 1 false`));
    expect(stage.signalling.asked.at(-1)).toBe('unmute');
  });

  it.each([
    [
      'tells of the browser where one is in it with the desk phone too',
      BROWSER,
      [`mute ${CALL} 2 true`, `hand ${CALL} 2 true`],
    ],
    ['tells of nobody else where it cannot tell which one is here', null, []],
  ])('%s', async (_what, device_id, told) => {
    const full = fullConference(CALL);
    const anna = { number: '101', name: 'Anna Berger', user_id: 101 };
    const { user, asked, stage } = await conferring({
      ...full,
      members: [
        member(1, anna, { is_me: true, device_id: device_id === null ? null : 1012 }),
        member(2, anna, { is_me: true, device_id }),
      ],
    });
    await user.click(await button('Mute'));
    await button('Unmute');
    expect(stage.signalling.asked).toContain('mute');
    await user.click(await button('Raise hand'));
    await waitFor(() => expect(asked).toEqual(told));
  });

  it('stays muted for all to see in the conference that it becomes', async () => {
    const { user, asked, stage } = await conferring();
    await user.click(await button('Mute'));
    await waitFor(() => expect(asked).toEqual([`mute ${CALL} 1 true`]));
    act(() => {
      stage.server.oneNumber.become([
        liveCall({ call: 'another', state: 'conferring', other: ROOM, device_ids: [BROWSER] }),
      ]);
      stage.server.joined.confer(fullConference('another'));
    });
    await waitFor(() => expect(asked.at(-1)).toBe('mute another 1 true'));
  });

  it('is heard again after a host has muted one', async () => {
    const muted = fullConference(CALL);
    const { user, asked, become } = await conferring();
    const mine = muted.members.map((each) => (each.is_me ? { ...each, is_muted: true } : each));
    become({ ...muted, members: mine });
    expect(await screen.findByText(/^A host has muted you/)).toBeVisible();
    await user.click(await button('Unmute'));
    await waitFor(() => expect(asked).toEqual([`mute ${CALL} 1 false`]));
    expect(screen.queryByText(/^A host has muted you/)).toBeNull();
  });

  it('lets a host mute, remove and let in, and lock', async () => {
    const { user, asked } = await conferring();
    await user.click(await button('More about Ben Okafor'));
    await user.click(await screen.findByRole('menuitem', { name: 'Mute' }));
    await user.click(await button('Let in: Cleo Marchetti'));
    await user.click(await button('More about Cleo Marchetti'));
    await user.click(await screen.findByRole('menuitem', { name: 'Remove' }));
    await user.click(await button('Unlock'));
    await waitFor(() =>
      expect(asked).toEqual([
        `mute ${CALL} 2 true`,
        `admit ${CALL} 6`,
        `remove ${CALL} 6`,
        `lock ${CALL} false`,
      ]),
    );
    expect(await button('Lock')).toBeVisible();
  });

  it('lets nobody else do what hosts do', async () => {
    const { members: all, ...rest } = fullConference(CALL);
    await conferring({ ...rest, members: all.map((each) => ({ ...each, is_host: each.leg === 2 })) });
    await screen.findByRole('region', { name: 'In the lobby' });
    for (const name of [/^More about/, /^Let in/, 'Unlock']) {
      expect(screen.queryByRole('button', { name })).toBeNull();
    }
  });

  it('raises and lowers a hand', async () => {
    const { user, asked } = await conferring();
    await user.click(await button('Raise hand'));
    await user.click(await button('Lower hand'));
    await waitFor(() => expect(asked).toEqual([`hand ${CALL} 1 true`, `hand ${CALL} 1 false`]));
  });

  it('calls somebody in, found by name', async () => {
    const { user, asked } = await conferring();
    await user.click(await button('Add'));
    const dialog = within(await screen.findByRole('dialog', { name: 'Add to the conference' }));
    await user.type(dialog.getByRole('textbox', { name: 'Search or dial' }), 'recep{Enter}');
    await waitFor(() => expect(asked).toEqual([`invite ${CALL} 100`]));
    await waitFor(() => expect(tile(/Reception/)).toHaveTextContent('Is being called…'));
  });

  it('is left by its own button, and over when its members are gone', async () => {
    const { become } = await conferring();
    become({ ...fullConference(CALL), members: [] });
    expect(await button('Hang up')).toBeVisible();
  });

  it('waits in the lobby with music', async () => {
    const { become, stage } = await conferring(undefined, 'waiting');
    expect(await screen.findByText('You are in the lobby')).toBeVisible();
    act(() => stage.server.oneNumber.change(CALL, 'conferring'));
    become(fullConference(CALL));
    expect(await button('Leave')).toBeVisible();
  });

  it('follows a call that has become part of another one', async () => {
    const { stage } = await conferring(undefined, 'talking');
    const other = { number: '', name: 'Conference', user_id: null };
    act(() => {
      stage.server.oneNumber.become([
        liveCall({ call: 'another', state: 'conferring', other, device_ids: [BROWSER] }),
      ]);
      stage.server.joined.confer({ ...fullConference('another'), room_id: null });
    });
    expect(await screen.findByRole('heading', { name: 'Conference' })).toBeVisible();
    expect(screen.queryByRole('region', { name: /^Call at/ })).toBeNull();
  });
});

it('is called in one’s own language beside another call', async () => {
  await switchLanguage('de');
  const { stage } = open({}, ({ talkOn }) => talkOn.choose(1012));
  await screen.findByText('Bereit für Anrufe');
  const other = { number: '', name: 'Conference', user_id: null };
  act(() =>
    stage.server.oneNumber.become([
      liveCall({ call: 'c', state: 'holding', other }),
      liveCall({ call: 'd', state: 'talking', other: BEN_OKAFOR }),
    ]),
  );
  const two = within(await screen.findByRole('group', { name: 'Zwei Gespräche' }));
  expect(two.getByText('Konferenz')).toBeVisible();
});

it('is controlled from the app while one talks at the desk', async () => {
  const { stage, user } = open({}, ({ talkOn }) => talkOn.choose(1012));
  await screen.findByText('Ready for calls');
  const me = { number: '101', name: 'Anna Berger', user_id: 101 };
  act(() => {
    stage.server.oneNumber.become([liveCall({ call: 'c', state: 'conferring', other: ROOM })]);
    const all = [member(7, me, { is_me: true }), member(8, BEN_OKAFOR)];
    stage.server.joined.confer({ call: 'c', room_id: 1, is_locked: false, members: all });
  });
  await button('Leave');
  await user.click(await button('Mute'));
  const { asked } = stage.server.company.oneNumber;
  await waitFor(() => expect(asked).toEqual(['mute c 7 true']));
  await user.click(await button('Unmute'));
  await waitFor(() => expect(asked.at(-1)).toBe('mute c 7 false'));
});
