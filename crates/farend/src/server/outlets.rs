//! Where the signalling loop's results go: journal, watchers, connections of ours, lines to providers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;

use model::{RecordingId, TrunkId, UserId};
use sip::Flow;
use switchboard::core::{JournalEntry, LiveEvent, NewRecording, Outcome, Remembered, Setting, Ticket};
use switchboard::trunks::{CheckId, Errand, LineId, Place, Retrieved, StepKind};
use time::OffsetDateTime;
use tokio::runtime::Handle;

use crate::api::metrics::Kind;
use crate::api::{Live, Metrics, Network};
use crate::doctor::Doctor;
use crate::recording::writer::Orders;
use crate::signalling::{Outlets, Signal, Signalling};
use crate::sip_io::lines::{Lines, Way};
use crate::sip_io::stream::Streams;
use crate::store::journal::Writer;
use crate::store::{SeatWriter, Store, Unsettled};
use crate::surroundings;

/// The rest of the program, as the signalling loop sees it.
pub(super) struct Shell {
    store: Store,
    journal: Writer,
    seats: SeatWriter,
    recordings: Orders,
    live: Live,
    doctor: Doctor,
    metrics: Arc<Metrics>,
    streams: Streams,
    lines: Arc<Lines>,
    network: Network,
    tasks: Handle,
}

/// What takes the results.
pub(super) struct Takers {
    pub(super) store: Store,
    pub(super) journal: Writer,
    pub(super) seats: SeatWriter,
    pub(super) recordings: Orders,
    pub(super) live: Live,
    pub(super) doctor: Doctor,
    pub(super) metrics: Arc<Metrics>,
    pub(super) streams: Streams,
    pub(super) lines: Lines,
    pub(super) network: Network,
}

impl Shell {
    /// To be made on a task, which lends its runtime to what the loop asks for.
    pub(super) fn new(takers: Takers) -> Self {
        let Takers {
            store,
            journal,
            seats,
            recordings,
            live,
            doctor,
            metrics,
            streams,
            lines,
            network,
        } = takers;
        Self {
            store,
            journal,
            seats,
            recordings,
            live,
            doctor,
            metrics,
            streams,
            lines: Arc::new(lines),
            network,
            tasks: Handle::current(),
        }
    }
}

impl Outlets for Shell {
    fn journal(&self, at: SystemTime, entry: JournalEntry) {
        if let JournalEntry::Ended { outcome, .. } = &entry {
            self.metrics.calls_ended.get_or_create(&Kind { kind: name(*outcome) }).inc();
        }
        self.journal.write(entry, at);
    }

    fn live(&self, event: LiveEvent) {
        if let LiveEvent::Measured {
            user: Some(user), report, ..
        } = &event
        {
            self.doctor.measured(*user, report);
        }
        self.live.publish(event);
    }

    fn connect(&self, instead_of: Flow, peer: SocketAddr) {
        self.tasks.spawn(self.streams.clone().connect(instead_of, peer));
    }

    fn locate(&self, line: LineId, place: Place) {
        self.tasks.spawn(Arc::clone(&self.lines).locate(line, place));
    }

    fn connect_line(&self, line: LineId, way: Way) {
        self.tasks.spawn(Arc::clone(&self.lines).connect(line, way));
    }

    fn run_errand(&self, trunk: TrunkId, check: CheckId, errand: Errand) {
        let (lines, network, signalling) = (Arc::clone(&self.lines), self.network.clone(), self.streams.signalling.clone());
        self.tasks.spawn(async move {
            let retrieved = match errand {
                Errand::Locate { line, place } => Retrieved::Located(lines.servers(line, &place).await),
                Errand::Open { server, trust, from } => Retrieved::Opened(lines.open_once(&Way { server, trust, from }).await),
                Errand::Stun { local, own } => Retrieved::Judged {
                    about: StepKind::Stun,
                    judgement: surroundings::stun(&network.picture(), local, own.as_ref()),
                },
                Errand::Router { measures } => Retrieved::Judged {
                    about: StepKind::Router,
                    judgement: surroundings::router(&network.picture(), &measures),
                },
            };
            signalling.deliver(Signal::Retrieved { trunk, check, retrieved }).await;
        });
    }

    fn check_pin(&self, ticket: Ticket, user: UserId, pin: String) {
        let (store, signalling) = (self.store.clone(), self.streams.signalling.clone());
        self.tasks.spawn(check_pin(store, signalling, ticket, user, pin));
    }

    fn settle(&self, ticket: Ticket, user: UserId, setting: Setting) {
        let (store, live, signalling) = (self.store.clone(), self.live.clone(), self.streams.signalling.clone());
        self.tasks.spawn(settle(store, live, signalling, ticket, user, setting));
    }

    fn begin_recording(&self, at: SystemTime, recording: NewRecording) {
        self.recordings.begin(at, recording);
    }

    fn end_recording(&self, _at: SystemTime, recording: RecordingId) {
        self.recordings.end(recording);
    }

    fn remember(&self, at: SystemTime, change: Remembered) {
        self.seats.write(change, at);
    }
}

/// One that could not be checked is neither right nor a wrong guess: without an answer the switchboard refuses it and counts nothing.
async fn check_pin(store: Store, signalling: Signalling, ticket: Ticket, user: UserId, pin: String) {
    match store.check_pin(user, &pin).await {
        Ok(is_right) => signalling.deliver(Signal::PinChecked { ticket, is_right }).await,
        Err(error) => tracing::warn!(%error, "a PIN could not be checked"),
    }
}

/// The directory with the change reaches the switchboard before the word that it is in force, and the app hears of it as of every change.
async fn settle(store: Store, live: Live, signalling: Signalling, ticket: Ticket, user: UserId, setting: Setting) {
    let settled = match store.settle(user, &setting, OffsetDateTime::now_utc()).await {
        Ok(()) => live.follow_directory(&store).await.map_err(Unsettled::from),
        Err(error) => Err(error),
    };
    if let Err(error) = &settled {
        tracing::warn!(%error, "a setting could not be changed by a code");
    }
    let is_done = settled.is_ok();
    signalling.deliver(Signal::Settled { ticket, is_done }).await;
}

fn name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "answered",
        Outcome::NoAnswer => "no_answer",
        Outcome::Busy => "busy",
        Outcome::Refused => "refused",
        Outcome::Cancelled => "cancelled",
        Outcome::Failed => "failed",
    }
}

/// Asks the loop to test a trunk; false when it is too busy.
pub(super) fn test_trunk(signalling: &Signalling, trunk: TrunkId, echo_number: Option<String>) -> bool {
    signalling.send(Signal::TestTrunk { trunk, echo_number }).is_ok()
}

#[cfg(test)]
mod tests {
    use switchboard::directory::{Forward, When};

    use super::*;
    use crate::signalling::prepare;
    use crate::store::name::Pin;
    use crate::store::{DemoSecrets, Via};

    #[tokio::test]
    async fn what_a_pin_is_found_to_be_comes_back_with_its_ticket() {
        let store = Store::in_memory().await.unwrap();
        let secrets = DemoSecrets {
            pin: Some(Pin::parse("4826").unwrap()),
            ..DemoSecrets::default()
        };
        store.seed_demo(&secrets, OffsetDateTime::now_utc()).await.unwrap();
        let anna = store.user_named("anna").await.unwrap().unwrap().id;
        let (signalling, inbox) = prepare().unwrap().unattended();
        for (number, (user, pin, expected)) in [(anna, "4826", true), (anna, "4827", false), (UserId(4711), "4826", false)]
            .into_iter()
            .enumerate()
        {
            let asked = Ticket(u64::try_from(number).unwrap());
            check_pin(store.clone(), signalling.clone(), asked, user, pin.to_owned()).await;
            let Ok(Signal::PinChecked { ticket, is_right }) = inbox.try_recv() else {
                panic!("no answer")
            };
            assert_eq!((ticket, is_right), (asked, expected), "{pin}");
        }
        store.close().await;
        check_pin(store, signalling, Ticket(9), anna, "4826".to_owned()).await;
        assert!(inbox.try_recv().is_err(), "nobody has guessed wrongly");
    }

    #[tokio::test]
    async fn a_setting_is_in_the_directory_before_it_is_said_to_be_in_force() {
        let store = Store::in_memory().await.unwrap();
        store.seed_demo(&DemoSecrets::default(), OffsetDateTime::now_utc()).await.unwrap();
        let anna = store.user_named("anna").await.unwrap().unwrap().id;
        let (signalling, inbox) = prepare().unwrap().unattended();
        let live = Live::new({
            let signalling = signalling.clone();
            move |directory| signalling.hand_over(directory)
        });
        let to = Some("102".to_owned());
        let wanted = Setting::Forward { when: When::Busy, to };
        settle(store.clone(), live.clone(), signalling.clone(), Ticket(1), anna, wanted.clone()).await;
        assert!(matches!(inbox.try_recv(), Ok(Signal::Directory)));
        let settled = inbox.try_recv().unwrap();
        assert!(
            matches!(
                settled,
                Signal::Settled {
                    ticket: Ticket(1),
                    is_done: true
                }
            ),
            "{settled:?}"
        );
        let directory = signalling.left().expect("left for the loop");
        let forwards = directory
            .users
            .iter()
            .find(|user| user.id == anna)
            .map(|user| &user.reaching.forwards[..]);
        assert!(
            matches!(
                forwards,
                Some([Forward {
                    is_on: true,
                    when: When::Busy,
                    ..
                }])
            ),
            "{forwards:?}"
        );
        let log = store.audit(None, 1).await.unwrap();
        assert_eq!((log[0].author.via, log[0].author.user), (Via::Phone, Some(anna)));

        // Nobody of ours, and no database.
        settle(
            store.clone(),
            live.clone(),
            signalling.clone(),
            Ticket(2),
            UserId(4711),
            wanted.clone(),
        )
        .await;
        store.close().await;
        settle(store, live, signalling, Ticket(3), anna, wanted).await;
        for number in [2, 3] {
            let settled = inbox.try_recv().unwrap();
            let Signal::Settled { ticket, is_done } = settled else {
                panic!("{settled:?}")
            };
            assert_eq!((ticket, is_done), (Ticket(number), false));
        }
    }
}
