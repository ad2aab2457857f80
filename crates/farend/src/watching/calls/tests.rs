use switchboard::core::Party;

use super::*;

fn start() -> Moment {
    Moment {
        at: Instant::now(),
        wall: UnixMs(1_000_000),
    }
}

impl Moment {
    fn plus(self, ms: u64) -> Self {
        Self {
            at: self.at + Duration::from_millis(ms),
            wall: UnixMs(self.wall.0 + i64::try_from(ms).unwrap()),
        }
    }
}

fn measured(call: u64, leg: u64, with: Option<u64>, quiet_ms: u32) -> Measured {
    let mut report = LegReport {
        transport: Transport::Udp,
        ..LegReport::default()
    };
    report.expected.from_peer = true;
    report.received.quiet_ms = Some(quiet_ms);
    let talks = with.map(|with| {
        Box::new(Talks {
            party: Party {
                user: Some(UserId(leg)),
                device: None,
                number: format!("10{leg}"),
                name: format!("Person {leg}"),
            },
            trunk: None,
            with: Some(LegId(with)),
        })
    });
    Measured {
        call: CallId(call),
        leg: LegId(leg),
        user: Some(UserId(leg)),
        talks,
        report: Box::new(report),
    }
}

fn told(user: u64, direction: Direction, trouble: Option<(Stage, Whose)>) -> Told {
    Told {
        user: UserId(user),
        call: CallId(7),
        direction,
        trouble,
    }
}

#[test]
fn both_sides_hear_of_it_and_the_evidence_says_since_and_until_when() {
    let (mut calls, now, directory) = (Calls::default(), start(), Directory::default());
    for at in 0..3 {
        for (leg, with) in [(1, 2), (2, 1)] {
            let news = calls.measured(&measured(7, leg, Some(with), 5), &directory, now.plus(at * 1_000));
            assert_eq!(news, []);
        }
    }
    let news = calls.measured(&measured(7, 1, Some(2), 1_600), &directory, now.plus(3_600));
    let trouble = Some((Stage::NetworkIn, Whose::Me));
    let at_the_other = Some((Stage::NetworkIn, Whose::Them));
    assert_eq!(news, [told(1, Direction::FromMe, trouble), told(2, Direction::ToMe, at_the_other)]);
    let news = calls.measured(&measured(7, 1, Some(2), 5), &directory, now.plus(4_600));
    assert_eq!(news, [told(1, Direction::FromMe, None), told(2, Direction::ToMe, None)]);
    let call = calls.take_changed().pop().expect("the call");
    let known = Trouble {
        from_leg: 1,
        to_leg: Some(2),
        stage: Stage::NetworkIn,
        since: now.plus(3_600).wall,
        until: Some(now.plus(4_600).wall),
    };
    assert_eq!(
        (call.answered_at, call.ended_at, &call.troubles[..]),
        (now.wall, None, &[known][..])
    );
    let parties: Vec<_> = call.legs.iter().map(|leg| (leg.party.as_str(), leg.kind, leg.way)).collect();
    assert_eq!(
        parties,
        [
            ("101", PeerKind::Browser, Some(MediaWay::Udp)),
            ("102", PeerKind::Browser, Some(MediaWay::Udp))
        ]
    );
}

#[test]
fn calls_that_are_over_are_known_for_ten_minutes() {
    let (mut calls, now, directory) = (Calls::default(), start(), Directory::default());
    calls.measured(&measured(7, 1, Some(2), 5), &directory, now);
    assert_eq!(calls.take_changed().len(), 1);
    calls.look(now.plus(2_000));
    assert_eq!(calls.running.len(), 1, "the next report is late, no more");
    calls.look(now.plus(3_000));
    let over = calls.take_changed().pop().expect("the call");
    assert_eq!(over.ended_at, Some(now.plus(3_000).wall));
    assert_eq!(calls.all(), [Arc::clone(&over)]);
    calls.look(now.plus(602_000));
    assert_eq!(calls.all(), [over]);
    calls.look(now.plus(603_001));
    assert_eq!((calls.all().len(), calls.calls.len()), (0, 0));
}

#[test]
fn a_leg_that_comes_from_another_call_leaves_that() {
    let (mut calls, now, directory) = (Calls::default(), start(), Directory::default());
    calls.measured(&measured(7, 1, Some(2), 5), &directory, now);
    calls.measured(&measured(8, 1, Some(3), 5), &directory, now.plus(1_000));
    assert_eq!(calls.running.keys().collect::<Vec<_>>(), [&CallId(8)]);
    assert_eq!(calls.ended.len(), 1);
}

#[test]
fn whoever_has_not_talked_is_not_watched() {
    let (mut calls, directory) = (Calls::default(), Directory::default());
    calls.measured(&measured(7, 1, None, 5), &directory, start());
    assert_eq!((calls.running.len(), calls.take_changed().len()), (0, 0));
}

#[test]
fn only_so_many_calls_are_watched_and_remembered() {
    let (mut calls, now, directory) = (Calls::default(), start(), Directory::default());
    let most = u64::try_from(CALLS_MAX).unwrap();
    for call in 1..=most + 1 {
        calls.measured(&measured(call, call, Some(0), 5), &directory, now);
    }
    assert_eq!(calls.running.len(), CALLS_MAX);
    calls.look(now.plus(5_000));
    assert_eq!((calls.running.len(), calls.ended.len()), (0, ENDED_MAX));
}
