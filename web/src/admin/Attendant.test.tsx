/** Menus, announcements and prompts, as administrators make them. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { officeHours } from '../../dev/fake/features.ts';
import { salesTeam } from '../../dev/fake/oneNumber.ts';
import type { Stage } from '../../dev/fake/scenes.ts';
import { button, ready } from '../App.testing.tsx';
import type { Menu } from '../api/types.ts';

const MENU: Menu = {
  id: 1,
  name: 'Front door',
  extension: '700',
  language: null,
  greeting_id: 1,
  keys: [
    { key: '1', choice: { do: 'number', number: '200' } },
    { key: '0', choice: { do: 'number', number: '100' } },
  ],
  takes_extensions: true,
  waits_s: 5,
  plays_max: 2,
  otherwise: { do: 'number', number: '100' },
  hours: null,
};
const HELLO = { id: 1, name: 'Hello', duration_ms: 12_000, used_by: [] };

async function attendant(prepare?: (stage: Stage) => void) {
  const opened = await ready((stage) => {
    stage.server.company.oneNumber.teams = [salesTeam()];
    prepare?.(stage);
  });
  window.location.hash = '/admin';
  await opened.user.click(await screen.findByRole('tab', { name: 'Attendant' }));
  const { server, audio } = opened.stage;
  return { ...opened, server, audio, kept: server.company.attendant };
}
function withMenu({ server: { company } }: Stage): void {
  company.attendant.menus = [MENU];
  company.attendant.announcements = [HELLO];
  company.features.profiles = [officeHours()];
}
const region = async (name: string) => within(await screen.findByRole('region', { name }));
const dialog = async (name: string) => within(await screen.findByRole('dialog', { name }));
const sound = (name = 'greeting.mp3', type = 'audio/mpeg') => new File(['la la la'], name, { type });
type Within = Awaited<ReturnType<typeof dialog>>;
const summary = (form: Within) =>
  within(form.getByRole('region', { name: 'What a caller hears' }))
    .getAllByRole('listitem')
    .map((each) => each.textContent);

describe('menus', () => {
  it('are added: keys are filled one after the other, and the whole is read aloud', async () => {
    const { user, kept } = await attendant();
    await user.click(await button('Add menu'));
    const form = await dialog('Add menu');
    await user.type(form.getByLabelText('Name'), 'Front door');
    await user.type(form.getByLabelText('Number'), '700');
    await user.selectOptions(form.getByLabelText('Key 1'), 'The call goes to a number');
    await user.click(form.getByRole('button', { name: 'Add' }));
    expect(form.getByText('One key leads nowhere yet.')).toBeVisible();
    expect(form.getByText('Write where the calls go.')).toBeVisible();
    await user.type(form.getByPlaceholderText('Person, team, room or menu'), '200');
    await user.click(form.getByRole('button', { name: 'Key 9: Nothing' }));
    await user.selectOptions(form.getByLabelText('Key 9'), 'The greeting plays again');
    await user.click(form.getByRole('checkbox', { name: /^Callers may dial an extension/ }));
    await waitFor(() =>
      expect(summary(form)).toEqual([
        '“Welcome.”',
        'Pressing 1: to Sales (200)',
        'Pressing 9: the greeting again',
        'Dialling an extension: to whoever has it',
        'Nothing for 5 s: the greeting again, 3 times in all; then goodbye.',
      ]),
    );
    await user.click(form.getByRole('button', { name: 'Add' }));
    await waitFor(() =>
      expect(kept.menus).toMatchObject([
        {
          name: 'Front door',
          extension: '700',
          greeting_id: null,
          keys: [
            { key: '1', choice: { do: 'number', number: '200' } },
            { key: '9', choice: { do: 'again' } },
          ],
          takes_extensions: true,
          waits_s: 5,
          plays_max: 3,
          otherwise: { do: 'hang_up' },
          hours: null,
        },
      ]),
    );
    const row = await (await region('Menus')).findByRole('row', { name: /Front door/ });
    expect(row).toHaveTextContent(/700.*farend’s own.*1 to Sales \(200\).*9 the greeting again/);
  });

  it('send only what was changed', async () => {
    const { user, kept } = await attendant(withMenu);
    await user.click(await button('Edit Front door'));
    const form = await dialog('Edit Front door');
    kept.menus = [{ ...MENU, name: 'Renamed meanwhile' }];
    await user.click(form.getByRole('button', { name: /^Key 0: to Reception/ }));
    await user.selectOptions(form.getByLabelText('Key 0'), 'Nothing');
    await user.click(form.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(kept.menus).toEqual([{ ...MENU, name: 'Renamed meanwhile', keys: MENU.keys.slice(0, 1) }]),
    );
  });

  it('close by a time profile, and say what happens then', async () => {
    const { user, kept } = await attendant(withMenu);
    await user.click(await button('Edit Front door'));
    const form = await dialog('Edit Front door');
    await waitFor(() => expect(summary(form)[0]).toBe('“Hello”'));
    await user.selectOptions(await form.findByLabelText('Open'), 'By “Office hours”');
    await user.selectOptions(form.getByLabelText('Greeting when closed'), 'Hello');
    await user.selectOptions(form.getByLabelText('And then'), 'An announcement plays');
    await user.click(form.getByRole('button', { name: 'Save' }));
    expect(form.getByText('Needed.')).toBeVisible();
    await user.selectOptions(form.getByLabelText('And then'), 'Goodbye, and the call ends');
    expect(summary(form)[0]).toBe('While “Office hours” is closed: “Hello”, then goodbye.');
    await user.click(form.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(kept.menus[0]?.hours).toEqual({ profile_id: 1, greeting_id: 1, then: { do: 'hang_up' } }),
    );
  });

  it('without keys are announcements', async () => {
    const { user } = await attendant();
    await user.click(await button('Add menu'));
    const form = await dialog('Add menu');
    expect(form.queryByLabelText('Waits for a key, seconds')).not.toBeInTheDocument();
    await waitFor(() => expect(summary(form)).toEqual(['“Welcome.”', 'Then goodbye.']));
  });

  it('say that a number is taken', async () => {
    const { user } = await attendant();
    await user.click(await button('Add menu'));
    const form = await dialog('Add menu');
    await user.type(form.getByLabelText('Name'), 'Front door');
    await user.type(form.getByLabelText('Number'), '102');
    await user.click(form.getByRole('button', { name: 'Add' }));
    expect(await form.findByText('Somebody else has that already. Choose another one.')).toBeVisible();
  });

  it('say what the server has against a key, and what against the rest', async () => {
    const { user, kept } = await attendant(withMenu);
    kept.complaints = [
      { field: 'keys[1].choice.number', message: 'nobody has this number' },
      { field: 'otherwise.number', message: 'use digits only, 15 at most' },
      { field: 'hours.profile_id', message: 'there is no such time profile' },
    ];
    await user.click(await button('Edit Front door'));
    const form = await dialog('Edit Front door');
    await user.selectOptions(form.getByLabelText('Language of what farend says'), 'German');
    await user.click(form.getByRole('button', { name: 'Save' }));
    const told = await form.findByRole('alert');
    expect(told).toHaveTextContent('Key 0: nobody has this number');
    expect(told).toHaveTextContent('If nothing is pressed: use digits only, 15 at most');
    expect(told).toHaveTextContent('Open: there is no such time profile');
  });

  it('get a greeting that is uploaded in their form, and play it', async () => {
    const { user, audio } = await attendant();
    await user.click(await button('Add menu'));
    const form = await dialog('Add menu');
    await user.upload(form.getByLabelText('Greeting: Upload'), sound());
    await waitFor(() => expect(form.getByLabelText('Greeting')).toHaveDisplayValue('greeting'));
    await user.click(form.getByRole('button', { name: 'Listen: Greeting' }));
    expect(audio.src).toMatch(/\/api\/v1\/announcements\/1\/audio$/);
    expect(screen.queryByRole('region', { name: 'Player' })).not.toBeInTheDocument();
  });
});

describe('announcements', () => {
  it('are dropped, with their progress, played and renamed', async () => {
    const { user, server, kept, audio } = await attendant();
    const section = await region('Announcements');
    await section.findByText('No announcements yet');
    const goOn = server.hesitate();
    fireEvent.drop(section.getByRole('group', { name: 'Upload' }), { dataTransfer: { files: [sound()] } });
    expect(await section.findByRole('progressbar', { name: 'Is being sent' })).toHaveAttribute(
      'aria-valuenow',
      '50',
    );
    goOn();
    expect(await section.findByRole('row', { name: /greeting/ })).toHaveTextContent('0:12');
    await user.click(section.getByRole('button', { name: 'Listen: greeting' }));
    expect(await section.findByRole('button', { name: 'Pause: greeting' })).toBeVisible();
    expect(audio.paused).toBe(false);
    await user.click(section.getByRole('button', { name: 'Edit greeting' }));
    const form = await dialog('Edit greeting');
    await user.clear(form.getByLabelText('Name'));
    await user.type(form.getByLabelText('Name'), 'Hello');
    await user.click(form.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(kept.announcements).toMatchObject([{ name: 'Hello' }]));
    expect(await section.findByRole('row', { name: /Hello/ })).toBeVisible();
  });

  it('are not taken when they are no sound, or too large', async () => {
    const { kept } = await attendant();
    const section = await region('Announcements');
    const zone = await section.findByRole('group', { name: 'Upload' });
    fireEvent.drop(zone, { dataTransfer: { files: [sound('letter.pdf', 'application/pdf')] } });
    expect(await section.findByText(/cannot read this file as sound/)).toBeVisible();
    const large = sound();
    Object.defineProperty(large, 'size', { value: 20_000_001 });
    fireEvent.drop(zone, { dataTransfer: { files: [large] } });
    expect(await section.findByText('This file is larger than 20 MB.')).toBeVisible();
    expect(kept.announcements).toEqual([]);
  });

  it.each([
    [{ reason: 'video' }, /^This is a video/],
    [{ reason: 'silent' }, /no sound in this file/],
    [{ reason: 'too_long' }, /^This is too long/],
    [{ reason: 'broken' }, /^This file is damaged/],
    [
      { reason: 'surround', detail: 'This has more channels than can be mixed.' },
      'The server refused: This has more channels than can be mixed.',
    ],
    [{ detail: 'This file has no sound.' }, 'The server refused: This file has no sound.'],
  ])('say why a file is not taken: %j', async (why, words) => {
    const { kept } = await attendant();
    kept.notAudio = why;
    const section = await region('Announcements');
    const zone = await section.findByRole('group', { name: 'Upload' });
    fireEvent.drop(zone, { dataTransfer: { files: [sound()] } });
    expect(await section.findByText(words)).toBeVisible();
  });

  it('say who plays them, and stay while somebody does', async () => {
    const { user, kept } = await attendant(withMenu);
    const section = await region('Announcements');
    expect(await section.findByRole('row', { name: /Hello/ })).toHaveTextContent('Front door');
    await user.click(section.getByRole('button', { name: 'Delete Hello' }));
    const question = await dialog('Delete Hello?');
    await user.click(question.getByRole('button', { name: 'Delete' }));
    expect(await question.findByText('It is still in use. Remove it there first.')).toBeVisible();
    expect(kept.announcements).toHaveLength(1);
  });
});

describe('prompts', () => {
  it('are replaced, and ours again', async () => {
    const { user, kept, audio } = await attendant();
    const section = await region('What farend says');
    const row = await section.findByRole('row', { name: /Goodbye\./ });
    expect(row).toHaveTextContent('Yours');
    await user.click(within(row).getByRole('button', { name: 'farend’s own again: Goodbye.' }));
    await waitFor(() => expect(row).not.toHaveTextContent('Yours'));
    await user.upload(section.getByLabelText('Replace: Welcome.', { selector: 'input' }), sound());
    await waitFor(() => expect(section.getByRole('row', { name: /Welcome\./ })).toHaveTextContent('Yours'));
    await user.click(section.getByRole('button', { name: 'Listen: Welcome.' }));
    expect(audio.src).toMatch(/\/api\/v1\/prompts\/en\/welcome\/audio$/);
    expect(kept.prompts.prompts.filter(({ is_replaced }) => is_replaced)).toMatchObject([
      { name: 'welcome', language: 'en' },
    ]);
  });

  it('are shown in both languages, one of which is the company’s', async () => {
    const { user, kept } = await attendant();
    const section = await region('What farend says');
    await section.findByText('Goodbye.');
    await user.click(section.getByText('German', { selector: 'span' }));
    expect(await section.findByText('Auf Wiederhören.')).toBeVisible();
    expect(kept.prompts.language).toBe('en');
    await user.selectOptions(section.getByLabelText('Language of the company'), 'German');
    await waitFor(() => expect(kept.prompts.language).toBe('de'));
  });
});
