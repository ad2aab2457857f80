//! What goes wrong in calls.

use doctor::evidence::{BrowserSide, Microphone, PeerKind, Stage, UnixMs};
use doctor::finding::{Fault, Subject};
use rand::Rng;
use rand::rngs::SmallRng;

use super::super::company::*;
use super::super::draw::{is, pick, provider, talk};

/// One more call, in which one direction is lost.
pub(super) fn call(company: &mut Company, fault: Fault, random: &mut SmallRng) -> Option<Subject> {
    let mut lost = talk(random, company);
    (lost.ended_at, lost.losses) = (None, Vec::new());
    lost.answered_at = ago(random.random_range(90_000..HOUR_MS / 2));
    // Who it is about is the second party; the first one is a browser with nothing wrong.
    let kinds: &[PeerKind] = match fault {
        Fault::RlCallMicrophone | Fault::RlCallOutput | Fault::RjCallLost => &[PeerKind::Browser],
        Fault::RlCallSilentPeer => &[PeerKind::Phone],
        Fault::RgCallLost => &[PeerKind::Trunk],
        Fault::ReCallWrongAddress | Fault::F2CallUndecodable => &[PeerKind::Trunk, PeerKind::Phone],
        _ => &[PeerKind::Browser, PeerKind::Phone],
    };
    let kind = pick(random, kinds);
    if kind == PeerKind::Trunk && company.providers.is_empty() {
        // One more STUN server would be another pair of eyes.
        let provider = provider(random, &company.office, 3);
        let via = company.office.default.unwrap_or(0);
        company.providers.push(Provider {
            own: None,
            via,
            ..provider
        });
    }
    let browser = Some(BrowserSide::default());
    lost.sides[0].browser = browser;
    lost.sides[1] = Side {
        leg: lost.sides[1].leg,
        party: if kind == PeerKind::Trunk { "+4930123456" } else { "198" }.to_owned(),
        name: "Yann".to_owned(),
        kind,
        trunk: (kind == PeerKind::Trunk).then(|| company.providers[0].name.clone()),
        browser: (kind == PeerKind::Browser).then_some(browser).flatten(),
    };
    let (of, stage) = whose(fault, random);
    if let Some(browser) = &mut lost.sides[1].browser {
        browser.microphone = match fault {
            Fault::RlCallMicrophone => pick(random, &[Microphone::MutedBySystem, Microphone::Ended, Microphone::Zero]),
            _ => Microphone::Works,
        };
        browser.is_output_lost = fault == Fault::RlCallOutput;
    }
    let since = ago(random.random_range(20_000..80_000));
    // It is over: then it must have lasted to be worth a word.
    let until = is(random, 3).then(|| UnixMs(since.0 + random.random_range(4_000..15_000)));
    lost.ended_at = until.map(|until| UnixMs(until.0 + 1_000));
    lost.losses.push(Loss { of, stage, since, until });
    let subject = Subject::Call {
        id: lost.id,
        leg: lost.sides[of].leg,
    };
    company.talks.push(lost);
    Some(subject)
}

/// Whose sound is lost, and where on its way: of the second party on the way here, or of the first on the way there.
fn whose(fault: Fault, random: &mut SmallRng) -> (usize, Stage) {
    match fault {
        Fault::RlCallMicrophone => (1, Stage::Microphone),
        Fault::RlCallSilentPeer => (1, pick(random, &[Stage::Sender, Stage::SilentAudio])),
        Fault::RlCallOutput => (0, Stage::Output),
        Fault::RjCallLost | Fault::RgCallLost => pick(random, &[(1, Stage::NetworkIn), (0, Stage::NetworkOut)]),
        Fault::ReCallWrongAddress => (1, Stage::WrongAddress),
        Fault::H1CallUndecryptable => (1, Stage::Decryption),
        _ => (1, Stage::Decoding),
    }
}
