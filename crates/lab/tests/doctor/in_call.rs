//! One direction of a running call loses its sound, at every stage on purpose: both people read so within three seconds, with the right words,
//! and so does the administrator, with the right culprit, while the call goes on.

use std::time::{Duration, Instant};

use lab::baresip::Setup;
use lab::findings::{ever, mended, only};
use lab::listening::{browser_hears, desk_phone_hears};
use lab::process::report;
use lab::server::{PORT, Session};
use lab::tone::{BROWSER_HZ, DESK_PHONE_HZ, OTHER_BROWSER_HZ};
use lab::world::{OFFICE_ADDRESS, Place, World};
use lab::{Baresip, Browser, Farend, isolated, wait};

/// What the acceptance asks for.
const NOTICED_MAX: Duration = Duration::from_secs(3);
const SOON: Duration = Duration::from_secs(10);
/// Another way is found and used within this time.
const MENDED_MAX: Duration = Duration::from_secs(20);
/// Nobody is on the internet here, so that nothing but calls can go wrong.
pub(crate) const NO_STUN: &str = "[stun]\nmode = \"off\"\n";
/// A healthy call is watched for so long, a third of it while it is held.
const HEALTHY: Duration = Duration::from_secs(36);
/// Every sentence about sound that is lost begins with one of these.
const COMPLAINTS: [&str; 4] = [
    "They cannot hear you:",
    "You hear nothing:",
    "does not hear you:",
    "You do not hear each other:",
];

/// Keeps the page's connections, so that the story gets at its microphone.
const KEEP_CONNECTIONS: &str = "
    window.made = [];
    const Original = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Original {
      constructor(...with_these) { super(...with_these); window.made.push(this); }
    };
    window.senders = () => made.filter(({ connectionState }) => connectionState === 'connected')
      .flatMap((connection) => connection.getSenders()).filter(({ track }) => track?.kind === 'audio');
";
/// The loudspeaker is unplugged: the browser names none any more.
const UNPLUG: &str = "(() => {
    const { mediaDevices } = navigator;
    const all = mediaDevices.enumerateDevices.bind(mediaDevices);
    mediaDevices.enumerateDevices = async () => (await all()).filter(({ kind }) => kind !== 'audiooutput');
    mediaDevices.dispatchEvent(new Event('devicechange'));
    return 1;
})()";
const PLUG_IN: &str = "(() => {
    delete navigator.mediaDevices.enumerateDevices;
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    return 1;
})()";
/// As the system does it: the track says so, and the sound is gone.
const MUTE_BY_SYSTEM: &str = "senders().forEach(({ track }) => Object.defineProperty(track, 'muted', { value: true, configurable: true }))";
const UNMUTE: &str = "senders().forEach(({ track }) => Object.defineProperty(track, 'muted', { value: false, configurable: true }))";
/// A microphone that gives nothing but zeros.
const ZERO_SOURCE: &str = "(() => {
    const context = new AudioContext();
    const [source, gain, to] = [context.createConstantSource(), context.createGain(), context.createMediaStreamDestination()];
    gain.gain.value = 0;
    source.connect(gain).connect(to);
    source.start();
    return Promise.all(senders().map((sender) => sender.replaceTrack(to.stream.getAudioTracks()[0]))).then(() => 1);
})()";

/// Anna at home with a browser.
fn anna(world: &World) -> Browser {
    let anna = Browser::open(world, Place::Home, "anna", BROWSER_HZ).unwrap();
    anna.prepare(KEEP_CONNECTIONS).unwrap();
    anna.sign_in(&format!("https://{OFFICE_ADDRESS}:{PORT}"), "101").unwrap();
    anna
}

/// She talks to Ben's desk phone in the office, and both are heard.
fn with_desk_phone(story: impl FnOnce(&World, &Session, &Browser, &Baresip)) {
    isolated(|world| {
        let server = Farend::start_on_with(world, "0.0.0.0", NO_STUN).unwrap();
        let admin = server.sign_in("admin").unwrap();
        let ben = Baresip::start(world, Setup::of("102-desk")).unwrap();
        let anna = anna(world);
        connect(&admin, &anna, &ben);
        story(world, &admin, &anna, &ben);
    });
}

/// A call in which both are heard, and that nobody complains of.
#[track_caller]
pub(crate) fn connect(admin: &Session, anna: &Browser, ben: &Baresip) {
    anna.dial("102").unwrap();
    ben.wait_for("the desk phone rings", SOON, "CALL_INCOMING");
    ben.answer().unwrap();
    anna.wait_until_talking();
    browser_hears(anna, DESK_PHONE_HZ);
    desk_phone_hears(ben, BROWSER_HZ);
    says_nothing(anna);
    assert_eq!(ever(admin), Vec::<String>::new());
}

#[track_caller]
fn says_nothing(browser: &Browser) {
    for complaint in COMPLAINTS {
        assert!(!browser.reads(complaint), "the page says “{complaint}”");
    }
}

#[track_caller]
fn says_nothing_for(browser: &Browser, time: Duration) {
    let end = Instant::now() + time;
    wait::until_true_seldom(&format!("{time:?} have passed"), time + SOON, || {
        says_nothing(browser);
        Instant::now() >= end
    });
}

/// The page says so, soon enough after `begun`.
#[track_caller]
pub(crate) fn says(browser: &Browser, words: &str, begun: Instant) {
    says_within(browser, words, begun, NOTICED_MAX);
}

#[track_caller]
pub(crate) fn says_within(browser: &Browser, words: &str, begun: Instant, limit: Duration) {
    wait::until_true(&format!("the page says “{words}”"), SOON, || browser.reads(words));
    let after = begun.elapsed();
    report(&format!("“{words}” after {after:?}"));
    // The look at the page takes its time on a busy machine.
    assert!(after <= limit + Duration::from_millis(500), "“{words}” only after {after:?}");
}

#[track_caller]
pub(crate) fn is_fine_again(browser: &Browser) {
    wait::until_true("the page complains no more", MENDED_MAX, || {
        !COMPLAINTS.iter().any(|complaint| browser.reads(complaint))
    });
}

/// From now on these rules are in force at home.
pub(crate) fn at_home(world: &World, rules: &str) -> Instant {
    let file = world.folder().join("fault.nft");
    std::fs::write(&file, rules).unwrap();
    let begun = Instant::now();
    let loaded = world.command(Place::Home, "nft").arg("-f").arg(&file).status().unwrap();
    assert!(loaded.success(), "nft takes {rules}");
    begun
}

#[test]
fn a_microphone_that_the_system_mutes_is_told_to_both_sides() {
    isolated(|world| {
        let server = Farend::start_on_with(world, "0.0.0.0", NO_STUN).unwrap();
        let admin = server.sign_in("admin").unwrap();
        let anna = anna(world);
        let ben = Browser::open(world, Place::Office, "ben", OTHER_BROWSER_HZ).unwrap();
        ben.sign_in(&server.origin(), "102").unwrap();
        anna.dial("102").unwrap();
        ben.wait_until_it_rings();
        ben.answer();
        anna.wait_until_talking();
        browser_hears(&anna, OTHER_BROWSER_HZ);
        browser_hears(&ben, BROWSER_HZ);
        says_nothing(&anna);
        says_nothing(&ben);
        assert_eq!(ever(&admin), Vec::<String>::new());
        let begun = Instant::now();
        anna.evaluate(MUTE_BY_SYSTEM).unwrap();
        says(&anna, "They cannot hear you: your microphone is muted in the system.", begun);
        says(&ben, "microphone seems to be muted.", begun);
        only(&admin, "rl_call_microphone", "computer");
        anna.evaluate(UNMUTE).unwrap();
        is_fine_again(&anna);
        is_fine_again(&ben);
        mended(&admin);
        assert_eq!(ever(&admin), ["rl_call_microphone"]);
    });
}

#[test]
fn a_microphone_that_gives_nothing_is_told() {
    with_desk_phone(|_, admin, anna, _| {
        let begun = Instant::now();
        anna.evaluate(ZERO_SOURCE).unwrap();
        says(anna, "They cannot hear you: your microphone gives no sound.", begun);
        only(admin, "rl_call_microphone", "headset");
    });
}

#[test]
fn a_loudspeaker_that_is_unplugged_is_told_until_it_is_back() {
    with_desk_phone(|_, admin, anna, _| {
        let begun = Instant::now();
        anna.evaluate(UNPLUG).unwrap();
        says(anna, "You hear nothing: your loudspeaker or headset is gone.", begun);
        only(admin, "rl_call_output", "headset");
        anna.evaluate(PLUG_IN).unwrap();
        is_fine_again(anna);
        mended(admin);
        assert_eq!(ever(admin), ["rl_call_output"]);
    });
}

#[test]
fn a_phone_that_is_muted_is_told() {
    with_desk_phone(|_, admin, anna, ben| {
        let begun = Instant::now();
        ben.mute().unwrap();
        says(anna, "seems to be muted at their phone.", begun);
        only(admin, "rl_call_silent_peer", "desk_phone");
        // The same key again.
        ben.mute().unwrap();
        is_fine_again(anna);
        mended(admin);
        assert_eq!(ever(admin), ["rl_call_silent_peer"]);
    });
}

#[test]
fn sound_that_is_lost_on_its_way_to_the_server_is_told_and_takes_another_way() {
    with_desk_phone(|world, admin, anna, ben| {
        let begun = at_home(
            world,
            "table inet fault { chain out { type filter hook output priority 0; meta l4proto udp drop; }; }",
        );
        says(anna, "They cannot hear you: your sound does not reach the server.", begun);
        only(admin, "rj_call_lost", "home_router");
        is_fine_again(anna);
        desk_phone_hears(ben, BROWSER_HZ);
        mended(admin);
        assert_eq!(ever(admin), ["rj_call_lost"]);
    });
}

#[test]
fn sound_that_is_lost_on_its_way_from_the_server_is_told() {
    with_desk_phone(|world, admin, anna, _| {
        // Neither can another way be taken: no new connection comes about.
        let begun = at_home(
            world,
            &format!(
                "table inet fault {{
                   chain in {{ type filter hook input priority 0; meta l4proto udp drop; }}
                   chain out {{ type filter hook output priority 0; tcp dport {PORT} tcp flags syn drop; }}
                 }}"
            ),
        );
        says(anna, "You hear nothing: the sound is lost on the way to you.", begun);
        only(admin, "rj_call_lost", "home_router");
    });
}

#[test]
fn a_healthy_call_with_a_hold_has_no_complaint() {
    with_desk_phone(|_, admin, anna, ben| {
        says_nothing_for(anna, HEALTHY / 3);
        anna.hold();
        says_nothing_for(anna, HEALTHY / 3);
        anna.resume();
        says_nothing_for(anna, HEALTHY / 3);
        browser_hears(anna, DESK_PHONE_HZ);
        desk_phone_hears(ben, BROWSER_HZ);
        assert_eq!(ever(admin), Vec::<String>::new());
    });
}
