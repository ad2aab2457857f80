//! Teams: numbers that several answer.

use super::*;
use crate::directory::{BusyWhen, Member, MemberKind, Order, Team};

pub(super) const SALES: TeamId = TeamId(1);

/// Sales, 200.
pub(super) fn team(order: Order, members: &[MemberKind]) -> Team {
    Team {
        id: SALES,
        name: "Sales".to_owned(),
        extension: "200".to_owned(),
        has_line: true,
        order,
        members: members.iter().map(|kind| Member { kind: *kind, rings: true }).collect(),
        busy_when: BusyWhen::All,
        overflow: None,
        night: None,
    }
}
