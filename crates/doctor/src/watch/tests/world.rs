//! Two who talk, a network, and a server that counts: 20 ms at a time.

use std::time::{Duration, Instant};

use model::LegId;
use model::quality::{LegReport, Transport};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use crate::evidence::{BrowserSide, Microphone, PeerKind};
use crate::watch::{News, Part, Watch};

const TICK: Duration = Duration::from_millis(20);
/// A browser that hears nothing waits for so long.
const LOOKS_ELSEWHERE_AFTER: Duration = Duration::from_millis(700);

#[allow(clippy::disallowed_methods, reason = "a beginning is needed, whichever")]
pub(super) fn start() -> Instant {
    Instant::now()
}

/// What is wrong with the first of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Injection {
    None,
    MicrophoneMuted,
    MicrophoneEnded,
    MicrophoneZero,
    DroppedIn,
    DroppedOut,
    /// The same, and a browser looks for another way, in vain.
    DroppedOutForGood,
    WrongAddress,
    Undecryptable,
    Undecodable,
    Silent,
    DigitalSilence,
    OutputLost,
    MutedInApp,
    OnHold,
}

/// What somebody's device does while they do not speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Sends on.
    Continuous,
    /// Says by comfort noise that it stops (RFC 3389).
    ComfortNoise,
    /// Stops.
    Stops,
    /// As Opus does: a packet without sound now and then.
    Discontinuous,
}

pub(super) struct World {
    now: Instant,
    random: SmallRng,
    watch: Watch,
    peers: [Peer; 2],
    injection: Injection,
    injected_at: Instant,
    /// Somebody holds; nobody is heard.
    is_held: bool,
    /// For so long nothing gets through.
    stumbles_until: Instant,
}

struct Peer {
    part: Part,
    style: Style,
    report: LegReport,
    browser: BrowserSide,
    is_muted: bool,
    speaks_until: Instant,
    rests_until: Instant,
    quiet_frames: u32,
    /// Sent by it, and of that counted here when it reported last.
    sent: u64,
    ahead: i64,
    missing_at: Option<Instant>,
    last_at: Option<Instant>,
    last_sent: u64,
    sound_until: Instant,
    quiet_since: Option<Instant>,
    zero_since: Option<Instant>,
    heard_at: Option<Instant>,
    reports_at: Instant,
    reported_at: Option<Instant>,
    deaf_at: Option<Instant>,
    /// When anything of ours arrived there last.
    heard_us_at: Option<Instant>,
    sent_to_it_at: Option<Instant>,
    pings_at: Instant,
    measured_at: Instant,
    looks_at: Instant,
}

impl Peer {
    fn new(leg: u64, with: u64, kind: PeerKind, style: Style, now: Instant, random: &mut SmallRng) -> Self {
        let mut report = LegReport {
            transport: Transport::Rtp,
            ..LegReport::default()
        };
        report.expected.from_peer = true;
        report.expected.to_peer = true;
        Self {
            part: Part {
                leg: LegId(leg),
                kind,
                is_talking: true,
                with: Some(LegId(with)),
            },
            style,
            report,
            browser: BrowserSide {
                microphone: Microphone::Works,
                ..BrowserSide::default()
            },
            is_muted: false,
            speaks_until: now + Duration::from_secs(2),
            rests_until: now,
            quiet_frames: 0,
            sent: 0,
            ahead: 0,
            missing_at: None,
            last_at: None,
            last_sent: 0,
            sound_until: now,
            quiet_since: None,
            zero_since: None,
            heard_at: None,
            reports_at: now + Duration::from_millis(random.random_range(1_250..3_750)),
            reported_at: None,
            deaf_at: None,
            heard_us_at: None,
            sent_to_it_at: None,
            pings_at: now,
            measured_at: now + Duration::from_millis(random.random_range(0..1_000)),
            looks_at: now + Duration::from_millis(random.random_range(0..500)),
        }
    }

    /// Whether it speaks: spurts and pauses of all lengths.
    fn speaks(&mut self, now: Instant, random: &mut SmallRng) -> bool {
        if now >= self.speaks_until && now >= self.rests_until {
            let longest = if random.random_bool(0.1) { 20_000 } else { 3_000 };
            let rests = random.random_range(100..longest);
            self.rests_until = now + Duration::from_millis(rests);
            self.speaks_until = self.rests_until + Duration::from_millis(random.random_range(200..6_000));
        }
        now >= self.rests_until
    }
}

/// A packet on its way to us.
struct Sent {
    level_dbov: i8,
    announces: bool,
    is_zero: bool,
}

impl World {
    pub(super) fn new(kinds: [PeerKind; 2], styles: [Style; 2], seed: u64) -> Self {
        let mut random = SmallRng::seed_from_u64(seed);
        let now = start();
        let peers = [
            Peer::new(1, 2, kinds[0], styles[0], now, &mut random),
            Peer::new(2, 1, kinds[1], styles[1], now, &mut random),
        ];
        Self {
            now,
            random,
            watch: Watch::default(),
            peers,
            injection: Injection::None,
            injected_at: now,
            is_held: false,
            stumbles_until: now,
        }
    }

    /// Both speak, and then it happens: who is silent is not missed.
    pub(super) fn inject(&mut self, injection: Injection) {
        for peer in &mut self.peers {
            peer.rests_until = self.now;
            peer.speaks_until = self.now + Duration::from_secs(60);
        }
        self.run(Duration::from_millis(400));
        self.injection = injection;
        self.injected_at = self.now;
        self.is_held = injection == Injection::OnHold;
        let muted = injection == Injection::MutedInApp;
        let peer = &mut self.peers[0];
        peer.is_muted = muted;
    }

    /// What is told in this time, each with when.
    pub(super) fn run(&mut self, lasts: Duration) -> Vec<(Duration, News)> {
        let (begun, mut told) = (self.now, Vec::new());
        while self.now < begun + lasts {
            let news = self.step();
            let after = self.now - begun;
            told.extend(news.into_iter().map(|news| (after, news)));
        }
        told
    }

    /// The same, while people and networks do what they do in healthy calls.
    pub(super) fn run_eventfully(&mut self, lasts: Duration) -> Vec<(Duration, News)> {
        let (begun, mut told) = (self.now, Vec::new());
        while self.now < begun + lasts {
            let next = Duration::from_millis(self.random.random_range(500..9_000));
            let end = (begun + lasts - self.now).min(next);
            told.extend(self.run(end));
            match self.random.random_range(0..7_u8) {
                // Hold and resume.
                0 | 1 => self.is_held = !self.is_held,
                2 => {
                    let who = self.random.random_range(0..2);
                    let peer = &mut self.peers[who];
                    peer.is_muted = !peer.is_muted && peer.part.kind == PeerKind::Browser;
                }
                // A network that stumbles; an ICE restart.
                3 | 4 => self.stumbles_until = self.now + Duration::from_millis(self.random.random_range(0..1_300)),
                // A transfer: the same leg with somebody else.
                5 => {
                    for (peer, with) in self
                        .peers
                        .iter_mut()
                        .zip([self.random.random_range(3..9), self.random.random_range(3..9)])
                    {
                        peer.part.with = Some(LegId(with));
                    }
                }
                // A re-INVITE: for a moment nothing is agreed.
                _ => self.stumbles_until = self.now + Duration::from_millis(self.random.random_range(0..300)),
            }
        }
        told
    }

    fn step(&mut self) -> Vec<News> {
        self.now += TICK;
        let mut arrived = [false; 2];
        for (at, arrived) in arrived.iter_mut().enumerate() {
            *arrived = self.send(at);
        }
        let mut news = Vec::new();
        for at in 0..2 {
            let hears = arrived[1 - at];
            self.hear(at, hears);
            self.report(at);
            news.extend(self.look(at));
            news.extend(self.measure(at));
        }
        news
    }

    fn is(&self, at: usize, injection: Injection) -> bool {
        at == 0 && self.injection == injection
    }

    /// Whether it has given up the connection that there was, and has found no other one.
    fn is_reconnecting(&self, at: usize) -> bool {
        self.is(at, Injection::DroppedOutForGood) && self.now - self.injected_at >= LOOKS_ELSEWHERE_AFTER
    }

    /// What the peer sends now; whether it has arrived as sound.
    fn send(&mut self, at: usize) -> bool {
        let now = self.now;
        let speaks = self.peers[at].speaks(now, &mut self.random);
        // To a codec that suppresses silence a muted microphone is silent.
        let speaks = speaks && !(self.peers[at].is_muted && self.peers[at].style != Style::Continuous);
        let is_held = self.is_held;
        let is_zero = self.is(at, Injection::DigitalSilence) || self.peers[at].is_muted;
        let Some(mut sent) = self.peers[at].next(speaks, is_zero, is_held, now, &mut self.random) else {
            return false;
        };
        if self.is(at, Injection::Silent) {
            return false;
        }
        sent.is_zero |= self.is(at, Injection::MicrophoneZero) || self.is(at, Injection::MicrophoneMuted);
        self.peers[at].sent += 1;
        let is_lost =
            self.random.random_bool(0.02) || now < self.stumbles_until || self.is(at, Injection::DroppedIn) || self.is_reconnecting(at);
        if is_lost {
            return false;
        }
        let injection = if at == 0 { self.injection } else { Injection::None };
        let peer = &mut self.peers[at];
        let refused = &mut peer.report.refused;
        let cause = match injection {
            Injection::WrongAddress => Some(&mut refused.stranger),
            Injection::Undecryptable => Some(&mut refused.undecryptable),
            Injection::Undecodable => Some(&mut refused.unknown_format),
            _ => None,
        };
        if let Some(cause) = cause {
            *cause += 1;
            return false;
        }
        peer.arrive(&sent, now);
        !is_held && !sent.announces
    }

    /// Whether what we send arrives at the peer.
    fn hear(&mut self, at: usize, is_sent: bool) {
        let is_dropped = self.is(at, Injection::DroppedOut) || self.is(at, Injection::DroppedOutForGood) || self.now < self.stumbles_until;
        let is_reconnecting = self.is_reconnecting(at);
        let now = self.now;
        let peer = &mut self.peers[at];
        peer.report.is_reconnecting = is_reconnecting;
        if is_sent && !is_reconnecting {
            peer.report.sent.packets += 1;
            peer.sent_to_it_at = Some(now);
            if !is_dropped {
                peer.heard_us_at = Some(now);
            }
        }
        let is_silenced = is_reconnecting || at == 0 && self.injection == Injection::DroppedIn;
        if now >= peer.pings_at && !is_silenced && peer.part.kind == PeerKind::Browser {
            peer.pings_at = now + Duration::from_millis(480);
            peer.heard_at = Some(now);
        }
    }

    /// RTCP of phones.
    fn report(&mut self, at: usize) {
        let now = self.now;
        if now < self.peers[at].reports_at {
            return;
        }
        let next = Duration::from_millis(self.random.random_range(2_500..7_500));
        let is_lost = self.is(at, Injection::DroppedIn) || now < self.stumbles_until || self.random.random_bool(0.02);
        let peer = &mut self.peers[at];
        peer.reports_at = now + next;
        if is_lost || peer.part.kind == PeerKind::Browser {
            return;
        }
        peer.heard_at = Some(now);
        if let Some(before) = peer.reported_at.replace(now) {
            let apart = ms(now - before);
            let known = &mut peer.report.peer.report_interval_ms;
            *known = Some(known.unwrap_or(0).max(apart));
        }
        let ahead = i64::try_from(peer.sent).unwrap() - i64::try_from(peer.report.received.packets).unwrap();
        peer.report.peer.missing = Some(u32::try_from(ahead - peer.ahead).unwrap_or(0));
        peer.ahead = ahead;
        peer.missing_at = Some(now);
        let unheard = peer
            .sent_to_it_at
            .zip(peer.heard_us_at)
            .map_or(Duration::ZERO, |(sent, heard)| sent - heard);
        peer.report.peer.deaf_ms = peer.sent_to_it_at.map(|_| ms(unheard));
        peer.deaf_at = Some(now);
    }

    /// The page looks at itself twice a second, and tells what has changed.
    fn look(&mut self, at: usize) -> Vec<News> {
        let (now, injection, is_held) = (self.now, self.injection, self.is_held);
        let peer = &mut self.peers[at];
        if peer.part.kind != PeerKind::Browser || now < peer.looks_at {
            return Vec::new();
        }
        peer.looks_at = now + Duration::from_millis(500);
        let mine = if at == 0 { injection } else { Injection::None };
        let deaf = peer.heard_us_at.is_none_or(|heard| now - heard >= Duration::from_millis(1_500));
        let side = BrowserSide {
            is_muted_in_app: peer.is_muted,
            is_held,
            microphone: match mine {
                Injection::MicrophoneMuted => Microphone::MutedBySystem,
                Injection::MicrophoneEnded => Microphone::Ended,
                Injection::MicrophoneZero if peer.zero_since.is_some_and(|since| now - since >= Duration::from_secs(2)) => Microphone::Zero,
                _ => Microphone::Works,
            },
            is_output_lost: mine == Injection::OutputLost,
            is_deaf: deaf && !is_held,
        };
        if side == peer.browser {
            return Vec::new();
        }
        peer.browser = side;
        self.watch.told(peer.part.leg, side, now)
    }

    fn measure(&mut self, at: usize) -> Vec<News> {
        let (now, is_held) = (self.now, self.is_held);
        let peer = &mut self.peers[at];
        if now < peer.measured_at {
            return Vec::new();
        }
        peer.measured_at = now + Duration::from_secs(1);
        peer.part.is_talking = !is_held;
        let since = |at: Option<Instant>| at.map(|at| ms(now - at));
        let report = &mut peer.report;
        report.received.quiet_ms = since(peer.last_at);
        report.received.zero_ms = peer
            .last_at
            .map(|last| peer.zero_since.map_or(0, |since| ms(last.saturating_duration_since(since))));
        report.peer.heard_ms = since(peer.heard_at.max(peer.last_at));
        report.peer.missing_ms = since(peer.missing_at);
        report.peer.deaf_told_ms = since(peer.deaf_at);
        report.expected.from_peer = !is_held;
        report.expected.to_peer = !is_held;
        self.watch.measured(peer.part, &peer.report, now)
    }
}

impl Peer {
    /// The packet of these 20 ms, if there is one.
    fn next(&mut self, speaks: bool, is_zero: bool, is_held: bool, now: Instant, random: &mut SmallRng) -> Option<Sent> {
        let between = random.random_bool(0.1);
        let level_dbov = match (is_zero, speaks && !between) {
            (true, _) => -127,
            (false, true) => random.random_range(-35..-15),
            (false, false) => random.random_range(-68..-52),
        };
        let sent = Sent {
            level_dbov,
            announces: false,
            is_zero,
        };
        if speaks {
            self.sound_until = now + Duration::from_millis(300);
            self.quiet_frames = 0;
            return Some(sent);
        }
        self.quiet_frames += u32::from(now >= self.sound_until);
        let announcement = Sent { announces: true, ..sent };
        let is_due = |every: u32| self.quiet_frames % every == 1;
        match self.style {
            // Whoever is held by somebody hears music, and sends on or not; here not.
            _ if is_held => None,
            _ if now < self.sound_until => Some(sent),
            Style::Continuous => Some(sent),
            Style::ComfortNoise => is_due(400).then_some(announcement),
            Style::Stops => None,
            Style::Discontinuous => is_due(20).then_some(announcement),
        }
    }

    /// As `media` counts it.
    fn arrive(&mut self, sent: &Sent, now: Instant) {
        let report = &mut self.report;
        report.received.packets += 1;
        let has_paused = self.last_at.is_some_and(|last| now - last >= Duration::from_millis(400));
        report.pauses.count += u32::from(has_paused && self.sent == self.last_sent + 1);
        report.pauses.is_announced = sent.announces;
        let is_quiet = sent.level_dbov <= -45;
        let has_broken = self.last_at.is_some_and(|last| now - last >= Duration::from_millis(100));
        let since = self.quiet_since.filter(|_| !has_broken).unwrap_or(now);
        self.quiet_since = is_quiet.then_some(since);
        let lasted = self.quiet_since.map_or(0, |since| ms(now - since));
        report.pauses.quiet_sent_ms = report.pauses.quiet_sent_ms.max(lasted);
        report.pauses.was_quiet = Some(lasted >= 160);
        self.zero_since = sent.is_zero.then(|| self.zero_since.unwrap_or(now));
        self.last_at = Some(now);
        self.last_sent = self.sent;
        self.heard_at = Some(now);
    }
}

fn ms(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}
