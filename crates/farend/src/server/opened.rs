//! What a start can fail at because of the machine: opened before anything is written into the database, which another server may be using.

use std::sync::Arc;
use std::thread::{JoinHandle, available_parallelism};

use media::addresses::Addresses;
use model::control::Event;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::api::SipServer;
use crate::certificate::{self, Certificate};
use crate::check::echoes::{EVENTS_MAX, Parted};
use crate::config::Config;
use crate::datagrams::{Datagrams, Fragmentation};
use crate::flight::capture;
use crate::media_io::{self, MediaThreads, in_use};
use crate::reach::{self, Answer};
use crate::recording::queue::Tap;
use crate::relaying::RelaySecret;
use crate::signalling::{self, Prepared};

/// Certificate, sockets, and the media threads, which have theirs.
pub(super) struct Opened {
    pub(super) certificate: Arc<Certificate>,
    pub(super) portal: TcpListener,
    pub(super) sip_udp: Datagrams,
    pub(super) sip_tcp: TcpListener,
    pub(super) sips: TcpListener,
    pub(super) prepared: Prepared,
    pub(super) media: MediaThreads,
    pub(super) addresses: Arc<Addresses>,
    pub(super) relay: relay::Secret,
    /// Of STUN servers, as the media threads find them.
    pub(super) answers: mpsc::Receiver<Answer>,
    /// News of the legs of checks.
    pub(super) check_events: mpsc::Receiver<Event>,
    pub(super) threads: Vec<JoinHandle<()>>,
}

impl Opened {
    pub(super) async fn open(config: &Config, relay: &RelaySecret, recorder: Tap, capture: capture::tap::Tap) -> anyhow::Result<Self> {
        let names = certificate::own_names(config.public.host.as_deref());
        let certificate = Arc::new(Certificate::load(certificate_files(config), &names)?);
        let listen = &config.listen;
        let tcp = async |address| TcpListener::bind(address).await.map_err(|error| in_use(error, "TCP", address));
        let portal = tcp(listen.portal).await?;
        let sip_udp = Datagrams::bind(listen.sip, false, Fragmentation::Allowed).map_err(|error| in_use(error, "UDP", listen.sip))?;
        let (sip_tcp, sips) = (tcp(listen.sip).await?, tcp(listen.sips).await?);
        let prepared = signalling::prepare()?;
        let (checks, check_events) = mpsc::channel(EVENTS_MAX);
        let reports = {
            let signalling = prepared.signalling.clone();
            move || {
                Box::new(Parted {
                    calls: signalling.clone(),
                    checks: checks.clone(),
                }) as Box<dyn media_io::Reports>
            }
        };
        let addresses = Arc::new(reach::at_start(config, portal.local_addr()?.port())?);
        let (stun, answers) = mpsc::channel(reach::ANSWERS_MAX);
        let settings = media_io::Settings {
            recorder: Some(recorder),
            capture: Some(capture),
            ..media_settings(config, Arc::clone(&addresses), stun, relay)
        };
        let (media, threads) = MediaThreads::start(&settings, reports)?;
        Ok(Self {
            certificate,
            portal,
            sip_udp,
            sip_tcp,
            sips,
            prepared,
            media,
            addresses,
            relay: relay.secret.clone(),
            answers,
            check_events,
            threads,
        })
    }

    /// What to type into a desk phone.
    pub(super) fn sip_server(&self, config: &Config) -> anyhow::Result<SipServer> {
        let ip = config.listen.sip.ip();
        let host = match &config.public.host {
            Some(host) => host.clone(),
            None if ip.is_unspecified() => network_address().unwrap_or_else(|| "127.0.0.1".to_owned()),
            None => ip.to_string(),
        };
        Ok(SipServer {
            host,
            port: self.sip_tcp.local_addr()?.port(),
            tls_port: self.sips.local_addr()?.port(),
        })
    }
}

/// Our address for others in the network: the first of IPv4, else of IPv6.
fn network_address() -> Option<String> {
    let mut addresses: Vec<_> = if_addrs::get_if_addrs()
        .unwrap_or_default()
        .into_iter()
        .filter(|interface| !interface.is_loopback() && !interface.is_link_local())
        .map(|interface| interface.ip())
        .collect();
    addresses.sort_by_key(std::net::IpAddr::is_ipv6);
    addresses.first().map(ToString::to_string)
}

fn certificate_files(config: &Config) -> certificate::Files {
    let given = config.tls.as_ref().map(|files| (files.certificate.clone(), files.key.clone()));
    certificate::Files::new(given, &config.data_dir)
}

fn media_settings(config: &Config, addresses: Arc<Addresses>, stun: mpsc::Sender<Answer>, relay: &RelaySecret) -> media_io::Settings {
    let cores = available_parallelism().map_or(1, std::num::NonZero::get);
    media_io::Settings {
        udp: config.listen.media,
        addresses,
        stun,
        rtp_ports: config.listen.rtp_ports.first..=config.listen.rtp_ports.last,
        rtp_address: config.listen.sip.ip(),
        // The first core is the signalling loop's and everything else's.
        threads: u8::try_from(cores.saturating_sub(1).clamp(1, 64)).unwrap_or(1),
        // A call rings several phones at once.
        legs_max: config.limits.calls_max.saturating_mul(4),
        recorder: None,
        capture: None,
        // Each has a connection of its own, so there can be no more.
        relay: relay.config(config.limits.connections_max),
    }
}
