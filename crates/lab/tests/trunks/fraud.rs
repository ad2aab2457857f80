//! Somebody has a desk phone's password and wants expensive calls. The person may call national numbers.

use std::collections::BTreeSet;
use std::time::Duration;

use lab::net::addresses::{DESK_PHONE, ITSP, OFFICE_PC};
use lab::process::report;
use lab::provider::Request;
use lab::world::in_namespaces;
use lab::{Baresip, wait};

use super::company::{ACCOUNT, Company, desk_phone};
use super::intruder::{Ask, Intruder};

/// Where the money is (a number for films).
const DEAR: &str = "+12025550123";
/// What the person may call.
const CHEAP: &str = "+4930123456";
const SOON: Duration = Duration::from_secs(10);
/// Calls to other countries that one person can begin in a minute: the fifth is the burst's last.
const COSTLY_MAX: usize = 4;

#[test]
fn a_stolen_phone_reaches_no_number_beyond_its_permission_and_a_burst_is_stopped() {
    in_namespaces(|folder| {
        let company = Company::found(folder);
        let trunk = company.add_trunk(&company.provider.trunk(ACCOUNT));
        company.use_trunk(trunk);
        company.permit("101", &["national"]);
        company.permit("102", &["national", "international"]);
        company.line_once_up(trunk);
        let mut intruder = Intruder::on(company.network.desk_phone(), DESK_PHONE, "101-desk");
        assert_eq!(register(&mut intruder, None, 300), 200);

        by_request(&mut intruder);
        by_call(&mut intruder);
        by_redirection(&company, &mut intruder);

        let invites = company.provider.heard("INVITE");
        assert!(
            invites.iter().any(|invite| invite.target.contains(CHEAP)),
            "what is allowed must arrive, or all this proves nothing: {invites:?}"
        );
        let digits = DEAR.trim_start_matches('+');
        let dear = invites.iter().filter(|invite| format!("{invite:?}").contains(digits));
        assert_eq!(dear.collect::<Vec<_>>(), Vec::<&Request>::new());
        wait::until_true("no call is left behind", SOON, || {
            company.server.metric("farend_calls").unwrap() == 0.0
        });

        burst(&company);
    });
}

fn register(intruder: &mut Intruder, contact: Option<&str>, seconds: u32) -> u16 {
    let register = Ask {
        method: "REGISTER",
        target: "sip:farend",
        to: Some("<sip:101-desk@farend>"),
        contact,
        headers: format!("Expires: {seconds}\r\n"),
        ..Ask::default()
    };
    intruder.ask(&register).status
}

/// One request that says it all.
fn by_request(intruder: &mut Intruder) {
    let invite = |target: &'static str| Ask {
        method: "INVITE",
        target,
        ..Ask::default()
    };
    let route = format!("Route: <sip:{ITSP};lr>\r\n");
    let asserted = format!(
        "P-Asserted-Identity: <sip:102@farend>\r\nP-Preferred-Identity: <sip:102@farend>\r\nRemote-Party-ID: <sip:102@farend>\r\n{route}"
    );
    let replaces = format!("Replaces: nobody@lab;to-tag=a;from-tag=b\r\n{route}");
    let attempts = [
        invite("sip:+12025550123@farend"),
        invite("sip:0012025550123@farend"),
        invite("sip:00012025550123@farend"),
        invite("sip:+12025550123@itsp.example.test"),
        invite("sip:+12025550123@198.51.100.60:5060"),
        invite("sip:+12025550123@198.51.100.60;transport=udp;lr;maddr=198.51.100.60"),
        invite("sip:%2B12025550123@itsp.example.test;user=phone"),
        invite("tel:+1-202-555-0123"),
        Ask {
            headers: route.clone(),
            ..invite("sip:+12025550123@itsp.example.test")
        },
        Ask {
            headers: asserted,
            from: Some("<sip:102@farend>"),
            ..invite("sip:+12025550123@farend")
        },
        Ask {
            headers: replaces,
            ..invite("sip:+12025550123@itsp.example.test")
        },
        Ask {
            to: Some("<sip:+4930123456@farend>"),
            ..invite("sip:+12025550123@farend")
        },
        Ask {
            contact: Some("<sip:+12025550123@198.51.100.60>"),
            ..invite("sip:+12025550123@farend")
        },
        Ask {
            method: "REFER",
            headers: format!("Refer-To: <sip:{DEAR}@{ITSP}>\r\n{route}"),
            ..invite("sip:102@farend")
        },
        Ask {
            method: "MESSAGE",
            headers: route.clone(),
            ..invite("sip:+12025550123@itsp.example.test")
        },
    ];
    for attempt in attempts {
        let outcome = intruder.ask(&attempt);
        assert!(outcome.status >= 400, "{} {attempt:?}", outcome.status);
    }
    // Where it goes is what the Request-URI says, whatever stands beside it.
    let mixed = Ask {
        to: Some("<sip:+12025550123@itsp.example.test>"),
        headers: format!("{route}P-Called-Party-ID: <sip:{DEAR}@itsp.example.test>\r\n"),
        ..invite("sip:+4930123456@farend")
    };
    let outcome = intruder.ask(&mixed);
    assert_eq!(outcome.status, 200, "{mixed:?}");
    intruder.hang_up(&outcome);
}

/// A call that is allowed, which shall become another one.
fn by_call(intruder: &mut Intruder) {
    let referrals = [
        format!("<sip:{DEAR}@farend>"),
        format!("<sip:{DEAR}@itsp.example.test>"),
        format!("<sip:{DEAR}@{ITSP}:5060;transport=udp>"),
        format!("<sip:{DEAR}@{ITSP};method=INVITE?Route=%3Csip%3A{ITSP}%3Blr%3E>"),
        format!("<sip:{DEAR}@{ITSP}?Replaces=nobody%40lab%3Bto-tag%3Da%3Bfrom-tag%3Db>"),
        "<tel:+12025550123>".to_owned(),
    ];
    let running = intruder.call(&format!("sip:{CHEAP}@farend"));
    assert_eq!(running.status, 200);
    for referral in &referrals {
        let refer = Ask {
            method: "REFER",
            headers: format!("Refer-To: {referral}\r\nReferred-By: <sip:102@farend>\r\n"),
            ..Ask::default()
        };
        let outcome = intruder.ask_within(&running, &refer);
        report(&format!("REFER to {referral}: {}", outcome.status));
    }
    let moved = Ask {
        method: "INVITE",
        contact: Some("<sip:+12025550123@198.51.100.60>"),
        headers: format!("Route: <sip:{ITSP};lr>\r\n"),
        ..Ask::default()
    };
    intruder.ask_within(&running, &moved);
    intruder.hang_up(&running);
}

/// Somebody calls the stolen phone, which sends them elsewhere.
fn by_redirection(company: &Company, intruder: &mut Intruder) {
    let ben = Baresip::start_on(company.network.office_pc(), desk_phone("102-desk", "192.168.10.30")).unwrap();
    let to_dear = format!("Contact: <sip:{DEAR}@{ITSP}:5060>\r\nDiversion: <sip:102@farend>\r\n");
    for status in [
        "SIP/2.0 302 Moved Temporarily",
        "SIP/2.0 300 Multiple Choices",
        "SIP/2.0 305 Use Proxy",
    ] {
        intruder.answer = (status, to_dear.clone());
        let before = intruder.called;
        ben.dial("101").unwrap();
        intruder.attend_until("the stolen phone is called", |intruder| intruder.called > before);
        ben.wait_for("Ben's call is over", SOON, "CALL_CLOSED");
    }
    // A contact at the provider's: what is for this phone still comes to this phone.
    assert_eq!(register(intruder, None, 0), 200);
    assert_eq!(register(intruder, Some(&format!("<sip:{DEAR}@{ITSP}:5060>")), 300), 200);
    intruder.answer = ("SIP/2.0 486 Busy Here", String::new());
    let before = intruder.called;
    ben.dial("101").unwrap();
    intruder.attend_until("Ben's call comes to the stolen phone", |intruder| intruder.called > before);
    ben.wait_for("Ben's call is over", SOON, "CALL_CLOSED");
}

#[test]
fn bursts_of_every_kind_are_stopped_at_the_fifth_call() {
    in_namespaces(|folder| {
        let mut company = Company::found(folder);
        let trunk = company.add_trunk(&company.provider.trunk(ACCOUNT));
        company.use_trunk(trunk);
        for extension in ["101", "102", "103"] {
            company.permit(extension, &["national", "international"]);
        }
        company.line_once_up(trunk);
        company.provider.world().set_answers(false).unwrap();
        hung_up_at_once(&company);
        company.provider.world().set_answers(true).unwrap();
        slowly(&company);
        of_cheap_calls(&company);
    });
}

/// Ben may call other countries, but nobody calls them this fast.
fn burst(company: &Company) {
    let mut ben = Intruder::on(company.network.office_pc(), OFFICE_PC, "102-desk");
    let calls = Calls::begin(company, "one after the other");
    let statuses = abroad(10).map(|number| call_and_hang_up(&mut ben, &number));
    calls.assert_stopped(company, &statuses.collect::<Vec<_>>(), 200);
}

/// They give up as soon as it rings: somewhere far away that is paid for, too.
fn hung_up_at_once(company: &Company) {
    let mut anna = Intruder::on(company.network.desk_phone(), DESK_PHONE, "101-desk");
    let calls = Calls::begin(company, "hung up at once");
    let statuses = abroad(10).map(|number| anna.call_in_vain(&number));
    calls.assert_stopped(company, &statuses.collect::<Vec<_>>(), 487);
}

/// So slowly that a person might dial like that, for a minute: the fifth within sixty seconds is one too many.
fn slowly(company: &Company) {
    const PAUSE: Duration = Duration::from_secs(12);
    let mut ben = Intruder::on(company.network.office_pc(), OFFICE_PC, "102-desk");
    let calls = Calls::begin(company, "one every twelve seconds");
    let statuses = abroad(6).enumerate().map(|(number, target)| {
        if number > 0 {
            wait::pass(PAUSE);
        }
        call_and_hang_up(&mut ben, &target)
    });
    calls.assert_stopped(company, &statuses.collect::<Vec<_>>(), 200);
}

/// Cheap calls count as well, by the company's own limit.
fn of_cheap_calls(company: &Company) {
    let mut plan = company.admin.fetch("/api/v1/number-plan").unwrap();
    plan["limits"]["calls_per_minute_max"] = COSTLY_MAX.into();
    company.admin.put("/api/v1/number-plan", &plan).unwrap();
    let mut cleo = Intruder::on(company.network.office_pc(), OFFICE_PC, "103-desk");
    let calls = Calls::begin(company, "to a cheap number");
    let statuses = (0..10).map(|_| call_and_hang_up(&mut cleo, &format!("sip:{CHEAP}@farend")));
    calls.assert_stopped(company, &statuses.collect::<Vec<_>>(), 200);
}

fn abroad(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|last| format!("sip:+4420794600{last:02}@farend"))
}

fn call_and_hang_up(intruder: &mut Intruder, target: &str) -> u16 {
    let outcome = intruder.call(target);
    if outcome.status == 200 {
        intruder.hang_up(&outcome);
    }
    outcome.status
}

/// Calls that arrive at the provider from some moment on.
struct Calls {
    manner: &'static str,
    before: usize,
}

impl Calls {
    fn begin(company: &Company, manner: &'static str) -> Calls {
        let before = company.provider.heard("INVITE").len();
        Calls { manner, before }
    }

    fn count(&self, company: &Company) -> usize {
        let heard = company.provider.heard("INVITE");
        let calls: BTreeSet<&str> = heard[self.before..].iter().map(|invite| invite.call.as_str()).collect();
        report(&format!("a burst of calls {}: {} reach the provider", self.manner, calls.len()));
        calls.len()
    }

    /// Four were carried, the fifth and all further ones were refused, and no more than those four have left the house.
    fn assert_stopped(&self, company: &Company, statuses: &[u16], carried: u16) {
        let expected: Vec<u16> = (0..statuses.len())
            .map(|call| if call < COSTLY_MAX { carried } else { 403 })
            .collect();
        assert_eq!(statuses, expected, "{}", self.manner);
        assert_eq!(self.count(company), COSTLY_MAX, "{}", self.manner);
    }
}
