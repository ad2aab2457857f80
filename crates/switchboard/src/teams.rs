//! Teams: who of them has the next turn.
//!
//! Nothing here knows of phones. The core says which members could take a call, this says in which order, and remembers for each call who
//! has had a turn.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use crate::directory::{MemberKind, Order, Team, TimeProfile, WallClock, is_open_by};

/// What a member is doing, as far as a call to their team is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Presence {
    /// Nothing.
    Free,
    /// A phone of theirs rings for another call.
    Ringing,
    /// On another call.
    OnACall,
}

/// Since when members have not talked.
#[derive(Debug, Default)]
pub(crate) struct Idle {
    since: BTreeMap<MemberKind, Instant>,
}

impl Idle {
    /// An answered call of theirs is over.
    pub(crate) fn talked(&mut self, member: MemberKind, now: Instant) {
        self.since.insert(member, now);
    }

    /// Forgets who is gone.
    pub(crate) fn retain(&mut self, is_known: impl Fn(MemberKind) -> bool) {
        self.since.retain(|member, _| is_known(*member));
    }
}

/// Those who may have a turn, best first: whoever rings for another call comes after those who are free, and nobody who is on one.
pub(crate) fn line_up(order: Order, members: impl Iterator<Item = (MemberKind, Presence)>, idle: &Idle) -> Vec<MemberKind> {
    let mut members: Vec<(MemberKind, Presence)> = members.filter(|(_, presence)| *presence != Presence::OnACall).collect();
    match order {
        Order::All => {}
        Order::InTurn { .. } => members.sort_by_key(|(_, presence)| *presence),
        // Who has never talked has no time, which comes before all times.
        Order::LongestIdle { .. } => members.sort_by_key(|(member, presence)| (*presence, idle.since.get(member).copied())),
    }
    members.into_iter().map(|(member, _)| member).collect()
}

/// Who has had a turn in a call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Turns {
    /// In this round.
    had: BTreeSet<MemberKind>,
    /// They have refused, or their phones have not reacted: this call does not come back to them.
    out: BTreeSet<MemberKind>,
    current: Option<MemberKind>,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// This member's.
    Rings(MemberKind),
    /// There is nobody but whoever rings already.
    Stays,
}

impl Turns {
    /// Whose turn comes after the present one; when all have had theirs, a new round begins.
    pub(crate) fn next(&self, candidates: &[MemberKind]) -> Option<Next> {
        let others = || {
            let others = candidates.iter().filter(|member| !self.out.contains(member));
            others.copied().filter(|member| self.current != Some(*member))
        };
        let next = others().find(|member| !self.had.contains(member)).or_else(|| others().next());
        let stays = || self.current.filter(|member| candidates.contains(member)).map(|_| Next::Stays);
        next.map(Next::Rings).or_else(stays)
    }

    /// A member's turn begins.
    pub(crate) fn begin(&mut self, member: MemberKind) {
        if self.had.contains(&member) {
            self.had.clear();
        }
        self.had.insert(member);
        self.current = Some(member);
    }

    /// Whoever has the turn will not answer this call.
    pub(crate) fn refused(&mut self) {
        self.out.extend(self.current.take());
    }
}

impl Team {
    /// Where the team's calls go now, unless it works. By a time profile that is not among these, it does.
    #[must_use]
    pub fn night_number(&self, profiles: &[TimeProfile], clock: WallClock) -> Option<&str> {
        let night = self.night.as_ref()?;
        let is_day = match night.hours {
            Some(hours) => is_open_by(profiles, hours, clock).unwrap_or(true),
            None => night.day.iter().any(|window| window.is_open(clock)),
        };
        (!is_day).then_some(night.number.as_str())
    }

    /// The members that ring, in the team's order.
    pub(crate) fn ringing_members(&self) -> impl Iterator<Item = MemberKind> {
        self.members.iter().filter(|member| member.rings).map(|member| member.kind)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use model::{DeviceId, TeamId, UserId};

    use super::*;
    use crate::directory::{BusyWhen, Night, Window};
    use crate::testing::start;

    const ANNA: MemberKind = MemberKind::Person(UserId(1));
    const BEN: MemberKind = MemberKind::Person(UserId(2));
    const HANDSET: MemberKind = MemberKind::Device(DeviceId(1));
    const ALL: [MemberKind; 3] = [ANNA, BEN, HANDSET];

    /// Asks for turns until nobody is left, or ten have had theirs.
    fn turns(turns: &mut Turns, candidates: &[MemberKind]) -> Vec<MemberKind> {
        let mut order = Vec::new();
        while let (Some(Next::Rings(member)), 0..6) = (turns.next(candidates), order.len()) {
            turns.begin(member);
            order.push(member);
        }
        order
    }

    #[test]
    fn everybody_has_a_turn_before_anybody_has_a_second_one() {
        assert_eq!(turns(&mut Turns::default(), &ALL), [ANNA, BEN, HANDSET, ANNA, BEN, HANDSET]);
        assert_eq!(turns(&mut Turns::default(), &[BEN, ANNA]), [BEN, ANNA, BEN, ANNA, BEN, ANNA]);
    }

    #[test]
    fn who_becomes_free_meanwhile_has_the_next_turn() {
        let mut turns = Turns::default();
        turns.begin(BEN);
        assert_eq!(turns.next(&[ANNA, BEN]), Some(Next::Rings(ANNA)));
    }

    #[test]
    fn who_is_alone_goes_on_ringing_and_who_has_refused_does_not() {
        let mut turns = Turns::default();
        turns.begin(ANNA);
        assert_eq!(turns.next(&[ANNA]), Some(Next::Stays));
        assert_eq!(turns.next(&[]), None, "they are on another call by now");
        turns.refused();
        assert_eq!(turns.next(&[ANNA]), None);
        assert_eq!(turns.next(&ALL), Some(Next::Rings(BEN)));
    }

    #[test]
    fn whoever_has_not_talked_for_longest_is_first() {
        let now = start();
        let mut idle = Idle::default();
        let order = Order::LongestIdle { turn_s: 10 };
        let free = |idle: &Idle| line_up(order, ALL.into_iter().map(|member| (member, Presence::Free)), idle);
        assert_eq!(free(&idle), ALL);
        idle.talked(ANNA, now);
        idle.talked(HANDSET, now + Duration::from_secs(1));
        assert_eq!(free(&idle), [BEN, ANNA, HANDSET]);
        idle.talked(BEN, now + Duration::from_secs(1));
        assert_eq!(free(&idle), [ANNA, BEN, HANDSET], "ties by the team's order");
        idle.retain(|member| member != ANNA);
        idle.talked(ANNA, now + Duration::from_secs(9));
        assert_eq!(free(&idle), [BEN, HANDSET, ANNA]);
    }

    #[test]
    fn who_is_on_a_call_is_passed_over_and_who_rings_comes_last() {
        let presences = [(ANNA, Presence::Ringing), (BEN, Presence::OnACall), (HANDSET, Presence::Free)];
        for order in [Order::InTurn { turn_s: 10 }, Order::LongestIdle { turn_s: 10 }] {
            assert_eq!(line_up(order, presences.into_iter(), &Idle::default()), [HANDSET, ANNA]);
        }
    }

    #[test]
    fn at_night_calls_go_elsewhere() {
        let mut team = Team {
            id: TeamId(1),
            name: "Sales".to_owned(),
            extension: "200".to_owned(),
            has_line: false,
            order: Order::All,
            members: Vec::new(),
            busy_when: BusyWhen::All,
            overflow: None,
            night: None,
        };
        let at = |weekday, hour: u16| WallClock {
            day: 0,
            weekday,
            minute: hour * 60,
        };
        assert_eq!(team.night_number(&[], at(6, 3)), None);
        team.night = Some(Night {
            day: vec![Window {
                days: 0b1_1111,
                from_minute: 8 * 60,
                to_minute: 17 * 60,
            }],
            hours: None,
            number: "103".to_owned(),
        });
        for (weekday, hour, number) in [
            (0, 7, Some("103")),
            (0, 8, None),
            (4, 16, None),
            (4, 17, Some("103")),
            (5, 12, Some("103")),
        ] {
            assert_eq!(team.night_number(&[], at(weekday, hour)), number, "{weekday} {hour}");
        }
    }
}
