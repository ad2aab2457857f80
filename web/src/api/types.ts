/** The API's nouns under short names. */
import type { components } from './schema.d.ts';

type Schemas = components['schemas'];
export type ServerEvent = Schemas['Event'];
export type AuditEntry = Schemas['AuditEntry'];
export type AuditVia = Schemas['AuditVia'];
export type ChangedDevice = Schemas['ChangedDevice'];
export type Device = Schemas['Device'];
export type NewDevice = Schemas['NewDevice'];
export type Rings = Schemas['Rings'];
export type Seat = Schemas['Seat'];
export type Shared = NonNullable<Device['shared']>;
export type LineCall = Schemas['LineCall'];
export type LiveCall = Schemas['LiveCall'];
export type LiveCallState = Schemas['LiveCallState'];
export type Other = LiveCall['other'];
export type Conference = Schemas['Conference'];
export type Member = Schemas['ConferenceMember'];
export type Presence = Schemas['Presence'];
export type Level = Schemas['SpeakingLevel'];
export type ParkedCall = Schemas['ParkedCall'];
/** A call that rings at somebody of one's group. */
export type PickUp = Schemas['RingingCall'];
export type CallBack = Schemas['CallBack'];
export type TransferEnd = Schemas['TransferEnd'];
export type Transferred = Extract<ServerEvent, { type: 'transferred' }>;
export type Me = Schemas['Me'];
export type User = Schemas['User'];
export type Place = Schemas['Place'];
export type Ringing = Schemas['Ringing'];
export type WhileBusy = Schemas['WhileBusy'];
export type Team = Schemas['Team'];
export type Night = Schemas['TeamNight'];
/** The app leaves nothing to the server's own defaults but a turn's length where nobody has a turn. */
export type NewTeam = Omit<Team, 'id' | 'turn_s'> & Partial<Pick<Team, 'turn_s'>>;
export type TeamMember = Schemas['TeamMember'];
export type TeamOrder = Schemas['TeamOrder'];
export type UserState = Schemas['UserState'];
export type Role = Schemas['Role'];
export type NewUser = Schemas['NewUser'];
export type ChangedUser = Schemas['ChangedUser'];
export type JournalCall = Schemas['Call'];
export type Problem = Schemas['Problem'];
/** Why a file is no sound. */
export type NotAudio = Schemas['NotAudioReason'];
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
export type Reaching = Schemas['Reaching'];
export type Forward = Schemas['Forward'];
export type ForwardCase = Schemas['ForwardWhen'];
export type Callers = Schemas['ForwardFrom'];
export type TimeProfile = Schemas['TimeProfile'];
export type NewTimeProfile = Omit<TimeProfile, 'id'>;
export type Room = Schemas['Room'];
export type NewRoom = Omit<Room, 'id'>;
export type PickUpGroup = Schemas['PickUpGroup'];
export type NewPickUpGroup = Omit<PickUpGroup, 'id'>;
export type Parking = Schemas['Parking'];
export type Feature = Schemas['Feature'] & { name: FeatureName };
/** The server's document says no more than that it is a word. */
export type FeatureName =
  | 'echo_test'
  | 'music'
  | 'take_call'
  | 'send_call'
  | 'conference'
  | 'pick_up'
  | 'pick_up_group'
  | 'park'
  | 'call_back'
  | 'intercom'
  | 'redial'
  | 'return_call'
  | 'forward_always'
  | 'forward_busy'
  | 'forward_no_answer'
  | 'forward_unreachable'
  | 'do_not_disturb'
  | 'reject_anonymous'
  | 'desk_share';

/** A call that nobody has made; `from`: `null` without a number; `at`: `null` now; `reaching`: `null` as it is saved. */
export type Supposed = Required<Schemas['SimulatedCall']>;
export type ReachStep = Schemas['SimulationStep'];
export type Region = Schemas['HolidayRegion'];
export type Holiday = Schemas['Holiday'];

export type Announced = Schemas['Announced'];
export type RecordingTrouble = Schemas['RecordingTrouble'];
/** Whose recordings somebody may listen to. */
export type Hears = Schemas['HearsRecordings'];
/** Whether a running call is recorded. */
export type LiveRecording = Schemas['CallRecording'];
export type RecordedParty = Schemas['Party'];
export type Recording = Schemas['Recording'];
export type Peaks = Schemas['Peaks'];
export type RecordingPermission = Schemas['RecordingPermission'];
export type RecordingRule = Schemas['RecordingRule'];
export type RecordingSettings = Schemas['RecordingSettings'];
export type RecordingStorage = Schemas['RecordingStorage'];
export type Spoken = Schemas['LanguageCode'];
export type Announcement = Schemas['Announcement'];
export type Prompt = Schemas['SpokenPrompt'];
export type Prompts = Schemas['Prompts'];
/** 0 to 9, * or #. */
export type MenuKey = Schemas['MenuKey']['key'];
export type Choice = Schemas['MenuChoice'];
export type MenuHours = Schemas['MenuHours'];
export type Menu = Schemas['Menu'];
export type NewMenu = Omit<Menu, 'id'>;
