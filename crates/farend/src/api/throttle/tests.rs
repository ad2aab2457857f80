//! Who is kept out, and who is not.

use super::*;

const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));
const ELSEWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 9));

fn account(name: &str) -> Account {
    Account::unknown(name)
}

/// Whether an attempt would be let through; it is taken back.
fn may_try(throttle: &mut Throttle, name: &str, address: IpAddr, now: Instant) -> Result<(), Duration> {
    let charge = throttle.charge(account(name), address, now)?;
    throttle.refund(&charge);
    Ok(())
}

/// Wrong passwords, each as soon as it is let through; tells when the last one was.
fn fail(throttle: &mut Throttle, times: u32, name: &str, address: IpAddr, now: Instant) -> Instant {
    let mut at = now;
    for _ in 0..times {
        while let Err(wait) = throttle.charge(account(name), address, at) {
            at += wait;
        }
    }
    at
}

fn succeed(throttle: &mut Throttle, name: &str, address: IpAddr, now: Instant) {
    let charge = throttle.charge(account(name), address, now).unwrap();
    throttle.succeeded(charge, now);
}

#[test]
fn the_fifth_wrong_password_locks_this_account_from_this_address_only() {
    let (mut throttle, now) = (Throttle::default(), Instant::now());
    fail(&mut throttle, 4, "anna", HOME, now);
    assert_eq!(may_try(&mut throttle, "anna", HOME, now), Ok(()));
    fail(&mut throttle, 1, "ANNA ", HOME, now);
    assert_eq!(may_try(&mut throttle, "anna", HOME, now), Err(WAIT_MIN));
    assert_eq!(may_try(&mut throttle, "anna", ELSEWHERE, now), Ok(()));
    assert_eq!(may_try(&mut throttle, "ben", HOME, now), Ok(()));
    assert_eq!(may_try(&mut throttle, "anna", HOME, now + WAIT_MIN), Ok(()));
}

#[test]
fn waits_double_up_to_a_quarter_of_an_hour() {
    let (mut throttle, now) = (Throttle::default(), Instant::now());
    let at = fail(&mut throttle, 6, "anna", HOME, now);
    assert_eq!(may_try(&mut throttle, "anna", HOME, at), Err(WAIT_MIN * 2));
    let at = fail(&mut throttle, 20, "anna", HOME, at);
    assert_eq!(may_try(&mut throttle, "anna", HOME, at), Err(WAIT_MAX));
}

#[test]
fn many_attempts_at_once_are_no_more_than_one_after_the_other() {
    let (mut throttle, now) = (Throttle::default(), Instant::now());
    let charges: Vec<_> = (0..64).filter_map(|_| throttle.charge(account("anna"), HOME, now).ok()).collect();
    assert_eq!(charges.len(), usize::try_from(PAIR_FAILURES_MAX).unwrap());
    // One of them was right after all.
    throttle.succeeded(charges.into_iter().next_back().unwrap(), now);
    assert_eq!(may_try(&mut throttle, "anna", HOME, now), Ok(()));
}

#[test]
fn what_said_nothing_about_the_password_leaves_nothing_behind() {
    let (mut throttle, now) = (Throttle::default(), Instant::now());
    for _ in 0..100 {
        assert_eq!(may_try(&mut throttle, "anna", HOME, now), Ok(()));
    }
    assert!(throttle.entries.is_empty() && throttle.by_age.is_empty());
}

#[test]
fn a_right_password_forgives_the_account_but_not_the_address() {
    let (mut throttle, now) = (Throttle::default(), Instant::now());
    for i in 0..ADDRESS_FAILURES_MAX {
        succeed(&mut throttle, "mallory", HOME, now);
        fail(&mut throttle, 1, &format!("user{i}"), HOME, now);
    }
    assert_eq!(may_try(&mut throttle, "ben", HOME, now), Err(WAIT_MIN));
}

#[test]
fn people_get_in_where_they_are_at_home_whatever_strangers_do() {
    let (mut throttle, now) = (Throttle::default(), Instant::now());
    succeed(&mut throttle, "anna", HOME, now);
    for i in 0..ADDRESS_FAILURES_MAX {
        fail(&mut throttle, 1, &format!("user{i}"), HOME, now);
    }
    for i in 0..ACCOUNT_FAILURES_MAX {
        fail(&mut throttle, 1, "anna", IpAddr::V4((0x0a00_0000 + i).into()), now);
    }
    assert_eq!(may_try(&mut throttle, "ben", HOME, now), Err(WAIT_MIN));
    assert_eq!(may_try(&mut throttle, "anna", ELSEWHERE, now), Err(ACCOUNT_WAIT_MAX));
    assert_eq!(may_try(&mut throttle, "anna", HOME, now), Ok(()));
    // Guessing from there is slowed down all the same.
    fail(&mut throttle, PAIR_FAILURES_MAX, "anna", HOME, now);
    assert_eq!(may_try(&mut throttle, "anna", HOME, now), Err(WAIT_MIN));
}

#[test]
fn guessing_from_many_places_slows_an_account_down_for_half_a_minute_at_most() {
    let (mut throttle, now) = (Throttle::default(), Instant::now());
    let mut at = now;
    for i in 0..ACCOUNT_FAILURES_MAX + 5 {
        at = fail(&mut throttle, 1, "anna", IpAddr::V4((0x0a00_0000 + i).into()), at);
    }
    assert_eq!(may_try(&mut throttle, "anna", HOME, at), Err(ACCOUNT_WAIT_MAX));
}

#[test]
fn one_ipv6_household_is_one_address() {
    let (mut throttle, now) = (Throttle::default(), Instant::now());
    for i in 0..PAIR_FAILURES_MAX {
        let address: IpAddr = format!("2001:db8::{i}").parse().expect("an address");
        fail(&mut throttle, 1, "anna", address, now);
    }
    let neighbour: IpAddr = "2001:db8::ffff".parse().expect("an address");
    assert_eq!(may_try(&mut throttle, "anna", neighbour, now), Err(WAIT_MIN));
}

#[test]
fn what_is_remembered_has_a_bound_and_an_expiry() {
    let (mut throttle, now) = (Throttle::default(), Instant::now());
    for i in 0..30_000_u32 {
        fail(&mut throttle, 1, &format!("user{i}"), IpAddr::V4(i.into()), now);
        throttle.homes.add(account("anna"), IpAddr::V4(i.into()), now);
    }
    assert!(throttle.entries.len() <= ENTRIES_MAX);
    assert_eq!((throttle.homes.last.len(), throttle.homes.by_age.len()), (HOMES_MAX, HOMES_MAX));
    fail(&mut throttle, 1, "anna", HOME, now + MEMORY + Duration::from_secs(1));
    assert_eq!((throttle.entries.len(), throttle.by_age.len()), (3, 3));
}

#[test]
fn right_passwords_do_not_keep_older_failures_in_memory() {
    let (mut throttle, now) = (Throttle::default(), Instant::now());
    for name in ["ben", "cleo", "dora"] {
        fail(&mut throttle, 1, name, HOME, now);
    }
    let address = Key::Address(prefix(HOME));
    succeed(&mut throttle, "anna", HOME, now + MEMORY / 2);
    assert_eq!(throttle.entries[&address].failures, 3);
    fail(&mut throttle, 1, "emil", HOME, now + MEMORY + Duration::from_secs(1));
    assert_eq!(throttle.entries[&address].failures, 1);
    assert_eq!(throttle.entries.len(), throttle.by_age.len());
}
