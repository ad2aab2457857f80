import { fireEvent, screen, within } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
// Loaded before the first test begins: on a busy machine that takes longer than anybody waits for a page.
import './CallDetails.tsx';
import type { Stage } from '../../../dev/fake/scenes.ts';
import { button, open } from '../../App.testing.tsx';

function openCall(call: string, prepare?: (stage: Stage) => void) {
  window.location.hash = `/calls/${call}`;
  return open({}, prepare);
}

const region = async (name: string) => within(await screen.findByRole('region', { name }));

it('says how each direction sounded, and that what was not measured is unknown', async () => {
  openCall('c-2');
  const sound = await region('How it sounded');
  expect(sound.getByRole('row', { name: /^From Anna Berger/ })).toHaveTextContent(/Fair3\.6, at worst 1\.2/);
  expect(sound.getByRole('row', { name: /^To Anna Berger/ })).toHaveTextContent(/UnknownUnknown0\.1%/);
});

it('tells the messages in words, with what else happened between them', async () => {
  openCall('c-2');
  const [ladder] = await screen.findAllByRole('region', { name: 'What was said' });
  if (ladder === undefined) throw new Error('there is one');
  const steps = within(ladder).getAllByRole('listitem');
  expect(steps[0]).toHaveTextContent('0.000 sAnna Berger (browser) to farend: INVITE with SDP');
  expect(steps[12]).toHaveTextContent('5.420 sSound of Anna Berger’s browser goes over UDP');
  expect(steps[13]).toHaveTextContent('Nothing of Anna Berger’s arrives: lost in the network');
});

it('tells every moment by keys, the same in all directions', async () => {
  openCall('c-2');
  const slider = await screen.findByRole('slider', { name: /^From Anna Berger/ });
  fireEvent.keyDown(slider, { key: 'Home' });
  for (let step = 0; step < 8; step += 1) fireEvent.keyDown(slider, { key: 'PageUp' });
  expect(slider).toHaveAttribute('aria-valuetext', expect.stringMatching(/^1:20: Level Unknown, Loss \d+%/));
  const other = screen.getByRole('slider', { name: /^From Steuerbüro/ });
  expect(other).toHaveAttribute('aria-valuenow', '80');
});

it('has the curves as a table', async () => {
  const { user } = openCall('c-2');
  const [summary] = await screen.findAllByText('As a table');
  if (summary === undefined) throw new Error('there is one');
  await user.click(summary);
  const table = await screen.findByRole('table', { name: /^From Anna Berger.*values$/ });
  // The heading, and no more rows than one can read.
  expect(within(table).getAllByRole('row')).toHaveLength(61);
});

it('takes the bundle masked at once, and with numbers only for a reason', async () => {
  vi.stubGlobal(
    'URL',
    Object.assign(URL, { createObjectURL: () => 'blob:x', revokeObjectURL: () => undefined }),
  );
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
  const { user, stage } = openCall('c-2');
  const { asked } = stage.server.company.doctor;
  await user.click(await button('Support bundle'));
  await vi.waitFor(() => expect(asked).toEqual(['bundle c-2 ']));
  await user.click(await button('With names and numbers…'));
  const dialog = within(await screen.findByRole('dialog'));
  await user.click(dialog.getByRole('button', { name: 'Support bundle' }));
  expect(await dialog.findByText('Say why.')).toBeVisible();
  expect(asked).toHaveLength(1);
  await user.type(dialog.getByRole('textbox', { name: 'Why' }), 'Ticket 4711');
  await user.click(dialog.getByRole('button', { name: 'Support bundle' }));
  await vi.waitFor(() => expect(asked[1]).toBe('bundle c-2 unmasked=true&reason=Ticket+4711'));
});

it('captures what a phone does next, without voices unless asked for', async () => {
  const { user, stage } = openCall('c-2');
  await user.click(await button('Capture packets'));
  const dialog = within(await screen.findByRole('dialog'));
  const what = await dialog.findByRole('combobox', { name: 'Of what' });
  await dialog.findByRole('option', { name: 'Anna Berger: Desk phone' });
  await user.selectOptions(what, 'Anna Berger: Desk phone');
  await user.click(dialog.getByRole('button', { name: 'Start' }));
  await vi.waitFor(() =>
    expect(stage.server.company.doctor.asked).toEqual([
      'capture {"device":1012,"seconds":120,"with_audio":false,"unmasked":false}',
    ]),
  );
  expect(await screen.findByText('Running')).toBeVisible();
});

it('says that one capture runs at a time', async () => {
  const { user } = openCall('c-2', ({ server: { company } }) => {
    company.doctor.captures = company.doctor.captures.map((capture) => ({ ...capture, ended: null }));
  });
  await user.click(await button('Capture packets'));
  const dialog = within(await screen.findByRole('dialog'));
  await user.click(dialog.getByRole('button', { name: 'Start' }));
  expect(await dialog.findByText(/only one capture runs at a time/)).toBeVisible();
});

it('captures voices only for a reason', async () => {
  const { user, stage } = openCall('c-2');
  await user.click(await button('Capture packets'));
  const dialog = within(await screen.findByRole('dialog'));
  await user.click(dialog.getByRole('switch', { name: /^With the voices/ }));
  expect(dialog.getByText(/^Everybody who speaks can be heard in it/)).toBeVisible();
  await user.click(dialog.getByRole('button', { name: 'Start' }));
  expect(await dialog.findByText('Say why.')).toBeVisible();
  await user.type(dialog.getByRole('textbox', { name: 'Why' }), 'Ticket 4711');
  await user.click(dialog.getByRole('button', { name: 'Start' }));
  await vi.waitFor(() =>
    expect(stage.server.company.doctor.asked).toEqual([
      'capture {"call":"c-2","seconds":120,"with_audio":true,"unmasked":false,"reason":"Ticket 4711"}',
    ]),
  );
});

it('shows people their own calls without messages, bundle and captures', async () => {
  openCall('c-2', ({ server: { company } }) => void (company.me.role = 'user'));
  expect(await screen.findByRole('region', { name: 'What happened' })).toBeVisible();
  expect(screen.getByText('Sound goes over TCP 8802')).toBeVisible();
  expect(screen.queryByText('INVITE')).toBeNull();
  expect(screen.queryByRole('button', { name: 'Support bundle' })).toBeNull();
  expect(screen.queryByRole('region', { name: 'Captures' })).toBeNull();
});

it('says that nothing was kept of a call', async () => {
  openCall('c-99');
  expect(await screen.findByText('Nothing is known of this call')).toBeVisible();
});

it('leads from the recent calls to the details of those that were answered', async () => {
  window.location.hash = '/recent';
  const { user } = open();
  // The newest of them that was answered; a busy one has none.
  const [details] = await screen.findAllByRole('link', { name: 'Details: Ben Okafor' });
  expect(screen.queryByRole('link', { name: 'Details: Elif Yılmaz' })).toBeNull();
  if (details !== undefined) await user.click(details);
  expect(window.location.hash).toBe('#/calls/c-2');
});
