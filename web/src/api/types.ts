/** The API's nouns under short names. */
import type { ServerEvent } from './notGenerated.ts';
import type { components } from './schema.d.ts';

type Schemas = components['schemas'];
export type {
  AuditEntry,
  AuditVia,
  ChangedDevice,
  Device,
  LineCall,
  LiveCall,
  LiveCallState,
  Me,
  NewDevice,
  NewTeam,
  Other,
  Place,
  Ringing,
  Rings,
  Seat,
  ServerEvent,
  Shared,
  Team,
  TeamMember,
  TeamOrder,
  User,
  WhileBusy,
} from './notGenerated.ts';
export type UserState = Schemas['UserState'];
export type Role = Schemas['Role'];
export type NewUser = Schemas['NewUser'];
export type ChangedUser = Schemas['ChangedUser'];
export type JournalCall = Schemas['Call'];
export type Problem = Schemas['Problem'];
export type EmergencyCall = Extract<ServerEvent, { type: 'emergency_call' }>;
export type StunMode = Schemas['StunMode'];
export type StunState = Schemas['StunState'];
export type MappingLifetime = Schemas['MappingLifetime'];
export type Trunk = Schemas['Trunk'];
export type NewTrunk = Schemas['NewTrunk'];
export type ChangedTrunk = Schemas['ChangedTrunk'];
export type TrunkLine = Schemas['Line'];
export type LineState = Schemas['LineState'];
export type Transport = Schemas['Transport'];
export type Srtp = Schemas['Srtp'];
export type IdentityHeader = Schemas['IdentityHeader'];
export type TrunkProfile = Schemas['TrunkProfile'];
export type TrunkProfiles = Schemas['TrunkProfiles'];
export type CallRoute = Schemas['Route'];
export type NewRoute = Schemas['NewRoute'];
export type InboundNumber = Schemas['InboundNumber'];
export type NewInboundNumber = Schemas['NewInboundNumber'];
export type NumberPlan = Schemas['NumberPlan'];
export type Calling = Schemas['Calling'];
export type CallingWindow = Schemas['CallingWindow'];
export type Day = Schemas['Day'];
export type Trust = Schemas['Trust'];
export type Denial = Extract<Schemas['Destination'], { kind: 'nowhere' }>;
export type Explanation = Schemas['Explanation'];
export type CallWay = Schemas['Way'];
export type { Confidence, Dependence, Nat, NatType, Network, StunServer } from './network.ts';
export type Forwarded = Schemas['Forwarded'];
export type StunInForce = Schemas['StunInForce'];
export type TrunkTest = Schemas['TrunkTest'];
export type TrunkTestStep = Schemas['TrunkTestStep'];
