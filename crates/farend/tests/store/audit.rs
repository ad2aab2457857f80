//! What the store promises about the audit log.

use farend::store::name::{Extension, Label, Login, Password, Pin, SipUser};
use farend::store::{AuditEntry, Author, DeviceChange, NewDevice, NewUser, Role, Secret, Store, StoreError, UserChange, Via, acting};
use model::UserId;
use serde_json::json;
use switchboard::core::{Guest, PhoneSeat, Remembered};
use switchboard::directory::{DeviceKind, LogOn};
use time::{Duration, OffsetDateTime};

use super::people::noon;

fn boss(at: OffsetDateTime) -> Author {
    Author {
        user: Some(UserId(7)),
        name: "Boss".to_owned(),
        via: Via::App,
        at,
    }
}

fn dora() -> NewUser {
    NewUser {
        login: Login::parse("dora").expect("a login"),
        name: Label::parse("Dora").expect("a name"),
        extension: Some(Extension::parse("104").expect("an extension")),
        role: Role::User,
        password: Password::parse("correct horse").expect("a password"),
    }
}

async fn log(store: &Store) -> Vec<AuditEntry> {
    store.audit(None, 100).await.expect("the log")
}

pub(crate) async fn the_log_says_who_has_changed_what(store: Store) {
    let change = UserChange {
        name: Some(Label::parse("Dora Doe").expect("a name")),
        password: Some(Password::parse("another horse").expect("a password")),
        ..UserChange::default()
    };
    let work = async {
        let dora = store.add_user(&dora(), noon()).await.expect("added").id;
        store.change_user(dora, &change, noon()).await.expect("changed");
        store.set_pin(dora, Some(&Pin::parse("4826").expect("a PIN"))).await.expect("set");
        let browser = store.devices(Some(dora)).await.expect("devices")[0].id;
        store.set_secret(browser, &Secret::chosen("open sesame")).await.expect("set");
    };
    acting(boss(noon()), work).await;

    let log = log(&store).await;
    assert!(log.iter().all(|entry| entry.author == boss(noon())), "{log:?}");
    let told: Vec<_> = log
        .iter()
        .rev()
        .map(|entry| (entry.action.as_str(), entry.subject.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("user.added", "Dora (104)"),
            ("user.changed", "Dora Doe (104)"),
            ("user.pin_set", "Dora Doe (104)"),
            ("device.secret_changed", "104-web"),
        ]
    );
    let changed = json!({ "name": { "from": "Dora", "to": "Dora Doe" }, "password": "changed" });
    assert_eq!(serde_json::Value::Object(log[2].details.clone()), changed);
    let all = format!("{log:?}");
    for secret in ["horse", "4826", "sesame", "argon2"] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
}

pub(crate) async fn what_changes_nothing_is_not_in_the_log(store: Store) {
    let dora = store.add_user(&dora(), noon()).await.expect("added").id;
    let desk = NewDevice {
        user: Some(dora),
        kind: DeviceKind::DeskPhone,
        label: Label::parse("Desk").expect("a label"),
        sip_user: SipUser::parse("104-desk").expect("a name"),
        shared: Some(LogOn::Everybody),
    };
    let desk = store.add_device(&desk, &Secret::random(), noon()).await.expect("added").id;
    let (before, version) = (log(&store).await.len(), store.directory_version().await.expect("a version"));
    let ringing = store.ringing(dora).await.expect("ringing");
    store.set_ringing(dora, &ringing).await.expect("set");
    store.set_pin(dora, None).await.expect("there was none");
    store.change_device(desk, &DeviceChange::default()).await.expect("changed");
    assert_eq!(store.directory_version().await.expect("a version"), version);

    // The owner logs off and comes back; that nobody is there twice is told once.
    for guest in [Guest::Nobody, Guest::LoggedOff, Guest::LoggedOff, Guest::Nobody, Guest::Nobody] {
        let seat = Remembered::Phone(PhoneSeat { device: desk, guest });
        store.remember(&seat, noon()).await.expect("remembered");
    }
    let told = log(&store).await;
    let told: Vec<_> = told[..told.len() - before]
        .iter()
        .rev()
        .map(|entry| (entry.action.as_str(), entry.author.user))
        .collect();
    assert_eq!(told, [("phone.logged_off", Some(dora)), ("phone.logged_on", Some(dora))]);
}

pub(crate) async fn what_was_not_done_is_not_in_the_log(store: Store) {
    store.add_user(&dora(), noon()).await.expect("added");
    let again = store.add_user(&dora(), noon()).await;
    assert!(matches!(again, Err(StoreError::Taken { .. })));
    assert!(store.remove_user(UserId(4711)).await.is_err());
    store.note("relay_secret", "0123456789").await.expect("noted");
    let log = log(&store).await;
    assert_eq!(log.len(), 1, "{log:?}");
    // Nobody has said who acts: the account that runs the program does.
    assert_eq!((log[0].author.user, log[0].author.via), (None, Via::CommandLine));
    assert!(!log[0].author.name.is_empty());
}

pub(crate) async fn the_log_is_read_page_by_page_and_forgets_after_a_year(store: Store) {
    let days = |days| noon() + Duration::days(days);
    for day in [0, 1, 300, 365] {
        let set = store.set_setting("ring_seconds_max", "30");
        acting(boss(days(day)), set).await.expect("set");
    }
    let at = |log: &[AuditEntry]| log.iter().map(|entry| entry.author.at).collect::<Vec<_>>();
    let newest = store.audit(None, 2).await.expect("the log");
    assert_eq!(at(&newest), [days(365), days(300)]);
    let older = store.audit(Some(newest[1].id), 2).await.expect("the log");
    assert_eq!(at(&older), [days(1), days(0)], "to the day");
    acting(boss(days(366) + Duration::SECOND), store.set_setting("ring_seconds_max", "40"))
        .await
        .expect("set");
    assert_eq!(at(&log(&store).await), [days(366) + Duration::SECOND, days(365), days(300)]);
}
