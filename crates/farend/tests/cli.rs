//! The program from outside: exit status, what it prints where, what it says when something is wrong.

mod cli {
    mod call_features;
    mod doctor;
    mod recordings;
}

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use farend::config::Database;
use farend::store::{Cost, DemoSecrets, Store};
use serde_json::Value;
use tempfile::TempDir;

/// Runs the program with a line on its standard input.
fn farend(arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_farend"));
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("piped");
    // A program that does not read its input may have closed it.
    let _closed = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

/// What a command that works prints; it says nothing on standard error.
fn works(arguments: &[&str]) -> String {
    let output = farend(arguments, "");
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success() && err.is_empty(), "{arguments:?}: {err}");
    out
}

/// The one sentence of a command that fails; it prints nothing on standard output.
fn fails(arguments: &[&str], input: &str) -> String {
    let output = farend(arguments, input);
    assert_eq!(
        (output.status.code(), text(&output.stdout)),
        (Some(1), String::new()),
        "{arguments:?}"
    );
    let err = text(&output.stderr);
    assert!(err.starts_with("farend: ") && err.ends_with('\n'), "{err}");
    err.trim_start_matches("farend: ").trim_end().to_owned()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A data directory with the demo company.
async fn company() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).await;
    store
        .seed_demo(&DemoSecrets::default(), time::OffsetDateTime::now_utc())
        .await
        .expect("seeded");
    store.close().await;
    folder
}

async fn open(folder: &Path) -> Store {
    Store::open_with(&Database::Sqlite, folder, Cost::Weak).await.expect("a database")
}

#[tokio::test]
async fn a_person_added_can_sign_in_and_is_listed_until_removed() {
    let folder = company().await;
    let data = folder.path().to_str().expect("a path");
    let added = json(&works(&["user", "add", "104", "Dora Doe", "--json", "--data", data]));
    assert_eq!(
        (&added["login"], &added["extension"], &added["role"]),
        (&"dora".into(), &"104".into(), &"user".into())
    );
    let password = added["password"].as_str().expect("a password");
    let store = open(folder.path()).await;
    assert!(store.sign_in("104", password).await.expect("answer").is_some());

    let listed = json(&works(&["user", "list", "--json", "--data", data]));
    assert_eq!(listed["users"].as_array().map(Vec::len), Some(5));
    assert!(works(&["user", "list", "--data", data]).contains("104      dora             user           Dora Doe\n"));

    let output = farend(&["user", "password", "dora", "--password-stdin", "--data", data], "correct horse\n");
    assert!(
        output.status.success() && !text(&output.stdout).contains("Password"),
        "a given password is not repeated"
    );
    assert!(store.sign_in("104", "correct horse").await.expect("answer").is_some());

    assert_eq!(works(&["user", "remove", "104", "--data", data]), "Removed Dora Doe.\n");
    assert_eq!(store.users().await.expect("users").len(), 4);
}

#[tokio::test]
async fn a_device_added_has_a_secret_that_is_shown_once() {
    let folder = company().await;
    let data = folder.path().to_str().expect("a path");
    let added = json(&works(&[
        "device",
        "add",
        "101",
        "--label",
        "Kitchen",
        "--sip-user",
        "101-kitchen",
        "--json",
        "--data",
        data,
    ]));
    let secret = added["secret"].as_str().expect("a secret").to_owned();
    let store = open(folder.path()).await;
    let stored = async || {
        let devices = store.devices(None).await.expect("devices");
        devices
            .into_iter()
            .find(|device| device.sip_user == "101-kitchen")
            .expect("there")
            .ha1
    };
    assert_eq!(stored().await, Some(sip::agent::Ha1::new("101-kitchen", "farend", &secret)));
    let listed = works(&["device", "list", "--user", "101", "--data", data]);
    assert_eq!(listed.lines().count(), 3);
    assert!(!listed.contains(&secret));

    let output = farend(
        &["device", "secret", "101-kitchen", "--secret-stdin", "--data", data],
        "open sesame\n",
    );
    assert!(output.status.success());
    assert_eq!(stored().await, Some(sip::agent::Ha1::new("101-kitchen", "farend", "open sesame")));
    assert_eq!(
        works(&["device", "remove", "101-kitchen", "--data", data]),
        "Removed 101-kitchen.\n"
    );
}

#[tokio::test]
async fn every_refusal_says_what_to_do() {
    let folder = company().await;
    let data = folder.path().to_str().expect("a path");
    for (arguments, input, expected) in [
        (
            &["user", "add", "101", "Anna"][..],
            "",
            "the extension is taken; choose another one (`farend user list`, `farend team list`, `farend room list` and `farend menu list` show all)",
        ),
        (
            &["user", "add", "105", "Eve", "--login", "ben"],
            "",
            "the login is taken; choose another one with --login",
        ),
        (
            &["user", "add", "one", "Eve"],
            "",
            "one is not an extension: use digits only, 15 at most",
        ),
        (
            &["user", "add", "105", "Eve", "--password-stdin"],
            "short\n",
            "the password cannot be used: use 8 characters at least and 256 at most",
        ),
        (
            &["user", "remove", "199"],
            "",
            "nobody has the extension or login 199; `farend user list` shows everybody",
        ),
        (
            &["user", "remove", "admin"],
            "",
            "this is the last administrator; make somebody else one first (farend user add … --administrator)",
        ),
        (
            &["device", "add", "101"],
            "",
            "the SIP user name is taken; choose another one with --sip-user",
        ),
        (
            &["device", "remove", "101-boat"],
            "",
            "no device has the SIP user name 101-boat; `farend device list` shows all",
        ),
        (
            &["device", "secret", "101-desk", "--secret-stdin"],
            "short\n",
            "the secret cannot be used: use 8 characters at least and 128 at most",
        ),
    ] {
        let arguments = [arguments, &["--data", data]].concat();
        assert_eq!(fails(&arguments, input), expected, "{arguments:?}");
    }
    let empty = tempfile::tempdir().expect("a folder");
    let path = empty.path().to_str().expect("a path");
    assert_eq!(
        fails(&["user", "list", "--data", path], ""),
        format!("there is no farend.db in {path}; give the data directory of a server that has run with --data")
    );
    let nowhere = fails(&["user", "list", "--data", "/nowhere/at/all"], "");
    assert_eq!(
        nowhere,
        "there is no folder /nowhere/at/all; give the data directory of the server with --data"
    );
}

#[test]
fn check_tells_all_mistakes_of_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("farend.toml");
    let path = file.to_str().expect("a path");
    std::fs::write(&file, "[listen]\nportal = \"0.0.0.0:8802\"\n").expect("written");
    assert_eq!(works(&["check", "--config", path]), format!("{path}: nothing is wrong.\n"));
    std::fs::write(&file, "[listen]\nportal = 8802\n[log]\nlevel = \"loud\"\n").expect("written");
    let mistakes = fails(&["check", "--config", path], "");
    assert_eq!(
        mistakes.lines().collect::<Vec<_>>(),
        [
            format!("{path}:2: listen.portal: is a whole number, not a text; write a text in quotes, e.g. \"0.0.0.0:8802\""),
            format!("{path}:4: log.level: \"loud\" is not a choice; write one of \"error\", \"warn\", \"info\", \"debug\", \"trace\""),
        ]
    );
    std::fs::write(&file, "[tls]\ncertificate = \"absent.pem\"\nkey = \"absent-key.pem\"\n").expect("written");
    let unusable = fails(&["check", "--config", path], "");
    assert!(
        unusable.starts_with(&format!("{path}: [tls] cannot be used: cannot read a certificate from ")),
        "{unusable}"
    );
    std::fs::write(&file, "[stun]\nmode = \"always\"\n").expect("written");
    assert!(works(&["check", "--config", path]).ends_with("nothing is wrong.\n"));
    let missing = fails(&["check", "--config", "/nowhere/farend.toml"], "");
    assert_eq!(
        missing,
        "cannot read /nowhere/farend.toml: No such file or directory (os error 2); give the path of an existing file with --config"
    );
    assert_eq!(
        fails(&["serve", "--config", "/nowhere/farend.toml"], ""),
        missing,
        "serve says the same"
    );
}

#[tokio::test]
async fn the_database_is_closed_to_other_accounts() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let mode = |file: &str| std::fs::metadata(folder.path().join(file)).expect("there").permissions().mode() & 0o777;
    let store = open(folder.path()).await;
    for file in ["farend.db", "farend.db-wal", "farend.db-shm"] {
        assert_eq!(mode(file), 0o600, "{file}");
    }
    store.close().await;
    std::fs::set_permissions(folder.path().join("farend.db"), std::fs::Permissions::from_mode(0o644)).expect("changed");
    open(folder.path()).await.close().await;
    assert_eq!(mode("farend.db"), 0o600, "an older one is closed too");
}

/// A second server on the same data must not take the first one's calls for interrupted.
#[tokio::test]
async fn a_start_that_fails_leaves_the_journal_and_the_passwords_alone() {
    let folder = company().await;
    let data = folder.path().to_str().expect("a path");
    let store = open(folder.path()).await;
    let before = store.begin_run(time::OffsetDateTime::now_utc()).await.expect("begun");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let output = farend(&["demo", "--data", data, "--port", &port, "--sip-port", "0"], "");
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), String::new()));
    let error = text(&output.stderr);
    assert!(
        error.contains(&format!("cannot listen on TCP 127.0.0.1:{port}: another program uses it")),
        "{error}"
    );
    let after = store.begin_run(time::OffsetDateTime::now_utc()).await.expect("begun");
    assert_eq!(after.number(), before.number() + 1, "it began no run");
}

#[test]
fn arguments_that_make_no_sense_end_with_status_2_and_the_usage() {
    let output = farend(&["user", "add"], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("Usage: farend user add"));
}

#[test]
fn the_description_is_printed_as_it_is_kept() {
    assert_eq!(works(&["openapi"]), farend::api::openapi_json());
}

#[tokio::test]
async fn a_trunk_added_is_listed_without_its_password_until_removed() {
    let folder = company().await;
    let data = folder.path().to_str().expect("a path");
    let add = [
        "trunk",
        "add",
        "Example Telecom",
        "sip.example.com",
        "--user",
        "4989123450",
        "--password-stdin",
        "--number",
        "+498912345(100-199)",
        "--json",
        "--data",
        data,
    ];
    let output = farend(&add, "correct horse\n");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(json(&text(&output.stdout))["accounts"], serde_json::json!(["4989123450"]));
    let store = open(folder.path()).await;
    let trunks = store.trunks().await.expect("trunks");
    assert_eq!(trunks[0].terms.accounts[0].password, "correct horse");
    assert_eq!(store.numbers().await.expect("numbers")[0].trunk, Some(trunks[0].terms.id));

    for listed in [
        works(&["trunk", "list", "--json", "--data", data]),
        works(&["trunk", "list", "--data", data]),
    ] {
        assert!(listed.contains("Example Telecom") && !listed.contains("horse"), "{listed}");
    }
    assert_eq!(
        fails(&add, "correct horse\n"),
        "another trunk has this name; choose another one (`farend trunk list` shows all)"
    );
    let no_host = ["trunk", "add", "Other", "sip:example.com", "--data", data];
    assert_eq!(
        fails(&no_host, ""),
        "sip:example.com is not the name of a host: write it alone, such as sip.example.com"
    );
    assert_eq!(
        works(&["trunk", "remove", "Example Telecom", "--data", data]),
        "Removed Example Telecom.\n"
    );
    assert_eq!(
        fails(&["trunk", "remove", "Example Telecom", "--data", data], ""),
        "no trunk has the name Example Telecom; `farend trunk list` shows all"
    );
    assert_eq!(store.trunks().await.expect("trunks"), []);
}

#[tokio::test]
async fn a_profile_fills_what_is_not_given_of_a_trunk() {
    let folder = company().await;
    let data = folder.path().to_str().expect("a path");
    let add = [
        "trunk",
        "add",
        "Telekom",
        "--profile",
        "telekom",
        "--user",
        "4989123450",
        "--password-stdin",
        "--data",
        data,
    ];
    let output = farend(&add, "correct horse\n");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let own = [
        "trunk",
        "add",
        "Other",
        "proxy.example.com",
        "--profile",
        "telekom",
        "--stun",
        "stun.example.com:3479",
        "--data",
        data,
    ];
    works(&own);
    let none = ["trunk", "add", "Plain", "sip.example.com", "--json", "--data", data];
    assert_eq!(json(&works(&none))["stun"], json("null"));

    let trunks = open(folder.path()).await.trunks().await.expect("trunks");
    let told = |index: usize| {
        let terms = &trunks[index].terms;
        (terms.place.host.as_str(), terms.stun.as_ref().map(ToString::to_string))
    };
    assert_eq!(told(0), ("tel.t-online.de", Some("stun.t-online.de".to_owned())));
    assert_eq!(trunks[0].profile.as_deref(), Some("telekom"));
    assert_eq!(trunks[0].terms.domain, "tel.t-online.de");
    assert_eq!(
        told(1),
        ("proxy.example.com", Some("stun.example.com:3479".to_owned())),
        "what is given counts"
    );

    let unknown = fails(&["trunk", "add", "X", "--profile", "telecom", "--data", data], "");
    assert!(
        unknown.starts_with("no profile has the name telecom; known are ") && unknown.contains("telekom, "),
        "{unknown}"
    );
    assert_eq!(
        fails(&["trunk", "add", "X", "--profile", "generic", "--data", data], ""),
        "the profile generic knows no host: write it behind the name of the trunk"
    );
    let refused = farend(&["trunk", "add", "X", "sip.example.com", "--stun", "a b", "--data", data], "");
    assert!(
        !refused.status.success() && text(&refused.stderr).contains("is not a STUN server"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_shared_phone_is_added_and_changed() {
    let folder = company().await;
    let data = folder.path().to_str().expect("a path");
    let add = [
        "device",
        "add",
        "--shared",
        "--open-to",
        "101,ben",
        "--sip-user",
        "desk-2",
        "--json",
        "--data",
        data,
    ];
    let added = json(&works(&add));
    let store = open(folder.path()).await;
    let id = async |name: &str| store.user_named(name).await.expect("answer").expect("there").id.0;
    let people = serde_json::json!([id("101").await, id("102").await]);
    assert_eq!((&added["user_id"], &added["open_to"]), (&Value::Null, &people));
    let change = [
        "device",
        "change",
        "desk-2",
        "--owner",
        "cleo",
        "--open-to",
        "everybody",
        "--rings-after",
        "15",
        "--json",
        "--data",
        data,
    ];
    let changed = json(&works(&change));
    assert_eq!(
        (
            &changed["open_to"],
            &changed["rings"],
            &changed["rings_after_s"],
            &changed["user_id"]
        ),
        (&"everybody".into(), &"after".into(), &15.into(), &id("103").await.into())
    );
    let back = json(&works(&[
        "device",
        "change",
        "desk-2",
        "--nobody",
        "--not-shared",
        "--rings",
        "never",
        "--json",
        "--data",
        data,
    ]));
    assert_eq!(
        (&back["open_to"], &back["rings"], &back["user_id"]),
        (&Value::Null, &"never".into(), &Value::Null)
    );
    for (arguments, expected) in [
        (
            &["device", "change", "101-web", "--nobody"][..],
            "a browser phone belongs to one person; only desk phones can be shared, or nobody's",
        ),
        (
            &["device", "change", "desk-2", "--open-to", "199"],
            "nobody has the extension or login 199; `farend user list` shows everybody",
        ),
    ] {
        assert_eq!(fails(&[arguments, &["--data", data]].concat(), ""), expected);
    }
}

#[tokio::test]
async fn a_pin_is_given_made_up_or_taken_away() {
    let folder = company().await;
    let data = folder.path().to_str().expect("a path");
    let store = open(folder.path()).await;
    let anna = store.user_named("101").await.expect("answer").expect("there").id;
    let made_up = json(&works(&["user", "pin", "101", "--json", "--data", data]))["pin"]
        .as_str()
        .expect("a PIN")
        .to_owned();
    assert!(store.check_pin(anna, &made_up).await.expect("answer"));
    let output = farend(&["user", "pin", "anna", "--stdin", "--data", data], "4826\n");
    assert!(
        output.status.success() && !text(&output.stdout).contains("4826"),
        "a given PIN is not repeated"
    );
    assert!(store.check_pin(anna, "4826").await.expect("answer"));
    assert_eq!(
        fails(&["user", "pin", "101", "--stdin", "--data", data], "1111\n"),
        "the PIN cannot be used: this is one of the first that anybody would try: use digits without a pattern"
    );
    assert!(works(&["user", "pin", "101", "--remove", "--data", data]).ends_with("No PIN.\n"));
    assert!(!store.check_pin(anna, "4826").await.expect("answer"));
}

#[tokio::test]
async fn a_team_is_added_changed_and_removed_and_the_log_knows() {
    let folder = company().await;
    let data = folder.path().to_str().expect("a path");
    let added = json(&works(&[
        "team",
        "add",
        "210",
        "Support",
        "--members",
        "102,anna",
        "--line",
        "--json",
        "--data",
        data,
    ]));
    assert_eq!(
        (&added["has_line"], &added["order"], added["members"].as_array().map(Vec::len)),
        (&true.into(), &"all".into(), Some(2))
    );
    let change = [
        "team",
        "change",
        "210",
        "--to",
        "211",
        "--order",
        "in-turn",
        "--overflow",
        "103",
        "--no-line",
        "--data",
        data,
    ];
    assert_eq!(works(&change), "211      Support                  in_turn       102, 101\n");
    let listed = json(&works(&["team", "list", "--json", "--data", data]));
    let changed = &listed["teams"][1];
    assert_eq!(
        (&changed["turn_s"], &changed["overflow"], &changed["has_line"]),
        (&20.into(), &serde_json::json!({ "after_s": 30, "number": "103" }), &false.into())
    );
    for (arguments, expected) in [
        (
            &["team", "add", "101", "Taken"][..],
            "the extension is taken; choose another one (`farend user list`, `farend team list`, `farend room list` and `farend menu list` show all)",
        ),
        (&["team", "add", "212", "Twice", "--members", "101,anna"], "anna is named twice"),
        (
            &["team", "remove", "210"],
            "no team has the number 210; `farend team list` shows all",
        ),
        (
            &["team", "change", "211", "--overflow", "nobody's"],
            "nobody's is no number; write it as you would dial it",
        ),
    ] {
        assert_eq!(fails(&[arguments, &["--data", data]].concat(), ""), expected);
    }
    assert_eq!(works(&["team", "remove", "211", "--data", data]), "Removed Support.\n");

    let log = json(&works(&["audit", "--limit", "3", "--json", "--data", data]));
    let told: Vec<&Value> = log["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|entry| &entry["action"])
        .collect();
    assert_eq!(told, ["team.removed", "team.changed", "team.added"]);
    assert_eq!(
        log["entries"][1]["details"]["extension"],
        serde_json::json!({ "from": "210", "to": "211" })
    );
    let newest = works(&["audit", "--limit", "1", "--data", data]);
    assert!(
        newest.contains("command_line") && newest.ends_with("team.removed             Support\n"),
        "{newest}"
    );
}
