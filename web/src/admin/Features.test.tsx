/** What administrators set for the whole company: rooms, hours, groups, parking, codes. */
import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { officeHours, USUAL_REACHING } from '../../dev/fake/features.ts';
import type { Stage } from '../../dev/fake/scenes.ts';
import { button, ready } from '../App.testing.tsx';
import type { Room } from '../api/types.ts';
import { USUAL_FORWARD } from '../reach/forwards.ts';

const ROOM: Room = {
  id: 1,
  name: 'Monday round',
  extension: '800',
  pin: null,
  host_ids: [101],
  waits_for_host: false,
  has_tones: true,
  members_max: 20,
};

async function features(prepare?: (stage: Stage) => void) {
  const opened = await ready(prepare);
  window.location.hash = '/admin';
  await opened.user.click(await screen.findByRole('tab', { name: 'Features' }));
  return { ...opened, kept: opened.stage.server.company.features };
}
const region = async (name: string) => within(await screen.findByRole('region', { name }));
const dialog = async (name: string) => within(await screen.findByRole('dialog', { name }));

describe('rooms', () => {
  it('are added, and say when a number is taken', async () => {
    const { user, kept } = await features();
    await user.click(await button('Add room'));
    const form = await dialog('Add room');
    await user.click(form.getByRole('button', { name: 'Add' }));
    expect(form.getByText('Needed.')).toBeVisible();
    await user.type(form.getByLabelText('Name'), 'Monday round');
    await user.type(form.getByLabelText('Number'), '102');
    await user.type(form.getByLabelText('PIN'), '2468');
    await user.click(form.getByRole('checkbox', { name: 'Anna Berger (101)' }));
    await user.click(form.getByRole('checkbox', { name: /^Wait for a host/ }));
    await user.click(form.getByRole('button', { name: 'Add' }));
    expect(await form.findByText('Somebody else has that already. Choose another one.')).toBeVisible();
    await user.clear(form.getByLabelText('Number'));
    await user.type(form.getByLabelText('Number'), '800');
    await user.click(form.getByRole('button', { name: 'Add' }));
    const row = await (await region('Conference rooms')).findByRole('row', { name: /Monday round/ });
    expect(row).toHaveTextContent(/800.*2468.*Anna Berger.*20/);
    expect(kept.rooms).toMatchObject([{ waits_for_host: true, has_tones: true, host_ids: [101] }]);
  });
});

describe('time profiles', () => {
  it('list a region’s holidays of this year and the next, and take closed days', async () => {
    const { user, kept } = await features();
    await user.click(await button('Add time profile'));
    const form = await dialog('Add time profile');
    await user.type(form.getByLabelText('Name'), 'Office hours');
    await user.selectOptions(await form.findByLabelText('Public holidays of'), 'Bavaria');
    const year = new Date().getFullYear();
    for (const each of [year, year + 1]) {
      const list = within(await form.findByRole('list', { name: `Public holidays ${each}` }));
      expect(await list.findByText(/Second Day of Christmas/)).toBeVisible();
    }
    await user.type(form.getByLabelText('Closed on'), '2026-12-24');
    await user.click(form.getByRole('button', { name: 'Add day' }));
    await user.click(form.getByRole('button', { name: 'Add' }));
    await waitFor(() =>
      expect(kept.profiles).toMatchObject([
        { name: 'Office hours', region: 'DE-BY', closed_days: ['2026-12-24'] },
      ]),
    );
    expect(
      await (await region('Time profiles')).findByText('Mon, Tue, Wed, Thu, Fri 08:00–18:00'),
    ).toBeVisible();
  });

  it('cannot be deleted while a rule asks for them', async () => {
    const { user, kept } = await features(({ server: { company } }) => {
      company.features.profiles = [officeHours()];
      const during = { profile_id: 1, is_open: true };
      company.features.reaching.set(102, {
        ...USUAL_REACHING,
        forwards: [{ ...USUAL_FORWARD, during, to: '103' }],
      });
    });
    await user.click(await button('Delete Office hours'));
    const question = await dialog('Delete Office hours?');
    await user.click(question.getByRole('button', { name: 'Delete' }));
    expect(await question.findByText('It is still in use. Remove it there first.')).toBeVisible();
    expect(kept.profiles).toHaveLength(1);
  });
});

it('makes pick-up groups of people', async () => {
  const { user, kept } = await features();
  await user.click(await button('Add group'));
  const form = await dialog('Add group');
  await user.type(form.getByLabelText('Name'), 'Ground floor');
  await user.click(form.getByRole('checkbox', { name: 'Ben Okafor (102)' }));
  await user.click(form.getByRole('checkbox', { name: 'Cleo Marchetti (103)' }));
  await user.click(form.getByRole('button', { name: 'Add' }));
  expect(
    await (
      await region('Pick-up groups')
    ).findByRole('row', { name: /Ground floor.*Ben Okafor, Cleo Marchetti/ }),
  ).toBeVisible();
  expect(kept.groups).toMatchObject([{ name: 'Ground floor', member_ids: [102, 103] }]);
});

describe('what another administrator has changed meanwhile', () => {
  const everything = ({ server: { company } }: Stage) => {
    company.features.rooms = [{ ...ROOM }];
    company.features.groups = [{ id: 1, name: 'Ground floor', member_ids: [102] }];
    company.features.profiles = [officeHours()];
  };

  /** Only the name is written anew, while the others change. */
  async function rename(of: string, change: (kept: Stage['server']['company']['features']) => void) {
    const { user, kept } = await features(everything);
    await user.click(await button(`Edit ${of}`));
    const form = await dialog(`Edit ${of}`);
    change(kept);
    await user.type(form.getByLabelText('Name'), ' 2');
    await user.click(form.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    return kept;
  }

  it('stays in a room', async () => {
    const { rooms } = await rename('Monday round', (kept) => {
      kept.rooms = [{ ...ROOM, pin: '1357', host_ids: [103] }];
    });
    expect(rooms).toEqual([{ ...ROOM, name: 'Monday round 2', pin: '1357', host_ids: [103] }]);
  });

  it('stays in a pick-up group', async () => {
    const { groups } = await rename('Ground floor', (kept) => {
      kept.groups = [{ id: 1, name: 'Ground floor', member_ids: [102, 103] }];
    });
    expect(groups).toEqual([{ id: 1, name: 'Ground floor 2', member_ids: [102, 103] }]);
  });

  it('stays in a time profile', async () => {
    const { profiles } = await rename('Office hours', (kept) => {
      kept.profiles = [{ ...officeHours(), region: null, closed_days: [] }];
    });
    expect(profiles).toEqual([{ ...officeHours(), name: 'Office hours 2', region: null, closed_days: [] }]);
  });
});

it('sets how many slots there are for parking', async () => {
  const { user, kept } = await features();
  const parking = await region('Parking');
  const slots = await parking.findByLabelText('Slots');
  await user.clear(slots);
  await user.type(slots, '10');
  expect(parking.getByText('1 to 9.')).toBeVisible();
  await user.clear(slots);
  await user.type(slots, '4');
  await user.click(parking.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(kept.parking).toEqual({ slots: 4, rings_back_after_s: 90 }));
});

describe('codes', () => {
  it('become other ones unless somebody has them, and the usual ones again', async () => {
    const { user, kept } = await features();
    const code = () => kept.codes.find(({ name }) => name === 'redial')?.code;
    await user.click(await button('Edit Redial'));
    const form = await dialog('Redial');
    const field = form.getByLabelText('Code');
    await user.clear(field);
    await user.type(field, '*43');
    await user.click(form.getByRole('button', { name: 'Save' }));
    expect(await form.findByText('It cannot be this one: *43 is the code for echo_test')).toBeVisible();
    await user.clear(field);
    await user.type(field, '*55');
    await user.click(form.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(code()).toBe('*55'));
    await user.click(await button('Usual code again: Redial'));
    await waitFor(() => expect(code()).toBe('*66'));
  });
});

describe('a code', () => {
  it.each([
    ['Redial', 'redial', '7', '7777777777', '2 to 10 characters: digits, * or #.'],
    ['Park, and take back', 'park', '70', '*777777777', /^2 to 10 characters: \* or #, then/],
  ])('is 2 to 10 characters long: %s', async (name, feature, wrong, right, rule) => {
    const { user, kept } = await features();
    await user.click(await button(`Edit ${name}`));
    const form = await dialog(name);
    const field = form.getByLabelText('Code');
    await user.clear(field);
    await user.type(field, wrong);
    await user.click(form.getByRole('button', { name: 'Save' }));
    expect(form.getByText(rule)).toBeVisible();
    await user.clear(field);
    await user.type(field, right);
    await user.click(form.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(kept.codes.find((each) => each.name === feature)?.code).toBe(right));
  });
});

describe('somebody else’s rules', () => {
  async function ofBen() {
    const opened = await ready();
    window.location.hash = '/admin';
    await opened.user.click(await button('Forwarding of Ben Okafor'));
    const form = await dialog('Forwarding of Ben Okafor');
    await form.findByRole('button', { name: 'Add rule' });
    const { reaching } = opened.stage.server.company.features;
    return { ...opened, form, stored: () => reaching.get(102) };
  }

  it('are switched', async () => {
    const { user, form, stored } = await ofBen();
    await user.click(form.getByRole('switch', { name: /^Do not disturb/ }));
    await user.click(form.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(stored()?.do_not_disturb.is_on).toBe(true));
  });

  it('are added in a dialog of their own, and saved with the others', async () => {
    const { user, form, stored } = await ofBen();
    await user.click(form.getByRole('button', { name: 'Add rule' }));
    const rule = await dialog('Add rule');
    await user.type(rule.getByLabelText('To'), '103');
    await user.click(rule.getByRole('button', { name: 'Done' }));
    expect(await form.findByText('Cleo Marchetti (103)')).toBeVisible();
    expect(stored()).toBeUndefined();
    await user.click(form.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(stored()?.forwards).toEqual([{ ...USUAL_FORWARD, to: '103' }]));
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('stay open when Escape closes the rule', async () => {
    const { user, form } = await ofBen();
    await user.click(form.getByRole('button', { name: 'Add rule' }));
    await dialog('Add rule');
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('dialog', { name: 'Add rule' })).toBeNull();
    expect(await button('Save')).toBeVisible();
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('are not saved by a question about them', async () => {
    const { user, form, stored } = await ofBen();
    await user.click(form.getByRole('switch', { name: /^Do not disturb/ }));
    await user.type(form.getByLabelText('Who calls'), '103{Enter}');
    await user.selectOptions(form.getByLabelText('When'), 'At another time');
    await user.type(form.getByLabelText('Day and time'), '{Enter}');
    expect(await form.findByText(/does not want to be disturbed/)).toBeVisible();
    expect(stored()).toBeUndefined();
  });
});
