/** The button that records a call, and what everybody in it sees. */
import { act, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { member, BEN_OKAFOR } from '../../dev/fake/features.ts';
import { liveCall } from '../../dev/fake/oneNumber.ts';
import type { Stage } from '../../dev/fake/scenes.ts';
import { BEN, button, ready, talkTo } from '../App.testing.tsx';
import type { LiveRecording } from '../api/types.ts';
import { switchLanguage } from '../i18n/i18n.ts';

const CALL = 'journal-102';

async function talking(prepare?: (stage: Stage) => void) {
  const opened = await ready(prepare);
  await talkTo(opened, BEN.number);
  const { server } = opened.stage;
  act(() => server.oneNumber.become([liveCall({ call: CALL, state: 'talking', device_ids: [1011] })]));
  const become = (some: Partial<LiveRecording>) => act(() => server.sounds.become(CALL, some));
  return { ...opened, become, asked: server.company.oneNumber.asked };
}

describe('the record button', () => {
  it('records, says that everybody is told, and ends it', async () => {
    const { user, become, asked } = await talking();
    await user.click(await button('Record'));
    expect(await screen.findByText('Telling everybody that the call is recorded…')).toBeVisible();
    become({ state: 'on' });
    expect(await screen.findByText('This call is being recorded')).toBeVisible();
    expect(screen.getByRole('timer', { name: 'Recorded for' })).toHaveTextContent('0:0');
    await user.click(await button('End recording'));
    await button('Record');
    expect(screen.queryByText('This call is being recorded')).not.toBeInTheDocument();
    expect(asked).toEqual([`record ${CALL} true`, `record ${CALL} false`]);
  });

  it('is not there for who may not, who sees all the same that the call is recorded', async () => {
    const { become } = await talking(({ server: { company } }) => (company.me.may_record = false));
    expect(await button('Park')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Record' })).not.toBeInTheDocument();
    become({ state: 'on', may_end: false });
    expect(await screen.findByText('This call is being recorded')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'End recording' })).not.toBeInTheDocument();
  });

  it('cannot end what a rule records', async () => {
    const { become } = await talking();
    become({ state: 'on', is_by_rule: true });
    expect(await screen.findByText('This call is recorded by a rule')).toBeVisible();
    expect(await button('Recorded')).toBeDisabled();
  });

  it('cannot end what somebody else records', async () => {
    const { become } = await talking();
    become({ state: 'on', may_end: false });
    expect(await screen.findByText('This call is being recorded')).toBeVisible();
    expect(await button('Recorded')).toBeDisabled();
    expect(screen.queryByRole('button', { name: 'End recording' })).not.toBeInTheDocument();
  });

  it.each([
    ['quota_reached', /recordings have used up the space/],
    ['disk_full', /disk is full/],
    ['failed', /could not go on writing/],
  ] as const)('says why it has stopped (%s), and that the call goes on', async (trouble, words) => {
    const { become } = await talking();
    become({ state: 'stopped', trouble });
    expect(await screen.findByRole('alert')).toHaveTextContent(words);
    expect(screen.getByRole('alert')).toHaveTextContent('The call goes on.');
    expect(await button('Record')).toBeEnabled();
  });

  it('says so when the server refuses', async () => {
    const { user, stage } = await talking();
    act(() => void (stage.server.company.me.may_record = false));
    await user.click(await button('Record'));
    expect(await screen.findByText('The server refused: You may not record calls.')).toBeVisible();
  });

  it('shows no time where the recording began before the page was open', async () => {
    const { stage, become } = await talking();
    act(() => {
      stage.server.company.oneNumber.live = [
        liveCall({
          call: CALL,
          state: 'talking',
          device_ids: [1011],
          recording: { state: 'on', is_by_rule: false, may_end: true, trouble: null },
        }),
      ];
      stage.server.reconnect();
    });
    expect(await screen.findByText('This call is being recorded')).toBeVisible();
    become({ state: 'on' });
    expect(screen.queryByRole('timer', { name: 'Recorded for' })).not.toBeInTheDocument();
  });

  it('is in a conference', async () => {
    const { stage, become } = await talking();
    const anna = { number: '101', name: 'Anna Berger', user_id: 101 };
    act(() =>
      stage.server.joined.confer({
        call: CALL,
        room_id: null,
        is_locked: false,
        members: [member(1, anna, { is_me: true }), member(2, BEN_OKAFOR)],
      }),
    );
    await button('Leave');
    become({ state: 'on' });
    expect(await button('End recording')).toBeEnabled();
    expect(screen.getByText('This call is being recorded')).toBeVisible();
  });

  it('is seen from other pages, in German too', async () => {
    const { become } = await talking();
    become({ state: 'on' });
    await screen.findByText('This call is being recorded');
    await act(() => switchLanguage('de'));
    act(() => void (window.location.hash = '/settings'));
    await screen.findByRole('heading', { level: 1, name: 'Einstellungen' });
    expect(await screen.findByText('Dieses Gespräch wird aufgezeichnet')).toBeInTheDocument();
    await act(() => switchLanguage('en'));
  });
});

it('records a call at the desk phone under control', async () => {
  const { stage, user } = await ready(({ talkOn, server: { company } }) => {
    talkOn.choose(1012);
    company.oneNumber.live = [liveCall({ call: 'c', state: 'talking' })];
  });
  await user.click(await button('Record'));
  await waitFor(() => expect(stage.server.company.oneNumber.asked).toContain('record c true'));
  expect(await screen.findByText('Telling everybody that the call is recorded…')).toBeVisible();
});
