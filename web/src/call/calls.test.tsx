/** Calls as people make and take them, on the fake server: roles and names, no implementation details. */
import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { BEN, CLEO, open, ready, button, focused, talkTo } from '../App.testing.tsx';
import { switchLanguage } from '../i18n/i18n.ts';

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
    await opened.user.click(await within(dialog).findByRole('button', { name: 'Hand over' }));
    expect((await screen.findAllByText('Transferred to Reception')).length).toBeGreaterThan(0);
    expect(opened.stage.signalling.asked).toEqual(['invite 102', 'transfer 100', 'hang up']);
  });

  it('goes on when a transfer is refused', async () => {
    const opened = await ready();
    await talkTo(opened, '102');
    await opened.user.click(await button('Transfer'));
    const dialog = await screen.findByRole('dialog');
    await opened.user.type(within(dialog).getByRole('textbox', { name: 'Search or dial' }), '103{Enter}');
    await opened.user.click(await within(dialog).findByRole('button', { name: 'Hand over' }));
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

  it('says that they cannot be heard, why, and that it is over', async () => {
    const opened = await ready();
    await talkTo(opened, '102');
    const trouble = { type: 'audio_trouble', call: 'journal-102' } as const;
    opened.stage.server.tell({
      ...trouble,
      direction: 'from_me',
      whose: 'me',
      stage: 'network_in',
      sentence_code: 'from_me_network_in',
    });
    const words = /your sound does not reach the server/;
    expect((await screen.findByText(words)).closest('[role=status]')).not.toBeNull();
    expect(screen.getByText(words)).toBeVisible();
    expect(screen.getByText(/We are trying another way/)).toBeVisible();
    opened.stage.server.tell({ type: 'audio_fine', call: 'journal-102', direction: 'from_me' });
    await waitFor(() => expect(screen.queryByText(/does not reach the server/)).toBeNull());
    opened.stage.server.tell({
      ...trouble,
      direction: 'to_me',
      whose: 'them',
      stage: 'microphone',
      sentence_code: 'to_me_microphone',
    });
    expect(await screen.findByText(/Ben Okafor's microphone seems to be muted/)).toBeVisible();
    opened.stage.server.tell({
      ...trouble,
      call: 'journal-103',
      direction: 'from_me',
      whose: 'me',
      stage: 'sender',
      sentence_code: '',
    });
    expect(screen.queryByText(/your device sends no sound/)).toBeNull();
    // What was over while nobody listened is told no more.
    opened.stage.server.reconnect();
    await waitFor(() => expect(screen.queryByText(/microphone seems to be muted/)).toBeNull());
  });

  it('tells the server once what its microphone does, and again when that changes', async () => {
    const opened = await ready();
    await talkTo(opened, '102');
    const { stage } = opened;
    const { sides } = stage.server.oneNumber;
    await waitFor(() => expect(sides).toHaveLength(1));
    expect(sides[0]).toMatchObject({ call: 'journal-102', side: { is_held: false, is_deaf: false } });
    stage.signalling.network.microphone.muted = true;
    await waitFor(() => expect(sides).toHaveLength(2));
    expect(sides[1]).toMatchObject({ side: { microphone: 'muted_by_system' } });
    let inVain = 0;
    const away = { configurable: true, get: () => (inVain += 1) > 0 };
    Object.defineProperty(stage.server.options, 'away', away);
    stage.signalling.network.microphone.muted = false;
    await waitFor(() => expect(inVain).toBeGreaterThan(1), { timeout: 5_000 });
    expect(sides).toHaveLength(2);
    Object.defineProperty(stage.server.options, 'away', { value: false });
    await waitFor(() => expect(sides).toHaveLength(3));
    expect(sides[2]).not.toMatchObject({ side: { microphone: 'muted_by_system' } });
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

describe('the way of the sound', () => {
  async function talking() {
    const opened = await ready();
    await talkTo(opened, '102');
    const { phone } = opened.stage;
    await waitFor(() => expect(phone.state().calls[0]?.phase).toBe('running'));
    return { phone, call: phone.state().calls[0]?.id ?? '' };
  }

  it.each([
    ['udp', 'Direct by UDP'],
    ['tcp', 'Through TCP 8802'],
    ['relay', 'Through the relay'],
  ] as const)('is shown with its delay: %s', async (by, words) => {
    const { phone, call } = await talking();
    act(() => phone.dispatch({ type: 'WayMeasured', call, way: { by, port: 8802, delay_ms: 86.6 } }));
    const panel = within(screen.getByRole('region', { name: 'Current call' }));
    expect(panel.getByText(words)).toBeVisible();
    expect(panel.getByText('87 ms delay')).toBeVisible();
  });

  it('that is lost is said once, politely, until it is back', async () => {
    const { phone, call } = await talking();
    act(() => phone.dispatch({ type: 'MediaChanged', call, media: 'interrupted' }));
    expect(screen.getByRole('note')).toHaveTextContent('The connection was lost, coming back…');
    expect(screen.queryByRole('alert')).toBeNull();
    const said = screen.getAllByText('The connection was lost, coming back…');
    expect(said.map((each) => each.closest('[aria-live]')?.getAttribute('aria-live') ?? null)).toContain(
      'polite',
    );
    act(() => phone.dispatch({ type: 'MediaChanged', call, media: 'flowing' }));
    expect(screen.queryByText('The connection was lost, coming back…')).toBeNull();
  });
});
