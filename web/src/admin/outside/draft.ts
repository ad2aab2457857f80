/** A trunk as it is being written in its form: texts, until they are sent. */
import type {
  Forwarded,
  IdentityHeader,
  NewTrunk,
  Srtp,
  Transport,
  Trunk,
  TrunkProfile,
  Trust,
} from '../../api/types.ts';
import { FORMATS, type Format } from './formats.ts';

export interface AccountDraft {
  user: string;
  password: string;
  auth_user: string;
  realm: string;
  contact_user: string;
  registers: boolean;
  expires_seconds: string;
  /** The user that the server has a password for; `null` for a new account. */
  known_user: string | null;
}

/** Whom we believe to be the provider; what belongs to another kind is kept while one is chosen. */
export interface TrustDraft {
  kind: Trust['kind'];
  pem: string;
  sha256: string;
}

export interface TrunkDraft {
  profile: string | null;
  enabled: boolean;
  name: string;
  host: string;
  port: string;
  /** Empty: DNS says it. */
  transport: Transport | '';
  domain: string;
  /** How the provider knows us. */
  known_by: 'account' | 'address';
  accounts: AccountDraft[];
  number: string;
  srtp: Srtp;
  identity: IdentityHeader;
  outgoing: Format;
  incoming: Format;
  /** Separated by white space or commas. */
  networks: string;
  from_address: string;
  trust: TrustDraft;
  /** Empty: never. */
  ping_seconds: string;
  stun: string;
  echo_number: string;
  forwarded: Forwarded;
}

/** What the server takes where nobody says otherwise. */
const USUAL = {
  srtp: 'preferred',
  identity: 'asserted',
  outgoing: 'plus',
  incoming: 'plus',
  ping_seconds: '60',
  forwarded: 'own',
} as const;
/** Seconds; long enough for a provider, short enough to be found again after it has forgotten us. */
const EXPIRES_SECONDS_USUAL = '600';

export const TRUSTS: readonly Trust['kind'][] = ['public', 'authority', 'pinned'];
export const FORWARDED: readonly Forwarded[] = ['own', 'original_with_diversion'];
export const TRANSPORTS: readonly Transport[] = ['udp', 'tcp', 'tls'];
export const SRTPS: readonly Srtp[] = ['mandatory', 'preferred', 'off'];
export const IDENTITIES: readonly IdentityHeader[] = ['asserted', 'preferred', 'from', 'account_from'];

export function blankAccount(): AccountDraft {
  return {
    user: '',
    password: '',
    auth_user: '',
    realm: '',
    contact_user: '',
    registers: true,
    expires_seconds: EXPIRES_SECONDS_USUAL,
    known_user: null,
  };
}

export function blankTrunk(): TrunkDraft {
  return {
    profile: null,
    enabled: true,
    name: '',
    host: '',
    port: '',
    transport: '',
    domain: '',
    known_by: 'account',
    accounts: [blankAccount()],
    number: '',
    networks: '',
    from_address: '',
    trust: { kind: 'public', pem: '', sha256: '' },
    stun: '',
    echo_number: '',
    ...USUAL,
  };
}

export function draftOf(trunk: Trunk): TrunkDraft {
  const accounts = trunk.accounts.map((account): AccountDraft => ({
    user: account.user,
    password: '',
    auth_user: account.auth_user ?? '',
    realm: account.realm ?? '',
    contact_user: account.contact_user ?? '',
    registers: account.expires_seconds !== null,
    expires_seconds: account.expires_seconds?.toString() ?? EXPIRES_SECONDS_USUAL,
    known_user: account.user,
  }));
  return {
    profile: trunk.profile,
    enabled: trunk.enabled,
    name: trunk.name,
    host: trunk.host,
    port: trunk.port?.toString() ?? '',
    transport: trunk.transport ?? '',
    domain: trunk.domain === trunk.host ? '' : trunk.domain,
    known_by: accounts.length === 0 ? 'address' : 'account',
    accounts: accounts.length === 0 ? [blankAccount()] : accounts,
    number: trunk.number ?? '',
    srtp: trunk.srtp,
    identity: trunk.identity,
    outgoing: known(FORMATS, trunk.outgoing) ?? USUAL.outgoing,
    incoming: known(FORMATS, trunk.incoming) ?? USUAL.incoming,
    networks: trunk.networks.join(', '),
    from_address: trunk.from_address ?? '',
    trust: { pem: '', sha256: '', ...trunk.trust },
    ping_seconds: trunk.ping_seconds?.toString() ?? '',
    stun: trunk.stun ?? '',
    echo_number: trunk.echo_number ?? '',
    forwarded: trunk.forwarded,
  };
}

/** The draft with all that is known of a provider; what is not known is empty or as usual. Account and number stay. */
export function withProfile(
  draft: TrunkDraft,
  profile: TrunkProfile,
  before: TrunkProfile | null,
): TrunkDraft {
  const isNamedByUs = draft.name === '' || draft.name === before?.name;
  const outgoing = known(FORMATS, profile.outgoing) ?? USUAL.outgoing;
  const chosen: TrunkDraft = {
    ...draft,
    profile: profile.id,
    name: isNamedByUs ? nameOf(profile) : draft.name,
    host: profile.host ?? '',
    domain: profile.domain ?? '',
    known_by: profile.authentication === 'address' ? 'address' : 'account',
    accounts: draft.accounts.map((account) => ({
      ...account,
      realm: profile.realm ?? '',
      expires_seconds: profile.expires_seconds?.toString() ?? EXPIRES_SECONDS_USUAL,
    })),
    srtp: known(SRTPS, profile.srtp) ?? USUAL.srtp,
    identity: known(IDENTITIES, profile.identity) ?? USUAL.identity,
    outgoing,
    incoming: known(FORMATS, profile.incoming) ?? outgoing,
    stun: profile.stun ?? '',
  };
  return withTransport(chosen, transportOf(profile), profile);
}

/** The draft with a transport and the provider's port for it. */
export function withTransport(
  draft: TrunkDraft,
  transport: Transport | '',
  profile: TrunkProfile | null,
): TrunkDraft {
  return { ...draft, transport, port: portOf(profile, transport)?.toString() ?? '' };
}

/** A provider's port for a transport; `null` where DNS says it, or nobody knows. */
export function portOf(profile: TrunkProfile | null, transport: Transport | ''): number | null {
  if (profile === null || (profile.dns === true && transport === '')) return null;
  return transport === 'tls' ? profile.tls_port : profile.port;
}

/** The only transport of a provider; with several, or none known, DNS or whoever fills in the form decides. */
function transportOf({ transports }: TrunkProfile): Transport | '' {
  const [first, ...others] = transports ?? [];
  return others.length > 0 ? '' : (known(TRANSPORTS, first ?? null) ?? '');
}

function nameOf(profile: TrunkProfile): string {
  return profile.id === GENERIC ? '' : profile.name;
}

/** The profile of providers of whom nothing is known. */
export const GENERIC = 'generic';

/** A host that a profile leaves a gap in, such as `<account>.example.com`. */
export function hasGap(host: string): boolean {
  return /[<>]/.test(host);
}

/** The draft as the server wants it. */
export function bodyOf(draft: TrunkDraft): NewTrunk {
  const host = draft.host.trim();
  return {
    name: draft.name.trim(),
    profile: draft.profile,
    enabled: draft.enabled,
    host,
    port: draft.port.trim() === '' ? null : Number(draft.port),
    transport: draft.transport === '' ? null : draft.transport,
    domain: orNull(draft.domain) ?? host,
    accounts: draft.known_by === 'address' ? [] : draft.accounts.map(accountOf),
    number: orNull(draft.number.replace(/[\s()/-]/g, '')),
    srtp: draft.srtp,
    identity: draft.identity,
    outgoing: draft.outgoing,
    incoming: draft.incoming,
    networks: draft.networks.split(/[\s,;]+/).filter((each) => each !== ''),
    from_address: orNull(draft.from_address),
    trust: trustOf(draft.trust),
    ping_seconds: draft.ping_seconds === '' ? null : Number(draft.ping_seconds),
    stun: orNull(draft.stun),
    echo_number: orNull(draft.echo_number),
    forwarded: draft.forwarded,
  };
}

function trustOf({ kind, pem, sha256 }: TrustDraft): Trust {
  switch (kind) {
    case 'public':
      return { kind };
    case 'authority':
      return { kind, pem: pem.trim() };
    case 'pinned':
      return { kind, sha256: sha256.replace(/\s/g, '') };
  }
}

function accountOf(account: AccountDraft): NonNullable<NewTrunk['accounts']>[number] {
  return {
    user: account.user.trim(),
    // Without one the server keeps the password that it has for this user.
    ...(account.password === '' ? {} : { password: account.password }),
    auth_user: orNull(account.auth_user),
    realm: orNull(account.realm),
    contact_user: orNull(account.contact_user),
    expires_seconds: account.registers ? Number(account.expires_seconds) : null,
  };
}

/** Whether the server has a password for the account as it is written. */
export function hasPassword({ user, known_user }: AccountDraft): boolean {
  return known_user !== null && known_user === user.trim();
}

function orNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

function known<Word extends string>(words: readonly Word[], word: string | null): Word | null {
  return words.find((each) => each === word) ?? null;
}
