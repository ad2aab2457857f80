//! What happens in calls.

use super::company::{self, ago, trouble};
use super::{faults, found, grade, one};
use crate::evidence::{BrowserSide, CallLeg, Evidence, Locality, Microphone, Outcome, PeerKind, Permission, Stage, Way};
use crate::finding::{Confidence, Culprit, Fault, Severity, Subject, What};

/// Ben's sound is missing, in a running call.
fn from_ben(stage: Stage) -> impl FnOnce(&mut Evidence) {
    move |e| e.calls[0].troubles = vec![trouble(2, None, stage)]
}

/// Ben is somebody outside.
fn by_trunk(e: &mut Evidence) {
    let leg: &mut CallLeg = &mut e.calls[0].legs[1];
    (leg.kind, leg.trunk, leg.party) = (PeerKind::Trunk, Some("Main line".to_owned()), "+4930123456".to_owned());
}

#[test]
fn each_stage_is_its_own_fault() {
    for (stage, fault, culprit) in [
        (Stage::Microphone, Fault::RlCallMicrophone, Culprit::Computer),
        (Stage::Sender, Fault::RlCallMicrophone, Culprit::Computer),
        (Stage::SilentAudio, Fault::RlCallMicrophone, Culprit::Computer),
        (Stage::NetworkIn, Fault::RjCallLost, Culprit::HomeRouter),
        (Stage::WrongAddress, Fault::ReCallWrongAddress, Culprit::HomeRouter),
        (Stage::Decryption, Fault::H1CallUndecryptable, Culprit::Computer),
        (Stage::Decoding, Fault::F2CallUndecodable, Culprit::Computer),
        (Stage::NetworkOut, Fault::RjCallLost, Culprit::HomeRouter),
        (Stage::Output, Fault::RlCallOutput, Culprit::Headset),
    ] {
        let finding = one(from_ben(stage));
        assert_eq!(
            (finding.fault, finding.culprit, finding.severity),
            (fault, culprit, Severity::Problem),
            "{stage:?}"
        );
        assert_eq!(finding.subject, Subject::Call { id: 9, leg: 2 });
    }
}

#[test]
fn what_is_lost_on_the_way_to_somebody_is_their_networks() {
    let finding = one(from_ben(Stage::NetworkOut));
    assert_eq!(finding.value(What::Person), Some("101"));
    assert_eq!(finding.confidence, Confidence::Low, "Anna is in the office");
    assert_eq!(one(from_ben(Stage::NetworkIn)).value(What::Person), Some("102"));
}

#[test]
fn a_phone_and_a_trunk_have_faults_of_their_own() {
    let phone = |stage| {
        one(move |e: &mut Evidence| {
            e.calls[0].legs[1].kind = PeerKind::Phone;
            from_ben(stage)(e);
        })
    };
    assert_eq!(
        grade(&phone(Stage::Sender)),
        (Fault::RlCallSilentPeer, Severity::Problem, Culprit::DeskPhone, Confidence::Medium)
    );
    assert_eq!(
        phone(Stage::SilentAudio).severity,
        Severity::Note,
        "it may have been muted by its key"
    );
    assert_eq!(phone(Stage::Decryption).culprit, Culprit::DeskPhone);
    assert_eq!(phone(Stage::NetworkIn).fault, Fault::RjCallLost);
    let trunk = |stage| {
        one(move |e: &mut Evidence| {
            by_trunk(e);
            from_ben(stage)(e);
        })
    };
    assert_eq!(
        grade(&trunk(Stage::NetworkIn)),
        (Fault::RgCallLost, Severity::Problem, Culprit::OfficeRouter, Confidence::Low)
    );
    assert_eq!(
        (trunk(Stage::Sender).culprit, trunk(Stage::Sender).confidence),
        (Culprit::Provider, Confidence::Low)
    );
    assert_eq!(trunk(Stage::WrongAddress).culprit, Culprit::Provider);
}

#[test]
fn two_calls_of_one_trunk_are_no_chance() {
    let findings = found(|e| {
        by_trunk(e);
        from_ben(Stage::NetworkIn)(e);
        let mut second = e.calls[0].clone();
        second.id = 10;
        e.calls.push(second);
    });
    assert_eq!(
        findings.iter().map(|finding| finding.confidence).collect::<Vec<_>>(),
        [Confidence::Medium; 2]
    );
}

#[test]
fn who_mutes_themselves_wants_it_so() {
    let browser = |browser: BrowserSide| {
        faults(move |e| {
            e.calls[0].legs[1].browser = Some(browser);
            from_ben(Stage::Microphone)(e);
        })
    };
    assert_eq!(
        browser(BrowserSide {
            is_muted_in_app: true,
            ..BrowserSide::default()
        }),
        []
    );
    assert_eq!(
        browser(BrowserSide {
            is_held: true,
            ..BrowserSide::default()
        }),
        []
    );
    let culprit = |microphone| {
        one(move |e| {
            e.calls[0].legs[1].browser = Some(BrowserSide {
                microphone,
                ..BrowserSide::default()
            });
            from_ben(Stage::Microphone)(e);
        })
        .culprit
    };
    assert_eq!(culprit(Microphone::MutedBySystem), Culprit::Computer);
    assert_eq!(culprit(Microphone::Ended), Culprit::Headset);
}

#[test]
fn a_trouble_counts_while_it_lasts_and_ten_minutes_after_its_call() {
    let with = |until: Option<i64>, since: i64, ended: Option<i64>| {
        faults(move |e| {
            let mut trouble = trouble(2, None, Stage::NetworkIn);
            (trouble.since, trouble.until) = (ago(since), until.map(ago));
            e.calls[0].troubles = vec![trouble];
            e.calls[0].ended_at = ended.map(ago);
        })
    };
    let lost = [Fault::RjCallLost];
    assert_eq!(with(None, 1, None), lost);
    assert_eq!(with(Some(5), 60, None), [], "it goes on, and can be heard again");
    assert_eq!(with(None, 103, Some(100)), lost, "until the end");
    assert_eq!(with(None, 102, Some(100)), [], "three seconds are not over");
    assert_eq!(with(Some(150), 160, Some(100)), lost);
    assert_eq!(with(None, 700, Some(599)), lost);
    assert_eq!(with(None, 700, Some(600)), []);
}

#[test]
fn a_network_that_loses_both_directions_is_one_finding() {
    let finding = one(|e| e.calls[0].troubles = vec![trouble(1, Some(2), Stage::NetworkOut), trouble(2, Some(1), Stage::NetworkIn)]);
    assert_eq!(finding.subject, Subject::Call { id: 9, leg: 2 });
    let findings = found(|e| e.calls[0].troubles = vec![trouble(1, Some(2), Stage::NetworkIn), trouble(2, Some(1), Stage::NetworkIn)]);
    assert_eq!(findings.len(), 2, "these are two networks");
}

#[test]
fn a_call_proves_what_is_known_of_a_network_and_does_not_repeat_it() {
    let finding = one(|e| {
        company::check(&mut e.networks[1]).permission = Some(Permission::Denied);
        from_ben(Stage::Microphone)(e);
    });
    assert_eq!(finding.fault, Fault::RlMicrophoneDenied);
    assert_eq!(finding.value(What::Stage), Some("microphone"));
    let poor = one(|e| {
        for test in &mut company::check(&mut e.networks[1]).ways {
            test.echo.as_mut().unwrap().loss_there_percent = 30.0;
        }
        from_ben(Stage::NetworkIn)(e);
    });
    assert_eq!(
        (poor.fault, poor.severity, poor.confidence),
        (Fault::P3LinePoor, Severity::Problem, Confidence::High)
    );
    let no_way = one(|e| {
        company::check(&mut e.networks[1]).ways = [Way::Udp, Way::Tcp, Way::Tls].map(company::closed).to_vec();
        from_ben(Stage::NetworkIn)(e);
    });
    assert_eq!(no_way.fault, Fault::RjNoWay);
}

#[test]
fn a_check_elsewhere_does_not_explain_a_call_from_here() {
    let findings = faults(|e| {
        let mut office = e.networks[1].clone();
        (office.locality, office.address, office.seen_at) = (Locality::Lan, Some(company::ip("192.168.1.51")), ago(1));
        company::check(&mut e.networks[1]).permission = Some(Permission::Denied);
        e.networks.push(office);
        from_ben(Stage::Microphone)(e);
    });
    assert_eq!(findings, [Fault::RlMicrophoneDenied, Fault::RlCallMicrophone]);
}

#[test]
fn a_call_proves_what_is_known_of_the_office_and_its_trunks() {
    let symmetric = one(|e| {
        by_trunk(e);
        from_ben(Stage::NetworkIn)(e);
        e.server.nat = vec![company::nat(Outcome::Symmetric)];
    });
    assert_eq!((symmetric.fault, symmetric.severity), (Fault::RgSymmetric, Severity::Problem));
    let rewritten = one(|e| {
        by_trunk(e);
        from_ben(Stage::NetworkIn)(e);
        e.trunks[0].is_rewritten = Some(true);
    });
    assert_eq!(
        grade(&rewritten),
        (Fault::RhAlgOffice, Severity::Problem, Culprit::OfficeRouter, Confidence::High)
    );
    let other_trunk = faults(|e| {
        by_trunk(e);
        from_ben(Stage::NetworkIn)(e);
        let mut trunk = company::trunk();
        (trunk.name, trunk.is_rewritten) = ("Second line".to_owned(), Some(true));
        e.trunks.push(trunk);
    });
    assert_eq!(other_trunk, [Fault::RgCallLost, Fault::RhAlgOffice]);
}
