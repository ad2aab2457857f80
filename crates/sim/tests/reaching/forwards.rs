//! Where calls go by somebody's rules.

use std::time::Duration;

use sim::Habit;

use super::*;

const AFTER_10_S: When = When::NoAnswer { after_s: 10 };

#[test]
fn all_calls_go_elsewhere_and_the_caller_is_told() {
    let mut company = people(3);
    forwards(&mut company, 101, &[(When::Always, "102")]);
    let mut world = world(company);
    call(&mut world, desk(103), "101");
    assert_rings(&world, &[desk(102)]);
    assert!(world.trace().contains("SIP/2.0 181 Call Is Being Forwarded"), "{}", world.trace());
    talk(&mut world, desk(102));
    assert_eq!(forwarded(&world), [("101", "102")]);
    assert!(
        matches!(&world.journal[0], JournalEntry::Started { called, .. } if called.number == "101"),
        "{:?}",
        world.journal
    );
    assert_nothing_left(&mut world);
}

#[test]
fn a_call_that_nobody_answers_goes_elsewhere_after_its_time_and_on_from_there() {
    let mut company = people(4);
    forwards(&mut company, 101, &[(AFTER_10_S, "102")]);
    forwards(&mut company, 102, &[(When::NoAnswer { after_s: 5 }, "103")]);
    let mut world = world(company);
    call(&mut world, desk(104), "101");
    assert_rings(&world, &[desk(101)]);
    world.run_ms(10_000);
    assert_rings(&world, &[desk(102)]);
    world.run_ms(5_000);
    assert_rings(&world, &[desk(103)]);
    assert_eq!(forwarded(&world), [("101", "102"), ("102", "103")]);
    talk(&mut world, desk(103));
    assert!(world.phone(desk(104)).talks());
    assert_nothing_left(&mut world);
}

#[test]
fn a_circle_ends_at_the_last_one_who_has_not_been_called() {
    let mut company = people(3);
    forwards(&mut company, 101, &[(When::Always, "102")]);
    forwards(&mut company, 102, &[(When::Always, "101")]);
    let mut world = world(company);
    call(&mut world, desk(103), "101");
    assert_rings(&world, &[desk(102)]);
    assert_eq!(forwarded(&world), [("101", "102")]);
    assert_nothing_left(&mut world);
}

#[test]
fn a_circle_of_those_who_do_not_answer_ends_too() {
    let mut company = people(3);
    forwards(&mut company, 101, &[(AFTER_10_S, "102")]);
    forwards(&mut company, 102, &[(AFTER_10_S, "101")]);
    let mut world = world(company);
    call(&mut world, desk(103), "101");
    world.run_ms(10_000);
    assert_rings(&world, &[desk(102)]);
    world.run_ms(29_000);
    assert_rings(&world, &[desk(102)]);
    world.run_ms(1_000);
    assert_eq!(world.phone(desk(103)).refusals, [480], "{}", world.trace());
    assert_nothing_left(&mut world);
}

#[test]
fn five_people_forward_a_call_at_most() {
    let mut company = people(8);
    for (extension, next) in (101..=107).zip(["102", "103", "104", "105", "106", "107", "108"]) {
        forwards(&mut company, extension, &[(When::Always, next)]);
    }
    let mut world = world(company);
    call(&mut world, desk(108), "101");
    assert_rings(&world, &[desk(106)]);
    assert_eq!(forwarded(&world).len(), 5);
    assert_nothing_left(&mut world);
}

#[test]
fn the_caller_is_never_called_by_a_rule_and_the_next_one_counts() {
    let mut company = people(3);
    forwards(
        &mut company,
        101,
        &[(When::Always, "103"), (When::Always, "101"), (When::Always, "102")],
    );
    let mut world = world(company);
    call(&mut world, desk(103), "101");
    assert_rings(&world, &[desk(102)]);
    assert_nothing_left(&mut world);
}

#[test]
fn who_is_on_a_call_forwards_and_so_does_who_declines() {
    for (while_busy, status) in [(WhileBusy::CallWaiting, 603), (WhileBusy::Busy, 486)] {
        let mut company = people(4);
        company.users[0].while_busy = while_busy;
        forwards(&mut company, 101, &[(When::Busy, "102")]);
        let mut world = world(company);
        world.phone_mut(desk(101)).habit = Habit::Refuse {
            after: Duration::from_secs(1),
            status,
        };
        call(&mut world, desk(103), "101");
        assert_rings(&world, &[desk(101)]);
        world.run_ms(1_000);
        assert_rings(&world, &[desk(102)]);
        world.act(Act::HangUp(desk(103)));
        world.run_ms(500);
        call(&mut world, desk(101), "104");
        talk(&mut world, desk(104));
        call(&mut world, desk(103), "101");
        assert_rings(&world, &[desk(102)]);
        assert_nothing_left(&mut world);
    }
}

#[test]
fn who_is_not_there_forwards_and_the_busy_target_is_heard() {
    let mut company = people(4);
    company.users[1].while_busy = WhileBusy::Busy;
    forwards(&mut company, 101, &[(When::Unreachable, "102")]);
    let mut world = world(company);
    call(&mut world, desk(103), "101");
    assert_rings(&world, &[desk(101)]);
    world.act(Act::HangUp(desk(103)));
    world.act(Act::Unregister(desk(101)));
    world.run_ms(500);
    call(&mut world, desk(103), "101");
    assert_rings(&world, &[desk(102)]);
    talk(&mut world, desk(102));
    call(&mut world, desk(104), "101");
    assert_eq!(world.phone(desk(104)).refusals, [486], "{}", world.trace());
    assert_nothing_left(&mut world);
}

#[test]
fn whoever_is_not_to_be_disturbed_is_called_by_their_exceptions_alone() {
    let mut company = people(4);
    company.users[0].reaching.do_not_disturb = DoNotDisturb {
        is_on: true,
        except: vec!["104".to_owned()],
    };
    let mut world = world(company);
    call(&mut world, desk(103), "101");
    assert_eq!(world.phone(desk(103)).refusals, [480], "{}", world.trace());
    call(&mut world, desk(104), "101");
    assert_rings(&world, &[desk(101)]);
    assert_nothing_left(&mut world);
}

#[test]
fn a_team_does_not_disturb_and_forwards_of_its_members_do_not_count() {
    let mut company = people(4);
    forwards(&mut company, 101, &[(When::Always, "104"), (When::Busy, "104")]);
    company.users[1].reaching.do_not_disturb.is_on = true;
    company.teams = vec![team(1, &[1, 2])];
    let mut world = world(company);
    call(&mut world, desk(103), "201");
    assert_rings(&world, &[desk(101)]);
    world.act(Act::HangUp(desk(101)));
    world.run_ms(500);
    assert_eq!(world.phone(desk(103)).refusals.len(), 1, "{}", world.trace());
    assert_nothing_left(&mut world);
}

/// A team with the number 201, 202 and so on.
pub(super) fn team(id: u64, members: &[u64]) -> Team {
    let member = |n: &u64| Member {
        kind: MemberKind::Person(UserId(*n)),
        rings: true,
    };
    Team {
        id: TeamId(id),
        name: format!("Team {id}"),
        extension: format!("20{id}"),
        has_line: true,
        order: Order::All,
        members: members.iter().map(member).collect(),
        busy_when: BusyWhen::All,
        overflow: None,
        night: None,
    }
}

#[test]
fn a_call_goes_on_to_a_team_and_from_a_team_to_somebody_who_forwards() {
    let mut company = people(5);
    forwards(&mut company, 101, &[(AFTER_10_S, "201")]);
    forwards(&mut company, 103, &[(When::Always, "104")]);
    let overflow = Overflow {
        after_s: 5,
        number: "103".to_owned(),
    };
    company.teams = vec![Team {
        overflow: Some(overflow),
        ..team(1, &[2])
    }];
    let mut world = world(company);
    call(&mut world, desk(105), "101");
    world.run_ms(10_000);
    assert_rings(&world, &[desk(102)]);
    world.run_ms(5_000);
    assert_rings(&world, &[desk(104)]);
    assert_eq!(forwarded(&world), [("101", "201"), ("103", "104")]);
    talk(&mut world, desk(104));
    assert_nothing_left(&mut world);
}

#[test]
fn a_call_is_forwarded_to_music_but_to_no_code_that_does_something() {
    let mut company = people(3);
    forwards(
        &mut company,
        101,
        &[(When::Always, "*26"), (When::Always, "*21102"), (When::Always, "*44")],
    );
    let mut world = world(company);
    call(&mut world, desk(103), "101");
    assert!(world.phone(desk(103)).talks(), "{}", world.trace());
    assert_eq!((world.settled.len(), forwarded(&world)), (0, vec![("101", "*44")]));
    assert_nothing_left(&mut world);
}

#[test]
fn a_call_that_is_handed_over_is_forwarded_too() {
    let mut company = people(5);
    forwards(&mut company, 101, &[(AFTER_10_S, "102")]);
    let mut world = world(company);
    call(&mut world, desk(103), "104");
    talk(&mut world, desk(104));
    world.act(Act::Refer {
        phone: desk(104),
        to: "<sip:101@farend>",
    });
    world.run_ms(500);
    assert_rings(&world, &[desk(101)]);
    world.run_ms(10_000);
    assert_rings(&world, &[desk(102)]);
    talk(&mut world, desk(102));
    assert!(
        world.phone(desk(103)).talks() && !world.phone(desk(104)).talks(),
        "{}",
        world.trace()
    );
    assert_nothing_left(&mut world);
}

#[test]
fn a_rule_counts_for_its_callers_and_while_it_is_on() {
    let mut company = people(4);
    forwards(
        &mut company,
        101,
        &[(When::Always, "102"), (When::Always, "102"), (When::Always, "103")],
    );
    let rules = &mut company.users[0].reaching.forwards;
    rules[0].is_on = false;
    rules[1].from = Callers::Outside;
    rules[2].from = Callers::These(vec!["104".to_owned()]);
    let mut world = world(company);
    call(&mut world, desk(104), "101");
    assert_rings(&world, &[desk(103)]);
    call(&mut world, desk(102), "101");
    assert_rings(&world, &[desk(101), desk(103)]);
    assert_nothing_left(&mut world);
}

#[test]
fn the_journal_tells_of_a_call_that_was_forwarded_to_somebody_who_is_busy() {
    let mut company = people(4);
    company.users[1].while_busy = WhileBusy::Busy;
    forwards(&mut company, 101, &[(When::Always, "102")]);
    let mut world = world(company);
    call(&mut world, desk(102), "104");
    talk(&mut world, desk(104));
    world.journal.clear();
    call(&mut world, desk(103), "101");
    assert!(
        matches!(
            &world.journal[..],
            [
                JournalEntry::Started { .. },
                JournalEntry::Forwarded { .. },
                JournalEntry::Ended {
                    outcome: Outcome::Busy,
                    ..
                }
            ]
        ),
        "{:?}",
        world.journal
    );
    assert_nothing_left(&mut world);
}
