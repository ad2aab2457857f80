//! `farend features`

use clap::Args;
use serde_json::json;
use switchboard::directory::{Feature, Takes};

use super::place::Place;

#[derive(Args)]
pub(super) struct Features {
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

pub(super) async fn run(Features { json, place }: Features) -> anyhow::Result<()> {
    let features = place.open().await?.features().await?;
    if json {
        return super::print_json(&json!({ "features": features.iter().map(as_json).collect::<Vec<_>>() }));
    }
    super::print(&features.iter().map(as_line).collect::<String>())
}

fn as_json((code, feature): &(String, Feature)) -> serde_json::Value {
    let takes = match feature.takes() {
        Takes::Nothing => "nothing",
        Takes::Maybe => "maybe",
        Takes::Extension => "extension",
    };
    json!({ "name": feature.name(), "code": code, "usual_code": feature.usual_code(), "takes": takes })
}

fn as_line((code, feature): &(String, Feature)) -> String {
    let behind = match feature.takes() {
        Takes::Nothing => "",
        Takes::Maybe => "[…]",
        Takes::Extension => "EXT",
    };
    let usual = if code == feature.usual_code() {
        String::new()
    } else {
        format!(" (usually {})", feature.usual_code())
    };
    format!(
        "{:<12} {:<20} {}{usual}\n",
        format!("{code}{behind}"),
        feature.name(),
        feature.title()
    )
}
