//! Calls that are recorded: who said what, who may hear it, and what is left after an accident.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lab::baresip::Setup;
use lab::listening::{browser_hears, desk_phone_hears, desk_phone_hears_speech};
use lab::process::run;
use lab::recorded::{Recorded, recording_once, recordings};
use lab::server::Session;
use lab::tone::{BROWSER_HZ, DESK_PHONE_HZ};
use lab::world::{Place, World};
use lab::{Baresip, Browser, Farend, isolated, wait};
use serde_json::{Value, json};

use lab::company::{BEN, SOON};

/// An accident takes no more of a recording than this, in seconds.
const LOST_MAX_S: f64 = 2.0;

/// A recorded call of Anna's browser with Ben's desk phone.
struct Scene {
    server: Farend,
    /// Anna by REST.
    hers: Session,
    anna: Browser,
    ben: Baresip,
}

/// They talk; Anna may record and hear what is hers.
fn talking(world: &World) -> Scene {
    let server = Farend::start(world).unwrap();
    let hers = server.sign_in("101").unwrap();
    let admin = server.sign_in("admin").unwrap();
    let own = hers.fetch("/api/v1/me").unwrap()["id"].clone();
    let permission = json!({"may_record": true, "hears": "own"});
    admin.put(&format!("/api/v1/users/{own}/recording"), &permission).unwrap();
    let ben = Baresip::start(world, Setup { answers: true, ..BEN }).unwrap();
    let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
    anna.sign_in(&server.origin(), "101").unwrap();
    anna.dial("102").unwrap();
    anna.wait_until_talking();
    browser_hears(&anna, DESK_PHONE_HZ);
    Scene { server, hers, anna, ben }
}

impl Scene {
    /// Presses the button; both are told.
    fn record(&self) {
        self.anna.click("button", "Record");
        desk_phone_hears_speech(&self.ben, &[BROWSER_HZ, DESK_PHONE_HZ]);
        wait::until_true("the call is being recorded", SOON, || self.anna.shows("button", "End recording"));
        desk_phone_hears(&self.ben, BROWSER_HZ);
        browser_hears(&self.anna, DESK_PHONE_HZ);
    }

    fn sql(&self, statement: &str) -> String {
        let database = self.server.data().join("farend.db");
        run(Command::new("sqlite3").arg(database).arg(statement)).unwrap()
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.server.data().join("recordings")];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push(path);
                }
            }
        }
        files
    }
}

/// Each side is heard in its own channel, and not in the other one.
#[track_caller]
fn each_has_its_channel(recorded: &Recorded, seconds: f64) {
    for (channel, hz, other_hz) in [
        (&recorded.own, BROWSER_HZ, DESK_PHONE_HZ),
        (&recorded.others, DESK_PHONE_HZ, BROWSER_HZ),
    ] {
        assert!(
            channel.has_steady_mix(&[hz], &[other_hz], seconds),
            "{hz} Hz and not {other_hz} Hz for {seconds} s: {}",
            channel.shares(&[hz, other_hz])
        );
    }
}

#[test]
fn each_side_of_a_recorded_call_is_in_its_own_channel_for_those_who_may_hear_it() {
    isolated(|world| {
        let scene = talking(world);
        scene.record();
        scene.anna.click("button", "End recording");
        let row = recording_once(&scene.hers, "complete");
        scene.anna.hang_up();
        scene.ben.wait_for("the call is over", SOON, "CALL_CLOSED");

        assert_eq!(
            (&row["by"], &row["own"]["number"], &row["other"]["number"]),
            (&json!("button"), &json!("101"), &json!("102"))
        );
        let id = row["id"].as_str().unwrap();
        let recorded = Recorded::download(&scene.hers, id).unwrap();
        each_has_its_channel(&recorded, 5.0);
        let duration_s = row["duration_ms"].as_f64().unwrap() / 1_000.0;
        assert!(
            (recorded.own.seconds() - duration_s).abs() < 0.2,
            "{} {duration_s}",
            recorded.own.seconds()
        );

        // A browser plays it, and knows how long it is.
        let script = format!(
            "new Promise((done, failed) => {{ const audio = new Audio('/api/v1/recordings/{id}/audio'); audio.muted = true;
              audio.onerror = () => failed(audio.error.message); audio.ontimeupdate = () => audio.currentTime > 0.5 && done(audio.duration); audio.play(); }})"
        );
        let played_s = scene.anna.evaluate(&script).unwrap().as_f64().unwrap();
        assert!((played_s - duration_s).abs() < 0.5, "{played_s} {duration_s}");
        let peaks = scene.hers.fetch(&format!("/api/v1/recordings/{id}/peaks")).unwrap();
        assert!(
            peaks["own"].as_array().unwrap().iter().any(|peak| peak.as_u64() > Some(50)),
            "{peaks}"
        );

        // On disk there is nothing to be heard.
        for file in scene.files() {
            let bytes = fs::read(&file).unwrap();
            assert!(
                !bytes.windows(4).any(|bytes| bytes == b"OggS"),
                "{} is not encrypted",
                file.display()
            );
        }

        // Ben was in that call, and may not hear it.
        let ben = scene.server.sign_in("102").unwrap();
        assert_eq!(recordings(&ben).unwrap(), Vec::<Value>::new());
        for path in ["audio", "peaks"] {
            assert_eq!(ben.download(&format!("/api/v1/recordings/{id}/{path}")).unwrap().0, 404);
        }
        assert!(ben.journal().unwrap().iter().all(|call| call["recording_id"].is_null()));
        assert_eq!(scene.hers.journal().unwrap()[0]["recording_id"], id);
    });
}

#[test]
fn a_recording_survives_a_crash_and_goes_when_its_time_is_over() {
    isolated(|world| {
        let mut scene = talking(world);
        scene.record();
        recording_once(&scene.hers, "running");
        let begun_ms: f64 = scene.sql("SELECT started_at FROM recordings").trim().parse().unwrap();
        let killed_at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        scene.server.kill();
        scene.server.restart().unwrap();

        let hers = scene.server.sign_in("101").unwrap();
        let row = recording_once(&hers, "cut_short");
        let recorded = Recorded::download(&hers, row["id"].as_str().unwrap()).unwrap();
        let lost_s = killed_at.as_secs_f64() - begun_ms / 1_000.0 - recorded.own.seconds();
        assert!(lost_s < LOST_MAX_S, "{lost_s} s are lost");
        each_has_its_channel(&recorded, 5.0);

        assert_eq!(scene.files().len(), 1);
        scene.server.process().signal("TERM").unwrap();
        scene.server.process().wait(Duration::from_secs(20));
        scene.sql("UPDATE recordings SET delete_after = 1");
        scene.server.restart().unwrap();
        let hers = scene.server.sign_in("101").unwrap();
        wait::until_true("the recording is gone", SOON, || {
            recordings(&hers).unwrap().is_empty() && scene.files().is_empty()
        });
    });
}

#[test]
fn a_full_disk_stops_a_recording_and_not_the_call() {
    isolated(|world| {
        let folder = world.folder().join("data/recordings");
        fs::create_dir_all(&folder).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=60m", "tmpfs"]).arg(&folder);
        run(&mut mount).unwrap();
        let scene = talking(world);
        scene.record();
        let filler = format!("of={}", folder.join("something-else").display());
        let filled = Command::new("dd").args(["if=/dev/zero", &filler, "bs=64k"]).output().unwrap();
        assert!(!filled.status.success(), "there was room for more");

        wait::until_true("the app says why it is not recorded any more", SOON, || {
            scene.anna.reads("The recording has stopped: the server’s disk is full.")
        });
        desk_phone_hears(&scene.ben, BROWSER_HZ);
        browser_hears(&scene.anna, DESK_PHONE_HZ);
        scene.anna.hang_up();
        scene.ben.wait_for("the call is over", SOON, "CALL_CLOSED");
        let rows = recordings(&scene.hers).unwrap();
        assert_eq!((rows.len(), &rows[0]["stopped"]), (1, &json!("disk_full")));
        let recorded = Recorded::download(&scene.hers, rows[0]["id"].as_str().unwrap()).unwrap();
        each_has_its_channel(&recorded, 4.0);
    });
}
