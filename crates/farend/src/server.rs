//! The running server: everything is opened here, in an order in which every failure can still be told to a person, and ended here.

mod figures;
mod outlets;
mod reload;
mod sip_route;
mod summary;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{JoinHandle, available_parallelism};
use std::time::Duration;

use anyhow::Context as _;
use arc_swap::ArcSwap;
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, interval, sleep, timeout};
use tokio_rustls::TlsAcceptor;

use self::reload::Reloadable;
use crate::api::{self, Api, Live, Metrics, Parts};
use crate::certificate::{self, Certificate};
use crate::config::{CONNECTIONS_MAX, Config};
use crate::media_io::MediaThreads;
use crate::portal::limits::Limits;
use crate::portal::{OPENING_TIME_MAX, Portal};
use crate::signalling::{self, Setup, Signal, Signalling};
use crate::sip_io::Connections;
use crate::sip_io::stream::Streams;
use crate::store::journal::Writer;
use crate::store::{DemoSecrets, REALM, RunId, Seeded, Store};

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
/// When something cannot be opened; the message says what, why and what to do.
pub async fn run(config: Config, reread: Reread, company: Company) -> anyhow::Result<()> {
    let store = Store::open(&config.database, &config.data_dir)
        .await
        .context("cannot open the database")?;
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
    let mut server = Server::start(config, reread, store, run, seeded.as_ref()).await?;
    server.until_told_to_end().await?;
    server.end().await
}

/// Everything that runs.
struct Server {
    config: Config,
    store: Store,
    run: RunId,
    live: Live,
    signalling: Signalling,
    media: MediaThreads,
    reloadable: Reloadable,
    stop: watch::Sender<bool>,
    threads: Vec<JoinHandle<()>>,
    journal: tokio::task::JoinHandle<()>,
}

impl Server {
    async fn start(config: Config, reread: Reread, store: Store, run: RunId, seeded: Option<&Seeded>) -> anyhow::Result<Self> {
        let certificate = Arc::new(Certificate::load(
            certificate_files(&config),
            &certificate::own_names(config.public.host.as_deref()),
        )?);
        let sockets = Sockets::open(&config).await?;

        let prepared = signalling::prepare()?;
        let signalling = prepared.signalling.clone();
        let reports = {
            let signalling = signalling.clone();
            move || Box::new(signalling.clone()) as Box<dyn media_io::Reports>
        };
        let (media, mut threads) = MediaThreads::start(&media_settings(&config, sockets.portal.local_addr()?.port()), reports)?;

        let live = Live::new({
            let signalling = signalling.clone();
            move |directory| outlets::hand_over(&signalling, directory)
        });
        let metrics = Metrics::new();
        let (writer, journal) = Writer::start(store.clone(), run, {
            let live = live.clone();
            move |users| live.journal_changed(users)
        });
        metrics.watch_journal(writer.health());

        let limits = Limits::new(config.limits.connections_per_address_max, config.limits.connections_max);
        let streams = Streams {
            signalling: signalling.clone(),
            connections: Connections::default(),
            limits: limits.clone(),
        };
        let outlets = outlets::Shell::new(writer, live.clone(), Arc::clone(&metrics), streams.clone());
        let directory = Arc::new(store.directory().await?);
        let setup = Setup {
            config: switchboard_config(&config, run),
            directory,
            udp: sockets.sip_udp,
        };
        threads.push(signalling::start(prepared, setup, media.clone(), outlets)?);

        let web = Arc::new(ArcSwap::from_pointee(reload::web_rules(&config, &certificate)));
        let api = Api::new(Parts {
            store: store.clone(),
            live: live.clone(),
            metrics: Arc::clone(&metrics),
            run,
            web: Arc::clone(&web),
        });
        let (stop, stopped) = watch::channel(false);
            refused: Arc::default(),
        let portal = Arc::new(Portal {
            tls: TlsAcceptor::from(certificate::tls(Arc::clone(&certificate), &["http/1.1"])?),
            app: api.app(sip_route::router(
                api.clone(),
                live.clone(),
                signalling.clone(),
                streams.connections.clone(),
            )),
            media: media.clone(),
            limits: limits.clone(),
            figures: Arc::default(),
            opening_time_max: OPENING_TIME_MAX,
        });
        tokio::spawn(figures::publish(metrics, streams.clone(), media.clone(), Arc::clone(&portal)));
        tokio::spawn(api::keep_house(api));
        tokio::spawn(Arc::clone(&portal).serve(sockets.portal, stopped.clone()));
        tokio::spawn(streams.clone().listen(sockets.sip_tcp, None, stopped.clone()));
        let sips = TlsAcceptor::from(certificate::tls(Arc::clone(&certificate), &["sip"])?);
        tokio::spawn(streams.listen(sockets.sips, Some(sips), stopped));
        tokio::spawn(watch_certificate(Arc::clone(&certificate)));

        summary::print(&config, &certificate, seeded);
        Ok(Self {
            config,
            store,
            run,
            live,
            signalling,
            media,
            reloadable: Reloadable {
                reread,
                certificate,
                limits,
                web,
            },
            stop,
            threads,
            journal,
        })
    }

    /// Waits for SIGTERM or SIGINT; on SIGHUP the configuration and the certificate are read again.
    async fn until_told_to_end(&mut self) -> anyhow::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut hang_up = signal(SignalKind::hangup())?;
        loop {
            tokio::select! {
                _ = terminate.recv() => return Ok(()),
                _ = interrupt.recv() => return Ok(()),
                _ = hang_up.recv() => self.reloadable.reload(&mut self.config),
            }
        }
    }

    /// No new calls; waits for running ones up to the limit or a second signal; then stops everything and says goodbye to the database.
    async fn end(mut self) -> anyhow::Result<()> {
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
                _ = self.until_told_to_end() => {}
                () = wait_until(drain_max, || running() == 0) => {}
            }
            self.signalling.deliver(Signal::EndCalls).await;
            wait_until(FAREWELL_MAX, || running() == 0).await;
        }
        // Tells listeners and their tasks; fails only when all have ended.
        let _all_ended = self.stop.send(true);
        self.signalling.deliver(Signal::Stop).await;
        self.media.stop();
        let threads = self.threads;
        let joined = tokio::task::spawn_blocking(move || threads.into_iter().filter_map(|thread| thread.join().err()).count());
        if joined.await? > 0 {
            tracing::error!("a thread had panicked");
        }
        // The signalling thread held the last writer: what it wrote is being committed now.
        if timeout(FAREWELL_MAX, self.journal).await.is_err() {
            tracing::error!("the journal could not be written to its end");
        }
        self.store.end_run(self.run, OffsetDateTime::now_utc()).await?;
        self.store.close().await;
        Ok(())
    }
}

/// All listening sockets but those of media.
struct Sockets {
    portal: TcpListener,
    sip_udp: Datagrams,
    sip_tcp: TcpListener,
    sips: TcpListener,
}

impl Sockets {
    async fn open(config: &Config) -> anyhow::Result<Self> {
        let listen = &config.listen;
        let tcp = async |address| TcpListener::bind(address).await.map_err(|error| in_use(error, "TCP", address));
        Ok(Self {
            portal: tcp(listen.portal).await?,
            sip_udp: Datagrams::bind(listen.sip, false, Fragmentation::Allowed).map_err(|error| in_use(error, "UDP", listen.sip))?,
            sip_tcp: tcp(listen.sip).await?,
            sips: tcp(listen.sips).await?,
        })
    }
}

fn certificate_files(config: &Config) -> certificate::Files {
    let given = config.tls.as_ref().map(|files| (files.certificate.clone(), files.key.clone()));
    certificate::Files::new(given, &config.data_dir)
}

fn media_settings(config: &Config, tcp_port: u16) -> media_io::Settings {
    let cores = available_parallelism().map_or(1, std::num::NonZero::get);
    media_io::Settings {
        udp: config.listen.media,
        tcp_port,
        rtp_ports: config.listen.rtp_ports.first..=config.listen.rtp_ports.last,
        rtp_address: config.listen.sip.ip(),
        // The first core is the signalling loop's and everything else's.
        threads: u8::try_from(cores.saturating_sub(1).clamp(1, 64)).unwrap_or(1),
        // A call rings several phones at once.
        legs_max: config.limits.calls_max.saturating_mul(4),
    }
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
