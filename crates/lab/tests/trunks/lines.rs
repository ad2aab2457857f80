//! Registrations: kept, moved to another server and back, and not hammered.

use std::time::{Duration, Instant};

use lab::process::report;
use lab::provider::{SERVED_NAMES, Site, Transport, WORLD_NUMBER};
use lab::world::in_namespaces;
use lab::{Provider, wait};
use serde_json::{Value, json};

use super::company::{ACCOUNT, Company, UP_LIMIT};

/// A lost connection is noticed at once, and the next try comes within seconds.
const MOVED_LIMIT: Duration = Duration::from_secs(20);
/// A registration of 60 s is renewed after 45 s at the latest.
const RENEWED_LIMIT: Duration = Duration::from_secs(50);
/// While another server is used, the first one is looked at once a minute, give or take a fifth. What DNS says is asked after half a minute, and
/// the line moves another half minute later.
pub(crate) const BACK_LIMIT: Duration = Duration::from_secs(80);
/// How long somebody looks at what a wrong password does.
const WATCHED: Duration = Duration::from_secs(20);
/// One without credentials, one with the wrong ones; datagrams may be sent twice on a busy machine.
const TRIES_MAX: usize = 4;

#[test]
fn lines_survive_a_restart_fail_over_and_come_back_follow_dns_and_do_not_hammer() {
    in_namespaces(|folder| {
        let mut company = Company::found(folder);
        let [lines, moving, _] = SERVED_NAMES;
        Provider::set_servers(&company.network, Transport::Tcp, lines, &[Site::First, Site::Second]);
        Provider::set_servers(&company.network, Transport::Tcp, moving, &[Site::Second]);
        let begun = Instant::now();
        let kept = company.add_trunk(&company.provider.trunk(ACCOUNT));
        company.use_trunk(kept);
        let restarted = add(&company, "4989124", &json!({"transport": "tcp"}));
        let with_reserve = add(&company, "4989125", &json!({"transport": "tcp", "host": lines}));
        let moved = add(&company, "4989126", &json!({"transport": "tcp", "host": moving}));
        let refused = json!({"accounts": [{"user": "4989127", "password": "not-it", "expires_seconds": 60}]});
        let refused = add(&company, "4989127", &refused);

        for (trunk, site) in [
            (kept, Site::First),
            (restarted, Site::First),
            (with_reserve, Site::First),
            (moved, Site::Second),
        ] {
            let line = company.line_once_up(trunk);
            assert!(is_at(&line, site), "{line}");
            assert_eq!(line["trouble"], Value::Null, "{line}");
        }
        let line = company.line_once(refused, "is refused", UP_LIMIT, |line| line["state"] == "waiting");
        let trouble = json!({"code": "wrong-password", "text": "the provider refuses user name or password (403 Forbidden)"});
        assert_eq!(line["trouble"], trouble, "{line}");

        Provider::set_servers(&company.network, Transport::Tcp, moving, &[Site::First]);
        let forgotten = restart_first_server(&mut company, [restarted, with_reserve]);
        wait::until_true("a wrong password has been watched", WATCHED, || begun.elapsed() >= WATCHED);
        let tries = registers(&company, "4989127");
        report(&format!("wrong password: {tries} times REGISTER in {:?}", begun.elapsed()));
        assert!((2..=TRIES_MAX).contains(&tries), "{tries} times REGISTER");
        the_world_reaches_the_company_again(&mut company, forgotten);

        company.line_once(with_reserve, "comes back to the first server", BACK_LIMIT, |line| {
            is_at(line, Site::First)
        });
        report(&format!("back at the first server after {:?}", begun.elapsed()));
        company.line_once(moved, "is where DNS says", BACK_LIMIT, |line| is_at(line, Site::First));
        report(&format!("moved as DNS says after {:?}", begun.elapsed()));
    });
}

/// The provider's first server ends, and comes back without any memory. How often the line over UDP had registered by then: there nobody has
/// noticed but the provider.
fn restart_first_server(company: &mut Company, [restarted, with_reserve]: [u64; 2]) -> usize {
    company.provider.server(Site::First).stop().unwrap();
    company.line_once(with_reserve, "goes on by the second server", MOVED_LIMIT, |line| {
        is_at(line, Site::Second)
    });
    // A server on its way out may take one more connection before it refuses them.
    company.line_once(restarted, "is refused", MOVED_LIMIT, |line| {
        line["state"] == "waiting" && line["trouble"]["code"] == "connection-refused"
    });
    let registered = registers(company, ACCOUNT);
    company.provider.server(Site::First).start_again().unwrap();
    company.line_once(restarted, "is up again", MOVED_LIMIT, |line| is_at(line, Site::First));
    registered
}

fn the_world_reaches_the_company_again(company: &mut Company, forgotten: usize) {
    // Once as it is used to, and once more with the challenge of a server that remembers nothing.
    wait::until_true_seldom("the line over UDP registers again", RENEWED_LIMIT, || {
        registers(company, ACCOUNT) >= forgotten + 2
    });
    company.provider.world().dial("+4989123101").unwrap();
    // Anna has no phone.
    let call = company.server.sign_in("101").unwrap().call_once("missed");
    assert_eq!(call["peer"]["number"], WORLD_NUMBER, "{call}");
}

pub(crate) fn add(company: &Company, account: &str, changes: &Value) -> u64 {
    let mut trunk = company.provider.trunk(account);
    for (key, value) in changes.as_object().unwrap() {
        trunk[key] = value.clone();
    }
    company.add_trunk(&trunk)
}

pub(crate) fn is_at(line: &Value, site: Site) -> bool {
    let address = line["server"]["address"].as_str().unwrap_or_default();
    line["state"] == "up" && address.starts_with(&format!("{}:", site.address()))
}

/// The REGISTER requests for an account.
fn registers(company: &Company, account: &str) -> usize {
    let all = company.provider.heard("REGISTER");
    all.iter().filter(|request| request.to.contains(account)).count()
}
