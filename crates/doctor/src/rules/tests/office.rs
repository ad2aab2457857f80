//! The server, its phones, its people.

use super::company::{HOME, NOW, ago, ip};
use super::{faults, grade, one};
use crate::evidence::{Arrivals, Display, InterfaceRole, Locality, PhoneTransport, StrangerAt, UnixMs};
use crate::finding::{Confidence, Culprit, Fault, Severity, Subject, What};
use crate::rules::tests::company::interface;

#[test]
fn a_controlled_phone_that_is_away_is_a_problem() {
    let finding = one(|e| e.phones[0].transport = None);
    assert_eq!(
        grade(&finding),
        (Fault::F1PhoneOffline, Severity::Problem, Culprit::DeskPhone, Confidence::High)
    );
    assert_eq!(
        (finding.subject.clone(), finding.value(What::Person)),
        (Subject::Phone { device: 1 }, Some("Anna (101)"))
    );
    assert_eq!(faults(|e| e.phones[1].transport = None), [], "nobody controls that one");
    assert_eq!(
        faults(|e| (e.phones[0].transport, e.phones[0].since) = (None, ago(2))),
        [],
        "it may be registering anew"
    );
    assert_eq!(
        faults(|e| (e.phones[0].transport, e.phones[0].since) = (None, ago(3))),
        [Fault::F1PhoneOffline]
    );
    assert_eq!(faults(|e| drop(e.phones.remove(0))), [], "what is not known is no fault");
}

#[test]
fn a_certificate_is_told_of_two_weeks_before_its_end() {
    let ends_in = |seconds: i64| move |e: &mut crate::evidence::Evidence| e.server.certificate.as_mut().unwrap().not_after = ago(-seconds);
    let day = 86_400;
    assert_eq!(faults(ends_in(14 * day + 1 + 3)), [], "browsers' clocks are three seconds behind");
    assert_eq!(one(ends_in(14 * day - 4)).severity, Severity::Warning);
    let over = one(ends_in(-10));
    assert_eq!(
        grade(&over),
        (
            Fault::P3CertificateExpiring,
            Severity::Problem,
            Culprit::Configuration,
            Confidence::High
        )
    );
    let early = one(|e| e.server.certificate.as_mut().unwrap().not_before = ago(-day));
    assert_eq!((early.severity, early.value(What::Setting)), (Severity::Problem, Some("not_yet")));
    assert_eq!(
        faults(|e| e.server.certificate.as_mut().unwrap().not_after = UnixMs(0)),
        [],
        "not known"
    );
}

#[test]
fn a_clock_that_is_wrong_explains_a_certificate_that_seems_wrong() {
    let year_ms = 365 * 86_400_000;
    assert_eq!(faults(|e| e.server.clock_ahead_ms = Some(60_000)), []);
    assert_eq!(faults(|e| e.server.clock_ahead_ms = Some(60_001)), [Fault::P3ClockWrong]);
    let set_forward = faults(|e| {
        e.taken_at = UnixMs(NOW.0 + year_ms);
        e.server.clock_ahead_ms = Some(year_ms);
        e.networks.clear();
        e.server.pages.clear();
        e.server.public_host = None;
    });
    assert_eq!(set_forward, [Fault::P3ClockWrong]);
}

#[test]
fn a_self_signed_certificate_matters_to_people_outside_alone() {
    let own = |e: &mut crate::evidence::Evidence| {
        let certificate = e.server.certificate.as_mut().unwrap();
        certificate.is_self_signed = true;
        certificate.names = vec!["localhost".to_owned()];
    };
    assert_eq!(faults(own), [Fault::P3CertificateUntrusted], "and not its name as well");
    let inside = faults(|e| {
        own(e);
        e.networks.remove(1);
        e.server.pages[0].from_outside_at = None;
        e.server.public_host = None;
    });
    assert_eq!(inside, []);
}

#[test]
fn a_certificate_has_to_name_the_hosts_by_which_people_come() {
    let named = |names: &'static [&'static str], host: &'static str| {
        faults(move |e| {
            e.server.certificate.as_mut().unwrap().names = names.iter().map(|name| (*name).to_owned()).collect();
            e.server.pages[0].host = host.to_owned();
        })
    };
    for (names, host) in [
        (&["pbx.example.com"][..], "PBX.example.com."),
        (&["*.example.com"][..], "pbx.example.com"),
        (&["203.0.113.7"][..], "203.0.113.7"),
        (&["2001:db8::1"][..], "[2001:db8:0::1]"),
        (&[][..], "pbx.example.com"),
        (&["pbx.example.com"][..], "localhost"),
    ] {
        assert_eq!(named(names, host), [], "{host} by {names:?}");
    }
    for (names, host) in [
        (&["pbx.example.org"][..], "pbx.example.com"),
        (&["*.example.com"][..], "a.pbx.example.com"),
        (&["*.example.com"][..], "example.com"),
        (&["pbx.example.com"][..], "203.0.113.7"),
    ] {
        assert_eq!(named(names, host), [Fault::P3CertificateName], "{host} by {names:?}");
    }
}

#[test]
fn a_phone_at_home_has_to_use_tls() {
    for transport in [PhoneTransport::Udp, PhoneTransport::Tcp] {
        let finding = one(|e| e.phones[1].transport = Some(transport));
        assert_eq!(
            grade(&finding),
            (Fault::H1PhonePlain, Severity::Warning, Culprit::Configuration, Confidence::High)
        );
    }
    let by_tunnel = |e: &mut crate::evidence::Evidence| {
        (e.phones[1].transport, e.phones[1].address) = (Some(PhoneTransport::Udp), Some(ip("10.8.0.5")));
    };
    assert_eq!(faults(by_tunnel), []);
    assert_eq!(
        faults(|e| (e.phones[1].transport, e.phones[1].address) = (Some(PhoneTransport::Udp), None)),
        []
    );
}

#[test]
fn a_phone_at_home_that_does_not_answer_has_been_forgotten() {
    let finding = one(|e| e.phones[1].unanswered_ms = Some(8_000));
    assert_eq!(
        grade(&finding),
        (
            Fault::H1PhoneUnreachable,
            Severity::Problem,
            Culprit::HomeRouter,
            Confidence::Medium
        )
    );
    assert_eq!(faults(|e| e.phones[1].unanswered_ms = Some(7_999)), []);
    assert_eq!(
        faults(|e| e.phones[0].unanswered_ms = Some(60_000)),
        [],
        "that one is in the office"
    );
    let open = one(|e| (e.phones[1].unanswered_ms, e.phones[1].is_behind_nat) = (Some(60_000), false));
    assert_eq!((open.culprit, open.confidence), (Culprit::DeskPhone, Confidence::Low));
}

#[test]
fn a_mobile_without_a_trunk_is_told_of() {
    let finding = one(|e| e.people[1].mobile_has_route = Some(false));
    assert_eq!(
        grade(&finding),
        (Fault::H2MobileNoRoute, Severity::Warning, Culprit::Configuration, Confidence::High)
    );
    assert_eq!(faults(|e| e.people[1].mobile_has_route = None), []);
    assert_eq!(
        faults(|e| e.people[0].mobile_has_route = Some(false)),
        [],
        "who has no mobile misses nothing"
    );
}

#[test]
fn an_imported_flag_is_a_note() {
    let finding = one(|e| e.people[0].internal_sbc = Some("Use internal SBC".to_owned()));
    assert_eq!(
        grade(&finding),
        (Fault::N4InternalSbc, Severity::Note, Culprit::Configuration, Confidence::High)
    );
}

#[test]
fn browsers_on_the_wan_are_told_of_where_there_is_a_lan() {
    let by_wan = |e: &mut crate::evidence::Evidence| {
        e.server
            .interfaces
            .push(interface("eth1", "198.51.100.77", InterfaceRole::Wan, None));
        e.server.arrivals.push(Arrivals {
            local: ip("::ffff:198.51.100.77"),
            people: 1,
            at: ago(5),
        });
    };
    let finding = one(by_wan);
    assert_eq!(
        grade(&finding),
        (Fault::RbWebOnWan, Severity::Warning, Culprit::Configuration, Confidence::High)
    );
    assert_eq!(finding.value(What::Interface), Some("eth1"));
    let alone = faults(|e| {
        by_wan(e);
        e.server.interfaces.remove(0);
    });
    assert_eq!(alone, [], "a server in a data centre has nothing else");
    let ipv6 = faults(|e| {
        e.server
            .interfaces
            .push(interface("eth0", "2001:db8:1::10", InterfaceRole::Wan, None));
        e.server.arrivals.push(Arrivals {
            local: ip("2001:db8:1::10"),
            people: 3,
            at: ago(5),
        });
    });
    assert_eq!(ipv6, [], "a LAN has public addresses of IPv6");
    let unused = faults(|e| {
        e.server
            .interfaces
            .push(interface("eth1", "198.51.100.77", InterfaceRole::Wan, None));
    });
    assert_eq!(unused, []);
}

fn stranger(port: u16, protocol: &str, from: &str, sources: u32) -> StrangerAt {
    StrangerAt {
        port,
        protocol: protocol.to_owned(),
        purpose: "SIP".to_owned(),
        from: ip(from),
        sources,
        at: ago(5),
    }
}

#[test]
fn strangers_show_a_forward_that_nobody_needs() {
    let finding = one(|e| e.server.strangers = vec![stranger(5060, "udp", "198.51.100.200", 12)]);
    assert_eq!(
        grade(&finding),
        (Fault::RcUnneededForward, Severity::Warning, Culprit::OfficeRouter, Confidence::High)
    );
    assert_eq!(finding.value(What::Port), Some("UDP 5060"));
    let single = one(|e| e.server.strangers = vec![stranger(5060, "udp", "198.51.100.200", 1)]);
    assert_eq!(single.confidence, Confidence::Medium);
    for harmless in [
        stranger(8802, "tcp", "198.51.100.200", 9),
        stranger(8802, "udp", "198.51.100.200", 9),
        stranger(5060, "udp", "10.1.2.3", 9),
        stranger(5060, "udp", HOME, 0),
    ] {
        assert_eq!(faults(|e| e.server.strangers = vec![harmless.clone()]), [], "{harmless:?}");
    }
    let open = one(|e| {
        e.server
            .interfaces
            .push(interface("eth1", "198.51.100.77", InterfaceRole::Wan, None));
        e.server.strangers = vec![stranger(5060, "udp", "198.51.100.200", 12)];
    });
    assert_eq!(open.culprit, Culprit::Firewall, "nobody forwards to a server on the internet");
}

#[test]
fn a_phone_that_shows_nothing_and_one_that_does_not_let_go() {
    let mute = one(|e| e.phones[0].display = Display::Refused);
    assert_eq!(
        grade(&mute),
        (Fault::RkNoDisplay, Severity::Note, Culprit::DeskPhone, Confidence::High)
    );
    let stuck = one(|e| e.phones[0].is_stuck = true);
    assert_eq!(
        grade(&stuck),
        (Fault::RkStuck, Severity::Warning, Culprit::DeskPhone, Confidence::High)
    );
    assert_eq!(faults(|e| e.phones[0].display = Display::Unknown), []);
}

#[test]
fn an_alg_is_told_of_where_it_is() {
    let office = one(|e| e.trunks[0].is_rewritten = Some(true));
    assert_eq!(
        grade(&office),
        (Fault::RhAlgOffice, Severity::Warning, Culprit::OfficeRouter, Confidence::Medium)
    );
    let both = one(|e| (e.trunks[0].is_rewritten, e.server.nat[0].is_altered) = (Some(true), true));
    assert_eq!(both.confidence, Confidence::High);
    let stun_alone = one(|e| (e.trunks[0].is_rewritten, e.server.nat[0].is_altered) = (None, true));
    assert_eq!(
        (stun_alone.severity, stun_alone.subject, stun_alone.confidence),
        (Severity::Note, Subject::Server, Confidence::Low)
    );
    assert_eq!(faults(|e| e.server.nat[0].is_altered = true), [], "SIP arrives as it was sent");
    assert_eq!(
        faults(|e| (e.trunks[0].is_rewritten, e.trunks[0].is_encrypted) = (Some(true), true)),
        []
    );
    let by_tunnel = |e: &mut crate::evidence::Evidence| {
        let phone = &mut e.phones[1];
        (phone.transport, phone.address, phone.is_rewritten) = (Some(PhoneTransport::Udp), Some(ip("10.8.0.5")), Some(true));
    };
    assert_eq!(
        grade(&one(by_tunnel)),
        (Fault::RhAlgHome, Severity::Warning, Culprit::HomeRouter, Confidence::High)
    );
    assert_eq!(
        faults(|e| e.phones[0].is_rewritten = Some(true)),
        [],
        "in the office there is no router between"
    );
}

#[test]
fn somebody_in_the_office_by_the_public_address_is_a_note() {
    let finding = one(|e| e.networks[0].locality = Locality::Hairpin);
    assert_eq!(
        grade(&finding),
        (Fault::P1LanByRouter, Severity::Note, Culprit::Configuration, Confidence::Medium)
    );
    assert_eq!(
        faults(|e| (e.networks[0].locality, e.networks[0].seen_at) = (Locality::Hairpin, ago(90_000))),
        [],
        "a day ago"
    );
}
