//! The task: puts the evidence together, has it judged, and tells.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use doctor::evidence::{Evidence, Page, Server, UnixMs};
use jiff::Timestamp;
use media::addresses::is_inside;
use model::UserId;
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
use super::links::Links;
use super::open::{Open, Write};
use super::people::Mobiles;
use super::report::{Counts, Report};
use super::since::Since;
use super::unheard::Unheard;
use super::{Doctor, lines, office, people, shown};
use crate::api::live::Picture;
use crate::api::network::picture::Picture as NetworkPicture;
use crate::api::{Live, Metrics, Network, News};
use crate::certificate::Certificate;
use crate::clock;
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

/// Desk phones have registered again so long after a start, if they are going to: those by UDP do every minute.
const SETTLED_AFTER: Duration = Duration::from_secs(90);

/// Nudges that wait; one is enough.
const NUDGES_MAX: usize = 4;

/// Checks as the database numbers them, by person and address.
type CheckIds = BTreeMap<(String, IpAddr), u64>;

/// Whom the task asks.
pub(crate) struct Sources {
    pub(crate) network: Network,
    pub(crate) live: Live,
    pub(crate) certificate: Arc<Certificate>,
    pub(crate) store: Store,
    pub(crate) metrics: Arc<Metrics>,
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

struct Task {
    doctor: Doctor,
    sources: Sources,
    since: Since,
    unheard: Unheard,
    forwards: Forwards,
    open: Open,
    mobiles: Mobiles,
    asking_plan: JoinSet<Option<Mobiles>>,
    findings: Family<SeverityLabel, Gauge>,
    /// When to look next.
    due: Instant,
    looked: Option<Instant>,
    restless_until: Instant,
    begun: Instant,
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
        let (evidence, checks) = self.evidence(&network, at);
        let found = doctor::rules::diagnose(&evidence);
        let has_found = !found.is_empty();
        let writes = self.open.follow(found, at);
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

    fn evidence(&mut self, network: &NetworkPicture, at: UnixMs) -> (Evidence, CheckIds) {
        let links = Links::look(self.sources.bind).unwrap_or_else(|error| {
            tracing::warn!(%error, "cannot look at our network interfaces");
            Links::default()
        });
        let is_settled = Instant::now().duration_since(self.begun) >= SETTLED_AFTER;
        let (live, directory) = (self.sources.live.picture(), self.sources.live.directory());
        let publics = office::publics(network);
        let mut ways_in = publics.clone();
        ways_in.extend(network.pages.iter().flat_map(|page| &page.addresses).filter(|ip| !is_inside(**ip)));
        let locality = |peer: IpAddr| links.locality(peer, &ways_in);
        let names = |user: UserId| {
            let user = directory.users.iter().find(|known| known.id == user)?;
            Some((user.extension.clone()?, user.name.clone()))
        };
        let is_known = |user: UserId| directory.users.iter().any(|known| known.id == user);
        let (networks, pages, arrivals, clock_ahead_ms, checks) = self.doctor.arrivals(|arrivals| {
            arrivals.forget(is_known, at);
            let pages = arrivals.pages(locality, |host| addresses(network, host));
            let (networks, checks) = (arrivals.networks(&names, locality), arrivals.check_ids(&names));
            (networks, pages, arrivals.by_interface(), arrivals.clock_ahead_ms(at), checks)
        });
        self.look_around(network, &links, &publics, &pages);
        let evidence = Evidence {
            taken_at: at,
            server: Server {
                tcp_port: network.tcp_port,
                udp_port: network.udp_port,
                interfaces: links.interfaces(),
                public_host: network.public_host.clone(),
                stated: network.stated.clone(),
                stun: office::stun(network, &self.unheard, &mut self.since, at),
                nat: office::nat(network),
                pages,
                arrivals,
                strangers: self.strangers(&live, &directory, at),
                forward: self.forwards.told(),
                certificate: self.certificate(),
                clock_ahead_ms,
            },
            trunks: lines::trunks(&directory, &live, network, &mut self.since, at),
            networks,
            phones: people::phones(&directory, (&live, is_settled), locality, &mut self.since, at),
            people: people::people(&directory, &self.mobiles),
            calls: self.doctor.calls(at),
        };
        self.since.tidy();
        (evidence, checks)
    }

    /// Begins what takes a while: what is found out comes with a later look.
    fn look_around(&mut self, network: &NetworkPicture, links: &Links, publics: &[IpAddr], pages: &[Page]) {
        self.unheard.follow(&office::doubtful(network), self.sources.bind, Instant::now());
        let outside = pages.iter().filter(|page| page.from_outside_at.is_some());
        let mut doors: Vec<IpAddr> = publics.iter().chain(outside.flat_map(|page| &page.addresses)).copied().collect();
        doors.retain(|ip| !is_inside(*ip) && !links.has(*ip));
        doors.sort();
        doors.dedup();
        self.forwards
            .follow(&doors, network.tcp_port, &self.sources.certificate.end_entity(), Instant::now());
    }

    fn certificate(&self) -> Option<doctor::evidence::Certificate> {
        let certificate = &self.sources.certificate;
        shown::certificate(&certificate.end_entity(), certificate.is_self_signed())
    }

    /// Who has knocked and is no phone and no provider of ours.
    fn strangers(&self, live: &Picture, directory: &Directory, at: UnixMs) -> Vec<doctor::evidence::StrangerAt> {
        let is_phone = |ip: IpAddr| live.registered.values().any(|registered| registered.from.ip().to_canonical() == ip);
        let is_provider = |ip: IpAddr| {
            let mut servers = lines::servers(live);
            let mut networks = directory.trunks.iter().flat_map(|trunk| &trunk.networks);
            // Providers have more servers than the one that a line has chosen, mostly beside it.
            servers.any(|server| is_beside(server, ip)) || networks.any(|network| network.contains(ip))
        };
        let strangers = self.doctor.strangers();
        strangers.told(self.sources.sip_port, |ip| is_phone(ip) || is_provider(ip), at)
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

/// What a page's host means, as far as our DNS knows.
fn addresses(network: &NetworkPicture, host: &str) -> Vec<IpAddr> {
    if let Ok(ip) = host.parse() {
        return vec![ip];
    }
    let page = network.pages.iter().find(|page| page.host == host);
    page.map(|page| page.addresses.clone()).unwrap_or_default()
}

/// Whether two addresses share what a provider's servers do: 24 bits of IPv4, 64 of IPv6.
fn is_beside(one: IpAddr, other: IpAddr) -> bool {
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => one.to_bits() >> 8 == other.to_bits() >> 8,
        (IpAddr::V6(one), IpAddr::V6(other)) => one.to_bits() >> 64 == other.to_bits() >> 64,
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn a_host_that_is_an_address_means_itself() {
        let network = NetworkPicture {
            pages: vec![crate::api::network::picture::Page {
                host: "pbx".to_owned(),
                addresses: vec![IpAddr::from([198, 51, 100, 2])],
            }],
            ..NetworkPicture::default()
        };
        assert_eq!(addresses(&network, "pbx"), [IpAddr::from([198, 51, 100, 2])]);
        assert_eq!(addresses(&network, "192.0.2.7"), [IpAddr::from([192, 0, 2, 7])]);
        assert!(addresses(&network, "elsewhere").is_empty());
    }
}
