//! What the store promises about trunks, numbers, routes and permissions, whatever the database.

use std::sync::Arc;
use std::time::Duration;

use farend::store::name::{Extension, Label, Login, Password};
use farend::store::{InboundNumber, NewUser, NumberId, Role, Site, Store, StoreError, Trunk, UserChange, usual_calling};
use model::control::Srtp;
use model::{TrunkId, UserId};
use numbers::{Class, Format};
use sip::Transport;
use switchboard::directory::{self, Account, Calling, Forwarded, IdentityHeader, Limits, Route, RouteId, Target, Window};
use switchboard::trunks::{Place, Trust};

use super::people::noon;

fn account(user: &str) -> Account {
    Account {
        user: user.to_owned(),
        auth_user: None,
        password: "correct horse".to_owned(),
        realm: None,
        contact_user: None,
        expires: Some(Duration::from_secs(600)),
    }
}

/// A trunk with something in every field.
fn trunk(name: &str) -> Trunk {
    Trunk {
        enabled: true,
        profile: Some("generic".to_owned()),
        terms: directory::Trunk {
            id: TrunkId(0),
            name: name.to_owned(),
            place: Place {
                host: "sip.example.com".to_owned(),
                port: Some(5061),
                transport: Some(Transport::Tls),
                from: Some("192.0.2.1".parse().expect("an address")),
            },
            stun: Some("stun.example.com:10000".parse().expect("a server")),
            trust: Trust::Pinned([0xab; 32]),
            domain: "example.com".to_owned(),
            accounts: vec![
                Account {
                    auth_user: Some("customer@example.com".to_owned()),
                    realm: Some("example.com".to_owned()),
                    contact_user: Some("4989".to_owned()),
                    ..account("49891234500")
                },
                Account {
                    expires: None,
                    ..account("49891234501")
                },
            ],
            srtp: Srtp::Required,
            ping_every: Some(Duration::from_secs(30)),
            networks: vec![
                "192.0.2.0/24".parse().expect("a network"),
                "2001:db8::/32".parse().expect("a network"),
            ],
            identity: IdentityHeader::AccountFrom,
            forwarded: Forwarded::OriginalWithDiversion,
            outgoing: Format::NationalBare,
            incoming: Format::DoubleZero,
            number: Some("+49891234500".parse().expect("a number")),
            echo_number: Some("*43".to_owned()),
        },
    }
}

async fn add(store: &Store, name: &str) -> TrunkId {
    store.add_trunk(&trunk(name)).await.expect("added")
}

async fn add_user(store: &Store, login: &str, extension: &str) -> Result<UserId, StoreError> {
    let new = NewUser {
        login: Login::parse(login).expect("a login"),
        name: Label::parse(login).expect("a name"),
        extension: Some(Extension::parse(extension).expect("an extension")),
        role: Role::User,
        password: Password::parse("correct horse").expect("a password"),
    };
    store.add_user(&new, noon()).await.map(|user| user.id)
}

fn number(block: &str, trunk: Option<TrunkId>, target: Target) -> InboundNumber {
    InboundNumber {
        id: NumberId(0),
        trunk,
        block: block.parse().expect("a block"),
        target,
    }
}

fn route(name: &str, trunks: &[TrunkId]) -> Route {
    Route {
        id: RouteId(0),
        name: name.to_owned(),
        prefix: "49".to_owned(),
        classes: [Class::National, Class::Mobile].into_iter().collect(),
        cost: 7,
        trunks: trunks.to_vec(),
    }
}

fn germany() -> Site {
    Site {
        country: Some("DE".parse().expect("a country")),
        area: Some("89".to_owned()),
        outside: Some("0".to_owned()),
        ..Site::default()
    }
}

pub(crate) async fn a_trunk_comes_back_as_it_was_written(store: Store) {
    let first = add(&store, "First").await;
    let mut expected = trunk("First");
    expected.terms.id = first;
    assert_eq!(store.trunk(first).await.expect("there"), expected);

    let changed = Trunk {
        enabled: false,
        profile: None,
        terms: directory::Trunk {
            id: first,
            place: Place {
                host: "2001:db8::1".to_owned(),
                port: None,
                transport: None,
                from: None,
            },
            stun: None,
            trust: Trust::Authority(Arc::from("-----BEGIN CERTIFICATE-----\n")),
            accounts: vec![account("49891234501")],
            srtp: Srtp::Never,
            ping_every: None,
            networks: Vec::new(),
            identity: IdentityHeader::From,
            forwarded: Forwarded::Own,
            number: None,
            echo_number: Some("030 123456".to_owned()),
            ..expected.terms
        },
    };
    store.change_trunk(&changed).await.expect("changed");
    let second = add(&store, "Second").await;
    let trunks = store.trunks().await.expect("trunks");
    assert_eq!(trunks[0], changed);
    assert_eq!(trunks.iter().map(|trunk| trunk.terms.id).collect::<Vec<_>>(), [first, second]);

    let taken = Trunk {
        terms: directory::Trunk {
            id: second,
            ..trunk("First").terms
        },
        ..trunk("First")
    };
    assert!(matches!(store.change_trunk(&taken).await, Err(StoreError::Taken { field: "name" })));
    assert!(matches!(
        store.add_trunk(&trunk("Second")).await,
        Err(StoreError::Taken { field: "name" })
    ));
    store.remove_trunk(second).await.expect("removed");
    assert!(matches!(store.remove_trunk(second).await, Err(StoreError::NotFound("trunk"))));
    assert!(matches!(store.trunk(second).await, Err(StoreError::NotFound("trunk"))));
    assert!(!format!("{trunks:?}").contains("horse"), "no password in what may be logged");
}

pub(crate) async fn what_a_removed_trunk_was_needed_for_goes_on_without_it(store: Store) {
    let (first, second) = (add(&store, "First").await, add(&store, "Second").await);
    store.add_route(&route("all", &[first, second])).await.expect("added");
    let own = number("+498912345(0-9)", Some(first), Target::Extension);
    store.add_number(&own).await.expect("added");
    let site = Site {
        emergency_trunk: Some(first),
        ..germany()
    };
    store.set_site(&site).await.expect("set");
    store.remove_trunk(first).await.expect("removed");
    assert_eq!(store.routes().await.expect("routes")[0].trunks, [second]);
    assert_eq!(store.numbers().await.expect("numbers"), []);
    assert_eq!(store.site().await.expect("site").emergency_trunk, None);
}

pub(crate) async fn an_exception_is_inside_a_block_and_nothing_overlaps_otherwise(store: Store) {
    let trunk = add(&store, "First").await;
    let block = number("+498912345(00-99)", Some(trunk), Target::Extension);
    let id = store.add_number(&block).await.expect("added");
    for (wrong, other) in [
        ("+498912345(50-149)", "+498912345(00-99)"),
        ("+49891234(500-599)", "+498912345(00-99)"),
    ] {
        match store.add_number(&number(wrong, None, Target::Number("*43".to_owned()))).await {
            Err(StoreError::Overlap(named)) => assert_eq!(named, other),
            other => panic!("not refused: {other:?}"),
        }
    }
    let inside = number("+49891234550", None, Target::Number("*43".to_owned()));
    let exception = store.add_number(&inside).await.expect("an exception");
    assert!(matches!(store.add_number(&inside).await, Err(StoreError::Overlap(named)) if named == "+49891234550"));
    let nobody = number("+4930123456", Some(TrunkId(4711)), Target::Extension);
    assert!(matches!(store.add_number(&nobody).await, Err(StoreError::NotFound("trunk"))));
    store.set_site(&germany()).await.expect("set");
    let here = store.directory().await.expect("a directory").plan.expect("a plan").here;
    let leads = |number: &str| here.extension_of(&number.parse().expect("a number"));
    assert_eq!(leads("+49891234550").as_deref(), Some("*43"));
    assert_eq!(leads("+49891234551").as_deref(), Some("51"));
    store.remove_number(id).await.expect("removed");
    assert!(matches!(store.remove_number(id).await, Err(StoreError::NotFound("number"))));
    let left = InboundNumber { id: exception, ..inside };
    assert_eq!(store.numbers().await.expect("numbers"), [left]);
    let here = store.directory().await.expect("a directory").plan.expect("a plan").here;
    assert_eq!(
        here.extension_of(&"+49891234550".parse().expect("a number")),
        None,
        "not inside anything"
    );
}

pub(crate) async fn blocks_that_lead_to_extensions_are_bounded(store: Store) {
    for head in 0..numbers::BLOCKS_MAX {
        let block = number(&format!("+4989{head:03}(0-9)"), None, Target::Extension);
        store.add_number(&block).await.expect("room");
    }
    let one_more = number("+4930123(0-9)", None, Target::Extension);
    assert!(matches!(store.add_number(&one_more).await, Err(StoreError::TooMany { .. })));
    let elsewhere = number("+4930123(0-9)", None, Target::Number("101".to_owned()));
    store.add_number(&elsewhere).await.expect("room");
    store.set_site(&germany()).await.expect("set");
    let plan = store.directory().await.expect("a directory").plan.expect("a plan");
    assert_eq!(plan.here.blocks().len(), numbers::BLOCKS_MAX);
    assert_eq!(plan.inbound.len(), numbers::BLOCKS_MAX + 1);
}

pub(crate) async fn routes_stand_in_the_order_that_was_wished(store: Store) {
    let trunk = add(&store, "First").await;
    let mut ids = Vec::new();
    for name in ["one", "two", "three"] {
        ids.push(store.add_route(&route(name, &[trunk])).await.expect("added"));
    }
    let order = [ids[2], ids[0], ids[1]];
    store.order_routes(&order).await.expect("ordered");
    for wrong in [&ids[..2], &[ids[0], ids[0], ids[1]], &[ids[0], ids[1], RouteId(4711)]] {
        assert!(matches!(store.order_routes(wrong).await, Err(StoreError::NotFound(_))), "{wrong:?}");
    }
    let changed = Route {
        id: ids[2],
        name: "changed".to_owned(),
        prefix: String::new(),
        classes: Class::ALL.into_iter().collect(),
        cost: u32::MAX,
        trunks: vec![trunk],
    };
    store.change_route(&changed).await.expect("changed");
    let routes = store.routes().await.expect("routes");
    assert_eq!(routes.iter().map(|route| route.id).collect::<Vec<_>>(), order);
    assert_eq!(routes[0], changed);
    let nobody = store.add_route(&route("none", &[TrunkId(4711)])).await;
    assert!(matches!(nobody, Err(StoreError::NotFound("trunk"))));
    assert_eq!(store.routes().await.expect("routes").len(), 3, "nothing half done");
    store.remove_route(ids[0]).await.expect("removed");
    assert!(matches!(store.remove_route(ids[0]).await, Err(StoreError::NotFound("route"))));
}

pub(crate) async fn people_may_call_what_costs_little_until_somebody_decides_otherwise(store: Store) {
    let anna = add_user(&store, "anna", "101").await.expect("added");
    assert_eq!(store.calling(anna).await.expect("there"), usual_calling());
    let decided = Calling {
        classes: [Class::International].into_iter().collect(),
        hours: None,
        windows: vec![
            Window {
                days: 0b001_1111,
                from_minute: 480,
                to_minute: 1_080,
            },
            Window {
                days: 0b110_0000,
                from_minute: 1_320,
                to_minute: 0,
            },
        ],
        number: Some("+4989123451".parse().expect("a number")),
        is_hidden: true,
        location: Some("Main Street 1, 2nd floor".to_owned()),
    };
    store.set_calling(anna, &decided).await.expect("set");
    store.set_calling(anna, &decided).await.expect("set once more");
    assert_eq!(store.calling(anna).await.expect("there"), decided);
    let directory = store.directory().await.expect("a directory");
    assert_eq!(directory.users[0].calling, decided);
    let nobody = store.set_calling(UserId(4711), &decided).await;
    assert!(matches!(nobody, Err(StoreError::NotFound("user"))));
    store.remove_user(anna).await.expect("removed");
    assert!(matches!(store.calling(anna).await, Err(StoreError::NotFound("user"))));
}

pub(crate) async fn without_a_country_there_are_only_extensions(store: Store) {
    let first = add(&store, "First").await;
    let off = Trunk {
        enabled: false,
        ..trunk("Off")
    };
    store.add_trunk(&off).await.expect("added");
    store.add_route(&route("all", &[first])).await.expect("added");
    let before = store.directory().await.expect("a directory");
    assert!(before.plan.is_none());
    let names: Vec<&str> = before.trunks.iter().map(|trunk| trunk.name.as_str()).collect();
    assert_eq!(names, ["First"], "a disabled trunk carries no call");

    let site = Site {
        emergency_trunk: Some(first),
        limits: Limits {
            calls_per_minute_max: 1,
            costly_calls_max: 2,
            costly_minutes_per_day_max: 3,
        },
        time_zone: Some("Europe/Berlin".to_owned()),
        ..germany()
    };
    store.set_site(&site).await.expect("set");
    assert_eq!(store.site().await.expect("site"), site);
    let plan = store.directory().await.expect("a directory").plan.expect("a plan");
    assert_eq!(plan.here.to_string(), "DE area=89 outside=0");
    assert_eq!((plan.emergency, plan.limits), (Some(first), site.limits));
    assert_eq!(plan.routes.len(), 1);
    let nowhere = Site {
        emergency_trunk: Some(TrunkId(4711)),
        ..germany()
    };
    assert!(matches!(store.set_site(&nowhere).await, Err(StoreError::NotFound("trunk"))));
    store.set_site(&Site::default()).await.expect("set");
    assert_eq!(store.site().await.expect("site"), Site::default());
}

pub(crate) async fn nobodys_extension_is_an_emergency_number(store: Store) {
    let anna = add_user(&store, "anna", "112").await.expect("no country yet");
    match store.set_site(&germany()).await {
        Err(StoreError::EmergencyNumber(number)) => assert_eq!(number, "112"),
        other => panic!("not refused: {other:?}"),
    }
    let renumbered = UserChange {
        extension: Some(Some(Extension::parse("101").expect("an extension"))),
        ..UserChange::default()
    };
    store.change_user(anna, &renumbered, noon()).await.expect("changed");
    store.set_site(&germany()).await.expect("set");
    for number in ["110", "112", "0112"] {
        let refused = add_user(&store, "ben", number).await;
        assert!(
            matches!(&refused, Err(StoreError::EmergencyNumber(refused)) if refused == number),
            "{number}: {refused:?}"
        );
    }
    let back = UserChange {
        extension: Some(Some(Extension::parse("112").expect("an extension"))),
        ..UserChange::default()
    };
    let refused = store.change_user(anna, &back, noon()).await;
    assert!(matches!(refused, Err(StoreError::EmergencyNumber(_))));
    add_user(&store, "cleo", "113")
        .await
        .expect("113 is no emergency number in Germany");
}

pub(crate) async fn every_change_of_trunks_counts_the_directory_up(store: Store) {
    let mut before = store.directory_version().await.expect("a version");
    let mut counted = async || {
        let now = store.directory_version().await.expect("a version");
        assert_eq!(now, before + 1);
        before = now;
    };
    let id = add(&store, "First").await;
    counted().await;
    let mut changed = trunk("Changed");
    changed.terms.id = id;
    store.change_trunk(&changed).await.expect("changed");
    counted().await;
    let entry = number("+4989123450", None, Target::Number("101".to_owned()));
    let entry = store.add_number(&entry).await.expect("added");
    counted().await;
    let first = store.add_route(&route("all", &[id])).await.expect("added");
    counted().await;
    store.order_routes(&[first]).await.expect("ordered");
    counted().await;
    store.set_site(&germany()).await.expect("set");
    counted().await;
    store.remove_number(entry).await.expect("removed");
    counted().await;
    store.remove_route(first).await.expect("removed");
    counted().await;
    store.remove_trunk(id).await.expect("removed");
    counted().await;
}
