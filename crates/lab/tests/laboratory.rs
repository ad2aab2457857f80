//! The laboratory: does it do what it says, and does the product's first promise hold in it?

#![allow(clippy::unwrap_used, reason = "a story that cannot go on has failed, and the place says why")]

#[path = "laboratory/ears.rs"]
mod ears;
#[path = "laboratory/farend_nat.rs"]
mod farend_nat;
#[path = "laboratory/gaps.rs"]
mod gaps;
#[path = "laboratory/hostile_turn.rs"]
mod hostile_turn;
#[path = "laboratory/impaired.rs"]
mod impaired;
#[path = "laboratory/ipv6.rs"]
mod ipv6;
#[path = "laboratory/lines.rs"]
mod lines;
#[path = "laboratory/matrix.rs"]
mod matrix;
#[path = "laboratory/mid_call.rs"]
mod mid_call;
#[path = "laboratory/nat_types.rs"]
mod nat_types;
#[path = "laboratory/proxies.rs"]
mod proxies;
#[path = "laboratory/setup_times.rs"]
mod setup_times;
#[path = "laboratory/stage.rs"]
mod stage;
#[path = "laboratory/stun.rs"]
mod stun;
#[path = "laboratory/table.rs"]
mod table;
#[path = "laboratory/two_routers.rs"]
mod two_routers;
