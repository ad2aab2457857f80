//! A provider's server that falls silent over UDP: nothing comes back, and nobody tells.

use std::time::{Duration, Instant};

use lab::process::report;
use lab::provider::{SERVED_NAMES, Site, Transport};
use lab::world::in_namespaces;
use lab::{Baresip, Provider};
use serde_json::json;

use super::company::{ACCOUNT, Company, desk_phone};
use super::lines::{BACK_LIMIT, add, is_at};

/// The first call after the silence began: two seconds until the server is given up, and what the second one takes.
const FOUND_LIMIT: Duration = Duration::from_secs(4);
/// Every further one: as if nothing had happened.
const USUAL_LIMIT: Duration = Duration::from_secs(1);
const SOON: Duration = Duration::from_secs(10);

#[test]
fn calls_find_the_second_server_when_the_first_one_falls_silent_over_udp() {
    in_namespaces(|folder| {
        let mut company = Company::found(folder);
        let name = SERVED_NAMES[0];
        Provider::set_servers(&company.network, Transport::Udp, name, &[Site::First, Site::Second]);
        // Nobody asks in time whether the server lives: calls find out.
        let trunk = add(&company, ACCOUNT, &json!({"host": name, "ping_seconds": 300}));
        company.use_trunk(trunk);
        company.permit("101", &["national"]);
        company.line_once(trunk, "is up by the first server", SOON, |line| is_at(line, Site::First));
        let phone = Baresip::start_on(company.network.desk_phone(), desk_phone("101-desk", "192.168.10.20")).unwrap();
        call(&mut company, &phone, "everything works", USUAL_LIMIT);

        company.provider.server(Site::First).stop().unwrap();
        goes_on_by_the_second(&mut company, &phone, trunk, "killed");
        company.provider.server(Site::First).start_again().unwrap();
        comes_back(&mut company, &phone, trunk);

        company.provider.server(Site::First).freeze().unwrap();
        goes_on_by_the_second(&mut company, &phone, trunk, "frozen");
        company.provider.server(Site::First).thaw().unwrap();
        comes_back(&mut company, &phone, trunk);
    });
}

fn goes_on_by_the_second(company: &mut Company, phone: &Baresip, trunk: u64, how: &str) {
    call(company, phone, &format!("{how}, first call"), FOUND_LIMIT);
    call(company, phone, &format!("{how}, second call"), USUAL_LIMIT);
    let line = company.line(trunk);
    assert!(is_at(&line, Site::Second), "{line}");
    // The second server knows where we are, too.
    let world = company.provider.world();
    world.forget_events();
    phone.forget_events();
    world.dial_by(Site::Second, "+4989123101").unwrap();
    phone.wait_for("the desk phone rings", SOON, "CALL_INCOMING");
    phone.answer().unwrap();
    world.wait_for("the call is answered", SOON, "CALL_ESTABLISHED");
    phone.hang_up().unwrap();
    world.wait_for("the world's call is over", SOON, "CALL_CLOSED");
}

fn comes_back(company: &mut Company, phone: &Baresip, trunk: u64) {
    let begun = Instant::now();
    company.line_once(trunk, "comes back to the first server", BACK_LIMIT, |line| is_at(line, Site::First));
    report(&format!("back at the first server after {:?}", begun.elapsed()));
    call(company, phone, "back again", USUAL_LIMIT);
}

/// Dials, and the world answers within a time.
fn call(company: &mut Company, phone: &Baresip, when: &str, limit: Duration) {
    let world = company.provider.world();
    world.forget_events();
    phone.forget_events();
    let begun = Instant::now();
    phone.dial("030123456").unwrap();
    phone.wait_for("the world answers", SOON, "CALL_ESTABLISHED");
    let taken = begun.elapsed();
    report(&format!("{when}: answered after {taken:?}"));
    assert!(taken <= limit, "{when}: answered after {taken:?}");
    world.hang_up().unwrap();
    phone.wait_for("the call is over", SOON, "CALL_CLOSED");
}
