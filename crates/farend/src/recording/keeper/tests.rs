use super::*;
use crate::recording::vault::{Piece, Sealer, path};
use crate::store::Hears;
use crate::store::journal::Party;
use crate::store::{DemoSecrets, RecordingPermission};

/// 2026-11-26 12:00 UTC.
const BEGUN: OffsetDateTime = OffsetDateTime::UNIX_EPOCH.saturating_add(time::Duration::seconds(1_795_694_400));

/// One of the first run that is being made.
pub(crate) fn recording(number: u64) -> Recording {
    let party = |user: u64, number: &str| Party {
        user: Some(UserId(user)),
        number: number.to_owned(),
        name: format!("Name {number}"),
    };
    let name = RecordingName { run: 1, number };
    Recording {
        name,
        call_id: format!("1-{number}"),
        is_by_rule: false,
        own: party(1, "101"),
        other: party(2, "102"),
        started_at: BEGUN,
        duration_ms: 0,
        stage: RecordingStage::Running,
        stopped: None,
        bytes: 0,
        path: path(name, BEGUN),
        delete_after: BEGUN,
    }
}

struct Scene {
    folder: tempfile::TempDir,
    store: Store,
    vault: Vault,
    live: Live,
    keeper: Keeper,
    /// The first one.
    run: RunId,
}

impl Scene {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::in_memory().await.unwrap();
        store.seed_demo(&DemoSecrets::default(), OffsetDateTime::now_utc()).await.unwrap();
        let vault = Vault::open(folder.path(), None, &store).await.unwrap();
        let live = Live::new(drop);
        Self {
            run: store.begin_run(BEGUN).await.unwrap(),
            keeper: Keeper::new(store.clone(), vault.clone(), live.clone()),
            folder,
            store,
            vault,
            live,
        }
    }

    fn begin(&self, recording: &Recording) -> Sealer {
        let medium = self.vault.create(&recording.path).unwrap();
        Sealer::begin(medium, self.vault.key().unwrap(), recording.name, 0).unwrap()
    }

    async fn finished(&mut self, number: u64) -> Recording {
        let recording = recording(number);
        let mut sealer = self.begin(&recording);
        sealer.finish(&piece()).unwrap();
        self.keeper.write(&Written::Began(Box::new(recording.clone()))).await;
        let end = RecordingEnd {
            stage: RecordingStage::Complete,
            duration_ms: 1_000,
            bytes: sealer.bytes(),
            stopped: None,
        };
        let own = recording.own.user;
        self.keeper
            .write(&Written::Ended {
                name: recording.name,
                own,
                end,
            })
            .await;
        self.store.recording(recording.name).await.unwrap()
    }
}

fn piece() -> Piece {
    Piece {
        audio: vec![1; 500],
        peaks: vec![[1, 2]; 10],
    }
}

#[tokio::test]
async fn what_a_crash_has_left_gets_its_end_and_length() {
    let scene = Scene::new().await;
    let (first, second) = (scene.run, recording(1));
    assert_eq!(first.number(), 1);
    scene.store.add_recording(&second).await.unwrap();
    scene.store.add_recording(&recording(2)).await.unwrap();
    let mut sealer = scene.begin(&second);
    sealer.append(&piece()).unwrap();
    sealer.append(&piece()).unwrap();
    scene.keeper.mend(first).await.unwrap();
    assert_eq!(
        scene.store.recording(second.name).await.unwrap().stage,
        RecordingStage::Running,
        "of this run"
    );

    let run = scene.store.begin_run(BEGUN).await.unwrap();
    scene.keeper.mend(run).await.unwrap();
    let mended = scene.store.recording(second.name).await.unwrap();
    assert_eq!((mended.stage, mended.duration_ms), (RecordingStage::CutShort, 2_000));
    assert!(mended.bytes > sealer.bytes());
    assert_eq!(scene.vault.figures().kept_bytes.load(Ordering::Relaxed), mended.bytes);
    assert_eq!(scene.vault.read(&mended).unwrap().peaks().unwrap().len(), 20);
    let without_file = scene.store.recording(recording(2).name).await.unwrap();
    assert_eq!((without_file.stage, without_file.duration_ms), (RecordingStage::CutShort, 0));
}

#[tokio::test]
async fn recordings_are_deleted_when_their_time_is_over_and_not_before() {
    let mut scene = Scene::new().await;
    let kept = scene.finished(1).await;
    assert_eq!(kept.delete_after, BEGUN + time::Duration::days(90));
    scene
        .keeper
        .purge(scene.run, kept.delete_after - time::Duration::SECOND)
        .await
        .unwrap();
    assert!(scene.vault.read(&kept).is_ok());
    scene.keeper.purge(scene.run, kept.delete_after).await.unwrap();
    assert!(matches!(scene.store.recording(kept.name).await, Err(StoreError::NotFound(_))));
    assert!(matches!(scene.vault.read(&kept), Err(VaultError::Unreadable(_))));
    assert_eq!(scene.vault.figures().kept_bytes.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_shorter_time_counts_for_recordings_that_are_there() {
    let mut scene = Scene::new().await;
    let kept = scene.finished(1).await;
    let mut settings = scene.store.recording_settings().await.unwrap();
    settings.keep_days = 2;
    scene.store.set_recording_settings(&settings).await.unwrap();
    scene.keeper.purge(scene.run, BEGUN + time::Duration::days(2)).await.unwrap();
    assert!(scene.store.recording(kept.name).await.is_err());
}

#[tokio::test]
async fn more_than_one_page_of_them_is_deleted_at_once() {
    let scene = Scene::new().await;
    for number in 0..u64::from(PURGE_MAX) + 5 {
        let ended = Recording {
            stage: RecordingStage::Complete,
            ..recording(number)
        };
        scene.store.add_recording(&ended).await.unwrap();
    }
    scene.keeper.purge(scene.run, BEGUN).await.unwrap();
    assert_eq!(scene.store.recording_usage().await.unwrap().count, 0);
}

#[tokio::test]
async fn those_who_may_hear_it_are_told_and_nobody_else() {
    let mut scene = Scene::new().await;
    let users = scene.store.users().await.unwrap();
    for (user, hears) in [(&users[0], Hears::Own), (&users[1], Hears::Own), (&users[2], Hears::All)] {
        let permission = RecordingPermission { may_record: false, hears };
        scene.store.set_recording_permission(user.id, permission).await.unwrap();
    }
    let mut watchers: Vec<_> = users.iter().map(|user| scene.live.watch_own(user.id)).collect();
    let mut ended = recording(1);
    ended.own.user = Some(users[0].id);
    let end = RecordingEnd {
        stage: RecordingStage::Complete,
        duration_ms: 1,
        bytes: 1,
        stopped: None,
    };
    let (name, own) = (ended.name, ended.own.user);
    scene.keeper.write(&Written::Began(Box::new(ended))).await;
    scene.keeper.write(&Written::Ended { name, own, end }).await;
    let told: Vec<bool> = watchers.iter_mut().map(|watcher| watcher.try_recv().is_ok()).collect();
    assert_eq!(told, [true, false, true, false]);
}

#[tokio::test]
async fn the_alarm_is_raised_once_and_ends() {
    let mut scene = Scene::new().await;
    let (_, mut news) = scene.live.watch();
    let mut settings = scene.store.recording_settings().await.unwrap();
    let kept = scene.finished(1).await;
    while news.try_recv().is_ok() {}
    // As if there were a hundred mebibytes of them.
    let large = Recording {
        bytes: 100 << 20,
        stage: RecordingStage::Complete,
        ..recording(2)
    };
    scene.store.add_recording(&large).await.unwrap();
    settings.quota_mib = 100;
    scene.store.set_recording_settings(&settings).await.unwrap();
    let mut states = Vec::new();
    for forget in [None, None, Some(large.name), Some(kept.name)] {
        if let Some(name) = forget {
            scene.store.forget_recording(name).await.unwrap();
        }
        scene.keeper.look().await.unwrap();
        while let Ok(told) = news.try_recv() {
            if let crate::api::News::RecordingStorage(storage) = &*told {
                states.push(storage.state);
            }
        }
    }
    assert_eq!(states, [StorageState::Full, StorageState::Fine]);
}

#[tokio::test]
async fn what_a_crash_has_left_and_nobody_can_close_is_deleted_all_the_same() {
    let scene = Scene::new().await;
    for number in [1, 2] {
        let left = recording(number);
        scene.store.add_recording(&left).await.unwrap();
        let other_key = crate::recording::vault::Key::random();
        let medium = scene.vault.create(&left.path).unwrap();
        Sealer::begin(medium, &other_key, left.name, 0).unwrap();
    }
    let (first, second) = (recording(1), recording(2));
    let delete = |run| delete(&scene.store, &scene.vault, &scene.live, run, first.clone());
    assert!(matches!(delete(scene.run).await, Err(DeleteError::Store(StoreError::InUse(_)))));
    scene.keeper.purge(scene.run, BEGUN).await.unwrap();
    assert!(scene.store.recording(second.name).await.is_ok(), "of this run");

    let run = scene.store.begin_run(BEGUN).await.unwrap();
    scene.keeper.mend(run).await.unwrap();
    assert_eq!(scene.store.recording(first.name).await.unwrap().stage, RecordingStage::Running);
    delete(run).await.unwrap();
    scene.keeper.purge(run, BEGUN).await.unwrap();
    assert_eq!(scene.store.recording_usage().await.unwrap().count, 0);
    assert!(scene.vault.remove(&second).is_ok() && scene.vault.read(&second).is_err());
}

#[tokio::test]
async fn files_of_earlier_runs_that_no_row_names_are_removed_at_the_start_and_nothing_else() {
    let mut scene = Scene::new().await;
    let named = scene.finished(1).await;
    let folder = scene.folder.path().join("recordings/2026/11");
    let path = |file: &str| folder.join(file);
    let ours = ["1-2.frec", "1-3-1795694400000.frec"];
    let kept = ["2-1.frec", "1-2.frec.bak", "notes.txt", "1-x.frec", "-1-2.frec"];
    for file in ours.iter().chain(&kept) {
        std::fs::write(path(file), "sound").unwrap();
    }
    std::fs::create_dir(path("1-9.frec")).unwrap();
    std::fs::write(scene.folder.path().join("recordings/1-4.frec"), "elsewhere").unwrap();
    scene.keeper.sweep(scene.run).await.unwrap();
    assert!(ours.iter().all(|file| path(file).exists()), "of this run");

    let run = scene.store.begin_run(BEGUN).await.unwrap();
    scene.keeper.sweep(run).await.unwrap();
    assert!(ours.iter().all(|file| !path(file).exists()));
    assert!(kept.iter().all(|file| path(file).exists()) && path("1-9.frec").exists());
    assert!(scene.folder.path().join("recordings/1-4.frec").exists());
    assert!(scene.vault.read(&named).is_ok());
}

#[tokio::test]
async fn the_quota_that_is_enforced_is_the_one_that_is_shown() {
    let mut scene = Scene::new().await;
    let (first, second) = (scene.finished(1).await, scene.finished(2).await);
    let kept_bytes = &scene.vault.figures().kept_bytes;
    assert_eq!(kept_bytes.load(Ordering::Relaxed), first.bytes + second.bytes);
    for _again in 0..2 {
        scene.vault.remove(&first).unwrap();
        assert_eq!(
            kept_bytes.load(Ordering::Relaxed),
            second.bytes,
            "what is gone already does not count again"
        );
    }
    // The command line deletes the other one.
    scene.store.forget_recording(first.name).await.unwrap();
    scene.store.forget_recording(second.name).await.unwrap();
    scene.keeper.look().await.unwrap();
    assert_eq!(scene.vault.figures().kept_bytes.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_recording_that_goes_is_in_the_audit_log_before_its_file_is_gone() {
    let mut scene = Scene::new().await;
    let kept = scene.finished(1).await;
    let mut unlucky = kept.clone();
    // A folder cannot be removed like a file.
    unlucky.path = "2026/11".to_owned();
    let failed = delete(&scene.store, &scene.vault, &scene.live, scene.run, unlucky).await;
    assert!(matches!(failed, Err(DeleteError::File(_))));
    let lines = scene.store.audit(None, 1).await.unwrap();
    assert_eq!((lines[0].action.as_str(), lines[0].subject.as_str()), ("recording.deleted", "1-1"));
    assert!(
        scene.store.recording(kept.name).await.is_ok(),
        "nothing is forgotten that is still there"
    );
    delete(&scene.store, &scene.vault, &scene.live, scene.run, kept.clone())
        .await
        .unwrap();
    assert!(scene.vault.read(&kept).is_err() && scene.store.recording(kept.name).await.is_err());
}

#[tokio::test]
async fn a_run_whose_number_was_there_before_makes_files_of_its_own() {
    let scene = Scene::new().await;
    let first = recording(1);
    let later = BEGUN + time::Duration::MINUTE;
    let second = Recording {
        started_at: later,
        path: path(first.name, later),
        ..first.clone()
    };
    drop(scene.begin(&first));
    drop(scene.begin(&second));
    assert!(scene.vault.read(&first).is_ok() && scene.vault.read(&second).is_ok());
}

#[tokio::test]
async fn a_recording_that_only_its_row_does_not_know_of_is_complete() {
    let scene = Scene::new().await;
    let left = recording(1);
    scene.store.add_recording(&left).await.unwrap();
    scene.begin(&left).finish(&piece()).unwrap();
    scene.keeper.mend(scene.store.begin_run(BEGUN).await.unwrap()).await.unwrap();
    let mended = scene.store.recording(left.name).await.unwrap();
    assert_eq!((mended.stage, mended.duration_ms), (RecordingStage::Complete, 1_000));
}
