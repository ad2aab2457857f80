import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Stage } from '../../../dev/fake/scenes.ts';
import { button, open } from '../../App.testing.tsx';

async function openOutside(prepare?: (outside: Stage['server']['company']['outside']) => void) {
  window.location.hash = '/admin';
  const opened = open({}, ({ server }) => prepare?.(server.company.outside));
  await opened.user.click(await screen.findByRole('tab', { name: 'Calls outside' }));
  return { ...opened, outside: opened.stage.server.company.outside };
}

const region = async (name: string) => within(await screen.findByRole('region', { name }));
const row = async (list: string, name: RegExp) => (await region(list)).findByRole('row', { name });
const field = (label: string) => screen.findByLabelText(label);
const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);

describe('routes', () => {
  it('say which numbers go out by which trunks', async () => {
    await openOutside();
    const germany = await row('Routes', /^Germany/);
    expect(germany).toHaveTextContent(/\+49 …Free, Local, National, Mobile1Head office → Abroad$/);
    expect(await row('Routes', /^Everything else/)).toHaveTextContent(/All numbersInternational, Premium/);
  });

  it('are moved by the keyboard, which stays where it is', async () => {
    const { user, outside } = await openOutside();
    const down = await button('Move Germany down');
    down.focus();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(names(outside.routes)).toEqual(['Everything else', 'Germany']));
    const [, first] = (await region('Routes')).getAllByRole('row');
    expect(first).toHaveTextContent(/^Everything else/);
    expect(await button('Move Germany down')).toHaveFocus();
    await user.keyboard('{Enter}');
    expect(names(outside.routes)).toEqual(['Everything else', 'Germany']);
  });

  it('are added with their trunks in an order', async () => {
    const { user, outside } = await openOutside();
    await user.click(await button('Add route'));
    await user.type(await field('Name'), 'Britain');
    await user.type(await field('Numbers beginning with'), '44');
    await user.selectOptions(await field('Add a trunk to it'), 'Abroad');
    const dialog = within(await screen.findByRole('dialog'));
    await user.click(dialog.getByRole('button', { name: 'Move Abroad up' }));
    await user.click(dialog.getByRole('checkbox', { name: 'Premium' }));
    await user.click(dialog.getByRole('button', { name: 'Add' }));
    expect(await row('Routes', /^Britain/)).toHaveTextContent('Abroad → Head office');
    expect(outside.routes.at(-1)).toMatchObject({
      prefix: '44',
      trunks: [2, 1],
      classes: ['free', 'local', 'national', 'mobile', 'international'],
    });
  });

  it('need a name and a trunk', async () => {
    const { user } = await openOutside();
    await user.click(await button('Add route'));
    await user.click(await button('Leave out Head office'));
    await user.click(await button('Add'));
    expect(await screen.findByText('Needed.')).toBeVisible();
    expect(screen.getByText('One to eight trunks, each once.')).toBeVisible();
  });

  it('wait for a trunk', async () => {
    await openOutside((outside) => Object.assign(outside, { trunks: [], routes: [] }));
    expect(await screen.findByText('Add a trunk first; routes lead to trunks.')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Add route' })).toBeNull();
  });
});

describe('our numbers', () => {
  it('say where they lead', async () => {
    await openOutside();
    expect(await row('Our numbers', /^\+498912345\(100-199\)/)).toHaveTextContent(
      'The extension behind the headAny',
    );
    expect(await row('Our numbers', /^\+4989123450 /)).toHaveTextContent('100 ReceptionHead office');
  });

  it('are added as a block, or alone', async () => {
    const { user, outside } = await openOutside();
    await user.click(await button('Add number'));
    await user.type(await field('Head'), '+498954321');
    await user.type(await field('First extension'), '00');
    await user.type(await field('Last extension'), '99');
    await user.click(await button('Add'));
    await row('Our numbers', /^\+498954321\(00-99\)/);
    expect(outside.numbers.at(-1)).toMatchObject({ target: 'extension', trunk_id: null });
    await user.click(await button('Add number'));
    await user.selectOptions(await field('What it is'), 'One number');
    await user.type(await field('Number, international with +'), '+4989777');
    await user.selectOptions(await field('Leads to'), '*43 Echo test');
    await user.selectOptions(await field('By trunk'), 'Abroad');
    await user.click(await button('Add'));
    expect(await row('Our numbers', /^\+4989777/)).toHaveTextContent('*43 Echo testAbroad');
  });

  it('say what is wrong with them', async () => {
    const { user } = await openOutside();
    await user.click(await button('Add number'));
    await user.selectOptions(await field('What it is'), 'One number');
    const number = await field('Number, international with +');
    await user.type(number, '089');
    await user.click(await button('Add'));
    expect(await screen.findByText(/^An international number with \+;/)).toBeVisible();
    await user.clear(number);
    await user.type(number, '+4989123450');
    await user.click(await button('Add'));
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'Some of these numbers are in another entry already.',
    );
  });
});

describe('the number plan', () => {
  it('is shown, and changed with its limits', async () => {
    const { user, outside } = await openOutside();
    const plan = await region('Number plan');
    expect(await plan.findByText('Germany')).toBeVisible();
    expect(
      plan.getByText('10 calls a minute per person; 5 costly calls at once, 300 minutes a day'),
    ).toBeVisible();
    await user.click(await button('Change number plan'));
    await user.clear(await field('Outside line'));
    await user.selectOptions(await field('Emergency calls'), 'Abroad');
    await user.clear(await field('Costly calls at once'));
    await user.type(await field('Costly calls at once'), '2');
    await user.click(await button('Save'));
    expect(await plan.findByText(/2 costly calls at once/)).toBeVisible();
    expect(outside.plan).toMatchObject({ country: 'DE', area: '89', outside: null, emergency_trunk_id: 2 });
  });
});

describe('what a person may call', () => {
  async function openPerson() {
    window.location.hash = '/admin';
    const opened = open();
    await opened.user.click(await button('Edit Cleo Marchetti'));
    await screen.findByRole('group', { name: 'May call' });
    return { ...opened, calling: () => opened.stage.server.company.outside.calling.get(103) };
  }

  it('stands in their form in the order of cost', async () => {
    const { user, calling } = await openPerson();
    const choices = within(screen.getByRole('group', { name: 'May call' }));
    const labels = choices.getAllByRole('checkbox').map((each) => (each as HTMLInputElement).checked);
    expect(labels).toEqual([true, true, true, true, false, false]);
    await user.click(choices.getByRole('checkbox', { name: 'International' }));
    await user.click(choices.getByRole('checkbox', { name: 'Free' }));
    await user.click(await screen.findByRole('checkbox', { name: 'Number hidden' }));
    await user.type(await field('Where this person is'), 'Room 12');
    await user.click(await button('Save'));
    await waitFor(() =>
      expect(calling()).toEqual({
        classes: ['local', 'national', 'mobile', 'international'],
        windows: [],
        profile_id: null,
        number: '+498912345103',
        hidden: true,
        location: 'Room 12',
      }),
    );
  });

  it('has times of the week', async () => {
    const { user, calling } = await openPerson();
    expect(screen.getByText('At any time.')).toBeVisible();
    await user.click(await button('Add times'));
    const times = within(screen.getByRole('group', { name: 'Times 1' }));
    await user.click(times.getByRole('checkbox', { name: 'Monday' }));
    await user.click(times.getByRole('checkbox', { name: 'Saturday' }));
    fireEvent.change(times.getByLabelText('From'), { target: { value: '20:00' } });
    fireEvent.change(times.getByLabelText('Until'), { target: { value: '06:00' } });
    expect(times.getByText('Ends on the next day.')).toBeVisible();
    await user.click(await button('Save'));
    await waitFor(() =>
      expect(calling()?.windows).toEqual([
        { days: ['tuesday', 'wednesday', 'thursday', 'friday', 'saturday'], from: '20:00', to: '06:00' },
      ]),
    );
  });

  it('says which times are wrong, and takes them away', async () => {
    const { user, calling } = await openPerson();
    await user.click(await button('Add times'));
    const times = within(screen.getByRole('group', { name: 'Times 1' }));
    for (const day of times.getAllByRole('checkbox', { checked: true })) await user.click(day);
    await user.click(await button('Save'));
    expect(await screen.findByText('Choose one day at least.')).toBeVisible();
    await user.click(await button('Remove times 1'));
    await user.click(await button('Save'));
    await waitFor(() => expect(calling()?.windows).toEqual([]));
  });

  it('says what is wrong with the number shown', async () => {
    const { user } = await openPerson();
    await user.clear(await field('Number shown'));
    await user.type(await field('Number shown'), '089 123');
    await user.click(await button('Save'));
    expect(await screen.findByText('An international number, such as +4989123450.')).toBeVisible();
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('a new person', () => {
  async function addGuel(number: string) {
    window.location.hash = '/admin';
    const opened = open();
    const { user } = opened;
    await user.click(await button('Add person'));
    await user.type(await field('Name'), 'Gül Aydın');
    await user.type(await field('Sign-in name'), 'guel');
    await user.click(await button('Make one up'));
    expect(screen.queryByRole('group', { name: 'May call' })).toBeNull();
    await user.type(await field('Extension'), '110');
    await user.click(await screen.findByRole('checkbox', { name: 'International' }));
    await user.type(await field('Number shown'), number);
    await user.click(await button('Add'));
    return { ...opened, company: opened.stage.server.company };
  }
  const ofGuel = ({ users, outside }: Stage['server']['company']) => {
    const found = users.filter(({ login }) => login === 'guel');
    return { count: found.length, calling: outside.calling.get(found[0]?.id ?? 0) };
  };

  it('may call what was chosen at once', async () => {
    const { company } = await addGuel('+498912345110');
    await waitFor(() =>
      expect(ofGuel(company).calling).toMatchObject({
        classes: ['free', 'local', 'national', 'mobile', 'international'],
        number: '+498912345110',
      }),
    );
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('is there even if that could not be saved, and the form says so and keeps the rest', async () => {
    const { user, company } = await addGuel('089');
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'Gül Aydın has been added. What this person may call has not been saved: put that right and save again.',
    );
    expect(screen.getByText('An international number, such as +4989123450.')).toBeVisible();
    expect(ofGuel(company)).toMatchObject({ count: 1, calling: undefined });
    await user.clear(await field('Number shown'));
    await user.type(await field('Number shown'), '+498912345110');
    await user.click(await button('Save'));
    await waitFor(() =>
      expect(ofGuel(company)).toMatchObject({ count: 1, calling: { number: '+498912345110' } }),
    );
  });
});
