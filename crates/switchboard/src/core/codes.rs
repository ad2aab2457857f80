//! Codes of colleagues, as far as they begin a call or none at all: call back, intercom, redial, return call; and all of them in the app.

use std::time::Instant;

use model::{CallId, DeviceId, UserId};

use super::admission::Asked;
use super::{Controlled, Core, Objection, Party};
use crate::call::{Branch, Cause, Pace, Plan, Service};
use crate::directory::{DeviceKind, Feature, StarCode};

/// What a code that somebody has dialled in the app comes to.
pub(super) enum InApp {
    /// It is done, or refused.
    Done(Controlled),
    /// This number is to be called.
    Calls(String),
}

impl From<Cause> for Objection {
    fn from(cause: Cause) -> Self {
        Self::Refused(cause.text)
    }
}

impl Core {
    /// The number that somebody means who has dialled the code for redial or return call; `None`: it is neither.
    pub(super) fn number_meant(&self, user: Option<UserId>, dialled: &str) -> Option<Result<String, Cause>> {
        const NOBODY: Cause = Cause {
            status: 403,
            text: "this phone belongs to nobody",
        };
        let user = user.ok_or(NOBODY);
        match self.feature_dialled(dialled)?.feature {
            Feature::Redial => Some(user.and_then(|user| self.dialled_last(user))),
            Feature::ReturnCall => Some(user.and_then(|user| self.called_last_by(user))),
            Feature::EchoTest
            | Feature::Music
            | Feature::DeskShare
            | Feature::TakeCall
            | Feature::SendCall
            | Feature::Conference
            | Feature::PickUp
            | Feature::PickUpGroup
            | Feature::Park
            | Feature::CallBack
            | Feature::Intercom
            | Feature::ForwardAlways
            | Feature::ForwardBusy
            | Feature::ForwardNoAnswer
            | Feature::ForwardUnreachable
            | Feature::DoNotDisturb
            | Feature::RejectAnonymous => None,
        }
    }

    /// What a number or a code comes to that somebody has dialled themselves: nobody is handed over to it.
    pub(super) fn plan_dialled(&mut self, call: CallId, dialled: &str, asked: &Asked, now: Instant) -> Plan {
        let code = self.feature_dialled(dialled).zip(asked.responsible);
        match code {
            Some((StarCode { feature, rest }, user)) if feature == Feature::CallBack => {
                let called = code_party(dialled, feature);
                match self.call_back_dialled(user, &rest, now) {
                    Ok(()) => Plan::Serve {
                        called,
                        feature: Service::Confirmation,
                    },
                    Err(cause) => Plan::Refuse { called, cause },
                }
            }
            Some((StarCode { feature, rest }, user)) if feature == Feature::Intercom => {
                let called = code_party(dialled, feature);
                self.plan_intercom(call, (user, &rest), called, asked)
            }
            Some(_) | None => match self.plan_setting(call, dialled, asked) {
                Some(plan) => plan,
                None => {
                    self.remember_dialled(asked.for_whom, dialled);
                    self.plan(call, dialled, asked, now)
                }
            },
        }
    }

    /// Somebody wants to be heard at a colleague's desk at once.
    fn plan_intercom(&mut self, call: CallId, (user, number): (UserId, &str), code: Party, asked: &Asked) -> Plan {
        let refuse = |called, status, text| Plan::Refuse {
            called,
            cause: Cause { status, text },
        };
        let Some(person) = self.directory.user_at(number) else {
            return refuse(code, 404, "nobody has this number");
        };
        let called = Party {
            user: Some(person.id),
            device: None,
            number: person.extension.clone().unwrap_or_default(),
            name: person.name.clone(),
        };
        let whom = person.id;
        if whom == user {
            return refuse(called, 482, "this is your own number");
        }
        if self.wants_quiet(whom, user) {
            return refuse(called, 480, "does not want to be disturbed");
        }
        if self.is_on_a_call(whom, call) {
            return refuse(called, 486, "is on a call");
        }
        let desks = self
            .devices_at(whom)
            .into_iter()
            .filter(|device| device.kind == DeviceKind::DeskPhone);
        let desks: Vec<DeviceId> = desks.map(|device| device.id).collect();
        let desks = desks.into_iter().filter(|device| !asked.without.contains(&Some(*device)));
        let branches: Vec<Branch> = desks.flat_map(|device| self.branches_at(call, &called, device, true)).collect();
        if branches.is_empty() {
            return refuse(called, 480, "no desk phone is there that could answer by itself");
        }
        Plan::Ring {
            called,
            branches,
            pace: Pace::default(),
        }
    }

    /// What becomes of a number that somebody has dialled in the app, where it is a code of colleagues. Running calls come to the phone; what
    /// needs no call is done at once.
    pub(super) fn dial_code(&mut self, user: UserId, device: DeviceId, number: String, now: Instant) -> InApp {
        let Some(StarCode { feature, rest }) = self.feature_dialled(&number) else {
            return InApp::Calls(number);
        };
        let found = match feature {
            Feature::PickUp => self.rings_at(user, &rest),
            Feature::PickUpGroup => self.rings_in_groups(user).ok_or(super::pickup::NOTHING_RINGS),
            Feature::Park => self.parked_for(user, &rest),
            Feature::CallBack => {
                let wanted = self.call_back_dialled(user, &rest, now);
                return InApp::Done(wanted.map(|()| None).map_err(Objection::from));
            }
            Feature::Redial | Feature::ReturnCall => {
                let meant = self.number_meant(Some(user), &number);
                return match meant.unwrap_or(Ok(number)) {
                    Ok(number) => InApp::Calls(number),
                    Err(cause) => InApp::Done(Err(cause.into())),
                };
            }
            Feature::EchoTest
            | Feature::Music
            | Feature::DeskShare
            | Feature::TakeCall
            | Feature::SendCall
            | Feature::Conference
            | Feature::Intercom
            | Feature::ForwardAlways
            | Feature::ForwardBusy
            | Feature::ForwardNoAnswer
            | Feature::ForwardUnreachable
            | Feature::DoNotDisturb
            | Feature::RejectAnonymous => return InApp::Calls(number),
        };
        InApp::Done(match found {
            Ok(call) => self.answer_by_phone(user, call, device, now),
            Err(cause) => Err(cause.into()),
        })
    }
}

/// A code, as the journal names it.
fn code_party(dialled: &str, feature: Feature) -> Party {
    Party {
        user: None,
        device: None,
        number: numbers::normalise(dialled).unwrap_or_default(),
        name: feature.title().to_owned(),
    }
}

/// Whether whoever dials it takes a call that there is already.
pub(super) fn takes_running(feature: Feature) -> bool {
    match feature {
        Feature::TakeCall | Feature::PickUp | Feature::PickUpGroup | Feature::Park => true,
        Feature::EchoTest
        | Feature::Music
        | Feature::DeskShare
        | Feature::SendCall
        | Feature::Conference
        | Feature::CallBack
        | Feature::Intercom
        | Feature::Redial
        | Feature::ReturnCall
        | Feature::ForwardAlways
        | Feature::ForwardBusy
        | Feature::ForwardNoAnswer
        | Feature::ForwardUnreachable
        | Feature::DoNotDisturb
        | Feature::RejectAnonymous => false,
    }
}
