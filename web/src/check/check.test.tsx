import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { GUEST_TOKEN, type CheckWorld } from '../../dev/fake/check.ts';
import { createStage } from '../../dev/fake/scenes.ts';
import { GuestApp } from '../App.tsx';
import { BEN, button, open, ready, talkTo } from '../App.testing.tsx';
import { switchLanguage } from '../i18n/i18n.ts';

function guest(world: Partial<CheckWorld> = {}) {
  const stage = createStage({ signedIn: false, isGuest: true });
  Object.assign(stage.server.check, { time: 'at_once', ...world });
  render(<GuestApp check={stage.check} />);
  return { world: stage.server.check, user: userEvent.setup() };
}

it('asks a guest everything, says one verdict, and shows nothing else of the app', async () => {
  const { world, user } = guest();
  expect(await screen.findByRole('heading', { name: 'Check: Cleo, holiday flat' })).toBeVisible();
  expect(screen.queryByRole('navigation')).toBeNull();
  await user.click(await button('Start the check'));
  expect(await screen.findByText('We hear you well.')).toBeVisible();
  expect(screen.getByRole('heading', { name: 'Say something' })).toHaveFocus();
  await user.click(await button('I have spoken'));
  await user.click(await button('Play the sound'));
  await user.click(await button('I hear it'));
  await user.click(await button('Record'));
  await user.click(await button('I hear myself'));
  expect(await screen.findByRole('heading', { name: 'All is well' })).toHaveFocus();
  expect(screen.getByText('Calls from here have good sound in both directions.')).toBeVisible();
  const [check] = world.reported;
  expect(check).toMatchObject({
    permission: 'granted',
    microphone: { has_spoken: true, peak_dbfs: -14 },
    speaker: { is_heard: true, is_recording_heard: true },
    headset: null,
  });
  expect(check?.ways.map(({ way, is_connected }) => [way, is_connected])).toEqual([
    ['udp', true],
    ['tcp', true],
    ['tls', true],
  ]);
  expect(world.asked.every(({ token, credentials }) => token === GUEST_TOKEN && credentials === 'omit')).toBe(
    true,
  );
});

it('says that UDP is blocked in the language of the person, and presses nobody while calls have sound', async () => {
  await switchLanguage('de');
  const { user } = guest({ network: 'blocked' });
  await user.click(await button('Prüfung beginnen'));
  await user.click(await button('Alle Fragen überspringen'));
  expect(await screen.findByRole('heading', { name: 'Es geht, mit Abstrichen' })).toBeVisible();
  expect(screen.queryByText('Tun Sie zuerst dies:')).toBeNull();
  expect(screen.getAllByText(/Erlauben Sie ausgehendes UDP/)).toHaveLength(2);
  expect(screen.getByText('nein, nach 8 s')).toBeInTheDocument();
  expect(screen.getByText('UDP blockiert')).toBeInTheDocument();
});

it('goes on without a microphone, and says that there is none', async () => {
  const { world, user } = guest({ microphone: 'missing' });
  await user.click(await button('Start the check'));
  expect(await screen.findByText('No microphone found.')).toBeVisible();
  await user.click(await button('Go on without'));
  // Nothing can be recorded: the loudspeaker is the last question.
  await user.click(await button('Skip'));
  expect(await screen.findByRole('heading', { name: 'Something is in the way' })).toBeVisible();
  expect(screen.getByText('Do this first:')).toBeVisible();
  expect(world.reported[0]).toMatchObject({ permission: null, microphone: { devices: 0 }, speaker: null });
});

it('copies the link and a text for the help desk', async () => {
  const { user } = guest({ network: 'blocked' });
  await user.click(await button('Start the check'));
  await user.click(await button('Skip all questions'));
  await user.click(await button('Copy link for the help desk'));
  expect(await navigator.clipboard.readText()).toBe('https://pbx.example.com:8802/admin/doctor/checks/17');
  await user.click(await button('Copy as text'));
  const text = await navigator.clipboard.readText();
  expect(text).toContain('1. Allow outgoing UDP');
  expect(text).toContain('UDP blocked');
  expect(text).not.toContain(GUEST_TOKEN);
});

it('tells a guest whose link is over, and keeps no token then', async () => {
  sessionStorage.setItem('farend.check', GUEST_TOKEN);
  guest({ link: 'expired' });
  expect(await screen.findByText('This link is no longer good')).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Start the check' })).toBeNull();
  await waitFor(() => expect(sessionStorage.getItem('farend.check')).toBeNull());
});

it('keeps the result when the server is gone, and hands it over later', async () => {
  const { world, user } = guest({ isAway: true });
  await user.click(await button('Start the check'));
  await user.click(await button('Skip all questions'));
  expect(await screen.findByText('The result could not be handed over.')).toBeVisible();
  world.isAway = false;
  await user.click(await button('Hand it over again'));
  expect(await screen.findByRole('heading', { name: 'All is well' })).toBeVisible();
  expect(world.reported).toHaveLength(1);
});

it('runs in one tab only', async () => {
  const { user } = guest({ isElsewhere: true });
  await user.click(await button('Start the check'));
  expect(await screen.findByText(/runs in another tab/)).toBeVisible();
  expect(await button('Start the check')).toBeVisible();
});

it('still checks the rest in a browser that is too old', async () => {
  const abilities = {
    browser: { name: 'Firefox 42', system: 'Windows', missing: ['RTCPeerConnection'], is_insecure: false },
    peerConnection: false,
    microphone: false,
    recorder: false,
    hid: false,
  };
  const { world, user } = guest({ abilities, microphone: 'insecure' });
  expect(await screen.findByText(/lacks what calls need: RTCPeerConnection/)).toBeVisible();
  await user.click(await button('Start the check'));
  await user.click(await button('Skip all questions'));
  await screen.findByRole('heading', { name: 'All is well' });
  expect(world.reported[0]).toMatchObject({ ways: [], gathering: null, browser: { name: 'Firefox 42' } });
});

it('is in the menu of whoever is signed in, and waits until their call is over', async () => {
  const opened = await ready(({ server }) => void (server.check.time = 'at_once'));
  await talkTo(opened, BEN.number);
  await opened.user.click(await screen.findByRole('link', { name: 'Audio' }));
  expect(await screen.findByText(/You are on a call/)).toBeVisible();
  expect(await button('Start the check')).toBeDisabled();
  await opened.user.click(await button('Hang up'));
  await waitFor(() => expect(screen.getByRole('button', { name: 'Start the check' })).toBeEnabled());
  await opened.user.click(await button('Start the check'));
  await opened.user.click(await button('Skip all questions'));
  expect(await screen.findByRole('heading', { name: 'All is well' })).toBeVisible();
  expect(opened.stage.server.check.asked.every(({ token }) => token === null)).toBe(true);
});

it('gives microphone and connections back when the page is left', async () => {
  const { stage, user } = open({}, ({ server }) => void (server.check.time = 'at_once'));
  window.location.hash = '/check';
  await user.click(await button('Start the check'));
  await screen.findByText('We hear you well.');
  window.location.hash = '/settings';
  await screen.findByRole('heading', { name: 'Settings' });
  await waitFor(() => expect(stage.check.instruments).toMatchObject({ isOpen: false }));
});
