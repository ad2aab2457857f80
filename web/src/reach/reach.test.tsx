/** How somebody is reached: rules, do not disturb, and what would happen. */
import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { officeHours } from '../../dev/fake/features.ts';
import type { Stage } from '../../dev/fake/scenes.ts';
import { button, ready } from '../App.testing.tsx';
import type { Forward, Reaching } from '../api/types.ts';
import { mistakesOf, USUAL_FORWARD } from './forwards.ts';
import { nextSunday, timeOf } from './moment.ts';

const ME = 101;
const rule = (some: Partial<Forward>): Forward => ({ ...USUAL_FORWARD, to: '102', ...some });
const reaching = (forwards: Forward[], some: Partial<Reaching> = {}): Reaching => ({
  forwards,
  do_not_disturb: { is_on: false, except: [] },
  rejects_anonymous: false,
  ...some,
});

async function inSettings(saved?: Reaching) {
  const opened = await ready(({ server: { company } }: Stage) => {
    company.features.profiles = [officeHours()];
    if (saved !== undefined) company.features.reaching.set(ME, saved);
  });
  window.location.hash = '/settings';
  const card = within(await screen.findByRole('region', { name: 'How I am reached' }));
  await card.findByRole('button', { name: 'Add rule' });
  return { ...opened, card, stored: () => opened.stage.server.company.features.reaching.get(ME) };
}

describe('rules', () => {
  it('are added with case, callers, times and a target, and saved', async () => {
    const { user, card, stored } = await inSettings();
    await user.click(card.getByRole('button', { name: 'Add rule' }));
    const form = within(await screen.findByRole('dialog', { name: 'Add rule' }));
    await user.click(form.getByRole('button', { name: 'Done' }));
    expect(form.getByText('Write where the calls go.')).toBeVisible();
    await user.selectOptions(form.getByLabelText('Whose calls'), 'Calls from outside');
    await user.selectOptions(form.getByLabelText('At which times'), 'While “Office hours” is closed');
    await user.type(form.getByLabelText('To'), '102');
    await user.click(form.getByRole('button', { name: 'Done' }));
    const rules = within(card.getByRole('list', { name: 'Forwarding' }));
    expect(rules.getByRole('listitem')).toHaveTextContent(
      'When nobody answers for 20 s · Calls from outside · While “Office hours” is closedBen Okafor (102)',
    );
    expect(stored()).toBeUndefined();
    await user.click(card.getByRole('button', { name: 'Save' }));
    const during = { profile_id: 1, is_open: false };
    await waitFor(() => expect(stored()?.forwards).toEqual([rule({ from: 'outside', during })]));
    await waitFor(() => expect(card.queryByText('Not saved yet.')).toBeNull());
  });

  it('are put in order, switched off and deleted', async () => {
    const { user, card, stored } = await inSettings(
      reaching([rule({ to: '102' }), rule({ to: '103' }), rule({ to: '106' })]),
    );
    await user.click(card.getByRole('button', { name: 'Move rule 2 up' }));
    await user.click(card.getByRole('switch', { name: 'Rule 2 is on' }));
    await user.click(card.getByRole('button', { name: 'Delete rule 3' }));
    await user.click(card.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(stored()?.forwards).toEqual([rule({ to: '103' }), rule({ to: '102', is_on: false })]),
    );
  });

  it('say what the server does not take', async () => {
    const { user, card } = await inSettings(reaching([rule({ to: '102' })]));
    await user.click(card.getByRole('button', { name: 'Edit rule 1' }));
    const form = within(await screen.findByRole('dialog', { name: 'Edit rule' }));
    await user.clear(form.getByLabelText('To'));
    await user.type(form.getByLabelText('To'), '999');
    await user.click(form.getByRole('button', { name: 'Done' }));
    await user.click(card.getByRole('button', { name: 'Save' }));
    expect(await card.findByText('The server does not take this rule: no such number')).toBeVisible();
  });

  it('know what is missing', () => {
    expect(mistakesOf(rule({}))).toEqual([]);
    expect(mistakesOf(rule({ to: ' ' }))).toEqual(['to']);
    expect(mistakesOf(rule({ after_s: null }))).toEqual(['after_s']);
    expect(mistakesOf(rule({ after_s: 301 }))).toEqual(['after_s']);
    expect(mistakesOf(rule({ when: 'always', after_s: null }))).toEqual([]);
    expect(mistakesOf(rule({ from: 'these' }))).toEqual(['numbers']);
  });
});

describe('do not disturb', () => {
  it('is one click in the header, which says so above everything', async () => {
    const { user, stage } = await ready();
    const toggle = await button('Do not disturb');
    expect(toggle).toHaveAttribute('aria-pressed', 'false');
    await user.click(toggle);
    expect(await screen.findByText('Do not disturb is on: your phones do not ring.')).toBeVisible();
    expect(stage.server.company.features.reaching.get(ME)?.do_not_disturb.is_on).toBe(true);
    await user.click(await button('Switch off'));
    await waitFor(() => expect(screen.queryByText(/^Do not disturb is on/)).toBeNull());
  });

  it('lets some ring nevertheless', async () => {
    const { user, card, stored } = await inSettings();
    await user.type(
      card.getByRole('combobox', { name: 'Let these ring nevertheless' }),
      '+49 (30) 90182-0{Enter}',
    );
    await user.type(card.getByRole('combobox', { name: 'Let these ring nevertheless' }), '102');
    const [add] = card.getAllByRole('button', { name: 'Add' });
    if (add !== undefined) await user.click(add);
    const list = within(card.getByRole('list', { name: 'Let these ring nevertheless' }));
    expect(list.getAllByRole('listitem').map((each) => each.textContent)).toEqual([
      '+4930901820',
      'Ben Okafor (102)',
    ]);
    await user.click(card.getByRole('switch', { name: /^Refuse calls without a number/ }));
    await user.click(card.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(stored()?.do_not_disturb.except).toEqual(['+4930901820', '102']));
    expect(stored()?.rejects_anonymous).toBe(true);
  });
});

describe('the simulator', () => {
  it('tells step by step what would happen, also with what is not saved', async () => {
    const { user, card } = await inSettings(reaching([rule({ to: '102' })]));
    await user.type(card.getByLabelText('Who calls'), '103');
    const answer = async () => within(await card.findByRole('status', { name: 'What would happen' }));
    await (await answer()).findByText(/^Anna Berger is called/);
    const steps = (await answer()).getAllByRole('listitem').map((each) => each.textContent);
    expect(steps).toEqual([
      'Anna Berger is called: 2 phones ring, and the mobile',
      'After 20 s: Anna Berger has not answered; the call goes on to Ben Okafor.',
      'A step of a newer server.',
    ]);
    await user.click(card.getByRole('switch', { name: /^Do not disturb/ }));
    expect(await (await answer()).findByText(/does not want to be disturbed/)).toBeVisible();
  });

  it('asks for a call without a number, at another time', async () => {
    const { user, card } = await inSettings(reaching([], { rejects_anonymous: true }));
    await user.selectOptions(card.getByLabelText('When'), 'At another time');
    expect(card.getByLabelText('Day and time')).toHaveValue(nextSunday(new Date()));
    await user.click(card.getByRole('checkbox', { name: 'Without a number' }));
    expect(
      await card.findByText('The caller is refused: calls without a number are not taken.'),
    ).toBeVisible();
  });

  it('begins with the next Sunday', () => {
    expect(nextSunday(new Date(2026, 10, 26, 15, 0))).toBe('2026-11-29T10:00');
    expect(nextSunday(new Date(2026, 10, 29, 9, 0))).toBe('2026-12-06T10:00');
    expect(timeOf('2026-11-29T10:00')).toBe(new Date(2026, 10, 29, 10, 0).toISOString());
    expect(timeOf('')).toBeNull();
  });
});
