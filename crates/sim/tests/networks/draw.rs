//! A company as it may well be, from a seed: nothing is wrong with it, and yet nothing in it is as in the book.

use std::net::{IpAddr, SocketAddr};

use doctor::evidence::{BrowserSide, Microphone, PeerKind, Permission, PhoneTransport, Stage};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use sim::nat::Named;

use super::company::*;

pub const NAMES: [&str; 8] = ["Anna", "Ben", "Cleo", "Dora", "Emil", "Fritz", "Grete", "Hans"];
const OFFICE_NATS: [Named; 4] = [Named::FullCone, Named::AddressRestricted, Named::PortRestricted, Named::Remapping];
const HOME_NATS: [Named; 6] = [
    Named::None,
    Named::FullCone,
    Named::AddressRestricted,
    Named::PortRestricted,
    Named::Remapping,
    Named::CarrierPortRestricted,
];
const HOST: &str = "telefon.firma.example";

pub fn pick<T: Copy>(random: &mut SmallRng, of: &[T]) -> T {
    *of.choose(random).expect("there are some")
}

pub fn is(random: &mut SmallRng, one_in: u32) -> bool {
    random.random_ratio(1, one_in)
}

/// The company of a seed.
pub fn company(seed: u64) -> Company {
    let random = &mut SmallRng::seed_from_u64(seed);
    let office = office(random);
    let count = random.random_range(0..3_u8);
    let mut company = Company {
        seed,
        office,
        stun: Vec::new(),
        providers: Vec::new(),
        workers: Vec::new(),
        desks: Vec::new(),
        talks: Vec::new(),
    };
    for index in 0..count {
        let provider = provider(random, &company.office, index);
        company.providers.push(provider);
    }
    let has_own = company.providers.iter().any(|provider| provider.own.is_some());
    let servers = if company.office.is_cloud() || (has_own && is(random, 4)) {
        0
    } else {
        random.random_range(1..=3)
    };
    company.stun = (0..servers).map(|index| stun_host(random, index)).collect();
    if servers > 1 && is(random, 5) {
        company.stun[1].is_young = true;
        company.stun[1].since = ago(random.random_range(100..2_000));
    }
    for index in 0..random.random_range(1..=6_u8) {
        let worker = worker(random, &company, index);
        company.workers.push(worker);
    }
    settle(random, &mut company);
    desks(random, &mut company);
    for _ in 0..random.random_range(0..4) {
        let talk = talk(random, &company);
        company.talks.push(talk);
    }
    company
}

/// What follows from who there is: names and certificates for those who come, hidden symmetric NATs where nobody measures.
fn settle(random: &mut SmallRng, company: &mut Company) {
    let is_outside = |place: &Place| place.at == Where::Internet;
    let comes_outside = company.workers.iter().any(|worker| worker.places.iter().any(is_outside));
    let office = &mut company.office;
    office.is_closed = !comes_outside;
    if office.is_closed {
        (office.host, office.is_dns_split) = (None, false);
    }
    office.certificate = Paper {
        names: names(office),
        is_self_signed: office.is_closed && is(random, 2),
        not_before: ago(random.random_range(1..60) * DAY_MS),
        not_after: ago(-random.random_range(20..400) * DAY_MS),
    };
    let is_seen_once = company.stun.len() <= 1 && company.providers.iter().all(|provider| provider.own.is_none());
    if is_seen_once && !office.is_cloud() && is(random, 4) {
        office.is_nat_probed = false;
        office.uplinks[0].nat = Kind::Named(Named::Symmetric);
        let inside = company.workers.iter_mut().flat_map(|worker| &mut worker.places);
        inside.for_each(|place| place.is_checked &= place.at == Where::Internet);
    }
}

/// The names of a certificate, and those that have come since.
pub fn settled_names(office: &Office, paper: &Paper) -> Vec<String> {
    if paper.names.iter().any(|name| name == "alte-firma.example") {
        return paper.names.clone();
    }
    names(office)
}

/// What the certificate must name.
pub fn names(office: &Office) -> Vec<String> {
    let lan = office.lan.map(|lan| lan.to_string());
    let names = [office.host.clone(), lan, Some("farend.lan".to_owned())];
    names.into_iter().flatten().collect()
}

fn office(random: &mut SmallRng) -> Office {
    let lan = pick(random, &[v4(192, 168, 1, 10), v4(10, 0, 0, 5), v4(172, 16, 4, 20)]);
    let shape = random.random_range(0..10);
    let mut uplinks = vec![router(random, lan, 1)];
    match shape {
        0..=4 => {}
        5..=6 => uplinks.push(router(random, lan, 2)),
        7..=8 => uplinks.push(wan()),
        _ => uplinks = vec![wan()],
    }
    Office {
        lan: (shape < 9).then_some(lan),
        uplinks,
        default: Some(0),
        web: 0,
        host: Some(HOST.to_owned()),
        is_dns_split: is(random, 3),
        has_dns: true,
        is_closed: false,
        is_udp_forwarded: is(random, 3),
        is_nat_probed: !is(random, 6),
        certificate: Paper {
            names: Vec::new(),
            is_self_signed: false,
            not_before: NOW,
            not_after: NOW,
        },
        clock_ahead_ms: random.random_range(-4_000..4_000),
        has_bridge: is(random, 3),
        has_vpn: is(random, 2),
        ipv6: is(random, 3).then(|| "2001:db8:f::10".parse().expect("an address")),
    }
}

/// A router in the LAN; number 1 has forwarded the one port.
pub fn router(random: &mut SmallRng, lan: IpAddr, number: u8) -> Uplink {
    let IpAddr::V4(v4_lan) = lan else {
        unreachable!("offices are drawn with IPv4")
    };
    let [a, b, c, _] = v4_lan.octets();
    Uplink {
        local: lan,
        is_wan: false,
        gateway: v4(a, b, c, number),
        public: v4(198, 51, 100, number),
        nat: Kind::Named(pick(random, &OFFICE_NATS)),
        hairpin: is(random, 2),
        forward: if number == 1 { Forward::Ours } else { Forward::Missing },
        was_ours: false,
        opened: None,
        alg: None,
        firewall: Firewall::Open,
    }
}

/// An interface with a public address of its own.
pub fn wan() -> Uplink {
    Uplink {
        local: v4(192, 0, 2, 77),
        is_wan: true,
        gateway: v4(192, 0, 2, 1),
        public: v4(192, 0, 2, 77),
        nat: Kind::Named(Named::None),
        hairpin: true,
        forward: Forward::Ours,
        was_ours: false,
        opened: None,
        alg: None,
        firewall: Firewall::Open,
    }
}

pub fn stun_host(random: &mut SmallRng, index: u8) -> StunHost {
    let address = SocketAddr::new(v4(203, 0, 113, 10 + index), 3_478);
    let other = SocketAddr::new(v4(203, 0, 113, 110 + index), 3_479);
    StunHost {
        name: format!("stun{index}.internet.example:3478"),
        address,
        life: Life::Alive,
        via: None,
        other: is(random, 2).then_some(other),
        is_young: false,
        since: ago(random.random_range(30_000..5 * DAY_MS)),
    }
}

pub fn own_stun(random: &mut SmallRng, index: u8, via: usize) -> StunHost {
    StunHost {
        name: format!("stun.provider{index}.example:3478"),
        address: SocketAddr::new(v4(203, 0, 113, 50 + index), 3_478),
        via: Some(via),
        other: None,
        ..stun_host(random, index)
    }
}

/// A second uplink is there for a provider that says where its SIP comes from by its own STUN server, or that needs none because our end is public.
pub fn provider(random: &mut SmallRng, office: &Office, index: u8) -> Provider {
    let second = office.uplinks.get(1).map(|uplink| uplink.is_wan);
    let (via, has_own) = match second {
        Some(true) => (pick(random, &[0, 1]), false),
        Some(false) if is(random, 2) => (1, true),
        Some(false) | None => (0, !office.is_cloud() && is(random, 3)),
    };
    Provider {
        name: format!("provider{index}"),
        server: SocketAddr::new(v4(203, 0, 113, 60 + index), 5_060),
        via,
        own: has_own.then(|| own_stun(random, index, via)),
        is_encrypted: is(random, 3),
        tells_received: !is(random, 6),
        is_rejecting: is(random, 12),
    }
}

fn worker(random: &mut SmallRng, company: &Company, index: u8) -> Worker {
    let office = &company.office;
    let mut places = Vec::new();
    for number in 0..random.random_range(1..=2_u8) {
        let at = match random.random_range(0..10) {
            _ if office.is_cloud() => Where::Internet,
            0..=3 => Where::Lan,
            4 if office.has_vpn => Where::Vpn,
            _ => Where::Internet,
        };
        if at == Where::Internet || places.iter().all(|place: &Place| place.at != at) {
            places.push(place(random, at, index, number));
        }
    }
    let has_mobile = is(random, 3) && !company.providers.is_empty();
    Worker {
        extension: format!("{}", 101 + u16::from(index)),
        name: NAMES[usize::from(index)].to_owned(),
        places,
        controls: None,
        mobile: has_mobile.then(|| "+491701234567".to_owned()),
        has_mobile_route: has_mobile,
        internal_sbc: None,
    }
}

/// A computer somewhere.
pub fn place(random: &mut SmallRng, at: Where, person: u8, number: u8) -> Place {
    let public = v4(203, 0, 114, 10 * person + number + 1);
    let (nat, inside) = match at {
        Where::Internet => (Kind::Named(pick(random, &HOME_NATS)), v4(192, 168, 178, 20 + person)),
        Where::Vpn => (Kind::Named(Named::None), v4(10, 8, 0, 20 + person)),
        Where::Lan | Where::Hairpin => (Kind::Named(Named::None), v4(192, 168, 1, 100 + person)),
    };
    let own = if nat == Kind::Named(Named::None) && at == Where::Internet {
        public
    } else {
        inside
    };
    let kind = match at {
        Where::Vpn => "vpn",
        Where::Lan | Where::Hairpin | Where::Internet => pick(random, &["wifi", "ethernet"]),
    };
    let mut nics = vec![Nic {
        kind,
        address: own,
        public,
    }];
    add_nics(random, at, nat, public, &mut nics);
    let mut place = Place {
        at,
        nics,
        nat,
        is_walled: false,
        line: line(random, at),
        hides_addresses: is(random, 2),
        is_checked: !is(random, 3),
        has_tried_ways: !is(random, 5),
        has_called: is(random, 2),
        computer: computer(random),
        seen_at: ago(random.random_range(1_000..3 * DAY_MS)),
    };
    // Networks that nobody has looked at may be as they like.
    if at == Where::Internet && is(random, 6) {
        place.is_checked = false;
        place.nat = Kind::Named(pick(random, &[Named::Symmetric, Named::UdpBlocked, Named::CarrierSymmetric]));
        place.nics.truncate(1);
        place.nics[0].address = inside;
    }
    place
}

/// A second interface of a computer at home, a tunnel to somebody else, IPv6 beside.
fn add_nics(random: &mut SmallRng, at: Where, nat: Kind, public: IpAddr, nics: &mut Vec<Nic>) {
    if at != Where::Internet || nat == Kind::Named(Named::None) {
        return;
    }
    if is(random, 6) {
        nics.push(Nic {
            kind: "ethernet",
            address: v4(192, 168, 178, 220),
            public,
        });
    } else if is(random, 6) {
        nics.push(Nic {
            kind: "vpn",
            address: v4(10, 99, 0, 7),
            public: v4(203, 0, 115, 9),
        });
    }
    if is(random, 4) {
        let ipv6: IpAddr = "2001:db8:77::20".parse().expect("an address");
        nics.push(Nic {
            kind: nics[0].kind,
            address: ipv6,
            public: ipv6,
        });
    }
}

fn line(random: &mut SmallRng, at: Where) -> Line {
    let (delay_max, loss_max) = match at {
        Where::Lan | Where::Hairpin => (8.0, 0.3),
        Where::Vpn => (90.0, 1.0),
        Where::Internet => (150.0, 2.0),
    };
    Line {
        round_trip_ms: random.random_range(0.5..delay_max),
        jitter_ms: random.random_range(0.0..15.0),
        loss_there: random.random_range(0.0..loss_max),
        loss_back: random.random_range(0.0..loss_max),
        up_kbit: random.random_range(600..40_000),
        down_kbit: random.random_range(2_000..200_000),
    }
}

fn computer(random: &mut SmallRng) -> Computer {
    let browser = pick(random, &["Chromium 130", "Firefox 128", "Safari 17.4", "Chromium 96"]);
    let is_old = browser == "Chromium 96" || browser == "Safari 17.4";
    Computer {
        browser: browser.to_owned(),
        missing: Vec::new(),
        is_insecure: false,
        tells_server: !is_old,
        tells_network: browser.starts_with("Chromium"),
        permission: Permission::Granted,
        microphones: random.random_range(1..4),
        is_muted: false,
        peak_dbfs: random.random_range(-38..-3),
        has_spoken: !is(random, 5),
        speakers: random.random_range(1..4),
        tells_speakers: !is_old,
        play_error: None,
        is_inaudible: false,
        has_answered: !is(random, 5),
        headset: match random.random_range(0..6) {
            0 | 1 => Some(Buttons::Work),
            2 => Some(Buttons::Untried),
            3 => Some(Buttons::Unused),
            _ => None,
        },
        clock_off_ms: random.random_range(-5_000..5_000),
    }
}

fn desks(random: &mut SmallRng, company: &mut Company) {
    let count = random.random_range(0..4_usize);
    for index in 0..count.min(company.workers.len()) {
        let is_outside = !company.office.is_closed && is(random, 2);
        let desk = desk(
            random,
            &company.workers[index].extension,
            company.desks.len(),
            is_outside || company.office.is_cloud(),
        );
        if is(random, 3) {
            company.workers[index].controls = Some(desk.device);
        }
        company.desks.push(desk);
    }
    // Nobody's phone may be off as long as it likes.
    if is(random, 4) {
        let spare = Desk {
            extension: String::new(),
            is_off: true,
            ..desk(random, "", 7, false)
        };
        company.desks.push(spare);
    }
}

pub fn desk(random: &mut SmallRng, extension: &str, index: usize, is_outside: bool) -> Desk {
    let number = u8::try_from(index).expect("few");
    let transports = [PhoneTransport::Udp, PhoneTransport::Tcp, PhoneTransport::Tls];
    Desk {
        device: 1 + index as u64,
        name: format!("{extension}-desk"),
        extension: extension.to_owned(),
        outside: is_outside.then(|| v4(203, 0, 116, 1 + number)),
        transport: if is_outside {
            PhoneTransport::Tls
        } else {
            pick(random, &transports)
        },
        is_off: false,
        is_behind_alg: false,
        unreachable_ms: None,
        refuses_texts: false,
        is_stuck: false,
    }
}

/// A call with nothing wrong: somebody may have muted or held, and a moment may have been lost.
pub fn talk(random: &mut SmallRng, company: &Company) -> Talk {
    let id = 1_000 + company.talks.len() as u64;
    let worker = company.workers.choose(random).expect("somebody works here");
    let mut sides = vec![Side {
        leg: 10 * id + 1,
        party: worker.extension.clone(),
        name: worker.name.clone(),
        kind: PeerKind::Browser,
        trunk: None,
        browser: Some(BrowserSide {
            is_muted_in_app: is(random, 4),
            is_held: is(random, 6),
            microphone: pick(random, &[Microphone::Works, Microphone::Unknown]),
            is_output_lost: false,
            is_deaf: false,
        }),
    }];
    let leg = 10 * id + 2;
    let other = match (company.providers.choose(random), company.desks.iter().find(|desk| !desk.is_off)) {
        (Some(provider), _) if is(random, 2) => Side {
            leg,
            party: "+4989123456".to_owned(),
            name: String::new(),
            kind: PeerKind::Trunk,
            trunk: Some(provider.name.clone()),
            browser: None,
        },
        (_, Some(desk)) if is(random, 2) => Side {
            leg,
            party: desk.extension.clone(),
            name: desk.name.clone(),
            kind: PeerKind::Phone,
            trunk: None,
            browser: None,
        },
        (_, _) => Side {
            leg,
            party: "199".to_owned(),
            name: "Zoe".to_owned(),
            ..sides[0].clone()
        },
    };
    sides.push(other);
    let answered_at = ago(random.random_range(20_000..HOUR_MS / 2));
    let ended_at = is(random, 3).then(|| ago(random.random_range(1_000..15_000)));
    let blink_at = ago(random.random_range(16_000..19_000));
    let blink = Loss {
        of: 0,
        stage: Stage::NetworkIn,
        since: blink_at,
        until: Some(ago(NOW.since(blink_at).cast_signed() - random.random_range(300..2_000))),
    };
    let losses = if ended_at.is_some() && is(random, 3) {
        vec![blink]
    } else {
        Vec::new()
    };
    Talk {
        id,
        answered_at,
        ended_at,
        sides,
        losses,
    }
}
