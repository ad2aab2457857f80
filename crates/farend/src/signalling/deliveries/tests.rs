use std::cell::RefCell;

use model::control::Source;

use super::*;

const LEG: LegId = LegId(7);
const OTHER: LegId = LegId(8);
/// A call of the first thread.
const EVEN: CallId = CallId(2);
/// A call of the second.
const ODD: CallId = CallId(3);

/// Threads that take so many commands more.
struct Taking(RefCell<Vec<(CallId, Command)>>, RefCell<usize>, RefCell<Vec<CallId>>);

impl Taking {
    fn some(room: usize) -> Self {
        Self(RefCell::default(), RefCell::new(room), RefCell::default())
    }

    fn taken(&self) -> Vec<(CallId, Command)> {
        self.0.take()
    }
}

impl Threads for Taking {
    fn command(&self, call: CallId, command: Command) -> Result<(), Command> {
        let mut room = self.1.borrow_mut();
        let Some(left) = room.checked_sub(1) else { return Err(command) };
        *room = left;
        self.0.borrow_mut().push((call, command));
        Ok(())
    }

    fn wake(&self, call: CallId) {
        self.2.borrow_mut().push(call);
    }
}

fn hear(leg: LegId, source: Source) -> Command {
    Command::Hear { leg, source }
}

fn join(call: CallId) -> Command {
    Command::Join { leg: LEG, call }
}

fn close() -> Command {
    Command::Close { leg: LEG }
}

const JOINED: Event = Event::Joined { leg: LEG };

fn delivered(deliveries: &mut Deliveries) -> Vec<(CallId, Command)> {
    let threads = Taking::some(1_000);
    deliveries.deliver(&threads);
    threads.taken()
}

#[test]
fn what_is_for_a_leg_on_its_way_waits_until_it_has_arrived() {
    let mut deliveries = Deliveries::new(2);
    for (call, command) in [
        (EVEN, hear(LEG, Source::Nothing)),
        (EVEN, join(ODD)),
        (ODD, hear(LEG, Source::Leg(OTHER))),
        (ODD, hear(OTHER, Source::Leg(LEG))),
        (ODD, close()),
    ] {
        deliveries.take(call, command);
    }
    let at_once = [
        (EVEN, hear(LEG, Source::Nothing)),
        (EVEN, join(ODD)),
        (ODD, hear(OTHER, Source::Leg(LEG))),
    ];
    assert_eq!(delivered(&mut deliveries), at_once);
    deliveries.heard(&Event::Connected { leg: LEG });
    deliveries.heard(&Event::Joined { leg: OTHER });
    assert_eq!(delivered(&mut deliveries), []);
    deliveries.heard(&JOINED);
    assert_eq!(delivered(&mut deliveries), [(ODD, hear(LEG, Source::Leg(OTHER))), (ODD, close())]);
    assert!(deliveries.away.is_empty() && deliveries.poll_failed().is_none());
}

#[test]
fn with_one_thread_nothing_waits() {
    let mut deliveries = Deliveries::new(1);
    deliveries.take(EVEN, join(ODD));
    deliveries.take(ODD, close());
    assert_eq!(delivered(&mut deliveries), [(EVEN, join(ODD)), (ODD, close())]);
    assert!(deliveries.away.is_empty());
}

#[test]
fn the_end_of_a_journey_within_a_thread_is_not_that_of_the_next_one() {
    let mut deliveries = Deliveries::new(2);
    let next = CallId(EVEN.0 + 2);
    deliveries.take(EVEN, join(next));
    deliveries.take(next, join(ODD));
    deliveries.take(ODD, close());
    assert_eq!(delivered(&mut deliveries), [(EVEN, join(next))]);
    deliveries.heard(&JOINED);
    assert_eq!(delivered(&mut deliveries), [(next, join(ODD))]);
    deliveries.heard(&JOINED);
    assert_eq!(delivered(&mut deliveries), [(ODD, close())]);
}

#[test]
fn a_second_journey_begins_after_the_first() {
    let mut deliveries = Deliveries::new(2);
    deliveries.take(EVEN, join(ODD));
    deliveries.take(ODD, hear(LEG, Source::Music));
    deliveries.take(ODD, join(EVEN));
    deliveries.take(EVEN, close());
    assert_eq!(delivered(&mut deliveries), [(EVEN, join(ODD))]);
    deliveries.heard(&JOINED);
    assert_eq!(delivered(&mut deliveries), [(ODD, hear(LEG, Source::Music)), (ODD, join(EVEN))]);
    deliveries.heard(&JOINED);
    assert_eq!(delivered(&mut deliveries), [(EVEN, close())]);
}

#[test]
fn a_leg_that_never_arrives_holds_nothing_back() {
    let report = Box::default();
    for event in [lost(LEG), failed(Failure::Unknown), Event::Closed { leg: LEG, report }] {
        let mut deliveries = Deliveries::new(2);
        deliveries.take(EVEN, join(ODD));
        deliveries.take(ODD, close());
        delivered(&mut deliveries);
        // It may still arrive, and be closed there.
        deliveries.heard(&failed(Failure::IceFailed));
        assert_eq!(delivered(&mut deliveries), []);
        deliveries.heard(&event);
        assert_eq!(
            delivered(&mut deliveries),
            [(ODD, close())],
            "whoever gets it answers that it is unknown"
        );
    }
}

fn failed(reason: Failure) -> Event {
    Event::LegFailed { leg: LEG, reason }
}

#[test]
fn a_leg_for_which_too_much_waits_is_given_up_and_closed_when_it_arrives() {
    let mut deliveries = Deliveries::new(2);
    deliveries.take(EVEN, join(ODD));
    deliveries.take(ODD, Command::AnswerOffer { leg: LEG, toward: None });
    for _ in 1..HELD_MAX {
        deliveries.take(ODD, hear(LEG, Source::Music));
    }
    assert_eq!(deliveries.poll_failed(), None);
    deliveries.take(ODD, hear(LEG, Source::Nothing));
    assert_eq!((deliveries.poll_failed(), deliveries.poll_failed()), (Some(lost(LEG)), None));
    deliveries.take(ODD, close());
    assert_eq!(
        (deliveries.poll_failed(), deliveries.poll_failed()),
        (Some(lost(LEG)), None),
        "every promise is kept"
    );
    assert_eq!(delivered(&mut deliveries), [(EVEN, join(ODD))]);
    deliveries.heard(&JOINED);
    assert_eq!(delivered(&mut deliveries), [(ODD, close())]);
}

#[test]
fn what_a_busy_thread_cannot_take_is_tried_again_in_order_and_wakes_it_once() {
    let mut deliveries = Deliveries::new(2);
    for (call, leg) in [(EVEN, LEG), (EVEN, OTHER), (ODD, LEG), (ODD, OTHER)] {
        deliveries.take(call, hear(leg, Source::Music));
    }
    let threads = Taking::some(3);
    deliveries.deliver(&threads);
    assert_eq!(threads.taken().len(), 3);
    assert_eq!(threads.2.take(), [EVEN, ODD]);
    assert!(deliveries.waits());
    assert_eq!(delivered(&mut deliveries), [(ODD, hear(OTHER, Source::Music))]);
    assert!(!deliveries.waits());
}
