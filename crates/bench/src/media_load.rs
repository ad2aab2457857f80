//! Calls that talk: two desk phones over RTP, or a browser and a desk phone, both ways, 50 packets a second each.
//!
//! One thread does it all. Where the server relays, every payload carries the time of its sending; what comes out tells the
//! latency. Legs talk one after the other, spread over the 20 ms.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use media::audio::codec::Codec;
use rustix::event::Timespec;
use rustix::event::epoll::{self, EventData, EventFlags};
use sip::agent::{DialogId, Event};
use socket2::SockRef;

use crate::browser::Browser;
use crate::evidence;
use crate::figures::Samples;
use crate::server::Server;
use crate::signalling::{CALLEE_NUMBER, Caller, ROOM_NUMBER, Signalling};
use crate::table::{MediaFigures, Table};
use crate::voice::Voice;

/// What talks to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    RtpRtp,
    BrowserRtp,
    BrowserOpusPcmu,
    /// Desk phones, all in one conference room.
    Room,
}

impl Kind {
    /// Calls between two.
    pub(crate) const CALLS: [Self; 3] = [Self::RtpRtp, Self::BrowserRtp, Self::BrowserOpusPcmu];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::RtpRtp => "RTP ↔ RTP",
            Self::BrowserRtp => "browser ↔ RTP",
            Self::BrowserOpusPcmu => "browser Opus ↔ PCMU",
            Self::Room => "room, PCMU",
        }
    }

    fn is_relayed(self) -> bool {
        match self {
            Self::RtpRtp | Self::BrowserRtp => true,
            Self::BrowserOpusPcmu | Self::Room => false,
        }
    }

    fn number(self) -> &'static str {
        match self {
            Self::RtpRtp | Self::BrowserRtp | Self::BrowserOpusPcmu => CALLEE_NUMBER,
            Self::Room => ROOM_NUMBER,
        }
    }

    fn browser_codec(self) -> Option<Codec> {
        match self {
            Self::RtpRtp | Self::Room => None,
            Self::BrowserRtp => Some(Codec::Pcmu),
            Self::BrowserOpusPcmu => Some(Codec::Opus),
        }
    }
}

pub(crate) const FRAME: Duration = Duration::from_millis(20);
/// The calling and the called desk phones' RTP port; RTCP is above.
const RTP_PORTS: [u16; 2] = [26_000, 26_002];
pub(crate) const SOCKET_BUFFER_BYTES: usize = 4 << 20;
const CALL_TIME_MAX: Duration = Duration::from_secs(10);
/// Talking before the measurement begins.
const WARM_UP: Duration = Duration::from_secs(2);
/// How often the browsers' timers are looked at, and the signalling.
const SWEEP_EVERY: Duration = Duration::from_millis(5);
/// Everybody says the same, but not at the same time.
pub(crate) const FRAMES_APART: usize = 37;
pub(crate) const RTP_HEADER_BYTES: usize = 12;
const STAMP_BYTES: usize = 8;
/// Below it the tokens are browsers.
const TOKEN_PHONES: u64 = 1 << 32;

/// Somebody who talks.
#[derive(Clone, Copy)]
enum Talker {
    /// A leg of a desk phone.
    Phone(usize),
    Browser(usize),
}

/// One of many calls of the same desk phone.
struct PhoneLeg {
    phone: usize,
    to: SocketAddr,
    sequence: u16,
    timestamp: u32,
}

pub(crate) struct MediaLoad {
    kind: Kind,
    signalling: Signalling,
    epoll: OwnedFd,
    phones: Vec<UdpSocket>,
    /// So that nobody refuses the phones' RTCP; nobody reads it either.
    _rtcp: Vec<UdpSocket>,
    legs: Vec<PhoneLeg>,
    browsers: Vec<Browser>,
    calls: Vec<DialogId>,
    turns: VecDeque<(Instant, Talker)>,
    phone_voice: Voice,
    browser_voice: Option<Voice>,
    frames: usize,
    swept: Instant,
    heard: Heard,
}

/// What came back out.
struct Heard {
    begun: Instant,
    /// Only what is measured counts.
    measuring: bool,
    sent: u64,
    received: u64,
    latency_us: Samples,
}

impl Heard {
    fn stamp(&self, payload: &mut [u8]) {
        if let Some(stamp) = payload.first_chunk_mut::<STAMP_BYTES>() {
            *stamp = (self.begun.elapsed().as_nanos() as u64).to_be_bytes();
        }
    }

    fn take(&mut self, payload: &[u8], relayed: bool) {
        if !self.measuring {
            return;
        }
        self.received += 1;
        let Some(stamp) = payload.first_chunk::<STAMP_BYTES>() else {
            return;
        };
        let ago = Duration::from_nanos((self.begun.elapsed().as_nanos() as u64).saturating_sub(u64::from_be_bytes(*stamp)));
        // Comfort tones and the like carry no time of ours.
        if relayed && ago < Duration::from_secs(5) {
            self.latency_us.add(ago.as_secs_f64() * 1e6);
        }
    }
}

impl MediaLoad {
    /// Sets up so many calls, lets them talk, measures, and ends them.
    pub(crate) fn run(server: &mut Server, kind: Kind, calls: usize, talk: Duration, table: &mut Table) -> anyhow::Result<()> {
        let mut load = Self::new(server, kind)?;
        // Memory of the first call belongs to the server, not to the call.
        load.set_up(2)?;
        load.talk_for(Duration::from_secs(1))?;
        load.hang_up()?;
        server.settle();
        let resident_before = server.resident_kib()?;
        load.set_up(calls)?;
        load.talk_for(WARM_UP)?;
        load.heard.measuring = true;
        let (cpu, evidence, begun) = (server.cpu()?, server.evidence_cpu()?, Instant::now());
        load.talk_for(talk)?;
        let (cpu, elapsed) = (server.cpu()? - cpu, begun.elapsed());
        let evidence = server.evidence_cpu()? - evidence;
        load.heard.measuring = false;
        let resident_kib = server.resident_kib()?;
        load.hang_up()?;
        let call_minutes = calls as f64 * elapsed.as_secs_f64() / 60.0;
        // Where a codec hides the level, it is not counted.
        let counted = match kind {
            Kind::RtpRtp | Kind::BrowserRtp => evidence::ms_per_call_minute(Codec::Pcmu)?,
            Kind::BrowserOpusPcmu | Kind::Room => 0.0,
        };
        let figures = MediaFigures {
            cpu_ms_per_call_minute: cpu.as_secs_f64() * 1000.0 / call_minutes,
            evidence_ms_per_call_minute: counted + evidence.as_secs_f64() * 1000.0 / call_minutes,
            latency_us: kind.is_relayed().then(|| std::mem::take(&mut load.heard.latency_us)),
            kib_per_call: (resident_kib - resident_before) / calls as f64,
            heard_percent: load.heard.received as f64 * 100.0 / load.heard.sent.max(1) as f64,
        };
        match kind {
            Kind::RtpRtp | Kind::BrowserRtp | Kind::BrowserOpusPcmu => table.media(kind, &figures),
            Kind::Room => table.room(calls, &figures),
        }
        server.settle();
        Ok(())
    }

    fn new(server: &Server, kind: Kind) -> anyhow::Result<Self> {
        let signalling = Signalling::start(server)?;
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let bind = |port: u16| UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| format!("UDP {port}"));
        let phones = RTP_PORTS.into_iter().map(bind).collect::<anyhow::Result<Vec<_>>>()?;
        let rtcp = RTP_PORTS
            .into_iter()
            .map(|port| bind(port + 1))
            .collect::<anyhow::Result<Vec<_>>>()?;
        for (token, phone) in (TOKEN_PHONES..).zip(&phones) {
            phone.set_nonblocking(true)?;
            SockRef::from(phone).set_recv_buffer_size(SOCKET_BUFFER_BYTES)?;
            epoll::add(&epoll, phone, EventData::new_u64(token), EventFlags::IN)?;
        }
        let now = Instant::now();
        Ok(Self {
            kind,
            signalling,
            epoll,
            phones,
            _rtcp: rtcp,
            legs: Vec::new(),
            browsers: Vec::new(),
            calls: Vec::new(),
            turns: VecDeque::new(),
            phone_voice: Voice::new(Codec::Pcmu)?,
            browser_voice: kind.browser_codec().map(Voice::new).transpose()?,
            frames: 0,
            swept: now,
            heard: Heard {
                begun: now,
                measuring: false,
                sent: 0,
                received: 0,
                latency_us: Samples::default(),
            },
        })
    }

    /// So many calls, one after the other; then everybody has a turn within the 20 ms.
    fn set_up(&mut self, calls: usize) -> anyhow::Result<()> {
        for _ in 0..calls {
            match self.kind.browser_codec() {
                None => {
                    let answer = self.call(Caller::Desk, phone_sdp(0))?;
                    self.add_leg(0, &answer)?;
                }
                Some(codec) => {
                    let (browser, offer) = Browser::new(codec)?;
                    epoll::add(
                        &self.epoll,
                        browser.socket(),
                        EventData::new_u64(self.browsers.len() as u64),
                        EventFlags::IN,
                    )?;
                    let answer = self.call(Caller::Browser, offer)?;
                    self.browsers.push(browser);
                    self.browsers.last_mut().context("just pushed")?.accept(&answer)?;
                }
            }
        }
        let begun = Instant::now();
        while !self.browsers.iter().all(Browser::is_connected) {
            ensure!(begun.elapsed() < CALL_TIME_MAX, "the browsers' ICE or DTLS does not end");
            self.turn(Instant::now() + Duration::from_millis(1))?;
        }
        let talkers: Vec<Talker> = (0..self.legs.len())
            .map(Talker::Phone)
            .chain((0..self.browsers.len()).map(Talker::Browser))
            .collect();
        let (now, count) = (Instant::now(), talkers.len() as u32);
        self.turns = talkers
            .into_iter()
            .zip(0_u32..)
            .map(|(talker, n)| (now + FRAME * n / count, talker))
            .collect();
        Ok(())
    }

    /// One call to the other desk phone; gives the answer to the offer.
    fn call(&mut self, caller: Caller, offer: String) -> anyhow::Result<String> {
        let calling = self.signalling.invite(caller, self.kind.number(), offer);
        let begun = Instant::now();
        while begun.elapsed() < CALL_TIME_MAX {
            self.turn(Instant::now() + Duration::from_micros(500))?;
            self.signalling.pump()?;
            while let Some(event) = self.signalling.poll_event() {
                match event {
                    Event::Invited { dialog, message, .. } => {
                        let offer = message.body().context("a call without an offer")?;
                        let offer = String::from_utf8_lossy(&offer.bytes).into_owned();
                        self.add_leg(1, &offer)?;
                        self.signalling.answer(dialog, phone_sdp(1));
                    }
                    Event::Answered { dialog, body, .. } if dialog == calling => {
                        self.calls.push(calling);
                        let answer = body.context("an answer without a description")?;
                        return Ok(String::from_utf8_lossy(&answer.bytes).into_owned());
                    }
                    Event::Refused {
                        dialog, status, reason, ..
                    } if dialog == calling => bail!("call refused: {status} {reason}"),
                    other => drop(other),
                }
            }
        }
        bail!("a call was not answered within {} s", CALL_TIME_MAX.as_secs())
    }

    fn add_leg(&mut self, phone: usize, description: &str) -> anyhow::Result<()> {
        let to = media_address(description).with_context(|| format!("no address for RTP in\n{description}"))?;
        self.legs.push(PhoneLeg {
            phone,
            to,
            sequence: 0,
            timestamp: 0,
        });
        Ok(())
    }

    fn hang_up(&mut self) -> anyhow::Result<()> {
        self.turns.clear();
        self.legs.clear();
        self.browsers.clear();
        for call in self.calls.drain(..) {
            self.signalling.hang_up(call);
        }
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(2) {
            self.signalling.pump()?;
            while let Some(event) = self.signalling.poll_event() {
                drop(event);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    }

    fn talk_for(&mut self, duration: Duration) -> anyhow::Result<()> {
        let end = Instant::now() + duration;
        while Instant::now() < end {
            let next = self.turns.front().map_or(end, |(due, _)| *due);
            self.turn(next.min(end).min(self.swept + SWEEP_EVERY))?;
            let now = Instant::now();
            while let Some((due, talker)) = self.turns.front().copied() {
                if due > now {
                    break;
                }
                self.turns.rotate_left(1);
                if let Some(last) = self.turns.back_mut() {
                    last.0 = due + FRAME;
                }
                self.speak(talker)?;
            }
        }
        Ok(())
    }

    fn speak(&mut self, talker: Talker) -> anyhow::Result<()> {
        let round = self.frames / self.turns.len().max(1);
        self.frames += 1;
        self.heard.sent += u64::from(self.heard.measuring);
        let (heard, relayed) = (&mut self.heard, self.kind.is_relayed());
        match talker {
            Talker::Phone(leg) => {
                let payload = self.phone_voice.payload(round + leg * FRAMES_APART);
                let leg = &mut self.legs[leg];
                let mut packet = [0; RTP_HEADER_BYTES + 160];
                leg.sequence = leg.sequence.wrapping_add(1);
                leg.timestamp = leg.timestamp.wrapping_add(160);
                packet[0] = 0x80;
                packet[2..4].copy_from_slice(&leg.sequence.to_be_bytes());
                packet[4..8].copy_from_slice(&leg.timestamp.to_be_bytes());
                packet[8..12].copy_from_slice(&u32::from(leg.to.port()).to_be_bytes());
                packet[RTP_HEADER_BYTES..].copy_from_slice(payload);
                if relayed {
                    heard.stamp(&mut packet[RTP_HEADER_BYTES..]);
                }
                // A full socket loses packets, as a network does.
                let _ = self.phones[leg.phone].send_to(&packet, leg.to);
                Ok(())
            }
            Talker::Browser(browser) => {
                let voice = self.browser_voice.as_ref().context("browsers have a voice")?;
                let mut payload = voice.payload(round + browser * FRAMES_APART).to_vec();
                if relayed && voice.codec == Codec::Pcmu {
                    heard.stamp(&mut payload);
                }
                self.browsers[browser].talk(&payload, |payload| heard.take(payload, relayed))
            }
        }
    }

    /// Waits until then for packets, takes them, and lets time pass for the browsers and the signalling.
    fn turn(&mut self, until: Instant) -> anyhow::Result<()> {
        let wait = until.saturating_duration_since(Instant::now());
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
        let (heard, relayed) = (&mut self.heard, self.kind.is_relayed());
        for event in &ready[..count] {
            let data = event.data;
            match data.u64() {
                token @ TOKEN_PHONES.. => hear_phone(&self.phones[(token - TOKEN_PHONES) as usize], |payload| {
                    heard.take(payload, relayed);
                }),
                token => {
                    // One that is being called is not there yet.
                    if let Some(browser) = self.browsers.get_mut(token as usize) {
                        browser.receive(|payload| heard.take(payload, relayed))?;
                    }
                }
            }
        }
        let now = Instant::now();
        if now >= self.swept + SWEEP_EVERY {
            self.swept = now;
            for browser in &mut self.browsers {
                browser.tick(now, |payload| heard.take(payload, relayed))?;
            }
            self.signalling.pump()?;
        }
        Ok(())
    }
}

fn hear_phone(phone: &UdpSocket, mut on_audio: impl FnMut(&[u8])) {
    let mut bytes = [0; 2000];
    while let Ok(length) = phone.recv(&mut bytes) {
        if let Some(payload) = bytes[..length].get(RTP_HEADER_BYTES..) {
            on_audio(payload);
        }
    }
}

fn phone_sdp(phone: usize) -> String {
    let port = RTP_PORTS[phone];
    format!(
        "v=0\r\no=- {port} 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\n"
    )
}

/// Where a description wants its RTP.
pub(crate) fn media_address(description: &str) -> Option<SocketAddr> {
    let line = |prefix: &str| description.lines().find_map(|line| line.strip_prefix(prefix));
    let host = line("c=IN IP4 ")?.trim().parse().ok()?;
    let port = line("m=audio ")?.split(' ').next()?.parse().ok()?;
    Some(SocketAddr::new(host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_say_where_rtp_goes() {
        assert_eq!(media_address(&phone_sdp(1)), Some("127.0.0.1:26002".parse().unwrap()));
        assert_eq!(media_address("v=0\r\n"), None);
    }

    #[test]
    fn a_stamp_tells_how_long_ago_it_was_sent() {
        let mut heard = Heard {
            begun: Instant::now(),
            measuring: true,
            sent: 0,
            received: 0,
            latency_us: Samples::default(),
        };
        let mut payload = [0; 160];
        heard.stamp(&mut payload);
        heard.take(&payload, true);
        assert_eq!((heard.received, heard.latency_us.len()), (1, 1));
        assert!(heard.latency_us.percentile(50.0).unwrap() < 1e6);
    }
}
