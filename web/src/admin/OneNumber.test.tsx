/** Administration of shared phones, PINs, teams and the log; one's own PIN. */
import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { PASSWORD } from '../../dev/fake/company.ts';
import { officeHours } from '../../dev/fake/features.ts';
import { salesTeam } from '../../dev/fake/oneNumber.ts';
import { USUAL } from '../../dev/fake/outsideCalls.ts';
import type { Stage } from '../../dev/fake/scenes.ts';
import { button, open } from '../App.testing.tsx';
import type { CallingWindow } from '../api/types.ts';

async function openAdmin(tab: string, prepare?: (stage: Stage) => void) {
  window.location.hash = '/admin';
  const opened = open({}, prepare);
  await opened.user.click(await screen.findByRole('tab', { name: tab }));
  return { ...opened, mine: opened.stage.server.company.oneNumber };
}

const dialogOf = async (name: string) => within(await screen.findByRole('dialog', { name }));

describe('devices', () => {
  it('add a phone of nobody that some people share', async () => {
    const { user, stage } = await openAdmin('Devices');
    await user.click(await button('Add phone'));
    const dialog = await dialogOf('Add phone');
    await user.selectOptions(dialog.getByLabelText('Person'), 'Nobody');
    await user.type(dialog.getByLabelText('Label'), 'Meeting room');
    expect(dialog.getByLabelText('SIP user name')).toHaveValue('shared-desk');
    await user.click(dialog.getByRole('checkbox', { name: /^Shared phone/ }));
    await user.selectOptions(dialog.getByLabelText('Who may log on'), 'Only these people');
    await user.click(dialog.getByRole('checkbox', { name: 'Ben Okafor (102)' }));
    await user.click(dialog.getByRole('checkbox', { name: 'Cleo Marchetti (103)' }));
    await user.click(dialog.getByRole('checkbox', { name: 'Cleo Marchetti (103)' }));
    await user.click(dialog.getByRole('button', { name: 'Add' }));
    expect(await dialogOf('Secret of Meeting room')).toBeTruthy();
    expect(stage.server.company.devices.at(-1)).toMatchObject({
      user_id: null,
      shared: { open_to: 'people', people: [102] },
    });
    await user.click(await button('Done'));
    expect(
      await screen.findByRole('cell', { name: /Shared by one person Nobody is logged on/ }),
    ).toBeVisible();
  });

  it('change whose a phone is, its sharing and when it rings', async () => {
    const { user, stage } = await openAdmin('Devices');
    await user.click(await button('Edit Desk phone (Anna Berger)'));
    const dialog = await dialogOf('Edit Desk phone');
    await user.selectOptions(dialog.getByLabelText('Rings for its person'), 'Never');
    await user.click(dialog.getByRole('checkbox', { name: /^Shared phone/ }));
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    const cell = /Never Shared by everybody Anna Berger is here/;
    expect(await screen.findByRole('cell', { name: cell })).toBeVisible();
    expect(stage.server.company.devices.find(({ id }) => id === 1012)).toMatchObject({
      rings: 'never',
      shared: { open_to: 'everybody', people: [] },
    });
  });

  it('give a browser phone to somebody in any case', async () => {
    const { user } = await openAdmin('Devices');
    await user.click(await button('Add phone'));
    const dialog = await dialogOf('Add phone');
    await user.selectOptions(dialog.getByLabelText('Person'), 'Nobody');
    await user.selectOptions(dialog.getByLabelText('Kind'), 'Browser phone');
    expect(dialog.getByLabelText('Person')).toHaveDisplayValue('Anna Berger (101)');
    expect(dialog.queryByRole('checkbox')).toBeNull();
  });
});

describe('people', () => {
  it('get a PIN that the administrator reads', async () => {
    const { user, mine } = await openAdmin('People');
    await user.click(await button('PIN of Cleo Marchetti'));
    const dialog = await dialogOf('PIN of Cleo Marchetti');
    await user.type(dialog.getByRole('textbox', { name: 'New PIN' }), '12');
    await user.click(dialog.getByRole('button', { name: 'Set PIN' }));
    expect(dialog.getByText('4 to 12 digits.')).toBeVisible();
    await user.click(dialog.getByRole('button', { name: 'Make one up' }));
    await user.click(dialog.getByRole('button', { name: 'Set PIN' }));
    await waitFor(() => expect(mine.pins.get(103)).toMatch(/^\d{6}$/));
  });

  it('are told that a PIN replaces the one before', async () => {
    const { user } = await openAdmin('People');
    await user.click(await button('PIN of Ben Okafor'));
    expect(await screen.findByText(/It takes the place of the present one/)).toBeVisible();
  });

  it('are reached as the administrator sets it', async () => {
    const { user, mine } = await openAdmin('People');
    await user.click(await button('How Ben Okafor is reached'));
    const dialog = await dialogOf('How Ben Okafor is reached');
    await user.selectOptions(
      await dialog.findByLabelText('A second call while I talk'),
      'Rings only on my other phones',
    );
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(mine.ringing.get(102)?.while_busy).toBe('ring_others'));
  });
});

describe('teams', () => {
  it('are added with members in an order that the keyboard changes', async () => {
    const { user, mine } = await openAdmin('Teams');
    expect(await screen.findByText('No teams yet')).toBeVisible();
    await user.click(await button('Add team'));
    const dialog = await dialogOf('Add team');
    await user.type(dialog.getByLabelText('Name'), 'Support');
    await user.type(dialog.getByLabelText('Number'), '210');
    for (const name of ['Ben Okafor (102)', 'Cleo Marchetti (103)', 'Jorge Núñez (108)']) {
      await user.selectOptions(await dialog.findByLabelText('Add member'), name);
    }
    dialog.getByRole('button', { name: 'Move Jorge Núñez (108) up' }).focus();
    await user.keyboard('{Enter}{Enter}{Enter}');
    await user.click(dialog.getByRole('button', { name: 'Remove Cleo Marchetti (103)' }));
    await user.click(dialog.getByRole('checkbox', { name: 'Rings: Ben Okafor (102)' }));
    await user.selectOptions(dialog.getByLabelText('Who rings'), 'One after the other');
    await user.clear(dialog.getByLabelText('Seconds for each'));
    await user.type(dialog.getByLabelText('Seconds for each'), '20');
    await user.click(dialog.getByRole('checkbox', { name: 'Nobody answers: go somewhere else' }));
    await user.click(dialog.getByRole('button', { name: 'Add' }));
    expect(dialog.getByText('A number, as people dial it.')).toBeVisible();
    await user.type(dialog.getByLabelText('To number'), '100');
    await user.click(dialog.getByRole('button', { name: 'Add' }));
    expect(
      await screen.findByRole('row', { name: /^Support With a line 210 Jorge Núñez, Ben Okafor/ }),
    ).toBeVisible();
    expect(mine.teams).toEqual([
      {
        id: 10,
        name: 'Support',
        extension: '210',
        has_line: true,
        order: 'in_turn',
        turn_s: 20,
        members: [
          { user_id: 108, device_id: null, rings: true },
          { user_id: 102, device_id: null, rings: false },
        ],
        busy_when: 'all',
        overflow: { after_s: 30, number: '100' },
        night: null,
      },
    ]);
  });

  it('say when their number is taken', async () => {
    const { user } = await openAdmin('Teams');
    await user.click(await button('Add team'));
    const dialog = await dialogOf('Add team');
    await user.type(dialog.getByLabelText('Name'), 'Support');
    await user.type(dialog.getByLabelText('Number'), '102');
    await user.click(dialog.getByRole('button', { name: 'Add' }));
    expect(await dialog.findByText('Somebody else has that already. Choose another one.')).toBeVisible();
  });

  it('get a night service, and are deleted after asking', async () => {
    const { user, mine } = await openAdmin('Teams', ({ server }) => {
      server.company.oneNumber.teams = [salesTeam()];
    });
    await user.click(await button('Edit Sales'));
    const dialog = await dialogOf('Edit Sales');
    await user.click(dialog.getByRole('checkbox', { name: 'Other times: go somewhere else' }));
    await user.type(dialog.getByLabelText('At other times to number'), '100');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(mine.teams[0]?.night).toMatchObject({ number: '100', day: [{ from: '08:00' }] }),
    );
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    await user.click(await button('Delete Sales'));
    await user.click((await dialogOf('Delete Sales?')).getByRole('button', { name: 'Delete' }));
    expect(await screen.findByText('No teams yet')).toBeVisible();
  });
});

it('a team’s form sends only what was changed in it', async () => {
  const { user, mine } = await openAdmin('Teams', ({ server }) => {
    server.company.oneNumber.teams = [salesTeam()];
  });
  await user.click(await button('Edit Sales'));
  const dialog = await dialogOf('Edit Sales');
  // Another administrator is faster.
  mine.teams = [{ ...salesTeam(), extension: '222', overflow: null }];
  await user.clear(dialog.getByLabelText('Name'));
  await user.type(dialog.getByLabelText('Name'), 'Selling');
  await user.click(dialog.getByRole('button', { name: 'Save' }));
  await waitFor(() =>
    expect(mine.teams).toEqual([{ ...salesTeam(), name: 'Selling', extension: '222', overflow: null }]),
  );
});

describe('time profiles are chosen', () => {
  const withProfile = ({ server: { company } }: Stage) => {
    company.oneNumber.teams = [salesTeam()];
    company.features.profiles = [officeHours()];
  };

  it('for a team’s night service, in place of its own times', async () => {
    const { user, mine } = await openAdmin('Teams', withProfile);
    await user.click(await button('Edit Sales'));
    const dialog = await dialogOf('Edit Sales');
    await user.click(dialog.getByRole('checkbox', { name: 'Other times: go somewhere else' }));
    await user.selectOptions(await dialog.findByLabelText('By which times'), 'While “Office hours” is open');
    expect(dialog.queryByRole('group', { name: 'Times' })).not.toBeInTheDocument();
    await user.type(dialog.getByLabelText('At other times to number'), '100');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(mine.teams[0]?.night).toEqual({ day: [], number: '100', profile_id: 1 }));
  });

  it('for what a person may call, and given up again', async () => {
    const { user, stage } = await openAdmin('People', withProfile);
    const { calling } = stage.server.company.outside;
    const choose = async (words: string) => {
      await user.click(await button('Edit Ben Okafor'));
      const dialog = await dialogOf('Edit Ben Okafor');
      await user.selectOptions(await dialog.findByLabelText('By which times'), words);
      await user.click(dialog.getByRole('button', { name: 'Save' }));
      await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    };
    await choose('While “Office hours” is open');
    expect(calling.get(102)).toMatchObject({ profile_id: 1, windows: [] });
    await choose('Times of its own');
    expect(calling.get(102)).toMatchObject({ profile_id: null, windows: [] });
  });

  it('and given up again with the times that a person had before', async () => {
    const windows: CallingWindow[] = [{ days: ['monday'], from: '08:00', to: '18:00' }];
    const { user, stage } = await openAdmin('People', (opened) => {
      withProfile(opened);
      opened.server.company.outside.calling.set(102, { ...USUAL, windows });
    });
    await user.click(await button('Edit Ben Okafor'));
    const dialog = await dialogOf('Edit Ben Okafor');
    const by = await dialog.findByLabelText('By which times');
    await user.selectOptions(by, 'While “Office hours” is open');
    await user.selectOptions(by, 'Times of its own');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(stage.server.company.outside.calling.get(102)).toMatchObject({ profile_id: null, windows });
  });
});

it('the log says who has changed what, page by page', async () => {
  const { user } = await openAdmin('Log');
  const rows = () => screen.getAllByRole('row').slice(1);
  expect(
    await screen.findAllByRole('row', {
      name: /Ben Okafor at a phone Meeting room phone Desk logged on\. extension: 102/,
    }),
  ).toHaveLength(4);
  expect(rows()).toHaveLength(20);
  await user.click(await button('Show earlier entries'));
  await waitFor(() => expect(rows()).toHaveLength(25));
  expect(screen.queryByRole('button', { name: 'Show earlier entries' })).toBeNull();
});

describe('one’s own PIN', () => {
  it('is set with the password, and deleted', async () => {
    window.location.hash = '/settings';
    const { user, stage } = open();
    const card = within(await screen.findByRole('region', { name: 'PIN for shared phones' }));
    const { pins } = stage.server.company.oneNumber;
    expect(card.getByText(/dial \*9419101\*PIN.*You have no PIN yet\./)).toBeVisible();
    await user.type(card.getByLabelText('Password'), 'wrong one');
    await user.type(card.getByLabelText('New PIN'), '471');
    await user.click(card.getByRole('button', { name: 'Set PIN' }));
    expect(pins.has(101)).toBe(false);
    await user.type(card.getByLabelText('New PIN'), '1');
    await user.click(card.getByRole('button', { name: 'Set PIN' }));
    expect(await card.findByText('That is not your current password.')).toBeVisible();
    await user.clear(card.getByLabelText('Password'));
    await user.type(card.getByLabelText('Password'), PASSWORD);
    await user.click(card.getByRole('button', { name: 'Set PIN' }));
    expect(await card.findByText('Your PIN has been set.')).toBeVisible();
    expect(pins.get(101)).toBe('4711');
    await user.click(await card.findByRole('button', { name: 'Delete PIN' }));
    await waitFor(() => expect(pins.has(101)).toBe(false));
  });
});
