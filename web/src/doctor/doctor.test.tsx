import { act, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
// Loaded before the first test begins: on a busy machine that takes longer than anybody waits for a page.
import '../admin/Admin.tsx';
import { ailing } from '../../dev/fake/doctor.ts';
import type { Stage } from '../../dev/fake/scenes.ts';
import type { FakeServerOptions } from '../../dev/fake/server.ts';
import { button, open } from '../App.testing.tsx';
import { switchLanguage } from '../i18n/i18n.ts';
import { language as german } from '../i18n/languages/de.ts';

const ill = ({ server: { company } }: Stage) => void (company.doctor = ailing(new Date()));

function openAt(page: string, prepare: (stage: Stage) => void = ill, options: FakeServerOptions = {}) {
  window.location.hash = `/${page}`;
  return open(options, prepare);
}

const heading = (name: string | RegExp) => screen.findByRole('heading', { name });
const region = async (name: string) => within(await screen.findByRole('region', { name }));
const row = (name: RegExp) => screen.findByRole('row', { name });

afterEach(() => switchLanguage('en'));

describe('the findings', () => {
  it('stand worst first, each with culprit, steps and what was seen', async () => {
    openAt('admin/doctor');
    expect(await heading('2 problems, 1 warning, and 1 note')).toBeVisible();
    const cards = within(await screen.findByRole('list', { name: 'Findings' })).getAllByRole('article');
    expect(cards.map((card) => card.getAttribute('data-severity'))).toEqual([
      'problem',
      'problem',
      'warning',
      'note',
    ]);
    const first = within(await screen.findByRole('article', { name: /^The office has two routers/ }));
    expect(first.getByText('Office router')).toBeVisible();
    expect(first.getByText('Certain')).toBeVisible();
    expect(first.getByText(/^Decide which of the two routers/)).toBeVisible();
    expect(first.getByText('STUN servers see 198.51.100.2')).toBeVisible();
    expect(first.getByRole('link', { name: 'Rule R-e' })).toHaveAttribute('href', '#/admin/doctor/rules/R-e');
  });

  it('close notes until somebody asks', async () => {
    openAt('admin/doctor');
    const note = within(await screen.findByRole('article', { name: /UDP is blocked/ }));
    expect(note.getByText('Have her run the check again.')).not.toBeVisible();
  });

  it('open the note that a link leads to', async () => {
    openAt(`admin/doctor/findings/${encodeURIComponent('rj_udp_blocked|103|192.0.2.40')}`);
    const note = within(await screen.findByRole('article', { name: /UDP is blocked/ }));
    expect(note.getByText('Have her run the check again.')).toBeVisible();
  });

  it('about a call lead to how that call went', async () => {
    openAt('admin/doctor', ({ server: { company } }) => {
      company.doctor = ailing(new Date());
      const [first] = company.doctor.findings;
      const [call] = company.calls.filter(({ id }) => id === 'c-3');
      if (first === undefined || call === undefined) throw new Error('the fake company has both');
      const about = { subject: { kind: 'call', id: 3, leg: 1 }, subject_text: 'call 3' } as const;
      company.doctor.findings = [{ ...first, ...about, since: call.started_at }];
    });
    await waitFor(() =>
      expect(screen.getByRole('link', { name: 'call 3' })).toHaveAttribute('href', '#/calls/c-3'),
    );
  });

  it('are asked for again when news came back after a pause', async () => {
    const { stage } = openAt('admin/doctor', () => undefined);
    const { server } = stage;
    expect(await heading('Nothing is wrong as far as we can see.')).toBeVisible();
    server.company.doctor = ailing(new Date());
    act(() => server.reconnect());
    expect(await heading('2 problems, 1 warning, and 1 note')).toBeVisible();
  });

  it('say that what a link was about is over', async () => {
    openAt('admin/doctor/findings/gone');
    expect(await screen.findByText(/is not so any more/)).toBeVisible();
  });

  it('say precisely what was looked at where nothing is wrong', async () => {
    openAt('admin/doctor', () => undefined);
    expect(await heading('Nothing is wrong as far as we can see.')).toBeVisible();
    expect(
      await screen.findByText(
        /^Looked \d+ seconds? ago at 2 STUN servers, 1 trunk, 6 networks where people are, and 5 desk phones\.$/,
      ),
    ).toBeVisible();
    expect(screen.queryByRole('tab', { name: /problem/ })).toBeNull();
  });

  it('do not call well what was never looked at', async () => {
    openAt('admin/doctor', ({ server: { company } }) => void (company.doctor.looked_at = null));
    expect(await heading('Looking for the first time')).toBeVisible();
  });

  it('are counted at the tab, and come by themselves', async () => {
    const { stage } = openAt('admin', () => undefined);
    expect(await screen.findByRole('tab', { name: 'Doctor' })).toBeVisible();
    ill(stage);
    act(() => stage.server.tell({ type: 'doctor_changed', problem: 2, warning: 1, note: 1 }));
    expect(await screen.findByRole('tab', { name: /3 problems and warnings/ })).toBeVisible();
  });

  it('are looked for again, unless that was only just done', async () => {
    const { user } = openAt('admin/doctor');
    await user.click(await button('Look again'));
    expect(await screen.findByText(/^Looking at everything again/)).toBeVisible();
    await user.click(await button('Look again'));
    expect(await screen.findByText(/^That was done only a moment ago/)).toBeVisible();
  });

  it('can be copied for a ticket', async () => {
    const { user } = openAt('admin/doctor');
    await user.click(await button(/^Copy for a ticket.*: The STUN server/));
    expect(await navigator.clipboard.readText()).toMatch(/^\[Warning, N2\] The STUN server stun-02/);
  });

  it('say why they cannot be shown', async () => {
    openAt('admin/doctor', ill, { broken: true });
    expect(
      await screen.findByText('The server could not do it. Try again; if it stays so, its log says why.'),
    ).toBeVisible();
  });
});

describe('the history', () => {
  it('tells when something was raised and cleared, and for how long', async () => {
    openAt('admin/doctor/history');
    const gone = await row(/^No STUN server answers.*1 hr 35 min/);
    expect(gone).toHaveTextContent('Everybody');
    expect(await row(/^The office has two routers.*Still so/)).toBeVisible();
  });

  it('asks the server for a rule, and looks through its pages for words', async () => {
    const { user } = openAt('admin/doctor/history', (stage) => {
      ill(stage);
      stage.server.company.doctor.page = 2;
    });
    await user.type(await screen.findByRole('searchbox', { name: 'Words' }), 'certificate');
    expect(await row(/^The certificate of pbx\.example\.com/)).toBeVisible();
    await user.clear(screen.getByRole('searchbox', { name: 'Words' }));
    await user.selectOptions(screen.getByRole('combobox', { name: 'Rule' }), 'R-l');
    expect(await row(/^Ben Okafor’s microphone/)).toBeVisible();
    expect(screen.queryByRole('row', { name: /^The office/ })).toBeNull();
    await user.selectOptions(screen.getByRole('combobox', { name: 'Person' }), '101');
    expect(await screen.findByText('No finding fits')).toBeVisible();
  });

  it('opens a finding', async () => {
    const { user } = openAt('admin/doctor/history');
    await user.click(await button(/^Details: The certificate/));
    const dialog = within(await screen.findByRole('dialog', { name: /^The certificate/ }));
    expect(dialog.getByText('Let UDP 3478 through to the internet.')).toBeVisible();
  });
});

describe('the networks', () => {
  it('tell of everybody where they are and how their sound goes', async () => {
    openAt('admin/doctor/networks');
    const cleo = await row(/^Cleo Marchetti/);
    expect(cleo).toHaveTextContent(/103 · 192\.0\.2\.40/);
    expect(cleo).toHaveTextContent(/FairTCP, 180 ms1 finding/);
    expect(within(cleo).getByRole('link', { name: /^Fair,/ })).toHaveAttribute(
      'href',
      '#/admin/doctor/checks/1',
    );
  });

  it('make a link that tests as somebody, say that this is written down, and show it once', async () => {
    const { user, stage } = openAt('admin/doctor/networks');
    await user.click(await button('Test as Cleo Marchetti'));
    expect(await screen.findByText(/The log keeps that you made this link/)).toBeVisible();
    await user.click(await button('Make the link'));
    const url = `${window.location.origin}/check#7e1d3c90b2a84f6612d05e9c73ab48f0`;
    expect(await screen.findByText(url)).toBeVisible();
    await user.click(await button('Copy link'));
    expect(await navigator.clipboard.readText()).toBe(url);
    expect(stage.server.company.doctor.links.at(-1)).toMatchObject({
      label: 'Cleo Marchetti',
      extension: '103',
    });
  });

  it('ask for whom a link is', async () => {
    const { user } = openAt('admin/doctor/networks');
    await user.click(await button('Send a check link'));
    await user.click(await button('Make the link'));
    expect(await screen.findByText('1 to 80 characters.')).toBeVisible();
    await user.type(screen.getByRole('textbox', { name: 'For whom' }), 'Hotel');
    await user.click(await button('Make the link'));
    expect(await screen.findByText('The link is ready')).toBeVisible();
  });

  it('withdraw a link', async () => {
    const { user } = openAt('admin/doctor/networks');
    await user.click(await button('Withdraw the link: Hotel in Lyon'));
    await user.click(await button('Withdraw'));
    await vi.waitFor(() => expect(screen.queryByText('Hotel in Lyon')).toBeNull());
    expect(await row(/^Ben at home/)).toBeVisible();
  });

  it('show the result of a check as the person saw it, and all that was measured', async () => {
    openAt('admin/doctor/checks/1');
    expect(await heading(/^Your calls work, with a little delay/)).toBeVisible();
    const ways = await region('Ways of the sound');
    expect(ways.getByRole('row', { name: /^UDP/ })).toHaveTextContent('Not reached');
    expect(ways.getByRole('row', { name: /^TCP/ })).toHaveTextContent(/Came back.*181 ms/);
    expect(ways.getByRole('row', { name: /^TLS relay/ })).toHaveTextContent(/Connected.*Unknown/);
    const computer = await region('Computer and sound');
    expect(computer.getByText('Jabra Evolve2 40 (0b0e:2e56) Mono')).toBeVisible();
    expect(computer.getByText('Tone heard: yes. Own voice heard: not asked.')).toBeVisible();
  });
});

describe('the plan', () => {
  it('is a picture with words, and names the culprit', async () => {
    const { user } = openAt('admin/doctor/plan');
    expect(
      await screen.findByRole('img', { name: /^Network plan with .*farend, Office router/ }),
    ).toBeVisible();
    expect(screen.getByText('Culprit: Second router')).toBeVisible();
    await user.click(screen.getByText('The plan in words'));
    expect(screen.getByText('→ Office router: eth0')).toBeVisible();
    await user.click(await button('Copy for a ticket'));
    expect(await button('Copied')).toBeVisible();
    expect(await navigator.clipboard.readText()).toBe('# Network plan\n');
  });

  it('is printed', async () => {
    const print = vi.spyOn(window, 'print').mockImplementation(() => undefined);
    const { user } = openAt('admin/doctor/plan');
    await user.click(await button('Print'));
    expect(print).toHaveBeenCalledOnce();
  });
});

it('every rule is explained, and what is broken now leads to its finding', async () => {
  openAt('admin/doctor/rules/R-e');
  const rule = within(await screen.findByRole('article', { name: 'R-e In and out by the same router' }));
  expect(rule.getByText(/names both routers/)).toBeVisible();
  expect(await rule.findByRole('link', { name: /^The office has two routers/ })).toBeVisible();
  expect(screen.getByRole('link', { name: 'R-e (Broken now)' })).toBeVisible();
  expect(screen.getAllByRole('link', { name: 'R-f' })).toHaveLength(2);
});

it('speaks German, and asks the server to do so', async () => {
  await switchLanguage('de');
  openAt('admin/doctor', () => undefined);
  expect(await heading(german.texts.doctor.good)).toBeVisible();
});
