//! Where one's number is: with one's browser, or at a shared phone.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::UserId;
use serde::Serialize;
use switchboard::core::Action;
use utoipa::ToSchema;

use super::Api;
use super::guard::SessionUser;
use super::live::Picture;
use super::problem::{Problem, ProblemDocument};
use crate::store::Device;

/// Where one's number is.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct Place {
    at: Whereabouts,
    /// The shared phone that has the number, or from which the browser has taken it; null for people without a shared phone.
    #[schema(required)]
    device_id: Option<u64>,
    /// The shared phones at which one is, or which are one's own.
    phones: Vec<PlacePhone>,
}

/// A shared phone.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
struct PlacePhone {
    id: u64,
    label: String,
}

/// Where a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PlaceAt)]
enum Whereabouts {
    /// With the browser; always for people without a shared phone.
    Browser,
    DeskPhone,
    /// One has logged off from one's shared phone.
    Nowhere,
}

/// Where one's number is.
#[utoipa::path(get, path = "/me/place", tag = "me", operation_id = "place", responses(
    (status = 200, description = "With the browser, or at a shared phone", body = Place),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn show(State(api): State<Api>, who: SessionUser) -> Result<Json<Place>, Problem> {
    let devices = api.store().devices(None).await?;
    Ok(Json(Place::of(who.user.id, &devices, &api.live().picture())))
}

/// Brings one's number back to the shared phone ("Cancel mobility").
#[utoipa::path(post, path = "/me/place/cancel-mobility", tag = "me", operation_id = "cancel_mobility", responses(
    (status = 204, description = "It is there"),
    (status = 404, description = "`not-found`: one has no shared phone", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`: it is there already", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn cancel_mobility(State(api): State<Api>, who: SessionUser) -> Result<StatusCode, Problem> {
    super::live_calls::ask(&api, &who, Action::CancelMobility).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Logs oneself off from the shared phone that one has logged on at.
#[utoipa::path(post, path = "/me/place/log-off", tag = "me", operation_id = "log_off", responses(
    (status = 204, description = "Logged off"),
    (status = 404, description = "`not-found`: one is logged on nowhere", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn log_off(State(api): State<Api>, who: SessionUser) -> Result<StatusCode, Problem> {
    super::live_calls::ask(&api, &who, Action::LogOff).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Place {
    fn of(me: UserId, devices: &[Device], picture: &Picture) -> Self {
        let shared = devices.iter().filter(|device| device.shared.is_some());
        let seats: Vec<_> = shared.map(|device| (device, picture.seat(device.id, device.user))).collect();
        let phones = seats
            .iter()
            .filter(|(device, seat)| device.user == Some(me) || seat.user == Some(me) || seat.mobile == Some(me));
        let phones: Vec<PlacePhone> = phones
            .map(|(device, _)| PlacePhone {
                id: device.id.0,
                label: device.label.clone(),
            })
            .collect();
        let taken = seats.iter().find(|(_, seat)| seat.user == Some(me));
        let left = seats.iter().find(|(_, seat)| seat.mobile == Some(me));
        let (at, device) = match (taken, left) {
            (Some((device, _)), _) => (Whereabouts::DeskPhone, Some(device)),
            (None, Some((device, _))) => (Whereabouts::Browser, Some(device)),
            (None, None) if phones.is_empty() => (Whereabouts::Browser, None),
            (None, None) => (Whereabouts::Nowhere, None),
        };
        Self {
            at,
            device_id: device.map(|device| device.id.0),
            phones,
        }
    }
}

#[cfg(test)]
mod tests {
    use model::DeviceId;
    use switchboard::directory::{DeviceKind, LogOn, Rings};

    use super::super::live::Seat;
    use super::*;

    const ANNA: UserId = UserId(1);
    const BEN: UserId = UserId(2);

    fn desk(id: u64, user: Option<UserId>, shared: Option<LogOn>) -> Device {
        Device {
            id: DeviceId(id),
            user,
            kind: DeviceKind::DeskPhone,
            shared,
            rings: Rings::default(),
            label: format!("Desk {id}"),
            sip_user: format!("desk-{id}"),
            ha1: None,
        }
    }

    #[test]
    fn a_number_is_at_exactly_one_place() {
        let devices = [
            desk(5, Some(ANNA), None),
            desk(6, Some(ANNA), Some(LogOn::Everybody)),
            desk(7, None, Some(LogOn::Everybody)),
        ];
        let place = |me, seats: &[(u64, Option<UserId>, Option<UserId>)]| {
            let seats = seats.iter().map(|(device, user, mobile)| {
                let (user, mobile) = (*user, *mobile);
                (DeviceId(*device), Seat { user, mobile })
            });
            let picture = Picture {
                seats: seats.collect(),
                ..Picture::default()
            };
            let place = Place::of(me, &devices, &picture);
            (
                place.at,
                place.device_id,
                place.phones.iter().map(|phone| phone.id).collect::<Vec<_>>(),
            )
        };
        for (me, seats, expected) in [
            (BEN, &[][..], (Whereabouts::Browser, None, vec![])),
            (ANNA, &[], (Whereabouts::DeskPhone, Some(6), vec![6])),
            (ANNA, &[(6, None, Some(ANNA))], (Whereabouts::Browser, Some(6), vec![6])),
            (ANNA, &[(6, None, None)], (Whereabouts::Nowhere, None, vec![6])),
            (
                ANNA,
                &[(6, None, None), (7, Some(ANNA), None)],
                (Whereabouts::DeskPhone, Some(7), vec![6, 7]),
            ),
            (BEN, &[(6, Some(BEN), None)], (Whereabouts::DeskPhone, Some(6), vec![6])),
            (BEN, &[(7, None, Some(BEN))], (Whereabouts::Browser, Some(7), vec![7])),
        ] {
            assert_eq!(place(me, seats), expected, "{me:?} {seats:?}");
        }
    }
}
