//! What the rows of recordings promise, whatever the database.

use farend::store::journal::Party;
use farend::store::{
    Hears, Listening, Recording, RecordingEnd, RecordingFilter, RecordingName, RecordingPermission, RecordingSettings, RecordingStage,
    Store, StoreError,
};
use model::{TeamId, UserId};
use switchboard::core::RecordingTrouble;
use switchboard::directory::{Announced, RecordedCalls, RecordingOf, RecordingRule, RecordingRuleId};
use time::Duration;

use super::people::{add as add_user, noon};

/// Somebody with this number.
async fn add(store: &Store, extension: &str) -> UserId {
    add_user(store, &format!("u{extension}"), extension).await.id
}

fn recording(run: u64, number: u64, own: Option<UserId>) -> Recording {
    let party = |user, number: &str| Party {
        user,
        number: number.to_owned(),
        name: format!("Name {number}"),
    };
    Recording {
        name: RecordingName { run, number },
        call_id: format!("{run}-{}", number / 2),
        is_by_rule: number.is_multiple_of(2),
        own: party(own, "101"),
        other: party(None, "+4989123"),
        started_at: noon() + Duration::minutes(i64::try_from(number).expect("few")),
        duration_ms: 0,
        stage: RecordingStage::Running,
        stopped: None,
        bytes: 0,
        path: format!("2026/11/{run}-{number}.frec"),
        delete_after: noon() + Duration::days(90),
    }
}

fn rule(whose: RecordingOf) -> RecordingRule {
    RecordingRule {
        id: RecordingRuleId(0),
        whose,
        calls: RecordedCalls::Outside,
        announced: Announced::Tone,
    }
}

/// Without the keys, which are given anew.
async fn rules(store: &Store) -> Vec<RecordingRule> {
    let rules = store.directory().await.expect("a directory").recordings.rules;
    rules
        .into_iter()
        .map(|rule| RecordingRule {
            id: RecordingRuleId(0),
            ..rule
        })
        .collect()
}

pub(crate) async fn settings_and_rules_come_back_as_they_were_written(store: Store) {
    let before = store.recording_settings().await.expect("settings");
    assert_eq!(
        (before.announced, before.keep_days, before.quota_mib),
        (Announced::Prompt, 90, 10_240)
    );
    assert_eq!(before.rules, []);
    let anna = add(&store, "101").await;
    let version = store.directory_version().await.expect("a version");
    let wanted = RecordingSettings {
        announced: Announced::Silently,
        keep_days: 30,
        quota_mib: 500,
        rules: vec![rule(RecordingOf::Person(anna)), rule(RecordingOf::Everybody)],
    };
    store.set_recording_settings(&wanted).await.expect("set");
    assert_eq!(rules(&store).await, wanted.rules, "in this order");
    assert!(store.directory_version().await.expect("a version") > version);
    let after = store.recording_settings().await.expect("settings");
    assert_eq!((after.announced, after.keep_days, after.quota_mib), (Announced::Silently, 30, 500));
    let lines = store.audit(None, 10).await.expect("lines").len();
    store.set_recording_settings(&wanted).await.expect("set");
    assert_eq!(store.audit(None, 10).await.expect("lines").len(), lines, "nothing has changed");

    let mut unknown = wanted.clone();
    unknown.rules.push(rule(RecordingOf::Team(TeamId(4_711))));
    let refused = store.set_recording_settings(&unknown).await;
    assert!(matches!(refused, Err(StoreError::NotFound("team"))), "{refused:?}");
    assert_eq!(rules(&store).await, wanted.rules, "all stay as they were");
    unknown.rules = vec![rule(RecordingOf::Everybody); 51];
    assert!(matches!(
        store.set_recording_settings(&unknown).await,
        Err(StoreError::TooMany { .. })
    ));
}

pub(crate) async fn a_rule_goes_with_whom_it_is_about(store: Store) {
    let (anna, ben) = (add(&store, "101").await, add(&store, "102").await);
    let mut wanted = store.recording_settings().await.expect("settings");
    wanted.rules = vec![rule(RecordingOf::Person(anna)), rule(RecordingOf::Person(ben))];
    store.set_recording_settings(&wanted).await.expect("set");
    store.remove_user(anna).await.expect("removed");
    assert_eq!(rules(&store).await, [rule(RecordingOf::Person(ben))]);
}

pub(crate) async fn permissions_reach_the_directory(store: Store) {
    let (anna, ben) = (add(&store, "101").await, add(&store, "102").await);
    assert_eq!(store.recording_permission(anna).await.expect("one"), RecordingPermission::default());
    let may = RecordingPermission {
        may_record: true,
        hears: Hears::Own,
    };
    store.set_recording_permission(anna, may).await.expect("set");
    assert_eq!(store.recording_permission(anna).await.expect("one"), may);
    let directory = store.directory().await.expect("a directory");
    let recorders: Vec<UserId> = directory.users.iter().filter(|user| user.may_record).map(|user| user.id).collect();
    assert_eq!(recorders, [anna]);
    let all = RecordingPermission {
        may_record: false,
        hears: Hears::All,
    };
    store.set_recording_permission(ben, all).await.expect("set");
    assert_eq!(store.hearers(Some(anna)).await.expect("hearers").len(), 2);
    assert_eq!(store.hearers(None).await.expect("hearers"), [ben]);
    let nobody = store.set_recording_permission(UserId(4_711), may).await;
    assert!(matches!(nobody, Err(StoreError::NotFound("user"))));
    let lines = store.audit(None, 2).await.expect("lines");
    assert_eq!(lines[1].action, "user.recording_changed");
    assert_eq!(lines[1].details["hears"], serde_json::json!({ "from": "none", "to": "own" }));
}

pub(crate) async fn a_recording_comes_back_as_it_was_written_and_ends_once(store: Store) {
    let new = recording(1, 7, Some(UserId(5)));
    for _repeated in 0..2 {
        store.add_recording(&new).await.expect("added");
    }
    assert_eq!(store.recording(new.name).await.expect("there"), new);
    let end = RecordingEnd {
        stage: RecordingStage::Complete,
        duration_ms: 65_000,
        bytes: 300_000,
        stopped: Some(RecordingTrouble::DiskFull),
    };
    store.end_recording(new.name, end).await.expect("ended");
    let late = RecordingEnd {
        stage: RecordingStage::CutShort,
        ..end
    };
    store.end_recording(new.name, late).await.expect("ended");
    let ended = store.recording(new.name).await.expect("there");
    assert_eq!(
        (ended.stage, ended.duration_ms, ended.bytes),
        (RecordingStage::Complete, 65_000, 300_000)
    );
    assert_eq!(ended.stopped, Some(RecordingTrouble::DiskFull));
    let usage = store.recording_usage().await.expect("usage");
    assert_eq!((usage.bytes, usage.count, usage.oldest), (300_000, 1, Some(new.started_at)));
    let odd = Recording {
        own: Party {
            user: None,
            number: "1\0".to_owned(),
            name: "x".repeat(500),
        },
        ..recording(1, 8, None)
    };
    store.add_recording(&odd).await.expect("odd letters stop nothing");
}

pub(crate) async fn recordings_are_read_newest_first_by_who_may_hear_them(store: Store) {
    let (anna, ben) = (UserId(1), UserId(2));
    for (run, number, own) in [(1, 9, anna), (1, 10, ben), (2, 1, anna), (2, 2, ben)] {
        store.add_recording(&recording(run, number, Some(own))).await.expect("added");
    }
    let names = async |filter: RecordingFilter, limit| -> Vec<String> {
        let found = store.recordings(&filter, limit).await.expect("recordings");
        found.iter().map(|recording| recording.name.to_string()).collect()
    };
    let all = RecordingFilter::default();
    assert_eq!(names(all.clone(), 10).await, ["2-2", "2-1", "1-10", "1-9"]);
    let own = RecordingFilter {
        own: Some(anna),
        ..all.clone()
    };
    assert_eq!(names(own.clone(), 10).await, ["2-1", "1-9"]);
    let before = RecordingFilter {
        before: Some(RecordingName { run: 2, number: 1 }),
        ..all.clone()
    };
    assert_eq!(names(before, 1).await, ["1-10"]);
    let call = RecordingFilter {
        call: Some("1-5".to_owned()),
        ..own
    };
    assert_eq!(names(call, 10).await, <[&str; 0]>::default(), "somebody else's");
    let begun = store.begin_run(noon()).await.expect("a run");
    assert_eq!(store.newest_run().await.expect("a run"), Some(begun));
    let expired = store
        .expired_recordings(noon() + Duration::days(91), begun, 10)
        .await
        .expect("expired");
    assert_eq!(expired.len(), 0, "what is being made stays");
    let later = store.begin_run(noon()).await.expect("a run");
    let expired = store
        .expired_recordings(noon() + Duration::days(91), later, 10)
        .await
        .expect("expired");
    assert!(!expired.is_empty(), "what a crash has left does not");
    assert!(
        expired
            .iter()
            .all(|recording| recording.name.run < later.number() && !recording.is_being_made(later))
    );
}

pub(crate) async fn of_a_call_the_newest_recording_counts(store: Store) {
    for (number, own) in [(2, 1), (3, 2), (4, 1)] {
        store.add_recording(&recording(1, number, Some(UserId(own)))).await.expect("added");
    }
    let calls: Vec<String> = (0..100).map(|call| format!("1-{call}")).collect();
    let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
    let found = store.recordings_of_calls(&calls, None).await.expect("found");
    let found: Vec<(String, String)> = found.into_iter().map(|(call, name)| (call, name.to_string())).collect();
    assert_eq!(
        found,
        [("1-1", "1-3"), ("1-2", "1-4")].map(|(call, name)| (call.to_owned(), name.to_owned()))
    );
    let own = store.recordings_of_calls(&calls, Some(UserId(1))).await.expect("found");
    assert_eq!(own["1-1"], RecordingName { run: 1, number: 2 });
    assert!(store.recordings_of_calls(&[], None).await.expect("found").is_empty());
}

pub(crate) async fn a_removed_persons_recordings_stay(store: Store) {
    let anna = add(&store, "101").await;
    store.add_recording(&recording(1, 1, Some(anna))).await.expect("added");
    store.remove_user(anna).await.expect("removed");
    let kept = store.recording(RecordingName { run: 1, number: 1 }).await.expect("there");
    assert_eq!((kept.own.user, kept.own.name.as_str()), (Some(anna), "Name 101"));
}

pub(crate) async fn a_deletion_is_in_the_log_and_so_is_listening(store: Store) {
    let there = recording(3, 1, None);
    store.add_recording(&there).await.expect("added");
    for listening in [Listening::Heard, Listening::Downloaded, Listening::Exported] {
        store.note_listening(&there, listening).await.expect("noted");
    }
    store.note_deletion(there.name).await.expect("noted");
    assert_eq!(store.recording(there.name).await.expect("there until its file is gone"), there);
    for _repeated in 0..2 {
        store.forget_recording(there.name).await.expect("forgotten");
    }
    assert!(matches!(
        store.note_deletion(there.name).await,
        Err(StoreError::NotFound("recording"))
    ));
    let lines = store.audit(None, 10).await.expect("lines");
    let lines: Vec<(&str, &str)> = lines.iter().map(|line| (line.action.as_str(), line.subject.as_str())).collect();
    let expected = ["deleted", "exported", "downloaded", "heard"].map(|deed| format!("recording.{deed}"));
    assert_eq!(lines, expected.each_ref().map(|action| (action.as_str(), "3-1")));
}
