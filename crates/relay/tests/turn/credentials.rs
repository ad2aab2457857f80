//! Credentials: of one user, until a time, and checked with every request.

use std::time::Duration;

use relay::stun::{attribute, method};
use relay::{Client, NONCE_LIFE, Refusal, Relayed, Secret};

use super::client::{BEGIN_UNIX_S, MEDIA, REALM, Turn, address};

fn code_with(turn: &mut Turn, username: &str, key: &[u8]) -> u16 {
    let request = turn.bare(method::ALLOCATE, |request| {
        request.attribute(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
    });
    let challenge = turn.reply(&request);
    let nonce = challenge.message().find(attribute::NONCE).expect("a nonce").value.to_vec();
    let request = turn.bare(method::ALLOCATE, |request| {
        request
            .attribute(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0])
            .attribute(attribute::USERNAME, username.as_bytes())
            .attribute(attribute::REALM, REALM.as_bytes())
            .attribute(attribute::NONCE, &nonce)
            .integrity(key);
    });
    turn.reply(&request).code()
}

#[test]
fn a_credential_is_its_users_alone() {
    let mut turn = Turn::new();
    let ours = turn.credential.clone();
    let key = ours.key(REALM);
    let later = format!("{}:7", BEGIN_UNIX_S + 7200);
    for username in [
        "",
        "7",
        &later,
        &ours.username.replace(":7", ":8"),
        &ours.username.replace(":7", ":70"),
    ] {
        assert_eq!(code_with(&mut turn, username, &key), 401, "{username}");
    }
    assert_eq!(code_with(&mut turn, &ours.username, b"wrong"), 401);
    let foreign = Secret::new([43; 32]).issue("7", BEGIN_UNIX_S + 3600).expect("a name");
    assert_eq!(
        code_with(&mut turn, &foreign.username, &foreign.key(REALM)),
        401,
        "of another server"
    );
    assert_eq!(
        code_with(&mut turn, &ours.username, &ours.key("elsewhere")),
        401,
        "of another realm"
    );
    assert_eq!(turn.refused(), [(Refusal::Unauthorized, 8)]);
    assert_eq!(code_with(&mut turn, &ours.username, &key), 0);
}

#[test]
fn no_credential_works_after_its_end() {
    let expired = |ends_s: u64| {
        let mut turn = Turn::new();
        let credential = turn.config.secret.issue("7", ends_s).expect("a name");
        code_with(&mut turn, &credential.username, &credential.key(REALM))
    };
    assert_eq!([expired(0), expired(BEGIN_UNIX_S), expired(BEGIN_UNIX_S + 1)], [401, 401, 0]);
}

#[test]
fn nothing_can_be_asked_once_the_credential_has_ended() {
    let mut turn = Turn::allocated();
    for _ in 0..6 {
        turn.pass(Duration::from_secs(599));
        assert_eq!(turn.refresh(600).code(), 0);
    }
    turn.pass(Duration::from_secs(5));
    assert_eq!(turn.client.idle_since(), None);
    // Six seconds before the end another second would do, but 3600 have passed now.
    turn.pass(Duration::from_secs(1));
    for code in [
        turn.refresh(600).code(),
        turn.permit(&[MEDIA]).code(),
        turn.bind(0x4000, MEDIA).code(),
        turn.refresh(0).code(),
    ] {
        assert_eq!(code, 401);
    }
}

#[test]
fn an_allocation_does_not_outlive_its_credential() {
    let mut turn = Turn::new();
    turn.credential = turn.config.secret.issue("7", BEGIN_UNIX_S + 90).expect("a name");
    assert_eq!(turn.allocate().number(attribute::LIFETIME), 90);
    turn.pass(Duration::from_secs(30));
    assert_eq!(turn.refresh(600).number(attribute::LIFETIME), 60);
    assert_eq!(turn.bind(0x4000, MEDIA).code(), 0);
    turn.pass(Duration::from_millis(59_999));
    assert!(turn.deliver(MEDIA, b"x").is_some());
    turn.pass(Duration::from_millis(1));
    assert_eq!(turn.deliver(MEDIA, b"x"), None);
    assert_eq!(turn.config.quotas.taken(), 0);
}

#[test]
fn an_allocation_is_changed_with_its_own_credential_only() {
    let mut turn = Turn::allocated();
    for other in [("8", 3600), ("7", 7200)] {
        turn.credential = turn.config.secret.issue(other.0, BEGIN_UNIX_S + other.1).expect("a name");
        for code in [
            turn.refresh(0).code(),
            turn.permit(&[MEDIA]).code(),
            turn.bind(0x4000, MEDIA).code(),
            turn.allocate().code(),
        ] {
            assert_eq!(code, 441, "{other:?}");
        }
    }
    assert_eq!(turn.client.idle_since(), None);
}

#[test]
fn an_old_nonce_is_told_to_those_who_are_allowed_in() {
    let mut turn = Turn::allocated();
    turn.pass(Duration::from_secs(599));
    assert_eq!(turn.refresh(3600).code(), 0);
    turn.pass(NONCE_LIFE - Duration::from_secs(599) - Duration::from_millis(1));
    assert_eq!(turn.refresh(3600).code(), 0);
    assert_eq!(turn.refused(), []);
    turn.pass(Duration::from_millis(1));
    let request = turn.signed(method::REFRESH, |_| {});
    let response = turn.reply(&request);
    assert_eq!(response.code(), 438);
    assert!(response.message().find(attribute::NONCE).is_some() && response.message().find(attribute::REALM).is_some());
    assert_eq!(turn.refresh(3600).code(), 0, "with the new one it goes on");

    turn.pass(NONCE_LIFE);
    turn.credential.password = "guessed".to_owned();
    let request = turn.signed(method::REFRESH, |_| {});
    assert_eq!(turn.reply(&request).code(), 401, "others learn nothing by it");
}

#[test]
fn a_nonce_of_another_connection_is_none() {
    let (mut here, mut there) = (Turn::new(), Turn::new());
    there.client = Client::new(
        there.config.clone(),
        Relayed::numbered(6),
        address("198.51.100.7:50001"),
        [2; 32],
        there.now,
    );
    assert_eq!((here.allocate().code(), there.allocate().code()), (0, 0));
    let request = there.signed(method::REFRESH, |_| {});
    std::mem::swap(&mut here.client, &mut there.client);
    assert_eq!(there.reply(&request).code(), 438);
}

#[test]
fn half_a_credential_is_a_bad_request() {
    use attribute::{NONCE, REALM as REALM_KIND, USERNAME};
    for left_out in [USERNAME, REALM_KIND, NONCE] {
        let mut turn = Turn::new();
        let credential = turn.credential.clone();
        let request = turn.bare(method::ALLOCATE, |request| {
            for (kind, value) in [(USERNAME, credential.username.as_str()), (REALM_KIND, REALM), (NONCE, "x")] {
                if kind != left_out {
                    request.attribute(kind, value.as_bytes());
                }
            }
            request.integrity(&credential.key(REALM));
        });
        let response = turn.reply(&request);
        assert_eq!(response.code(), 400, "without {left_out:#06x}");
        assert!(!response.message().has_integrity());
    }
}

#[test]
fn what_is_changed_on_the_way_is_refused() {
    let mut turn = Turn::allocated();
    let request = turn.signed(method::REFRESH, |request| {
        request.number(attribute::LIFETIME, 600);
    });
    let mut changed = request.clone();
    // LIFETIME's last byte.
    changed[27] ^= 1;
    assert_eq!(turn.reply(&changed).code(), 401);
    assert_eq!(turn.reply(&request).code(), 0);
}
