//! What the store promises about people, devices, sessions and settings, whatever the database.

use farend::store::name::{Extension, FeatureCode, Label, Login, Password, Pin, SipUser};
use farend::store::{Begun, Clash, DemoSecrets, Feature, NewDevice, NewUser, Role, Secret, Store, StoreError, User, UserChange};
use model::UserId;
use switchboard::directory::DeviceKind;
use time::OffsetDateTime;

const PASSWORD: &str = "correct horse";

/// Some moment; what matters is what comes after it.
pub(super) fn noon() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_800_000_000).expect("a moment")
}

fn new_user(login: &str, extension: Option<&str>, role: Role) -> NewUser {
    NewUser {
        login: Login::parse(login).expect("a login"),
        name: Label::parse(&login.to_uppercase()).expect("a name"),
        extension: extension.map(|e| Extension::parse(e).expect("an extension")),
        role,
        password: Password::parse(PASSWORD).expect("a password"),
    }
}

pub(super) async fn add(store: &Store, login: &str, extension: &str) -> User {
    store
        .add_user(&new_user(login, Some(extension), Role::User), noon())
        .await
        .expect("added")
}

fn desk(user: UserId, sip_user: &str) -> NewDevice {
    let (label, sip_user) = (
        Label::parse("Desk phone").expect("a label"),
        SipUser::parse(sip_user).expect("a SIP user"),
    );
    NewDevice {
        user: Some(user),
        shared: None,
        kind: DeviceKind::DeskPhone,
        label,
        sip_user,
    }
}

pub(crate) async fn people_are_added_changed_and_removed(store: Store) {
    let ben = add(&store, "Ben", "102").await;
    let anna = add(&store, "anna", "101").await;
    let boss = store
        .add_user(&new_user("boss", None, Role::Administrator), noon())
        .await
        .expect("added");
    assert_eq!(store.users().await.expect("users"), [anna.clone(), ben.clone(), boss]);
    assert_eq!(ben.login, "ben");

    let change = UserChange {
        name: Some(Label::parse("Anna Abel").expect("a name")),
        extension: Some(Some(Extension::parse("111").expect("an extension"))),
        ..UserChange::default()
    };
    let changed = store.change_user(anna.id, &change, noon()).await.expect("changed");
    assert_eq!(
        (changed.name.as_str(), changed.extension.as_deref(), changed.login.as_str()),
        ("Anna Abel", Some("111"), "anna")
    );
    assert_eq!(store.user(anna.id).await.expect("there"), changed);
    let gone = UserChange {
        extension: Some(None),
        ..UserChange::default()
    };
    assert_eq!(store.change_user(anna.id, &gone, noon()).await.expect("changed").extension, None);

    store.remove_user(ben.id).await.expect("removed");
    assert!(matches!(store.user(ben.id).await, Err(StoreError::NotFound("user"))));
    assert!(matches!(store.remove_user(ben.id).await, Err(StoreError::NotFound("user"))));
    assert!(matches!(
        store.change_user(ben.id, &gone, noon()).await,
        Err(StoreError::NotFound("user"))
    ));
    assert_ne!(add(&store, "ben", "102").await.id, ben.id, "keys are never given again");
}

pub(crate) async fn what_is_taken_is_named(store: Store) {
    let anna = add(&store, "anna", "101").await;
    let taken = async |login, extension| match store.add_user(&new_user(login, Some(extension), Role::User), noon()).await {
        Err(StoreError::Taken { field }) => field,
        other => panic!("not taken: {other:?}"),
    };
    assert_eq!(taken("ANNA", "102").await, "login");
    assert_eq!(taken("ben", "101").await, "extension");
    store
        .add_device(&desk(anna.id, "105-web"), &Secret::random(), noon())
        .await
        .expect("added");
    assert!(store.user_named("ben").await.expect("answer").is_none(), "nothing half done");
    let again = store.add_device(&desk(anna.id, "105-web"), &Secret::random(), noon()).await;
    assert!(matches!(again, Err(StoreError::Taken { field: "sip_user" })));
    let nobody = store.add_device(&desk(UserId(4711), "nobody"), &Secret::random(), noon()).await;
    assert!(matches!(nobody, Err(StoreError::NotFound("user"))));
}

pub(crate) async fn a_number_can_be_given_to_somebody_else(store: Store) {
    let anna = add(&store, "anna", "101").await;
    let renumbered = UserChange {
        extension: Some(Some(Extension::parse("201").expect("an extension"))),
        ..UserChange::default()
    };
    store.change_user(anna.id, &renumbered, noon()).await.expect("changed");
    for (login, phone) in [("ben", "101-web-2"), ("cleo", "101-web-3")] {
        let user = add(&store, login, "101").await;
        let devices = store.devices(Some(user.id)).await.expect("devices");
        assert_eq!(devices[0].sip_user, phone);
        store.change_user(user.id, &none(), noon()).await.expect("changed");
    }
}

/// Takes the number away.
fn none() -> UserChange {
    UserChange {
        extension: Some(None),
        ..UserChange::default()
    }
}

pub(crate) async fn sessions_are_listed_with_what_they_permit_while_they_last(store: Store) {
    let (anna, admin) = (
        add(&store, "anna", "101").await,
        store
            .add_user(&new_user("root", None, Role::Administrator), noon())
            .await
            .expect("added"),
    );
    let annas = store.begin_session(anna.id, noon()).await.expect("begun").token.key();
    let admins = store.begin_session(admin.id, noon()).await.expect("begun").token.key();
    let listed = store.sessions_in_force(noon()).await.expect("answer");
    assert_eq!(listed, [(annas.clone(), Role::User), (admins.clone(), Role::Administrator)].into());
    assert_eq!(
        store.session_role(&admins, noon()).await.expect("answer"),
        Some(Role::Administrator)
    );
    let over = noon() + time::Duration::days(31);
    assert_eq!(store.session_role(&annas, over).await.expect("answer"), None);
    assert!(store.sessions_in_force(over).await.expect("answer").is_empty());
}

pub(crate) async fn people_sign_in_by_extension_or_login(store: Store) {
    let anna = add(&store, "anna", "101").await;
    for name in ["101", "anna", "Anna"] {
        assert_eq!(store.sign_in(name, PASSWORD).await.expect("answer"), Some(anna.clone()), "{name}");
    }
    for (name, password) in [
        ("101", "wrong horse"),
        ("102", PASSWORD),
        ("", PASSWORD),
        ("101", ""),
        ("anna' OR '1'='1", PASSWORD),
        ("anna\0", PASSWORD),
    ] {
        assert_eq!(store.sign_in(name, password).await.expect("answer"), None, "{name} {password}");
    }
}

pub(crate) async fn a_new_password_ends_all_sessions(store: Store) {
    let anna = add(&store, "anna", "101").await;
    let ben = add(&store, "ben", "102").await;
    let annas = store.begin_session(anna.id, noon()).await.expect("begun").token;
    let bens = store.begin_session(ben.id, noon()).await.expect("begun").token;
    let change = UserChange {
        password: Some(Password::parse("another one").expect("a password")),
        ..UserChange::default()
    };
    store.change_user(anna.id, &change, noon()).await.expect("changed");
    assert!(store.session(&annas, noon()).await.expect("answer").is_none());
    assert!(store.session(&bens, noon()).await.expect("answer").is_some());
    assert!(store.sign_in("101", PASSWORD).await.expect("answer").is_none());
    assert!(store.sign_in("101", "another one").await.expect("answer").is_some());
}

pub(crate) async fn changing_ones_own_password_keeps_the_session_that_did_it(store: Store) {
    let anna = add(&store, "anna", "101").await;
    let here = store.begin_session(anna.id, noon()).await.expect("begun").token;
    let elsewhere = store.begin_session(anna.id, noon()).await.expect("begun").token;
    let new = Password::parse("another one").expect("a password");
    store.change_password(anna.id, &new, &here.key()).await.expect("changed");
    assert!(store.session(&here, noon()).await.expect("answer").is_some());
    assert!(store.session(&elsewhere, noon()).await.expect("answer").is_none());
    assert!(store.sign_in("101", "another one").await.expect("answer").is_some());
}

pub(crate) async fn a_session_lasts_thirty_days_after_its_last_use(store: Store) {
    let anna = add(&store, "anna", "101").await;
    let Begun { token, expires_at, .. } = store.begin_session(anna.id, noon()).await.expect("begun");
    assert_eq!(expires_at, noon() + time::Duration::days(30));
    let later = noon() + time::Duration::days(29);
    let session = store.session(&token, later).await.expect("answer").expect("in force");
    assert_eq!((session.user, session.expires_at), (anna, later + time::Duration::days(30)));
    let end = later + time::Duration::days(30);
    assert!(
        store
            .session(&token, end - time::Duration::seconds(1))
            .await
            .expect("answer")
            .is_some()
    );

    let unused = store.begin_session(session_user(&store).await, noon()).await.expect("begun").token;
    let over = noon() + time::Duration::days(30);
    assert!(store.session(&unused, over).await.expect("answer").is_none());
    assert_eq!(store.remove_expired_sessions(over).await.expect("removed"), [unused.key()]);
}

async fn session_user(store: &Store) -> UserId {
    store.users().await.expect("users").first().expect("somebody").id
}

pub(crate) async fn a_session_that_ended_is_over_at_once(store: Store) {
    let anna = add(&store, "anna", "101").await;
    let token = store.begin_session(anna.id, noon()).await.expect("begun").token;
    store.end_session(&token.key()).await.expect("ended");
    store.end_session(&token.key()).await.expect("ended already");
    assert!(store.session(&token, noon()).await.expect("answer").is_none());
}

pub(crate) async fn a_person_has_fifty_sessions_at_most(store: Store) {
    let anna = add(&store, "anna", "101").await;
    let (mut tokens, mut gave_way) = (Vec::new(), Vec::new());
    for i in 0..51 {
        let begun = store
            .begin_session(anna.id, noon() + time::Duration::seconds(i))
            .await
            .expect("begun");
        tokens.push(begun.token);
        gave_way.extend(begun.gave_way);
    }
    assert_eq!(gave_way, [tokens[0].key()]);
    let now = noon() + time::Duration::minutes(2);
    assert!(
        store.session(&tokens[0], now).await.expect("answer").is_none(),
        "the oldest gave way"
    );
    for token in &tokens[1..] {
        assert!(store.session(token, now).await.expect("answer").is_some());
    }
}

pub(crate) async fn the_last_administrator_stays(store: Store) {
    let boss = store
        .add_user(&new_user("boss", None, Role::Administrator), noon())
        .await
        .expect("added");
    let demote = UserChange {
        role: Some(Role::User),
        ..UserChange::default()
    };
    assert!(matches!(
        store.change_user(boss.id, &demote, noon()).await,
        Err(StoreError::LastAdministrator)
    ));
    assert!(matches!(store.remove_user(boss.id).await, Err(StoreError::LastAdministrator)));
    store
        .add_user(&new_user("deputy", None, Role::Administrator), noon())
        .await
        .expect("added");
    assert_eq!(store.change_user(boss.id, &demote, noon()).await.expect("changed").role, Role::User);
}

pub(crate) async fn an_extension_brings_a_browser_phone_once(store: Store) {
    let boss = store.add_user(&new_user("boss", None, Role::User), noon()).await.expect("added");
    assert!(store.devices(Some(boss.id)).await.expect("devices").is_empty());
    for extension in ["100", "200"] {
        let change = UserChange {
            extension: Some(Some(Extension::parse(extension).expect("one"))),
            ..UserChange::default()
        };
        store.change_user(boss.id, &change, noon()).await.expect("changed");
    }
    let devices = store.devices(Some(boss.id)).await.expect("devices");
    assert_eq!(devices.len(), 1);
    assert_eq!(
        (devices[0].sip_user.as_str(), devices[0].kind, &devices[0].ha1),
        ("100-web", DeviceKind::Browser, &None)
    );
}

pub(crate) async fn only_hashes_of_a_secret_are_kept(store: Store) {
    let anna = add(&store, "anna", "101").await;
    let secret = Secret::chosen("open sesame");
    let added = store.add_device(&desk(anna.id, "101-desk"), &secret, noon()).await.expect("added");
    let ha1 = added.ha1.clone().expect("hashes");
    assert_eq!(ha1, sip::agent::Ha1::new("101-desk", "farend", "open sesame"));
    assert_eq!(store.device(added.id).await.expect("there"), added);
    let directory = store.directory().await.expect("a directory");
    assert_eq!(
        directory.devices.iter().find(|d| d.id == added.id).and_then(|d| d.ha1.clone()),
        Some(ha1.clone())
    );

    store.set_secret(added.id, &Secret::random()).await.expect("changed");
    assert_ne!(store.device(added.id).await.expect("there").ha1, Some(ha1));
    store.remove_device(added.id).await.expect("removed");
    for refused in [store.remove_device(added.id).await, store.set_secret(added.id, &secret).await] {
        assert!(matches!(refused, Err(StoreError::NotFound("device"))));
    }
}

pub(crate) async fn a_removed_person_leaves_no_device_and_no_session(store: Store) {
    let anna = add(&store, "anna", "101").await;
    store
        .add_device(&desk(anna.id, "101-desk"), &Secret::random(), noon())
        .await
        .expect("added");
    let token = store.begin_session(anna.id, noon()).await.expect("begun").token;
    store.remove_user(anna.id).await.expect("removed");
    assert!(store.devices(None).await.expect("devices").is_empty());
    assert!(store.session(&token, noon()).await.expect("answer").is_none());
}

pub(crate) async fn every_change_counts_the_directory_up_even_at_the_same_time(store: Store) {
    let anna = add(&store, "anna", "101").await;
    let before = store.directory_version().await.expect("a version");
    let add = |i: usize| {
        let store = store.clone();
        tokio::spawn(async move {
            store
                .add_device(&desk(anna.id, &format!("101-{i}")), &Secret::random(), noon())
                .await
                .map(drop)
        })
    };
    for added in (0..20).map(add).collect::<Vec<_>>() {
        added.await.expect("no panic").expect("added");
    }
    assert_eq!(store.directory_version().await.expect("a version"), before + 20);
    assert_eq!(store.directory().await.expect("a directory").devices.len(), 21);
}

pub(crate) async fn feature_codes_can_be_remapped(store: Store) {
    let codes = async || store.features().await.expect("features");
    let usual = Feature::ALL.map(|feature| (feature.usual_code().to_owned(), feature));
    assert_eq!(codes().await, usual);
    let set = async |feature, code: &str| {
        let code = FeatureCode::parse(code).expect("a code");
        store.set_feature_code(feature, Some(&code)).await
    };
    set(Feature::EchoTest, "*99").await.expect("changed");
    // Codes can be swapped, one after the other.
    set(Feature::Music, "*43").await.expect("free now");
    let taken = store.set_feature_code(Feature::EchoTest, None).await;
    assert!(
        matches!(
            taken,
            Err(StoreError::Code(Clash::Feature {
                feature: Feature::Music,
                ..
            }))
        ),
        "{taken:?}"
    );
    store.set_feature_code(Feature::Music, None).await.expect("as usual");
    assert_eq!(codes().await[1], usual[1]);
    let beside = store.set_setting("feature.echo_test", "*98").await;
    assert!(
        matches!(beside, Err(StoreError::NotFound("setting"))),
        "nobody has looked whether it is free"
    );
    store.set_setting("ring_seconds_max", "25").await.expect("changed");
    let directory = store.directory().await.expect("a directory");
    assert_eq!(directory.features[0], ("*99".to_owned(), Feature::EchoTest));
    assert_eq!(directory.ring_seconds_max, 25);
}

pub(crate) async fn the_demo_company_is_seeded_once_and_its_secrets_can_be_set_anew(store: Store) {
    let seeded = store.seed_demo(&DemoSecrets::default(), noon()).await.expect("seeded");
    let password = seeded.password.expect("made up");
    let names = store.users().await.expect("users").into_iter().map(|u| u.login).collect::<Vec<_>>();
    assert_eq!(names, ["anna", "ben", "cleo", "admin"]);
    let mut phones = store
        .devices(None)
        .await
        .expect("devices")
        .into_iter()
        .map(|d| d.sip_user)
        .collect::<Vec<_>>();
    phones.sort();
    assert_eq!(
        phones,
        ["101-desk", "101-web", "102-desk", "102-web", "103-desk", "103-web", "desk-1"]
    );
    let directory = store.directory().await.expect("a directory");
    let told = (&directory.pick_up_groups[0], &directory.rooms[0], &directory.time_profiles[0]);
    assert_eq!((told.0.name.as_str(), told.0.members.len()), ("Office", 3));
    assert_eq!((told.1.extension.as_str(), told.1.pin.as_deref()), ("800", None));
    assert_eq!(told.2.region.as_deref(), Some("DE-BY"));
    for name in ["101", "ben", "admin"] {
        assert!(store.sign_in(name, password.reveal()).await.expect("answer").is_some());
    }

    // Nobody has seen the first ones: others take their place.
    let seeded = store.seed_demo(&DemoSecrets::default(), noon()).await.expect("seeded");
    let (password, pin) = (seeded.password.expect("made up anew"), seeded.pin.expect("made up anew"));
    store.demo_is_told().await.expect("told");
    let again = store.seed_demo(&DemoSecrets::default(), noon()).await.expect("seeded");
    assert!(!again.has_to_be_told(), "nothing new to print");
    assert_eq!(store.directory().await.expect("a directory").rooms, directory.rooms, "once");
    assert!(
        store
            .check_pin(store.user_named("ben").await.expect("answer").expect("there").id, pin.as_str())
            .await
            .expect("answer")
    );
    assert!(store.sign_in("101", password.reveal()).await.expect("answer").is_some());

    let given = DemoSecrets {
        password: Some(Password::for_demo("short")),
        sip_secret: Some(Secret::chosen("1234")),
        pin: Some(Pin::for_demo("4321").expect("a PIN")),
    };
    store.seed_demo(&given, noon()).await.expect("seeded");
    assert!(store.sign_in("103", "short").await.expect("answer").is_some());
    let desks = store
        .devices(None)
        .await
        .expect("devices")
        .into_iter()
        .filter(|d| d.kind == DeviceKind::DeskPhone)
        .map(|d| (d.ha1, Some(sip::agent::Ha1::new(&d.sip_user, "farend", "1234"))))
        .collect::<Vec<_>>();
    assert!(desks.len() == 4 && desks.iter().all(|(kept, given)| kept == given));
    let newest = async || store.audit(None, 1).await.expect("the log")[0].id;
    let before = newest().await;
    store.seed_demo(&given, noon()).await.expect("seeded");
    assert_eq!(newest().await, before, "nothing was changed");
    let teams = store.teams().await.expect("teams");
    assert_eq!((teams.len(), teams[0].extension.as_str(), teams[0].members.len()), (1, "200", 3));
    for (name, has_pin) in [("101", true), ("admin", false)] {
        let user = store.user_named(name).await.expect("answer").expect("there");
        assert_eq!(
            (user.has_pin, store.check_pin(user.id, "4321").await.expect("answer")),
            (has_pin, has_pin)
        );
    }
}
