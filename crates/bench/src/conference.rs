//! A conference: desk phones or browsers that all talk at once, and one thread that mixes them.
//!
//! Unlike the other loads this one has no server around it: an [`Engine`] with sockets of its own on a thread of its own, which waits, reads and
//! paces itself as a media thread of the server does. Its CPU is that thread's.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use media::addresses::Addresses;
use media::audio::codec::Codec;
use media::engine::{Arrival, Config, Engine, Outbox, Path};
use model::control::{Command, Event, Peer, Reached, Source, Srtp};
use model::{CallId, LegId};
use rustix::event::Timespec;
use rustix::event::epoll::{self, EventData, EventFlags};
use socket2::SockRef;

use crate::browser::Browser;
use crate::figures;
use crate::media_load::{FRAME, FRAMES_APART, RTP_HEADER_BYTES, SOCKET_BUFFER_BYTES, media_address};
use crate::table::Table;
use crate::voice::Voice;

/// Who is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parties {
    Phones,
    Browsers,
}

impl Parties {
    pub(crate) const ALL: [Self; 2] = [Self::Phones, Self::Browsers];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Phones => "PCMU",
            Self::Browsers => "browser Opus",
        }
    }

    fn codec(self) -> Codec {
        match self {
            Self::Phones => Codec::Pcmu,
            Self::Browsers => Codec::Opus,
        }
    }
}

/// What one conference costs.
pub(crate) struct ConferenceFigures {
    pub(crate) cpu_ms_per_party_minute: f64,
    /// Of one core.
    pub(crate) core_percent: f64,
    pub(crate) heard_percent: f64,
}

/// The name of the thread that is measured.
const THREAD: &str = "conference";
const CALL: CallId = CallId(1);
/// The first port of ours; one pair for every phone.
const PORT_FIRST: u16 = 33_000;
const CONNECT_TIME_MAX: Duration = Duration::from_secs(10);
/// Talking before the measurement begins.
const WARM_UP: Duration = Duration::from_secs(2);
/// Of the server's media threads (`farend/src/media_io/thread.rs`): rounds under load, and how many in a row are load.
const ROUND_MIN: Duration = Duration::from_micros(150);
const BUSY_ROUNDS: u32 = 3;
/// How long packets gather where all that is said is mixed.
const GATHER: Duration = Duration::from_millis(5);
/// How often the parties look at what they hear.
const SWEEP_EVERY: Duration = Duration::from_millis(2);

/// Sets up a conference of so many, lets all of them talk, and measures.
pub(crate) fn run(kind: Parties, parties: usize, talk: Duration, table: &mut Table) -> anyhow::Result<()> {
    media::audio::music::prepare();
    let mut load = Load::new(kind, parties)?;
    load.connect()?;
    load.talk_for(WARM_UP)?;
    let (before, begun) = (figures::cpu_of_thread(THREAD)?, Instant::now());
    load.heard = 0;
    load.talk_for(talk)?;
    let (spent, elapsed) = (figures::cpu_of_thread(THREAD)? - before, begun.elapsed());
    let frames = parties as f64 * elapsed.as_secs_f64() / FRAME.as_secs_f64();
    let figures = ConferenceFigures {
        cpu_ms_per_party_minute: spent.as_secs_f64() * 1_000.0 / (parties as f64 * elapsed.as_secs_f64() / 60.0),
        core_percent: spent.as_secs_f64() * 100.0 / elapsed.as_secs_f64(),
        heard_percent: load.heard as f64 * 100.0 / frames,
    };
    table.conference(kind, parties, &figures);
    load.stop()
}

/// The parties.
struct Load {
    phone: UdpSocket,
    /// Where each phone sends, and how many packets it has sent.
    phones: Vec<(SocketAddr, u16)>,
    browsers: Vec<Browser>,
    voice: Voice,
    /// Turns that were had.
    turns: usize,
    next: Instant,
    heard: u64,
    ends: Arc<AtomicBool>,
    thread: JoinHandle<anyhow::Result<()>>,
}

impl Load {
    fn new(kind: Parties, parties: usize) -> anyhow::Result<Self> {
        let phone = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        phone.set_nonblocking(true)?;
        SockRef::from(&phone).set_recv_buffer_size(SOCKET_BUFFER_BYTES)?;
        let (mut desk, mut phones, mut browsers) = (Desk::new(parties)?, Vec::new(), Vec::new());
        for leg in (1..).map(LegId).take(parties) {
            match kind {
                Parties::Phones => {
                    let answer = desk.add(leg, phone_peer(), phone_sdp(phone.local_addr()?.port()))?;
                    phones.push((media_address(&answer).context("no address for RTP")?, 0));
                }
                Parties::Browsers => {
                    let (mut browser, offer) = Browser::new(kind.codec())?;
                    browser.accept(&desk.add(leg, browser_peer(), offer)?)?;
                    browsers.push(browser);
                }
            }
        }
        let ends = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&ends);
        let thread = std::thread::Builder::new()
            .name(THREAD.to_owned())
            .spawn(move || desk.run(&ended))?;
        Ok(Self {
            phone,
            phones,
            browsers,
            voice: Voice::new(kind.codec())?,
            turns: 0,
            next: Instant::now(),
            heard: 0,
            ends,
            thread,
        })
    }

    /// Lets the browsers find their way.
    fn connect(&mut self) -> anyhow::Result<()> {
        let begun = Instant::now();
        while !self.browsers.iter().all(Browser::is_connected) {
            ensure!(begun.elapsed() < CONNECT_TIME_MAX, "the browsers' ICE or DTLS does not end");
            self.listen()?;
            std::thread::sleep(SWEEP_EVERY);
        }
        self.next = Instant::now();
        Ok(())
    }

    /// Each party has a turn within 20 ms, one after the other.
    fn talk_for(&mut self, duration: Duration) -> anyhow::Result<()> {
        let end = Instant::now() + duration;
        let parties = self.phones.len() + self.browsers.len();
        let mut swept = Instant::now();
        while self.next < end {
            let now = Instant::now();
            if now >= swept + SWEEP_EVERY {
                swept = now;
                self.listen()?;
            }
            if now < self.next {
                std::thread::sleep((self.next - now).min(SWEEP_EVERY));
                continue;
            }
            self.speak(self.turns % parties, self.turns / parties)?;
            self.turns += 1;
            self.next += FRAME / parties as u32;
        }
        Ok(())
    }

    fn speak(&mut self, party: usize, round: usize) -> anyhow::Result<()> {
        let payload = self.voice.payload(round + party * FRAMES_APART);
        if let Some((to, sequence)) = self.phones.get_mut(party) {
            let mut packet = [0; RTP_HEADER_BYTES + 160];
            *sequence = sequence.wrapping_add(1);
            packet[0] = 0x80;
            packet[2..4].copy_from_slice(&sequence.to_be_bytes());
            packet[4..8].copy_from_slice(&(round as u32).wrapping_mul(160).to_be_bytes());
            packet[8..12].copy_from_slice(&u32::from(to.port()).to_be_bytes());
            packet[RTP_HEADER_BYTES..].copy_from_slice(payload);
            // A full socket loses packets, as a network does.
            let _ = self.phone.send_to(&packet, *to);
            return Ok(());
        }
        let heard = &mut self.heard;
        self.browsers[party - self.phones.len()].talk(payload, |_| *heard += 1)
    }

    /// Takes what has come.
    fn listen(&mut self) -> anyhow::Result<()> {
        let mut bytes = [0; 2_000];
        while let Ok(length) = self.phone.recv(&mut bytes) {
            // Reports go to the port above, where nobody is.
            self.heard += u64::from(length > RTP_HEADER_BYTES);
        }
        let (heard, now) = (&mut self.heard, Instant::now());
        for browser in &mut self.browsers {
            browser.receive(|_| *heard += 1)?;
            browser.tick(now, |_| *heard += 1)?;
        }
        Ok(())
    }

    fn stop(self) -> anyhow::Result<()> {
        self.ends.store(true, Ordering::Relaxed);
        match self.thread.join() {
            Ok(result) => result,
            Err(_) => bail!("the conference's thread has panicked"),
        }
    }
}

/// The media thread: an engine and its sockets.
struct Desk {
    engine: Engine,
    sockets: Sockets,
    epoll: OwnedFd,
}

/// By their ports; the one UDP port is among them.
struct Sockets {
    by_port: BTreeMap<u16, UdpSocket>,
    udp_port: u16,
}

impl Outbox for Sockets {
    fn send(&mut self, path: Path, _: SocketAddr, destination: SocketAddr, packet: &[u8]) {
        let port = match path {
            Path::Rtp { port } => port,
            Path::Udp | Path::Tcp { .. } | Path::Relayed { .. } => self.udp_port,
        };
        if let Some(socket) = self.by_port.get(&port) {
            // A full socket loses packets, as a network does.
            let _ = socket.send_to(packet, destination);
        }
    }
}

impl Desk {
    fn new(parties: usize) -> anyhow::Result<Self> {
        let bind = |port: u16| -> anyhow::Result<UdpSocket> {
            let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| format!("UDP {port}"))?;
            socket.set_nonblocking(true)?;
            SockRef::from(&socket).set_recv_buffer_size(SOCKET_BUFFER_BYTES)?;
            Ok(socket)
        };
        let udp = bind(0)?;
        let udp_port = udp.local_addr()?.port();
        let rtp_ports: Vec<u16> = (PORT_FIRST..).step_by(2).take(parties).collect();
        let mut by_port = BTreeMap::from([(udp_port, udp)]);
        for port in rtp_ports.iter().flat_map(|port| [*port, port + 1]) {
            by_port.insert(port, bind(port)?);
        }
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        for (port, socket) in &by_port {
            epoll::add(&epoll, socket, EventData::new_u64(u64::from(*port)), EventFlags::IN)?;
        }
        let config = Config {
            worker: 0,
            addresses: Arc::new(Addresses {
                interfaces: vec![Ipv4Addr::LOCALHOST.into()],
                udp_port,
                tcp_port: udp_port,
                ..Addresses::default()
            }),
            rtp_ports,
            legs_max: parties,
        };
        Ok(Self {
            engine: Engine::new(config, [7; 32], Instant::now()),
            sockets: Sockets { by_port, udp_port },
            epoll,
        })
    }

    /// Adds a party; gives the answer to its offer.
    fn add(&mut self, leg: LegId, peer: Peer, offer: String) -> anyhow::Result<String> {
        let source = Source::Conference { is_muted: false };
        for command in [
            Command::ReceiveOffer {
                call: CALL,
                leg,
                peer,
                offer,
            },
            Command::AnswerOffer { leg, toward: None },
            Command::Hear { leg, source },
        ] {
            self.engine.command(command, Instant::now(), &mut self.sockets);
        }
        let mut answered = None;
        while let Some(event) = self.engine.poll_event() {
            match event {
                Event::OfferAnswered { answer, .. } => answered = Some(answer),
                Event::OfferRefused { reason, .. } => bail!("an offer was refused: {reason:?}"),
                other => drop(other),
            }
        }
        answered.context("an offer was not answered")
    }

    fn run(mut self, ends: &AtomicBool) -> anyhow::Result<()> {
        let (mut busy_rounds, mut buffer) = (0, [0; 2_000]);
        while !ends.load(Ordering::Relaxed) {
            let began = Instant::now();
            let due = self.engine.poll_timeout();
            let wait = due.map_or(ROUND_MIN, |due| due.saturating_duration_since(began));
            let count = self.wait(wait, &mut buffer)?;
            let now = Instant::now();
            busy_rounds = if count == 0 { 0 } else { busy_rounds + 1 };
            if self.engine.poll_timeout().is_some_and(|due| due <= now) {
                self.engine.handle_timeout(now, &mut self.sockets);
            }
            while self.engine.poll_event().is_some() {}
            if self.engine.only_mixes() {
                let due = self.engine.poll_timeout().unwrap_or(now);
                std::thread::sleep(due.min(now + GATHER).saturating_duration_since(Instant::now()));
                continue;
            }
            let spent = began.elapsed();
            if spent >= ROUND_MIN {
                busy_rounds = 0;
            } else if busy_rounds > BUSY_ROUNDS {
                std::thread::sleep(ROUND_MIN - spent);
            }
        }
        Ok(())
    }

    /// Waits for packets and takes them; tells from how many sockets.
    fn wait(&mut self, wait: Duration, buffer: &mut [u8]) -> anyhow::Result<usize> {
        let wait = Timespec {
            tv_sec: wait.as_secs() as i64,
            tv_nsec: wait.subsec_nanos().into(),
        };
        let mut ready = [epoll::Event {
            flags: EventFlags::empty(),
            data: EventData::new_u64(0),
        }; 256];
        let count = match epoll::wait(&self.epoll, &mut ready[..], Some(&wait)) {
            Ok(count) => count,
            Err(error) if error == rustix::io::Errno::INTR => 0,
            Err(error) => return Err(error.into()),
        };
        let now = Instant::now();
        for event in &ready[..count] {
            let data = event.data;
            let port = u16::try_from(data.u64()).context("tokens are ports")?;
            let is_shared = port == self.sockets.udp_port;
            // The one port has packets of many.
            while let Some(Ok((length, source))) = self.sockets.by_port.get(&port).map(|socket| socket.recv_from(buffer)) {
                let arrival = Arrival {
                    path: if is_shared { Path::Udp } else { Path::Rtp { port } },
                    source,
                    destination: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
                };
                self.engine.receive(arrival, &mut buffer[..length], now, &mut self.sockets);
                if !is_shared {
                    break;
                }
            }
        }
        Ok(count)
    }
}

fn phone_peer() -> Peer {
    Peer::Phone {
        local: Ipv4Addr::LOCALHOST.into(),
        signalling: Ipv4Addr::LOCALHOST.into(),
        srtp: Srtp::Never,
        trunk: None,
    }
}

fn browser_peer() -> Peer {
    Peer::Browser {
        reached: Reached {
            local: Ipv4Addr::LOCALHOST.into(),
            peer: Ipv4Addr::LOCALHOST.into(),
            page: None,
        },
    }
}

fn phone_sdp(port: u16) -> String {
    format!(
        "v=0\r\no=- {port} 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conference_of_three_hears_itself() {
        for kind in Parties::ALL {
            let mut load = Load::new(kind, 3).unwrap();
            load.connect().unwrap();
            load.talk_for(Duration::from_millis(500)).unwrap();
            assert!(load.heard > 40, "{kind:?}: {} packets", load.heard);
            load.stop().unwrap();
        }
    }
}
