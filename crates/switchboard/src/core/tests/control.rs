//! What people want done with their calls from the app, down to the messages.

use model::{CallId, TeamId};

use super::trunks::{Scene, company};
use super::*;
use crate::directory::{BusyWhen, Member, MemberKind, Order, Team};

const ANNA: UserId = UserId(1);
const BEN: UserId = UserId(2);

impl Scene {
    pub(super) fn control(&mut self, user: UserId, action: Action) -> Controlled {
        let ticket = Ticket(1);
        self.bench.handle(Input::Control { ticket, user, action });
        let mut answers = Vec::new();
        self.bench.outputs.retain(|output| match output {
            Output::Controlled { ticket: of, result } => {
                answers.push((*of, *result));
                false
            }
            _ => true,
        });
        match answers[..] {
            [(of, result)] if of == ticket => result,
            _ => panic!("one answer: {answers:?}"),
        }
    }

    /// Somebody dials in the app, by their browser, which answers by itself.
    fn dial_in_app(&mut self, user: UserId, device: DeviceId, number: &str) {
        let number = number.to_owned();
        let call = self.control(user, Action::Dial { device, number });
        assert!(matches!(call, Ok(Some(_))), "{call:?}");
        self.offer_all();
        let invite = self.sent("INVITE");
        let flow = wss(if device == ANNA_WEB { 2 } else { 3 });
        self.accept(flow, &invite);
    }

    fn journal(&self) -> Vec<&JournalEntry> {
        let outputs = self.bench.outputs.iter();
        let entries = outputs.filter_map(|output| match output {
            Output::Journal(entry) => Some(entry),
            _ => None,
        });
        entries.collect()
    }
}

#[test]
fn ones_own_phone_is_asked_to_answer_by_itself() {
    let mut scene = Scene::new();
    let number = "030 / 55 66 77".to_owned();
    scene.control(ANNA, Action::Dial { device: ANNA_WEB, number }).unwrap();
    scene.offer_all();
    let invite = scene.sent("INVITE");
    assert!(invite.starts_with("INVITE sip:101-web@10.0.0.2;transport=ws SIP/2.0"), "{invite}");
    assert_eq!(header(&invite, "Call-Info"), Some("<sip:farend>;answer-after=0"));
    assert_eq!(
        header(&invite, "Alert-Info"),
        Some("<http://notused>;info=alert-autoanswer;delay=0")
    );
    assert!(
        header(&invite, "From").is_some_and(|from| from.contains("sip:030556677@farend")),
        "{invite}"
    );
    assert_eq!(scene.journal(), [] as [&JournalEntry; 0], "nobody has been called yet");
    assert_eq!(scene.carried(), [""; 0]);
    scene.accept(wss(2), &invite);
    assert_eq!(scene.carried(), ["INVITE sip:4930556677@one.example.com SIP/2.0"]);
}

#[test]
fn whoever_is_called_by_somebody_is_not_asked_to_answer_by_itself() {
    let mut scene = Scene::new();
    scene.bench.invite(wss(2), "101-web", "102");
    scene.offer_all();
    let invite = scene.sent("INVITE");
    assert_eq!((header(&invite, "Call-Info"), header(&invite, "Alert-Info")), (None, None));
}

#[test]
fn permissions_count_for_what_is_dialled_in_the_app() {
    let mut scene = Scene::new();
    for (user, device, number) in [(ANNA, ANNA_WEB, "00431234567"), (BEN, BEN_WEB, "030556677")] {
        let number = number.to_owned();
        let refused = scene.control(user, Action::Dial { device, number });
        assert!(
            matches!(refused, Err(Objection::Refused(why)) if why.contains("may not be called")),
            "{refused:?}"
        );
    }
    assert_eq!(scene.carried(), [""; 0]);
}

#[test]
fn permissions_that_are_lost_before_the_phone_is_lifted_are_lost() {
    let mut scene = Scene::new();
    let number = "030556677".to_owned();
    scene.control(ANNA, Action::Dial { device: ANNA_WEB, number }).unwrap();
    scene.offer_all();
    let invite = scene.sent("INVITE");
    let mut poorer = company();
    poorer.users[0].calling = Calling::default();
    scene.bench.handle(Input::Directory(Arc::new(poorer)));
    scene.accept(wss(2), &invite);
    assert_eq!(scene.carried(), [""; 0]);
    assert!(
        matches!(scene.journal()[..], [JournalEntry::Started { .. }]),
        "she hears the busy tone"
    );
    scene.bench.after(std::time::Duration::from_secs(7));
    assert!(matches!(
        scene.journal()[..],
        [
            _,
            JournalEntry::Ended {
                outcome: Outcome::Failed,
                ..
            }
        ]
    ));
}

#[test]
fn the_guard_counts_what_is_dialled_in_the_app() {
    let mut scene = Scene::new();
    let max = crate::directory::Limits::default().calls_per_minute_max;
    for _ in 0..max {
        scene.dial_in_app(ANNA, ANNA_WEB, "030556677");
        assert_eq!(scene.carried().len(), 1);
        scene.bench.outputs.clear();
    }
    scene.dial_in_app(ANNA, ANNA_WEB, "030556677");
    assert_eq!(scene.carried(), [""; 0]);
    let suspected = |output: &Output| matches!(output, Output::Event(LiveEvent::Suspected { user: ANNA, .. }));
    assert!(scene.bench.outputs.iter().any(suspected));
}

#[test]
fn an_emergency_call_that_is_dialled_in_the_app_is_told_once_the_phone_is_lifted() {
    let mut scene = Scene::new();
    let number = "112".to_owned();
    scene.control(BEN, Action::Dial { device: BEN_WEB, number }).unwrap();
    scene.offer_all();
    let told = |scene: &Scene| {
        let alarms = scene.bench.outputs.iter();
        let alarm = |output: &&Output| {
            matches!(
                output,
                Output::Event(LiveEvent::EmergencyCalled {
                    user: Some(BEN),
                    dialled: "112",
                    ..
                })
            )
        };
        alarms.filter(alarm).count()
    };
    assert_eq!(told(&scene), 0);
    let invite = scene.sent("INVITE");
    scene.accept(wss(3), &invite);
    scene.settle();
    assert_eq!(told(&scene), 1);
    assert!(matches!(
        scene.journal()[..],
        [JournalEntry::Started { .. }, JournalEntry::Emergency { .. }]
    ));
}

#[test]
fn a_call_to_the_world_is_handed_over_from_the_app_with_ones_own_permissions() {
    let mut scene = Scene::new();
    scene.answer_the_world("4989123450101", wss(2));
    let call = only_call(&scene);
    let number = "00431234567".to_owned();
    let refused = scene.control(ANNA, Action::Transfer { call, number });
    assert!(matches!(refused, Err(Objection::Refused(_))), "{refused:?}");
    let number = "030556677".to_owned();
    assert_eq!(scene.control(ANNA, Action::Transfer { call, number }), Ok(Some(call)));
    assert_eq!(scene.carried(), ["INVITE sip:4930556677@one.example.com SIP/2.0"]);
}

fn only_call(scene: &Scene) -> CallId {
    let calls: Vec<CallId> = scene.bench.core.calls.calls.keys().copied().collect();
    match calls[..] {
        [only] => only,
        _ => panic!("{calls:?}"),
    }
}

/// Anna and Ben are a team with a line; the world's call for Anna came by it.
fn team_on_a_call(has_line: bool) -> (Scene, CallId) {
    let member = |user| Member {
        kind: MemberKind::Person(user),
        rings: true,
    };
    let mut company = company();
    company.teams = vec![Team {
        id: TeamId(1),
        name: "Sales".to_owned(),
        extension: "200".to_owned(),
        has_line,
        order: Order::All,
        members: vec![member(ANNA), member(BEN)],
        busy_when: BusyWhen::All,
        overflow: None,
        night: None,
    }];
    let mut scene = Scene::of(company);
    scene.answer_the_world("4989123450101", wss(2));
    let call = only_call(&scene);
    if let Some(entry) = scene.bench.core.calls.calls.get_mut(&call) {
        entry.team = Some(TeamId(1));
    }
    (scene, call)
}

#[test]
fn a_member_takes_a_call_that_another_one_holds() {
    let (mut scene, call) = team_on_a_call(true);
    let take = Action::TakeHeld { call, device: BEN_WEB };
    assert_eq!(scene.control(BEN, take.clone()), Err(Objection::NotNow), "it is not held");
    assert_eq!(scene.control(ANNA, Action::Hold { call }), Ok(Some(call)));
    let own = Action::TakeHeld { call, device: ANNA_WEB };
    assert_eq!(scene.control(ANNA, own), Err(Objection::NotNow), "it is her own");
    assert_eq!(scene.control(BEN, take), Ok(Some(call)));
    scene.offer_all();
    let invite = scene.sent("INVITE");
    assert_eq!(header(&invite, "Call-Info"), Some("<sip:farend>;answer-after=0"));
    scene.accept(wss(3), &invite);
    let messages = scene.settle();
    let bye = messages.iter().find(|message| message.starts_with("BYE sip:x@10.0.0.2"));
    let bye = bye.unwrap_or_else(|| panic!("{messages:?}"));
    assert_eq!(
        header(bye, "Reason"),
        Some("SIP;cause=200;text=\"taken by another member of the team\"")
    );
    let entries = scene.journal();
    assert!(
        matches!(entries.last(), Some(JournalEntry::Transferred { by, to, .. }) if (by.user, to.user) == (Some(ANNA), Some(BEN))),
        "{entries:?}"
    );
}

#[test]
fn only_members_of_a_team_with_a_line_take_its_calls() {
    let (mut scene, call) = team_on_a_call(false);
    scene.control(ANNA, Action::Hold { call }).unwrap();
    let take = Action::TakeHeld { call, device: BEN_WEB };
    assert_eq!(scene.control(BEN, take.clone()), Err(Objection::NoSuchCall));
    let (mut scene, call) = team_on_a_call(true);
    scene.control(ANNA, Action::Hold { call }).unwrap();
    assert_eq!(scene.control(UserId(3), take), Err(Objection::NoSuchCall));
    let elsewhere = Action::TakeHeld { call, device: ANNA_WEB };
    assert_eq!(scene.control(BEN, elsewhere), Err(Objection::NoSuchDevice));
}

#[test]
fn calls_are_told_when_they_change_and_only_then() {
    let mut scene = Scene::new();
    scene.answer_the_world("4989123450101", wss(2));
    let call = only_call(&scene);
    scene.bench.outputs.clear();
    let told = |scene: &mut Scene| {
        let outputs = std::mem::take(&mut scene.bench.outputs);
        let lists = outputs.into_iter().filter_map(|output| match output {
            Output::Event(LiveEvent::Calls { user, calls }) => Some((user, calls.iter().map(|view| view.state).collect::<Vec<_>>())),
            _ => None,
        });
        lists.collect::<Vec<_>>()
    };
    for (action, expected) in [
        (Action::Hold { call }, vec![(ANNA, vec![CallState::Holding])]),
        (Action::Hold { call }, vec![]),
        (Action::Resume { call }, vec![(ANNA, vec![CallState::Talking])]),
        (Action::HangUp { call }, vec![(ANNA, vec![])]),
    ] {
        scene.control(ANNA, action.clone()).unwrap();
        assert_eq!(told(&mut scene), expected, "{action:?}");
    }
}

#[test]
fn a_phone_is_called_for_one_dialled_number_at_a_time() {
    let mut scene = Scene::new();
    let dial = |number: &str| Action::Dial {
        device: ANNA_WEB,
        number: number.to_owned(),
    };
    scene.control(ANNA, dial("102")).unwrap();
    assert_eq!(scene.control(ANNA, dial("102")), Err(Objection::NotNow));
    scene.offer_all();
    let invite = scene.sent("INVITE");
    scene.accept(wss(2), &invite);
    scene.settle();
    assert!(scene.control(ANNA, dial("102")).is_ok(), "the first one has been lifted");
}

#[test]
fn a_list_of_calls_has_an_end() {
    let mut scene = Scene::new();
    for _ in 0..=views::CALLS_TOLD_MAX {
        scene.bench.invite(wss(2), "101-web", "102");
    }
    let lists = scene.bench.outputs.iter().filter_map(|output| match output {
        Output::Event(LiveEvent::Calls { user: ANNA, calls }) => Some(calls.len()),
        _ => None,
    });
    let lists: Vec<usize> = lists.collect();
    assert_eq!(lists, (1..=views::CALLS_TOLD_MAX).collect::<Vec<_>>());
}

#[test]
fn a_call_that_a_provider_brings_is_moved_without_telling_the_provider() {
    let mut company = company();
    company.devices[2].user = Some(ANNA);
    let mut scene = Scene::of(company);
    scene.answer_the_world("4989123450101", wss(2));
    let call = only_call(&scene);
    scene.settle();
    assert_eq!(scene.control(ANNA, Action::Move { call, to: BEN_WEB }), Ok(Some(call)));
    scene.offer_all();
    let invite = scene.sent("INVITE");
    assert_eq!(header(&invite, "Call-Info"), None, "it rings");
    scene.accept(wss(3), &invite);
    let messages = scene.settle();
    let to_provider: Vec<&String> = messages.iter().filter(|message| message.contains("10.0.0.101")).collect();
    assert_eq!(to_provider, [] as [&String; 0]);
    let bye = messages.iter().find(|message| message.starts_with("BYE"));
    assert!(bye.is_some_and(|bye| bye.contains("Call moved")), "{messages:?}");
}
