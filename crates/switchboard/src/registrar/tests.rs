use super::*;

const DESK: DeviceId = DeviceId(1);
const WEB: DeviceId = DeviceId(2);

struct World {
    registrar: Registrar,
    now: Instant,
    cseq: u32,
}

impl World {
    fn new() -> Self {
        Self {
            registrar: Registrar::new(100),
            now: crate::testing::start(),
            cseq: 0,
        }
    }

    fn after(&mut self, seconds: u64) -> Vec<Change> {
        self.now += Duration::from_secs(seconds);
        self.registrar.handle_timeout(self.now)
    }

    fn send(&mut self, device: DeviceId, flow: Flow, call_id: &str, wish: Wish) -> Result<Vec<Change>, Refusal> {
        self.cseq += 1;
        let kind = if device == WEB {
            DeviceKind::Browser
        } else {
            DeviceKind::DeskPhone
        };
        let registration = Registration {
            device,
            kind,
            flow,
            call_id,
            cseq: self.cseq,
            wish,
        };
        self.registrar.register(&registration, self.now)
    }

    fn desk(&mut self, port: u16, expires_s: u32) -> Result<Vec<Change>, Refusal> {
        let contact = contact(&format!("sip:101-desk@10.0.0.2:{port}"), Some(expires_s), None);
        self.send(DESK, udp(port), "a", Wish::Change(vec![contact]))
    }

    fn web(&mut self, flow: Flow, instance: &str) -> Vec<Change> {
        let contact = contact("sip:x@y.invalid;transport=ws", None, Some(instance));
        self.send(WEB, flow, instance, Wish::Change(vec![contact])).unwrap()
    }

    fn uris(&self, device: DeviceId) -> Vec<&str> {
        self.registrar.contacts(device).iter().map(|binding| binding.uri.as_str()).collect()
    }
}

fn contact(uri: &str, expires_s: Option<u32>, instance: Option<&str>) -> Contact {
    Contact {
        uri: uri.to_owned(),
        expires_s,
        instance: instance.map(str::to_owned),
        reg_id: instance.map(|_| 1),
    }
}

fn udp(port: u16) -> Flow {
    Flow {
        transport: Transport::Udp,
        local: "10.0.0.1:5060".parse().unwrap(),
        peer: SocketAddr::from(([10, 0, 0, 2], port)),
        connection: 0,
    }
}

fn wss(connection: u64) -> Flow {
    Flow {
        transport: Transport::Wss,
        local: "10.0.0.1:8802".parse().unwrap(),
        peer: SocketAddr::from(([10, 0, 0, 3], 40_000)),
        connection,
    }
}

fn registered(device: DeviceId, flow: Flow) -> Change {
    Change::Registered { device, from: flow.peer }
}

#[test]
fn a_desk_phone_is_there_until_its_registration_expires() {
    let mut world = World::new();
    assert_eq!(world.desk(5060, 3_600).unwrap(), [registered(DESK, udp(5060))]);
    assert_eq!(world.after(59), []);
    assert_eq!(world.uris(DESK), ["sip:101-desk@10.0.0.2:5060"]);
    assert_eq!(world.after(1), [Change::Unregistered { device: DESK }]);
    assert_eq!((world.registrar.len(), world.registrar.deadline()), (0, None));
}

#[test]
fn a_refresh_is_no_news() {
    let mut world = World::new();
    world.desk(5060, 60).unwrap();
    world.after(40);
    assert_eq!(world.desk(5060, 60).unwrap(), []);
    assert_eq!(world.after(40), []);
    assert!(world.registrar.is_present(DESK));
}

#[test]
fn registrations_over_a_connection_last_longer_than_over_udp() {
    let mut world = World::new();
    world.web(wss(1), "one");
    world.after(599);
    assert!(world.registrar.is_present(WEB));
    assert_eq!(world.after(1), [Change::Unregistered { device: WEB }]);
}

#[test]
fn a_phone_can_take_its_registration_back() {
    let mut world = World::new();
    world.desk(5060, 60).unwrap();
    assert_eq!(world.desk(5060, 0).unwrap(), [Change::Unregistered { device: DESK }]);
    world.desk(5060, 60).unwrap();
    world.desk(5070, 60).unwrap();
    let changes = world.send(DESK, udp(5060), "a", Wish::RemoveAll).unwrap();
    assert_eq!(changes, [Change::Unregistered { device: DESK }]);
    assert_eq!((world.registrar.len(), world.registrar.deadline()), (0, None));
}

#[test]
fn asking_changes_nothing() {
    let mut world = World::new();
    assert_eq!(world.send(DESK, udp(5060), "a", Wish::Query), Ok(vec![]));
    assert!(!world.registrar.is_present(DESK));
}

#[test]
fn too_brief_a_registration_is_refused_and_changes_nothing() {
    let mut world = World::new();
    assert_eq!(world.desk(5060, 29), Err(Refusal::TooBrief));
    assert!(!world.registrar.is_present(DESK));
    assert!(world.desk(5060, 30).is_ok());
}

#[test]
fn an_overtaken_register_is_refused() {
    let mut world = World::new();
    world.desk(5060, 60).unwrap();
    world.cseq -= 1;
    assert_eq!(world.desk(5060, 0), Err(Refusal::OutOfOrder));
    world.cseq -= 1;
    assert_eq!(world.send(DESK, udp(5060), "a", Wish::RemoveAll), Err(Refusal::OutOfOrder));
    world.cseq = 0;
    let after_reboot = Wish::Change(vec![contact("sip:101-desk@10.0.0.2:5060", Some(60), None)]);
    assert!(world.send(DESK, udp(5060), "another call id", after_reboot).is_ok());
}

#[test]
fn the_eleventh_contact_displaces_the_one_that_would_expire_first() {
    let mut world = World::new();
    let many = (0..=10).map(|n| contact(&format!("sip:{n}"), Some(60), None)).collect();
    assert_eq!(world.send(DESK, udp(5060), "a", Wish::Change(many)), Err(Refusal::TooManyContacts));
    for port in 0..10 {
        world.desk(5060 + port, if port == 3 { 40 } else { 60 }).unwrap();
    }
    world.desk(6000, 60).unwrap();
    assert_eq!(world.uris(DESK).len(), CONTACTS_MAX);
    assert!(!world.uris(DESK).contains(&"sip:101-desk@10.0.0.2:5063"));
}

#[test]
fn a_full_registrar_refuses_new_contacts_but_refreshes_old_ones() {
    let mut world = World::new();
    world.registrar = Registrar::new(1);
    world.desk(5060, 60).unwrap();
    assert_eq!(world.desk(5070, 60), Err(Refusal::Full));
    assert_eq!(world.desk(5060, 60), Ok(vec![]));
    assert_eq!(world.registrar.len(), 1);
}

#[test]
fn browsers_on_several_computers_stand_side_by_side() {
    let mut world = World::new();
    assert_eq!(world.web(wss(1), "one"), [registered(WEB, wss(1))]);
    assert_eq!(world.web(wss(2), "two"), []);
    assert_eq!(world.registrar.contacts(WEB).len(), 2);
    assert_eq!(world.lose(wss(1)), []);
    assert!(world.registrar.is_present(WEB));
    assert_eq!(world.registrar.contacts(WEB).len(), 1);
}

#[test]
fn the_sixth_browser_displaces_the_one_that_has_been_silent_for_longest() {
    let mut world = World::new();
    for (n, instance) in (1..).zip(["one", "two", "three", "four", "five"]) {
        world.web(wss(n), instance);
        world.after(1);
    }
    // The first one shows that it lives.
    world.web(wss(1), "one");
    world.after(1);
    assert_eq!(world.web(wss(6), "six"), [Change::Displaced { device: WEB, flow: wss(2) }]);
    assert_eq!(
        (world.registrar.contacts(WEB).len(), world.registrar.len()),
        (BROWSERS_MAX, BROWSERS_MAX)
    );
}

#[test]
fn of_browsers_that_do_not_say_which_one_they_are_the_newest_wins() {
    let mut world = World::new();
    let nameless = |world: &mut World, flow, call_id| {
        let wish = Wish::Change(vec![contact("sip:x@y.invalid;transport=ws", None, None)]);
        world.send(WEB, flow, call_id, wish).unwrap()
    };
    world.web(wss(1), "one");
    nameless(&mut world, wss(2), "a");
    assert_eq!(nameless(&mut world, wss(3), "b"), [Change::Displaced { device: WEB, flow: wss(2) }]);
    assert_eq!(world.registrar.contacts(WEB).len(), 2);
}

#[test]
fn the_same_browser_takes_its_calls_with_it() {
    let mut world = World::new();
    world.web(wss(1), "one");
    let returned = returned(WEB, wss(1), wss(2));
    assert_eq!(world.web(wss(2), "one"), [returned]);
}

#[test]
fn a_browser_may_lose_its_connection_for_ten_seconds() {
    let mut world = World::new();
    world.web(wss(1), "one");
    assert_eq!(world.registrar.flow_closed(wss(1), [(WEB, DeviceKind::Browser)], world.now), []);
    assert!(world.registrar.contacts(WEB).is_empty());
    world.after(9);
    assert!(world.registrar.is_present(WEB));
    let returned = returned(WEB, wss(1), wss(2));
    assert_eq!(world.web(wss(2), "one"), [returned]);
    world.registrar.flow_closed(wss(2), [(WEB, DeviceKind::Browser)], world.now);
    assert_eq!(world.after(10), [Change::Unregistered { device: WEB }]);
}

#[test]
fn another_browser_does_not_inherit_the_calls_of_one_that_is_gone() {
    let mut world = World::new();
    world.web(wss(1), "one");
    world.registrar.flow_closed(wss(1), [(WEB, DeviceKind::Browser)], world.now);
    assert_eq!(world.web(wss(2), "two"), []);
}

#[test]
fn a_desk_phone_goes_with_its_connection() {
    let mut world = World::new();
    let tcp = Flow {
        transport: Transport::Tcp,
        connection: 7,
        ..udp(5060)
    };
    let wish = Wish::Change(vec![contact("sip:a", None, None)]);
    world.send(DESK, tcp, "a", wish).unwrap();
    let changes = world.registrar.flow_closed(tcp, [(DESK, DeviceKind::DeskPhone)], world.now);
    assert_eq!(changes, [Change::Unregistered { device: DESK }]);
}

#[test]
fn a_removed_device_leaves_nothing_behind() {
    let mut world = World::new();
    world.desk(5060, 60).unwrap();
    world.desk(5070, 60).unwrap();
    assert_eq!(world.registrar.remove(DESK), [Change::Unregistered { device: DESK }]);
    assert_eq!((world.registrar.len(), world.registrar.deadline()), (0, None));
    assert_eq!(world.registrar.remove(DESK), []);
}

#[test]
fn the_answer_tells_how_long_a_contact_lasts() {
    let mut world = World::new();
    world.web(wss(1), "urn:uuid:1");
    let binding = &world.registrar.contacts(WEB)[0];
    assert_eq!(
        binding.to_header(world.now + Duration::from_secs(10)),
        "<sip:x@y.invalid;transport=ws>;expires=590;+sip.instance=\"urn:uuid:1\";reg-id=1"
    );
}

fn tcp(connection: u64) -> Flow {
    Flow {
        transport: Transport::Tcp,
        connection,
        ..udp(40_000 + u16::try_from(connection).unwrap())
    }
}

impl World {
    fn desk_over(&mut self, flow: Flow, uri: &str, instance: Option<&str>) -> Vec<Change> {
        let contact = contact(uri, None, instance);
        self.send(DESK, flow, uri, Wish::Change(vec![contact])).unwrap()
    }

    fn lose(&mut self, flow: Flow) -> Vec<Change> {
        let devices = [(DESK, DeviceKind::DeskPhone), (WEB, DeviceKind::Browser)];
        self.registrar.flow_closed(flow, devices, self.now)
    }
}

fn returned(device: DeviceId, from: Flow, to: Flow) -> Change {
    Change::Returned { device, from, to }
}

#[test]
fn a_desk_phone_that_comes_back_within_the_grace_is_recognised() {
    for (before, after, instance) in [
        ("sip:101@10.0.0.2", "sip:101@10.0.0.2", None),
        ("sip:101@10.0.0.2:40001;transport=tcp", "sip:101@10.0.0.2:40002;transport=tcp", None),
        ("sip:101@10.0.0.2:40001", "sip:101@192.168.7.7:40002", Some("one")),
    ] {
        let mut world = World::new();
        world.desk_over(tcp(1), before, instance);
        assert_eq!(world.lose(tcp(1)), [Change::Unregistered { device: DESK }]);
        assert!(!world.registrar.is_present(DESK));
        assert_eq!(world.after(29), []);
        let changes = world.desk_over(tcp(2), after, instance);
        assert_eq!(changes, [returned(DESK, tcp(1), tcp(2)), registered(DESK, tcp(2))], "{after}");
        // Once.
        assert_eq!(world.desk_over(tcp(2), after, instance), []);
    }
}

#[test]
fn after_the_grace_nobody_is_remembered() {
    let mut world = World::new();
    world.desk_over(tcp(1), "sip:101@10.0.0.2", None);
    world.lose(tcp(1));
    assert_eq!(world.after(30), []);
    assert_eq!(world.registrar.deadline(), None);
    assert_eq!(world.desk_over(tcp(2), "sip:101@10.0.0.2", None), [registered(DESK, tcp(2))]);
}

#[test]
fn another_desk_phone_does_not_inherit_the_calls_of_one_that_is_gone() {
    for (uri, instance) in [("sip:101@10.0.0.9", None), ("sip:101@10.0.0.2", Some("two"))] {
        let mut world = World::new();
        world.desk_over(tcp(1), "sip:101@10.0.0.2", instance.map(|_| "one"));
        world.lose(tcp(1));
        assert_eq!(world.desk_over(tcp(2), uri, instance), [registered(DESK, tcp(2))]);
    }
}

#[test]
fn a_phone_that_registers_anew_before_its_old_connection_is_missed_takes_its_calls_with_it() {
    let mut world = World::new();
    world.desk_over(tcp(1), "sip:101@10.0.0.2:40001", None);
    world.after(5);
    let changes = world.desk_over(tcp(2), "sip:101@10.0.0.2:40002", None);
    assert!(changes.contains(&returned(DESK, tcp(1), tcp(2))), "{changes:?}");
    assert_eq!(world.uris(DESK), ["sip:101@10.0.0.2:40002"]);
    // A phone that has changed its network is known by its instance alone; its other way takes over.
    let elsewhere = Flow {
        peer: "192.0.2.1:40000".parse().unwrap(),
        ..tcp(4)
    };
    world.desk_over(tcp(3), "sip:101@10.0.0.3", Some("one"));
    let other_way = Contact {
        reg_id: Some(2),
        ..contact("sip:101@192.0.2.1", None, Some("one"))
    };
    world.send(DESK, elsewhere, "c", Wish::Change(vec![other_way])).unwrap();
    assert!(world.lose(tcp(3)).contains(&returned(DESK, tcp(3), elsewhere)));
}

#[test]
fn a_phone_whose_router_gives_it_another_port_takes_its_calls_with_it() {
    let mut world = World::new();
    world.desk_over(udp(1_024), "sip:101@192.168.1.2:5060", None);
    let changes = world.desk_over(udp(1_025), "sip:101@192.168.1.2:5060", None);
    assert!(changes.contains(&returned(DESK, udp(1_024), udp(1_025))), "{changes:?}");
}

#[test]
fn a_phone_that_tells_its_old_address_and_its_new_one_takes_its_calls_with_it() {
    let mut world = World::new();
    world.desk_over(udp(1_024), "sip:101@192.168.1.2", None);
    let moved = vec![
        contact("sip:101@172.16.0.5", None, None),
        contact("sip:101@192.168.1.2", Some(0), None),
    ];
    let changes = world.send(DESK, udp(1_025), "b", Wish::Change(moved)).unwrap();
    assert!(changes.contains(&returned(DESK, udp(1_024), udp(1_025))), "{changes:?}");
    assert_eq!(world.uris(DESK), ["sip:101@172.16.0.5"]);
}

#[test]
fn a_browser_is_recognised_for_longer_than_it_counts_as_present() {
    let mut world = World::new();
    world.web(wss(1), "one");
    world.lose(wss(1));
    assert_eq!(world.after(10), [Change::Unregistered { device: WEB }]);
    world.after(15);
    let changes = world.web(wss(2), "one");
    assert_eq!(changes, [returned(WEB, wss(1), wss(2)), registered(WEB, wss(2))]);
}

#[test]
fn what_is_remembered_of_a_device_is_bounded() {
    let mut world = World::new();
    for connection in 1..=30 {
        world.desk_over(tcp(connection), &format!("sip:{connection}@10.0.0.2"), None);
        world.lose(tcp(connection));
    }
    assert_eq!(world.registrar.devices[&DESK].gone.len(), CONTACTS_MAX);
}

#[test]
fn a_phone_at_another_site_with_the_same_private_address_takes_no_calls() {
    let mut world = World::new();
    let uri = "sip:101@192.168.1.10:5060";
    world.desk_over(udp(1_024), uri, None);
    let elsewhere = Flow {
        peer: "192.0.2.1:1024".parse().unwrap(),
        ..udp(1_024)
    };
    let register = |world: &mut World, call_id| {
        world
            .send(DESK, elsewhere, call_id, Wish::Change(vec![contact(uri, None, None)]))
            .unwrap()
    };
    assert!(!register(&mut world, "another").contains(&returned(DESK, udp(1_024), elsewhere)));
    // The same phone in another network goes on with its Call-ID.
    let mut world = World::new();
    world.desk_over(udp(1_024), uri, None);
    assert!(register(&mut world, uri).contains(&returned(DESK, udp(1_024), elsewhere)));
}
