//! Rules as clients write and read them.

use ::numbers::{Dialled, E164, normalise, understand};
use serde::{Deserialize, Serialize};
use switchboard::directory::{self, Directory, TimeProfileId};
use utoipa::ToSchema;

use crate::api::problem::{Fields, Problem};
use crate::api::types::{delay_s, dialled};
use crate::store::{CALLERS_MAX, FORWARDS_MAX};

/// What becomes of calls to somebody.
#[derive(Serialize, Deserialize, ToSchema)]
pub(in crate::api) struct Reaching {
    /// In this order: the first one that fits counts. 20 at most.
    forwards: Vec<Forward>,
    /// No phone rings.
    do_not_disturb: DoNotDisturb,
    /// Calls without a number are refused.
    rejects_anonymous: bool,
}

/// A rule by which calls go elsewhere.
#[derive(Serialize, Deserialize, ToSchema)]
struct Forward {
    is_on: bool,
    when: When,
    /// With `no_answer`: after so many seconds, 300 at most; null otherwise.
    #[schema(required)]
    after_s: Option<u16>,
    from: From,
    /// With `these`: extensions, or numbers of the world; 50 at most. Empty otherwise.
    #[serde(default)]
    #[schema(required)]
    numbers: Vec<String>,
    /// Only while a time profile is open, or closed; null: at any time.
    #[schema(required)]
    during: Option<During>,
    /// A number of ours, or of the world with the permissions of whoever forwards, as they would dial it.
    #[schema(example = "0170 1234567")]
    to: String,
}

/// In which case calls go elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ForwardWhen)]
enum When {
    /// In any case, at once.
    Always,
    /// While one is on a call, or has declined.
    Busy,
    /// When nobody has answered.
    NoAnswer,
    /// While no phone is there.
    Unreachable,
}

/// Whose calls go elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ForwardFrom)]
enum From {
    Anybody,
    /// People and teams of ours.
    Inside,
    /// The world.
    Outside,
    /// Whoever shows no number.
    Anonymous,
    /// Those of `numbers`.
    These,
}

/// While a time profile is open, or closed.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[schema(as = ForwardDuring)]
struct During {
    profile_id: u64,
    /// Whether it shall be open.
    is_open: bool,
}

/// Nobody shall disturb.
#[derive(Serialize, Deserialize, ToSchema)]
struct DoNotDisturb {
    is_on: bool,
    /// Whose calls ring nevertheless: extensions, or numbers of the world; 50 at most.
    #[serde(default)]
    #[schema(required)]
    except: Vec<String>,
}

impl Reaching {
    pub(in crate::api) fn parse(self, directory: &Directory) -> Result<directory::Reaching, Problem> {
        let mut fields = Fields::default();
        if self.forwards.len() > FORWARDS_MAX {
            fields.note("forwards", format!("write {FORWARDS_MAX} forwards at most"));
        }
        let numbered = self.forwards.into_iter().take(FORWARDS_MAX).enumerate();
        let forwards = numbered
            .filter_map(|(index, forward)| forward.parse(&format!("forwards[{index}]"), directory, &mut fields))
            .collect();
        let except = callers(&self.do_not_disturb.except, "do_not_disturb.except", directory, &mut fields);
        fields.finish()?;
        Ok(directory::Reaching {
            forwards,
            do_not_disturb: directory::DoNotDisturb {
                is_on: self.do_not_disturb.is_on,
                except,
            },
            rejects_anonymous: self.rejects_anonymous,
        })
    }

    pub(in crate::api) fn of(reaching: directory::Reaching) -> Self {
        Self {
            forwards: reaching.forwards.into_iter().map(Forward::of).collect(),
            do_not_disturb: DoNotDisturb {
                is_on: reaching.do_not_disturb.is_on,
                except: reaching.do_not_disturb.except,
            },
            rejects_anonymous: reaching.rejects_anonymous,
        }
    }
}

impl Forward {
    fn parse(self, field: &str, directory: &Directory, fields: &mut Fields) -> Option<directory::Forward> {
        let to = fields.check(&format!("{field}.to"), target(&self.to, directory));
        let after = format!("{field}.after_s");
        let when = match (self.when, self.after_s) {
            (When::Always, _) => Some(directory::When::Always),
            (When::Busy, _) => Some(directory::When::Busy),
            (When::Unreachable, _) => Some(directory::When::Unreachable),
            (When::NoAnswer, Some(seconds)) => fields
                .check(&after, delay_s(seconds))
                .map(|after_s| directory::When::NoAnswer { after_s }),
            (When::NoAnswer, None) => {
                fields.note(&after, "say after how many seconds");
                None
            }
        };
        let from = match self.from {
            From::Anybody => directory::Callers::Anybody,
            From::Inside => directory::Callers::Inside,
            From::Outside => directory::Callers::Outside,
            From::Anonymous => directory::Callers::Anonymous,
            From::These => {
                let field = format!("{field}.numbers");
                if self.numbers.is_empty() {
                    fields.note(&field, "name one number at least");
                }
                directory::Callers::These(callers(&self.numbers, &field, directory, fields))
            }
        };
        Some(directory::Forward {
            is_on: self.is_on,
            when: when?,
            from,
            during: self.during.map(|during| directory::During {
                profile: TimeProfileId(during.profile_id),
                is_open: during.is_open,
            }),
            to: to?,
        })
    }

    fn of(forward: directory::Forward) -> Self {
        let (when, after_s) = match forward.when {
            directory::When::Always => (When::Always, None),
            directory::When::Busy => (When::Busy, None),
            directory::When::NoAnswer { after_s } => (When::NoAnswer, Some(after_s)),
            directory::When::Unreachable => (When::Unreachable, None),
        };
        let (from, numbers) = match forward.from {
            directory::Callers::Anybody => (From::Anybody, Vec::new()),
            directory::Callers::Inside => (From::Inside, Vec::new()),
            directory::Callers::Outside => (From::Outside, Vec::new()),
            directory::Callers::Anonymous => (From::Anonymous, Vec::new()),
            directory::Callers::These(numbers) => (From::These, numbers),
        };
        Self {
            is_on: forward.is_on,
            when,
            after_s,
            from,
            numbers,
            during: forward.during.map(|during| During {
                profile_id: during.profile.0,
                is_open: during.is_open,
            }),
            to: forward.to,
        }
    }
}

/// Where calls may go: anywhere but to an emergency number.
fn target(text: &str, directory: &Directory) -> Result<String, &'static str> {
    let number = dialled(text)?;
    let means = |number: &str| {
        directory
            .plan
            .as_ref()
            .map(|plan| understand(number, &plan.here, |number| is_extension(directory, number)))
    };
    match normalise(&number).as_deref().and_then(means) {
        Some(Dialled::Emergency(_)) => Err("calls cannot go to an emergency number"),
        Some(Dialled::Internal(_) | Dialled::Service { .. } | Dialled::World(_) | Dialled::Unknown(_)) | None => Ok(number),
    }
}

/// Those of a list that can be used; what is wrong with others is noted.
fn callers(written: &[String], field: &str, directory: &Directory, fields: &mut Fields) -> Vec<String> {
    if written.len() > CALLERS_MAX {
        fields.note(field, format!("name {CALLERS_MAX} numbers at most"));
    }
    let numbered = written.iter().take(CALLERS_MAX).enumerate();
    numbered
        .filter_map(|(index, text)| fields.check(&format!("{field}[{index}]"), caller(text, directory)))
        .collect()
}

/// A caller as the switchboard knows them: an extension, or a number of the world as E.164.
fn caller(text: &str, directory: &Directory) -> Result<String, &'static str> {
    let wrong = "write an extension, or a number such as +49 30 123456";
    let number = normalise(text).ok_or(wrong)?;
    let Some(plan) = &directory.plan else {
        let is_known = is_extension(directory, &number) || (number.starts_with('+') && number.parse::<E164>().is_ok());
        return is_known.then_some(number).ok_or(wrong);
    };
    match understand(&number, &plan.here, |number| is_extension(directory, number)) {
        Dialled::Internal(extension) => Ok(extension),
        Dialled::World(number) => Ok(number.to_string()),
        Dialled::Emergency(_) | Dialled::Service { .. } | Dialled::Unknown(_) => Err(wrong),
    }
}

fn is_extension(directory: &Directory, number: &str) -> bool {
    let mut people = directory.users.iter().filter_map(|user| user.extension.as_deref());
    let mut teams = directory.teams.iter().map(|team| team.extension.as_str());
    people.any(|extension| extension == number) || teams.any(|extension| extension == number)
}
