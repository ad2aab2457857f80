//! Rooms, pick-up groups and star codes by the command line.

use serde_json::{Value, json};

use crate::{company, fails, json, works};

#[tokio::test]
async fn a_room_is_added_listed_and_removed() {
    let folder = company().await;
    let data = folder.path().to_str().expect("a path");
    let add = [
        "room",
        "add",
        "810",
        "Board",
        "--pin",
        "4826",
        "--hosts",
        "anna,102",
        "--waits-for-host",
        "--no-tones",
        "--members-max",
        "5",
        "--json",
        "--data",
        data,
    ];
    let mut added = json(&works(&add));
    let hosts = added["host_ids"].as_array().map(Vec::len);
    (added["id"], added["host_ids"]) = (json!(0), json!([]));
    let expected = json!({
        "id": 0, "name": "Board", "extension": "810", "pin": "4826", "host_ids": [], "waits_for_host": true, "has_tones": false, "members_max": 5,
    });
    assert_eq!((added, hosts), (expected, Some(2)));
    assert_eq!(
        works(&["room", "list", "--data", data]),
        "800      Meeting room             no PIN\n810      Board                    4826          101, 102\n"
    );
    for (arguments, expected) in [
        (
            &["room", "add", "200", "Taken"][..],
            "the extension is taken; choose another one (`farend user list`, `farend team list`, `farend room list` and `farend menu list` show all)",
        ),
        (
            &["room", "add", "811", "Open", "--pin", "1234"],
            "the PIN cannot be used: this is one of the first that anybody would try: use digits without a pattern",
        ),
        (&["room", "add", "811", "Twice", "--hosts", "101,anna"], "anna is named twice"),
        (
            &["room", "remove", "811"],
            "no room has the number 811; `farend room list` shows all",
        ),
    ] {
        assert_eq!(fails(&[arguments, &["--data", data]].concat(), ""), expected);
    }
    assert_eq!(works(&["room", "remove", "810", "--data", data]), "Removed Board.\n");
}

#[tokio::test]
async fn a_pick_up_group_is_added_changed_and_removed() {
    let folder = company().await;
    let data = folder.path().to_str().expect("a path");
    let added = works(&["group", "add", "Hall", "--members", "102,anna", "--data", data]);
    assert_eq!(added, "Hall                     101, 102\n");
    let changed = json(&works(&["group", "change", "Hall", "--members", "103", "--json", "--data", data]));
    assert_eq!(
        (&changed["name"], changed["member_ids"].as_array().map(Vec::len)),
        (&json!("Hall"), Some(1))
    );
    assert_eq!(
        works(&["group", "list", "--data", data]),
        "Office                   101, 102, 103\nHall                     103\n"
    );
    for (arguments, expected) in [
        (
            &["group", "add", "Nobody", "--members", "199"][..],
            "nobody has the extension or login 199; `farend user list` shows everybody",
        ),
        (
            &["group", "remove", "Garden"],
            "no group is called Garden; `farend group list` shows all",
        ),
    ] {
        assert_eq!(fails(&[arguments, &["--data", data]].concat(), ""), expected);
    }
    works(&["group", "add", "Hall", "--data", data]);
    assert_eq!(
        fails(&["group", "remove", "Hall", "--data", data], ""),
        "several groups are called Hall; give them other names in the app"
    );
    assert_eq!(works(&["group", "remove", "Office", "--data", data]), "Removed Office.\n");
}

#[tokio::test]
async fn star_codes_are_listed() {
    let folder = company().await;
    let data = folder.path().to_str().expect("a path");
    let listed = works(&["features", "--data", data]);
    for line in [
        "*43          echo_test            Echo test\n",
        "*37[…]       call_back            Call back\n",
        "**EXT        pick_up              Pick up\n",
    ] {
        assert!(listed.contains(line), "{listed}");
    }
    let features = json(&works(&["features", "--json", "--data", data]));
    let park = json!({ "name": "park", "code": "*70", "usual_code": "*70", "takes": "maybe" });
    assert!(
        features["features"]
            .as_array()
            .is_some_and(|all| all.len() == 19 && all.contains(&park)),
        "{features}"
    );
}

#[tokio::test]
async fn a_menu_with_an_announcement_is_added_changed_and_removed() {
    let folder = company().await;
    let data = folder.path().to_str().expect("a path");
    let tone = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sounds/tone.mp3");
    let added = works(&["announcement", "add", "Merry Christmas", tone, "--data", data]);
    assert_eq!(added, "Merry Christmas                     1.0 s\n");
    let fails_with = |arguments: &[&str], why: &str| {
        let told = fails(arguments, "");
        assert!(told.contains(why), "{told}");
    };
    let video = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sounds/video.mp4");
    fails_with(&["announcement", "add", "Video", video, "--data", data], "this is a video");

    let add = [
        "menu",
        "add",
        "790",
        "Front desk",
        "--key",
        "2=102",
        "--key",
        "1=hear:Merry Christmas",
        "--otherwise",
        "101",
        "--extensions",
        "--data",
        data,
    ];
    let line = works(&add);
    assert!(
        line.ends_with("790      Front desk               1=hear:Merry Christmas 2=102 otherwise=101\n"),
        "{line}"
    );
    let listed = works(&["menu", "list", "--data", data]);
    assert!(listed.contains(&line), "what is listed can be written again: {listed}");
    let change = [
        "menu",
        "change",
        "790",
        "--greeting",
        "Merry Christmas",
        "--language",
        "de",
        "--json",
        "--data",
        data,
    ];
    let changed = json(&works(&change));
    assert_eq!(
        (&changed["language"], &changed["keys"][1]["choice"], &changed["takes_extensions"]),
        (&json!("de"), &json!("102"), &json!(true))
    );
    assert!(changed["greeting_id"].is_u64(), "{changed}");
    fails_with(
        &["menu", "change", "790", "--key", "1=0301234", "--data", data],
        "key 1 leads to 0301234, which is nobody's number here",
    );
    fails_with(&["menu", "change", "790", "--key", "A=101", "--data", data], "no key");
    fails_with(&["announcement", "remove", "Merry Christmas", "--data", data], "in use");
    let change = |terms: &[&str]| json(&works(&[&["menu", "change", "790", "--json", "--data", data][..], terms].concat()));
    let opened = change(&["--hours", "Office hours", "--closed-then", "102", "--name", "Desk"]);
    assert!(opened["profile_id"].is_u64(), "{opened}");
    assert_eq!(
        (&opened["closed_then"], &opened["name"], &opened["language"]),
        (&json!("102"), &json!("Desk"), &json!("de"))
    );
    let less = change(&[
        "--remove-key",
        "1",
        "--extensions",
        "false",
        "--greeting",
        "none",
        "--language",
        "none",
        "--hours",
        "none",
    ]);
    assert_eq!(less["keys"], json!([{ "key": "2", "choice": "102" }]));
    for taken_away in ["greeting_id", "language", "profile_id", "closed_then"] {
        assert_eq!(less[taken_away], Value::Null, "{taken_away}");
    }
    assert_eq!(less["takes_extensions"], false);
    fails_with(
        &["menu", "change", "790", "--remove-key", "1", "--data", data],
        "does nothing already",
    );
    fails_with(&["menu", "change", "790", "--closed-then", "101", "--data", data], "always open");
    assert_eq!(works(&["menu", "remove", "790", "--data", data]), "Removed Desk.\n");
    assert_eq!(
        works(&["announcement", "remove", "Merry Christmas", "--data", data]),
        "Removed Merry Christmas.\n"
    );
}

#[tokio::test]
async fn a_prompt_is_replaced_and_restored() {
    let folder = company().await;
    let data = folder.path().to_str().expect("a path");
    let tone = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sounds/tone.flac");
    let replaced = || {
        let list = json(&works(&["prompt", "list", "--json", "--data", data]));
        let prompts = list["prompts"].as_array().expect("a list").clone();
        (
            list["language"].clone(),
            prompts.iter().filter(|prompt| prompt["is_replaced"] == true).count(),
        )
    };
    works(&["prompt", "language", "de", "--data", data]);
    works(&["prompt", "replace", "welcome", "de", tone, "--data", data]);
    assert_eq!(replaced(), (json!("de"), 1));
    assert_eq!(
        works(&["prompt", "restore", "welcome", "de", "--data", data]),
        "“Herzlich willkommen.” is said again.\n"
    );
    assert_eq!(replaced(), (json!("de"), 0));
    let nothing = fails(&["prompt", "replace", "welcome", "de", "/nonexistent.wav", "--data", data], "");
    assert!(nothing.contains("cannot be read"), "{nothing}");
}
