//! A world in simulated time: the switchboard's core in the middle, phones and browsers around it, a network that
//! delays, loses, repeats and reorders, and media that answers late. Everything that happens follows from one seed.
//!
//! ```text
//!  Phone (sip::Agent, habits) ◄── Network ──► switchboard::Core ◄── late replies ──► Media (fake)
//!                                   │
//!                                   └─ one queue of what happens when; the world's only clock
//! ```

pub mod board;
pub mod media;
pub mod nat;
pub mod network;
pub mod phone;
pub mod world;

pub use board::{Board, Lamp};
pub use media::Media;
pub use network::Network;
pub use phone::{Habit, Phone, Way};
pub use world::{Act, Want, World};
