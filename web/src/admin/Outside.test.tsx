import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { USUAL } from '../../dev/fake/outsideCalls.ts';
import type { Stage } from '../../dev/fake/scenes.ts';
import type { FakeServerOptions } from '../../dev/fake/server.ts';
import type { StunInForce } from '../api/types.ts';
import { button, open } from '../App.testing.tsx';
import { switchLanguage } from '../i18n/i18n.ts';

async function openOutside(
  prepare?: (outside: Stage['server']['company']['outside']) => void,
  options: FakeServerOptions = {},
) {
  window.location.hash = '/admin';
  const opened = open(options, ({ server }) => prepare?.(server.company.outside));
  await opened.user.click(await screen.findByRole('tab', { name: 'Calls outside' }));
  const { outside } = opened.stage.server.company;
  return { ...opened, outside };
}

const region = async (name: string) => within(await screen.findByRole('region', { name }));
const row = async (list: string, name: RegExp) => (await region(list)).findByRole('row', { name });
const field = (label: string) => screen.findByLabelText(label);

describe('trunks', () => {
  it('say how they are, what is wrong and when they are tried again', async () => {
    await openOutside();
    expect(await row('Trunks', /^Head office/)).toHaveTextContent(
      /Example Net trunk\+4989123450Registered since .*Round trip 23 ms/,
    );
    const abroad = await row('Trunks', /^Abroad/);
    expect(abroad).toHaveTextContent(
      /Not connectedThe provider refuses user name or password\. It is tried again at/,
    );
  });

  it('are renewed when the server says that they have changed', async () => {
    const { outside, stage } = await openOutside();
    await row('Trunks', /^Abroad.*Not connected/);
    outside.trunks = outside.trunks.map((each) =>
      each.id === 2 ? { ...each, enabled: false, lines: [] } : each,
    );
    act(() => stage.server.tell({ type: 'trunk_changed', trunk_id: 2 }));
    expect(await row('Trunks', /^Abroad.*Switched off/)).toBeVisible();
  });

  it('tell of each line what is known, the server’s words included', async () => {
    const { user } = await openOutside();
    await user.click(await button('Details of Abroad'));
    const dialog = within(await screen.findByRole('dialog', { name: 'Abroad' }));
    expect(dialog.getByRole('heading', { name: /^Account kd-80412/ })).toBeVisible();
    expect(dialog.getByText('198.51.100.2:41873')).toBeVisible();
    expect(dialog.getByText(/403 Forbidden/)).toBeVisible();
  });

  it('say which STUN server counts, and why', async () => {
    const { user } = await openOutside();
    await user.click(await button('Details of Head office'));
    const dialog = within(await screen.findByRole('dialog', { name: 'Head office' }));
    expect(
      dialog.getByText('The provider’s own server stun.sip.example.net is in force: this trunk names it.'),
    ).toBeVisible();
    expect(dialog.getByText('198.51.100.2:42117')).toBeVisible();
    expect(dialog.getByText('8.4 ms')).toBeVisible();
  });

  it.each([
    ['own_silent', /^The provider’s own server stun\.sip\.example\.net cannot be used now\./],
    ['none', /^No STUN server tells our public address\./],
    ['from_the_future', /^As the server says it\.$/],
  ])('say why for the reason %s', async (code, words) => {
    const { user } = await openOutside(({ trunks }) => {
      for (const trunk of trunks)
        trunk.stun_in_force = {
          ...trunk.stun_in_force,
          code: code as StunInForce['code'],
          text: 'as the server says it',
        };
    });
    await user.click(await button('Details of Head office'));
    expect(await screen.findByText(words)).toBeVisible();
  });

  it('are asked for where there are none, after the country', async () => {
    const { user, outside } = await openOutside((each) => {
      each.trunks = [];
      each.plan = { ...each.plan, country: null };
    });
    expect(await screen.findByText('No trunk yet')).toBeVisible();
    await user.click(await button('Set country'));
    await user.selectOptions(await field('Country'), 'Austria');
    await user.click(await button('Save'));
    expect(await screen.findByText('Austria')).toBeVisible();
    expect(outside.plan.country).toBe('AT');
    expect(screen.queryByText('First say where the company is.')).toBeNull();
  });

  it('are removed after asking', async () => {
    const { user, outside } = await openOutside();
    await user.click(await button('Delete Abroad'));
    await user.click(await button('Delete'));
    await waitFor(() => expect(outside.trunks.map(({ name }) => name)).toEqual(['Head office']));
  });

  it('say so when they do not load', async () => {
    await openOutside(undefined, { broken: true });
    const trunks = await region('Trunks');
    expect(await trunks.findByText('The list did not load.')).toBeVisible();
  });
});

describe('the form of a trunk', () => {
  it('begins with the provider and fills in what is known of it, with its source', async () => {
    const { user, outside } = await openOutside();
    await user.click(await button('Add trunk'));
    await user.selectOptions(await field('Provider'), 'Example Net trunk');
    expect(await field('Name')).toHaveValue('Example Net trunk');
    await user.click(screen.getByText('More'));
    expect(screen.getByLabelText('Server')).toHaveValue('sip.example.net');
    expect(screen.getByText(/Known: sip\.example\.net \(letter of the provider, Oct 2026\)/)).toBeVisible();
    expect(screen.getAllByText(/Not known of Example Net trunk\./).length).toBeGreaterThan(0);
    await user.type(await field('User name'), '4989123460');
    await user.type(await field('Password'), 'secret');
    await user.type(await field('Number shown'), '+49 89 123460');
    await user.click(await button('Add'));
    expect(await row('Trunks', /^Example Net trunk.*Connecting/)).toBeVisible();
    expect(outside.trunks.at(-1)).toMatchObject({
      host: 'sip.example.net',
      port: 5061,
      number: '+4989123460',
    });
  });

  it('names what is wrong with own profiles', async () => {
    const { user } = await openOutside((outside) => (outside.mistakes = ['x.toml:3: port: is out of range']));
    await user.click(await button('Add trunk'));
    expect(await screen.findByText('x.toml:3: port: is out of range')).toBeVisible();
  });

  it('asks for no account where the provider knows our address', async () => {
    const { user, outside } = await openOutside();
    await user.click(await button('Add trunk'));
    await user.selectOptions(await field('Provider'), 'Example Org');
    expect(screen.queryByLabelText('User name')).toBeNull();
    await user.type(await field('Server'), 'sip.example.com');
    await user.click(await button('Add'));
    await row('Trunks', /^Example Org/);
    expect(outside.trunks.at(-1)).toMatchObject({ host: 'sip.example.com', accounts: [] });
  });

  it('asks for what is missing before it sends anything', async () => {
    const { user, outside } = await openOutside();
    await user.click(await button('Add trunk'));
    await user.click(await button('Add'));
    expect(screen.getAllByText('Needed.').length).toBe(4);
    expect(outside.trunks).toHaveLength(2);
  });

  it('says at its fields what the server refuses, and opens for that', async () => {
    const { user } = await openOutside();
    await user.click(await button('Edit Head office'));
    await user.click(screen.getByText('More'));
    await user.type(await field('Further networks that calls may come from'), 'nonsense');
    await user.click(screen.getByText('More'));
    await user.click(await button('Save'));
    expect(await screen.findByText('Networks such as 192.0.2.0/24, separated by commas.')).toBeVisible();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('opens for what is missing inside', async () => {
    const { user } = await openOutside();
    await user.click(await button('Edit Head office'));
    await user.click(screen.getByText('More'));
    await user.clear(await field('Server'));
    await user.click(screen.getByText('More'));
    await user.click(await button('Save'));
    expect(await screen.findByText('Needed.')).toBeVisible();
  });

  it('sets whom to trust, how often to ask, and what an earlier form had no place for', async () => {
    const { user, outside } = await openOutside();
    await user.click(await button('Edit Head office'));
    await user.click(screen.getByText('More'));
    expect(screen.getByLabelText('STUN server of the provider')).toHaveValue('stun.sip.example.net');
    await user.selectOptions(await field('Certificate of the provider'), 'One certificate and no other');
    await user.type(await field('SHA-256 of the certificate'), 'abc');
    await user.clear(await field('Seconds between OPTIONS'));
    await user.type(await field('Our address to go out from'), '192.0.2.10');
    await user.selectOptions(await field('Number shown for forwarded calls'), 'original_with_diversion');
    await user.click(await button('Save'));
    expect(await screen.findByText('64 hexadecimal digits, with or without colons.')).toBeVisible();
    await user.clear(await field('SHA-256 of the certificate'));
    await user.click(await field('SHA-256 of the certificate'));
    await user.paste('ab:'.repeat(31) + 'ab');
    await user.click(await button('Save'));
    await waitFor(() =>
      expect(outside.trunks[0]).toMatchObject({
        trust: { kind: 'pinned', sha256: `${'ab:'.repeat(31)}ab` },
        ping_seconds: null,
        from_address: '192.0.2.10',
        forwarded: 'original_with_diversion',
      }),
    );
  });

  it('asks about certificates only where there may be TLS', async () => {
    const { user } = await openOutside();
    await user.click(await button('Edit Head office'));
    await user.click(screen.getByText('More'));
    await user.selectOptions(await field('Certificate of the provider'), 'By one authority of its own');
    expect(await field('Certificate of the authority')).toBeVisible();
    await user.selectOptions(await field('Transport'), 'UDP');
    expect(screen.queryByLabelText('Certificate of the provider')).toBeNull();
    expect(screen.queryByLabelText('Certificate of the authority')).toBeNull();
  });

  it('says when a name is taken', async () => {
    const { user } = await openOutside();
    await user.click(await button('Edit Head office'));
    await user.clear(await field('Name'));
    await user.type(await field('Name'), 'Abroad');
    await user.click(await button('Save'));
    expect(await screen.findByText('Somebody else has that already. Choose another one.')).toBeVisible();
  });

  it('shows how the own number is written', async () => {
    const { user } = await openOutside();
    await user.click(await button('Edit Head office'));
    await user.click(screen.getByText('More'));
    const outgoing = within(await field('Numbers to the provider'));
    expect(outgoing.getByRole('option', { name: 'National: 089123450' })).toBeInTheDocument();
    expect(
      outgoing.getByRole('option', { name: 'International, digits only: 4989123450', selected: true }),
    ).toBeInTheDocument();
  });
});

describe('the simulator', () => {
  async function dial(number: string, who = '103') {
    const opened = await openOutside();
    const simulator = await region('What happens if …?');
    await simulator.findByRole('option', { name: /^103/ });
    await opened.user.selectOptions(simulator.getByLabelText('Who'), who);
    await opened.user.type(simulator.getByLabelText('dials'), number);
    return simulator;
  }

  it('shows the ways in their order, and what providers are told', async () => {
    const simulator = await dial('0 030 901820');
    expect(
      await simulator.findByRole('heading', {
        name: 'Cleo Marchetti may call this number. The call goes out by Head office.',
      }),
    ).toBeVisible();
    expect(simulator.getByText('The number means +4930901820: a national number.')).toBeVisible();
    const [first, second] = simulator.getAllByRole('listitem');
    expect(first).toHaveTextContent(/^1\.Head office by the route “Germany”Connected.*4930901820/);
    expect(first).toHaveTextContent('P-Asserted-Identity:<sip:4989123450@sip.example.net>');
    expect(second).toHaveTextContent(/^2\.Abroad.*Not connected/);
  });

  it('says why not', async () => {
    const simulator = await dial('0 0044 20 7946 0123');
    expect(await simulator.findByRole('heading', { name: 'This call is not put through.' })).toBeVisible();
    expect(simulator.getByText(/\+442079460123: an international number/)).toBeVisible();
    expect(simulator.getByText(/This extension may not call international numbers\./)).toBeVisible();
  });

  it.each([
    ['*43', 'A function of the telephone system answers.', 'The echo test.'],
    ['112', /^Cleo Marchetti may call/, /emergency number 112, which everybody may always call/],
    ['99', 'This call is not put through.', /for outside it is too short\.$/],
  ])('explains %s', async (number, title, text) => {
    const simulator = await dial(number);
    expect(await simulator.findByRole('heading', { name: title })).toBeVisible();
    expect(simulator.getByText(text)).toBeVisible();
  });

  it('says when no trunk can carry the call now', async () => {
    const { user } = await openOutside((outside) => {
      outside.trunks = outside.trunks.map((each) => ({ ...each, enabled: false, lines: [] }));
    });
    await user.type(await field('dials'), '0 030 901820');
    expect(
      await screen.findByRole('heading', { name: /but no trunk that leads there is connected/ }),
    ).toBeVisible();
  });

  it('finds colleagues', async () => {
    const simulator = await dial('102');
    expect(await simulator.findByRole('heading', { name: 'The phones of Ben Okafor ring.' })).toBeVisible();
  });

  it('says why not in the reader’s language', async () => {
    await switchLanguage('de');
    window.location.hash = '/admin';
    const { user } = open();
    await user.click(await screen.findByRole('tab', { name: 'Extern' }));
    await user.type(await field('wählt'), '0 0044 20 7946 0123');
    expect(
      await screen.findByText(/Diese Nebenstelle darf Nummern im Ausland nicht anrufen\./),
    ).toBeVisible();
  });

  it('follows permissions', async () => {
    const { user, stage, outside } = await openOutside();
    await user.type(await field('dials'), '0 0044 20 7946 0123');
    await screen.findByRole('heading', { name: 'This call is not put through.' });
    outside.calling.set(101, { ...USUAL, classes: ['international'] });
    act(() => stage.server.tell({ type: 'directory_changed' }));
    // The route's first trunk is refused by its provider; the second one carries the call.
    expect(
      await screen.findByRole('heading', { name: /^Anna Berger may call.*by Head office\.$/ }),
    ).toBeVisible();
  });
});

it('speaks German', async () => {
  await switchLanguage('de');
  window.location.hash = '/admin';
  const { user } = open();
  await user.click(await screen.findByRole('tab', { name: 'Extern' }));
  expect(await row('Trunks', /^Abroad/)).toHaveTextContent(/Der Anbieter lehnt Benutzername/);
});
