import { act, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bareNetwork, ipv6Network, symmetricNetwork } from '../../dev/fake/networks.ts';
import type { FakeServerOptions } from '../../dev/fake/server.ts';
import { button, open } from '../App.testing.tsx';
import type { Network, StunMode } from '../api/types.ts';
import { switchLanguage } from '../i18n/i18n.ts';

const NOW = new Date('2026-11-26T10:00:00Z');

async function openNetwork(picture?: Network, options: FakeServerOptions = {}) {
  window.location.hash = '/admin';
  const opened = open(options, ({ server }) => {
    if (picture !== undefined) server.company.network = picture;
  });
  await opened.user.click(await screen.findByRole('tab', { name: 'Network' }));
  return opened;
}

const heading = (name: string | RegExp) => screen.findByRole('heading', { name });
const region = async (name: string) => within(await screen.findByRole('region', { name }));

describe('the network page', () => {
  it('begins with what it means', async () => {
    await openNetwork();
    expect(await heading('Home workers reach this office directly over UDP.')).toBeVisible();
    expect(screen.getByText(/calls go over TCP 8802/)).toBeVisible();
  });

  it('says what to do about a symmetric router, and keeps the server’s own words for the detail', async () => {
    const { user } = await openNetwork(symmetricNetwork(NOW));
    expect(await heading(/^Calls from home go over TCP 8802, or directly/)).toBeVisible();
    expect(screen.getByText(/not to change the UDP source ports 1024–65535/)).toBeVisible();
    const router = await region('The way to the internet');
    expect(router.getByText('Symmetric NAT')).toBeVisible();
    expect(router.getByText(/^Symmetric NAT: every destination/)).not.toBeVisible();
    await user.click(router.getByText('In detail'));
    expect(router.getByText(/^Symmetric NAT: every destination/)).toBeVisible();
  });

  it('names the ports to forward, and where to', async () => {
    const picture = { ...symmetricNetwork(NOW), tcp_port: 8443, udp_port: 9000 };
    await openNetwork(picture);
    const forward = await region('What to forward');
    const [tcp, udp] = forward.getAllByRole('listitem');
    expect(tcp).toHaveTextContent(/^TCP 8443Needed.*to 192\.168\.1\.10/);
    expect(udp).toHaveTextContent(/^UDP 9000Optional.*to 192\.168\.1\.10/);
    expect(forward.getByText(/^Worth it here/)).toBeVisible();
  });

  it('lists addresses, and names that mean nothing to the server', async () => {
    await openNetwork({ ...symmetricNetwork(NOW), stated: ['198.51.100.3'] });
    const addresses = await region('Addresses');
    for (const each of ['192.168.1.10', '198.51.100.2:41000', '198.51.100.2:41873', '198.51.100.3']) {
      expect(addresses.getByText(each)).toBeVisible();
    }
    expect(addresses.getByText('telephone-system.headquarters.example.com')).toHaveTextContent(
      'no address known',
    );
    expect(addresses.queryByText('127.0.0.1')).toBeNull();
  });

  it('shows of every STUN server how it is and what it sees', async () => {
    await openNetwork(symmetricNetwork(NOW));
    const servers = await region('STUN servers');
    const good = servers.getByRole('row', { name: /^stun\.example\.com:3478/ });
    expect(good).toHaveTextContent('203.0.113.1:3478');
    expect(good).toHaveTextContent('198.51.100.2:41000');
    expect(good).toHaveTextContent('12 ms');
    expect(good).toHaveTextContent('Answers');
    const own = servers.getByRole('row', { name: /^stun\.sip\.example\.net/ });
    expect(own).toHaveTextContent('of the trunk Head office');
    expect(good).not.toHaveTextContent('of the trunk');
    const gone = servers.getByRole('row', { name: /^stun-01/ });
    expect(gone).toHaveTextContent('Name not found');
    expect(gone).toHaveTextContent('no record of an address found for this name');
  });

  it('keeps IPv4 and IPv6 apart', async () => {
    await openNetwork(ipv6Network(NOW));
    const router = await region('The way to the internet');
    expect(router.getByRole('heading', { name: 'IPv4' })).toBeVisible();
    expect(router.getByRole('heading', { name: 'IPv6' })).toBeVisible();
    expect(router.getByText('No NAT, firewall that lets in answers only')).toBeVisible();
  });

  it.each([
    [{ at_least_s: 60, less_than_s: 90 }, 'Between 60 and 90 s'],
    [{ at_least_s: 300, less_than_s: null }, '300 s or more'],
    [{ at_least_s: null, less_than_s: 15 }, 'Less than 15 s'],
    [{ at_least_s: null, less_than_s: null }, 'Not known'],
    [null, 'Not known'],
  ])('tells a mapping’s life as narrowly as it is known: %o', async (mapping_lifetime, words) => {
    const picture = symmetricNetwork(NOW);
    await openNetwork({ ...picture, nat: picture.nat.map((each) => ({ ...each, mapping_lifetime })) });
    const router = await region('The way to the internet');
    expect(router.getByText('Mapping lifetime').nextElementSibling).toHaveTextContent(words);
  });

  it('asks for STUN servers where there are none, and offers no check', async () => {
    await openNetwork(bareNetwork(NOW));
    expect(await screen.findByText('No STUN servers')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Check again' })).toBeNull();
    expect(screen.queryByRole('region', { name: 'The way to the internet' })).toBeNull();
  });

  it.each<StunMode>(['off', 'static'])('says that mode %s asks nobody', async (mode) => {
    const picture = bareNetwork(NOW);
    await openNetwork({ ...picture, stun: { mode, asks: false, servers: [] } });
    expect(await screen.findByText(`None is asked: [stun] mode is “${mode}”.`)).toBeVisible();
  });

  it('speaks German', async () => {
    await switchLanguage('de');
    window.location.hash = '/admin';
    const { user } = open();
    await user.click(await screen.findByRole('tab', { name: 'Netz' }));
    expect(await heading('Wer zu Hause arbeitet, erreicht dieses Büro direkt über UDP.')).toBeVisible();
  });
});

describe('checking again', () => {
  it('shows that it is being done', async () => {
    const { user } = await openNetwork();
    await user.click(await button('Check again'));
    expect(await button('Being checked…')).toBeDisabled();
  });

  it('says when it was too soon', async () => {
    const { user, stage } = await openNetwork();
    await button('Check again');
    stage.server.company.network.probing = true;
    await user.click(await button('Check again'));
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'That was done only a moment ago. Try again in a few seconds.',
    );
  });

  it('says when it failed', async () => {
    const { user, stage } = await openNetwork();
    await button('Check again');
    stage.server.options.broken = true;
    await user.click(await button('Check again'));
    expect(await screen.findByText(/^The server could not do it/)).toBeVisible();
  });
});

describe('what is shown is of now', () => {
  afterEach(() => vi.useRealTimers());

  it('follows the network', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const { stage } = await openNetwork();
    await heading('Home workers reach this office directly over UDP.');
    stage.server.company.network = symmetricNetwork(NOW);
    await act(() => vi.advanceTimersByTimeAsync(5_000));
    expect(await heading(/^Calls from home go over TCP 8802/)).toBeVisible();
  });

  it('keeps what was said while the server is away, and tells that', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const { stage } = await openNetwork();
    await heading('Home workers reach this office directly over UDP.');
    stage.server.options.broken = true;
    await act(() => vi.advanceTimersByTimeAsync(5_000));
    expect(await screen.findByText(/This is what the server said last\./)).toBeVisible();
    expect(await heading('Home workers reach this office directly over UDP.')).toBeVisible();
  });

  it('says why there is nothing to show', async () => {
    const { user, stage } = await openNetwork(undefined, { broken: true });
    expect(await screen.findByText('The list did not load.')).toBeVisible();
    stage.server.options.broken = false;
    await user.click(await button('Try again'));
    expect(await heading('Home workers reach this office directly over UDP.')).toBeVisible();
  });
});
