//! What the store promises about phones that people share, PINs, ringing, teams and desk share.

use farend::store::name::{Extension, FeatureCode, Label, Login, Password, Pin, SipUser};
use farend::store::{
    Clash, DeviceChange, Feature, MEMBERS_MAX, NewDevice, NewUser, Ringing, Role, SeatWriter, Secret, Store, StoreError, UserChange, Via,
};
use model::{DeviceId, TeamId, UserId};
use switchboard::core::{Guest, PersonSeat, PhoneSeat, Remembered, Seats};
use switchboard::directory::{
    BusyWhen, DeviceKind, LogOn, Member, MemberKind, Mobile, Night, Order, Overflow, Rings, Team, WhileBusy, Window,
};

use super::call_features::anew;
use super::people::noon;

async fn person(store: &Store, extension: &str) -> UserId {
    let new = NewUser {
        login: Login::parse(&format!("user{extension}")).expect("a login"),
        name: Label::parse(&format!("Person {extension}")).expect("a name"),
        extension: Some(Extension::parse(extension).expect("an extension")),
        role: Role::User,
        password: Password::parse("correct horse").expect("a password"),
    };
    store.add_user(&new, noon()).await.expect("added").id
}

async fn phone(store: &Store, sip_user: &str, user: Option<UserId>, shared: Option<LogOn>) -> DeviceId {
    let new = NewDevice {
        user,
        kind: DeviceKind::DeskPhone,
        shared,
        label: Label::parse("Desk").expect("a label"),
        sip_user: SipUser::parse(sip_user).expect("a SIP user"),
    };
    store.add_device(&new, &Secret::random(), noon()).await.expect("added").id
}

fn team(extension: &str, members: Vec<Member>) -> Team {
    Team {
        id: TeamId(0),
        name: "Sales".to_owned(),
        extension: extension.to_owned(),
        has_line: true,
        order: Order::LongestIdle { turn_s: 15 },
        members,
        busy_when: BusyWhen::First,
        overflow: Some(Overflow {
            after_s: 30,
            number: "101".to_owned(),
        }),
        night: Some(Night {
            hours: None,
            day: vec![Window {
                days: 0b1_1111,
                from_minute: 480,
                to_minute: 1_080,
            }],
            number: "102".to_owned(),
        }),
    }
}

fn member(user: UserId) -> Member {
    Member {
        kind: MemberKind::Person(user),
        rings: true,
    }
}

pub(crate) async fn a_shared_phone_is_open_to_whom_it_was_opened(store: Store) {
    let (anna, ben) = (person(&store, "101").await, person(&store, "102").await);
    let open = phone(&store, "desk-1", None, Some(LogOn::Everybody)).await;
    let bound = phone(&store, "desk-2", Some(anna), Some(LogOn::People([anna, ben].into()))).await;
    let directory = store.directory().await.expect("a directory");
    let told = |id| directory.devices.iter().find(|device| device.id == id).expect("there").clone();
    assert_eq!((told(open).user, told(open).shared), (None, Some(LogOn::Everybody)));
    assert_eq!(
        (told(bound).user, told(bound).shared),
        (Some(anna), Some(LogOn::People([anna, ben].into())))
    );

    let change = DeviceChange {
        label: Some(Label::parse("Reception").expect("a label")),
        user: Some(Some(ben)),
        rings: Some(Rings::After { delay_s: 20 }),
        ..DeviceChange::default()
    };
    let changed = store.change_device(bound, &change).await.expect("changed");
    assert_eq!(
        (changed.label.as_str(), changed.user, changed.rings),
        ("Reception", Some(ben), Rings::After { delay_s: 20 })
    );
    assert_eq!(changed.shared, Some(LogOn::People([anna, ben].into())), "what is not said stays");
    assert_eq!(store.device(bound).await.expect("there"), changed);

    store.remove_user(ben).await.expect("removed");
    let left = store.device(bound).await.expect("furniture stays");
    assert_eq!((left.user, left.shared), (None, Some(LogOn::People([anna].into()))));
    let nobody = DeviceChange {
        shared: Some(Some(LogOn::People([UserId(4711)].into()))),
        ..DeviceChange::default()
    };
    assert!(matches!(
        store.change_device(open, &nobody).await,
        Err(StoreError::NotFound("user"))
    ));
    assert_eq!(
        store.device(open).await.expect("there").shared,
        Some(LogOn::Everybody),
        "nothing half done"
    );
}

pub(crate) async fn a_browser_phone_is_one_persons(store: Store) {
    let anna = person(&store, "101").await;
    let browser = store.devices(Some(anna)).await.expect("devices")[0].id;
    for change in [
        DeviceChange {
            user: Some(None),
            ..DeviceChange::default()
        },
        DeviceChange {
            shared: Some(Some(LogOn::Everybody)),
            ..DeviceChange::default()
        },
    ] {
        assert!(matches!(
            store.change_device(browser, &change).await,
            Err(StoreError::OnlyDeskPhones)
        ));
    }
}

pub(crate) async fn a_pin_is_kept_as_a_hash_and_checked(store: Store) {
    let (anna, ben) = (person(&store, "7391").await, person(&store, "102").await);
    let pin = Pin::parse("4826").expect("a PIN");
    store.set_pin(anna, Some(&pin)).await.expect("set");
    let check = async |user, pin: &str| store.check_pin(user, pin).await.expect("answer");
    assert!(check(anna, "4826").await);
    assert!(!check(anna, "4827").await && !check(ben, "4826").await && !check(UserId(4711), "4826").await);
    assert!(store.user(anna).await.expect("there").has_pin && !store.user(ben).await.expect("there").has_pin);

    let own = Pin::parse("7391").expect("a PIN");
    assert!(matches!(store.set_pin(anna, Some(&own)).await, Err(StoreError::PinIsExtension)));
    assert!(check(anna, "4826").await, "the one of before stays");
    store.set_pin(anna, None).await.expect("removed");
    assert!(!check(anna, "4826").await && !check(anna, "").await);
}

pub(crate) async fn how_people_are_reached_comes_back_as_it_was_written(store: Store) {
    let anna = person(&store, "101").await;
    assert_eq!(store.ringing(anna).await.expect("answer"), Ringing::default());
    let wanted = Ringing {
        while_busy: WhileBusy::RingOthers,
        mobile: Some(Mobile {
            number: "0170 1234567".to_owned(),
            delay_s: 15,
        }),
    };
    store.set_ringing(anna, &wanted).await.expect("set");
    assert_eq!(store.ringing(anna).await.expect("answer"), wanted);
    let directory = store.directory().await.expect("a directory");
    assert_eq!(
        (directory.users[0].while_busy, &directory.users[0].mobile),
        (wanted.while_busy, &wanted.mobile)
    );
    assert!(matches!(
        store.set_ringing(UserId(4711), &wanted).await,
        Err(StoreError::NotFound("user"))
    ));
}

pub(crate) async fn a_team_comes_back_as_it_was_written(store: Store) {
    let (anna, ben) = (person(&store, "101").await, person(&store, "102").await);
    let handset = phone(&store, "handset-1", None, None).await;
    let silent = Member {
        kind: MemberKind::Device(handset),
        rings: false,
    };
    let mut sales = team("200", vec![member(ben), silent, member(anna)]);
    sales.id = store.add_team(&sales).await.expect("added");
    assert_eq!(store.teams().await.expect("teams"), [sales.clone()]);
    assert_eq!(store.directory().await.expect("a directory").teams, [sales.clone()]);

    sales.order = Order::All;
    (sales.overflow, sales.night) = (None, None);
    sales.members.reverse();
    let changed = store.change_team(sales.id, anew(&sales)).await;
    assert_eq!(changed.expect("changed"), Ok(sales.clone()));
    assert_eq!(store.team(sales.id).await.expect("there"), sales);
    store.remove_user(ben).await.expect("removed");
    store.remove_device(handset).await.expect("removed");
    assert_eq!(store.team(sales.id).await.expect("there").members, [member(anna)]);

    store.remove_team(sales.id).await.expect("removed");
    let gone = store.change_team(sales.id, anew(&sales)).await;
    assert!(matches!(gone, Err(StoreError::NotFound("team"))), "{gone:?}");
    let strangers = team("200", vec![member(UserId(4711))]);
    assert!(matches!(store.add_team(&strangers).await, Err(StoreError::NotFound("user"))));
    let crowd = team("200", vec![member(anna); MEMBERS_MAX + 1]);
    assert!(matches!(
        store.add_team(&crowd).await,
        Err(StoreError::TooMany { what: "members", .. })
    ));
    assert_eq!(store.teams().await.expect("teams"), [], "nothing half done");
}

pub(crate) async fn a_number_is_a_persons_a_teams_or_a_features(store: Store) {
    let anna = person(&store, "101").await;
    let sales = store.add_team(&team("200", Vec::new())).await.expect("added");
    let taken = |result: Result<(), StoreError>| assert!(matches!(result, Err(StoreError::Taken { field: "extension" })), "{result:?}");
    taken(store.add_team(&team("101", Vec::new())).await.map(drop));
    taken(store.add_team(&team("200", Vec::new())).await.map(drop));
    let to = |extension: &str| UserChange {
        extension: Some(Some(Extension::parse(extension).expect("an extension"))),
        ..UserChange::default()
    };
    taken(store.change_user(anna, &to("200"), noon()).await.map(drop));
    let code = async |code: &str| {
        let code = FeatureCode::parse(code).expect("a code");
        store.set_feature_code(Feature::EchoTest, Some(&code)).await
    };
    for (number, whose) in [("101", "Person 101"), ("200", "Sales")] {
        let clash = code(number).await;
        assert!(
            matches!(&clash, Err(StoreError::Code(Clash::Extension { owner, .. })) if owner == whose),
            "{clash:?}"
        );
    }
    code("99").await.expect("changed");
    let feature = store.change_user(anna, &to("99"), noon()).await;
    assert!(matches!(feature, Err(StoreError::FeatureCode(code)) if code == "99"));
    assert!(matches!(
        store.add_team(&team("99", Vec::new())).await,
        Err(StoreError::FeatureCode(_))
    ));

    // One's own number is no obstacle, and one that was given up is free.
    store.change_user(anna, &to("101"), noon()).await.expect("changed");
    let mut moved = team("201", Vec::new());
    moved.id = sales;
    let changed = store.change_team(sales, anew(&moved)).await;
    assert_eq!(changed.expect("changed"), Ok(moved));
    store.change_user(anna, &to("200"), noon()).await.expect("changed");
}

pub(crate) async fn of_two_who_want_one_number_at_the_same_time_one_gets_it(store: Store) {
    for extension in 200..210 {
        let number = extension.to_string();
        let team = team(&number, Vec::new());
        let (teams, people) = (store.clone(), store.clone());
        let new = NewUser {
            login: Login::parse(&format!("user{number}")).expect("a login"),
            name: Label::parse("Somebody").expect("a name"),
            extension: Some(Extension::parse(&number).expect("an extension")),
            role: Role::User,
            password: Password::parse("correct horse").expect("a password"),
        };
        let team = tokio::spawn(async move { teams.add_team(&team).await.is_ok() });
        let person = tokio::spawn(async move { people.add_user(&new, noon()).await.is_ok() });
        assert_ne!(team.await.expect("no panic"), person.await.expect("no panic"), "{number}");
    }
}

pub(crate) async fn who_sits_where_outlives_a_restart(store: Store) {
    let (anna, ben) = (person(&store, "101").await, person(&store, "102").await);
    let (bound, open) = (
        phone(&store, "desk-1", Some(anna), Some(LogOn::Everybody)).await,
        phone(&store, "desk-2", None, Some(LogOn::Everybody)).await,
    );
    let sits = |device, guest| Remembered::Phone(PhoneSeat { device, guest });
    let mobile = PersonSeat {
        user: anna,
        is_mobile: true,
        given_up: vec!["a84b4c76e66710@192.0.2.7".to_owned(), "odd \" \0 one".to_owned()],
    };
    for change in [
        sits(bound, Guest::Person(ben)),
        sits(open, Guest::Person(anna)),
        Remembered::Person(mobile.clone()),
        sits(bound, Guest::LoggedOff),
        sits(open, Guest::Nobody),
    ] {
        store.remember(&change, noon()).await.expect("remembered");
    }
    let expected = Seats {
        phones: vec![PhoneSeat {
            device: bound,
            guest: Guest::LoggedOff,
        }],
        people: vec![mobile],
    };
    assert_eq!(store.seats().await.expect("seats"), expected);

    let log = store.audit(None, 5).await.expect("the log");
    let told: Vec<_> = log
        .iter()
        .map(|entry| {
            (
                entry.author.user,
                entry.author.via,
                entry.action.as_str(),
                entry.subject.as_str(),
                entry.author.at,
            )
        })
        .collect();
    assert_eq!(
        told[..4],
        [
            (Some(anna), Via::Phone, "phone.logged_off", "desk-2", noon()),
            (Some(ben), Via::Phone, "phone.logged_off", "desk-1", noon()),
            (Some(anna), Via::Phone, "phone.logged_on", "desk-2", noon()),
            (Some(ben), Via::Phone, "phone.logged_on", "desk-1", noon()),
        ]
    );
    let back = PersonSeat {
        user: anna,
        is_mobile: false,
        given_up: Vec::new(),
    };
    store.remember(&Remembered::Person(back), noon()).await.expect("remembered");
    store.remove_device(bound).await.expect("removed");
    assert_eq!(store.seats().await.expect("seats"), Seats::default());
    let gone = store.remember(&sits(bound, Guest::Person(ben)), noon()).await;
    assert!(gone.is_err(), "a phone that is no more");
}

/// Adds a phone of nobody and looks at its key: keys are never given again.
pub(super) async fn adds_a_phone_with_the_key(store: &Store, key: u64) {
    assert_eq!(phone(store, "desk-1", None, Some(LogOn::Everybody)).await, DeviceId(key));
}

/// A database that fails for a while loses nothing, and what is waiting at the end is written. What is of no use any more holds nothing up.
pub(crate) async fn remembers_through_failures(store: Store, file: &std::path::Path) {
    let anna = person(&store, "101").await;
    let desks = [
        phone(&store, "desk-1", None, Some(LogOn::Everybody)).await,
        phone(&store, "desk-2", None, Some(LogOn::Everybody)).await,
    ];
    sqlx::any::install_default_drivers();
    let other = sqlx::AnyPool::connect(&format!("sqlite://{}", file.display()))
        .await
        .expect("connected");
    let rename = async |from: &str, to: &str| {
        let statement = sqlx::AssertSqlSafe(format!("ALTER TABLE {from} RENAME TO {to}"));
        sqlx::query(statement).execute(&other).await.expect("renamed");
    };
    let (writer, task) = SeatWriter::start(store.clone());
    let sit = |device, guest| writer.write(Remembered::Phone(PhoneSeat { device, guest }), std::time::SystemTime::from(noon()));
    rename("phone_seats", "away").await;
    sit(DeviceId(4711), Guest::Person(anna));
    sit(desks[0], Guest::Person(anna));
    sit(desks[0], Guest::Nobody);
    sit(desks[1], Guest::Person(anna));
    while !writer.is_failing() {
        tokio::task::yield_now().await;
    }
    rename("away", "phone_seats").await;
    drop(writer);
    task.await.expect("no panic");
    let expected = [PhoneSeat {
        device: desks[1],
        guest: Guest::Person(anna),
    }];
    assert_eq!(store.seats().await.expect("seats").phones, expected);
}
