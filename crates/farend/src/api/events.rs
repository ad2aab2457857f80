//! The event WebSocket: first the picture, then everything that changes it.

mod looks;
mod message;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use model::{DeviceId, TeamId, UserId};
use switchboard::core::LiveEvent;
use switchboard::directory::{self, DeviceKind, Directory, MemberKind};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::MissedTickBehavior;

use self::looks::Looks;
use self::message::{DeviceNow, LineNow, SeatNow, UserNow};
use super::calls::Party;
use super::conferences::Conference;
use super::guard::SessionUser;
use super::live::{News, Picture};
use super::live_calls::{LineCall, LiveCall};
use super::problem::{Problem, ProblemDocument};
use super::recordings::RecordingStorage;
use super::session_watch::{SessionChange, SessionWatch};
use super::waiting_calls::{CallBack, ParkedCall, RingingCall};
use super::{Api, OriginCheck};
use crate::portal::limits::Permit;

pub(super) use self::message::EventMessage;

/// Event WebSockets at the same time.
const OPEN_MAX: usize = 10_000;
/// Bytes that a watcher may send in one message; nothing is expected of it.
const INCOMING_BYTES_MAX: usize = 1_024;
/// Keeps routers on the way from forgetting the connection, and tells when the other end is gone.
const PING_EVERY: Duration = Duration::from_secs(25);
/// A watcher that takes nothing for this long is gone.
const SEND_MAX: Duration = Duration::from_secs(20);
/// The session has ended.
const SESSION_ENDED: u16 = 4002;

/// Open event WebSockets.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicUsize);

impl Count {
    pub(super) fn now(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// WebSocket of events: messages are JSON, see the schema `Event`. Closed with 4002 when the session ends.
#[utoipa::path(get, path = "/events", tag = "events", responses(
    (status = 101, description = "Messages of the schema Event follow", body = EventMessage),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "`foreign-origin`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn open(
    State(api): State<Api>,
    who: SessionUser,
    CheckedOrigin: CheckedOrigin,
    permit: Option<Extension<Arc<Permit>>>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    let place = Place::take(&api).ok_or_else(Problem::busy)?;
    let session = api.watch_session(&who);
    let upgrade = upgrade.max_message_size(INCOMING_BYTES_MAX).max_frame_size(INCOMING_BYTES_MAX);
    Ok(upgrade.on_upgrade(move |socket| async move {
        let watcher = Watcher {
            api: place.0.clone(),
            session,
            who,
            visible: BTreeSet::new(),
            seats: BTreeSet::new(),
            teams: BTreeSet::new(),
            looks: Looks::default(),
        };
        // Whatever ends it, there is nobody left to tell.
        let _ended = watcher.run(socket).await;
        drop((place, permit));
    }))
}

/// Other sites' pages get nothing, whatever token they have.
pub(super) struct CheckedOrigin;

impl axum::extract::FromRequestParts<Api> for CheckedOrigin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, api: &Api) -> Result<Self, Problem> {
        match api.origin(parts) {
            OriginCheck::Ours | OriginCheck::Absent => Ok(Self),
            OriginCheck::Foreign => Err(Problem::foreign_origin()),
        }
    }
}

/// One of the [`OPEN_MAX`] places.
struct Place(Api);

impl Place {
    fn take(api: &Api) -> Option<Self> {
        let place = Self(api.clone());
        (api.0.events_open.0.fetch_add(1, Ordering::Relaxed) < OPEN_MAX).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.0.events_open.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Why a watcher's connection ended.
enum Gone {
    /// The other end closed it, or takes nothing any more.
    Closed,
}

struct Watcher {
    api: Api,
    session: SessionWatch,
    who: SessionUser,
    /// Devices that this watcher may see; everything for administrators.
    visible: BTreeSet<DeviceId>,
    /// Shared phones at which this watcher is.
    seats: BTreeSet<DeviceId>,
    /// Teams of which this watcher is a member, and whose lines members see.
    teams: BTreeSet<TeamId>,
    looks: Looks,
}

impl Watcher {
    async fn run(mut self, mut socket: WebSocket) -> Result<(), Gone> {
        let mut own = self.api.live().watch_own(self.who.user.id);
        let mut news = self.begin(&mut socket).await?;
        let mut ping = tokio::time::interval_at(tokio::time::Instant::now() + PING_EVERY, PING_EVERY);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                // An end goes before what may not be told any more.
                biased;
                change = self.session.changed() => match change {
                    SessionChange::Ended => return close(&mut socket, SESSION_ENDED, "session ended").await,
                    SessionChange::Role(role) => {
                        self.who.user.role = role;
                        self.show_all(&mut socket).await?;
                    }
                },
                _ = ping.tick() => send(&mut socket, Message::Ping(bytes::Bytes::new())).await?,
                heard = own.recv() => match heard {
                    Ok(item) => self.tell(&mut socket, &item).await?,
                    Err(RecvError::Lagged(_)) => self.show_all(&mut socket).await?,
                    Err(RecvError::Closed) => return close(&mut socket, close_code::AWAY, "server stops").await,
                },
                received = socket.recv() => match received {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Ok(()),
                    // Pongs show life; anything else is of no interest.
                    Some(Ok(Message::Text(_) | Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => {}
                },
                heard = news.recv() => match heard {
                    Ok(item) => self.tell(&mut socket, &item).await?,
                    Err(RecvError::Lagged(_)) => news = self.begin(&mut socket).await?,
                    Err(RecvError::Closed) => return close(&mut socket, close_code::AWAY, "server stops").await,
                },
            }
        }
    }

    /// The picture, and the news that follow it.
    async fn begin(&mut self, socket: &mut WebSocket) -> Result<tokio::sync::broadcast::Receiver<Arc<News>>, Gone> {
        // First this, so that what changes meanwhile is among the news.
        let (_, news) = self.api.live().watch();
        self.look_up().await;
        let picture = self.api.live().picture();
        self.seats = picture.seats_of(self.who.user.id);
        self.send_all(socket, &picture).await?;
        Ok(news)
    }

    /// The picture once more; the news go on.
    async fn show_all(&mut self, socket: &mut WebSocket) -> Result<(), Gone> {
        self.look_up().await;
        let picture = self.api.live().picture();
        self.seats = picture.seats_of(self.who.user.id);
        self.send_all(socket, &picture).await
    }

    /// How everything stands, and which of one's own calls have no sound.
    async fn send_all(&self, socket: &mut WebSocket, picture: &Picture) -> Result<(), Gone> {
        send_json(socket, &self.snapshot(picture)).await?;
        for told in self.api.live().watching().open_of(self.who.user.id) {
            send_json(socket, &EventMessage::sound(self.api.0.parts.run, told)).await?;
        }
        Ok(())
    }

    async fn look_up(&mut self) {
        let of = if self.who.is_administrator() {
            None
        } else {
            Some(self.who.user.id)
        };
        match self.api.store().devices(of).await {
            Ok(devices) => self.visible = devices.into_iter().map(|device| device.id).collect(),
            Err(error) => tracing::warn!(%error, "cannot look up devices for a watcher; it keeps those it knows"),
        }
        match self.api.store().teams().await {
            Ok(teams) => self.teams = lines_of(self.who.user.id, &teams),
            Err(error) => tracing::warn!(%error, "cannot look up teams for a watcher; it keeps those it knows"),
        }
    }

    fn snapshot(&self, picture: &Picture) -> EventMessage {
        let users = picture.users.iter().map(|(id, state)| UserNow {
            id: id.0,
            state: (*state).into(),
        });
        let devices = picture.registered.keys().filter(|id| self.sees(**id));
        let (run, calls) = (self.api.0.parts.run, picture.calls.get(&self.who.user.id));
        let conferences = picture.conferences.values().filter(|conference| conference.has(self.who.user.id));
        let call_backs = picture.call_backs.get(&self.who.user.id).map_or(&[][..], |wanted| wanted);
        let lines = picture.team_lines.iter().filter(|(team, _)| self.teams.contains(team));
        EventMessage::Snapshot {
            users: users.collect(),
            devices: devices
                .map(|id| DeviceNow {
                    id: id.0,
                    registered: true,
                })
                .collect(),
            calls: calls
                .into_iter()
                .flat_map(|calls| calls.iter())
                .map(|call| LiveCall::of(run, call))
                .collect(),
            lines: lines
                .map(|(team, calls)| LineNow {
                    team_id: team.0,
                    calls: calls.iter().map(|call| LineCall::of(run, call)).collect(),
                })
                .collect(),
            seats: picture
                .seats
                .iter()
                .filter(|(device, _)| self.sees(**device))
                .map(|(device, seat)| SeatNow::of(*device, *seat))
                .collect(),
            conferences: conferences
                .map(|conference| Conference::seen_by(self.who.user.id, run, conference))
                .collect(),
            parked: ParkedCall::all(run, &picture.parked),
            pick_ups: RingingCall::all(run, picture.pick_ups.get(&self.who.user.id).map_or(&[][..], |calls| calls)),
            call_backs: CallBack::all(call_backs, &self.api.live().directory()),
        }
    }

    /// Which devices there are now that this watcher may see, and which one is its phone.
    fn take(&mut self, directory: &Directory) {
        let (me, is_administrator) = (self.who.user.id, self.who.is_administrator());
        let own = |device: &&directory::Device| device.user == Some(me);
        let browser = directory
            .devices
            .iter()
            .filter(own)
            .find(|device| device.kind == DeviceKind::Browser);
        self.who.browser = browser.map(|device| device.id);
        let sees = |device: &&directory::Device| is_administrator || own(device);
        self.visible = directory.devices.iter().filter(sees).map(|device| device.id).collect();
        self.teams = lines_of(me, &directory.teams);
    }

    async fn tell(&mut self, socket: &mut WebSocket, news: &News) -> Result<(), Gone> {
        if let News::DirectoryChanged(directory) = news {
            let teams = self.teams.clone();
            self.take(directory);
            self.show_lines(&teams, socket).await?;
        }
        match self.message(news) {
            Some(message) => send_json(socket, &message).await,
            None => Ok(()),
        }
    }

    /// What is on the lines that were not visible `before`.
    async fn show_lines(&self, before: &BTreeSet<TeamId>, socket: &mut WebSocket) -> Result<(), Gone> {
        let picture = self.api.live().picture();
        for team in self.teams.difference(before) {
            let Some(calls) = picture.team_lines.get(team) else { continue };
            let calls = calls.iter().map(|call| LineCall::of(self.api.0.parts.run, call)).collect();
            send_json(socket, &EventMessage::TeamLine { team_id: team.0, calls }).await?;
        }
        Ok(())
    }

    /// What this watcher may know of it.
    fn message(&mut self, news: &News) -> Option<EventMessage> {
        let run = self.api.0.parts.run;
        match news {
            News::Live(LiveEvent::Registered { device, .. }) => {
                self.sees(*device).then_some(EventMessage::DeviceRegistered { id: device.0 })
            }
            News::Live(LiveEvent::Unregistered { device }) => {
                self.sees(*device).then_some(EventMessage::DeviceUnregistered { id: device.0 })
            }
            News::Live(LiveEvent::UserState { user, state }) => Some(EventMessage::UserState {
                id: user.0,
                state: (*state).into(),
            }),
            News::Live(LiveEvent::Measured {
                call, leg, user, report, ..
            }) => {
                let is_heard = report.received.packets > 0;
                let is_due = is_heard && *user == Some(self.who.user.id) && self.looks.is_due(*leg);
                is_due.then(|| EventMessage::CallQuality {
                    call: run.call(*call),
                    leg: leg.0,
                    mos: report.received.mos,
                    loss_percent: self.looks.loss_percent(*leg, &report.received),
                    jitter_ms: report.received.jitter_ms,
                    round_trip_ms: report.round_trip_ms,
                })
            }
            News::Doctor(counts) => self.who.is_administrator().then(|| EventMessage::doctor(*counts)),
            News::Sound(told) => (told.user == self.who.user.id).then(|| EventMessage::sound(run, *told)),
            News::Recordings => Some(EventMessage::Recordings {}),
            News::RecordingStorage(storage) => self.who.is_administrator().then(|| EventMessage::RecordingStorage {
                storage: RecordingStorage::of(storage),
            }),
            News::JournalChanged(users) => self.reads_journal_of(users).then_some(EventMessage::JournalChanged {}),
            News::DirectoryChanged(_) => Some(EventMessage::DirectoryChanged {}),
            News::Live(LiveEvent::Line { line, .. } | LiveEvent::LineClosed { line }) => self
                .who
                .is_administrator()
                .then_some(EventMessage::TrunkChanged { trunk_id: line.trunk.0 }),
            // The doctor alone looks at that.
            News::Live(LiveEvent::PhoneWay { .. }) => None,
            // Whoever looks at a test asks for it.
            News::Live(LiveEvent::LineMeasured { .. } | LiveEvent::TrunkTested { .. } | LiveEvent::TrunkNotTested { .. }) => None,
            News::Live(LiveEvent::Suspected { user, suspicion }) => self.who.is_administrator().then(|| EventMessage::FraudSuspected {
                user_id: user.0,
                text: suspicion.text(),
            }),
            News::Live(LiveEvent::EmergencyCalled {
                call,
                user,
                name,
                extension,
                dialled,
                location,
                trunk,
            }) => self.who.is_administrator().then(|| EventMessage::EmergencyCall {
                user: user.map(|user| user.0),
                name: name.clone(),
                extension: extension.clone(),
                dialled,
                location: location.clone(),
                trunk: trunk.clone(),
                call: run.call(*call),
            }),
            News::Calls(calls) => {
                let calls = calls.iter().map(|call| LiveCall::of(run, call)).collect();
                Some(EventMessage::Calls { calls })
            }
            News::TeamLine { team, calls } => self.teams.contains(team).then(|| EventMessage::TeamLine {
                team_id: team.0,
                calls: calls.iter().map(|call| LineCall::of(run, call)).collect(),
            }),
            News::Live(LiveEvent::Seated { device, user, mobile }) => {
                // Whoever leaves hears of it as well.
                let was_seen = self.sees(*device);
                let seated = self.seated(*device, *user, *mobile);
                (was_seen || self.sees(*device)).then_some(seated)
            }
            News::Conference(conference) => Some(EventMessage::conference(self.who.user.id, run, conference)),
            News::Live(LiveEvent::Speaking { call, levels, .. }) => Some(EventMessage::speaking(run, *call, levels)),
            News::Parked(parked) => Some(EventMessage::Parked {
                parked: ParkedCall::all(run, parked),
            }),
            News::PickUps(calls) => Some(EventMessage::PickUps {
                pick_ups: RingingCall::all(run, calls),
            }),
            News::CallBacks(wanted) => Some(EventMessage::CallBacks {
                call_backs: CallBack::all(wanted, &self.api.live().directory()),
            }),
            News::Live(LiveEvent::Transferred { party, to, end, .. }) => Some(EventMessage::Transferred {
                party: Party::now(party),
                to: Party::now(to),
                end: (*end).into(),
            }),
            // They come as news of their own, with the time on the wall, or with names.
            News::Live(
                LiveEvent::Calls { .. }
                | LiveEvent::TeamLine { .. }
                | LiveEvent::Conference { .. }
                | LiveEvent::Parked(_)
                | LiveEvent::PickUps { .. }
                | LiveEvent::CallBacks { .. },
            ) => None,
            News::Live(LiveEvent::Displaced { device }) => {
                (self.who.browser == Some(*device)).then_some(EventMessage::PhoneDisplaced { device_id: device.0 })
            }
        }
    }

    fn sees(&self, device: DeviceId) -> bool {
        self.visible.contains(&device) || self.seats.contains(&device)
    }

    fn seated(&mut self, device: DeviceId, user: Option<UserId>, mobile: Option<UserId>) -> EventMessage {
        let me = Some(self.who.user.id);
        if user == me || mobile == me {
            self.seats.insert(device);
        } else {
            self.seats.remove(&device);
        }
        EventMessage::Seated {
            device_id: device.0,
            user_id: user.map(|user| user.0),
            mobile_user_id: mobile.map(|user| user.0),
        }
    }

    fn reads_journal_of(&self, users: &[UserId]) -> bool {
        self.who.is_administrator() || users.contains(&self.who.user.id)
    }
}

/// The teams of somebody whose lines members see.
fn lines_of(user: UserId, teams: &[directory::Team]) -> BTreeSet<TeamId> {
    let is_member = |team: &directory::Team| team.members.iter().any(|member| member.kind == MemberKind::Person(user));
    let theirs = teams.iter().filter(|team| team.has_line && is_member(team));
    theirs.map(|team| team.id).collect()
}

async fn send_json(socket: &mut WebSocket, message: &EventMessage) -> Result<(), Gone> {
    let text = serde_json::to_string(message).map_err(|_| Gone::Closed)?;
    send(socket, Message::Text(text.into())).await
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), Gone> {
    match tokio::time::timeout(SEND_MAX, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Gone::Closed),
    }
}

async fn close(socket: &mut WebSocket, code: u16, reason: &'static str) -> Result<(), Gone> {
    send(
        socket,
        Message::Close(Some(CloseFrame {
            code,
            reason: reason.into(),
        })),
    )
    .await
}
