import { describe, expect, it } from 'vitest';
import {
  bareNetwork,
  blockedNetwork,
  goodNetwork,
  goneServer,
  portRestricted,
  stunServer,
  symmetric,
  symmetricNetwork,
} from '../../../dev/fake/networks.ts';
import type { Nat, Network, StunMode, StunServer, StunState } from '../../api/types.ts';
import { findingOf, toneOf, udpForwardOf } from './meaning.ts';

const NOW = new Date('2026-11-26T10:00:00Z');
const A = stunServer('stun.example.com:3478', '203.0.113.1:3478', 12, '198.51.100.2:8802');
const B = stunServer('stun.example.net:3478', '203.0.113.77:3478', 31, '198.51.100.2:8802');

/** The good network, but for these. */
function network({ stun, ...rest }: Partial<Omit<Network, 'stun'>> & { stun?: Partial<Network['stun']> }) {
  const good = goodNetwork(NOW);
  return { ...good, ...rest, stun: { ...good.stun, ...stun } };
}
const nat = (changes: Partial<Nat>): Nat => ({ ...portRestricted(NOW), ...changes });
const quiet = (state: StunState): StunServer => ({ ...A, state, round_trip_ms: null, public: null });
const meaning = (picture: Network) => findingOf(picture).meaning;

const notKnown = nat({
  outcome: 'unknown',
  rfc3489_type: 'unknown',
  mapping: 'unknown',
  confidence: 'low',
});

describe('a router that is not symmetric', () => {
  it('lets calls go directly', () => {
    expect(findingOf(goodNetwork(NOW))).toEqual({ meaning: 'direct', family: 'ipv4' });
  });

  it('is a likely good thing when few servers have told so', () => {
    expect(meaning(network({ nat: [nat({ confidence: 'medium' })] }))).toBe('direct_likely');
  });

  it('is worth nothing while nobody tells the public port', () => {
    expect(meaning(network({ stun: { servers: [quiet('silent'), goneServer('x')] } }))).toBe('silent');
  });

  it('is not believed when two servers now see different ports', () => {
    expect(meaning(network({ stun: { servers: [A, { ...B, public: '198.51.100.2:41000' }] } }))).toBe(
      'contradicting',
    );
  });

  it('says nothing about the internet when servers see a private address', () => {
    for (const address of ['10.0.0.2', '100.64.3.4']) {
      expect(meaning(network({ nat: [nat({ public_addresses: [address] })] }))).toBe('inside');
    }
  });

  it.each(['open-internet', 'symmetric-udp-firewall', 'no-nat'] as const)('is none at all: %s', (type) => {
    expect(meaning(network({ nat: [nat({ rfc3489_type: type })] }))).toBe('direct_no_nat');
  });

  it('belies the setting that it keeps ports when servers see another one', () => {
    const seen = (port: number) => ({
      mode: 'port-preserving' as const,
      servers: [{ ...A, public: `198.51.100.2:${port}` }],
    });
    expect(meaning(network({ stun: seen(8802) }))).toBe('direct');
    expect(meaning(network({ stun: seen(41000) }))).toBe('ports_changed');
  });
});

describe('a symmetric router', () => {
  it('sends calls over TCP', () => {
    expect(findingOf(symmetricNetwork(NOW))).toEqual({ meaning: 'symmetric', family: 'ipv4' });
  });

  it('is only likely when the evidence is thin', () => {
    const thin = { ...symmetricNetwork(NOW), nat: [{ ...symmetric(NOW), confidence: 'medium' as const }] };
    expect(meaning(thin)).toBe('symmetric_likely');
  });

  it('may still keep the port that counts, which two hosts see alike', () => {
    expect(meaning(network({ nat: [symmetric(NOW)] }))).toBe('direct_kept');
  });

  it.each([
    ['one host alone', [A]],
    ['two ports of one host', [A, { ...B, address: '203.0.113.1:3479' }]],
    ['one that answers and one that has fallen silent', [A, { ...B, state: 'silent' as const }]],
  ])('is not acquitted by %s', (_, servers) => {
    expect(meaning(network({ nat: [symmetric(NOW)], stun: { servers } }))).toBe('symmetric');
  });
});

describe('UDP that does not get out', () => {
  it('leaves TCP', () => {
    expect(meaning(blockedNetwork(NOW))).toBe('blocked');
  });

  it('may be servers that are down', () => {
    const blocked = blockedNetwork(NOW);
    const unsure = blocked.nat.map((each) => ({ ...each, confidence: 'low' as const }));
    expect(meaning({ ...blocked, nat: unsure })).toBe('blocked_likely');
  });

  it('is over when a server answers', () => {
    const blocked = blockedNetwork(NOW);
    expect(meaning({ ...blocked, stun: { ...blocked.stun, servers: [A] } })).toBe('contradicting');
  });
});

describe('what is not known', () => {
  it.each<[string, Network, ReturnType<typeof meaning>]>([
    ['nobody to ask', bareNetwork(NOW), 'no_servers'],
    ['a look that is going on', network({ nat: [], probing: true }), 'looking'],
    ['servers that were just asked', network({ nat: [], stun: { servers: [quiet('asking')] } }), 'looking'],
    ['no name that resolves', network({ nat: [], stun: { servers: [goneServer('x')] } }), 'unresolved'],
    [
      'some names that resolve',
      network({ nat: [], stun: { servers: [goneServer('x'), quiet('silent')] } }),
      'silent',
    ],
    [
      'servers that refuse',
      network({ nat: [], stun: { servers: [quiet('refusing'), quiet('silent')] } }),
      'refused',
    ],
    ['servers that nobody asks', network({ nat: [], stun: { servers: [quiet('unused')] } }), 'unknown'],
    ['answers and no look yet', network({ nat: [] }), 'unknown'],
    ['a look without result', network({ nat: [notKnown] }), 'unknown'],
    ['a look without result, going on', network({ nat: [notKnown], probing: true }), 'looking'],
    ['one server', network({ nat: [notKnown], stun: { servers: [A] } }), 'one_server'],
    [
      'one server, and a provider’s own behind another router',
      network({
        nat: [notKnown],
        stun: { servers: [A, { ...B, trunk: 'Example Telecom', public: '203.0.113.2:52000' }] },
      }),
      'one_server',
    ],
    [
      'two names of one host',
      network({ nat: [notKnown], stun: { servers: [A, { ...A, name: 'stun.example.org:3478' }] } }),
      'one_server',
    ],
    [
      'two ways to the internet',
      network({ nat: [{ ...notKnown, public_addresses: ['198.51.100.2', '198.51.100.77'] }] }),
      'several_ways',
    ],
    [
      'servers that are all silent now',
      network({ nat: [notKnown], stun: { servers: [quiet('silent')] } }),
      'silent',
    ],
    [
      'only this computer',
      network({ interfaces: ['127.0.0.1', '::1'], nat: [], stun: { asks: false } }),
      'own_computer',
    ],
    ['no interface', network({ interfaces: [], nat: [], stun: { asks: false } }), 'unknown'],
  ])('is said: %s', (_, picture, expected) => {
    expect(meaning(picture)).toBe(expected);
    expect(toneOf(meaning(picture))).not.toBe('good');
  });

  it.each<[StunMode, ReturnType<typeof meaning>]>([
    ['off', 'switched_off'],
    ['static', 'stated'],
  ])('is what mode %s does not ask, whatever was measured before', (mode, expected) => {
    expect(meaning(network({ stun: { mode, asks: false } }))).toBe(expected);
  });
});

it('needs no server where every address is a public one', () => {
  const picture = network({ interfaces: ['198.51.100.5', '127.0.0.1'], nat: [], stun: { asks: false } });
  expect(meaning(picture)).toBe('own_address');
});

describe('two address families', () => {
  const six = nat({ family: 'ipv6', public_addresses: ['2001:db8::2'] });
  const A6 = {
    ...A,
    name: 'stun6.example.com:3478',
    address: '[2001:db8:1::1]:3478',
    public: '[2001:db8::2]:8802',
  };

  it('IPv4 decides where it is known, in whatever order they come', () => {
    expect(findingOf(network({ nat: [six, symmetric(NOW)], stun: { servers: [A, A6] } }))).toEqual({
      meaning: 'symmetric',
      family: 'ipv4',
    });
  });

  it('IPv6 decides where nothing is known of IPv4', () => {
    expect(findingOf(network({ nat: [notKnown, six], stun: { servers: [A, A6] } }))).toEqual({
      meaning: 'direct',
      family: 'ipv6',
    });
  });

  it('an answer by one says nothing about the other', () => {
    expect(meaning(network({ nat: [six], stun: { servers: [A, B] } }))).toBe('unknown');
  });
});

it.each<[string, Network, ReturnType<typeof udpForwardOf>]>([
  ['the homes that have none', goodNetwork(NOW), 'rest'],
  ['all homes', symmetricNetwork(NOW), 'all'],
  ['nobody while UDP is blocked', blockedNetwork(NOW), 'none'],
  ['who knows whom', network({ nat: [notKnown] }), 'open'],
])('forwarding UDP brings direct sound to %s', (_, picture, expected) => {
  expect(udpForwardOf(meaning(picture))).toBe(expected);
});
