//! The nouns that every crate shares: ids, what signalling asks of media, what media reports back, and
//! how quality is measured.
//!
//! Nothing here decides anything. `switchboard` never parses SDP and `media` never sees SIP; the types of
//! [`control`] are all they have in common.

pub mod control;
pub mod host;
pub mod id;
pub mod quality;
pub mod recording;
pub mod sound;
pub mod stun_server;

pub use id::{CallId, DeviceId, LegId, TeamId, TrunkId, UserId};
pub use recording::{Channel, RecordingId, Track};
pub use sound::{AnnouncementId, Language, Prompt, Sound};
pub use stun_server::{NotAStunServer, StunServer};
