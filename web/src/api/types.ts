/** The API's nouns under short names. */
import type { components } from './schema.d.ts';

type Schemas = components['schemas'];
export type Me = Schemas['Me'];
export type User = Schemas['User'];
export type UserState = Schemas['UserState'];
export type Role = Schemas['Role'];
export type Device = Schemas['Device'];
export type NewUser = Schemas['NewUser'];
export type ChangedUser = Schemas['ChangedUser'];
export type NewDevice = Schemas['NewDevice'];
export type JournalCall = Schemas['Call'];
export type Problem = Schemas['Problem'];
/** Messages of the event WebSocket. */
export type ServerEvent = Schemas['Event'];
export type StunMode = Schemas['StunMode'];
export type StunServer = Schemas['StunServer'];
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
export type Explanation = Schemas['Explanation'];
export type CallWay = Schemas['Way'];
export type { Confidence, Dependence, Nat, NatType, Network } from './network.ts';
