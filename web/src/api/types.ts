/** The API's nouns under short names. */
import type {
  DenialAhead,
  EmergencyCall,
  JournalCallAhead,
  LineAhead,
  TrunkAhead,
  TrunkTermsAhead,
} from './notGenerated.ts';
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
export type JournalCall = Schemas['Call'] & JournalCallAhead;
export type Problem = Schemas['Problem'];
/** Messages of the event WebSocket. */
export type ServerEvent = Schemas['Event'] | EmergencyCall;
export type StunMode = Schemas['StunMode'];
export type StunState = Schemas['StunState'];
export type MappingLifetime = Schemas['MappingLifetime'];
export type Trunk = Omit<Schemas['Trunk'], 'lines'> & TrunkAhead;
export type NewTrunk = Schemas['NewTrunk'] & Partial<TrunkTermsAhead>;
export type ChangedTrunk = Schemas['ChangedTrunk'] & Partial<TrunkTermsAhead>;
export type TrunkLine = Schemas['Line'] & LineAhead;
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
export type Denial = DenialAhead;
export type Explanation = Omit<Schemas['Explanation'], 'leads'> & {
  leads: Exclude<Schemas['Destination'], { kind: 'nowhere' }> | Denial;
};
export type CallWay = Schemas['Way'];
export type { Confidence, Dependence, Nat, NatType, Network, StunServer } from './network.ts';
export type { EmergencyCall, Forwarded, StunInForce, TrunkTest, TrunkTestStep } from './notGenerated.ts';
