//! What the store promises, whatever the database.

use std::path::Path;
use std::time::{Duration, SystemTime};

use farend::store::journal::{Cursor, State, Verdict, Writer};
use farend::store::name::{Extension, Label, Login, Password, SipUser};
use farend::store::{DemoSecrets, Feature, NewDevice, NewUser, Role, RunId, Secret, Store, StoreError, User, UserChange};
use model::quality::{LegReport, StreamReport, Transport};
use model::{CallId, DeviceId, LegId, UserId};
use switchboard::core::{JournalEntry, Outcome, Party, Side};
use switchboard::directory::DeviceKind;
use time::OffsetDateTime;
use tokio::sync::mpsc;

const PASSWORD: &str = "correct horse";

/// Some moment; what matters is what comes after it.
fn noon() -> OffsetDateTime {
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

async fn add(store: &Store, login: &str, extension: &str) -> User {
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
        user,
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
    assert_eq!(taken("eve", "105").await, "sip_user", "the browser phone's name");
    assert!(store.user_named("eve").await.expect("answer").is_none(), "nothing half done");
    let again = store.add_device(&desk(anna.id, "105-web"), &Secret::random(), noon()).await;
    assert!(matches!(again, Err(StoreError::Taken { field: "sip_user" })));
    let nobody = store.add_device(&desk(UserId(4711), "nobody"), &Secret::random(), noon()).await;
    assert!(matches!(nobody, Err(StoreError::NotFound("user"))));
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
    ] {
        assert_eq!(store.sign_in(name, password).await.expect("answer"), None, "{name} {password}");
    }
}

pub(crate) async fn a_new_password_ends_all_sessions(store: Store) {
    let anna = add(&store, "anna", "101").await;
    let ben = add(&store, "ben", "102").await;
    let (annas, _) = store.begin_session(anna.id, noon()).await.expect("begun");
    let (bens, _) = store.begin_session(ben.id, noon()).await.expect("begun");
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
    let (here, _) = store.begin_session(anna.id, noon()).await.expect("begun");
    let (elsewhere, _) = store.begin_session(anna.id, noon()).await.expect("begun");
    let new = Password::parse("another one").expect("a password");
    store.change_password(anna.id, &new, &here.key()).await.expect("changed");
    assert!(store.session(&here, noon()).await.expect("answer").is_some());
    assert!(store.session(&elsewhere, noon()).await.expect("answer").is_none());
    assert!(store.sign_in("101", "another one").await.expect("answer").is_some());
}

pub(crate) async fn a_session_lasts_thirty_days_after_its_last_use(store: Store) {
    let anna = add(&store, "anna", "101").await;
    let (token, expires_at) = store.begin_session(anna.id, noon()).await.expect("begun");
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

    let (unused, _) = store.begin_session(session_user(&store).await, noon()).await.expect("begun");
    let over = noon() + time::Duration::days(30);
    assert!(store.session(&unused, over).await.expect("answer").is_none());
    assert_eq!(store.remove_expired_sessions(over).await.expect("removed"), [unused.key()]);
}

async fn session_user(store: &Store) -> UserId {
    store.users().await.expect("users").first().expect("somebody").id
}

pub(crate) async fn a_session_that_ended_is_over_at_once(store: Store) {
    let anna = add(&store, "anna", "101").await;
    let (token, _) = store.begin_session(anna.id, noon()).await.expect("begun");
    store.end_session(&token.key()).await.expect("ended");
    store.end_session(&token.key()).await.expect("ended already");
    assert!(store.session(&token, noon()).await.expect("answer").is_none());
}

pub(crate) async fn a_person_has_fifty_sessions_at_most(store: Store) {
    let anna = add(&store, "anna", "101").await;
    let mut tokens = Vec::new();
    for i in 0..51 {
        tokens.push(
            store
                .begin_session(anna.id, noon() + time::Duration::seconds(i))
                .await
                .expect("begun")
                .0,
        );
    }
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
    let (token, _) = store.begin_session(anna.id, noon()).await.expect("begun");
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
    assert_eq!(
        store.features().await.expect("features"),
        [("*43".to_owned(), Feature::EchoTest), ("*44".to_owned(), Feature::Music)]
    );
    store.set_setting("feature.echo_test", "*99").await.expect("changed");
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
    assert_eq!(phones, ["101-desk", "101-web", "102-desk", "102-web", "103-desk", "103-web"]);
    for name in ["101", "ben", "admin"] {
        assert!(store.sign_in(name, password.reveal()).await.expect("answer").is_some());
    }

    let again = store.seed_demo(&DemoSecrets::default(), noon()).await.expect("seeded");
    assert_eq!((again.password, again.sip_secret), (None, None), "nothing new to print");
    assert!(store.sign_in("101", password.reveal()).await.expect("answer").is_some());

    let given = DemoSecrets {
        password: Some(Password::for_demo("short")),
        sip_secret: Some(Secret::chosen("1234")),
    };
    store.seed_demo(&given, noon()).await.expect("seeded");
    assert!(store.sign_in("103", "short").await.expect("answer").is_some());
    let desk = store
        .devices(None)
        .await
        .expect("devices")
        .into_iter()
        .find(|d| d.sip_user == "102-desk")
        .expect("there");
    assert_eq!(desk.ha1, Some(sip::agent::Ha1::new("102-desk", "farend", "1234")));
}

fn party(user: Option<u64>, number: &str) -> Party {
    Party {
        user: user.map(UserId),
        device: user.map(|u| DeviceId(u * 10)),
        number: number.to_owned(),
        name: format!("Name {number}"),
    }
}

fn started(call: u64, caller: Party, called: Party) -> JournalEntry {
    JournalEntry::Started {
        call: CallId(call),
        caller,
        called,
    }
}

fn ended(call: u64, outcome: Outcome) -> JournalEntry {
    JournalEntry::Ended {
        call: CallId(call),
        outcome,
        reason: "caller hung up",
        legs: Vec::new(),
    }
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::from(noon()) + Duration::from_secs(seconds)
}

/// A writer, with the people whose journal changed.
async fn writer(store: &Store) -> (Writer, tokio::task::JoinHandle<()>, mpsc::UnboundedReceiver<Vec<UserId>>) {
    writer_of(store, store.begin_run(noon()).await.expect("begun"))
}

fn writer_of(store: &Store, run: RunId) -> (Writer, tokio::task::JoinHandle<()>, mpsc::UnboundedReceiver<Vec<UserId>>) {
    let (told, changes) = mpsc::unbounded_channel();
    let (writer, task) = Writer::start(store.clone(), run, move |users| drop(told.send(users.to_vec())));
    (writer, task, changes)
}

async fn write(store: &Store, entries: impl IntoIterator<Item = (u64, JournalEntry)>) {
    let (writer, task, _changes) = writer(store).await;
    for (seconds, entry) in entries {
        writer.write(entry, at(seconds));
    }
    let health = writer.health();
    drop(writer);
    task.await.expect("no panic");
    assert_eq!(health.lost(), 0);
}

pub(crate) async fn the_journal_tells_a_call_from_ring_to_end(store: Store) {
    let (writer, task, mut changes) = writer(&store).await;
    writer.write(started(1, party(Some(1), "101"), party(Some(2), "102")), at(0));
    assert_eq!(changes.recv().await, Some(vec![UserId(1), UserId(2)]));
    let call = store.calls(Some(UserId(2)), None, 10).await.expect("calls").calls.remove(0);
    assert_eq!(
        (call.state, call.caller.number.as_str(), call.called.name.as_str()),
        (State::Ringing, "101", "Name 102")
    );

    writer.write(
        JournalEntry::Answered {
            call: CallId(1),
            device: Some(DeviceId(20)),
        },
        at(4),
    );
    assert_eq!(changes.recv().await, Some(vec![UserId(1), UserId(2)]));
    assert_eq!(store.calls(None, None, 10).await.expect("calls").calls[0].state, State::Running);

    let stream = StreamReport {
        packets: 500,
        bytes: 80_000,
        lost: 3,
        jitter_ms: 1.26,
        silent_percent: Some(12.34),
        level_dbov: None,
        mos: Some(4.31),
    };
    let leg = |mos| LegReport {
        codec: Some("PCMA"),
        transport: Transport::Rtp,
        sent: StreamReport { mos: Some(mos), ..stream },
        received: stream,
        round_trip_ms: Some(f32::NAN),
        dropped: 0,
    };
    let legs = vec![
        (LegId(1), Side::Caller, Box::new(leg(4.2))),
        (LegId(2), Side::Called, Box::new(leg(3.7))),
    ];
    writer.write(
        JournalEntry::Ended {
            call: CallId(1),
            outcome: Outcome::Answered,
            reason: "caller hung up",
            legs,
        },
        at(14),
    );
    assert_eq!(changes.recv().await, Some(vec![UserId(1), UserId(2)]));
    let call = store.calls(None, None, 10).await.expect("calls").calls.remove(0);
    assert_eq!(
        (call.state, call.end_reason.as_deref(), call.answered_device),
        (State::Answered, Some("caller hung up"), Some(DeviceId(20)))
    );
    assert_eq!(
        call.ended_at.expect("ended") - call.answered_at.expect("answered"),
        time::Duration::seconds(10)
    );
    let quality = call.quality.expect("measured");
    assert_eq!((quality.mos, quality.verdict, quality.legs.len()), (Some(3.7), Verdict::Fair, 2));
    assert_eq!(
        (quality.legs[0].received.jitter_ms, quality.legs[0].received.silent_percent),
        (1.3, Some(12.3))
    );

    drop(writer);
    task.await.expect("no panic");
    assert_eq!(changes.recv().await, None, "one change, one notice");
}

pub(crate) async fn the_journal_is_read_page_by_page_without_a_gap(store: Store) {
    // Several in the same second: the id decides.
    let entries = (0..25).map(|i| (i / 4, started(i, party(Some(1), "101"), party(None, "*43"))));
    write(&store, entries).await;
    let mut seen = Vec::new();
    let mut before: Option<Cursor> = None;
    loop {
        let page = store.calls(Some(UserId(1)), before.as_ref(), 10).await.expect("calls");
        assert!(page.calls.len() <= 10);
        seen.extend(page.calls.into_iter().map(|call| (call.started_at, call.id)));
        match page.next {
            Some(next) => before = Cursor::parse(&next.text()),
            None => break,
        }
    }
    let mut sorted = seen.clone();
    sorted.sort_by(|a, b| b.cmp(a));
    sorted.dedup();
    assert_eq!((seen.len(), &seen), (25, &sorted));
}

pub(crate) async fn a_transferred_call_is_in_the_journal_of_who_got_it(store: Store) {
    write(
        &store,
        [
            (0, started(1, party(Some(1), "101"), party(Some(2), "102"))),
            (
                1,
                JournalEntry::Answered {
                    call: CallId(1),
                    device: None,
                },
            ),
            (
                2,
                JournalEntry::Transferred {
                    call: CallId(1),
                    by: party(Some(2), "102"),
                    to: party(Some(3), "103"),
                },
            ),
            (3, ended(1, Outcome::Answered)),
        ],
    )
    .await;
    let call = store.calls(Some(UserId(3)), None, 10).await.expect("calls").calls.remove(0);
    assert_eq!(call.transfers.len(), 1);
    assert_eq!(
        (call.transfers[0].by_number.as_str(), call.transfers[0].to.user),
        ("102", Some(UserId(3)))
    );
}

pub(crate) async fn calls_cut_off_by_a_crash_end_at_the_last_sign_of_life(store: Store) {
    let run = store.begin_run(noon()).await.expect("begun");
    let (writer, task, mut changes) = writer_of(&store, run);
    writer.write(started(1, party(Some(1), "101"), party(Some(2), "102")), at(0));
    writer.write(
        JournalEntry::Answered {
            call: CallId(1),
            device: None,
        },
        at(5),
    );
    writer.write(started(2, party(Some(1), "101"), party(Some(2), "102")), at(40));
    writer.write(started(3, party(Some(1), "101"), party(Some(2), "102")), at(1));
    writer.write(ended(3, Outcome::Busy), at(2));
    drop(writer);
    task.await.expect("no panic");
    changes.recv().await.expect("written");
    let alive = noon() + time::Duration::seconds(30);
    store.keep_alive(run, alive).await.expect("kept");

    store.begin_run(noon() + time::Duration::hours(1)).await.expect("begun");
    let calls = store.calls(None, None, 10).await.expect("calls").calls;
    let told = calls
        .iter()
        .map(|call| (call.state, call.ended_at.expect("an end") - noon()))
        .collect::<Vec<_>>();
    let expected = [
        (State::Interrupted, time::Duration::seconds(40)),
        (State::Busy, time::Duration::seconds(2)),
        (State::Interrupted, time::Duration::seconds(30)),
    ];
    assert_eq!(told, expected);
}

pub(crate) async fn odd_letters_from_peers_do_not_stop_the_journal(store: Store) {
    let mut odd = party(None, "1\0\r\n'; DROP TABLE calls; --");
    odd.name = "ß".repeat(1_000);
    write(
        &store,
        [(0, started(1, odd, party(Some(2), "102"))), (1, ended(1, Outcome::Cancelled))],
    )
    .await;
    let call = store.calls(Some(UserId(2)), None, 10).await.expect("calls").calls.remove(0);
    assert_eq!(
        (call.caller.number.as_str(), call.caller.name.chars().count()),
        ("1'; DROP TABLE calls; --", 128)
    );
    assert_eq!(call.state, State::Cancelled);
}

pub(crate) async fn nobody_elses_calls_are_in_the_journal(store: Store) {
    write(
        &store,
        [
            (0, started(1, party(Some(1), "101"), party(Some(2), "102"))),
            (1, ended(1, Outcome::NoAnswer)),
        ],
    )
    .await;
    for (of, expected) in [(Some(UserId(1)), 1), (Some(UserId(2)), 1), (Some(UserId(3)), 0), (None, 1)] {
        assert_eq!(store.calls(of, None, 10).await.expect("calls").calls.len(), expected, "{of:?}");
    }
}

/// SQLite only: another connection takes the table away for a while.
pub(crate) async fn journal_survives_failure(store: Store, file: &Path) {
    let (writer, task, mut changes) = writer(&store).await;
    sqlx::any::install_default_drivers();
    let other = sqlx::AnyPool::connect(&format!("sqlite://{}", file.display()))
        .await
        .expect("a second connection");
    sqlx::query("ALTER TABLE calls RENAME TO away")
        .execute(&other)
        .await
        .expect("renamed");
    let health = writer.health();
    for call in 0..100 {
        writer.write(started(call, party(Some(1), "101"), party(Some(2), "102")), at(call));
    }
    while !health.failing() {
        tokio::task::yield_now().await;
    }
    sqlx::query("ALTER TABLE away RENAME TO calls")
        .execute(&other)
        .await
        .expect("renamed");
    changes.recv().await.expect("written at last");
    drop(writer);
    task.await.expect("no panic");
    assert_eq!((health.failing(), health.lost(), health.written()), (false, 0, 100));
    assert_eq!(store.calls(None, None, 200).await.expect("calls").calls.len(), 100);
}
