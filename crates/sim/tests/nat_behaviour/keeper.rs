//! The keeper notices what happens to our public address.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use doctor::binding::{Event, Keeper, Settings, Transmit};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use sim::nat::Named;

use crate::for_each_seed;
use crate::world::{Server, World};

const SEEDS: u64 = 3_000;
const MEDIA: u16 = 8_802;
/// How soon a change has to be known.
const NOTICE_MAX: Duration = Duration::from_secs(10);

/// A keeper in a world, and all that it has told.
struct Office {
    world: World,
    keeper: Keeper,
    told: Vec<(Instant, Event)>,
    requests: usize,
}

impl Office {
    fn any(seed: u64) -> Self {
        let mut random = SmallRng::seed_from_u64(seed);
        let passing: Vec<Named> = Named::ALL
            .into_iter()
            .filter(|named| ![Named::None, Named::UdpBlocked].contains(named))
            .collect();
        let named = *passing.choose(&mut random).expect("some");
        let count = random.random_range(1..=3);
        let servers = (0..count).map(|number: u8| Server::plain(SocketAddr::from(([198, 51, 100, 10 + number], 3478))));
        let chain = named.chain("203.0.113.1".parse().expect("an address"), seed);
        let mut world = World::new("192.168.1.2".parse().expect("an address"), chain, servers.collect(), seed);
        world.delay_ms_max = random.random_range(1..=150);
        world.loss_percent = random.random_range(0..=10);
        let mut keeper = Keeper::new(Settings::default(), [u8::try_from(seed % 256).expect("a byte"); 32]);
        let addresses: Vec<SocketAddr> = world.servers.iter().map(|server| server.address).collect();
        keeper.set_servers(&addresses, world.now);
        Self {
            world,
            keeper,
            told: Vec::new(),
            requests: 0,
        }
    }

    fn run(&mut self, time: Duration) {
        let end = self.world.now + time;
        loop {
            while let Some(Transmit { to, packet }) = self.keeper.poll_transmit() {
                self.requests += 1;
                self.world.send(MEDIA, to, packet);
            }
            while let Some(event) = self.keeper.poll_event() {
                self.told.push((self.world.now, event));
            }
            let due = self.keeper.poll_timeout().expect("there are servers");
            let next = self.world.next().map_or(due, |arrival| arrival.min(due));
            if next > end {
                break;
            }
            for arrival in self.world.pass(next) {
                let is_ours = self.keeper.receive(arrival.from, self.world.host, &arrival.packet, next);
                assert!(is_ours, "nobody else talks to it");
            }
            self.keeper.handle_timeout(next);
        }
        self.world.pass(end);
    }

    /// All but one of the servers die, at random.
    fn kill_some(&mut self) {
        let survivor = self.world.random.random_range(0..self.world.servers.len());
        for index in (0..self.world.servers.len()).filter(|index| *index != survivor) {
            self.world.servers[index].is_dead = self.world.random.random_ratio(1, 2);
        }
    }

    fn knows(&self, public: &str) -> Option<Instant> {
        let is_it = |event: &Event| matches!(event, Event::Mapped { public: seen, .. } if seen.ip().to_string() == public);
        self.told.iter().find(|(_, event)| is_it(event)).map(|(at, _)| *at)
    }
}

#[test]
fn a_changed_public_address_is_noticed_within_ten_seconds_whatever_dies() {
    for_each_seed(SEEDS, |seed| {
        let mut office = Office::any(seed);
        let dies_first = seed % 2 == 0;
        if dies_first {
            office.kill_some();
        }
        let before = Duration::from_millis(office.world.random.random_range(20_000..60_000));
        office.run(before);
        assert!(office.knows("203.0.113.1").is_some(), "seed {seed}");
        if !dies_first {
            office.kill_some();
        }
        let changed_at = office.world.now;
        office.world.chain.renumber("203.0.113.2".parse().expect("an address"));
        office.run(Duration::from_secs(60));
        let noticed = office.knows("203.0.113.2").map(|at| at - changed_at);
        assert!(noticed.is_some_and(|after| after <= NOTICE_MAX), "seed {seed}: {noticed:?}");
        let stale = office
            .keeper
            .bindings()
            .filter(|binding| binding.public.ip().to_string() == "203.0.113.1");
        assert_eq!(stale.count(), 0, "seed {seed}: an old address is still believed");
    });
}

#[test]
fn after_an_outage_of_the_whole_network_the_new_address_is_noticed_within_ten_seconds() {
    for_each_seed(SEEDS / 3, |seed| {
        let mut office = Office::any(seed);
        office.run(Duration::from_secs(20));
        let loss = std::mem::replace(&mut office.world.loss_percent, 100);
        let outage = Duration::from_millis(office.world.random.random_range(1_000..600_000));
        office.run(outage);
        office.world.loss_percent = loss;
        office.world.chain.renumber("203.0.113.2".parse().expect("an address"));
        let back_at = office.world.now;
        office.run(Duration::from_secs(30));
        let noticed = office.knows("203.0.113.2").map(|at| at - back_at);
        assert!(noticed.is_some_and(|after| after <= NOTICE_MAX), "seed {seed}: {noticed:?}");
    });
}

#[test]
fn an_hour_costs_little_and_says_nothing_new() {
    for_each_seed(30, |seed| {
        let mut office = Office::any(seed);
        office.kill_some();
        office.run(Duration::from_secs(30));
        office.requests = 0;
        let told = office.told.len();
        office.run(Duration::from_secs(3_600));
        let alive = office.world.servers.iter().filter(|server| !server.is_dead).count();
        let dead = office.world.servers.len() - alive;
        // Every four and a half seconds, one in five again because of losses; dead ones three times a minute.
        assert!(
            office.requests <= alive * 1_250 + dead * 190,
            "seed {seed}: {} requests",
            office.requests
        );
        let news = office.told[told..]
            .iter()
            .filter(|(_, event)| matches!(event, Event::Mapped { .. }));
        assert_eq!(news.count(), 0, "seed {seed}");
    });
}
