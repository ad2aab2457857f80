//! The steps in words, and as values for those who put them into words of another language.

use super::{Case, Event, Step, Who};

impl Step {
    /// The name by which programs know what happens.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match &self.event {
            Event::Rings { .. } => "rings",
            Event::TeamRings { .. } => "team_rings",
            Event::Forwarded { case, .. } => match case {
                Case::Always => "forwarded_always",
                Case::Busy => "forwarded_busy",
                Case::NoAnswer => "forwarded_no_answer",
                Case::Unreachable => "forwarded_unreachable",
            },
            Event::PassedOver { .. } => "passed_over",
            Event::HandedOn { is_night: true, .. } => "team_night",
            Event::HandedOn { is_night: false, .. } => "team_overflow",
            Event::Outside { .. } => "outside",
            Event::Room { .. } => "room",
            Event::Menu { is_open: true, .. } => "menu",
            Event::Menu { is_open: false, .. } => "menu_closed",
            Event::Heard { .. } => "heard",
            Event::Refused { .. } => "refused",
            Event::Unanswered => "unanswered",
            Event::Otherwise { case: Case::Busy, .. } => "otherwise_busy",
            Event::Otherwise {
                case: Case::Unreachable, ..
            } => "otherwise_unreachable",
            Event::Otherwise {
                case: Case::Always | Case::NoAnswer,
                ..
            } => "otherwise",
        }
    }

    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        let text = self.event.text();
        match self.after_s {
            0 => text,
            after_s => format!("After {after_s} s: {text}"),
        }
    }

    /// What the sentence is made of; `after_s` is always among it.
    #[must_use]
    pub fn values(&self) -> Vec<(&'static str, String)> {
        let person = |who: &Who| vec![("name", who.name.clone()), ("number", who.number.clone())];
        let rule = |by: &Who, to: &str| [person(by), vec![("to", to.to_owned())]].concat();
        let mut values = match &self.event {
            Event::Rings { who, phones, mobile } => {
                [person(who), vec![("phones", phones.to_string()), ("mobile", mobile.to_string())]].concat()
            }
            Event::TeamRings { team, members } => [person(team), vec![("members", members.join(", "))]].concat(),
            Event::Forwarded { by, to, .. } | Event::Otherwise { by, to, .. } => rule(by, to),
            Event::PassedOver { by, to, why, .. } => [rule(by, to), vec![("why", (*why).to_owned())]].concat(),
            Event::HandedOn { team, to, .. } => rule(team, to),
            Event::Outside { number } => vec![("number", number.clone())],
            Event::Room { room } => person(room),
            Event::Menu { menu, .. } => person(menu),
            Event::Heard { title } => vec![("title", (*title).to_owned())],
            Event::Refused { status, why } => vec![("status", status.to_string()), ("why", (*why).to_owned())],
            Event::Unanswered => Vec::new(),
        };
        values.push(("after_s", self.after_s.to_string()));
        values
    }
}

impl Event {
    fn text(&self) -> String {
        match self {
            Self::Rings { who, phones, mobile } => {
                let phones = match phones {
                    0 => "no phone",
                    1 => "1 phone",
                    phones => &format!("{phones} phones"),
                };
                let and_mobile = if *mobile { " and the mobile" } else { "" };
                format!("{} rings: {phones}{and_mobile}", named(who))
            }
            Self::TeamRings { team, members } => format!("{} rings: {}", named(team), members.join(", ")),
            Self::Forwarded { by, case, to } => format!("{} forwards {} to {to}", named(by), calls(*case)),
            Self::PassedOver { by, case, to, why } => {
                format!("{} would forward {} to {to}, but {why}", named(by), calls(*case))
            }
            Self::HandedOn { team, to, is_night: true } => format!("{} does not work at this time: to {to}", named(team)),
            Self::HandedOn { team, to, is_night: false } => format!("{} does not answer: to {to}", named(team)),
            Self::Outside { number } => format!("{number} is called outside"),
            Self::Room { room } => format!("The caller is in the conference room {}", named(room)),
            Self::Menu { menu, is_open: true } => format!("The caller hears the menu {}", named(menu)),
            Self::Menu { menu, is_open: false } => format!("The caller hears that the menu {} is closed", named(menu)),
            Self::Heard { title } => format!("The caller hears: {title}"),
            Self::Refused { why, .. } => format!("The caller is refused: {why}"),
            Self::Unanswered => "nobody has answered: the caller is told so".to_owned(),
            Self::Otherwise { by, case, to } => format!("If {} {}: to {to}", named(by), condition(*case)),
        }
    }
}

fn named(who: &Who) -> String {
    match who.number.as_str() {
        "" => who.name.clone(),
        number => format!("{} ({number})", who.name),
    }
}

fn calls(case: Case) -> &'static str {
    match case {
        Case::Always => "all calls",
        Case::Busy => "calls while busy",
        Case::NoAnswer => "calls that are not answered",
        Case::Unreachable => "calls while no phone is there",
    }
}

fn condition(case: Case) -> &'static str {
    match case {
        Case::Always => "is called",
        Case::Busy => "is on a call or declines",
        Case::NoAnswer => "does not answer",
        Case::Unreachable => "has no phone that can be reached",
    }
}
