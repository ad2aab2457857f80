/** What administrators set about recordings. */
import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { salesTeam } from '../../dev/fake/oneNumber.ts';
import type { Stage } from '../../dev/fake/scenes.ts';
import { button, ready } from '../App.testing.tsx';
import type { RecordingRule } from '../api/types.ts';

const ALL: RecordingRule = { whose: 'everybody', id: null, calls: 'outside', announced: 'prompt' };
const BEN: RecordingRule = { whose: 'person', id: 102, calls: 'all', announced: 'silently' };

async function recording(prepare?: (stage: Stage) => void) {
  const opened = await ready(prepare);
  window.location.hash = '/admin';
  await opened.user.click(await screen.findByRole('tab', { name: 'Recording' }));
  return { ...opened, server: opened.stage.server, kept: opened.stage.server.company.sounds };
}
const region = async (name: string) => within(await screen.findByRole('region', { name }));
const dialog = async (name: string) => within(await screen.findByRole('dialog', { name }));

describe('settings', () => {
  it('say how people are told, how long and how much is kept, and leave what others have changed', async () => {
    const { user, kept } = await recording();
    const section = await region('Recording');
    kept.settings = { ...kept.settings, rules: [BEN] };
    await user.selectOptions(await section.findByLabelText('How people are told'), 'By a tone');
    expect(section.getByText(/hears a short tone before/)).toBeVisible();
    await user.clear(section.getByLabelText('Kept for days'));
    await user.type(section.getByLabelText('Kept for days'), '30');
    await user.clear(section.getByLabelText('Room in GB'));
    await user.type(section.getByLabelText('Room in GB'), '2,5');
    await user.click(section.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(kept.settings).toEqual({ announced: 'tone', keep_days: 30, quota_mib: 2_560, rules: [BEN] }),
    );
    expect(screen.getByText(/In many countries everybody in a call has to agree/)).toBeVisible();
  });

  it.each([
    ['Kept for days', '0', '1 to 3650.'],
    ['Room in GB', '0.01', '0.1 to 9765.'],
    ['Room in GB', 'much', '0.1 to 9765.'],
  ])('do not take “%s” of %s', async (label, text, words) => {
    const { user, kept } = await recording();
    const section = await region('Recording');
    await user.clear(await section.findByLabelText(label));
    await user.type(section.getByLabelText(label), text);
    expect(await section.findByText(words)).toBeVisible();
    await user.click(section.getByRole('button', { name: 'Save' }));
    expect(kept.settings).toMatchObject({ keep_days: 90, quota_mib: 10_240 });
  });
});

describe('rules', () => {
  it('are added for a team', async () => {
    const { user, kept } = await recording(({ server: { company } }) => {
      company.oneNumber.teams = [salesTeam()];
    });
    await user.click(await button('Add rule'));
    const form = await dialog('Add rule');
    await user.selectOptions(form.getByLabelText('Whose calls'), 'A team’s');
    await user.click(form.getByRole('button', { name: 'Add' }));
    expect(form.getByText('Needed.')).toBeVisible();
    await user.selectOptions(form.getByLabelText('A team’s'), 'Sales');
    await user.selectOptions(form.getByLabelText('Which calls'), 'From outside');
    await user.click(form.getByRole('button', { name: 'Add' }));
    const rules = await region('Recorded by themselves');
    expect(await rules.findByRole('row', { name: /Calls to the team Sales/ })).toHaveTextContent(
      /From outside.*In words/,
    );
    expect(kept.settings.rules).toEqual([{ whose: 'team', id: 1, calls: 'incoming', announced: 'prompt' }]);
  });

  it('are put into order, changed and deleted', async () => {
    const { user, kept } = await recording(({ server: { company } }) => {
      company.sounds.settings.rules = [ALL, BEN];
    });
    await user.click(await button('Move rule 2 up'));
    await waitFor(() => expect(kept.settings.rules).toEqual([BEN, ALL]));
    await screen.findByRole('button', { name: 'Move rule 2 up' });
    await waitFor(() => expect(screen.getAllByRole('row')[1]).toHaveTextContent('Calls of Ben Okafor'));
    await user.click(await button('Edit rule 1'));
    const form = await dialog('Edit rule');
    await user.selectOptions(form.getByLabelText('How people are told'), 'In words');
    await user.click(form.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(kept.settings.rules).toEqual([{ ...BEN, announced: 'prompt' }, ALL]));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    await user.click(await button('Delete rule 2'));
    await waitFor(() => expect(kept.settings.rules).toEqual([{ ...BEN, announced: 'prompt' }]));
  });
});

describe('storage', () => {
  it('is shown with a meter, and alarms administrators on every page', async () => {
    const { server } = await recording();
    const section = await region('Storage');
    expect(await section.findByText('3.2 GB of 10 GB used')).toBeVisible();
    expect(section.getByText('Enough room')).toBeVisible();
    act(() => server.sounds.store({ used_bytes: 10_200_547_328, state: 'nearly_full' }));
    expect(await section.findByText('9.5 GB of 10 GB used')).toBeVisible();
    expect(section.getByText('Nearly full')).toBeVisible();
    act(() => void (window.location.hash = '/keypad'));
    expect(await screen.findByText(/will soon have no more room/)).toBeVisible();
    act(() => server.sounds.store({ state: 'full' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('nothing more is recorded');
    act(() => server.sounds.store({ state: 'fine' }));
    await waitFor(() => expect(screen.queryByRole('alert')).not.toBeInTheDocument());
  });

  it('does not tell how much of the disk is free when the server does not know', async () => {
    await recording(({ server: { company } }) => (company.sounds.storage.disk_free_bytes = null));
    const section = await region('Storage');
    expect((await section.findByText('Free on the disk')).nextSibling).toHaveTextContent('–');
  });

  it('is no concern of other people’s', async () => {
    await ready(({ server: { company } }) => {
      company.me.role = 'user';
      company.sounds.storage.state = 'full';
    });
    expect(screen.queryByText(/nothing more is recorded/)).not.toBeInTheDocument();
  });
});

it('says in a person’s form who may record, and who may listen', async () => {
  const { user, stage } = await ready();
  window.location.hash = '/admin';
  await user.click(await button('Edit Cleo Marchetti'));
  const form = await dialog('Edit Cleo Marchetti');
  await user.click(await form.findByRole('checkbox', { name: /^May record calls/ }));
  await user.selectOptions(form.getByLabelText('May listen to recordings'), 'Of their own calls');
  await user.click(form.getByRole('button', { name: 'Save' }));
  await waitFor(() =>
    expect(stage.server.company.sounds.permissions.get(103)).toEqual({ may_record: true, hears: 'own' }),
  );
  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
});
