use std::fmt::Write as _;

use super::*;
use crate::finding::{Confidence, Severity, Subject, What};

const SENTENCE_CHARS_MAX: usize = 240;

/// What can be known of anything.
const FACTS: [(What, &str); 30] = [
    (What::StunAddress, "198.51.100.2"),
    (What::PageAddress, "203.0.113.7"),
    (What::PageHost, "pbx.example.com"),
    (What::LocalAddress, "100.64.3.9"),
    (What::ReceivedAddress, "203.0.113.99"),
    (What::MediaAddress, "198.51.100.2"),
    (What::PeerAddress, "192.0.2.33"),
    (What::Interface, "eth1"),
    (What::StunServer, "stun.example.net:3478"),
    (What::StunState, "silent"),
    (What::Trunk, "Main line"),
    (What::Person, "Anna Berger (101)"),
    (What::Phone, "Reception"),
    (What::Port, "TCP 8802"),
    (What::Rewritten, "our address has come back as 198.51.100.2:5060"),
    (What::SoundDevice, "Jabra Evolve 65"),
    (What::Level, "-83 dBFS"),
    (What::Browser, "Firefox 102"),
    (What::Missing, "RTCPeerConnection"),
    (What::CertificateNames, "pbx.example.org"),
    (What::Date, "2026-12-01 12:00 UTC"),
    (What::Time, "180 ms"),
    (What::Jitter, "70 ms"),
    (What::Loss, "9 %"),
    (What::Bandwidth, "90 kbit/s"),
    (What::MappedPorts, "40001, 40002"),
    (What::Count, "3"),
    (What::Way, "tcp"),
    (What::Stage, "network_in"),
    (What::Number, "+49 170 1234567"),
];

/// Who does it, as far as one culprit is usual.
fn usual_culprit(fault: Fault) -> Culprit {
    match fault.rule() {
        Rule::Rj => Culprit::HomeRouter,
        Rule::F1 | Rule::F2 | Rule::H1 | Rule::Rk => Culprit::DeskPhone,
        Rule::Rl if fault == Fault::RlCallSilentPeer => Culprit::DeskPhone,
        Rule::Rl => Culprit::Headset,
        Rule::P1 | Rule::P2 | Rule::P3 | Rule::H2 | Rule::N1 | Rule::N2 | Rule::N3 | Rule::N4 => Culprit::Configuration,
        Rule::Ra | Rule::Rb | Rule::Rc | Rule::Rd | Rule::Re | Rule::Rf | Rule::Rg | Rule::Rh | Rule::Ri => Culprit::OfficeRouter,
    }
}

fn bare(fault: Fault) -> Finding {
    Finding::new(fault, Subject::Server, Severity::Problem, usual_culprit(fault), Confidence::High)
}

fn full(fault: Fault) -> Finding {
    FACTS
        .into_iter()
        .fold(bare(fault), |finding, (what, value)| finding.with(what, value, None))
}

/// Those with texts of their own.
fn variants() -> Vec<Finding> {
    let of = |fault, setting: &str| full(fault).with(What::Setting, setting, None);
    let mut all: Vec<Finding> = Fault::ALL.into_iter().map(full).collect();
    all.push(of(Fault::P3CertificateExpiring, "expired"));
    all.push(of(Fault::P3CertificateExpiring, "not_yet"));
    all.push(of(Fault::RlMicrophoneDenied, "blocked"));
    all.push(Finding {
        confidence: Confidence::Low,
        ..full(Fault::RjSymmetric)
    });
    all
}

#[test]
fn every_fault_reads_well_in_both_languages() {
    for language in Language::ALL {
        let mut page = String::new();
        for finding in variants() {
            let explained = explain(&finding, language);
            writeln!(
                page,
                "{} {:?}\n  {}\n  = {}",
                finding.fault.rule(),
                finding.fault,
                explained.sentence,
                explained.possible
            )
            .unwrap();
            for (number, step) in explained.fix.iter().enumerate() {
                writeln!(page, "  {}. {step}", number + 1).unwrap();
            }
            let unknown = explain(&bare(finding.fault), language).sentence;
            writeln!(page, "  > {}\n  ? {unknown}\n", explained.retest).unwrap();
        }
        insta::assert_snapshot!(format!("faults_{}", language.code()), page);
    }
}

#[test]
fn every_rule_reads_well_in_both_languages() {
    for language in Language::ALL {
        let mut page = String::new();
        for id in Rule::ALL {
            let text = rule(id, language);
            writeln!(page, "{id} {}\n  {}\n  {}\n", text.title, text.text, text.farend).unwrap();
        }
        insta::assert_snapshot!(format!("rules_{}", language.code()), page);
    }
}

#[test]
fn no_text_is_empty_and_no_place_is_left_open() {
    for language in Language::ALL {
        for finding in variants().into_iter().chain(Fault::ALL.map(bare)) {
            let explained = explain(&finding, language);
            assert!(!explained.fix.is_empty(), "{finding:?}");
            let texts = [&explained.sentence, &explained.possible, &explained.retest]
                .into_iter()
                .chain(&explained.fix);
            for text in texts {
                assert!(!text.trim().is_empty(), "{finding:?}");
                assert!(
                    !text.contains(['{', '}', '[', '|']) || text.contains("[tls]") || text.contains("[stun]") || text.contains("[public]"),
                    "{text}"
                );
                assert!(!text.contains("  ") && !text.contains(" ,") && !text.contains(" ."), "{text}");
            }
        }
        for id in Rule::ALL {
            let text = rule(id, language);
            assert!(![text.title, text.text, text.farend].iter().any(|text| text.is_empty()), "{id}");
        }
        for finding in variants() {
            assert!(!culprit(finding.culprit, language).is_empty());
        }
    }
}

#[test]
fn a_sentence_is_one_and_short() {
    for language in Language::ALL {
        for finding in variants().into_iter().chain(Fault::ALL.map(bare)) {
            let sentence = explain(&finding, language).sentence;
            assert!(
                sentence.chars().count() <= SENTENCE_CHARS_MAX,
                "{} chars: {sentence}",
                sentence.chars().count()
            );
            assert!(
                sentence.ends_with('.') && !sentence.contains(". ") && !sentence.contains(['!', '?']),
                "{sentence}"
            );
            assert!(sentence.chars().next().is_some_and(|first| !first.is_lowercase()), "{sentence}");
        }
    }
}

#[test]
fn german_is_not_english() {
    for finding in variants() {
        let [english, german] = Language::ALL.map(|language| explain(&finding, language));
        assert_ne!(english.sentence, german.sentence);
        assert_ne!(english.possible, german.possible);
        assert_ne!(english.retest, german.retest);
        assert!(english.fix.iter().zip(&german.fix).all(|(a, b)| a != b), "{:?}", finding.fault);
        assert_eq!(english.fix.len(), german.fix.len(), "{:?}", finding.fault);
    }
    for id in Rule::ALL {
        let [english, german] = Language::ALL.map(|language| rule(id, language));
        assert_ne!(english.text, german.text);
        assert_ne!(english.farend, german.farend);
    }
}

#[test]
fn names_from_outside_stay_names() {
    let hostile = "{time}[x]<b>\n".repeat(20);
    let finding = bare(Fault::RlNoMicrophone)
        .with(What::Person, &hostile, None)
        .with(What::Time, "1 s", None);
    let sentence = explain(&finding, Language::English).sentence;
    assert!(sentence.contains("{time}[x]<b>") && !sentence.contains("1 s"), "{sentence}");
    assert!(sentence.chars().count() <= SENTENCE_CHARS_MAX);
}

#[test]
fn evidence_is_one_line_for_each_fact_and_codes_become_words() {
    let finding = bare(Fault::RjCallLost)
        .with(What::Stage, "network_in", None)
        .with(What::Way, "tcp", None);
    assert_eq!(
        explain(&finding, Language::English).evidence,
        [
            "Where the sound is lost: on the way to the server",
            "Way of the audio: TCP through the one port"
        ]
    );
    assert_eq!(
        explain(&finding, Language::German).evidence[0],
        "Wo der Ton verloren geht: auf dem Weg zum Server"
    );
    for language in Language::ALL {
        assert_eq!(explain(&full(Fault::RjNoWay), language).evidence.len(), FACTS.len());
    }
}
