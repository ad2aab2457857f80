//! What the journal promises, whatever the database.

use std::path::Path;
use std::time::{Duration, SystemTime};

use farend::store::journal::{Cursor, State, Verdict, Writer};
use farend::store::{RunId, Store};
use model::quality::{LegReport, StreamReport, Transport};
use model::{CallId, DeviceId, LegId, UserId};
use switchboard::core::{JournalEntry, Outcome, Party, Side};
use tokio::sync::mpsc;

use super::people::noon;

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
        concealed_percent: None,
        mos: Some(4.31),
    };
    let leg = |mos| LegReport {
        codec: Some("PCMA"),
        transport: Transport::Rtp,
        sent: StreamReport { mos: Some(mos), ..stream },
        received: stream,
        round_trip_ms: Some(f32::NAN),
        ..LegReport::default()
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

pub(crate) async fn a_call_for_help_keeps_the_place_of_then(store: Store) {
    let help = |call, location: Option<&str>| JournalEntry::Emergency {
        call: CallId(call),
        location: location.map(str::to_owned),
    };
    let entries = [
        (0, started(1, party(Some(1), "101"), party(None, "112"))),
        // In one transaction with the call's beginning, and told twice: a commit whose answer got lost.
        (0, help(1, Some("Main Street 1"))),
        (0, help(1, Some("Main Street 1"))),
        (1, started(2, party(Some(1), "101"), party(None, "110"))),
        (1, help(2, None)),
        (2, started(3, party(Some(1), "101"), party(Some(2), "102"))),
    ];
    write(&store, entries).await;
    let calls = store.calls(Some(UserId(1)), None, 10).await.expect("calls").calls;
    let told: Vec<_> = calls.iter().map(|call| (call.is_emergency, call.location.as_deref())).collect();
    assert_eq!(told, [(false, None), (true, None), (true, Some("Main Street 1"))]);
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

pub(crate) async fn a_forwarded_call_is_in_the_journal_of_all_who_have_forwarded_it(store: Store) {
    let forwarded = |by: (u64, &str), to: (u64, &str)| JournalEntry::Forwarded {
        call: CallId(1),
        by: party(Some(by.0), by.1),
        to: party(Some(to.0), to.1),
    };
    write(
        &store,
        [
            (0, started(1, party(None, "+4930777777"), party(Some(1), "101"))),
            // At once.
            (0, forwarded((1, "101"), (2, "102"))),
            (0, forwarded((2, "102"), (3, "103"))),
            (9, ended(1, Outcome::NoAnswer)),
        ],
    )
    .await;
    for user in 1..=3 {
        let call = store.calls(Some(UserId(user)), None, 10).await.expect("calls").calls.remove(0);
        let forwards: Vec<_> = call
            .transfers
            .iter()
            .map(|forward| (forward.by_number.as_str(), forward.to.user))
            .collect();
        assert_eq!(forwards, [("101", Some(UserId(2))), ("102", Some(UserId(3)))], "user {user}");
    }
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
pub(crate) async fn survives_a_database_that_fails(store: Store, file: &Path) {
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
