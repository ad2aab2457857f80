use rand::rngs::SmallRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};

use super::*;
use crate::core::PhoneSeat;
use crate::directory::{Calling, DeviceKind, Reaching, Rings, User, WhileBusy};
use crate::testing;

const ANNA: UserId = UserId(1);
const BEN: UserId = UserId(2);
const CLEO: UserId = UserId(3);
/// Anna's, Ben's, nobody's, and one that only Ben may use.
const ANNAS: DeviceId = DeviceId(1);
const BENS: DeviceId = DeviceId(2);
const LOBBY: DeviceId = DeviceId(3);
const STUDIO: DeviceId = DeviceId(4);

fn directory() -> Directory {
    let user = |id: UserId| User {
        id,
        name: format!("{id}"),
        extension: Some(format!("{}", 100 + id.0)),
        calling: Calling::default(),
        while_busy: WhileBusy::default(),
        mobile: None,
        reaching: Reaching::default(),
        may_record: false,
    };
    let phone = |id: DeviceId, user, open_to| Device {
        id,
        user,
        kind: DeviceKind::DeskPhone,
        shared: Some(open_to),
        rings: Rings::default(),
        label: format!("{id}"),
        sip_user: format!("{id}"),
        ha1: None,
    };
    Directory {
        users: vec![user(ANNA), user(BEN), user(CLEO)],
        devices: vec![
            phone(ANNAS, Some(ANNA), LogOn::Everybody),
            phone(BENS, Some(BEN), LogOn::Everybody),
            phone(LOBBY, None, LogOn::Everybody),
            phone(STUDIO, None, LogOn::People([BEN].into())),
        ],
        ..Directory::default()
    }
}

fn office() -> Seating {
    let mut seating = Seating::new(Seats::default(), &directory(), testing::start());
    assert_eq!(seating.fault(), None);
    seating.take_changes();
    seating
}

fn at(person: UserId) -> Seat {
    Seat {
        person: Some(person),
        mobile: None,
    }
}

fn vacated(mobile: UserId) -> Seat {
    Seat {
        person: None,
        mobile: Some(mobile),
    }
}

#[test]
fn an_owner_needs_no_code() {
    let mut seating = Seating::new(Seats::default(), &directory(), testing::start());
    assert_eq!((seating.seat(ANNAS), seating.seat(LOBBY)), (at(ANNA), Seat::default()));
    assert_eq!((seating.place(ANNA), seating.place(CLEO)), (Some(Place::Phone(ANNAS)), None));
    let told = seating.take_changes();
    assert!(told.contains(&Change::Seated {
        device: ANNAS,
        seat: at(ANNA)
    }));
    assert!(!told.iter().any(|change| matches!(change, Change::Remember(_))), "{told:?}");
}

#[test]
fn a_browser_takes_the_number_and_the_phone_brings_it_back() {
    let mut seating = office();
    seating.browser_registered(ANNA, "a");
    assert_eq!((seating.seat(ANNAS), seating.place(ANNA)), (vacated(ANNA), Some(Place::Browser)));
    assert_eq!(
        seating.take_changes(),
        [
            Change::Seated {
                device: ANNAS,
                seat: vacated(ANNA)
            },
            Change::Moved { user: ANNA },
            Change::Remember(Remembered::Person(PersonSeat {
                user: ANNA,
                is_mobile: true,
                given_up: Vec::new()
            })),
        ]
    );
    seating.browser_registered(ANNA, "a");
    assert_eq!(seating.take_changes(), []);
    assert_eq!(seating.dialled(ANNAS), Dialled::Back);
    assert_eq!(seating.seat(ANNAS), at(ANNA));
    assert!(seating.take_changes().contains(&Change::GiveUp { user: ANNA }));
    assert!(seating.is_given_up(ANNA, "a") && !seating.is_given_up(ANNA, "b"));
    // The app is opened anew.
    seating.browser_registered(ANNA, "b");
    assert_eq!(seating.place(ANNA), Some(Place::Browser));
    seating.cancel_mobility(ANNA).unwrap();
    assert_eq!(seating.place(ANNA), Some(Place::Phone(ANNAS)));
    assert!(seating.is_given_up(ANNA, "a") && seating.is_given_up(ANNA, "b"));
    assert_eq!(seating.fault(), None);
}

#[test]
fn with_the_last_browser_gone_the_phone_has_the_number_again() {
    let mut seating = office();
    seating.browser_registered(ANNA, "a");
    seating.browsers_gone(ANNA);
    assert_eq!(seating.seat(ANNAS), at(ANNA));
    // Nobody has given it up: when it is back, so is the number.
    assert!(!seating.is_given_up(ANNA, "a"));
    seating.browser_registered(ANNA, "a");
    assert_eq!(seating.place(ANNA), Some(Place::Browser));
}

#[test]
fn who_logs_on_has_the_phone_and_no_other_one() {
    let mut seating = office();
    seating.browser_registered(BEN, "b");
    seating.log_on(LOBBY, BEN).unwrap();
    assert_eq!((seating.seat(LOBBY), seating.seat(BENS)), (at(BEN), Seat::default()));
    assert!(seating.is_given_up(BEN, "b"));
    seating.log_on(ANNAS, BEN).unwrap();
    assert_eq!((seating.seat(ANNAS), seating.seat(LOBBY)), (at(BEN), Seat::default()));
    assert_eq!(seating.place(ANNA), Some(Place::Elsewhere));
    assert_eq!(seating.cancel_mobility(ANNA), Err(Refusal::Taken));
    // The guest leaves: everybody is where they belong.
    assert_eq!(seating.dialled(ANNAS), Dialled::LoggedOff);
    assert_eq!((seating.seat(ANNAS), seating.seat(BENS)), (at(ANNA), at(BEN)));
    assert_eq!(seating.fault(), None);
}

#[test]
fn an_owner_logs_off_and_is_back_without_a_code() {
    let mut seating = office();
    assert_eq!(seating.dialled(ANNAS), Dialled::LoggedOff);
    assert_eq!(
        (seating.seat(ANNAS), seating.place(ANNA)),
        (Seat::default(), Some(Place::Elsewhere))
    );
    assert_eq!(seating.dialled(ANNAS), Dialled::Back);
    assert_eq!(seating.seat(ANNAS), at(ANNA));
    assert_eq!(seating.dialled(LOBBY), Dialled::AsksWho);
    assert_eq!(seating.dialled(DeviceId(99)), Dialled::NotShared);
}

#[test]
fn who_has_logged_off_may_have_the_number_in_the_browser_that_is_still_open() {
    let mut seating = office();
    seating.browser_registered(ANNA, "a");
    seating.cancel_mobility(ANNA).unwrap();
    assert!(seating.is_given_up(ANNA, "a"));
    seating.log_off(ANNA).unwrap();
    assert!(!seating.is_given_up(ANNA, "a"));
    seating.browser_registered(ANNA, "a");
    assert_eq!((seating.place(ANNA), seating.fault()), (Some(Place::Browser), None));
}

#[test]
fn an_owner_who_is_logged_on_elsewhere_comes_home_with_the_code_alone() {
    let mut seating = office();
    seating.log_on(LOBBY, ANNA).unwrap();
    assert_eq!(seating.dialled(ANNAS), Dialled::Back);
    assert_eq!((seating.seat(ANNAS), seating.seat(LOBBY)), (at(ANNA), Seat::default()));
}

#[test]
fn a_guest_may_be_mobile_as_well() {
    let mut seating = office();
    seating.log_on(LOBBY, CLEO).unwrap();
    seating.browser_registered(CLEO, "c");
    assert_eq!(seating.seat(LOBBY), vacated(CLEO));
    // Anybody may stand there: without her PIN she does not come back.
    assert_eq!(seating.dialled(LOBBY), Dialled::AsksWho);
    assert_eq!(seating.seat(LOBBY), vacated(CLEO));
    seating.log_on(LOBBY, CLEO).unwrap();
    assert_eq!(seating.seat(LOBBY), at(CLEO));
    // Another one takes the phone: Cleo shares none any more, and her browser may register as ever.
    seating.log_on(LOBBY, ANNA).unwrap();
    assert_eq!(seating.place(CLEO), None);
    assert!(!seating.is_given_up(CLEO, "c"));
}

#[test]
fn at_the_phone_of_somebody_else_it_is_the_owner_who_comes_back_without_a_pin() {
    let mut seating = office();
    seating.log_on(BENS, CLEO).unwrap();
    seating.browser_registered(CLEO, "c");
    assert_eq!(seating.seat(BENS), vacated(CLEO));
    assert_eq!(seating.dialled(BENS), Dialled::Back);
    assert_eq!(seating.seat(BENS), at(BEN));
    assert_eq!(seating.fault(), None);
}

#[test]
fn a_browser_that_stays_open_is_given_up_however_many_have_come_and_gone() {
    let mut seating = office();
    seating.browser_registered(BEN, "old");
    for other in 0..100 {
        seating.browser_registered(BEN, &format!("other {other}"));
        seating.browser_registered(BEN, "old");
    }
    assert_eq!(seating.dialled(BENS), Dialled::Back);
    assert!(seating.is_given_up(BEN, "old"));
}

#[test]
fn who_may_not_log_on_does_not() {
    let mut seating = office();
    assert_eq!(seating.log_on(STUDIO, ANNA), Err(Refusal::NotPermitted));
    assert_eq!(seating.log_on(DeviceId(99), ANNA), Err(Refusal::NotPermitted));
    seating.log_on(STUDIO, BEN).unwrap();
    // An administrator thinks better of it.
    let mut changed = directory();
    changed.devices[3].shared = Some(LogOn::People([CLEO].into()));
    seating.directory_changed(&changed);
    assert_eq!((seating.seat(STUDIO), seating.seat(BENS)), (Seat::default(), at(BEN)));
    assert_eq!(seating.fault(), None);
}

#[test]
fn a_phone_that_is_shared_no_more_forgets_its_guest() {
    let mut seating = office();
    seating.log_on(LOBBY, CLEO).unwrap();
    seating.dialled(BENS);
    let mut changed = directory();
    changed.devices[2].shared = None;
    // Ben's phone is Anna's now: it is not she who has logged off.
    changed.devices[1].user = Some(ANNA);
    changed.devices.remove(0);
    seating.take_changes();
    seating.directory_changed(&changed);
    let remembered: Vec<_> = seating.take_changes();
    for device in [LOBBY, BENS] {
        let nobody = Change::Remember(Remembered::Phone(PhoneSeat {
            device,
            guest: Guest::Nobody,
        }));
        assert!(remembered.contains(&nobody), "{remembered:?}");
    }
    assert_eq!(seating.seat(BENS), at(ANNA));
    assert!(!seating.is_shared(LOBBY));
}

#[test]
fn after_a_restart_browsers_have_a_minute_to_come_back() {
    let start = testing::start();
    let seats = Seats {
        phones: vec![PhoneSeat {
            device: LOBBY,
            guest: Guest::Person(CLEO),
        }],
        people: [ANNA, BEN]
            .map(|user| PersonSeat {
                user,
                is_mobile: true,
                given_up: vec!["old".to_owned()],
            })
            .into(),
    };
    let mut seating = Seating::new(seats, &directory(), start);
    assert_eq!(seating.seat(LOBBY), at(CLEO));
    assert_eq!((seating.seat(ANNAS), seating.seat(BENS)), (vacated(ANNA), vacated(BEN)));
    assert!(seating.is_given_up(ANNA, "old"));
    seating.browser_registered(ANNA, "a");
    assert_eq!(seating.deadline(), Some(start + RETURN_MAX));
    seating.handle_timeout(start + RETURN_MAX);
    assert_eq!((seating.seat(ANNAS), seating.seat(BENS)), (vacated(ANNA), at(BEN)));
    assert_eq!((seating.deadline(), seating.fault()), (None, None));
}

#[test]
fn what_a_browser_makes_us_remember_is_bounded() {
    let mut seating = office();
    for round in 0..100 {
        seating.browser_registered(ANNA, &format!("{round}{}", "x".repeat(1_000)));
        if round % 10 == 9 {
            seating.cancel_mobility(ANNA).unwrap();
        }
    }
    let person = &seating.people[&ANNA];
    assert_eq!(person.given_up.len(), REGISTRATIONS_MAX);
    assert!(person.given_up.iter().all(|call_id| call_id.len() == CALL_ID_BYTES_MAX));
    assert!(seating.is_given_up(ANNA, &format!("99{}", "x".repeat(1_000))));
}

/// What the shell has stored.
#[derive(Clone, Default)]
struct Stored {
    phones: BTreeMap<DeviceId, PhoneSeat>,
    people: BTreeMap<UserId, PersonSeat>,
}

impl Stored {
    fn take(&mut self, changes: Vec<Change>) {
        for change in changes {
            match change {
                Change::Remember(Remembered::Phone(seat)) => drop(self.phones.insert(seat.device, seat)),
                Change::Remember(Remembered::Person(seat)) => drop(self.people.insert(seat.user, seat)),
                Change::Seated { .. } | Change::GiveUp { .. } | Change::Moved { .. } => {}
            }
        }
    }

    fn seats(&self) -> Seats {
        Seats {
            phones: self.phones.values().cloned().collect(),
            people: self.people.values().cloned().collect(),
        }
    }
}

/// One random step; what it must have led to is asserted on the spot.
fn step(seating: &mut Seating, stored: &mut Stored, now: &mut Instant, opened: &mut u32, rng: &mut SmallRng) {
    let user = *[ANNA, BEN, CLEO].choose(rng).unwrap();
    let device = *[ANNAS, BENS, LOBBY, STUDIO].choose(rng).unwrap();
    match rng.random_range(0..12) {
        0..3 => {
            *opened += 1;
            seating.browser_registered(user, &format!("{opened}"));
            assert!(matches!(seating.place(user), Some(Place::Browser) | None));
        }
        3 => {
            let known = seating.people.get(&user).and_then(|person| person.registrations.last().cloned());
            if let Some(call_id) = known {
                seating.browser_registered(user, &call_id);
            }
        }
        4..6 => {
            seating.browsers_gone(user);
            assert_ne!(seating.people.get(&user).map(|person| person.browsers), Some(Browsers::Present));
        }
        6 => {
            let permitted = device != STUDIO || user == BEN;
            assert_eq!(seating.log_on(device, user).is_ok(), permitted);
            assert!(!permitted || seating.place(user) == Some(Place::Phone(device)));
        }
        7 => {
            let before = seating.seat(device);
            let dialled = seating.dialled(device);
            let after = seating.seat(device).person;
            match dialled {
                Dialled::LoggedOff => assert!(before.person.is_some() && after != before.person),
                Dialled::Back => assert!(before.person.is_none() && after.is_some()),
                Dialled::AsksWho => assert_eq!(after, None),
                Dialled::NotShared => panic!("all of them are shared"),
            }
        }
        8 => match seating.cancel_mobility(user) {
            Ok(()) => assert!(matches!(seating.place(user), Some(Place::Phone(_)))),
            Err(_) => assert!(!matches!(seating.place(user), Some(Place::Phone(_)))),
        },
        9 => drop(seating.log_off(user)),
        10 => {
            *now += Duration::from_secs(rng.random_range(0..40));
            seating.handle_timeout(*now);
        }
        _ => {
            stored.take(seating.take_changes());
            let before: Vec<Seat> = seating.phones().map(|device| seating.seat(device)).collect();
            *seating = Seating::new(stored.seats(), &directory(), *now);
            let after: Vec<Seat> = seating.phones().map(|device| seating.seat(device)).collect();
            assert_eq!(before, after, "a restart has moved somebody");
        }
    }
}

#[test]
fn nobody_is_ever_at_two_places_or_at_none() {
    for seed in 0..10_000 {
        let mut rng = SmallRng::seed_from_u64(seed);
        let mut now = testing::start();
        let (mut seating, mut stored, mut opened) = (office(), Stored::default(), 0);
        for number in 0..30 {
            step(&mut seating, &mut stored, &mut now, &mut opened, &mut rng);
            assert_eq!(seating.fault(), None, "seed {seed}, step {number}");
            stored.take(seating.take_changes());
        }
    }
}
