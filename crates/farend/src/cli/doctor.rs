//! `farend doctor`: so far what was recorded of one call.

mod flight;

use super::place::Place;

/// What is looked at.
#[derive(clap::Args)]
pub(super) struct Doctor {
    /// A call, as the journal names it
    #[arg(long, value_name = "ID")]
    call: String,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

pub(super) async fn run(doctor: Doctor) -> anyhow::Result<()> {
    flight::print(&doctor.place.open().await?, &doctor.call, doctor.json).await
}
