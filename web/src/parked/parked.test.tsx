/** Parked calls, calls of one's group and call-backs, as people take them. */
import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { park } from '../../dev/fake/joinedScenes.ts';
import type { Stage } from '../../dev/fake/scenes.ts';
import { BEN, button, open, ready, talkTo } from '../App.testing.tsx';

const panel = async () => within(await screen.findByRole('region', { name: 'Park and pick up' }));
const withMany = ({ server: { company } }: Stage) => park(company);

describe('the panel', () => {
  it('says when there is nothing', async () => {
    await ready();
    expect((await panel()).getByText(/^Nobody is parked/)).toBeVisible();
  });

  it('shows who is parked where, by whom and since when', async () => {
    await ready(withMany);
    const rows = within((await panel()).getByRole('list', { name: 'Parked calls' })).getAllByRole('listitem');
    expect(rows[0]).toHaveTextContent(/\+498912345678Slot 1 · parked by Anna Berger · 0:4\d/);
    expect(rows[1]).toHaveTextContent(/Maximiliane.*Slot 3 · parked by Ben Okafor · 3:3\d/);
    expect((await panel()).queryByText(/^Nobody is parked/)).toBeNull();
  });

  it.each([
    ['the browser', null, 1011],
    ['the desk phone under control', 1012, 1012],
  ])('takes a parked call to %s', async (_where, desk, device) => {
    const { user, stage } = open({}, (prepared) => {
      withMany(prepared);
      if (desk !== null) prepared.talkOn.choose(desk);
    });
    await screen.findByText('Ready for calls');
    await user.click(await button('Take: +498912345678'));
    const { asked } = stage.server.company.oneNumber;
    await waitFor(() => expect(asked).toEqual([`take parked 1 ${device}`]));
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Take: +498912345678' })).toBeNull());
  });

  it('answers what rings at a colleague', async () => {
    const { user, stage } = await ready(withMany);
    const ringing = within((await panel()).getByRole('list', { name: 'Rings in your group' }));
    expect(ringing.getByRole('listitem')).toHaveTextContent(/\+498912345678Rings at Ben Okafor · 0:0\d/);
    await user.click(ringing.getByRole('button', { name: 'Answer for Ben Okafor' }));
    const { asked } = stage.server.company.oneNumber;
    await waitFor(() => expect(asked).toEqual(['pick up r-1 1011']));
    await waitFor(() => expect(screen.queryByRole('list', { name: 'Rings in your group' })).toBeNull());
  });

  it('cancels a call-back', async () => {
    const { user, stage } = await ready(withMany);
    await user.click(await button('Cancel the call-back: Cleo Marchetti'));
    const { asked } = stage.server.company.oneNumber;
    await waitFor(() => expect(asked).toEqual(['no call back 103']));
    await waitFor(() => expect(screen.queryByRole('list', { name: 'Call-backs' })).toBeNull());
  });

  it('says when somebody else was faster', async () => {
    const { user, stage } = await ready(withMany);
    await button('Take: +498912345678');
    stage.server.company.features.parked = [];
    await user.click(await button('Take: +498912345678'));
    expect(await screen.findByRole('alert')).toBeVisible();
    act(() => stage.server.joined.park([]));
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  });
});

it('parks the call that one talks in', async () => {
  const opened = await ready();
  await talkTo(opened, BEN.number);
  await opened.user.click(await button('Park'));
  const { asked } = opened.stage.server.company.oneNumber;
  await waitFor(() => expect(asked).toEqual(['park journal-102 null']));
  const rows = within(await (await panel()).findByRole('list', { name: 'Parked calls' }));
  expect(rows.getByRole('listitem')).toHaveTextContent(/Ben Okafor.*Slot 1 · parked by Anna Berger/);
  expect(screen.queryByRole('button', { name: 'Hang up' })).toBeNull();
});

it('wants to be called when somebody busy is free', async () => {
  const { user, stage } = await ready();
  await user.type(await screen.findByRole('combobox', { name: 'Search or dial' }), '103{Enter}');
  await user.click(await button('Call me when free'));
  const { asked } = stage.server.company.oneNumber;
  await waitFor(() => expect(asked).toEqual(['call back 103']));
  expect(await screen.findByText('You will be called when Cleo Marchetti is free.')).toBeVisible();
});
