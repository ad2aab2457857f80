//! What a browser's check finds out, asking through its own routers and the office's.

use std::net::{IpAddr, SocketAddr};

use doctor::evidence::{
    Bandwidth, Browser, Candidate, CandidateKind, Check, Echo, Gathering, Headset, HeadsetState, MicrophoneCheck, Owner, Permission,
    Protocol, Reached, SpeakerCheck, Way, WayTest,
};
use rand::Rng;
use rand::rngs::SmallRng;
use sim::nat::Chain;

use super::super::company::*;
use super::super::draw::is;
use super::office::outbound;
use super::{goes_by_udp, page_host};

/// Configured servers that a check asks beside our own.
const CONFIGURED: usize = 2;

pub(super) fn check(company: &Company, place: &Place, random: &mut SmallRng) -> Check {
    let computer = &place.computer;
    let has_webrtc = !computer.missing.iter().any(|what| what == "RTCPeerConnection");
    let has_devices = !computer.is_insecure && !computer.missing.iter().any(|what| what == "getUserMedia");
    let reached = |took_ms| Reached {
        is_reached: true,
        took_ms,
        error: None,
    };
    let has_ways = has_webrtc && place.has_tried_ways;
    Check {
        at: place.seen_at,
        took_ms: random.random_range(9_000..40_000),
        browser: Browser {
            name: computer.browser.clone(),
            system: "Windows 11".to_owned(),
            missing: computer.missing.clone(),
            is_insecure: computer.is_insecure,
        },
        page: Some(reached(random.random_range(20..400))),
        websocket: Some(reached(random.random_range(20..500))),
        gathering: has_webrtc.then(|| gathering(company, place, random)),
        ways: if has_ways { ways(company, place) } else { Vec::new() },
        bandwidth: has_ways.then_some(Bandwidth {
            up_kbit: place.line.up_kbit,
            down_kbit: place.line.down_kbit,
        }),
        permission: has_devices.then_some(computer.permission),
        microphone: if has_devices { microphone(computer, random) } else { None },
        speaker: Some(speaker(computer)),
        headset: computer.headset.map(headset),
        clock_behind_ms: Some(company.office.clock_ahead_ms + computer.clock_off_ms),
    }
}

/// A server that a browser asks: as URL, and where it is reached from there, if it answers.
struct Asked {
    url: String,
    address: SocketAddr,
    /// It is inside, with no router between.
    is_near: bool,
    answers: bool,
}

fn gathering(company: &Company, place: &Place, random: &mut SmallRng) -> Gathering {
    let mut asked = asked(company, place);
    if asked.len() > 3 && is(random, 10) {
        // What gets lost once in a while.
        let unlucky = random.random_range(0..asked.len());
        let answering = asked.iter().filter(|server| server.answers).count();
        asked[unlucky].answers &= answering <= 3;
    }
    let mut chains: Vec<(IpAddr, Chain)> = Vec::new();
    let mut candidates = Vec::new();
    let mut is_silent = false;
    for (index, nic) in place.nics.iter().enumerate() {
        let base = SocketAddr::new(nic.address, 50_000 + u16::try_from(index).expect("few"));
        candidates.push(host(place, nic, base, Protocol::Udp));
        if place.computer.browser.starts_with("Chromium") {
            candidates.push(host(place, nic, SocketAddr::new(nic.address, 9), Protocol::Tcp));
        }
        let mut views: Vec<SocketAddr> = Vec::new();
        for server in &asked {
            let seen = see(company, place, nic, base, server, &mut chains);
            is_silent |= seen.is_none();
            // As Chromium does: once for each address, and never what is told anyway.
            let is_new = |seen: &SocketAddr| !views.contains(seen) && (place.hides_addresses || *seen != base);
            if let Some(seen) = seen.filter(is_new) {
                views.push(seen);
                candidates.push(reflexive(place, nic, base, seen, server));
            }
        }
    }
    let gives_up = is_silent && is(random, 2);
    Gathering {
        servers: asked.into_iter().map(|server| server.url).collect(),
        candidates,
        is_complete: !gives_up,
        took_ms: match (is_silent, gives_up) {
            (true, true) => random.random_range(6_000..8_000),
            (true, false) => random.random_range(9_400..9_900),
            (false, _) => random.random_range(60..900),
        },
    }
}

/// Our own probes, which are reached from inside, or where UDP is forwarded; and the configured servers.
fn asked(company: &Company, place: &Place) -> Vec<Asked> {
    let office = &company.office;
    let page_host = page_host(company, place);
    let is_near = place.at == Where::Lan || place.at == Where::Vpn;
    let is_forwarded = office.is_cloud() || office.is_udp_forwarded;
    let own = (PORT..PORT + 3).map(|port| Asked {
        url: format!("stun:{page_host}:{port}"),
        address: SocketAddr::new(
            if is_near {
                office.lan.unwrap_or(office.web().local)
            } else {
                office.web().public
            },
            port,
        ),
        is_near,
        answers: is_near || (is_forwarded && place.at == Where::Internet),
    });
    let configured = company.stun.iter().take(CONFIGURED).map(|host| Asked {
        url: format!("stun:{}", host.name),
        address: host.address,
        is_near: false,
        answers: host.life == Life::Alive,
    });
    own.chain(configured).collect()
}

/// How a server sees a socket of this computer; `None`: no answer.
fn see(
    company: &Company,
    place: &Place,
    nic: &Nic,
    base: SocketAddr,
    server: &Asked,
    chains: &mut Vec<(IpAddr, Chain)>,
) -> Option<SocketAddr> {
    if !server.answers || place.is_walled || nic.address.is_ipv4() != server.address.is_ipv4() {
        return None;
    }
    if server.is_near {
        return Some(base);
    }
    let is_inside = place.at != Where::Internet;
    let out = company.office.way_out();
    if is_inside && out.is_none_or(|uplink| uplink.firewall != Firewall::Open) {
        return None;
    }
    let (public, nat) = match out.filter(|_| is_inside) {
        // A tunnel of somebody else's has a NAT of its own, an ordinary one.
        None if nic.public == place.nics[0].public => (nic.public, place.nat),
        None => (nic.public, Kind::Named(sim::nat::Named::PortRestricted)),
        Some(uplink) => (uplink.public, uplink.nat),
    };
    if !chains.iter().any(|(known, _)| *known == public) {
        chains.push((public, nat.chain(public, company.seed + 2)));
    }
    let (_, chain) = chains.iter_mut().find(|(known, _)| *known == public)?;
    outbound(chain, base, server.address)
}

fn host(place: &Place, nic: &Nic, base: SocketAddr, protocol: Protocol) -> Candidate {
    Candidate {
        kind: CandidateKind::Host,
        protocol,
        address: (!place.hides_addresses).then(|| base.ip()),
        port: base.port(),
        related: None,
        related_port: None,
        server: None,
        network: place.computer.tells_network.then(|| nic.kind.to_owned()),
    }
}

fn reflexive(place: &Place, nic: &Nic, base: SocketAddr, seen: SocketAddr, server: &Asked) -> Candidate {
    let tells_port = place.computer.browser.starts_with("Firefox");
    Candidate {
        kind: CandidateKind::ServerReflexive,
        protocol: Protocol::Udp,
        address: Some(seen.ip()),
        port: seen.port(),
        related: (!place.hides_addresses).then_some(base),
        related_port: (place.hides_addresses && tells_port).then_some(base.port()),
        server: place.computer.tells_server.then(|| server.url.clone()),
        network: place.computer.tells_network.then(|| nic.kind.to_owned()),
    }
}

fn ways(company: &Company, place: &Place) -> Vec<WayTest> {
    let line = &place.line;
    [Way::Udp, Way::Tcp, Way::Tls]
        .map(|way| {
            let is_connected = !place.is_walled && (way != Way::Udp || goes_by_udp(company, place));
            // What UDP loses, TCP has late.
            let loss = line.loss_there.max(line.loss_back);
            let echo = match way {
                Way::Udp => Echo {
                    is_heard: true,
                    lasted_ms: 10_000,
                    round_trip_ms: line.round_trip_ms,
                    jitter_ms: line.jitter_ms,
                    loss_there_percent: line.loss_there,
                    loss_back_percent: line.loss_back,
                },
                Way::Tcp | Way::Tls => Echo {
                    is_heard: true,
                    lasted_ms: 10_000,
                    round_trip_ms: line.round_trip_ms * 1.2,
                    jitter_ms: line.jitter_ms + loss * 12.0,
                    loss_there_percent: 0.0,
                    loss_back_percent: 0.0,
                },
            };
            WayTest {
                way,
                is_connected,
                took_ms: if is_connected { 300 } else { 8_000 },
                echo: is_connected.then_some(echo),
            }
        })
        .to_vec()
}

fn microphone(computer: &Computer, random: &mut SmallRng) -> Option<MicrophoneCheck> {
    let is_opened = computer.permission == Permission::Granted && computer.microphones > 0;
    let heard = if computer.is_muted {
        -127
    } else if computer.has_spoken {
        computer.peak_dbfs
    } else {
        // A quiet room.
        random.random_range(-85..-60).min(computer.peak_dbfs)
    };
    Some(MicrophoneCheck {
        devices: computer.microphones,
        label: if is_opened {
            "Headset Microphone".to_owned()
        } else {
            String::new()
        },
        peak_dbfs: is_opened.then_some(heard),
        has_spoken: is_opened && computer.has_spoken,
        is_muted: is_opened && computer.is_muted,
        has_ended: false,
    })
}

fn speaker(computer: &Computer) -> SpeakerCheck {
    let plays = computer.speakers > 0 && computer.play_error.is_none() && !computer.is_inaudible;
    let is_recorded = plays && computer.microphones > 0 && !computer.is_muted && computer.peak_dbfs > -60 && computer.has_spoken;
    SpeakerCheck {
        devices: computer.tells_speakers.then_some(computer.speakers),
        label: "Headset Earphone".to_owned(),
        is_heard: computer.has_answered.then_some(plays),
        is_recording_heard: (computer.has_answered && computer.has_spoken).then_some(is_recorded),
        error: computer.play_error.clone(),
    }
}

fn headset(buttons: Buttons) -> Headset {
    Headset {
        name: "Jabra Evolve2".to_owned(),
        state: match buttons {
            Buttons::Work => HeadsetState::Works,
            Buttons::Broken | Buttons::Unused => HeadsetState::Silent,
            Buttons::Taken => HeadsetState::Unopened,
            Buttons::Untried => HeadsetState::Untried,
        },
        is_integrated: buttons != Buttons::Unused,
        owner: if buttons == Buttons::Taken {
            Owner::OtherTab
        } else {
            Owner::Unknown
        },
    }
}
