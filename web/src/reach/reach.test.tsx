/** How somebody is reached: rules, do not disturb, and what would happen. */
import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { officeHours } from '../../dev/fake/features.ts';
import type { Stage } from '../../dev/fake/scenes.ts';
import { button, open, ready } from '../App.testing.tsx';
import type { Forward, Reaching } from '../api/types.ts';
import { switchLanguage } from '../i18n/i18n.ts';
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

describe('what is not saved yet', () => {
  const EXCEPT = 'Let these ring nevertheless';

  /** A phone's code, or another page, changes how the person is reached. */
  function elsewhere({ stage }: { stage: Stage }, next: Reaching) {
    stage.server.company.features.reaching.set(ME, next);
    act(() => stage.server.tell({ type: 'directory_changed' }));
  }

  it('leaves alone what a phone’s code has changed meanwhile', async () => {
    const opened = await inSettings(reaching([]));
    const { user, card, stored } = opened;
    await user.type(card.getByRole('combobox', { name: EXCEPT }), '102{Enter}');
    elsewhere(opened, reaching([rule({ to: '103' })], { do_not_disturb: { is_on: true, except: [] } }));
    expect(await card.findByText('Cleo Marchetti (103)')).toBeVisible();
    expect(card.getByRole('switch', { name: /^Do not disturb/ })).toBeChecked();
    await user.click(card.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(stored()?.do_not_disturb).toEqual({ is_on: true, except: ['102'] }));
    expect(stored()?.forwards).toEqual([rule({ to: '103' })]);
  });

  it('stays when it was changed while something else was being saved', async () => {
    const { user, card, stored, stage } = await inSettings(reaching([]));
    const goOn = stage.server.hesitate();
    await user.click(card.getByRole('switch', { name: /^Refuse calls without a number/ }));
    await user.click(card.getByRole('button', { name: 'Save' }));
    await user.click(card.getByRole('switch', { name: /^Do not disturb/ }));
    goOn();
    await waitFor(() => expect(stored()?.rejects_anonymous).toBe(true));
    expect(stored()?.do_not_disturb.is_on).toBe(false);
    const again = await card.findByRole('button', { name: 'Save' });
    await waitFor(() => expect(again).not.toHaveAttribute('data-loading'));
    await user.click(again);
    await waitFor(() => expect(stored()?.do_not_disturb.is_on).toBe(true));
  });

  it('is forgotten with what the server said against it', async () => {
    const { user, card, stage } = await inSettings(reaching([]));
    await user.click(card.getByRole('switch', { name: /^Do not disturb/ }));
    stage.server.options.away = true;
    await user.click(card.getByRole('button', { name: 'Save' }));
    expect(await card.findByRole('alert')).toBeVisible();
    await user.click(card.getByRole('button', { name: 'Cancel' }));
    expect(card.queryByRole('alert')).toBeNull();
    expect(card.getByRole('switch', { name: /^Do not disturb/ })).not.toBeChecked();
  });
});

describe('do not disturb', () => {
  it('switches nothing else, whatever has changed since the page knew', async () => {
    const { user, stage } = await ready();
    await button('Do not disturb');
    const { reaching: kept } = stage.server.company.features;
    const except = ['102'];
    kept.set(ME, reaching([rule({ to: '103' })], { do_not_disturb: { is_on: false, except } }));
    await user.click(await button('Do not disturb'));
    await waitFor(() => expect(kept.get(ME)?.do_not_disturb).toEqual({ is_on: true, except }));
    expect(kept.get(ME)?.forwards).toEqual([rule({ to: '103' })]);
  });

  it('is known as the server has it after the events were away', async () => {
    const { stage } = await ready();
    expect(await button('Do not disturb')).toHaveAttribute('aria-pressed', 'false');
    const { reaching: kept, codes } = stage.server.company.features;
    kept.set(ME, reaching([], { do_not_disturb: { is_on: true, except: [] } }));
    window.location.hash = '/codes';
    const list = within(await screen.findByRole('list', { name: 'Codes' }));
    stage.server.company.features.codes = codes.map((each) =>
      each.name === 'park' ? { ...each, code: '*71' } : each,
    );
    act(() => stage.server.reconnect());
    await waitFor(async () => expect(await button('Do not disturb')).toHaveAttribute('aria-pressed', 'true'));
    expect(await list.findByText('*71')).toBeVisible();
  });

  it('says beside its button when it could not be switched', async () => {
    const { user, stage } = await ready();
    const toggle = await button('Do not disturb');
    stage.server.options.away = true;
    await user.click(toggle);
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent(/server/);
    expect(toggle).toHaveAttribute('aria-pressed', 'false');
    await user.click(document.body);
    expect(screen.queryByRole('alert')).toBeNull();
  });

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
    expect(await card.findByRole('listitem')).toHaveTextContent(
      'The caller is refused: calls without a number are not taken.',
    );
  });

  it('marks the server’s reason as English in a sentence of another language', async () => {
    await switchLanguage('de');
    const { user } = open({}, ({ server: { company } }) => {
      company.features.reaching.set(ME, reaching([], { rejects_anonymous: true }));
    });
    window.location.hash = '/settings';
    await user.click(await screen.findByRole('checkbox', { name: 'Ohne Nummer' }));
    const reason = await screen.findByText('calls without a number are not taken');
    expect(reason).toHaveAttribute('lang', 'en');
    expect(reason.closest('li')).toHaveTextContent(
      'Der Anrufer wird abgewiesen: calls without a number are not taken.',
    );
  });

  it('translates the reasons that it knows', async () => {
    await switchLanguage('de');
    const { user } = open({}, ({ server: { company } }) => {
      company.features.reaching.set(ME, reaching([], { rejects_anonymous: true }));
      company.features.refusal = 'calls without a number are not accepted here';
    });
    window.location.hash = '/settings';
    await user.click(await screen.findByRole('checkbox', { name: 'Ohne Nummer' }));
    expect(await screen.findByText(/Anrufe ohne Nummer werden hier nicht angenommen/)).not.toHaveAttribute(
      'lang',
      'en',
    );
  });

  it('begins with the next Sunday', () => {
    expect(nextSunday(new Date(2026, 10, 26, 15, 0))).toBe('2026-11-29T10:00');
    expect(nextSunday(new Date(2026, 10, 29, 9, 0))).toBe('2026-12-06T10:00');
    expect(timeOf('2026-11-29T10:00')).toBe(new Date(2026, 10, 29, 10, 0).toISOString());
    expect(timeOf('')).toBeNull();
  });
});
