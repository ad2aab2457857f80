//! What watchers are told, as JSON.

use doctor::evidence::Stage;
use model::{CallId, DeviceId, LegId, UserId};
use serde::Serialize;
use switchboard::core;
use utoipa::ToSchema;

use crate::api::calls::Party;
use crate::api::conferences::Conference;
use crate::api::live::{Seat, TimedConference};
use crate::api::live_calls::{LineCall, LiveCall};
use crate::api::recordings::RecordingStorage;
use crate::api::types::UserState;
use crate::api::waiting_calls::{CallBack, ParkedCall, RingingCall};
use crate::doctor::Counts;
use crate::store::RunId;
use crate::watching::{Direction, Told, Whose};

/// Something that the app is told.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = Event)]
pub(in crate::api) enum EventMessage {
    /// How everything stands; comes first, and again whenever the connection was too slow for single events. Whichever call of one's own has no
    /// sound now is told right after it, as `audio_trouble`; the others have.
    Snapshot {
        /// Everybody who is not offline.
        users: Vec<UserNow>,
        /// The devices that one may see and that are registered.
        devices: Vec<DeviceNow>,
        /// One's own calls, oldest first.
        calls: Vec<LiveCall>,
        /// What is on the lines of one's teams; a team without calls is not listed.
        lines: Vec<LineNow>,
        /// Who is logged on at shared phones; a phone that is not listed is its owner's.
        seats: Vec<SeatNow>,
        /// The conferences that one is in, or on the way to.
        conferences: Vec<Conference>,
        /// All parked calls.
        parked: Vec<ParkedCall>,
        /// What rings at others of one's groups, oldest first.
        pick_ups: Vec<RingingCall>,
        /// Those whom one is to call once they are free.
        call_backs: Vec<CallBack>,
    },
    /// What somebody does has changed.
    UserState { id: u64, state: UserState },
    /// A device that one may see can be reached now.
    DeviceRegistered { id: u64 },
    /// It cannot be reached any more.
    DeviceUnregistered { id: u64 },
    /// One's own calls are these now, oldest first.
    Calls { calls: Vec<LiveCall> },
    /// These calls are on the line of a team of one's own now.
    TeamLine { team_id: u64, calls: Vec<LineCall> },
    /// Somebody else is logged on at a shared phone, or nobody.
    Seated {
        device_id: u64,
        /// Whose number the phone has.
        #[schema(required)]
        user_id: Option<u64>,
        /// Whose number is with their browser meanwhile.
        #[schema(required)]
        mobile_user_id: Option<u64>,
    },
    /// A conference of one's own is this now; without members it is over, or one is not in it any more.
    Conference { conference: Conference },
    /// How loud those are who talk in a conference of one's own: a few times a second while somebody does, and once without any.
    Speaking {
        /// As in `/calls`.
        call: String,
        /// The loudest first, five at most.
        levels: Vec<Level>,
    },
    /// These calls are parked now: all of them.
    Parked { parked: Vec<ParkedCall> },
    /// These calls ring at others of one's groups now: all of them, oldest first.
    PickUps { pick_ups: Vec<RingingCall> },
    /// One is to call these once they are free: all of them.
    CallBacks { call_backs: Vec<CallBack> },
    /// A transfer that one has asked for is over.
    Transferred {
        /// Who was handed over.
        party: Party,
        /// To whom.
        to: Party,
        end: TransferEnd,
    },
    /// The doctor has found something, or something is right again: so many findings are open now. Fetch `/doctor` again. For administrators.
    DoctorChanged { problem: u32, warning: u32, note: u32 },
    /// A recording that one may hear has ended, or is gone: fetch `/recordings` again.
    Recordings {},
    /// The space for recordings is nearly full, full, failing, or fine again. For administrators.
    RecordingStorage { storage: RecordingStorage },
    /// One's journal has changed: fetch `/calls` again.
    JournalChanged {},
    /// People or devices have changed: fetch `/users` again.
    DirectoryChanged {},
    /// How one's own sound arrives at the server in a running call, every two seconds.
    CallQuality {
        /// As in `/calls`.
        call: String,
        leg: u64,
        #[schema(required)]
        mos: Option<f32>,
        /// Share of packets lost since the last event.
        loss_percent: f32,
        jitter_ms: f32,
        #[schema(required)]
        round_trip_ms: Option<f32>,
    },
    /// One direction of a call of one's own has no sound.
    AudioTrouble {
        /// As in `/calls`.
        call: String,
        direction: AudioDirection,
        /// On whose side the sound is lost.
        whose: AudioSide,
        stage: AudioStage,
        /// Direction and stage in one word, for the app's own sentences.
        #[schema(example = "from_me_microphone")]
        sentence_code: String,
    },
    /// It has sound again, or nobody is to be heard any more.
    AudioFine {
        /// As in `/calls`.
        call: String,
        direction: AudioDirection,
    },
    /// One's browser phone has registered from another place.
    PhoneDisplaced { device_id: u64 },
    /// A line of a trunk is in another state: fetch `/trunks` again. For administrators.
    TrunkChanged { trunk_id: u64 },
    /// Somebody's calls to the world were stopped because they look like fraud. For administrators.
    FraudSuspected { user_id: u64, text: &'static str },
    /// Somebody calls for help. For administrators.
    EmergencyCall {
        /// Who has dialled.
        #[schema(required)]
        user: Option<u64>,
        #[schema(required)]
        name: Option<String>,
        #[schema(required)]
        extension: Option<String>,
        /// The emergency number.
        dialled: &'static str,
        /// Where they are; null where nobody has told.
        #[schema(required)]
        location: Option<String>,
        /// The trunk by which the call is tried first; null where none can take it.
        #[schema(required)]
        trunk: Option<String>,
        /// As in `/calls`.
        call: String,
    },
}

impl EventMessage {
    pub(super) fn conference(reader: UserId, run: RunId, conference: &TimedConference) -> Self {
        Self::Conference {
            conference: Conference::seen_by(reader, run, conference),
        }
    }

    pub(super) fn doctor(Counts { problem, warning, note }: Counts) -> Self {
        Self::DoctorChanged { problem, warning, note }
    }

    pub(super) fn sound(run: RunId, told: Told) -> Self {
        let (call, direction) = (run.call(told.call), told.direction.into());
        match told.trouble {
            Some((stage, whose)) => {
                let stage = AudioStage::from(stage);
                Self::AudioTrouble {
                    call,
                    direction,
                    whose: whose.into(),
                    stage,
                    sentence_code: sentence_code(direction, stage),
                }
            }
            None => Self::AudioFine { call, direction },
        }
    }

    pub(super) fn speaking(run: RunId, call: CallId, levels: &[(LegId, i8)]) -> Self {
        let level = |(leg, dbov): &(LegId, i8)| Level { leg: leg.0, dbov: *dbov };
        Self::Speaking {
            call: run.call(call),
            levels: levels.iter().map(level).collect(),
        }
    }
}

/// What somebody does.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(in crate::api) struct UserNow {
    pub(super) id: u64,
    pub(super) state: UserState,
}

/// Whether a device can be reached.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(in crate::api) struct DeviceNow {
    pub(super) id: u64,
    pub(super) registered: bool,
}

/// What is on a team's line.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(in crate::api) struct LineNow {
    pub(super) team_id: u64,
    pub(super) calls: Vec<LineCall>,
}

/// How loud somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SpeakingLevel)]
pub(in crate::api) struct Level {
    /// As in a conference's members.
    leg: u64,
    /// 0 is full scale.
    dbov: i8,
}

/// How a transfer has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum TransferEnd {
    /// They talk.
    Connected,
    /// The target was busy, or declined.
    Busy,
    NoAnswer,
    /// The target could not be called.
    Failed,
    /// The one who was to be handed over has hung up.
    PartyLeft,
}

impl From<core::TransferEnd> for TransferEnd {
    fn from(end: core::TransferEnd) -> Self {
        match end {
            core::TransferEnd::Connected => Self::Connected,
            core::TransferEnd::Busy => Self::Busy,
            core::TransferEnd::NoAnswer => Self::NoAnswer,
            core::TransferEnd::Failed => Self::Failed,
            core::TransferEnd::PartyLeft => Self::PartyLeft,
        }
    }
}

/// Whose sound it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum AudioDirection {
    /// One is not heard.
    FromMe,
    /// One hears nothing.
    ToMe,
}

impl From<Direction> for AudioDirection {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::FromMe => Self::FromMe,
            Direction::ToMe => Self::ToMe,
        }
    }
}

/// On whose side sound is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum AudioSide {
    /// One's own.
    Me,
    /// That of whoever one talks to.
    Them,
}

impl From<Whose> for AudioSide {
    fn from(whose: Whose) -> Self {
        match whose {
            Whose::Me => Self::Me,
            Whose::Them => Self::Them,
        }
    }
}

/// Where sound is lost, from the mouth to the ear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum AudioStage {
    /// The microphone is muted by the system, unplugged, or gives nothing.
    Microphone,
    /// The device sends nothing.
    Sender,
    /// The device sends digital silence.
    SilentAudio,
    /// The network to the server.
    NetworkIn,
    /// It comes from an address that was not agreed upon.
    WrongAddress,
    /// It cannot be decrypted.
    Decryption,
    /// It comes in a form that was not agreed upon.
    Decoding,
    /// The network from the server.
    NetworkOut,
    /// It arrives, and cannot be played.
    Output,
}

impl From<Stage> for AudioStage {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Microphone => Self::Microphone,
            Stage::Sender => Self::Sender,
            Stage::SilentAudio => Self::SilentAudio,
            Stage::NetworkIn => Self::NetworkIn,
            Stage::WrongAddress => Self::WrongAddress,
            Stage::Decryption => Self::Decryption,
            Stage::Decoding => Self::Decoding,
            Stage::NetworkOut => Self::NetworkOut,
            Stage::Output => Self::Output,
        }
    }
}

fn sentence_code(direction: AudioDirection, stage: AudioStage) -> String {
    let direction = match direction {
        AudioDirection::FromMe => "from_me",
        AudioDirection::ToMe => "to_me",
    };
    let stage = match stage {
        AudioStage::Microphone => "microphone",
        AudioStage::Sender => "sender",
        AudioStage::SilentAudio => "silent_audio",
        AudioStage::NetworkIn => "network_in",
        AudioStage::WrongAddress => "wrong_address",
        AudioStage::Decryption => "decryption",
        AudioStage::Decoding => "decoding",
        AudioStage::NetworkOut => "network_out",
        AudioStage::Output => "output",
    };
    format!("{direction}_{stage}")
}

/// Who is logged on at a shared phone.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(in crate::api) struct SeatNow {
    pub(super) device_id: u64,
    /// Whose number the phone has.
    #[schema(required)]
    pub(super) user_id: Option<u64>,
    /// Whose number is with their browser meanwhile.
    #[schema(required)]
    pub(super) mobile_user_id: Option<u64>,
}

impl SeatNow {
    pub(super) fn of(device: DeviceId, seat: Seat) -> Self {
        Self {
            device_id: device.0,
            user_id: seat.user.map(|user| user.0),
            mobile_user_id: seat.mobile.map(|user| user.0),
        }
    }
}
