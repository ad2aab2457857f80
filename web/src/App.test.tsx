/** The app as people use it, on the fake server: roles and names, no implementation details. */
import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { PASSWORD } from '../dev/fake/company.ts';
import { createStage, type Stage } from '../dev/fake/scenes.ts';
import type { FakeServerOptions } from '../dev/fake/server.ts';
import { App } from './App.tsx';
import { switchLanguage } from './i18n/i18n.ts';

const AT_ONCE = { connect_ms: 0, ring_ms: 0, answer_ms: 0 };
const BEN = { number: '102', name: 'Ben Okafor' };
const CLEO = { number: '103', name: 'Cleo Marchetti' };

function open(options: FakeServerOptions = {}, prepare?: (stage: Stage) => void) {
  const stage = createStage(options, AT_ONCE);
  prepare?.(stage);
  render(<App backend={stage} />);
  return { stage, user: userEvent.setup() };
}

/** The app, signed in and connected. */
async function ready(prepare?: (stage: Stage) => void) {
  const opened = open({}, prepare);
  await screen.findByText('Ready for calls');
  return opened;
}

const button = (name: string | RegExp) => screen.findByRole('button', { name });

const focused = () => (document.activeElement instanceof HTMLElement ? document.activeElement : null);

async function talkTo(opened: Awaited<ReturnType<typeof ready>>, number: string) {
  await opened.user.type(await screen.findByRole('combobox', { name: 'Search or dial' }), `${number}{Enter}`);
  await button('Hang up');
}

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

describe('calling somebody', () => {
  it('finds people while typing, and Enter calls', async () => {
    const { user, stage } = await ready();
    const field = await screen.findByRole('combobox', { name: 'Search or dial' });
    await user.type(field, 'okaf');
    expect(await screen.findByRole('option', { name: /Ben Okafor.*102/ })).toHaveAttribute(
      'aria-selected',
      'true',
    );
    await user.keyboard('{Enter}');
    expect(await screen.findByRole('heading', { name: 'Ben Okafor' })).toBeVisible();
    expect(await button('Hang up')).toBeVisible();
    expect(stage.signalling.asked).toEqual(['invite 102']);
  });

  it('dials numbers as they are pasted', async () => {
    const { user, stage } = await ready();
    await user.click(await screen.findByRole('combobox', { name: 'Search or dial' }));
    await user.paste('+49 (89) 1234-0');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(stage.signalling.asked).toEqual(['invite +498912340']));
  });

  it.each(['106', '*43'])('dials %s by keys, and no list opens over them', async (number) => {
    const { user, stage } = await ready();
    await screen.findByRole('button', { name: /Call Ben Okafor/ });
    const pad = within(screen.getByRole('region', { name: 'Dial pad' }));
    for (const key of number) {
      await user.click(pad.getByRole('button', { name: key }));
      expect(screen.queryByRole('listbox')).toBeNull();
    }
    expect(stage.signalling.asked).toEqual([]);
    await user.click(pad.getByRole('button', { name: 'Call' }));
    await waitFor(() => expect(stage.signalling.asked).toEqual([`invite ${number}`]));
  });

  it('proposes people beside the keys, and takes the list of matches away with the focus', async () => {
    const { user, stage } = await ready();
    await user.type(await screen.findByRole('combobox', { name: 'Search or dial' }), 'okaf');
    await screen.findByRole('option', { name: /Ben Okafor/ });
    await user.click(document.body);
    expect(screen.queryByRole('listbox')).toBeNull();
    const pad = within(screen.getByRole('region', { name: 'Dial pad' }));
    await user.click(pad.getByRole('button', { name: 'Call Ben Okafor 102' }));
    await waitFor(() => expect(stage.signalling.asked).toEqual(['invite 102']));
  });

  it('calls from the list of people, and holds the call before', async () => {
    const opened = await ready();
    await talkTo(opened, '*43');
    await opened.user.click(await screen.findByRole('button', { name: /Call Ben Okafor/ }));
    await waitFor(() => expect(opened.stage.signalling.asked).toEqual(['invite *43', 'hold', 'invite 102']));
  });

  it.each([
    ['en', 'Fair sound: 3.4 of 5'],
    ['de', 'Mäßiger Ton: 3,4 von 5'],
  ])('writes figures as in %s', async (language, words) => {
    await switchLanguage(language);
    open();
    expect(await screen.findByTitle(words)).toBeVisible();
  });

  it('calls back from recent calls', async () => {
    const { user, stage } = await ready();
    await user.click(await screen.findByRole('button', { name: /Call back Cleo Marchetti.*Missed/ }));
    await waitFor(() => expect(stage.signalling.asked).toEqual(['invite 103']));
  });

  it.each([
    ['103', 'Cleo Marchetti is on another call'],
    ['104', 'Dmitri Volkov has no phone connected'],
    ['105', 'Elif Yılmaz declined the call'],
    ['108', 'Jorge Núñez did not answer'],
    ['999', 'The number 999 does not exist'],
  ])('says why a call to %s failed', async (number, words) => {
    const { user } = await ready();
    await user.type(await screen.findByRole('combobox', { name: 'Search or dial' }), `${number}{Enter}`);
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent(words);
    await user.click(within(alert).getByRole('button', { name: 'Dismiss' }));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it.each([
    ['missing', 'No microphone found'],
    ['denied', 'The microphone is blocked for this page'],
    ['in_use', 'Another program is using the microphone'],
  ] as const)('says what is wrong with a microphone that is %s', async (problem, words) => {
    const { user, stage } = await ready(({ media }) => (media.problem = problem));
    await user.click(await screen.findByRole('button', { name: /Call Ben Okafor/ }));
    expect(await screen.findByRole('alert')).toHaveTextContent(words);
    expect(stage.signalling.asked).toEqual([]);
  });

  it('tells the far end ringing from silence', async () => {
    const { user, stage } = await ready(({ signalling }) => (signalling.letsRing = true));
    await user.click(await screen.findByRole('button', { name: /Call Ben Okafor/ }));
    await waitFor(() => expect(stage.media.ringing).toBe('far_end'));
    await user.click(await button('Cancel call'));
    expect(stage.media.ringing).toBeNull();
  });
});

describe('being called', () => {
  it('rings with the name that the directory knows', async () => {
    const { stage, user } = await ready();
    stage.signalling.ring({ number: '102', name: 'B. O.' });
    const incoming = await screen.findByRole('alertdialog', { name: /Ben Okafor/ });
    expect(stage.media.ringing).toBe('call');
    expect(document.title).toContain('Ben Okafor is calling');
    await user.click(within(incoming).getByRole('button', { name: 'Answer' }));
    expect(await button('Hang up')).toBeVisible();
    expect(stage.media.ringing).toBeNull();
    expect(document.title).not.toContain('Ben Okafor');
  });

  it('can be rejected', async () => {
    const { stage, user } = await ready();
    stage.signalling.ring(BEN);
    await user.click(await button('Reject'));
    expect(screen.queryByRole('alertdialog')).toBeNull();
    expect(stage.signalling.asked).toEqual(['refuse 603']);
  });

  it('is answered by one key, unless somebody is typing', async () => {
    const { stage, user } = await ready();
    stage.signalling.ring(BEN);
    await user.type(await screen.findByRole('combobox', { name: 'Search or dial' }), 'a');
    expect(screen.getByRole('alertdialog')).toBeVisible();
    await user.click(document.body);
    await user.keyboard('a');
    expect(await button('Hang up')).toBeVisible();
  });

  it('says when another phone was faster', async () => {
    const { stage } = await ready();
    const call = stage.signalling.ring(BEN);
    await screen.findByRole('alertdialog');
    stage.signalling.end(call, { because: 'answered_elsewhere' });
    expect((await screen.findAllByText('Answered on another phone')).length).toBeGreaterThan(0);
  });
});

describe('being called with a dialog open', () => {
  const dialogs: Record<string, (opened: Awaited<ReturnType<typeof ready>>) => Promise<void>> = {
    'the transfer': async (opened) => {
      await talkTo(opened, '102');
      await opened.user.click(await button('Transfer'));
    },
    'the list of shortcuts': async ({ user }) => user.keyboard('?'),
    'a new person': async ({ user }) => {
      window.location.hash = '/admin';
      await user.click(await button('Add person'));
    },
    'a new phone': async ({ user }) => {
      window.location.hash = '/admin';
      await user.click(await screen.findByRole('tab', { name: 'Devices' }));
      await user.click(await button('Add phone'));
    },
    'a question': async ({ user }) => {
      window.location.hash = '/admin';
      await user.click(await button('Delete Dmitri Volkov'));
    },
    'a secret': async ({ user }) => {
      window.location.hash = '/admin';
      await user.click(await screen.findByRole('tab', { name: 'Devices' }));
      await user.click(await button('New secret: Desk phone (Anna Berger)'));
      await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'New secret' }));
      await screen.findByRole('dialog', { name: /Secret of/ });
    },
  };

  it.each(Object.keys(dialogs))('answers by Tab and Enter above %s', async (name) => {
    const opened = await ready();
    await dialogs[name]?.(opened);
    await screen.findByRole('dialog');
    await waitFor(() => expect(screen.getByRole('dialog')).toContainElement(focused()));
    opened.stage.signalling.ring(CLEO);
    const card = await screen.findByRole('alertdialog', { name: /Cleo/ });
    // More often than any dialog has fields: the trap would lead round and round.
    for (let tabs = 0; tabs < 20 && !card.contains(focused()); tabs += 1) await opened.user.tab();
    expect(card).toContainElement(focused());
    await opened.user.tab({ shift: true });
    expect(screen.getByRole('dialog')).toContainElement(focused());
    await opened.user.tab();
    while (!/answer$/i.test(focused()?.textContent ?? '')) await opened.user.tab();
    await opened.user.keyboard('{Enter}');
    await waitFor(() => expect(opened.stage.signalling.asked).toContain('accept'));
  });

  it('answers and rejects by one key, but not while somebody types', async () => {
    const opened = await ready();
    await dialogs['a new person']?.(opened);
    const field = await screen.findByRole('textbox', { name: 'Name' });
    opened.stage.signalling.ring(CLEO);
    await opened.user.type(field, 'ar');
    expect(field).toHaveValue('ar');
    expect(screen.getByRole('alertdialog')).toBeVisible();
    (await button('Cancel')).focus();
    await opened.user.keyboard('r');
    expect(opened.stage.signalling.asked).toEqual(['refuse 603']);
    opened.stage.signalling.ring(CLEO);
    await opened.user.keyboard('a');
    await waitFor(() => expect(opened.stage.signalling.asked).toEqual(['refuse 603', 'accept']));
  });
});

describe('when something breaks', () => {
  it('still rings where the browser throws from notifications', async () => {
    const refusing = Object.assign(
      vi.fn(function () {
        throw new TypeError('Illegal constructor');
      }),
      { permission: 'granted' },
    );
    Object.assign(window, { Notification: refusing });
    vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    try {
      const { stage, user } = await ready();
      stage.signalling.ring(BEN);
      await user.click(await button('Answer'));
      expect(await button('Hang up')).toBeVisible();
      expect(refusing).toHaveBeenCalledOnce();
    } finally {
      Reflect.deleteProperty(window, 'Notification');
    }
  });

  it('keeps the calls of a screen that cannot be drawn', async () => {
    vi.spyOn(console, 'error').mockReturnValue(undefined);
    const opened = await ready();
    await talkTo(opened, '102');
    const { company } = opened.stage.server;
    const [someone] = company.users;
    if (someone === undefined) throw new Error('somebody works here');
    company.users = [
      { ...someone, id: 1, name: undefined as never },
      { ...someone, id: 2 },
    ];
    opened.stage.server.tell({ type: 'directory_changed' });
    expect(await screen.findByRole('alert')).toHaveTextContent('Your calls go on');
    expect(opened.stage.signalling.asked).toEqual(['invite 102']);
    company.users = [someone];
    opened.stage.server.tell({ type: 'directory_changed' });
    await opened.user.click(await button('Mute'));
    await opened.user.click(await button('Try again'));
    await opened.user.click(await button('Hang up'));
    expect(opened.stage.signalling.asked).toEqual(['invite 102', 'mute', 'hang up']);
  });
});

describe('during a call', () => {
  it('mutes, holds, resumes and hangs up', async () => {
    const opened = await ready();
    const { user, stage } = opened;
    await talkTo(opened, '102');
    await user.click(await button('Mute'));
    expect(screen.getByText('Muted: they cannot hear you')).toBeVisible();
    await user.click(await button('Unmute'));
    await user.click(await button('Hold'));
    await user.click(await button('Resume'));
    await user.click(await button('Hang up'));
    expect((await screen.findAllByText(/Call ended/)).length).toBeGreaterThan(0);
    expect(stage.signalling.asked).toEqual(['invite 102', 'mute', 'unmute', 'hold', 'resume', 'hang up']);
  });

  it('sends digits from the keyboard', async () => {
    const opened = await ready();
    await talkTo(opened, '102');
    await opened.user.click(await button('Keypad'));
    await opened.user.keyboard('4#');
    await opened.user.click(await button('7'));
    expect(opened.stage.signalling.asked).toEqual(['invite 102', 'tone 4', 'tone #', 'tone 7']);
    expect(screen.getByText('4#7')).toBeVisible();
  });

  it('transfers to somebody found by name', async () => {
    const opened = await ready();
    await talkTo(opened, '102');
    await opened.user.click(await button('Transfer'));
    const dialog = await screen.findByRole('dialog', { name: /Transfer Ben Okafor to/ });
    await opened.user.type(within(dialog).getByRole('textbox', { name: 'Search or dial' }), 'recep{Enter}');
    expect((await screen.findAllByText('Transferred to Reception')).length).toBeGreaterThan(0);
    expect(opened.stage.signalling.asked).toEqual(['invite 102', 'transfer 100', 'hang up']);
  });

  it('goes on when a transfer is refused', async () => {
    const opened = await ready();
    await talkTo(opened, '102');
    await opened.user.click(await button('Transfer'));
    const dialog = await screen.findByRole('dialog');
    await opened.user.type(within(dialog).getByRole('textbox', { name: 'Search or dial' }), '103{Enter}');
    expect(await screen.findByText(/transfer to Cleo Marchetti did not work/)).toBeVisible();
    expect(await button('Hang up')).toBeVisible();
  });

  it('takes a second call, holds the first one, and swaps', async () => {
    const opened = await ready();
    await talkTo(opened, '102');
    opened.stage.signalling.ring(CLEO);
    await screen.findByRole('alertdialog', { name: /Cleo/ });
    expect(opened.stage.media.ringing).toBe('waiting');
    await opened.user.click(await button('Hold and answer'));
    expect(await screen.findByRole('heading', { name: 'Cleo Marchetti' })).toBeVisible();
    await opened.user.click(await button('Swap: Ben Okafor'));
    expect(await screen.findByRole('heading', { name: 'Ben Okafor' })).toBeVisible();
    expect(opened.stage.signalling.asked).toEqual(['invite 102', 'hold', 'accept', 'hold', 'resume']);
  });

  it('hangs up for a second call', async () => {
    const opened = await ready();
    await talkTo(opened, '102');
    opened.stage.signalling.ring(CLEO);
    await opened.user.click(await button('Hang up and answer'));
    expect(await screen.findByRole('heading', { name: 'Cleo Marchetti' })).toBeVisible();
    await waitFor(() => expect(opened.stage.signalling.asked).toEqual(['invite 102', 'hang up', 'accept']));
  });

  it('gives up a call that nobody has answered for one that comes in', async () => {
    const opened = await ready(({ signalling }) => (signalling.letsRing = true));
    await opened.user.click(await screen.findByRole('button', { name: /Call Ben Okafor/ }));
    await button('Cancel call');
    opened.stage.signalling.ring(CLEO);
    await screen.findByRole('alertdialog');
    expect(screen.queryByRole('button', { name: 'Hold and answer' })).toBeNull();
    await opened.user.click(document.body);
    await opened.user.keyboard('a');
    await waitFor(() => expect(opened.stage.signalling.asked).toEqual(['invite 102', 'hang up', 'accept']));
  });

  it('puts the call that is just being answered on hold for another one', async () => {
    const opened = await ready();
    opened.stage.media.hesitates = true;
    opened.stage.signalling.ring(BEN);
    await opened.user.click(await button('Answer'));
    await screen.findByText('Opening the microphone…');
    const [first] = opened.stage.phone.state().calls;
    opened.stage.media.hesitates = false;
    opened.stage.signalling.ring(CLEO);
    await opened.user.click(await button('Hold and answer'));
    expect(await screen.findByRole('heading', { name: 'Cleo Marchetti' })).toBeVisible();
    opened.stage.phone.dispatch({ type: 'Answered', call: first?.id ?? '', at: Date.now() });
    expect(await button('Swap: Ben Okafor')).toBeVisible();
    expect(opened.stage.signalling.asked).toEqual(['accept', 'hold']);
  });

  it.each([
    ['t', 'Transfer Ben Okafor to', 'dialog'],
    ['k', 'Keypad', 'group'],
  ])('goes from Settings to the call for the key %s', async (key, name, role) => {
    const opened = await ready();
    await talkTo(opened, '102');
    window.location.hash = '/settings';
    await screen.findByRole('heading', { name: 'Settings' });
    await opened.user.keyboard(key);
    expect(await screen.findByRole(role, { name })).toBeVisible();
  });

  it('can be muted and ended from Settings, which says how it stands', async () => {
    const opened = await ready();
    window.location.hash = '/settings';
    await screen.findByRole('heading', { name: 'Settings' });
    opened.stage.media.hesitates = true;
    opened.stage.signalling.ring(BEN);
    await opened.user.click(await button('Answer'));
    expect(await screen.findByText('Opening the microphone…')).toBeVisible();
    await opened.user.click(await button('Cancel call'));
    opened.stage.media.hesitates = false;
    opened.stage.phone.dial(BEN);
    await opened.user.click(await button('Mute'));
    await opened.user.click(await button('Unmute'));
    await opened.user.click(await button('Hang up'));
    expect(opened.stage.signalling.asked).toEqual(['refuse 603', 'invite 102', 'mute', 'unmute', 'hang up']);
  });

  it('goes on when a hold is refused, and says so', async () => {
    const opened = await ready(({ signalling }) => (signalling.refusesHold = true));
    await talkTo(opened, '102');
    await opened.user.click(await button('Hold'));
    expect(await screen.findByRole('alert')).toHaveTextContent('Putting Ben Okafor on hold did not work');
    expect(await button('Hang up')).toBeVisible();
    opened.stage.signalling.refusesHold = false;
    await opened.user.click(await button('Hold'));
    expect(await button('Resume')).toBeEnabled();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('shows and tells who talks after a transfer at the far end', async () => {
    const opened = await ready();
    await talkTo(opened, '102');
    const [call] = opened.stage.phone.state().calls;
    opened.stage.signalling.handOver(call?.id ?? '', CLEO);
    expect(await screen.findByRole('heading', { name: 'Cleo Marchetti' })).toBeVisible();
    expect(screen.getByText('Now talking to Cleo Marchetti')).toBeInTheDocument();
  });

  it('says when the server hears it badly, in this call only', async () => {
    const opened = await ready();
    await talkTo(opened, '102');
    const heard = { type: 'call_quality', leg: 1, mos: 2, jitter_ms: 9, round_trip_ms: 60 } as const;
    opened.stage.server.tell({ ...heard, call: 'journal-of-another', loss_percent: 40 });
    expect(screen.queryByText(/may hear you badly/)).toBeNull();
    opened.stage.server.tell({ ...heard, call: 'journal-102', loss_percent: 12 });
    expect(await screen.findByText(/Ben Okafor may hear you badly/)).toBeVisible();
    opened.stage.server.tell({ ...heard, call: 'journal-102', loss_percent: 0 });
    await waitFor(() => expect(screen.queryByText(/may hear you badly/)).toBeNull());
  });

  it('says when the sound takes long to come', async () => {
    const { stage } = await ready();
    const call = 'in';
    const answer = (ago_ms: number) => {
      const at = Date.now() - ago_ms;
      stage.phone.dispatch({ type: 'Called', call, party: BEN, at });
      stage.phone.dispatch({ type: 'AnswerPressed', call, at });
      stage.phone.dispatch({ type: 'Answered', call, at });
    };
    answer(0);
    expect(await button('Hang up')).toBeVisible();
    expect(screen.queryByText('Sound is being connected…')).toBeNull();
    stage.phone.hangUp(call);
    stage.phone.dismiss(call);
    answer(2_500);
    expect(await screen.findByText('Sound is being connected…')).toBeVisible();
    stage.phone.dispatch({ type: 'MediaChanged', call, media: 'flowing' });
    await waitFor(() => expect(screen.queryByText('Sound is being connected…')).toBeNull());
  });

  it('changes the microphone', async () => {
    const opened = await ready();
    await talkTo(opened, '102');
    await opened.user.click(await button('Audio'));
    await opened.user.click(await screen.findByRole('menuitem', { name: 'Built-in microphone' }));
    expect(opened.stage.media.state().choices.microphone?.id).toBe('m2');
  });

  it('survives the server going away', async () => {
    const opened = await ready();
    await talkTo(opened, '102');
    opened.stage.signalling.become({ state: 'away', retry_at: Date.now() + 60_000 });
    expect(await screen.findByText(/Your call goes on/)).toBeVisible();
    expect(await button('Hang up')).toBeVisible();
    await opened.user.click(await button('Try now'));
    expect(await screen.findByText('Ready for calls')).toBeVisible();
    expect(screen.queryByText(/Your call goes on/)).toBeNull();
    expect(await button('Hang up')).toBeVisible();
  });

  it('says that the server is away until it is back, also while it tries', async () => {
    const { stage } = await ready();
    stage.signalling.become({ state: 'away', retry_at: Date.now() + 60_000 });
    expect(await screen.findByText(/Trying again in/)).toBeVisible();
    stage.signalling.become({ state: 'away', retry_at: null });
    expect(await screen.findByText(/Trying now/)).toBeVisible();
    stage.signalling.become({ state: 'ready' });
    expect(await screen.findByText('Ready for calls')).toBeVisible();
    expect(screen.queryByText('The server cannot be reached.')).toBeNull();
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
