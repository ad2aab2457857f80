/** Networks that the fake server stands in. */
import type { Nat, Network, StunServer } from '../../src/api/types.ts';

/** A router that keeps ports, two STUN servers that answer. */
export function goodNetwork(now: Date): Network {
  return {
    tcp_port: 8802,
    udp_port: 8802,
    interfaces: ['192.168.1.10', '127.0.0.1'],
    stated: [],
    public_host: 'pbx.example.com',
    public_addresses: [{ local: '192.168.1.10', public: '198.51.100.2:8802' }],
    pages: [{ host: 'pbx.example.com', addresses: ['198.51.100.2'] }],
    stun: {
      mode: 'automatic',
      asks: true,
      servers: [
        stunServer('stun.example.com:3478', '203.0.113.1:3478', 12.34),
        stunServer('stun.example.net:3478', '203.0.113.77:3478', 31.8),
      ],
    },
    nat: [portRestricted(now)],
    probing: false,
  };
}

/** A router that gives every destination another port, two names for the page, and a server that has gone. */
export function symmetricNetwork(now: Date): Network {
  const good = goodNetwork(now);
  return {
    ...good,
    public_addresses: [
      { local: '192.168.1.10', public: '198.51.100.2:41000' },
      { local: '192.168.1.10', public: '198.51.100.2:41873' },
    ],
    pages: [...good.pages, { host: 'telephone-system.headquarters.example.com', addresses: [] }],
    stun: {
      ...good.stun,
      servers: [
        stunServer('stun.example.com:3478', '203.0.113.1:3478', 12.34, '198.51.100.2:41000'),
        stunServer('stun.example.net:3478', '203.0.113.77:3478', 31.8, '198.51.100.2:41873'),
        stunServer('stun.sip.example.net', '192.0.2.81:3478', 8.4, '198.51.100.2:42117', 'Head office'),
        goneServer('stun-01.voice.long-provider-name.example.org:3478'),
      ],
    },
    nat: [symmetric(now)],
  };
}

/** IPv6 as well, a server with addresses of both families, and long addresses everywhere. */
export function ipv6Network(now: Date): Network {
  const good = goodNetwork(now);
  const own = '2001:db8:85a3:1234:5678:8a2e:370:7334';
  return {
    ...good,
    interfaces: ['192.168.1.10', own, '127.0.0.1', '::1'],
    stated: ['198.51.100.2', own],
    stun: {
      ...good.stun,
      servers: [
        ...good.stun.servers,
        stunServer(
          'stun.example.com:3478',
          '[2001:db8:ffff:ffff:ffff:ffff:ffff:fffe]:3478',
          118.2,
          `[${own}]:8802`,
        ),
      ],
    },
    nat: [
      ...good.nat,
      {
        ...portRestricted(now),
        family: 'ipv6',
        rfc3489_type: 'symmetric-udp-firewall',
        public_addresses: [own],
        hairpin: null,
        mapping_lifetime: null,
        sentence: `No NAT: this computer has the address ${own}, behind a firewall that lets in answers only.`,
      },
    ],
  };
}

/** Nothing was configured, nothing was asked. */
export function bareNetwork(now: Date): Network {
  const good = goodNetwork(now);
  return {
    ...good,
    public_host: null,
    public_addresses: [],
    pages: [],
    stun: { mode: 'automatic', asks: true, servers: [] },
    nat: [],
  };
}

/** No UDP gets out. */
export function blockedNetwork(now: Date): Network {
  const good = goodNetwork(now);
  const silent = (server: StunServer): StunServer => ({
    ...server,
    state: 'silent',
    round_trip_ms: null,
    public: null,
  });
  return {
    ...good,
    public_addresses: [],
    stun: { ...good.stun, servers: good.stun.servers.map(silent) },
    nat: [
      {
        ...portRestricted(now),
        outcome: 'udp-blocked',
        rfc3489_type: 'udp-blocked',
        mapping: 'unknown',
        filtering: 'unknown',
        port_preserved: null,
        public_addresses: [],
        hairpin: null,
        mapping_lifetime: null,
        sentence:
          'None of two STUN servers answers over UDP, though TCP gets there: UDP is blocked on the way, by a firewall or the provider. ' +
          'Calls through farend use TCP 8802.',
      },
    ],
  };
}

export function stunServer(
  name: string,
  address: string,
  round_trip_ms: number,
  seen = '198.51.100.2:8802',
  trunk: string | null = null,
): StunServer {
  return { name, address, trunk, state: 'answering', round_trip_ms, public: seen, error: null };
}

export function goneServer(name: string): StunServer {
  return {
    name,
    address: null,
    trunk: null,
    state: 'unresolved',
    round_trip_ms: null,
    public: null,
    error: 'no record of an address found for this name',
  };
}

export function portRestricted(now: Date): Nat {
  return {
    family: 'ipv4',
    outcome: 'not-symmetric',
    rfc3489_type: 'port-restricted-cone',
    mapping: 'endpoint-independent',
    filtering: 'address-and-port-dependent',
    port_preserved: true,
    public_addresses: ['198.51.100.2'],
    hairpin: false,
    confidence: 'high',
    sentence:
      'No symmetric NAT: four destinations see the same address and port (198.51.100.2) and only what was sent to gets in ' +
      '(port-restricted cone), so audio finds its way over UDP.',
    measured_at: new Date(now.getTime() - 7 * 60_000).toISOString(),
    mapping_lifetime: { at_least_s: 60, less_than_s: 90 },
  };
}

export function symmetric(now: Date): Nat {
  return {
    ...portRestricted(now),
    outcome: 'symmetric',
    rfc3489_type: 'symmetric',
    mapping: 'address-and-port-dependent',
    filtering: 'unknown',
    port_preserved: false,
    hairpin: null,
    sentence:
      'Symmetric NAT: every destination sees another port (198.51.100.2), so audio between two such networks finds no way over UDP; ' +
      'let the router keep the source ports 1024-65535 of outgoing UDP unchanged. Calls through farend use TCP 8802 meanwhile.',
    mapping_lifetime: { at_least_s: 300, less_than_s: null },
  };
}
