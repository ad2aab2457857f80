//! What the store promises about menus, announcements and prompts.

use std::convert::Infallible;

use farend::sounds::{Clip, Samples};
use farend::store::{ANNOUNCED_MINUTES_MAX, Feature, MENUS_MAX, MenuPart, Site, Store, StoreError, usual_calling};
use model::control::Digit;
use model::{AnnouncementId, Language, Prompt, TeamId, UserId};
use switchboard::directory::{BusyWhen, Calling, Choice, Menu, MenuHours, MenuId, Night, Order, Team, TimeProfile, TimeProfileId, Window};

use super::call_features::{anew, person};

fn clip(seconds: usize) -> Clip {
    let samples = (0..seconds * 16_000).map(|n| if n % 40 < 20 { 4_000 } else { -4_000 });
    Clip::of(&Samples::new(samples.collect())).expect("a clip")
}

fn key(key: char) -> Digit {
    Digit::from_char(key).expect("a key")
}

fn menu(extension: &str) -> Menu {
    Menu {
        id: MenuId(0),
        name: "Reception".to_owned(),
        extension: extension.to_owned(),
        language: None,
        greeting: None,
        keys: Vec::new(),
        takes_extensions: false,
        waits_s: 5,
        plays_max: 3,
        otherwise: Choice::HangUp,
        hours: None,
    }
}

async fn office_hours(store: &Store) -> TimeProfileId {
    let profile = TimeProfile {
        id: TimeProfileId(0),
        name: "Office".to_owned(),
        windows: vec![Window {
            days: 0b001_1111,
            from_minute: 480,
            to_minute: 1_080,
        }],
        region: None,
        closed_days: Vec::new(),
    };
    store.add_time_profile(&profile).await.expect("added")
}

pub(crate) async fn a_menu_comes_back_as_it_was_written(store: Store) {
    person(&store, "101").await;
    let welcome = store.add_announcement("Welcome", &clip(1)).await.expect("added").id;
    let mut reception = Menu {
        language: Some(Language::German),
        greeting: Some(welcome),
        keys: vec![
            (key('0'), Choice::Again),
            (key('1'), Choice::Number("101".to_owned())),
            (key('9'), Choice::Number("700".to_owned())),
            (key('*'), Choice::Hear(welcome)),
            (key('#'), Choice::HangUp),
        ],
        takes_extensions: true,
        otherwise: Choice::Number("101".to_owned()),
        hours: Some(MenuHours {
            profile: office_hours(&store).await,
            greeting: Some(welcome),
            then: Choice::HangUp,
        }),
        ..menu("700")
    };
    reception.id = store.add_menu(&reception).await.expect("added: it leads to itself as well");
    assert_eq!(store.menus().await.expect("menus"), [reception.clone()]);
    assert_eq!(store.directory().await.expect("a directory").menus, [reception.clone()]);

    reception.keys.truncate(1);
    (reception.hours, reception.greeting, reception.language) = (None, None, None);
    reception.extension = "701".to_owned();
    let changed = store.change_menu(reception.id, anew(&reception)).await;
    assert_eq!(changed.expect("changed"), Ok(reception.clone()));
    assert_eq!(store.menus().await.expect("menus"), [reception.clone()]);
    let log = store.audit(None, 1).await.expect("a log");
    assert_eq!((log[0].action.as_str(), log[0].subject.as_str()), ("menu.changed", "Reception"));
    assert_eq!(log[0].details["extension"]["to"], "701");

    store.remove_menu(reception.id).await.expect("removed");
    assert_eq!(store.menus().await.expect("menus"), []);
    let gone = store.change_menu(reception.id, anew(&reception)).await;
    assert!(matches!(gone, Err(StoreError::NotFound("menu"))), "{gone:?}");
}

pub(crate) async fn a_menu_names_what_is_there(store: Store) {
    person(&store, "101").await;
    let profile = office_hours(&store).await;
    let taken = store.add_menu(&menu("101")).await;
    assert!(matches!(taken, Err(StoreError::Taken { field: "extension" })), "{taken:?}");
    let feature = store.add_menu(&menu(Feature::EchoTest.usual_code())).await;
    assert!(matches!(feature, Err(StoreError::FeatureCode(_))), "{feature:?}");
    let leads = |choice| Menu {
        keys: vec![(key('1'), choice)],
        ..menu("700")
    };
    let dangling = async |menu: Menu| match store.add_menu(&menu).await {
        Err(StoreError::Dangling(dangling)) => (dangling.part, dangling.number),
        other => panic!("{other:?}"),
    };
    let outside = || Choice::Number("030123456".to_owned());
    let nobody = Some("030123456".to_owned());
    let first = MenuPart::Key(key('1'));
    assert_eq!(dangling(leads(outside())).await, (first, nobody.clone()));
    assert_eq!(dangling(leads(Choice::Hear(AnnouncementId(4_711)))).await, (first, None));
    let otherwise = Menu {
        otherwise: outside(),
        ..menu("700")
    };
    assert_eq!(dangling(otherwise).await, (MenuPart::Otherwise, nobody.clone()));
    let closed = |greeting, then| Menu {
        hours: Some(MenuHours { profile, greeting, then }),
        ..menu("700")
    };
    assert_eq!(dangling(closed(None, outside())).await, (MenuPart::Closed, nobody));
    let unheard = Some(AnnouncementId(4_711));
    assert_eq!(dangling(closed(unheard, Choice::HangUp)).await, (MenuPart::ClosedGreeting, None));
    let unheard = Menu {
        greeting: unheard,
        ..menu("700")
    };
    assert_eq!(dangling(unheard).await, (MenuPart::Greeting, None));
    let never = Menu {
        hours: Some(MenuHours {
            profile: TimeProfileId(4_711),
            greeting: None,
            then: Choice::HangUp,
        }),
        ..menu("700")
    };
    let never = store.add_menu(&never).await;
    assert!(matches!(never, Err(StoreError::NotFound("time profile"))), "{never:?}");
    assert_eq!(store.menus().await.expect("menus"), [], "nothing half done");

    store.add_menu(&menu("700")).await.expect("added");
    let team = Team {
        id: TeamId(0),
        name: "Sales".to_owned(),
        extension: "700".to_owned(),
        has_line: false,
        order: Order::All,
        members: Vec::new(),
        busy_when: BusyWhen::All,
        overflow: None,
        night: None,
    };
    let taken = store.add_team(&team).await;
    assert!(matches!(taken, Err(StoreError::Taken { field: "extension" })), "{taken:?}");
    let code = farend::store::name::FeatureCode::parse("700").expect("a code");
    let clash = store.set_feature_code(Feature::EchoTest, Some(&code)).await;
    assert!(matches!(clash, Err(StoreError::Code(_))), "{clash:?}");
    for number in 1..MENUS_MAX {
        store.add_menu(&menu(&format!("7{number:04}"))).await.expect("added");
    }
    let full = store.add_menu(&menu("702")).await;
    assert!(matches!(full, Err(StoreError::TooMany { what: "menus", .. })), "{full:?}");
}

pub(crate) async fn who_has_left_does_not_stand_in_the_way_of_a_menus_new_name(store: Store) {
    let anna = person(&store, "101").await;
    let mut reception = Menu {
        keys: vec![(key('1'), Choice::Number("101".to_owned()))],
        ..menu("700")
    };
    reception.id = store.add_menu(&reception).await.expect("added");
    store.remove_user(anna).await.expect("removed");
    "Front desk".clone_into(&mut reception.name);
    let renamed = store.change_menu(reception.id, anew(&reception)).await;
    assert_eq!(renamed.expect("renamed"), Ok(reception.clone()));
    reception.keys.push((key('2'), Choice::Number("102".to_owned())));
    let nobody = store.change_menu(reception.id, anew(&reception)).await;
    let told = nobody.expect_err("102 is new and nobody's").to_string();
    assert_eq!(told, "key 2 leads to 102, which is nobody's number here");
}

pub(crate) async fn two_who_change_a_menu_at_the_same_time_both_have_done_it(store: Store) {
    let id = store.add_menu(&menu("700")).await.expect("added");
    let renames = |menu| {
        Ok::<_, Infallible>(Menu {
            name: "Front desk".to_owned(),
            ..menu
        })
    };
    let waits = |menu| Ok::<_, Infallible>(Menu { waits_s: 9, ..menu });
    let (first, second) = tokio::join!(store.change_menu(id, renames), store.change_menu(id, waits));
    assert!(matches!((&first, &second), (Ok(Ok(_)), Ok(Ok(_)))), "{first:?}, {second:?}");
    let known = store.menus().await.expect("menus");
    assert_eq!((known[0].name.as_str(), known[0].waits_s), ("Front desk", 9));
    let objects = store.change_menu(id, |_menu| Err("no")).await;
    assert_eq!(objects.expect("asked"), Err("no"));
    assert_eq!(store.menus().await.expect("menus"), known);
}

pub(crate) async fn an_announcement_stays_while_a_menu_plays_it(store: Store) {
    let version = store.sounds_version().await.expect("a version");
    let (short, long) = (clip(1), clip(2));
    let added = store.add_announcement("Holidays", &short).await.expect("added");
    assert_eq!((added.name.as_str(), added.duration_ms), ("Holidays", 1_000));
    assert_eq!(store.announcement_audio(added.id).await.expect("sound"), short.ogg);
    let renamed = store.rename_announcement(added.id, "Closed").await.expect("renamed");
    assert_eq!(store.sounds_version().await.expect("a version"), version + 1, "a name is not heard");
    let replaced = store.replace_announcement(added.id, &long).await.expect("replaced");
    assert_eq!((replaced.name, replaced.duration_ms), (renamed.name, 2_000));
    assert_eq!(store.announcement_audio(added.id).await.expect("sound"), long.ogg);
    assert_eq!(store.sounds_version().await.expect("a version"), version + 2);

    let mut needs = Menu {
        greeting: Some(added.id),
        ..menu("700")
    };
    needs.id = store.add_menu(&needs).await.expect("added");
    for wanted in [
        needs.clone(),
        Menu {
            greeting: None,
            otherwise: Choice::Hear(added.id),
            ..needs.clone()
        },
    ] {
        store
            .change_menu(needs.id, anew(&wanted))
            .await
            .expect("changed")
            .expect("no objection");
        let refused = store.remove_announcement(added.id).await;
        assert!(matches!(refused, Err(StoreError::InUse("announcement"))), "{refused:?}");
    }
    store.remove_menu(needs.id).await.expect("removed");
    store.remove_announcement(added.id).await.expect("removed");
    assert_eq!(store.announcements().await.expect("announcements"), []);
    let gone = store.announcement_audio(added.id).await;
    assert!(matches!(gone, Err(StoreError::NotFound("announcement"))), "{gone:?}");
}

pub(crate) async fn announcements_are_bounded_in_number_and_minutes(store: Store) {
    let long = Clip {
        duration_ms: 600_000,
        ..clip(1)
    };
    for number in 0..ANNOUNCED_MINUTES_MAX / 10 {
        store.add_announcement(&format!("Long {number}"), &long).await.expect("added");
    }
    let full = store.add_announcement("Short", &clip(1)).await;
    assert!(
        matches!(
            full,
            Err(StoreError::TooMany {
                what: "minutes of announcements",
                ..
            })
        ),
        "{full:?}"
    );
    assert_eq!(
        store.announcements().await.expect("announcements").len(),
        ANNOUNCED_MINUTES_MAX / 10
    );
}

pub(crate) async fn a_prompt_is_replaced_and_restored(store: Store) {
    let (prompt, ours) = (Prompt::Welcome, clip(1));
    let version = store.sounds_version().await.expect("a version");
    assert_eq!(store.replaced_prompt(prompt, Language::German).await.expect("asked"), None);
    for clip in [&clip(2), &ours] {
        store.replace_prompt(prompt, Language::German, Some(clip)).await.expect("replaced");
    }
    assert_eq!(
        store.replaced_prompt(prompt, Language::German).await.expect("asked"),
        Some(ours.ogg)
    );
    assert_eq!(
        store.replaced_prompts().await.expect("asked"),
        [(prompt, Language::German, 1_000)],
        "the English one is the program's"
    );
    store.replace_prompt(prompt, Language::German, None).await.expect("restored");
    store.replace_prompt(prompt, Language::German, None).await.expect("nothing to do");
    assert_eq!(store.replaced_prompts().await.expect("asked"), []);
    assert_eq!(store.sounds_version().await.expect("a version"), version + 3);
    let log = store.audit(None, 2).await.expect("a log");
    assert_eq!(
        [log[0].action.as_str(), log[1].action.as_str()],
        ["prompt.restored", "prompt.replaced"]
    );
}

pub(crate) async fn prompts_are_spoken_in_the_language_of_the_country_until_somebody_decides(store: Store) {
    for (country, language) in [
        (None, Language::English),
        (Some("GB"), Language::English),
        (Some("AT"), Language::German),
        (Some("DE"), Language::German),
    ] {
        let site = Site {
            country: country.map(|letters| letters.parse().expect("a country")),
            ..Site::default()
        };
        store.set_site(&site).await.expect("set");
        assert_eq!(store.directory().await.expect("a directory").language, language, "{country:?}");
    }
    store.set_language(Language::English).await.expect("set");
    assert_eq!(store.directory().await.expect("a directory").language, Language::English);
    let log = store.audit(None, 1).await.expect("a log");
    assert_eq!(log[0].details["language"]["from"], "de");
}

pub(crate) async fn a_time_profile_stays_while_night_service_permissions_or_menus_need_it(store: Store) {
    let anna: UserId = person(&store, "101").await;
    let profile = office_hours(&store).await;
    let in_use = async || {
        let refused = store.remove_time_profile(profile).await;
        assert!(matches!(refused, Err(StoreError::InUse("time profile"))), "{refused:?}");
    };
    let calling = Calling {
        hours: Some(profile),
        ..usual_calling()
    };
    store.set_calling(anna, &calling).await.expect("set");
    assert_eq!(store.calling(anna).await.expect("there"), calling);
    in_use().await;
    store.set_calling(anna, &usual_calling()).await.expect("set");

    let mut team = Team {
        id: TeamId(0),
        name: "Sales".to_owned(),
        extension: "200".to_owned(),
        has_line: false,
        order: Order::All,
        members: Vec::new(),
        busy_when: BusyWhen::All,
        overflow: None,
        night: Some(Night {
            day: Vec::new(),
            hours: Some(profile),
            number: "101".to_owned(),
        }),
    };
    team.id = store.add_team(&team).await.expect("added");
    assert_eq!(store.team(team.id).await.expect("there"), team);
    in_use().await;
    store.remove_team(team.id).await.expect("removed");

    let hours = MenuHours {
        profile,
        greeting: None,
        then: Choice::HangUp,
    };
    let mut closes = Menu {
        hours: Some(hours),
        ..menu("700")
    };
    closes.id = store.add_menu(&closes).await.expect("added");
    in_use().await;
    store.remove_menu(closes.id).await.expect("removed");

    store.remove_time_profile(profile).await.expect("removed");
    let gone = store.set_calling(anna, &calling).await;
    assert!(matches!(gone, Err(StoreError::NotFound("time profile"))), "{gone:?}");
    let gone = store.add_team(&team).await;
    assert!(matches!(gone, Err(StoreError::NotFound("time profile"))), "{gone:?}");
}
