/** The list of recordings and their player. */
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { Stage } from '../../dev/fake/scenes.ts';
import { button, ready, talkTo } from '../App.testing.tsx';
import type { Recording } from '../api/types.ts';

async function recordings(prepare?: (stage: Stage) => void) {
  const opened = await ready(prepare);
  act(() => void (window.location.hash = '/recordings'));
  await screen.findByRole('heading', { level: 1, name: 'Recordings' });
  const { audio, server } = opened.stage;
  return { ...opened, audio, server, kept: server.company.sounds };
}
const rows = async () => (await screen.findAllByRole('row')).slice(1);
const player = async () => within(await screen.findByRole('region', { name: 'Player' }));
const ben = 'Anna Berger with Ben Okafor';

/** The newest one plays. */
async function listening(prepare?: (stage: Stage) => void) {
  const opened = await recordings(prepare);
  const [first] = await screen.findAllByRole('button', { name: `Listen: ${ben}` });
  if (first === undefined) throw new Error('Anna has talked to Ben');
  await opened.user.click(first);
  const dock = await player();
  return { ...opened, dock, slider: () => dock.findByRole('slider', { name: 'Position' }) };
}

describe('the list', () => {
  it('tells of each who talked, how long, by what, and how it ended', async () => {
    await recordings();
    const [first, second, third, fourth, fifth] = await rows();
    expect(first).toHaveTextContent(/Ben Okafor.*Anna Berger.*12:34.*4\.3 MB/);
    expect(second).toHaveTextContent(/\+498912345678.*By a rule.*1:37/);
    expect(third).toHaveTextContent(/Schwarzenberg-Hohenlohe.*3:06:03/);
    expect(fourth).toHaveTextContent(/Cut short.*Recordings had used up their space/);
    expect(fifth).toHaveTextContent(/Cut short.*The server was stopped in the middle of it/);
  });

  it('is searched by name and number, and by day', async () => {
    const { user } = await recordings();
    await rows();
    await user.type(screen.getByLabelText('Name or number'), '89123');
    await waitFor(async () => expect(await rows()).toHaveLength(2));
    await user.type(screen.getByLabelText('Name or number'), ' max');
    await waitFor(async () => expect(await rows()).toHaveLength(1));
    fireEvent.change(screen.getByLabelText('Day'), { target: { value: '2020-01-01' } });
    expect(await screen.findByText('No recording fits')).toBeVisible();
    await user.click(await button('All days'));
    await waitFor(async () => expect(await rows()).toHaveLength(1));
  });

  it('looks through older pages for what is searched', async () => {
    const { user } = await recordings(({ server: { company } }) => {
      const [one] = company.sounds.recordings;
      if (one === undefined) throw new Error('there are recordings');
      const many = Array.from({ length: 250 }, (_, index): Recording => ({ ...one, id: `m-${index}` }));
      company.sounds.recordings = [
        ...many,
        { ...one, id: 'last', other: { user_id: null, number: '555', name: 'Zoe' } },
      ];
    });
    await waitFor(async () => expect(await rows()).toHaveLength(100));
    await user.type(screen.getByLabelText('Name or number'), 'zoe');
    await waitFor(async () => expect(await rows()).toHaveLength(1));
    expect(screen.getByRole('row', { name: /Zoe/ })).toBeVisible();
  });

  it('says that older ones cannot be had, and asks for them again only when it is told to', async () => {
    const { user, server } = await recordings(({ server: { company } }) => {
      const [one] = company.sounds.recordings;
      if (one === undefined) throw new Error('there are recordings');
      company.sounds.recordings = Array.from({ length: 101 }, (_, index): Recording => ({
        ...one,
        id: `m-${index}`,
        ...(index === 100 ? { other: { user_id: null, number: '555', name: 'Zoe' } } : {}),
      }));
    });
    await waitFor(async () => expect(await rows()).toHaveLength(100));
    const older = vi.spyOn(server.company.sounds, 'mayPage').mockReturnValue(false);
    await user.type(screen.getByLabelText('Name or number'), 'zoe');
    expect(await screen.findByText('Older recordings did not load.')).toBeVisible();
    expect(screen.queryByText('No recording fits')).not.toBeInTheDocument();
    expect(older).toHaveBeenCalledTimes(1);
    older.mockReturnValue(true);
    await user.click(within(screen.getByRole('main')).getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('row', { name: /Zoe/ })).toBeVisible();
  });

  it('plays nothing that is still being recorded', async () => {
    await recordings(({ server: { company } }) => {
      company.sounds.recordings = company.sounds.recordings.slice(0, 1).map((each) => ({
        ...each,
        state: 'running',
      }));
    });
    expect(await screen.findByText('Being recorded')).toBeVisible();
    expect(screen.queryByRole('button', { name: /^Listen/ })).not.toBeInTheDocument();
  });

  it('says so when there is none', async () => {
    await recordings(({ server: { company } }) => (company.sounds.recordings = []));
    expect(await screen.findByText('No recordings yet')).toBeVisible();
  });

  it('says so when it cannot be loaded, and tries again', async () => {
    const { server, user } = await recordings((stage) => (stage.server.options.broken = true));
    expect(await screen.findByText('The list did not load.')).toBeVisible();
    server.options.broken = false;
    const list = within(screen.getByRole('main'));
    await user.click(list.getByRole('button', { name: 'Try again' }));
    await waitFor(async () => expect(await rows()).toHaveLength(5));
  });

  it('is not for who may hear nothing', async () => {
    await recordings(({ server: { company } }) => (company.me.hears_recordings = 'none'));
    expect(await screen.findByText(/Nobody has permitted you/)).toBeVisible();
    expect(screen.queryByRole('link', { name: 'Recordings' })).not.toBeInTheDocument();
  });

  it('is new when another one has ended', async () => {
    const { server, kept } = await recordings();
    await waitFor(async () => expect(await rows()).toHaveLength(5));
    act(() => server.sounds.record(kept.recordings.slice(1)));
    await waitFor(async () => expect(await rows()).toHaveLength(4));
  });

  it('deletes after a question', async () => {
    const { user, kept } = await recordings();
    const [first] = await screen.findAllByRole('button', { name: `Delete: ${ben}` });
    if (first === undefined) throw new Error('it can be deleted');
    await user.click(first);
    const question = within(await screen.findByRole('dialog', { name: 'Delete this recording?' }));
    expect(question.getByText(/Anna Berger with Ben Okafor/)).toBeVisible();
    await user.click(question.getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(kept.recordings.map(({ id }) => id)).not.toContain('r-1'));
    await waitFor(async () => expect(await rows()).toHaveLength(4));
  });
});

describe('the player', () => {
  it('plays, and says where it is and who speaks', async () => {
    const { dock, audio, slider } = await listening();
    expect(await slider()).toHaveAttribute('aria-valuetext', '0:00 of 12:34');
    act(() => audio.pass(61));
    await waitFor(async () => expect(await slider()).toHaveAttribute('aria-valuetext', '1:01 of 12:34'));
    expect(dock.getByText('1:01 / 12:34')).toBeVisible();
    for (let at_s = 0; at_s < 20; at_s += 1) act(() => audio.pass(1));
    expect(await dock.findByText('Speaks')).toBeInTheDocument();
  });

  it('seeks by keys, by buttons and by the pointer', async () => {
    const { user, dock, slider } = await listening();
    const bar = await slider();
    act(() => bar.focus());
    await user.keyboard('{ArrowRight}{ArrowRight}{PageUp}{ArrowLeft}');
    expect(bar).toHaveAttribute('aria-valuenow', '65');
    await user.click(dock.getByRole('button', { name: 'On 10 seconds' }));
    expect(bar).toHaveAttribute('aria-valuenow', '75');
    await user.click(dock.getByRole('button', { name: 'Back 10 seconds' }));
    expect(bar).toHaveAttribute('aria-valuenow', '65');
    act(() => bar.focus());
    await user.keyboard('{End}');
    expect(bar).toHaveAttribute('aria-valuenow', '754');
    await user.keyboard('{Home}');
    expect(bar).toHaveAttribute('aria-valuenow', '0');
    vi.spyOn(bar, 'getBoundingClientRect').mockReturnValue(new DOMRect(0, 0, 400, 64));
    await user.pointer([
      { keys: '[MouseLeft>]', target: bar, coords: { clientX: 100 } },
      { target: bar, coords: { clientX: 200 } },
    ]);
    expect(bar).toHaveAttribute('aria-valuenow', '377');
    await user.pointer([
      { target: bar, coords: { clientX: 300 } },
      { keys: '[/MouseLeft]', target: bar, coords: { clientX: 300 } },
    ]);
    expect(bar).toHaveAttribute('aria-valuenow', '566');
  });

  it('pauses by the space bar, and plays faster', async () => {
    const { user, dock, audio, slider } = await listening();
    const bar = await slider();
    act(() => bar.focus());
    await user.keyboard(' ');
    expect(audio.paused).toBe(true);
    await user.click(await dock.findByRole('button', { name: 'Play' }));
    await dock.findByRole('button', { name: 'Pause' });
    await user.selectOptions(dock.getByLabelText('Speed'), '1.5×');
    expect(audio.playbackRate).toBe(1.5);
  });

  it('goes on on other pages, until it is closed', async () => {
    const { user, dock, audio } = await listening();
    act(() => void (window.location.hash = '/settings'));
    await screen.findByRole('heading', { level: 1, name: 'Settings' });
    expect(audio.paused).toBe(false);
    expect(dock.getByRole('link', { name: 'Download' })).toHaveAttribute(
      'href',
      expect.stringMatching(/\/api\/v1\/recordings\/r-1\/audio\?download=1$/),
    );
    await user.click(dock.getByRole('button', { name: 'Close the player' }));
    await waitFor(() => expect(screen.queryByRole('region', { name: 'Player' })).not.toBeInTheDocument());
    expect(audio.paused).toBe(true);
  });

  it('falls silent when a call begins', async () => {
    const { audio, ...opened } = await listening();
    act(() => void (window.location.hash = '/keypad'));
    await talkTo(opened, '102');
    expect(audio.paused).toBe(true);
  });

  it('says that a recording is gone', async () => {
    const { dock } = await listening(({ server: { company }, audio }) => {
      company.sounds.hasShape = () => false;
      audio.broken.add('https://pbx.example.com:8802/api/v1/recordings/r-1/audio');
    });
    expect(await dock.findByText(/This recording is gone/)).toBeVisible();
    expect(dock.getByRole('button', { name: 'Play' })).toBeDisabled();
    expect(dock.queryByRole('link', { name: 'Download' })).not.toBeInTheDocument();
  });

  it('falls silent when the recording is deleted by somebody else', async () => {
    const { dock, audio, server, kept } = await listening();
    await dock.findByRole('button', { name: 'Pause' });
    act(() => server.sounds.record(kept.recordings.slice(1)));
    expect(await dock.findByText(/This recording is gone/)).toBeVisible();
    expect(audio.paused).toBe(true);
  });

  it('tries again what could not be played', async () => {
    const { dock, user, audio } = await listening((stage) =>
      stage.audio.broken.add('https://pbx.example.com:8802/api/v1/recordings/r-1/audio'),
    );
    expect(await dock.findByText('It cannot be played at the moment.')).toBeVisible();
    audio.broken.clear();
    await user.click(dock.getByRole('button', { name: 'Try again' }));
    expect(await dock.findByRole('button', { name: 'Pause' })).toBeVisible();
  });
});

it('plays a recorded call from the list of past calls', async () => {
  const { user, stage } = await ready();
  const listen = await button('Listen: Ben Okafor');
  await user.click(listen);
  expect(stage.audio.src).toMatch(/recordings\/r-1\/audio$/);
  const dock = await player();
  expect(await dock.findByText('0:00 / 12:34')).toBeVisible();
  await user.click(await button('Pause: Ben Okafor'));
  expect(stage.audio.paused).toBe(true);
});

it('says whose recording it is that plays from the list of past calls', async () => {
  const { user } = await ready(({ server: { company } }) => {
    const [one] = company.sounds.recordings;
    if (one === undefined) throw new Error('there are recordings');
    company.sounds.recordings = [{ ...one, own: one.other, other: one.own }];
  });
  await user.click(await button('Listen: Ben Okafor'));
  const dock = await player();
  expect((await dock.findByText('Ben Okafor')).parentElement).toHaveAttribute('data-side', 'own');
  expect(dock.getByText('Anna Berger').parentElement).toHaveAttribute('data-side', 'others');
});
