import { describe, expect, it } from 'vitest';
import { outsideCalls } from '../../../dev/fake/outsideCalls.ts';
import type { TrunkProfile } from '../../api/types.ts';
import { mistakesOf } from './AccountFields.tsx';
import {
  blankTrunk,
  bodyOf,
  draftOf,
  hasPassword,
  portOf,
  withProfile,
  withTransport,
  type AccountDraft,
  type TrunkDraft,
} from './draft.ts';

const { profiles, trunks } = outsideCalls(new Date('2026-11-26T10:00:00Z'));
const profile = (id: string): TrunkProfile => found(profiles.find((each) => each.id === id));
const firstAccount = ({ accounts }: TrunkDraft): AccountDraft => found(accounts[0]);
const KNOWN_ACCOUNT = firstAccount(draftOf(found(trunks[0])));

function found<T>(each: T | undefined): T {
  if (each === undefined) throw new Error('the play has none');
  return each;
}

const KNOWN = profile('example-net');
const ADDRESS = profile('example-org');
const GENERIC = profile('generic');

describe('choosing a provider', () => {
  it('fills in what is known, and leaves the rest empty or as usual', () => {
    const draft = withProfile(blankTrunk(), KNOWN, null);
    expect(draft).toMatchObject({
      profile: 'example-net',
      name: 'Example Net trunk',
      host: 'sip.example.net',
      transport: 'tls',
      port: '5061',
      domain: '',
      known_by: 'account',
      srtp: 'mandatory',
      outgoing: 'digits',
      incoming: 'digits',
      identity: 'asserted',
      stun: 'stun.sip.example.net',
    });
    expect(draft.accounts[0]).toMatchObject({ realm: '', expires_seconds: '300' });
  });

  it('keeps what was typed and forgets the provider of before', () => {
    const typed = { ...withProfile(blankTrunk(), KNOWN, null), number: '+4989123450' };
    const account = { ...firstAccount(typed), user: '4989123450', password: 'secret' };
    const draft = withProfile({ ...typed, name: 'Main', accounts: [account] }, ADDRESS, KNOWN);
    expect(draft).toMatchObject({ name: 'Main', host: '', port: '', transport: '', srtp: 'preferred' });
    expect(draft).toMatchObject({ number: '+4989123450', known_by: 'address', stun: '' });
    expect(draft.accounts[0]).toMatchObject({
      user: '4989123450',
      password: 'secret',
      expires_seconds: '600',
    });
    expect(withProfile(typed, ADDRESS, KNOWN).name).toBe('Example Org');
    expect(withProfile(typed, GENERIC, KNOWN).name).toBe('');
  });

  it('takes the port that goes with the transport, and none where DNS says it', () => {
    const draft = withProfile(blankTrunk(), KNOWN, null);
    expect(withTransport(draft, 'udp', KNOWN).port).toBe('5060');
    expect(withTransport(draft, 'tls', KNOWN).port).toBe('5061');
    expect(withTransport(draft, 'udp', null).port).toBe('');
    expect(portOf({ ...KNOWN, dns: true }, '')).toBeNull();
    expect(portOf({ ...KNOWN, dns: true }, 'tcp')).toBe(5060);
    const several = { ...KNOWN, transports: ['udp', 'tls'] };
    expect(withProfile(blankTrunk(), several, null).transport).toBe('');
  });
});

describe('what is sent', () => {
  it('is the trunk again when nothing was changed, without any password', () => {
    for (const trunk of trunks) {
      const { id, lines, stun_in_force, ...terms } = trunk;
      expect([id, lines, stun_in_force]).toHaveLength(3);
      const { accounts, ...sent } = bodyOf(draftOf(trunk));
      expect({ ...sent, accounts }).toEqual(terms);
      expect(JSON.stringify(accounts)).not.toContain('password');
    }
  });

  it('has null where a field is empty, and the server’s name as the domain', () => {
    const draft = {
      ...blankTrunk(),
      name: ' Main ',
      host: ' sip.example.com ',
      networks: '192.0.2.0/24, 2001:db8::/32',
    };
    const body = bodyOf({ ...draft, number: '+49 (89) 123-450', port: '5070' });
    expect(body).toMatchObject({
      name: 'Main',
      host: 'sip.example.com',
      domain: 'sip.example.com',
      port: 5070,
      transport: null,
      number: '+4989123450',
      networks: ['192.0.2.0/24', '2001:db8::/32'],
    });
    expect(body.accounts?.[0]).toMatchObject({ auth_user: null, realm: null, contact_user: null });
    expect(bodyOf({ ...draft, known_by: 'address' }).accounts).toEqual([]);
  });

  it('has only what belongs to the kind of trust that is chosen', () => {
    const typed = { kind: 'public', pem: '-----BEGIN CERTIFICATE-----\n', sha256: 'AB: CD' } as const;
    const trust = (kind: TrunkDraft['trust']['kind']) =>
      bodyOf({ ...blankTrunk(), trust: { ...typed, kind } }).trust;
    expect(trust('public')).toEqual({ kind: 'public' });
    expect(trust('authority')).toEqual({ kind: 'authority', pem: '-----BEGIN CERTIFICATE-----' });
    expect(trust('pinned')).toEqual({ kind: 'pinned', sha256: 'AB:CD' });
  });

  it('has null where OPTIONS, STUN, echo and our address are left empty', () => {
    expect(bodyOf({ ...blankTrunk(), ping_seconds: '' })).toMatchObject({
      ping_seconds: null,
      stun: null,
      echo_number: null,
      from_address: null,
    });
    expect(bodyOf(blankTrunk()).ping_seconds).toBe(60);
  });

  it('says with null that an account does not register', () => {
    const draft = blankTrunk();
    const accounts = draft.accounts.map((each) => ({ ...each, registers: false }));
    expect(bodyOf({ ...draft, accounts }).accounts?.[0]?.expires_seconds).toBeNull();
  });
});

describe('accounts', () => {
  it('need a user, a password unless the server has one, and a sensible time', () => {
    expect(hasPassword(KNOWN_ACCOUNT)).toBe(true);
    expect(hasPassword({ ...KNOWN_ACCOUNT, user: 'another' })).toBe(false);
    const mistakes = (some: Partial<AccountDraft>) =>
      mistakesOf({ ...blankTrunk(), accounts: [{ ...KNOWN_ACCOUNT, ...some }] });
    expect(mistakes({})).toEqual([]);
    expect(mistakes({ user: ' ' })).toEqual([
      { field: 'accounts[0].user', is: 'missing' },
      { field: 'accounts[0].password', is: 'missing' },
    ]);
    expect(mistakes({ user: 'another' })).toEqual([{ field: 'accounts[0].password', is: 'missing' }]);
    expect(mistakes({ expires_seconds: '59' })).toEqual([
      { field: 'accounts[0].expires_seconds', is: 'expires' },
    ]);
    expect(mistakes({ expires_seconds: '', registers: false })).toEqual([]);
  });

  it('have users of their own', () => {
    const draft = { ...blankTrunk(), accounts: [KNOWN_ACCOUNT, KNOWN_ACCOUNT] };
    expect(mistakesOf(draft)).toEqual([{ field: 'accounts[1].user', is: 'twice' }]);
    expect(mistakesOf({ ...draft, known_by: 'address' })).toEqual([]);
  });
});
