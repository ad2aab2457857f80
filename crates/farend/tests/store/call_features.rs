//! What the store promises about forwards, time profiles, rooms, pick-up groups and parking.

use std::convert::Infallible;

use farend::store::name::{Extension, FeatureCode, Label, Login, Password};
use farend::store::{Clash, FORWARDS_MAX, Feature, NewUser, Role, Site, Store, StoreError, Unsettled, UserChange, Via};
use model::UserId;
use switchboard::core::Setting;
use switchboard::directory::{
    Callers, DoNotDisturb, During, Forward, Parking, PickUpGroup, PickUpGroupId, Reaching, Room, RoomId, TimeProfile, TimeProfileId, When,
    Window,
};

use super::people::noon;

pub(super) async fn person(store: &Store, extension: &str) -> UserId {
    let new = NewUser {
        login: Login::parse(&format!("user{extension}")).expect("a login"),
        name: Label::parse(&format!("Person {extension}")).expect("a name"),
        extension: Some(Extension::parse(extension).expect("an extension")),
        role: Role::User,
        password: Password::parse("correct horse").expect("a password"),
    };
    store.add_user(&new, noon()).await.expect("added").id
}

fn forward(when: When, from: Callers) -> Forward {
    Forward {
        is_on: true,
        when,
        from,
        during: None,
        to: "0170 1234567".to_owned(),
    }
}

fn profile() -> TimeProfile {
    TimeProfile {
        id: TimeProfileId(0),
        name: "Office hours".to_owned(),
        windows: vec![Window {
            days: 0b1_1111,
            from_minute: 480,
            to_minute: 1_080,
        }],
        region: Some("DE-BY".to_owned()),
        closed_days: vec![20_811, 20_818],
    }
}

fn room(extension: &str, hosts: Vec<UserId>) -> Room {
    Room {
        id: RoomId(0),
        name: "Meeting room".to_owned(),
        extension: extension.to_owned(),
        pin: Some("4826".to_owned()),
        hosts,
        waits_for_host: true,
        has_tones: false,
        members_max: 12,
    }
}

async fn told(store: &Store, user: UserId) -> Reaching {
    let directory = store.directory().await.expect("a directory");
    let person = directory.users.into_iter().find(|person| person.id == user).expect("there");
    assert_eq!(store.reaching(user).await.expect("there"), person.reaching);
    person.reaching
}

pub(crate) async fn rules_come_back_as_they_were_written(store: Store) {
    let (anna, ben) = (person(&store, "101").await, person(&store, "102").await);
    let hours = store.add_time_profile(&profile()).await.expect("added");
    let during = Some(During {
        profile: hours,
        is_open: false,
    });
    let these = Callers::These(vec!["103".to_owned(), "+4930123456".to_owned()]);
    let wanted = Reaching {
        forwards: vec![
            forward(When::NoAnswer { after_s: 15 }, these),
            Forward {
                is_on: false,
                during,
                ..forward(When::Always, Callers::Outside)
            },
            forward(When::Busy, Callers::Anonymous),
            forward(When::Unreachable, Callers::Inside),
            forward(When::Always, Callers::Anybody),
        ],
        do_not_disturb: DoNotDisturb {
            is_on: true,
            except: vec!["102".to_owned(), "+4930123456".to_owned()],
        },
        rejects_anonymous: true,
    };
    store.set_reaching(anna, &wanted).await.expect("written");
    assert_eq!(
        (told(&store, anna).await, told(&store, ben).await),
        (wanted.clone(), Reaching::default())
    );
    let (before, line) = (
        store.directory_version().await.expect("a version"),
        store.audit(None, 1).await.expect("a log"),
    );
    store.set_reaching(anna, &wanted).await.expect("the same");
    assert_eq!(store.audit(None, 1).await.expect("a log"), line, "nothing has changed");
    assert_eq!(store.directory_version().await.expect("a version"), before);

    let less = Reaching {
        forwards: wanted.forwards[2..3].to_vec(),
        ..Reaching::default()
    };
    store.set_reaching(anna, &less).await.expect("written");
    assert_eq!(told(&store, anna).await, less);

    let too_many = Reaching {
        forwards: vec![forward(When::Always, Callers::Anybody); FORWARDS_MAX + 1],
        ..Reaching::default()
    };
    let refused = store.set_reaching(anna, &too_many).await;
    assert!(matches!(refused, Err(StoreError::TooMany { max: FORWARDS_MAX, .. })), "{refused:?}");
    let unknown = Reaching {
        forwards: vec![Forward {
            during: Some(During {
                profile: TimeProfileId(4711),
                is_open: true,
            }),
            ..forward(When::Always, Callers::Anybody)
        }],
        ..Reaching::default()
    };
    let refused = store.set_reaching(anna, &unknown).await;
    assert!(matches!(refused, Err(StoreError::NotFound("time profile"))), "{refused:?}");
    let nobody = store.set_reaching(UserId(4711), &less).await;
    assert!(matches!(nobody, Err(StoreError::NotFound("user"))), "{nobody:?}");
    assert_eq!(told(&store, anna).await, less, "what was refused has changed nothing");
    store.remove_user(anna).await.expect("removed, with the rules");
}

pub(crate) async fn a_code_changes_a_rule_and_says_who_dialled(store: Store) {
    let anna = person(&store, "101").await;
    let to = |to: Option<&str>| Setting::Forward {
        when: When::Busy,
        to: to.map(str::to_owned),
    };
    store.settle(anna, &to(Some("102")), noon()).await.expect("settled");
    let reaching = told(&store, anna).await;
    assert_eq!((reaching.forwards[0].to.as_str(), reaching.forwards[0].is_on), ("102", true));
    let author = store.audit(None, 1).await.expect("a log")[0].author.clone();
    assert_eq!((author.user, author.via, author.at), (Some(anna), Via::Phone, noon()));
    store.settle(anna, &to(None), noon()).await.expect("settled");
    store.settle(anna, &Setting::DoNotDisturb(true), noon()).await.expect("settled");
    store.settle(anna, &Setting::RejectAnonymous(true), noon()).await.expect("settled");
    let reaching = told(&store, anna).await;
    assert!(!reaching.forwards[0].is_on && reaching.do_not_disturb.is_on && reaching.rejects_anonymous);
    let nobody = store.settle(UserId(4711), &Setting::DoNotDisturb(true), noon()).await;
    assert!(matches!(nobody, Err(Unsettled::Store(StoreError::NotFound("user")))), "{nobody:?}");
}

/// A change that writes the whole of something anew, whatever it was before.
pub(super) fn anew<T: Clone + Send>(wanted: &T) -> impl FnOnce(T) -> Result<T, Infallible> + Send {
    let wanted = wanted.clone();
    |_before| Ok(wanted)
}

pub(crate) async fn a_time_profile_stays_while_a_forward_needs_it(store: Store) {
    let anna = person(&store, "101").await;
    let mut hours = profile();
    hours.id = store.add_time_profile(&hours).await.expect("added");
    assert_eq!(store.directory().await.expect("a directory").time_profiles, [hours.clone()]);
    hours.region = None;
    hours.closed_days.clear();
    let changed = store.change_time_profile(hours.id, anew(&hours)).await;
    assert_eq!(changed.expect("changed"), Ok(hours.clone()));
    assert_eq!(store.time_profile(hours.id).await.expect("there"), hours);
    let needs = Reaching {
        forwards: vec![Forward {
            during: Some(During {
                profile: hours.id,
                is_open: true,
            }),
            ..forward(When::Always, Callers::Anybody)
        }],
        ..Reaching::default()
    };
    store.set_reaching(anna, &needs).await.expect("written");
    let kept = store.remove_time_profile(hours.id).await;
    assert!(matches!(kept, Err(StoreError::InUse("time profile"))), "{kept:?}");
    store.set_reaching(anna, &Reaching::default()).await.expect("written");
    store.remove_time_profile(hours.id).await.expect("nobody needs it");
    let gone = store.remove_time_profile(hours.id).await;
    assert!(matches!(gone, Err(StoreError::NotFound("time profile"))), "{gone:?}");
}

pub(crate) async fn a_rooms_number_is_nobody_elses(store: Store) {
    let (anna, ben) = (person(&store, "101").await, person(&store, "102").await);
    let mut meeting = room("800", vec![anna, ben]);
    meeting.id = store.add_room(&meeting).await.expect("added");
    assert_eq!(store.directory().await.expect("a directory").rooms, [meeting.clone()]);
    let line = &store.audit(None, 1).await.expect("a log")[0];
    assert!(line.details.get("pin").is_none() && line.details["has_pin"] == true, "{line:?}");

    for number in ["101", "800"] {
        let taken = store.add_room(&room(number, Vec::new())).await;
        assert!(matches!(taken, Err(StoreError::Taken { field: "extension" })), "{taken:?}");
    }
    let to_800 = UserChange {
        extension: Some(Some(Extension::parse("800").expect("an extension"))),
        ..UserChange::default()
    };
    let taken = store.change_user(ben, &to_800, noon()).await;
    assert!(matches!(taken, Err(StoreError::Taken { field: "extension" })), "{taken:?}");
    let code = FeatureCode::parse("800").expect("a code");
    let taken = store.set_feature_code(Feature::Music, Some(&code)).await;
    assert!(
        matches!(&taken, Err(StoreError::Code(Clash::Extension { owner, .. })) if owner == "Meeting room"),
        "{taken:?}"
    );
    let emergency = store
        .add_room(&room("112", Vec::new()))
        .await
        .expect("no country: a number as any other");
    let site = Site {
        country: Some("DE".parse().expect("a country")),
        ..Site::default()
    };
    let refused = store.set_site(&site).await;
    assert!(
        matches!(&refused, Err(StoreError::EmergencyNumber(number)) if number == "112"),
        "{refused:?}"
    );
    store.remove_room(emergency).await.expect("removed");
    store.set_site(&site).await.expect("set");
    let refused = store.add_room(&room("112", Vec::new())).await;
    assert!(matches!(refused, Err(StoreError::EmergencyNumber(_))), "{refused:?}");

    // One's own number is no obstacle, and who is removed leads no more.
    meeting.name = "Board room".to_owned();
    meeting.pin = Some("7359".to_owned());
    let changed = store.change_room(meeting.id, anew(&meeting)).await;
    assert_eq!(changed.expect("changed"), Ok(meeting.clone()));
    let details = store.audit(None, 1).await.expect("a log")[0].details.clone();
    assert_eq!(details["pin"], "changed", "but not to what");
    store.remove_user(ben).await.expect("removed");
    meeting.hosts = vec![anna];
    assert_eq!(store.rooms().await.expect("rooms"), [meeting.clone()]);
    let led_by_ben = |room| Ok::<_, Infallible>(Room { hosts: vec![ben], ..room });
    let unknown = store.change_room(meeting.id, led_by_ben).await;
    assert!(matches!(unknown, Err(StoreError::NotFound("user"))), "{unknown:?}");
    store.remove_room(meeting.id).await.expect("removed");
    assert_eq!(store.rooms().await.expect("rooms"), []);
}

pub(crate) async fn groups_and_parking_come_back_as_they_were_written(store: Store) {
    let (anna, ben) = (person(&store, "101").await, person(&store, "102").await);
    let mut office = PickUpGroup {
        id: PickUpGroupId(0),
        name: "Office".to_owned(),
        members: vec![anna, ben],
    };
    office.id = store.add_pick_up_group(&office).await.expect("added");
    assert_eq!(store.directory().await.expect("a directory").pick_up_groups, [office.clone()]);
    office.members = vec![ben];
    let changed = store.change_pick_up_group(office.id, anew(&office)).await;
    assert_eq!(changed.expect("changed"), Ok(office.clone()));
    assert_eq!(store.pick_up_group(office.id).await.expect("there"), office);
    store.remove_user(ben).await.expect("removed");
    assert_eq!(store.pick_up_group(office.id).await.expect("there").members, []);
    store.remove_pick_up_group(office.id).await.expect("removed");
    let gone = store.change_pick_up_group(office.id, anew(&office)).await;
    assert!(matches!(gone, Err(StoreError::NotFound("pick-up group"))), "{gone:?}");

    assert_eq!(store.parking().await.expect("parking"), Parking::default());
    let wanted = Parking {
        slots: 3,
        rings_back_after_s: 45,
    };
    store.set_parking(wanted).await.expect("set");
    assert_eq!(store.directory().await.expect("a directory").parking, wanted);
}

pub(crate) async fn a_code_that_would_be_an_emergency_number_keeps_the_country_away(store: Store) {
    let code = FeatureCode::parse("112").expect("a code");
    store.set_feature_code(Feature::Music, Some(&code)).await.expect("no country");
    let site = Site {
        country: Some("DE".parse().expect("a country")),
        ..Site::default()
    };
    let refused = store.set_site(&site).await;
    assert!(
        matches!(&refused, Err(StoreError::EmergencyNumber(number)) if number == "112"),
        "{refused:?}"
    );
    store.set_feature_code(Feature::Music, None).await.expect("as usual");
    store.set_site(&site).await.expect("set");
    let refused = store.set_feature_code(Feature::Music, Some(&code)).await;
    assert!(matches!(refused, Err(StoreError::Code(Clash::Emergency { .. }))), "{refused:?}");
}
