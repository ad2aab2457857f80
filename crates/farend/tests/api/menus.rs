//! Menus, announcements and prompts.

use axum::body::Body;
use axum::http::Request;
use model::Language;
use serde_json::{Value, json};
use switchboard::directory::Choice;

use super::company::{Answer, Company, request};

/// Half a second of a tone, as a phone's recorder writes it.
fn wav(seconds: f32) -> Vec<u8> {
    let length = (seconds * 8_000.0) as u32 * 2;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(8_000_u32.to_le_bytes());
    file.extend(16_000_u32.to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend(length.to_le_bytes());
    for n in 0..length / 2 {
        let sample = (n as f32 * 0.4).sin() * 9_000.0;
        file.extend((sample as i16).to_le_bytes());
    }
    file
}

async fn send(company: &Company, token: &str, method: &str, path: &str, kind: &str, file: Vec<u8>) -> Answer {
    let (mut head, _) = request(token, method, path, &Value::Null).into_parts();
    head.headers.insert("content-type", kind.parse().expect("a type"));
    company.send(Request::from_parts(head, Body::from(file))).await
}

#[tokio::test]
async fn an_announcement_is_uploaded_played_renamed_and_removed() {
    let company = Company::new().await;
    let admin = company.sign_in("admin").await;
    let answer = send(
        &company,
        &admin,
        "POST",
        "/api/v1/announcements?name=Holidays",
        "audio/wav",
        wav(0.5),
    )
    .await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let added = answer.json();
    assert_eq!(
        (&added["name"], &added["duration_ms"], &added["used_by"]),
        (&json!("Holidays"), &json!(500), &json!([]))
    );
    let path = format!("/api/v1/announcements/{}", added["id"]);
    let audio = company.ask(&admin, "GET", &format!("{path}/audio"), Value::Null).await;
    assert_eq!(
        (audio.status.as_u16(), &audio.headers["content-type"]),
        (200, &"audio/ogg".parse().expect("a type"))
    );
    assert!(audio.bytes.starts_with(b"OggS"));
    assert_eq!(audio.headers["accept-ranges"], "bytes");
    let part = async |path: &str, range: &str| {
        let (mut head, _) = request(&admin, "GET", path, &Value::Null).into_parts();
        head.headers.insert("range", range.parse().expect("a range"));
        company.send(Request::from_parts(head, Body::empty())).await
    };
    let second = part(&format!("{path}/audio"), "bytes=28-35").await;
    assert_eq!((second.status.as_u16(), &second.bytes[..]), (206, &b"OpusHead"[..]));
    let length = audio.bytes.len();
    assert_eq!(second.headers["content-range"], format!("bytes 28-35/{length}").as_str());
    let behind = part(&format!("{path}/audio"), &format!("bytes={length}-")).await;
    assert_eq!(behind.status, 416);
    assert_eq!(behind.headers["content-range"], format!("bytes */{length}").as_str());
    let prompt = part("/api/v1/prompts/en/welcome/audio", "bytes=0-3").await;
    assert_eq!((prompt.status.as_u16(), &prompt.bytes[..]), (206, &b"OggS"[..]));

    // What was heard can be sent again, in another way.
    let mut form = b"--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nAgain\r\n".to_vec();
    form.extend(b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.ogg\"\r\n\r\n");
    form.extend(&audio.bytes);
    form.extend(b"\r\n--x--\r\n");
    let again = send(
        &company,
        &admin,
        "POST",
        "/api/v1/announcements",
        "multipart/form-data; boundary=x",
        form,
    )
    .await;
    assert_eq!(again.status, 201, "{}", again.text);
    assert_eq!(
        (&again.json()["name"], &again.json()["duration_ms"]),
        (&json!("Again"), &json!(500))
    );

    let renamed = company.ask(&admin, "PATCH", &path, json!({ "name": "Closed" })).await;
    assert_eq!((renamed.status.as_u16(), &renamed.json()["name"]), (200, &json!("Closed")));
    let replaced = send(&company, &admin, "PUT", &format!("{path}/audio"), "audio/x-wav", wav(0.75)).await;
    assert_eq!(replaced.json()["duration_ms"], 750, "{}", replaced.text);

    let menu = json!({ "name": "Night", "extension": "790", "greeting_id": added["id"] });
    let menu = company.ask(&admin, "POST", "/api/v1/menus", menu).await;
    assert_eq!(menu.status, 201, "{}", menu.text);
    let list = company.ask(&admin, "GET", "/api/v1/announcements", Value::Null).await.json();
    assert_eq!(list["announcements"][1]["used_by"], json!(["Night"]), "{list}");
    let refused = company.ask(&admin, "DELETE", &path, Value::Null).await;
    assert_eq!(refused.problem(), (409, "in-use".to_owned()));
    let menu = format!("/api/v1/menus/{}", menu.json()["id"]);
    assert_eq!(company.ask(&admin, "DELETE", &menu, Value::Null).await.status, 204);
    assert_eq!(company.ask(&admin, "DELETE", &path, Value::Null).await.status, 204);
    assert_eq!(company.ask(&admin, "GET", &format!("{path}/audio"), Value::Null).await.status, 404);
}

#[tokio::test]
async fn what_is_no_sound_is_refused_in_words() {
    let company = Company::new().await;
    let admin = company.sign_in("admin").await;
    let whole = wav(0.5);
    let silent = [&whole[..44], &vec![0; whole.len() - 44]].concat();
    let film = b"\x1A\x45\xDF\xA3".repeat(100);
    for (kind, file, reason, words) in [
        ("audio/mpeg", b"hello".repeat(100), "unknown_format", "no sound file"),
        ("text/plain", b"hello".to_vec(), "unknown_format", "no sound file"),
        ("audio/webm", film, "video", "a video"),
        ("audio/wav", wav(0.0), "silent", "no sound"),
        ("audio/wav", wav(11.0 * 60.0), "too_long", "11 minutes long, at most 10"),
        ("audio/wav", silent, "silent", "no sound"),
        ("audio/flac", b"fLaC\0\0\0\x22".to_vec(), "broken", "damaged"),
    ] {
        let refused = send(&company, &admin, "POST", "/api/v1/announcements?name=X", kind, file).await;
        assert_eq!(refused.problem(), (422, "not-audio".to_owned()), "{}", refused.text);
        assert_eq!(refused.json()["reason"], reason, "{}", refused.text);
        assert!(refused.text.contains(words), "{}", refused.text);
    }
    let nameless = send(&company, &admin, "POST", "/api/v1/announcements", "audio/wav", wav(0.5)).await;
    assert_eq!(nameless.problem(), (422, "invalid".to_owned()));
    assert_eq!(nameless.json().get("reason"), None);
    let large = send(
        &company,
        &admin,
        "POST",
        "/api/v1/announcements?name=X",
        "audio/wav",
        vec![0; 20_100_000],
    )
    .await;
    assert_eq!(large.problem(), (413, "too-large".to_owned()));
    let list = company.ask(&admin, "GET", "/api/v1/announcements", Value::Null).await.json();
    assert_eq!(list["announcements"], json!([]));
}

#[tokio::test]
async fn a_prompt_is_replaced_and_is_the_programs_own_again() {
    let company = Company::new().await;
    let admin = company.sign_in("admin").await;
    let find = async |name: &str, language: &str| {
        let list = company.ask(&admin, "GET", "/api/v1/prompts", Value::Null).await.json();
        let prompts = list["prompts"].as_array().expect("a list").clone();
        let found = prompts.into_iter().find(|it| it["name"] == name && it["language"] == language);
        found.expect("a prompt")
    };
    let own = find("welcome", "de").await;
    assert_eq!((&own["text"], &own["is_replaced"]), (&json!("Herzlich willkommen."), &json!(false)));
    assert!(own["duration_ms"].as_u64() > Some(500));
    let path = "/api/v1/prompts/de/welcome/audio";
    let own_audio = company.ask(&admin, "GET", path, Value::Null).await;
    assert_eq!(send(&company, &admin, "PUT", path, "audio/wav", wav(0.5)).await.status, 204);
    let replaced = find("welcome", "de").await;
    assert_eq!((&replaced["duration_ms"], &replaced["is_replaced"]), (&json!(500), &json!(true)));
    assert_eq!(find("welcome", "en").await["is_replaced"], false);
    assert_ne!(company.ask(&admin, "GET", path, Value::Null).await.bytes, own_audio.bytes);
    let long = send(&company, &admin, "PUT", path, "audio/wav", wav(61.0)).await;
    assert_eq!(long.problem(), (422, "not-audio".to_owned()));
    assert_eq!(long.json()["reason"], "prompt_too_long");
    assert_eq!(company.ask(&admin, "DELETE", path, Value::Null).await.status, 204);
    assert_eq!(company.ask(&admin, "GET", path, Value::Null).await.bytes, own_audio.bytes);
    let unknown = company.ask(&admin, "GET", "/api/v1/prompts/fr/welcome/audio", Value::Null).await;
    assert_eq!(unknown.problem(), (404, "not-found".to_owned()));

    let german = json!({ "language": "de" });
    assert_eq!(
        company.ask(&admin, "PUT", "/api/v1/prompts/language", german.clone()).await.json(),
        german
    );
    assert_eq!(company.directory().language, Language::German);
}

#[tokio::test]
async fn a_menu_is_made_changed_and_removed() {
    let company = Company::new().await;
    let admin = company.sign_in("admin").await;
    let hours = company.ask(&admin, "GET", "/api/v1/time-profiles", Value::Null).await.json()["time_profiles"][0]["id"].clone();
    let wanted = json!({
        "name": "Front desk", "extension": "790", "language": "en", "takes_extensions": true, "waits_s": 7,
        "keys": [
            { "key": "#", "choice": { "do": "again" } },
            { "key": "1", "choice": { "do": "number", "number": "101" } },
        ],
        "otherwise": { "do": "number", "number": "102" },
        "hours": { "profile_id": hours, "greeting_id": null, "then": { "do": "hang_up" } },
    });
    let answer = company.ask(&admin, "POST", "/api/v1/menus", wanted.clone()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let mut expected = wanted.clone();
    expected["keys"].as_array_mut().expect("keys").reverse();
    expected["greeting_id"] = Value::Null;
    expected["plays_max"] = json!(3);
    expected["id"] = answer.json()["id"].clone();
    assert_eq!(answer.json(), expected);
    let menus = company.ask(&admin, "GET", "/api/v1/menus", Value::Null).await.json();
    assert!(menus["menus"].as_array().expect("menus").contains(&expected), "{menus}");
    let known = company
        .directory()
        .menus
        .iter()
        .find(|menu| menu.extension == "790")
        .cloned()
        .expect("there");
    assert_eq!(known.otherwise, Choice::Number("102".to_owned()));

    let path = format!("/api/v1/menus/{}", expected["id"]);
    let change = json!({ "hours": null, "keys": [], "otherwise": { "do": "hang_up" }, "plays_max": 1 });
    let changed = company.ask(&admin, "PATCH", &path, change).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    assert_eq!(
        (&changed.json()["hours"], &changed.json()["name"]),
        (&Value::Null, &json!("Front desk"))
    );

    for (field, change) in [
        ("keys[0].key", json!({ "keys": [{ "key": "A", "choice": { "do": "again" } }] })),
        (
            "keys[0].choice.number",
            json!({ "keys": [{ "key": "1", "choice": { "do": "number", "number": "+49 30" } }] }),
        ),
        (
            "keys[1].key",
            json!({ "keys": [{ "key": "1", "choice": { "do": "again" } }, { "key": "1", "choice": { "do": "hang_up" } }] }),
        ),
        ("greeting_id", json!({ "greeting_id": 4711 })),
        (
            "hours.profile_id",
            json!({ "hours": { "profile_id": 4711, "greeting_id": null, "then": { "do": "again" } } }),
        ),
        ("waits_s", json!({ "waits_s": 31 })),
        ("plays_max", json!({ "plays_max": 0 })),
    ] {
        let refused = company.ask(&admin, "PATCH", &path, change).await;
        assert_eq!(refused.problem(), (422, "invalid".to_owned()), "{field}: {}", refused.text);
        assert_eq!(refused.json()["errors"][0]["field"], field, "{}", refused.text);
    }
    let nobody = json!({ "do": "number", "number": "4711" });
    let unheard = json!({ "do": "hear", "announcement_id": 4711 });
    let key = |key: &str, choice: &Value| json!({ "key": key, "choice": choice });
    let again = json!({ "do": "again" });
    let hours = |then: &Value| json!({ "profile_id": hours, "greeting_id": null, "then": then });
    for (field, sentence, change) in [
        (
            "keys[1].choice.number",
            "Key 2 leads to 4711, which is nobody's number here. Choose the number of a person, a team, a room or a menu.",
            json!({ "keys": [key("9", &again), key("2", &nobody)] }),
        ),
        (
            "keys[0].choice.announcement_id",
            "Key # plays an announcement that is not there. Choose another one.",
            json!({ "keys": [key("#", &unheard), key("2", &again)] }),
        ),
        (
            "otherwise.number",
            "Otherwise it leads to 4711, which is nobody's number here. Choose the number of a person, a team, a room or a menu.",
            json!({ "otherwise": nobody }),
        ),
        (
            "hours.then.number",
            "When closed it leads to 4711, which is nobody's number here. Choose the number of a person, a team, a room or a menu.",
            json!({ "hours": hours(&nobody) }),
        ),
    ] {
        let refused = company.ask(&admin, "PATCH", &path, change).await;
        assert_eq!(refused.problem(), (422, "invalid".to_owned()), "{field}: {}", refused.text);
        let told = refused.json();
        assert_eq!((&told["errors"][0]["field"], &told["detail"]), (&json!(field), &json!(sentence)));
        assert_eq!(told["errors"][0]["message"], sentence);
    }
    assert_eq!(
        company.ask(&admin, "PATCH", &path, json!({})).await.json(),
        changed.json(),
        "nothing half done"
    );
    let taken = company.ask(&admin, "PATCH", &path, json!({ "extension": "101" })).await;
    assert_eq!(taken.problem(), (409, "taken".to_owned()));
    assert_eq!(company.ask(&admin, "DELETE", &path, Value::Null).await.status, 204);
    assert_eq!(
        company.ask(&admin, "PATCH", &path, json!({})).await.problem(),
        (404, "not-found".to_owned())
    );
}

#[tokio::test]
async fn permissions_and_night_service_go_by_time_profiles() {
    let company = Company::new().await;
    let admin = company.sign_in("admin").await;
    let hours = company.ask(&admin, "GET", "/api/v1/time-profiles", Value::Null).await.json()["time_profiles"][0]["id"].clone();
    let path = format!("/api/v1/users/{}/calling", company.user("anna").await);
    let calling = json!({ "classes": ["free"], "windows": [], "profile_id": hours, "number": null, "hidden": false, "location": null });
    assert_eq!(company.ask(&admin, "PUT", &path, calling.clone()).await.json(), calling);
    assert_eq!(company.ask(&admin, "GET", &path, Value::Null).await.json(), calling);
    let mut unknown = calling;
    unknown["profile_id"] = json!(4711);
    let refused = company.ask(&admin, "PUT", &path, unknown).await;
    assert_eq!(refused.json()["errors"][0]["field"], "profile_id", "{}", refused.text);

    let team = company.ask(&admin, "GET", "/api/v1/teams", Value::Null).await.json()["teams"][0]["id"].clone();
    let path = format!("/api/v1/teams/{team}");
    let night = json!({ "day": [], "profile_id": hours, "number": "101" });
    let changed = company.ask(&admin, "PATCH", &path, json!({ "night": night })).await;
    assert_eq!(changed.json()["night"], night, "{}", changed.text);
    let never = json!({ "night": { "day": [], "profile_id": null, "number": "101" } });
    let refused = company.ask(&admin, "PATCH", &path, never).await;
    assert_eq!(refused.json()["errors"][0]["field"], "night.day", "{}", refused.text);
    let hours = format!("/api/v1/time-profiles/{hours}");
    assert_eq!(
        company.ask(&admin, "DELETE", &hours, Value::Null).await.problem(),
        (409, "in-use".to_owned())
    );
}
