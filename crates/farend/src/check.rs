//! What browsers' checks need of the server beside HTTP: echo legs without a call, and ports that tell whoever asks what they look like from here.

mod desk;
pub mod echoes;
pub(crate) mod probes;

pub use desk::{ECHO_MAX, Heard, NoEcho, Owner, PER_OWNER_MAX};
pub use echoes::Echoes;
pub use media::sdp::way::Way;
