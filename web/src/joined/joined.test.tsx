/** Two calls that become one, and how transfers end. */
import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { BEN_OKAFOR, CLEO_MARCHETTI } from '../../dev/fake/features.ts';
import { liveCall } from '../../dev/fake/oneNumber.ts';
import { BEN, button, CLEO, open, ready, talkTo } from '../App.testing.tsx';
import type { TransferEnd } from '../api/types.ts';
import { switchLanguage } from '../i18n/i18n.ts';

const DESK = 1012;

/** On this computer: Ben waits, Cleo talks. */
async function withTwo() {
  const opened = await ready();
  await talkTo(opened, BEN.number);
  act(() => void opened.stage.signalling.ring(CLEO));
  await opened.user.click(await button('Hold and answer'));
  await screen.findByRole('group', { name: 'Two calls' });
  return { ...opened, asked: opened.stage.server.company.oneNumber.asked };
}

/** At the desk phone under control: the same. */
async function withTwoAtDesk() {
  const opened = open({}, ({ talkOn }) => talkOn.choose(DESK));
  await screen.findByText('Ready for calls');
  act(() =>
    opened.stage.server.oneNumber.become([
      liveCall({ call: 'c', state: 'holding', other: BEN_OKAFOR }),
      liveCall({ call: 'd', state: 'talking', other: CLEO_MARCHETTI }),
    ]),
  );
  await screen.findByRole('group', { name: 'Two calls' });
  return { ...opened, asked: opened.stage.server.company.oneNumber.asked };
}

describe('two calls beside each other', () => {
  it('shows who waits and who talks, with one button between them', async () => {
    await withTwo();
    const two = within(screen.getByRole('group', { name: 'Two calls' }));
    const [waits, talks] = two.getAllByRole('article');
    await waitFor(() => expect(waits).toHaveTextContent(/Ben Okafor.*On hold/));
    expect(talks).toHaveTextContent(/Cleo Marchetti/);
    expect(two.getByRole('button', { name: 'Connect them' })).toBeEnabled();
    expect(two.getByRole('button', { name: 'All three' })).toBeEnabled();
  });

  it('connects them, ends both calls here and says so', async () => {
    const { user, asked } = await withTwo();
    await user.click(await button('Connect them'));
    await waitFor(() => expect(asked).toEqual(['connect journal-102 journal-103']));
    expect(await screen.findByText('Ben Okafor and Cleo Marchetti are connected.')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Hang up' })).toBeNull();
  });

  it('connects calls of the desk phone in the same way', async () => {
    const { user, asked } = await withTwoAtDesk();
    await user.click(await button('Connect them'));
    await waitFor(() => expect(asked).toEqual(['connect c d']));
    expect(await screen.findByText('Ben Okafor and Cleo Marchetti are connected.')).toBeVisible();
  });

  it.each([
    ['the browser', withTwo, 'confer journal-102 journal-103'],
    ['the desk phone', withTwoAtDesk, 'confer c d'],
  ])('makes a conference of three at %s', async (_where, begin, request) => {
    const { user, asked } = await begin();
    await user.click(await button('All three'));
    await waitFor(() => expect(asked).toEqual([request]));
    const members = within(await screen.findByRole('list', { name: 'In the conference' }));
    expect(members.getAllByRole('listitem')).toHaveLength(3);
    expect(members.getByText('Anna Berger (You)')).toBeVisible();
  });

  it('can connect while the second one still rings, but not confer', async () => {
    const opened = await ready();
    await talkTo(opened, BEN.number);
    opened.stage.signalling.letsRing = true;
    await opened.user.type(await screen.findByRole('combobox', { name: 'Search or dial' }), '106{Enter}');
    await screen.findByRole('group', { name: 'Two calls' });
    expect(await button('All three')).toBeDisabled();
    await opened.user.click(await button('Connect them'));
    const { asked } = opened.stage.server.company.oneNumber;
    await waitFor(() => expect(asked).toEqual(['connect journal-102 journal-106']));
  });

  it('says when the server would not, and keeps both calls', async () => {
    const { user, stage } = await withTwo();
    stage.server.company.oneNumber.unreachable.add(0);
    await user.click(await button('Connect them'));
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('That did not work; both calls are still here.');
    expect(screen.getByRole('group', { name: 'Two calls' })).toBeVisible();
  });
});

describe('a transfer', () => {
  it('asks first: the first call waits, and then both are connected', async () => {
    const opened = await ready();
    await talkTo(opened, BEN.number);
    await opened.user.click(await button('Transfer'));
    const dialog = within(await screen.findByRole('dialog', { name: 'Transfer Ben Okafor to' }));
    await opened.user.type(dialog.getByRole('textbox', { name: 'Search or dial' }), 'recep{Enter}');
    const askFirst = await dialog.findByRole('button', { name: 'Ask first' });
    expect(askFirst).toHaveFocus();
    expect(askFirst).toHaveAccessibleDescription(/^Ben Okafor waits and hears music/);
    await opened.user.keyboard('{Enter}');
    await screen.findByRole('group', { name: 'Two calls' });
    expect(opened.stage.signalling.asked).toEqual(['invite 102', 'hold', 'invite 100']);
    await opened.user.click(await button('Connect them'));
    expect(await screen.findByText('Ben Okafor and Reception are connected.')).toBeVisible();
  });

  it.each<[TransferEnd, string]>([
    ['busy', 'Cleo Marchetti was busy: the call from Ben Okafor came back.'],
    ['no_answer', 'Cleo Marchetti did not answer: the call from Ben Okafor came back.'],
    ['failed', 'Cleo Marchetti could not be called: the call from Ben Okafor came back.'],
    ['party_left', 'Ben Okafor has hung up before Cleo Marchetti answered.'],
  ])('tells that it has ended: %s', async (end, words) => {
    const { stage, user } = await ready();
    act(() => stage.server.tell({ type: 'transferred', party: BEN_OKAFOR, to: CLEO_MARCHETTI, end }));
    const log = within(await screen.findByRole('log', { name: 'Transfers' }));
    expect(await log.findByText(words)).toBeVisible();
    await user.click(log.getByRole('button', { name: 'Dismiss' }));
    expect(log.queryByText(words)).toBeNull();
  });

  it('speaks German', async () => {
    await switchLanguage('de');
    const opened = open();
    await screen.findByText('Bereit für Anrufe');
    act(() =>
      opened.stage.server.tell({ type: 'transferred', party: BEN_OKAFOR, to: CLEO_MARCHETTI, end: 'busy' }),
    );
    expect(
      await screen.findByText('Cleo Marchetti war besetzt: Der Anruf von Ben Okafor kam zurück.'),
    ).toBeVisible();
  });
});
