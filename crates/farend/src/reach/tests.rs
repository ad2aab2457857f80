//! The whole task on this machine: real media threads, and servers that see whatever a test wants.

use std::sync::atomic::{AtomicU16, Ordering};

use model::control::{Command, Direction, Event, Peer, Srtp};
use model::{CallId, LegId};
use switchboard::directory::{Forwarded, IdentityHeader, Trunk};
use switchboard::trunks::{Place, Trust};

use super::*;
use crate::api::network::picture::StunState;
use crate::config::StunMode;
use crate::media_io::{Reports, Settings};

/// The test fails after this time.
const PATIENCE: Duration = Duration::from_secs(30);
const TRUNK: TrunkId = TrunkId(1);
const SYSTEM_SEES: &str = "198.51.100.2:41000";
const PROVIDER_SEES: &str = "203.0.113.2:52000";

struct Reporter(mpsc::UnboundedSender<Event>);

impl Reports for Reporter {
    fn report(&self, event: Event) -> Result<(), Event> {
        self.0.send(event).map_err(|error| error.0)
    }

    fn wake(&self) {}
}

struct World {
    config: Config,
    reach: Reach,
    media: MediaThreads,
    events: mpsc::UnboundedReceiver<Event>,
    calls: u64,
}

impl Drop for World {
    fn drop(&mut self) {
        self.media.stop();
    }
}

/// A STUN server on this machine that sees everybody at this address.
async fn server(seen: &str) -> SocketAddr {
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let (address, seen) = (socket.local_addr().unwrap(), seen.parse().unwrap());
    tokio::spawn(async move {
        let mut buffer = [0; 1_500];
        while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
            let request = doctor::stun::Message::read(&buffer[..length]).unwrap();
            socket.send_to(&request.answer(seen).to_bytes(), peer).await.unwrap();
        }
    });
    address
}

/// A company with one trunk, whose provider may have a STUN server.
fn company(stun: Option<SocketAddr>) -> Directory {
    let trunk = Trunk {
        id: TRUNK,
        name: "Example Telecom".to_owned(),
        place: Place {
            host: "sip.example.com".to_owned(),
            port: None,
            transport: None,
            from: None,
        },
        stun: stun.map(|stun| stun.to_string().parse().unwrap()),
        trust: Trust::Public,
        domain: "example.com".to_owned(),
        accounts: Vec::new(),
        srtp: Srtp::Never,
        ping_every: None,
        networks: Vec::new(),
        identity: IdentityHeader::Asserted,
        forwarded: Forwarded::Own,
        outgoing: numbers::Format::Plus,
        incoming: numbers::Format::Plus,
        number: None,
        echo_number: None,
    };
    Directory {
        trunks: vec![trunk],
        ..Directory::default()
    }
}

/// A range of this test's own, below the ports that the system gives away; what is taken of it all the same is left out.
fn own_ports() -> std::ops::RangeInclusive<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let even = 8_900 + std::process::id() as u16 % 50 * 20 + NEXT.fetch_add(4, Ordering::Relaxed);
    even..=even + 3
}

impl World {
    fn start(system: &[SocketAddr], directory: &Directory) -> Self {
        let mut config = Config::default();
        config.stun.mode = StunMode::Always;
        config.stun.servers = system.iter().map(|server| server.to_string().parse().unwrap()).collect();
        config.listen.media = "127.0.0.1:0".parse().unwrap();
        let (stun, answers) = mpsc::channel(ANSWERS_MAX);
        let addresses = Arc::new(at_start(&config, 8802).unwrap());
        let settings = Settings {
            udp: config.listen.media,
            addresses: Arc::clone(&addresses),
            stun,
            rtp_ports: own_ports(),
            rtp_address: config.listen.media.ip(),
            threads: 1,
            legs_max: 4,
            recorder: None,
            capture: None,
            relay: Arc::new(relay::Config {
                realm: "farend".to_owned(),
                secret: relay::Secret::new([42; 32]),
                quotas: relay::Quotas::new(1, 2),
            }),
        };
        let (reporter, events) = mpsc::unbounded_channel();
        let (media, _joins) = MediaThreads::start(&settings, || Box::new(Reporter(reporter.clone()))).unwrap();
        let reach = Reach::start(&config, directory, addresses, answers, media.clone());
        Self {
            config,
            reach,
            media,
            events,
            calls: 0,
        }
    }

    /// Waits until the picture is right, and gives it.
    async fn once(&self, what: &str, is_right: impl Fn(&Picture) -> bool) -> Arc<Picture> {
        let network = self.reach.network();
        let picture = tokio::time::timeout(PATIENCE, network.once(is_right)).await;
        picture.unwrap_or_else(|_| panic!("{what}: {:?}", self.reach.network().picture()))
    }

    /// The address that the provider of the trunk is told in a call.
    async fn told(&mut self) -> String {
        self.calls += 1;
        let (call, leg) = (CallId(self.calls), LegId(self.calls));
        let peer = Peer::Phone {
            local: IpAddr::from([127, 0, 0, 1]),
            signalling: IpAddr::from([203, 0, 113, 60]),
            srtp: Srtp::Never,
            trunk: Some(TRUNK),
        };
        let offer = Command::MakeOffer {
            call,
            leg,
            peer,
            toward: None,
            direction: Direction::SendRecv,
        };
        self.media.command(call, offer).unwrap();
        self.media.command(call, Command::Close { leg }).unwrap();
        self.media.wake(call);
        let Some(Event::OfferMade { offer, .. }) = self.events.recv().await else {
            panic!("there is a port")
        };
        assert!(matches!(self.events.recv().await, Some(Event::Closed { .. })));
        let address = offer.lines().find_map(|line| line.strip_prefix("c=IN IP4 "));
        address.unwrap().to_owned()
    }
}

/// State, and whose it is, of every server in the picture.
fn servers(picture: &Picture) -> Vec<(StunState, Option<&str>)> {
    let servers = picture.stun.servers.iter();
    servers.map(|server| (server.state, server.trunk.as_deref())).collect()
}

fn public(picture: &Picture) -> Vec<String> {
    picture.public_addresses.iter().map(|address| address.public.to_string()).collect()
}

#[tokio::test]
async fn a_providers_own_server_counts_for_it_and_for_nobody_else() {
    let (system, own) = (server(SYSTEM_SEES).await, server(PROVIDER_SEES).await);
    let mut world = World::start(&[system], &company(None));
    let both = [(StunState::Answering, None), (StunState::Answering, Some("Example Telecom"))];
    world.once("the system's answers", |picture| servers(picture) == both[..1]).await;
    assert_eq!(world.told().await, "198.51.100.2");
    world.reach.follow(&company(Some(own)));
    let picture = world.once("both answer", |picture| servers(picture) == both).await;
    assert_eq!(public(&picture), [SYSTEM_SEES], "browsers are not told what the provider's sees");
    assert_eq!(
        picture.stun.servers[1].public.map(|public| public.to_string()).as_deref(),
        Some(PROVIDER_SEES)
    );
    assert_eq!(world.told().await, "203.0.113.2");
    world.reach.follow(&company(None));
    world
        .once("the provider has none any more", |picture| servers(picture) == both[..1])
        .await;
    assert_eq!(world.told().await, "198.51.100.2");
}

#[tokio::test]
async fn where_the_configuration_names_none_the_providers_will_do() {
    let (system, own) = (server(SYSTEM_SEES).await, server(PROVIDER_SEES).await);
    let mut world = World::start(&[], &company(Some(own)));
    let picture = world
        .once("it is known what the provider's sees", |picture| public(picture) == [PROVIDER_SEES])
        .await;
    assert_eq!(servers(&picture), [(StunState::Answering, Some("Example Telecom"))]);
    assert_eq!(world.told().await, "203.0.113.2");
    world.config.stun.servers = vec![system.to_string().parse().unwrap()];
    world.reach.configure(&world.config);
    world
        .once("the system's goes before it", |picture| public(picture) == [SYSTEM_SEES])
        .await;
    let both = [(StunState::Answering, None), (StunState::Answering, Some("Example Telecom"))];
    world
        .once("the provider's is asked still", |picture| servers(picture) == both)
        .await;
    assert_eq!(world.told().await, "203.0.113.2");
}
