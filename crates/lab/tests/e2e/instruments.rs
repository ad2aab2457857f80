//! Are the instruments right? Without the server: what they show must not come from themselves.

use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::time::Duration;

use lab::baresip::Setup;
use lab::process::run;
use lab::tone::{BROWSER_HZ, DESK_PHONE_HZ, Sound};
use lab::world::{OFFICE_ADDRESS, Place};
use lab::{Baresip, Browser, isolated, wait};

const LOOP_BACK_PAGE: &str = r#"<!doctype html><title>Loop</title><p role="status">no call</p><button>Call</button><script>
document.querySelector('button').onclick = async () => {
  const [here, there] = [new RTCPeerConnection(), new RTCPeerConnection()];
  here.onicecandidate = ({ candidate }) => there.addIceCandidate(candidate);
  there.onicecandidate = ({ candidate }) => here.addIceCandidate(candidate);
  const microphone = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
  here.addTrack(microphone.getAudioTracks()[0]);
  await here.setLocalDescription();
  await there.setRemoteDescription(here.localDescription);
  await there.setLocalDescription();
  await here.setRemoteDescription(there.localDescription);
  document.querySelector('p').textContent = 'call';
};
</script>"#;

#[test]
fn a_browser_hears_its_microphone_through_a_call_with_itself() {
    isolated(|world| {
        let page = world.folder().join("loop.html");
        fs::write(&page, LOOP_BACK_PAGE).unwrap();
        let browser = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        browser.visit(&format!("file://{}", page.display())).unwrap();
        browser.click("button", "Call");
        wait::until_true("the page has a call", Duration::from_secs(10), || {
            browser.reads("call") && browser.media_path().is_ok()
        });
        let mut heard = Sound::default();
        wait::until_true_seldom("the browser hears its tone for three seconds", Duration::from_secs(20), || {
            let more = browser.heard().unwrap();
            heard.samples.extend(more.samples);
            heard.rate_hz = more.rate_hz;
            heard.seconds_of(BROWSER_HZ) >= 3.0
        });
        assert!(heard.seconds_of(DESK_PHONE_HZ) < 0.2);
        let path = browser.media_path().unwrap();
        assert_eq!((path.protocol.as_str(), path.codec.as_str()), ("udp", "audio/opus"));
    });
}

#[test]
fn a_desk_phone_hears_another_one_and_its_keys() {
    isolated(|world| {
        let called = Baresip::start(
            world,
            Setup {
                registers_every_s: 0,
                sip_port: 5062,
                ..Setup::of("called")
            },
        )
        .unwrap();
        let caller = Baresip::start(
            world,
            Setup {
                registers_every_s: 0,
                control_port: 4445,
                ..Setup::of("caller")
            },
        )
        .unwrap();
        caller.dial_address("called", 5062).unwrap();
        called.wait_for("it rings", Duration::from_secs(5), "CALL_INCOMING");
        called.answer().unwrap();
        caller.wait_for("the call is answered", Duration::from_secs(5), "CALL_ESTABLISHED");
        wait::until_true_seldom("the tone is heard for three seconds", Duration::from_secs(10), || {
            called.heard().is_ok_and(|heard| heard.seconds_of(DESK_PHONE_HZ) >= 3.0)
        });
        caller.press('5').unwrap();
        let mut keys = String::new();
        wait::until_true("the key arrives", Duration::from_secs(5), || {
            keys += &called.pressed_by_other();
            keys == "5"
        });
        caller.hang_up().unwrap();
        called.wait_for("the call is over", Duration::from_secs(5), "CALL_CLOSED");
    });
}

#[test]
fn the_fire_wall_lets_one_tcp_port_through_and_nothing_else() {
    isolated(|world| {
        let one = TcpListener::bind((OFFICE_ADDRESS, 8802)).unwrap();
        let other = TcpListener::bind((OFFICE_ADDRESS, 5060)).unwrap();
        let datagrams = UdpSocket::bind((OFFICE_ADDRESS, 8802)).unwrap();
        datagrams.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        let from_home = |script: &str| run(world.command(Place::Home, "timeout").args(["1", "bash", "-c", script]));
        let over_udp = format!("echo hello > /dev/udp/{OFFICE_ADDRESS}/8802");
        let connect = |port: u16| from_home(&format!("exec 3<>/dev/tcp/{OFFICE_ADDRESS}/{port}"));

        from_home(&over_udp).unwrap();
        assert_eq!(datagrams.recv(&mut [0; 16]).unwrap(), 6, "before, everything passes");
        connect(other.local_addr().unwrap().port()).unwrap();

        world.block_all_but_tcp(8802).unwrap();
        // Whether the sender is told does not matter.
        let _ = from_home(&over_udp);
        assert!(datagrams.recv(&mut [0; 16]).is_err());
        assert!(connect(5060).is_err());
        connect(one.local_addr().unwrap().port()).unwrap();
    });
}
