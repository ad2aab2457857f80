/** The app around its calls, as people use it, on the fake server: roles and names, no implementation details. */
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { PASSWORD } from '../dev/fake/company.ts';
import { BEN, open, ready, button } from './App.testing.tsx';
import { switchLanguage } from './i18n/i18n.ts';

describe('signing in', () => {
  it('leads to the phone', async () => {
    const { user } = open({ signedIn: false });
    await user.type(await screen.findByRole('textbox', { name: 'Extension or name' }), '101');
    await user.type(screen.getByLabelText('Password'), `${PASSWORD}{Enter}`);
    expect(await screen.findByText('Ready for calls')).toBeVisible();
  });

  it('says when the password is wrong', async () => {
    const { user } = open({ signedIn: false });
    await user.type(await screen.findByRole('textbox', { name: 'Extension or name' }), '101');
    await user.type(screen.getByLabelText('Password'), 'nonsense{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent('Name or password is wrong');
  });

  it('says for how long a person is locked out', async () => {
    const { user } = open({ signedIn: false, lockedOut: true });
    await user.type(await screen.findByRole('textbox', { name: 'Extension or name' }), '101');
    await user.type(screen.getByLabelText('Password'), 'nonsense{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent(/try again in 4:3\d/);
  });

  it('asks for what is missing', async () => {
    const { user } = open({ signedIn: false });
    await user.click(await button('Sign in'));
    expect(screen.getByText('Type your extension or your name.')).toBeVisible();
    expect(screen.getByText('Type your password.')).toBeVisible();
  });

  it('comes after a session that the server ended', async () => {
    const { stage } = await ready();
    stage.signalling.signOut();
    expect(await screen.findByText(/Your session has ended/)).toBeVisible();
  });

  it('comes after a session whose events ended', async () => {
    const { stage } = await ready();
    stage.server.expire(true);
    expect(await screen.findByText(/Your session has ended/)).toBeVisible();
  });

  it('comes after a request that found no session', async () => {
    const { stage } = await ready();
    await screen.findByRole('button', { name: /Ben Okafor Available/ });
    stage.server.expire(false);
    stage.server.tell({ type: 'journal_changed' });
    expect(await screen.findByText(/Your session has ended/)).toBeVisible();
  });

  it('says when no server answers', async () => {
    open({ away: true });
    expect(await screen.findByText('The server cannot be reached.')).toBeVisible();
  });
});

describe('the phone and its surroundings', () => {
  it('can be taken back from where else it is open', async () => {
    const { stage, user } = await ready();
    stage.signalling.become({ state: 'displaced' });
    await user.click(await button('Use it here'));
    expect(await screen.findByText('Ready for calls')).toBeVisible();
  });

  it('shows how people are as it changes', async () => {
    const { stage } = await ready();
    await screen.findByRole('button', { name: /Ben Okafor Available/ });
    stage.server.tell({ type: 'user_state', id: 102, state: 'on_a_call' });
    expect(await screen.findByRole('button', { name: /Ben Okafor On a call/ })).toBeVisible();
  });

  it('counts missed calls until the list is opened, also after a reload', async () => {
    const { stage, user } = await ready();
    const tab = (name: string) => screen.findAllByRole('link', { name });
    expect(await tab('Recent 2 missed calls')).not.toHaveLength(0);
    expect(document.title).toBe('(2) farend');
    for (const link of (await tab('Recent 2 missed calls')).slice(-1)) await user.click(link);
    expect(await tab('Recent')).not.toHaveLength(0);
    expect(document.title).toBe('farend');
    window.location.hash = '/people';
    const [missed] = stage.server.company.calls;
    if (missed === undefined) throw new Error('somebody has called');
    const later = { ...missed, id: 'later', ended_at: new Date().toISOString() };
    stage.server.company.calls = [later, ...stage.server.company.calls];
    stage.server.tell({ type: 'journal_changed' });
    expect(await tab('Recent 1 missed call')).not.toHaveLength(0);
    cleanup();
    await ready(({ server }) => (server.company.calls = stage.server.company.calls));
    expect(await tab('Recent 1 missed call')).not.toHaveLength(0);
    expect(document.title).toBe('(1) farend');
  });

  it('says so when lists do not load, and loads them on demand', async () => {
    const { stage, user } = open({ broken: true });
    expect(await screen.findByText('Your recent calls did not load.')).toBeVisible();
    stage.server.options.broken = false;
    const [people] = await screen.findAllByRole('button', { name: 'Try again' });
    if (people === undefined) throw new Error('each list has its button');
    await user.click(people);
    expect(await screen.findByRole('button', { name: /Ben Okafor/ })).toBeVisible();
  });

  it('speaks German', async () => {
    await switchLanguage('de');
    const { stage, user } = open();
    await screen.findByText('Bereit für Anrufe');
    stage.signalling.ring(BEN);
    await user.click(await button('Annehmen'));
    expect(await button('Auflegen')).toBeVisible();
  });

  it('lists its shortcuts', async () => {
    const { user } = await ready();
    await user.keyboard('?');
    expect(await screen.findByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  });

  it('signs out', async () => {
    const { user } = await ready();
    await user.click(await button(/Anna Berger/));
    await user.click(await screen.findByRole('menuitem', { name: 'Sign out' }));
    expect(await button('Sign in')).toBeVisible();
    expect(screen.queryByText(/Your session has ended/)).toBeNull();
  });

  it('leaves a call that rings to the other phones when it signs out', async () => {
    const { stage, user } = await ready();
    await user.click(await button(/Anna Berger/));
    const signOut = await screen.findByRole('menuitem', { name: 'Sign out' });
    stage.signalling.ring(BEN);
    await screen.findByRole('alertdialog');
    await user.click(signOut);
    expect(await button('Sign in')).toBeVisible();
    expect(stage.signalling.asked).toEqual(['refuse 480']);
  });

  it('says nothing of an ended session to whoever signs out', async () => {
    const { stage, user } = await ready();
    const signOut = vi.spyOn(stage.api, 'signOut').mockImplementation(() => {
      // As the server does, before it answers.
      stage.server.expire(true);
      return Promise.reject(new Error('the answer is lost'));
    });
    await user.click(await button(/Anna Berger/));
    await user.click(await screen.findByRole('menuitem', { name: 'Sign out' }));
    expect(await button('Sign in')).toBeVisible();
    expect(screen.queryByText(/Your session has ended/)).toBeNull();
    expect(signOut).toHaveBeenCalledOnce();
  });
});

describe('settings', () => {
  async function openSettings() {
    window.location.hash = '/settings';
    const opened = await ready();
    await screen.findByRole('heading', { name: 'Settings' });
    return opened;
  }

  it('remember the ringing device over a reload', async () => {
    const { user, stage } = await openSettings();
    const field = () => screen.getByRole('combobox', { name: /Ringing/ });
    expect(field()).toHaveDisplayValue('As the computer');
    await user.selectOptions(field(), 'Built-in loudspeaker');
    expect(stage.media.state().choices.ringer?.id).toBe('s2');
    cleanup();
    const { stage: reloaded } = await openSettings();
    expect(field()).toHaveDisplayValue('Built-in loudspeaker');
    expect(reloaded.media.state().choices.ringer?.id).toBe('s2');
  });

  it('show the level of the microphone', async () => {
    const { user } = await openSettings();
    await user.click(await button('Test microphone'));
    expect(await screen.findByRole('meter', { name: 'Microphone level' })).toBeVisible();
    await user.click(await button('Stop test'));
    expect(screen.queryByRole('meter')).toBeNull();
  });

  it('close the microphone that came after they were left', async () => {
    const { user, stage } = await openSettings();
    const stop = vi.fn();
    let allow: () => void = () => undefined;
    vi.spyOn(stage.media, 'testMicrophone').mockReturnValue(
      new Promise((resolve) => (allow = () => resolve({ level: () => 0, stop }))),
    );
    await user.click(await button('Test microphone'));
    window.location.hash = '/people';
    await waitFor(() => expect(screen.queryByRole('heading', { name: 'Settings' })).toBeNull());
    allow();
    await waitFor(() => expect(stop).toHaveBeenCalledOnce());
  });

  it('change the password', async () => {
    const { user } = await openSettings();
    await user.type(screen.getByLabelText('Current password'), 'wrong one');
    await user.type(screen.getByLabelText('New password'), 'a new password');
    await user.type(screen.getByLabelText('New password again'), 'a new password');
    await user.click(await button('Change password'));
    expect(await screen.findByText('That is not your current password.')).toBeVisible();
    await user.clear(screen.getByLabelText('Current password'));
    await user.type(screen.getByLabelText('Current password'), PASSWORD);
    await user.click(await button('Change password'));
    expect(await screen.findByText('Your password has been changed.')).toBeVisible();
  });

  it('leave a running call in reach', async () => {
    const { stage, user } = await openSettings();
    stage.phone.dial(BEN);
    await user.click(await button('Return to the call'));
    expect(await screen.findByRole('heading', { name: 'Ben Okafor' })).toBeVisible();
  });
});

describe('administration', () => {
  async function openAdmin(role: 'user' | 'administrator' = 'administrator') {
    window.location.hash = '/admin';
    return ready(({ server }) => (server.company.me.role = role));
  }

  it('is closed to others', async () => {
    await openAdmin('user');
    expect(await screen.findByText('Only administrators may open this page.')).toBeVisible();
  });

  it('adds a person, and says which field the server refused', async () => {
    const { user } = await openAdmin();
    await user.click(await button('Add person'));
    const dialog = within(await screen.findByRole('dialog', { name: 'Add person' }));
    await user.type(dialog.getByLabelText('Name'), 'Gül Aydın');
    await user.type(dialog.getByLabelText('Sign-in name'), 'guel');
    await user.type(dialog.getByLabelText('Extension'), '102');
    await user.click(dialog.getByRole('button', { name: 'Make one up' }));
    await user.click(dialog.getByRole('button', { name: 'Add' }));
    expect(await dialog.findByText('Somebody else has that already. Choose another one.')).toBeVisible();
    await user.clear(dialog.getByLabelText('Extension'));
    await user.type(dialog.getByLabelText('Extension'), '110');
    await user.click(dialog.getByRole('button', { name: 'Add' }));
    expect(await screen.findByRole('cell', { name: /Gül Aydın/ })).toBeVisible();
  });

  it('says in German which field the server refused', async () => {
    await switchLanguage('de');
    window.location.hash = '/admin';
    const { user } = open();
    await user.click(await button('Person anlegen'));
    const dialog = within(await screen.findByRole('dialog', { name: 'Person anlegen' }));
    await user.type(dialog.getByLabelText('Name'), 'Gül Aydın');
    await user.type(dialog.getByLabelText('Anmeldename'), 'guel');
    await user.type(dialog.getByLabelText('Nebenstelle'), '102');
    await user.click(dialog.getByRole('button', { name: 'Vorschlagen' }));
    await user.click(dialog.getByRole('button', { name: 'Anlegen' }));
    expect(await dialog.findByText(/schon vergeben/)).toBeVisible();
  });

  it('gives oneself a browser phone that works at once', async () => {
    window.location.hash = '/admin';
    const { user } = open({}, ({ server }) => (server.company.me.phone = null));
    expect(await screen.findByText('You have no browser phone.')).toBeVisible();
    await user.click(await screen.findByRole('tab', { name: 'Devices' }));
    await user.click(await button('Add phone'));
    const dialog = within(await screen.findByRole('dialog', { name: 'Add phone' }));
    await user.selectOptions(dialog.getByLabelText('Person'), 'Anna Berger (101)');
    await user.selectOptions(dialog.getByLabelText('Kind'), 'Browser phone');
    await user.type(dialog.getByLabelText('Label'), 'Browser');
    await user.click(dialog.getByRole('button', { name: 'Add' }));
    expect(await screen.findByText('Ready for calls')).toBeVisible();
  });

  it('shows the secret of a new phone once', async () => {
    const { user } = await openAdmin();
    await user.click(await screen.findByRole('tab', { name: 'Devices' }));
    await user.click(await button('Add phone'));
    const dialog = within(await screen.findByRole('dialog', { name: 'Add phone' }));
    await user.type(dialog.getByLabelText('Label'), 'Kitchen');
    await user.click(dialog.getByRole('button', { name: 'Add' }));
    expect(await screen.findByText('hX4q-9sBn-Zr6t-Kc3w')).toBeVisible();
    const secret = within(await screen.findByRole('dialog', { name: 'Secret of Kitchen' }));
    for (const fact of ['192.0.2.10', '5060', '5061', '101-desk']) {
      expect(secret.getByText(fact)).toBeVisible();
    }
    await user.click(await button(/Copy.*Port \(TLS\)/));
    expect(await navigator.clipboard.readText()).toBe('5061');
    await user.click(await button('Done'));
    expect(screen.queryByText('hX4q-9sBn-Zr6t-Kc3w')).toBeNull();
    expect(screen.getByRole('cell', { name: 'Kitchen' })).toBeVisible();
  });

  it('does not send a desk phone to an address that means itself', async () => {
    window.location.hash = '/admin';
    const { user } = await ready(({ server }) => (server.company.me.sip_server.host = '127.0.0.1'));
    await user.click(await screen.findByRole('tab', { name: 'Devices' }));
    await user.click(await button('New secret: Desk phone (Anna Berger)'));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'New secret' }));
    expect(await screen.findByText('this server’s address in your network')).toBeVisible();
    expect(screen.queryByText('127.0.0.1')).toBeNull();
  });

  it('deletes a person after asking', async () => {
    const { user } = await openAdmin();
    await user.click(await button('Delete Dmitri Volkov'));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(screen.queryByRole('cell', { name: /Dmitri Volkov/ })).toBeNull());
  });
});
