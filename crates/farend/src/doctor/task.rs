//! The task: puts the evidence together, has it judged, and tells.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use doctor::evidence::Evidence;
use jiff::Timestamp;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use switchboard::core::LiveEvent;
use switchboard::directory::Directory;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{Instant, sleep_until};

use super::forward::Forwards;
use super::open::{Open, Write};
use super::people::Mobiles;
use super::report::{Counts, Report};
use super::since::Since;
use super::unheard::Unheard;
use super::{Doctor, people};
use crate::api::{Live, Metrics, Network, News};
use crate::certificate::Certificate;
use crate::clock;
use crate::signalling::{Signal, Signalling};
use crate::store::{Snapshot, Store};

/// Between two looks, while something changes.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Between two looks, while nothing does.
const IDLE_EVERY: Duration = Duration::from_secs(10);

/// Looks that are wanted one after the other are this far apart.
const APART_MIN: Duration = Duration::from_secs(1);

/// A change keeps us looking often for so long: others follow it, and what is wrong has to last before it counts.
const RESTLESS: Duration = Duration::from_secs(30);

/// Between two snapshots that differ in their evidence alone.
const SNAPSHOT_EVERY: Duration = Duration::from_secs(10);

/// A snapshot is written so often at least, as a sign of life.
const SIGN_OF_LIFE_EVERY: Duration = Duration::from_secs(30);

/// Nudges that wait; one is enough.
const NUDGES_MAX: usize = 4;

/// Whom the task asks.
pub(crate) struct Sources {
    pub(crate) network: Network,
    pub(crate) live: Live,
    pub(crate) certificate: Arc<Certificate>,
    pub(crate) store: Store,
    pub(crate) metrics: Arc<Metrics>,
    /// Who can ask phones.
    pub(crate) signalling: Signalling,
    /// Where media is received.
    pub(crate) bind: IpAddr,
    /// Where desk phones register.
    pub(crate) sip_port: u16,
    /// Says when the server ends.
    pub(crate) stopped: watch::Receiver<bool>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct SeverityLabel {
    severity: &'static str,
}

/// Starts the task.
pub(crate) fn start(sources: Sources) -> Doctor {
    let (nudge, nudges) = mpsc::channel(NUDGES_MAX);
    let doctor = Doctor::new(nudge);
    let findings = Family::default();
    sources.metrics.register(|registry| {
        registry.register(
            "findings",
            "Findings of the doctor that are open, by severity",
            Family::clone(&findings),
        );
    });
    let now = Instant::now();
    let task = Task {
        doctor: doctor.clone(),
        sources,
        since: Since::default(),
        unheard: Unheard::default(),
        forwards: Forwards::default(),
        open: Open::default(),
        mobiles: Mobiles::new(),
        asking_plan: JoinSet::new(),
        findings,
        due: now,
        looked: None,
        restless_until: now + RESTLESS,
        begun: now,
        told: Counts::default(),
        written: None,
    };
    tokio::spawn(task.run(nudges));
    doctor
}

pub(super) struct Task {
    pub(super) doctor: Doctor,
    pub(super) sources: Sources,
    pub(super) since: Since,
    pub(super) unheard: Unheard,
    pub(super) forwards: Forwards,
    open: Open,
    pub(super) mobiles: Mobiles,
    asking_plan: JoinSet<Option<Mobiles>>,
    findings: Family<SeverityLabel, Gauge>,
    /// When to look next.
    due: Instant,
    looked: Option<Instant>,
    restless_until: Instant,
    pub(super) begun: Instant,
    told: Counts,
    /// The snapshot that was written last, and when.
    written: Option<(Instant, Arc<Report>)>,
}

impl Task {
    async fn run(mut self, mut nudges: mpsc::Receiver<bool>) {
        let mut stopped = self.sources.stopped.clone();
        let mut network = self.sources.network.changes();
        let (_, mut news) = self.sources.live.watch();
        self.resume().await;
        loop {
            tokio::select! {
                () = ended(&mut stopped) => return,
                Some(everything) = nudges.recv() => {
                    if everything {
                        self.look_anew();
                    }
                    self.hasten();
                }
                Ok(()) = network.changed() => self.hasten(),
                heard = news.recv() => match heard {
                    Ok(item) => self.hear(&item),
                    Err(RecvError::Lagged(_)) => self.hasten(),
                    Err(RecvError::Closed) => return,
                },
                () = self.unheard.changed() => self.hasten(),
                () = self.forwards.changed() => self.hasten(),
                Some(Ok(Some(mobiles))) = self.asking_plan.join_next() => {
                    self.mobiles = mobiles;
                    self.hasten();
                }
                () = sleep_until(self.due) => self.look().await,
            }
        }
    }

    /// Goes on where the run before has stopped.
    async fn resume(&mut self) {
        let (store, live) = (self.sources.store.clone(), self.sources.live.clone());
        if let Err(error) = live.follow_directory(&store).await {
            tracing::warn!(%error, "the doctor does not know people and trunks yet");
        }
        let directory = live.directory();
        self.ask_plan(&directory);
        match store.open_findings().await {
            Ok(left) => self.open = Open::resume(left, super::now()),
            Err(error) => tracing::warn!(%error, "what was wrong before cannot be read"),
        }
        match store.snapshot().await {
            Ok(Some(Snapshot { evidence, .. })) => {
                let user_of = |extension: &str| {
                    let mut users = directory.users.iter();
                    users.find(|user| user.extension.as_deref() == Some(extension)).map(|user| user.id)
                };
                self.doctor.arrivals(|arrivals| arrivals.restore(&evidence.networks, user_of));
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "where people were before cannot be read"),
        }
    }

    /// Something has changed, or been found out.
    fn hasten(&mut self) {
        let now = Instant::now();
        let earliest = self.looked.map_or(now, |looked| looked + APART_MIN);
        self.due = self.due.min(earliest.max(now));
        self.restless_until = now + RESTLESS;
    }

    fn hear(&mut self, news: &News) {
        match news {
            News::DirectoryChanged(directory) => {
                self.ask_plan(directory);
                self.hasten();
            }
            News::Live(
                LiveEvent::Registered { .. }
                | LiveEvent::Unregistered { .. }
                | LiveEvent::PhoneWay { .. }
                | LiveEvent::Line { .. }
                | LiveEvent::LineClosed { .. }
                | LiveEvent::LineMeasured { .. }
                | LiveEvent::Seated { .. },
            )
            | News::Sound(_) => self.hasten(),
            News::Live(_)
            | News::Calls(_)
            | News::TeamLine { .. }
            | News::Conference(_)
            | News::Parked(_)
            | News::PickUps(_)
            | News::CallBacks(_)
            | News::Recordings
            | News::RecordingStorage(_)
            | News::JournalChanged(_)
            | News::Doctor(_) => {}
        }
    }

    /// Somebody wants everything to be looked at again.
    fn look_anew(&mut self) {
        self.forwards.again();
        self.unheard.again();
        self.sources.network.look_anew();
        // A loop that is too busy for it asks them in their turn.
        let _asked = self.sources.signalling.send(Signal::AskPhones);
    }

    /// Asks the number plan where mobiles are: beside everything else, since that costs a look at everybody for each.
    fn ask_plan(&mut self, directory: &Arc<Directory>) {
        let (store, directory) = (self.sources.store.clone(), Arc::clone(directory));
        self.asking_plan = JoinSet::new();
        self.asking_plan.spawn(async move {
            let site = store.site().await.ok()?;
            let zone = clock::zone(site.time_zone.as_deref()).ok()?;
            let wall = clock::on_the_wall(Timestamp::now(), &zone);
            spawn_blocking(move || people::mobiles(&directory, wall)).await.ok()
        });
    }

    async fn look(&mut self) {
        let now = Instant::now();
        self.looked = Some(now);
        let every = if now < self.restless_until { LOOK_EVERY } else { IDLE_EVERY };
        self.due = now + every;
        let network = self.sources.network.picture();
        if network.tcp_port == 0 {
            // Nothing is known of the way to the world yet.
            return;
        }
        let at = super::now();
        let doctor = self.doctor.clone();
        let (evidence, checks, has_found, writes) = doctor.spent().on(|| {
            let (evidence, checks) = self.evidence(&network, at);
            let found = doctor::rules::diagnose(&evidence);
            let has_found = !found.is_empty();
            (evidence, checks, has_found, self.open.follow(found, at))
        });
        let is_change = writes.iter().any(is_turn);
        self.write(writes).await;
        let report = Arc::new(Report {
            looked_at: Some(at),
            open: self.open.all(),
            evidence: Arc::new(evidence),
            checks,
        });
        self.doctor.0.report.send_replace(Arc::clone(&report));
        if has_found {
            // What is suspected has to be seen again, and what is open may be over soon.
            self.restless_until = now + RESTLESS;
        }
        self.tell(Counts::of(&report.open), is_change);
        self.keep(report, is_change, now).await;
    }

    async fn write(&mut self, writes: Vec<Write>) {
        for write in writes {
            let written = match &write {
                Write::Add(kept) => match self.sources.store.add_finding(kept).await {
                    Ok(row) => {
                        self.open.has_row(kept, row);
                        Ok(())
                    }
                    Err(error) => Err(error),
                },
                Write::Change(kept) => self.sources.store.change_finding(kept).await,
            };
            if let Err(error) = written {
                tracing::warn!(%error, "a finding could not be written");
            }
        }
    }

    /// Tells the figures and, where something is another than before, administrators who watch.
    fn tell(&mut self, counts: Counts, is_change: bool) {
        for (severity, count) in [("problem", counts.problem), ("warning", counts.warning), ("note", counts.note)] {
            self.findings.get_or_create(&SeverityLabel { severity }).set(count.into());
        }
        if is_change || self.told != counts {
            self.told = counts;
            self.sources.live.doctor_changed(counts);
        }
    }

    /// Writes the snapshot when it is due.
    async fn keep(&mut self, report: Arc<Report>, is_change: bool, now: Instant) {
        let is_due = self.written.as_ref().is_none_or(|(written, before)| {
            let age = now.duration_since(*written);
            let differs = || before.open != report.open || !is_alike(&before.evidence, &report.evidence);
            is_change || age >= SIGN_OF_LIFE_EVERY || (age >= SNAPSHOT_EVERY && differs())
        });
        let Some(looked_at) = report.looked_at.filter(|_| is_due) else {
            return;
        };
        let snapshot = Snapshot {
            looked_at,
            open: report.open.clone(),
            evidence: Evidence::clone(&report.evidence),
        };
        match self.sources.store.keep_snapshot(&snapshot).await {
            Ok(()) => self.written = Some((now, report)),
            Err(error) => tracing::warn!(%error, "what the doctor knows could not be written"),
        }
    }
}

/// Returns when the server ends.
async fn ended(stopped: &mut watch::Receiver<bool>) {
    let _gone = stopped.wait_for(|stopped| *stopped).await;
}

/// Whether a finding begins or ends.
fn is_turn(write: &Write) -> bool {
    match write {
        Write::Add(_) => true,
        Write::Change(kept) => kept.cleared_at.is_some(),
    }
}

/// But for the time at which it was put together.
fn is_alike(one: &Evidence, other: &Evidence) -> bool {
    let other = Evidence {
        taken_at: one.taken_at,
        ..other.clone()
    };
    *one == other
}

#[cfg(test)]
mod tests {
    use doctor::evidence::UnixMs;

    use super::*;

    #[test]
    fn evidence_is_alike_whenever_it_was_put_together() {
        let one = Evidence {
            taken_at: UnixMs(1),
            ..Evidence::default()
        };
        assert!(is_alike(&one, &Evidence::default()));
        let mut other = one.clone();
        other.server.tcp_port = 8802;
        assert!(!is_alike(&one, &other));
    }
}
