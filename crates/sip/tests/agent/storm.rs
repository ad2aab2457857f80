//! Thousands of calls in which everything happens at any time over a bad network: nothing may be left behind.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use sip::agent::{Config, DialogId, Event, RequestId};
use sip::{Flow, Transport};

use crate::world::{ANNA, BEN, Network, World, config, flow, invite, sdp, udp};

/// What a person or phone does some time.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Ring(usize, DialogId, u16),
    Answer(usize, DialogId),
    Refuse(usize, DialogId),
    HangUp(usize, DialogId),
    Reoffer(usize, DialogId, bool),
    Respond(usize, RequestId, u16),
    Break(u64),
}

/// The people, and what they know of their calls.
struct Storm {
    world: World,
    plan: BTreeMap<(Instant, usize), Deed>,
    count: usize,
    /// Sessions that have not ended, for each side.
    alive: [BTreeSet<DialogId>; 2],
    open_reoffers: BTreeMap<(usize, DialogId), usize>,
    way: Flow,
}

impl Storm {
    fn new(seed: u64) -> Self {
        let mut dice = SmallRng::seed_from_u64(!seed);
        let mut settings = || Config {
            // Some are always full, some refresh all the time.
            transactions_max: if dice.random_range(0..4) == 0 {
                dice.random_range(1..12)
            } else {
                1000
            },
            dialogs_max: if dice.random_range(0..4) == 0 {
                dice.random_range(1..3)
            } else {
                100
            },
            session_expires: Duration::from_secs(if dice.random_range(0..2) == 0 { 90 } else { 1800 }),
            ..config()
        };
        let settings = [settings(), settings()];
        let mut world = World::with(seed, Network::GOOD, &settings);
        world.network = Network {
            loss_percent: world.rng.random_range(0..30),
            twice_percent: world.rng.random_range(0..20),
            jitter: Duration::from_millis(world.rng.random_range(0..900)),
        };
        let way = match world.rng.random_range(0..4) {
            0 => flow(ANNA, BEN, Transport::Tcp, 1),
            1 => flow(ANNA, BEN, Transport::Wss, 1),
            _ => udp(ANNA, BEN),
        };
        Self {
            world,
            plan: BTreeMap::new(),
            count: 0,
            alive: Default::default(),
            open_reoffers: BTreeMap::new(),
            way,
        }
    }

    fn run(mut self) {
        for _ in 0..self.world.rng.random_range(1..4) {
            let mut call = invite(self.way);
            if self.world.rng.random_range(0..4) == 0 {
                call.headers.push(("Require".to_owned(), "100rel".to_owned()));
            }
            if self.world.rng.random_range(0..5) == 0 {
                call.body = None;
            }
            if self.chance(30) {
                call.first_response_max = Some(Duration::from_millis(self.world.rng.random_range(5..1_000)));
            }
            let dialog = self.world.tell(ANNA, |agent, now| agent.invite(call, now));
            self.alive[ANNA].insert(dialog);
            if self.chance(50) {
                self.later(20_000, Deed::HangUp(ANNA, dialog));
            }
        }
        if self.way.connection != 0 && self.chance(30) {
            self.later(20_000, Deed::Break(self.way.connection));
        }
        // Everybody hangs up after five minutes at the latest.
        let end = self.world.now + Duration::from_secs(300);
        while self.world.now < end {
            self.advance(end);
        }
        for side in [ANNA, BEN] {
            for dialog in self.alive[side].clone() {
                self.hang_up(side, dialog);
            }
        }
        for _ in 0..3 {
            for (side, event) in self.world.run(Duration::from_secs(60)) {
                self.react(side, event);
            }
        }
        assert!(
            self.alive.iter().all(BTreeSet::is_empty),
            "sessions without an end: {:?}",
            self.alive
        );
        // INVITEs that nobody answered ring until their time is up.
        self.world.run(Duration::from_secs(700));
        self.world.assert_nothing_left();
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.world.rng.random_range(0..100) < percent
    }

    fn later(&mut self, within_ms: u64, deed: Deed) {
        let at = self.world.now + Duration::from_millis(self.world.rng.random_range(0..within_ms));
        self.count += 1;
        self.plan.insert((at, self.count), deed);
    }

    fn advance(&mut self, end: Instant) {
        let due = self.plan.first_key_value().map_or(end, |((at, _), _)| (*at).min(end));
        if let Some((side, event)) = self.world.until_event(due.saturating_duration_since(self.world.now)) {
            return self.react(side, event);
        }
        if let Some(entry) = self.plan.first_entry()
            && entry.key().0 <= self.world.now
        {
            let deed = entry.remove();
            self.act(deed);
        }
    }

    fn act(&mut self, deed: Deed) {
        match deed {
            Deed::Ring(side, dialog, status) => {
                let body = self.chance(30).then(|| sdp("early"));
                self.world
                    .tell(side, |agent, now| agent.ring(dialog, status, body, Vec::new(), now));
            }
            Deed::Answer(side, dialog) => {
                self.world
                    .tell(side, |agent, now| agent.answer(dialog, sdp("answer"), Vec::new(), now));
                for who in [ANNA, BEN] {
                    for other in self.alive[who].clone() {
                        if self.chance(30) {
                            let offers = self.chance(70);
                            self.later(10_000, Deed::Reoffer(who, other, offers));
                        }
                    }
                }
            }
            Deed::Refuse(side, dialog) => {
                self.world.tell(side, |agent, now| agent.refuse(dialog, 486, Vec::new(), now));
                // Without effect when it has been answered.
                if self.world.agents[side].statistics().dialogs < self.alive[side].len() {
                    self.alive[side].remove(&dialog);
                }
            }
            Deed::HangUp(side, dialog) => self.hang_up(side, dialog),
            Deed::Reoffer(side, dialog, offers) if self.alive[side].contains(&dialog) => {
                *self.open_reoffers.entry((side, dialog)).or_default() += 1;
                let body = offers.then(|| sdp("hold"));
                self.world.tell(side, |agent, now| agent.reoffer(dialog, body, now));
            }
            Deed::Reoffer(..) => {}
            Deed::Respond(side, request, status) => {
                let body = (status < 300).then(|| sdp("fine"));
                self.world
                    .tell(side, |agent, now| agent.respond(request, status, Vec::new(), body, now));
            }
            Deed::Break(connection) => self.break_connection(connection),
        }
    }

    /// The connection breaks, and half of the time the phone is back soon.
    fn break_connection(&mut self, connection: u64) {
        let transport = self.way.transport;
        let (at_anna, at_ben) = (flow(ANNA, BEN, transport, connection), flow(BEN, ANNA, transport, connection));
        self.world.close(connection, &[(ANNA, at_anna), (BEN, at_ben)]);
        if self.chance(50) {
            let next = connection + 1;
            self.world.tell(ANNA, |agent, now| {
                agent.move_dialogs(at_anna, flow(ANNA, BEN, transport, next), None, now);
            });
            self.world.tell(BEN, |agent, now| {
                agent.move_dialogs(at_ben, flow(BEN, ANNA, transport, next), None, now);
            });
            self.way = flow(ANNA, BEN, transport, next);
        }
    }

    fn hang_up(&mut self, side: usize, dialog: DialogId) {
        self.alive[side].remove(&dialog);
        self.world.tell(side, |agent, now| agent.hang_up(dialog, None, now));
    }

    /// Checks that only living sessions have news, and plans what people do about it.
    fn react(&mut self, side: usize, event: Event) {
        let seed_of = format!("{side} {event:?}");
        match event {
            Event::Invited { dialog, .. } => {
                assert!(self.alive[side].insert(dialog));
                for status in [180, 183] {
                    if self.chance(60) {
                        self.later(2_000, Deed::Ring(side, dialog, status));
                    }
                }
                match self.world.rng.random_range(0..10) {
                    0..6 => self.later(15_000, Deed::Answer(side, dialog)),
                    6 => self.later(15_000, Deed::Refuse(side, dialog)),
                    _ => {}
                }
                if self.chance(50) {
                    self.later(30_000, Deed::HangUp(side, dialog));
                }
            }
            Event::Progressed { dialog, .. } => assert!(self.alive[side].contains(&dialog), "{seed_of}"),
            Event::Answered { dialog, body, .. } => {
                assert!(self.alive[side].contains(&dialog) && body.is_some(), "{seed_of}");
                self.world.tell(side, |agent, now| agent.acknowledge(dialog, sdp("late"), now));
            }
            Event::Confirmed { dialog, .. } => assert!(self.alive[side].contains(&dialog), "{seed_of}"),
            Event::Refused { dialog, .. } | Event::Ended { dialog, .. } => {
                assert!(self.alive[side].remove(&dialog), "{seed_of}");
            }
            Event::Reoffered { dialog, request, .. } => {
                assert!(self.alive[side].contains(&dialog), "{seed_of}");
                if self.chance(90) {
                    let status = if self.chance(80) { 200 } else { 488 };
                    self.later(1_000, Deed::Respond(side, request, status));
                }
            }
            Event::ReofferEnded { dialog, result } => {
                assert!(self.alive[side].contains(&dialog), "{seed_of}");
                let open = self.open_reoffers.get_mut(&(side, dialog)).expect("an end without a beginning");
                assert!(*open > 0, "{seed_of}");
                *open -= 1;
                if result.is_ok() {
                    self.world.tell(side, |agent, now| agent.acknowledge(dialog, sdp("late"), now));
                }
            }
            Event::Requested { .. } | Event::Referred { .. } | Event::Informed { .. } | Event::RecordingAsked { .. } => panic!("{seed_of}"),
            Event::Pinged { .. } | Event::Responded { .. } => panic!("{seed_of}"),
            Event::Rewatched { .. } | Event::Notified { .. } | Event::Unwatched { .. } => panic!("{seed_of}"),
        }
    }
}

#[test]
fn nothing_is_left_behind_by_thousands_of_bad_calls() {
    let seeds = std::env::var("FAREND_SEEDS")
        .ok()
        .and_then(|seeds| seeds.parse().ok())
        .unwrap_or(1_000);
    for seed in 0..seeds {
        let storm = std::panic::catch_unwind(|| Storm::new(seed).run());
        assert!(storm.is_ok(), "seed {seed} fails");
    }
}
