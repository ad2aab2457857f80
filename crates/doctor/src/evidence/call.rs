//! A call's audio.

use serde::{Deserialize, Serialize};

use super::{MediaWay, UnixMs};

/// A call that runs, or has ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Call {
    /// The call's id, as in the journal.
    pub id: u64,
    /// When it was answered.
    pub answered_at: UnixMs,
    /// When it ended; `None`: it runs.
    pub ended_at: Option<UnixMs>,
    /// Its parties; two in most calls.
    pub legs: Vec<CallLeg>,
    /// What was wrong with its audio, or is; [`crate::watch`] has noticed it.
    pub troubles: Vec<Trouble>,
}

/// One party of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallLeg {
    /// The leg's id.
    pub leg: u64,
    /// The extension, or the number outside.
    pub party: String,
    /// The name, where it is known.
    pub name: String,
    /// By what it takes part.
    pub kind: PeerKind,
    /// The trunk, for somebody outside.
    pub trunk: Option<String>,
    /// How its media goes now; `None`: it does not.
    pub way: Option<MediaWay>,
    /// What its browser says of itself; `None` for phones, and for browsers that say nothing.
    pub browser: Option<BrowserSide>,
}

/// By what somebody takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeerKind {
    /// A browser.
    Browser,
    /// A desk phone.
    Phone,
    /// A provider's line.
    Trunk,
}

/// What a browser says of its side of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BrowserSide {
    /// The person has muted themselves in the app: that is no fault.
    pub is_muted_in_app: bool,
    /// The person holds the call: nothing is to be heard then.
    pub is_held: bool,
    /// What the microphone does.
    pub microphone: Microphone,
    /// The output device is gone, or refuses to play.
    pub is_output_lost: bool,
    /// No packet of the other side's sound has arrived lately, though the call is not on hold here.
    pub is_deaf: bool,
}

/// What a microphone does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Microphone {
    /// Not known.
    #[default]
    Unknown,
    /// Sound comes from it.
    Works,
    /// The system, or a switch on the headset, has muted it (`MediaStreamTrack.muted`).
    MutedBySystem,
    /// It was unplugged, or permission was withdrawn (`ended`).
    Ended,
    /// It gives nothing but digital silence.
    Zero,
}

/// One direction of a call without sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Whose sound is missing: the leg that should be heard; 0 for all the others of a conference.
    pub from_leg: u64,
    /// Who does not hear it; `None` for all the others.
    pub to_leg: Option<u64>,
    /// Where it is lost.
    pub stage: Stage,
    /// Since when.
    pub since: UnixMs,
    /// Until when; `None`: still.
    pub until: Option<UnixMs>,
}

/// Where a direction's sound is lost, from the mouth to the ear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The microphone: muted by the system, unplugged, or digital silence from a browser.
    Microphone,
    /// The device sends no packets, though its side of the signalling lives and says that it may: a silent peer.
    Sender,
    /// The device sends packets of digital silence (muted at the phone, or a broken headset).
    SilentAudio,
    /// Packets are sent and do not arrive here: the network from there.
    NetworkIn,
    /// Packets arrive from an address that was not negotiated.
    WrongAddress,
    /// Packets arrive and cannot be decrypted or authenticated.
    Decryption,
    /// Packets arrive in a form that was not negotiated, or cannot be decoded.
    Decoding,
    /// We send, and the other side says by RTCP (or by its browser) that nothing arrives: the network to there.
    NetworkOut,
    /// It arrives at the other side's browser, which cannot play it: no output device.
    Output,
}
