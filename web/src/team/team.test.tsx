/** A team's line as its members see it. */
import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { salesTeam } from '../../dev/fake/oneNumber.ts';
import { line } from '../../dev/fake/oneNumberScenes.ts';
import type { Stage } from '../../dev/fake/scenes.ts';
import { open, ready } from '../App.testing.tsx';
import { switchLanguage } from '../i18n/i18n.ts';

const inSales = (stage: Stage) => {
  stage.server.company.oneNumber.teams = [salesTeam()];
};
const panel = async () => within(await screen.findByRole('region', { name: 'Sales' }));
const onLine = async () => within(await (await panel()).findByRole('list', { name: 'On the line' }));

describe('the team panel', () => {
  it('is not there for people without a team', async () => {
    await ready(({ server }) => {
      server.company.oneNumber.teams = [{ ...salesTeam(), members: [] }];
    });
    await screen.findByRole('button', { name: /Call Ben Okafor/ });
    expect(screen.queryByRole('region', { name: 'Sales' })).toBeNull();
  });

  it('says that the line is free, and how everybody is', async () => {
    await ready(inSales);
    const sales = await panel();
    expect(sales.getByText('The line is free.')).toBeVisible();
    const members = within(sales.getByRole('list', { name: 'Members' })).getAllByRole('listitem');
    expect(members.map((each) => each.textContent)).toEqual([
      'ABAnna BergerAvailable',
      'BOBen OkaforAvailable',
      'CMCleo MarchettiOn a call',
      'MSMaximiliane Freifrau von Schwarzenberg-HohenloheAvailable · does not ring',
    ]);
  });

  it('shows who waits before who rings and who talks', async () => {
    const { stage } = await ready(inSales);
    await panel();
    act(() => stage.server.oneNumber.line(1, line()));
    const calls = (await onLine()).getAllByRole('listitem').map((each) => each.textContent);
    expect(calls[0]).toMatch(/^\+498912345678On hold by Maximiliane.* · 1:3\dTake$/);
    expect(calls[1]).toMatch(/^Maximiliane.*Rings · 0:0\d$/);
    expect(calls[2]).toMatch(/^StadtwerkeTalks to Cleo Marchetti · 5:1\d$/);
    act(() => stage.server.oneNumber.line(1, []));
    expect(await screen.findByText('The line is free.')).toBeVisible();
  });

  it.each([
    ['the browser', null, 1011],
    ['the desk phone under control', 1012, 1012],
  ])('takes a held call to %s by the keyboard', async (_where, desk, device) => {
    const { user, stage } = open({}, (prepared) => {
      inSales(prepared);
      prepared.server.company.oneNumber.lines.set(1, line());
      if (desk !== null) prepared.talkOn.choose(desk);
    });
    await screen.findByText('Ready for calls');
    const take = await (await onLine()).findByRole('button', { name: 'Take: +498912345678' });
    take.focus();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(stage.server.company.oneNumber.asked).toEqual([`take l-2 ${device}`]));
    await waitFor(() => expect(screen.queryByRole('button', { name: /^Take: / })).toBeNull());
  });

  it('says when a call cannot be taken', async () => {
    const { user } = await ready((stage) => {
      inSales(stage);
      stage.server.company.oneNumber.lines.set(1, line());
      stage.server.company.oneNumber.unreachable.add(1011);
    });
    await user.click(await screen.findByRole('button', { name: 'Take: +498912345678' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('That phone cannot be reached.');
  });

  it('offers nobody to take what one holds oneself', async () => {
    await ready((stage) => {
      inSales(stage);
      const mine = line().map((call) => ({ ...call, by_user_id: 101 }));
      stage.server.company.oneNumber.lines.set(1, mine);
    });
    await onLine();
    expect(screen.queryByRole('button', { name: /^Take: / })).toBeNull();
  });

  it('shows a ring group without a line, in German', async () => {
    await switchLanguage('de');
    open({}, ({ server }) => {
      server.company.oneNumber.teams = [{ ...salesTeam(), has_line: false }];
    });
    const sales = await panel();
    expect(sales.getByRole('list', { name: 'Mitglieder' })).toBeVisible();
    expect(sales.queryByText(/^Die Leitung/)).toBeNull();
  });
});
