//! The running server: everything is opened here, in an order in which every failure can still be told to a person, and ended here.

mod descriptors;
mod figures;
mod opened;
mod outlets;
mod reload;
mod sip_route;
mod summary;
mod troubles;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context as _;
use arc_swap::ArcSwap;
use model::control::Event;
use switchboard::directory::Directory;
use time::OffsetDateTime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::time::{Instant, interval, sleep, timeout};
use tokio_rustls::TlsAcceptor;

use self::opened::Opened;
use self::reload::Reloadable;
use crate::api::{self, Api, Checks, Control, Live, Metrics, PageNews, Parts, Tester};
use crate::certificate::{self, Certificate};
use crate::check::{self, Echoes};
use crate::clock;
use crate::config::{CONNECTIONS_MAX, Config};
use crate::doctor;
use crate::flight::{self, Flights};
use crate::mailbox::Undelivered;
use crate::media_io::MediaThreads;
use crate::portal::limits::Limits;
use crate::portal::{OPENING_TIME_MAX, PORTAL_PROTOCOLS, Portal};
use crate::profiles;
use crate::reach::Reach;
use crate::recording::keeper::Keeper;
use crate::recording::queue::{Tapped, queue};
use crate::recording::vault::Vault;
use crate::recording::writer::{self, Orders};
use crate::relaying::RelaySecret;
use crate::resolve::Dns;
use crate::signalling::{self, Setup, Signal, Signalling};
use crate::sip_io::Connections;
use crate::sip_io::lines::Lines;
use crate::sip_io::stream::Streams;
use crate::sounds::keeper::{self, Shelf};
use crate::store::journal::Writer;
use crate::store::{DemoSecrets, REALM, RunId, SeatWriter, Store};

pub use self::reload::Reread;

/// How often the certificate's files are looked at.
const CERTIFICATE_EVERY: Duration = Duration::from_secs(60);

/// Time for phones to be told, and for the journal to be written, at the end.
const FAREWELL_MAX: Duration = Duration::from_secs(5);

/// Whose phones these are.
#[derive(Debug)]
pub enum Company {
    /// That of the database.
    Own,
    /// The demo company, seeded when it is not there.
    Demo(DemoSecrets),
}

/// Runs the server until SIGTERM or SIGINT has been answered by draining.
///
/// # Errors
///
/// When something cannot be opened, or what calls need has ended; the message says what, why and what to do.
pub async fn run(config: Config, reread: Reread, company: Company) -> anyhow::Result<()> {
    descriptors::provide(&config);
    let store = Store::open(&config.database, &config.data_dir)
        .await
        .context("cannot open the database")?;
    let relay = RelaySecret::find(&store).await.context("cannot read the database")?;
    let (tap, tapped) = queue(writer::PACKETS_MAX);
    let capture = flight::capture::tap::Tap::new();
    let opened = Opened::open(&config, &relay, tap, capture.clone()).await?;
    relay.keep(&store).await.context("cannot write into the database")?;
    let seeded = match &company {
        Company::Own => None,
        Company::Demo(secrets) => Some(
            store
                .seed_demo(secrets, OffsetDateTime::now_utc())
                .await
                .context("cannot set up the demo company")?,
        ),
    };
    let run = store.begin_run(OffsetDateTime::now_utc()).await?;
    let certificate = Arc::clone(&opened.certificate);
    let mut server = match Server::start(config, reread, store.clone(), run, opened, (tapped, capture)).await {
        Ok(server) => server,
        Err(error) => {
            store.end_run(run, OffsetDateTime::now_utc()).await?;
            return Err(error);
        }
    };
    let printed = summary::print(&server.config, &certificate, seeded.as_ref());
    if let Some(seeded) = &seeded
        && (printed || !seeded.has_to_be_told())
        && let Err(error) = store.demo_is_told().await
    {
        tracing::error!(%error, "the demo company gets other passwords at the next start");
    }
    let told = server.until_told_to_end().await;
    server.end(told).await
}

/// Everything that runs.
struct Server {
    config: Config,
    store: Store,
    run: RunId,
    live: Live,
    signalling: Signalling,
    /// Closed when the signalling thread has ended.
    signalling_lives: watch::Receiver<()>,
    media: MediaThreads,
    reloadable: Reloadable,
    stop: watch::Sender<bool>,
    threads: Vec<JoinHandle<()>>,
    journal: tokio::task::JoinHandle<()>,
    /// Writes who sits where.
    seats: tokio::task::JoinHandle<()>,
    /// Keeps the rows of recordings.
    recordings: tokio::task::JoinHandle<()>,
    flights: Flights,
    /// Keeps what was recorded of calls.
    flights_kept: tokio::task::JoinHandle<()>,
}

impl Server {
    async fn start(
        config: Config,
        reread: Reread,
        store: Store,
        run: RunId,
        opened: Opened,
        (tapped, capture): (Tapped, flight::capture::tap::Tap),
    ) -> anyhow::Result<Self> {
        let sip_server = opened.sip_server(&config)?;
        let Opened {
            certificate,
            portal: portal_listener,
            sip_udp,
            sip_tcp,
            sips,
            prepared,
            media,
            addresses,
            relay,
            answers,
            check_events,
            mut threads,
        } = opened;
        let directory = Arc::new(store.directory().await?);
        let about = flight::bundle::configuration(&config);
        let flights = Flights::new(run, Arc::clone(&directory), capture, &config.data_dir, about);
        let flights_kept = flight::keeper::start(flights.clone(), store.clone());
        let vault = Vault::open(&config.data_dir, config.recordings.key_file.as_deref(), &store).await?;
        let reach = Reach::start(&config, &directory, addresses, answers, media.clone());
        let signalling = prepared.signalling.clone();
        media.change_tones(country(&directory));
        // Before the first call: it is in every thread's mailbox ahead of what the signalling loop commands. What is not taken now is handed out
        // again with the announcements.
        let (shelf, prompts) = Shelf::with_prompts(&store).await?;
        let _is_taken = media.change_sounds(&prompts);

        let sounds_changed = Arc::new(Notify::new());
        let live = Live::new({
            let (signalling, reach, media, sounds) = (signalling.clone(), reach.clone(), media.clone(), Arc::clone(&sounds_changed));
            let flights = flights.clone();
            move |directory| {
                flights.follow(Arc::clone(&directory));
                reach.follow(&directory);
                sounds.notify_one();
                media.change_tones(country(&directory));
                signalling.hand_over(directory);
            }
        });
        let metrics = Metrics::new();
        let (writer, journal) = Writer::start(store.clone(), run, {
            let live = live.clone();
            move |users| live.journal_changed(users)
        });
        metrics.watch_journal(writer.health());

        let (stop, stopped) = watch::channel(false);
        let doctor = doctor::start(doctor::Sources {
            network: reach.network(),
            live: live.clone(),
            certificate: Arc::clone(&certificate),
            store: store.clone(),
            metrics: Arc::clone(&metrics),
            signalling: signalling.clone(),
            bind: config.listen.media.ip(),
            sip_port: config.listen.sip.port(),
            stopped: stopped.clone(),
        });
        let limits = Limits::new(config.limits.connections_per_address_max, config.limits.connections_max);
        let streams = Streams {
            signalling: signalling.clone(),
            connections: Connections::default(),
            limits: limits.clone(),
            refused: Arc::default(),
            strangers: doctor.strangers(),
        };
        let lines = Lines::new(Dns::system(), streams.clone(), sip_udp.local_addr()?);
        let (seat_writer, seats) = SeatWriter::start(store.clone());
        let (orders, recorder, recordings) = record(&store, &vault, run, &live, &signalling, tapped)?;
        threads.push(recorder);
        let outlets = outlets::Shell::new(outlets::Takers {
            store: store.clone(),
            journal: writer,
            seats: seat_writer,
            recordings: orders,
            live: live.clone(),
            doctor: doctor.clone(),
            metrics: Arc::clone(&metrics),
            streams: streams.clone(),
            lines,
            network: reach.network(),
        });
        let setup = Setup {
            config: switchboard_config(&config, run),
            directory,
            seats: store.seats().await?,
            udp: sip_udp,
            strangers: doctor.strangers(),
            flights: flights.clone(),
        };
        let (thread, signalling_lives) = signalling::start(prepared, setup, media.clone(), outlets)?;
        threads.push(thread);

        let web = Arc::new(ArcSwap::from_pointee(reload::web_rules(&config, &certificate)));
        let api = Api::new(Parts {
            store: store.clone(),
            live: live.clone(),
            metrics: Arc::clone(&metrics),
            run,
            web: Arc::clone(&web),
            sip_server,
            network: reach.network(),
            doctor: doctor.clone(),
            tester: Tester::new({
                let signalling = signalling.clone();
                move |trunk, echo_number| outlets::test_trunk(&signalling, trunk, echo_number)
            }),
            control: Control::new({
                let signalling = signalling.clone();
                move |user, action| {
                    let signalling = signalling.clone();
                    async move { signalling.control(user, action).await }
                }
            }),
            recordings: vault.clone(),
            flights: flights.clone(),
            relay,
            profile_dir: config.data_dir.join(profiles::OWN_DIR),
            checks: Checks {
                echoes: echoes(&media, check_events),
                stun_ports: check::probes::open(config.listen.media.ip(), &config.check.stun_ports),
                pages: PageNews::new({
                    let reach = reach.clone();
                    move |page| reach.page_opened(page)
                }),
            },
        });
        let portal = Arc::new(Portal {
            tls: TlsAcceptor::from(certificate::tls(Arc::clone(&certificate), &PORTAL_PROTOCOLS)?),
            app: api.app(sip_route::router(
                api.clone(),
                signalling.clone(),
                streams.connections.clone(),
                reach.clone(),
            )),
            media: media.clone(),
            limits: limits.clone(),
            figures: Arc::default(),
            opening_time_max: OPENING_TIME_MAX,
        });
        tokio::spawn(figures::publish(
            metrics,
            streams.clone(),
            media.clone(),
            Arc::clone(&portal),
            vault.clone(),
            figures::Evidence {
                flights: flights.clone(),
                watching: live.watching().clone(),
                doctor: doctor.clone(),
            },
        ));
        // Before the first call needs them, which would have to wait.
        tokio::task::spawn_blocking(numbers::load);
        tokio::spawn(keeper::keep(shelf, store.clone(), sounds_changed, {
            let media = media.clone();
            move |library| media.change_sounds(library)
        }));
        tokio::spawn(clock::tell(signalling.clone(), store.clone()));
        tokio::spawn(live.clone().watch_sound());
        tokio::spawn(troubles::carry(live.watching().clone(), doctor.clone(), flights.clone()));
        tokio::spawn(api::keep_house(api));
        tokio::spawn(Arc::clone(&portal).serve(portal_listener, stopped.clone()));
        tokio::spawn(streams.clone().listen(sip_tcp, None, stopped.clone()));
        let sips_acceptor = TlsAcceptor::from(certificate::tls(Arc::clone(&certificate), &["sip"])?);
        tokio::spawn(streams.listen(sips, Some(sips_acceptor), stopped));
        tokio::spawn(watch_certificate(Arc::clone(&certificate)));

        Ok(Self {
            config,
            store,
            run,
            live,
            signalling,
            signalling_lives,
            media,
            reloadable: Reloadable {
                reread,
                certificate,
                limits,
                web,
                reach,
            },
            stop,
            threads,
            journal,
            seats,
            recordings,
            flights,
            flights_kept,
        })
    }

    /// Waits for SIGTERM or SIGINT; on SIGHUP the configuration and the certificate are read again. An error when nothing can be served any more.
    async fn until_told_to_end(&mut self) -> anyhow::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut hang_up = signal(SignalKind::hangup())?;
        loop {
            tokio::select! {
                _ = terminate.recv() => return Ok(()),
                _ = interrupt.recv() => return Ok(()),
                _ = hang_up.recv() => self.reloadable.reload(&mut self.config),
                // Nothing is ever sent: the channel closes.
                _ = self.signalling_lives.changed() => {
                    self.live.fail();
                    anyhow::bail!("the signalling thread has ended, so calls cannot go on; the log before this line says why: start farend again");
                }
            }
        }
    }

    /// Unless it is too late for that, waits for running calls; then stops everything and says goodbye to the database. Gives back why it ended.
    async fn end(mut self, told: anyhow::Result<()>) -> anyhow::Result<()> {
        let told = match told {
            Ok(()) => self.drain().await,
            Err(error) => Err(error),
        };
        if let Err(error) = &told {
            tracing::error!(error = format!("{error:#}"), "stopping");
        }
        // Tells listeners and their tasks; fails only when all have ended.
        let _all_ended = self.stop.send(true);
        self.signalling.deliver(Signal::Stop).await;
        self.media.stop();
        let threads = self.threads;
        let joined = tokio::task::spawn_blocking(move || threads.into_iter().filter_map(|thread| thread.join().err()).count());
        let panicked = joined.await?;
        // The signalling thread held the last writers: what it wrote is being committed now.
        if timeout(FAREWELL_MAX, self.journal).await.is_err() {
            tracing::error!("the journal could not be written to its end");
        }
        if timeout(FAREWELL_MAX, self.seats).await.is_err() {
            tracing::error!("who sits where could not be written to its end");
        }
        if timeout(FAREWELL_MAX, self.recordings).await.is_err() {
            tracing::error!("what was recorded could not be noted to its end; the next start makes up for it");
        }
        self.flights.end();
        if timeout(FAREWELL_MAX, self.flights_kept).await.is_err() {
            tracing::error!("what happened in the last calls could not be kept");
        }
        self.store.end_run(self.run, OffsetDateTime::now_utc()).await?;
        self.store.close().await;
        told?;
        anyhow::ensure!(panicked == 0, "{panicked} threads had panicked; the log says why");
        Ok(())
    }

    /// No new calls; waits for running ones up to the limit or a second signal.
    async fn drain(&mut self) -> anyhow::Result<()> {
        self.live.drain();
        let (done, drained) = oneshot::channel();
        self.signalling.deliver(Signal::Drain { done }).await;
        // Fails when the loop has ended: then no call runs.
        let _ended = drained.await;
        let signalling = self.signalling.clone();
        let running = || signalling.figures().calls.load(Ordering::Relaxed);
        let drain_max = self.config.limits.drain_max;
        if running() > 0 {
            tracing::info!(
                calls = running(),
                drain_seconds_max = drain_max.as_secs(),
                "waiting for running calls; signal again to end them now"
            );
            tokio::select! {
                told = self.until_told_to_end() => told?,
                () = wait_until(drain_max, || running() == 0) => {}
            }
            self.signalling.deliver(Signal::EndCalls).await;
            wait_until(FAREWELL_MAX, || running() == 0).await;
        }
        Ok(())
    }
}

/// Starts what records calls: its threads, and the task that keeps the rows.
fn record(
    store: &Store,
    vault: &Vault,
    run: RunId,
    live: &Live,
    signalling: &Signalling,
    tapped: Tapped,
) -> anyhow::Result<(Orders, JoinHandle<()>, tokio::task::JoinHandle<()>)> {
    let signalling = signalling.clone();
    let tell_core = move |recording, trouble| match signalling.send(Signal::RecordingStopped { recording, trouble }) {
        // Without a loop there is no call either.
        Ok(()) | Err(Undelivered::Gone(_)) => true,
        Err(Undelivered::Full(_)) => false,
    };
    let (written, notes) = mpsc::unbounded_channel();
    let (orders, recorder) =
        writer::start(vault.clone(), run, tapped, Arc::new(tell_core), written).context("cannot start the recorder")?;
    let keeper = Keeper::new(store.clone(), vault.clone(), live.clone()).start(run, notes);
    Ok((orders, recorder, keeper))
}

/// Echo legs for browsers' checks.
fn echoes(media: &MediaThreads, events: mpsc::Receiver<Event>) -> Echoes {
    let media = media.clone();
    let command = move |call, command| {
        let is_taken = media.command(call, command).is_ok();
        media.wake(call);
        is_taken
    };
    Echoes::start(command, events)
}

/// Where the site is, by its number plan.
fn country(directory: &Directory) -> Option<&'static str> {
    directory.plan.as_ref().map(|plan| plan.here.country().letters())
}

fn switchboard_config(config: &Config, run: RunId) -> switchboard::core::Config {
    let mut ours = switchboard::core::Config::new(REALM, concat!("farend/", env!("CARGO_PKG_VERSION")));
    ours.calls_max = config.limits.calls_max;
    ours.registrations_max = config.limits.registrations_max;
    // Connections are admitted by `Limits`, which SIGHUP may change: this is what the key may be at most.
    ours.flows_max = CONNECTIONS_MAX;
    ours.run = run.number();
    ours
}

/// Waits until something holds, looking often, for at most a time.
async fn wait_until(time_max: Duration, holds: impl Fn() -> bool) {
    let end = Instant::now() + time_max;
    while !holds() && Instant::now() < end {
        sleep(Duration::from_millis(100)).await;
    }
}

async fn watch_certificate(certificate: Arc<Certificate>) {
    let mut ticks = interval(CERTIFICATE_EVERY);
    loop {
        ticks.tick().await;
        reload::reload_certificate(&certificate, false);
    }
}

/// Whether an address is one of this machine only.
fn is_local_only(address: IpAddr) -> bool {
    address.is_loopback()
}
