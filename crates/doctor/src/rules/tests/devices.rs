//! Browsers, microphones, loudspeakers, headsets.

use super::company::{self, closed};
use super::{at_home, faults, grade, one};
use crate::evidence::{HeadsetState, Owner, Permission, Way};
use crate::finding::{Confidence, Culprit, Fault, Severity, What};

#[test]
fn an_unfit_browser_explains_all_that_it_cannot_do() {
    let finding = one(at_home(|check| {
        check.browser.missing = vec!["RTCPeerConnection".to_owned()];
        check.ways = vec![closed(Way::Udp), closed(Way::Tcp), closed(Way::Tls)];
        check.microphone.as_mut().unwrap().devices = 0;
    }));
    assert_eq!(
        grade(&finding),
        (Fault::F2BrowserUnfit, Severity::Problem, Culprit::Computer, Confidence::High)
    );
    let insecure = one(at_home(|check| check.browser.is_insecure = true));
    assert_eq!(
        (insecure.fault, insecure.value(What::Missing)),
        (Fault::F2BrowserUnfit, Some("secure_context"))
    );
}

#[test]
fn one_microphone_has_one_fault() {
    let microphone = |change: fn(&mut crate::evidence::MicrophoneCheck)| at_home(move |check| change(check.microphone.as_mut().unwrap()));
    let none = one(microphone(|m| (m.devices, m.peak_dbfs) = (0, None)));
    assert_eq!(
        grade(&none),
        (Fault::RlNoMicrophone, Severity::Problem, Culprit::Headset, Confidence::High)
    );
    let muted = one(microphone(|m| (m.is_muted, m.peak_dbfs) = (true, Some(-127))));
    assert_eq!(
        grade(&muted),
        (Fault::RlMicrophoneMuted, Severity::Problem, Culprit::Computer, Confidence::High)
    );
    let silent = one(microphone(|m| m.peak_dbfs = Some(-60)));
    assert_eq!(
        grade(&silent),
        (Fault::RlMicrophoneSilent, Severity::Problem, Culprit::Headset, Confidence::High)
    );
    assert_eq!(one(microphone(|m| m.has_ended = true)).fault, Fault::RlMicrophoneSilent);
    assert_eq!(faults(microphone(|m| m.peak_dbfs = Some(-59))), []);
    assert_eq!(
        faults(microphone(|m| (m.peak_dbfs, m.has_spoken) = (Some(-90), false))),
        [],
        "nobody has spoken"
    );
    assert_eq!(faults(microphone(|m| m.peak_dbfs = None)), []);
    for (permission, setting) in [(Permission::Denied, "denied"), (Permission::Blocked, "blocked")] {
        let finding = one(at_home(|check| {
            check.permission = Some(permission);
            check.microphone.as_mut().unwrap().devices = 0;
        }));
        assert_eq!(
            (finding.fault, finding.culprit, finding.value(What::Setting)),
            (Fault::RlMicrophoneDenied, Culprit::Computer, Some(setting))
        );
    }
    assert_eq!(
        faults(at_home(
            |check| (check.permission, check.microphone) = (Some(Permission::Unanswered), None)
        )),
        []
    );
}

#[test]
fn who_controls_a_desk_phone_needs_no_microphone() {
    let finding = one(|e| company::check(&mut e.networks[0]).microphone.as_mut().unwrap().devices = 0);
    assert_eq!((finding.fault, finding.severity), (Fault::RlNoMicrophone, Severity::Note));
}

#[test]
fn a_loudspeaker_is_judged_by_what_people_hear() {
    let speaker = |change: fn(&mut crate::evidence::SpeakerCheck)| at_home(move |check| change(check.speaker.as_mut().unwrap()));
    assert_eq!(one(speaker(|s| s.devices = Some(0))).fault, Fault::RlNoSpeaker);
    assert_eq!(
        one(speaker(|s| s.error = Some("NotFoundError".to_owned()))).fault,
        Fault::RlNoSpeaker
    );
    let unheard = one(speaker(|s| (s.is_heard, s.is_recording_heard) = (Some(false), None)));
    assert_eq!(
        grade(&unheard),
        (Fault::RlSpeakerUnheard, Severity::Problem, Culprit::Headset, Confidence::Medium)
    );
    assert_eq!(faults(speaker(|s| s.is_heard = Some(false))), [], "the recording was heard");
    assert_eq!(
        faults(speaker(|s| (s.is_heard, s.is_recording_heard, s.devices) = (None, None, None))),
        [],
        "skipped"
    );
}

#[test]
fn buttons_count_only_where_they_are_used() {
    let headset = |change: fn(&mut crate::evidence::Headset)| at_home(move |check| change(check.headset.as_mut().unwrap()));
    let silent = one(headset(|h| h.state = HeadsetState::Silent));
    assert_eq!(
        grade(&silent),
        (Fault::RlHeadsetButtons, Severity::Note, Culprit::Headset, Confidence::Medium)
    );
    let tab = one(headset(|h| (h.state, h.owner) = (HeadsetState::Unopened, Owner::OtherTab)));
    assert_eq!((tab.culprit, tab.confidence), (Culprit::Computer, Confidence::High));
    assert_eq!(faults(headset(|h| (h.state, h.is_integrated) = (HeadsetState::Silent, false))), []);
    assert_eq!(faults(headset(|h| h.state = HeadsetState::Untried)), []);
}
