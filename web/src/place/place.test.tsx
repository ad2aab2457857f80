/** One number at several phones, as people use it: at the desk under control, in the browser, moved between them. */
import { act, screen, waitFor, within } from '@testing-library/react';
import type { UserEvent } from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { PASSWORD } from '../../dev/fake/company.ts';
import { liveCall } from '../../dev/fake/oneNumber.ts';
import { share } from '../../dev/fake/oneNumberScenes.ts';
import type { Stage } from '../../dev/fake/scenes.ts';
import { BEN, button, open, ready, talkTo } from '../App.testing.tsx';
import type { LiveCall } from '../api/types.ts';
import { LeadingTab } from '../phone/leadingTab.ts';

const BROWSER = 1011;
const DESK = 1012;

/** The app with the desk phone chosen. */
async function atDesk(prepare?: (stage: Stage) => void) {
  const opened = open({}, (stage) => {
    stage.talkOn.choose(DESK);
    prepare?.(stage);
  });
  await screen.findByText('Ready for calls');
  const become = (...calls: LiveCall[]) => act(() => opened.stage.server.oneNumber.become(calls));
  return { ...opened, become, asked: opened.stage.server.company.oneNumber.asked };
}

const switcher = () => button(/^Talk on:/);
const ringing = liveCall({ call: 'c', state: 'ringing' });
const talking = liveCall({ call: 'c', state: 'talking' });

describe('the desk phone under control', () => {
  it('touches no sound, registers no phone and speaks of no microphone', async () => {
    const started = vi.fn();
    const microphone = vi.fn();
    const { become, user, stage } = await atDesk(({ media, signalling }) => {
      vi.spyOn(media, 'start').mockImplementation(started);
      vi.spyOn(media, 'openMicrophone').mockImplementation(microphone);
      vi.spyOn(media, 'ring').mockImplementation(microphone);
      vi.spyOn(signalling, 'start').mockImplementation(started);
    });
    become(ringing);
    await user.click(await button('Answer'));
    expect(await button('Hang up')).toBeVisible();
    for (const name of ['Mute', 'Audio']) expect(screen.queryByRole('button', { name })).toBeNull();
    expect(screen.queryByRole('meter')).toBeNull();
    expect(screen.getByText('You talk at “Desk phone”.')).toBeVisible();
    window.location.hash = '/settings';
    expect(await screen.findByText(/^You talk at “Desk phone”: its own microphone/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Test microphone' })).toBeNull();
    expect(stage.signalling.asked).toEqual([]);
    expect(started).not.toHaveBeenCalled();
    expect(microphone).not.toHaveBeenCalled();
  });

  it('dials by the desk phone, and shows that it is called first', async () => {
    const { user, asked, stage, become } = await atDesk(({ server }) => (server.letsLift = true));
    await user.click(await screen.findByRole('button', { name: /Call Ben Okafor/ }));
    expect(await screen.findByText('Your desk phone is being called…', { selector: 'p' })).toBeVisible();
    await waitFor(() => expect(asked).toEqual([`dial ${DESK} 102`]));
    become(liveCall({ call: 'dialled-1', state: 'dialling', side: 'caller' }));
    expect(await screen.findByText('Ringing…')).toBeVisible();
    await user.click(await button('Cancel call'));
    await waitFor(() => expect(asked.at(-1)).toBe('hang-up dialled-1'));
    expect(stage.media.ringing).toBeNull();
    expect(await screen.findByText('Call cancelled', { selector: 'p' })).toBeVisible();
  });

  it('answers, holds, resumes, sends keys, transfers', async () => {
    const { user, asked, become } = await atDesk();
    become(ringing);
    await user.click(await button('Answer'));
    await user.click(await button('Hold'));
    await user.click(await button('Resume'));
    await button('Hold');
    await user.click(await button('Keypad'));
    await user.keyboard('7');
    await user.click(await button('Transfer'));
    const dialog = within(await screen.findByRole('dialog', { name: 'Transfer Ben Okafor to' }));
    await user.click(await dialog.findByRole('button', { name: /Cleo Marchetti/ }));
    await user.click(await dialog.findByRole('button', { name: 'Hand over' }));
    await waitFor(() =>
      expect(asked).toEqual([`answer c ${DESK}`, 'hold c', 'resume c', 'digits c 7', 'transfer c 103']),
    );
    expect(await screen.findByText('Transferred to Cleo Marchetti', { selector: 'p' })).toBeVisible();
  });

  it('declines by the keyboard, and holds by it', async () => {
    const { user, asked, become } = await atDesk();
    become(ringing);
    await screen.findByRole('alertdialog');
    await user.keyboard('r');
    await waitFor(() => expect(asked).toEqual(['decline c']));
    become(talking);
    await button('Hold');
    await user.keyboard('m');
    await user.keyboard('h');
    await waitFor(() => expect(asked.at(-1)).toBe('hold c'));
  });

  it('toggles between two calls', async () => {
    const { user, asked, become } = await atDesk();
    const cleo = { number: '103', name: 'Cleo Marchetti', user_id: 103 };
    become({ ...talking, state: 'holding' }, liveCall({ call: 'd', state: 'talking', other: cleo }));
    expect(await screen.findByRole('heading', { name: 'Cleo Marchetti' })).toBeVisible();
    await user.click(await button('Swap: Ben Okafor'));
    expect(await screen.findByRole('heading', { name: 'Ben Okafor' })).toBeVisible();
    expect(asked).toEqual(['resume c']);
  });

  it('says what the desk phone would not do', async () => {
    const { user } = await atDesk(({ server }) => server.company.oneNumber.unreachable.add(DESK));
    await user.click(await screen.findByRole('button', { name: /Call Ben Okafor/ }));
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('That phone cannot be reached. Check that it is connected.');
    await user.click(within(alert).getByRole('button', { name: 'Dismiss' }));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('says when the desk phone is not connected, and offers the computer', async () => {
    const { user, stage } = open({}, ({ talkOn, server: { company } }) => {
      talkOn.choose(DESK);
      for (const device of company.devices) if (device.id === DESK) device.registered = false;
    });
    expect(await screen.findByText('Your desk phone “Desk phone” is not connected.')).toBeVisible();
    act(() => stage.server.tell({ type: 'device_registered', id: DESK }));
    await screen.findByText('Ready for calls');
    act(() => stage.server.tell({ type: 'device_unregistered', id: DESK }));
    await screen.findByText('Your desk phone “Desk phone” is not connected.');
    await user.click(await button('Talk on this computer'));
    expect(await switcher()).toHaveAccessibleName(/This computer/);
    expect(await screen.findByText('Ready for calls')).toBeVisible();
  });
});

describe('whoever signs in next', () => {
  const signOut = async ({ user }: Awaited<ReturnType<typeof atDesk>>) => {
    await user.click(await button(/Anna Berger/));
    await user.click(await screen.findByRole('menuitem', { name: 'Sign out' }));
    await button('Sign in');
  };
  const signIn = async (user: UserEvent) => {
    await user.type(screen.getByRole('textbox', { name: 'Extension or name' }), '101');
    await user.type(screen.getByLabelText('Password'), `${PASSWORD}{Enter}`);
  };

  it('sees no call of the last person and talks on the computer', async () => {
    const opened = await atDesk();
    const { stage, become, user } = opened;
    become(talking);
    await button('Hang up');
    await signOut(opened);
    expect(stage.desk.state()).toMatchObject({ line: { state: 'connecting' }, calls: [] });
    const { company } = stage.server;
    company.oneNumber.live = [];
    company.me = { ...company.me, id: 102, name: 'Ben Okafor' };
    await signIn(user);
    await screen.findByText('Ready for calls');
    expect(stage.talkOn.chosen()).toEqual({ on: 'computer' });
    expect(screen.queryByRole('button', { name: 'Hang up' })).toBeNull();
  });

  it('finds their own choice again', async () => {
    const opened = await atDesk();
    const { stage, user } = opened;
    const start = vi.spyOn(stage.signalling, 'start');
    await signOut(opened);
    await signIn(user);
    expect(await switcher()).toHaveAccessibleName(/Desk phone/);
    expect(start).not.toHaveBeenCalled();
  });
});

describe('the switcher', () => {
  it('goes to the desk phone and back, for this browser', async () => {
    const { user, stage } = await ready();
    await user.click(await switcher());
    const dialog = within(await screen.findByRole('dialog', { name: /^Talk on:/ }));
    const talkOn = within(dialog.getByRole('group', { name: 'Talk on' }));
    expect(talkOn.getByRole('radio', { name: /This computer.*Connected/ })).toBeChecked();
    await user.click(talkOn.getByRole('radio', { name: /Desk phone.*Connected/ }));
    expect(await switcher()).toHaveAccessibleName(/Desk phone/);
    await waitFor(() => expect(stage.media.started).toBe(false));
    expect(localStorage.getItem('farend.talk_on.101')).toBe(`desk_phone:${DESK}`);
    await user.click(talkOn.getByRole('radio', { name: /This computer/ }));
    await waitFor(() => expect(stage.media.started).toBe(true));
    expect(localStorage.getItem('farend.talk_on.101')).toBeNull();
  });

  it('says when each phone rings, and changes it', async () => {
    const { user, stage } = await ready();
    await user.click(await switcher());
    const field = await screen.findByRole('combobox', { name: 'When Desk phone rings' });
    expect(field).toHaveDisplayValue('At once');
    await user.selectOptions(field, 'After 15 s');
    await waitFor(() => expect(field).toHaveDisplayValue('After 15 s'));
    await user.selectOptions(field, 'When answered in the app');
    await waitFor(() =>
      expect(stage.server.company.devices.find(({ id }) => id === DESK)).toMatchObject({
        rings: 'when_answered',
      }),
    );
    const browser = screen.getByRole('combobox', { name: 'When Browser rings' });
    expect(within(browser).queryByRole('option', { name: 'When answered in the app' })).toBeNull();
  });

  it('leaves to its owner when a phone rings that one is a guest at', async () => {
    const { user } = await ready(({ server: { company } }) => {
      for (const device of company.devices) {
        if (device.id !== DESK) continue;
        device.user_id = 102;
        device.shared = { open_to: 'everybody', people: [] };
        device.seat = { user_id: 101, mobile_user_id: null };
      }
    });
    await user.click(await switcher());
    expect(await screen.findByRole('combobox', { name: 'When Browser rings' })).toBeVisible();
    const group = within(screen.getByRole('group', { name: 'Ring me on' }));
    expect(group.getByText('Desk phone')).toBeVisible();
    expect(screen.queryByRole('combobox', { name: 'When Desk phone rings' })).toBeNull();
  });

  it('keeps a mobile and what happens to a second call', async () => {
    const { user, stage } = await ready();
    await user.click(await switcher());
    await user.type(await screen.findByRole('textbox', { name: 'Mobile number' }), '0151 2345');
    await user.selectOptions(screen.getByRole('combobox', { name: 'Mobile rings' }), 'After 20 s');
    await user.selectOptions(
      screen.getByRole('combobox', { name: 'A second call while I talk' }),
      'The caller hears busy',
    );
    await user.click(await button('Save'));
    await waitFor(() =>
      expect(stage.server.company.oneNumber.ringing.get(101)).toEqual({
        while_busy: 'busy',
        mobile: { number: '0151 2345', delay_s: 20 },
      }),
    );
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Save' })).toBeNull());
  });

  it('shows what a phone is doing', async () => {
    const { user, stage } = await ready(({ server: { company } }) => {
      // As the list of devices was when it was fetched.
      for (const device of company.devices) if (device.id === DESK) device.in_use = true;
    });
    act(() => stage.server.oneNumber.become([talking]));
    await user.click(await switcher());
    expect(await screen.findByRole('radio', { name: /Desk phone.*On a call/ })).toBeVisible();
    act(() => stage.server.oneNumber.become([ringing]));
    expect(await screen.findByRole('radio', { name: /Desk phone.*Ringing/ })).toBeVisible();
    act(() => stage.server.oneNumber.become([]));
    expect(await screen.findByRole('radio', { name: /Desk phone.*Connected/ })).toBeVisible();
  });
});

describe('the number', () => {
  it('goes back from the browser to the desk phone, and this tab follows it', async () => {
    const { user, stage } = await ready((prepared) => share(prepared, 'browser'));
    expect(await screen.findByText(/“Room 12” shows “Cancel mobility”/)).toBeVisible();
    await user.click(await button('Bring it back to the desk phone'));
    expect(await screen.findByText(/Your number is at “Room 12”/)).toBeVisible();
    expect(stage.server.company.oneNumber.asked).toEqual(['cancel mobility']);
    expect(stage.media.started).toBe(false);
    expect(localStorage.getItem('farend.talk_on.101')).toBeNull();
    await user.click(await button('Talk on this computer'));
    expect(await switcher()).toHaveAccessibleName(/This computer/);
    await waitFor(() => expect(stage.media.started).toBe(true));
  });

  it.each([
    ['the server’s news', (stage: Stage) => stage.server.oneNumber.seat('desk_phone')],
    ['the refused registration', (stage: Stage) => stage.signalling.become({ state: 'at_desk_phone' })],
  ])('is followed to the desk phone by %s', async (_by, happen) => {
    const { stage } = await ready((prepared) => share(prepared, 'browser'));
    act(() => happen(stage));
    expect(await screen.findByText(/Your number is at “Room 12”/)).toBeVisible();
    expect(stage.media.started).toBe(false);
  });

  it.each([
    ['somebody else has logged on there', { at: 'nowhere' as const, device_id: null }, [DESK], 102],
    ['the phone is not shared any more', { at: 'browser' as const, device_id: null }, [], null],
  ])('comes back to this tab when %s', async (_why, where, phones, guest) => {
    const { stage } = await ready((prepared) => share(prepared, 'browser'));
    act(() => stage.server.oneNumber.seat('desk_phone'));
    expect(await screen.findByText(/Your number is at “Room 12”/)).toBeVisible();
    const place = { ...where, phones: phones.map((id) => ({ id, label: 'Room 12' })) };
    act(() => stage.server.oneNumber.unseat(place, guest));
    await waitFor(async () => expect(await switcher()).toHaveAccessibleName(/This computer/));
    await waitFor(() => expect(stage.media.started).toBe(true));
  });

  it('is followed however old the news of where it was', async () => {
    const { stage } = await ready((prepared) => {
      share(prepared, 'browser');
      const { oneNumber } = prepared.server.company;
      oneNumber.place = { ...oneNumber.place, at: 'nowhere', device_id: null };
    });
    stage.server.company.oneNumber.place.at = 'desk_phone';
    stage.server.company.oneNumber.place.device_id = DESK;
    act(() => stage.signalling.become({ state: 'at_desk_phone' }));
    expect(await screen.findByText(/Your number is at “Room 12”/)).toBeVisible();
    expect(stage.media.started).toBe(false);
  });

  it('is brought back to the phone that it has left, whichever others there are', async () => {
    const { user, stage } = await ready((prepared) => {
      share(prepared, 'browser');
      const { oneNumber } = prepared.server.company;
      oneNumber.place.phones.unshift({ id: 9, label: 'Meeting room' });
    });
    expect(await screen.findByText(/“Room 12” shows “Cancel mobility”/)).toBeVisible();
    await user.click(await switcher());
    expect(await screen.findByRole('radio', { name: /This computer.*Your number is here/ })).toBeVisible();
    expect(screen.queryByRole('radio', { name: /Room 12.*Your number is here/ })).toBeNull();
    await user.keyboard('{Escape}');
    await user.click(await button('Bring it back to the desk phone'));
    expect(await screen.findByText(/Your number is at “Room 12”/)).toBeVisible();
    expect(stage.server.company.oneNumber.asked).toEqual(['cancel mobility']);
  });

  it('leaves a running call in the browser until that is over', async () => {
    const opened = await ready((prepared) => share(prepared, 'browser'));
    await talkTo(opened, '102');
    act(() => opened.stage.server.oneNumber.seat('desk_phone'));
    expect(await button('Mute')).toBeVisible();
    await opened.user.click(await button('Hang up'));
    await waitFor(() => expect(opened.stage.media.started).toBe(false));
    expect(await screen.findByText('Ready for calls')).toBeVisible();
  });
});

it('a phone that one is a guest at lets one log off', async () => {
  const { user, asked } = await atDesk(({ server: { company } }) => {
    company.oneNumber.place = { at: 'desk_phone', device_id: 9, phones: [{ id: 9, label: 'Meeting room' }] };
  });
  await user.click(await switcher());
  expect(await screen.findByRole('radio', { name: /Meeting room.*Your number is here/ })).toBeVisible();
  await user.click(await button('Log off from “Meeting room”'));
  await waitFor(() => expect(asked).toEqual(['log off']));
});

describe('people without a browser phone', () => {
  it('may use their desk phone', async () => {
    const { user } = open({}, ({ server }) => (server.company.me.phone = null));
    await user.click(await button('Use my desk phone'));
    expect(await screen.findByText('Ready for calls')).toBeVisible();
  });

  it('have nothing to choose without a desk phone', async () => {
    open({}, ({ server: { company } }) => {
      company.me.phone = null;
      company.devices = [];
    });
    expect(await screen.findByText('You have no browser phone.')).toBeVisible();
    expect(screen.queryByRole('button', { name: /^Talk on:/ })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Use my desk phone' })).toBeNull();
  });
});

it('keeps the computer’s sound from call to call', async () => {
  const opened = await ready();
  const stop = vi.spyOn(opened.stage.media, 'stop');
  await talkTo(opened, '102');
  await opened.user.click(await button('Hang up'));
  await talkTo(opened, '106');
  expect(stop).not.toHaveBeenCalled();
});

describe('a call at another phone', () => {
  it('is taken to the browser by its code', async () => {
    const { user, stage } = await ready();
    act(() => stage.server.oneNumber.become([talking]));
    const bar = within(await screen.findByRole('region', { name: 'Call at Desk phone' }));
    expect(bar.getByText('Ben Okafor')).toBeVisible();
    await user.click(bar.getByRole('button', { name: 'Take it here' }));
    await waitFor(() => expect(stage.signalling.asked).toEqual(['invite *11']));
  });

  it('is the one that is taken where several run', async () => {
    const { user, stage } = await ready();
    const cleo = { number: '103', name: 'Cleo Marchetti', user_id: 103 };
    act(() =>
      stage.server.oneNumber.become([
        { ...talking, state: 'holding' },
        liveCall({ call: 'd', state: 'talking', other: cleo }),
      ]),
    );
    const [bar] = await screen.findAllByRole('region', { name: 'Call at Desk phone' });
    if (bar === undefined) throw new Error('two calls run');
    expect(within(bar).getByText('Ben Okafor')).toBeVisible();
    await user.click(within(bar).getByRole('button', { name: 'Take it here' }));
    await waitFor(() => expect(stage.server.company.oneNumber.asked).toEqual([`move c ${BROWSER}`]));
    expect(stage.signalling.asked).toEqual([]);
  });

  it('is taken to the desk phone under control, and is controlled where it is', async () => {
    const { user, become, asked } = await atDesk();
    become(liveCall({ call: 'c', state: 'talking', device_ids: [BROWSER] }));
    const bar = within(await screen.findByRole('region', { name: 'Call at Browser' }));
    await user.click(bar.getByRole('button', { name: 'Hold' }));
    await user.click(await bar.findByRole('button', { name: 'Resume' }));
    await bar.findByRole('button', { name: 'Hold' });
    await user.click(bar.getByRole('button', { name: 'Take it here' }));
    expect(await screen.findByText('You talk at “Desk phone”.')).toBeVisible();
    expect(asked).toEqual(['hold c', 'resume c', `move c ${DESK}`]);
  });

  it('is known from the server’s events alone, which no older answer overwrites', async () => {
    const asked: string[] = [];
    const { stage } = await ready(({ server }) => {
      const answer = server.oneNumber.answer.bind(server.oneNumber);
      vi.spyOn(server.oneNumber, 'answer').mockImplementation((what) => {
        asked.push(`${what.method} ${what.path.join('/')}`);
        return answer(what);
      });
    });
    act(() => stage.server.oneNumber.become([talking]));
    expect(await screen.findByRole('region', { name: 'Call at Desk phone' })).toBeVisible();
    expect(asked).toContain('GET me/place');
    expect(asked).not.toContain('GET me/live-calls');
  });

  it('is not shown when it is the one in this browser', async () => {
    const opened = await ready();
    await talkTo(opened, '102');
    act(() =>
      opened.stage.server.oneNumber.become([
        liveCall({ call: 'journal-102', state: 'talking', device_ids: [] }),
      ]),
    );
    expect(screen.queryByRole('region', { name: /^Call at/ })).toBeNull();
  });
});

describe('moving a call', () => {
  const move = async (opened: Awaited<ReturnType<typeof ready>>) => {
    const { server } = opened.stage;
    await talkTo(opened, BEN.number);
    const mine = liveCall({ call: 'journal-102', state: 'talking', device_ids: [BROWSER] });
    act(() => server.oneNumber.become([mine]));
    await opened.user.click(await button('Move'));
    await opened.user.click(await screen.findByRole('menuitem', { name: 'Desk phone' }));
  };

  it('asks the server, and says to talk on meanwhile', async () => {
    const opened = await ready();
    await move(opened);
    await waitFor(() =>
      expect(opened.stage.server.company.oneNumber.asked).toEqual([`move journal-102 ${DESK}`]),
    );
    act(() =>
      opened.stage.signalling.end(opened.stage.phone.state().calls[0]?.id ?? '', { because: 'moved' }),
    );
    expect(await screen.findByText('Moved to another phone', { selector: 'p' })).toBeVisible();
    expect(await screen.findByRole('region', { name: 'Call at Desk phone' })).toBeVisible();
  });

  it('says that the call is still here when it fails', async () => {
    const opened = await ready(({ server }) => server.company.oneNumber.unreachable.add(DESK));
    await move(opened);
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The call could not be moved and is still here. That phone cannot be reached.',
    );
  });
});

describe('several tabs', () => {
  it('leave the phone to one, and take it over on request', async () => {
    const { user, stage } = open({}, ({ locks }) => void locks.takeElsewhere());
    expect(await screen.findByText('Your phone is open in another tab.')).toBeVisible();
    await user.click(await button('Use it here'));
    expect(await screen.findByText('Ready for calls')).toBeVisible();
    act(() => void stage.locks.takeElsewhere());
    expect(await screen.findByText('Your phone is open in another tab.')).toBeVisible();
  });

  it('do not take the number back from the desk phone', async () => {
    const { stage } = await ready((prepared) => share(prepared, 'browser'));
    const other = vi.fn();
    const tab = new LeadingTab(stage.locks);
    tab.join(other);
    act(() => stage.server.oneNumber.seat('desk_phone'));
    expect(await screen.findByText(/Your number is at “Room 12”/)).toBeVisible();
    expect(other).not.toHaveBeenCalledWith(true);
  });

  it('hear of a choice that was made in the one before when they get the phone', async () => {
    const { stage } = open({}, ({ locks }) => void locks.takeElsewhere());
    await screen.findByText('Your phone is open in another tab.');
    const start = vi.spyOn(stage.signalling, 'start');
    localStorage.setItem('farend.talk_on.101', `desk_phone:${DESK}`);
    act(() => stage.tab.takeOver());
    expect(await switcher()).toHaveAccessibleName(/Desk phone/);
    expect(await screen.findByText('Ready for calls')).toBeVisible();
    expect(start).not.toHaveBeenCalled();
  });

  it('let the next one go on once the person has chosen their desk phone', async () => {
    const { stage } = await ready();
    const other = vi.fn();
    const tab = new LeadingTab(stage.locks);
    tab.join(other);
    act(() => stage.talkOn.choose(DESK));
    await waitFor(() => expect(other).toHaveBeenCalledWith(true));
  });

  it('keep a running call when another one takes over', async () => {
    const opened = await ready();
    await talkTo(opened, '102');
    act(() => void opened.stage.locks.takeElsewhere());
    expect(await button('Hang up')).toBeVisible();
    await opened.user.click(await button('Hang up'));
    expect(await screen.findByText('Your phone is open in another tab.')).toBeVisible();
  });
});
