//! Inputs and exact commands, none left over.

mod conference;
mod echo;
mod joining;
mod lifting;
mod moving;
mod parking;
mod picking;
mod schedule;
mod setup;
mod talk;
mod transfer;

use model::control::{Command as Media, Direction, Peer, Reached, Sdp, Source};
use model::{DeviceId, UserId};
use sip::agent::RequestId;

use super::*;
use crate::core::{TransferEnd, UserState};
use crate::testing;

const CALL: CallId = CallId(1);
const CALLER: LegId = LegId(10);
const DESK: LegId = LegId(20);
const WEB: LegId = LegId(21);
const TARGET: LegId = LegId(30);
const RING_MAX: Duration = Duration::from_secs(60);

/// A call with everything that it has commanded and nobody has expected yet.
struct Scene {
    call: Call,
    now: Instant,
    commands: Vec<Command>,
}

impl Scene {
    /// Anna calls Ben, who has a desk phone and a browser phone.
    fn ringing() -> Self {
        let mut scene = Self::started(Some("offer of caller"));
        scene.expect([
            started(ben(None)),
            Command::Media(Media::ReceiveOffer {
                call: CALL,
                leg: CALLER,
                peer: peer(1),
                offer: "offer of caller".to_owned(),
            }),
            make_offer(DESK, 2, Some(CALLER)),
            make_offer(WEB, 3, Some(CALLER)),
        ]);
        let direction = Direction::SendRecv;
        scene.news(CALLER, News::OfferReceived { direction });
        for leg in [DESK, WEB] {
            scene.news(leg, News::OfferMade { offer: sdp("offer") });
            scene.expect([invite(leg, anna(), ben(None))]);
        }
        scene
    }

    fn started(offer: Option<&str>) -> Self {
        let branches = vec![branch(DESK, ben(Some(2)), 2), branch(WEB, ben(Some(3)), 3)];
        Self::rung(offer, branches, Pace::default())
    }

    fn rung(offer: Option<&str>, branches: Vec<Branch>, pace: Pace) -> Self {
        let now = testing::start();
        let mut commands = Vec::new();
        let caller = Caller {
            leg: CALLER,
            party: anna(),
            peer: peer(1),
            offer: offer.map(sdp),
        };
        let call = Call::ring(CALL, caller, ben(None), (branches, pace), RING_MAX, now, &mut commands);
        Self { call, now, commands }
    }

    /// Ben has lifted the desk phone; they talk.
    fn talking() -> Self {
        let mut scene = Self::ringing();
        scene.news(DESK, News::Answered { sdp: Some(sdp("answer")) });
        scene.expect([
            accept(DESK),
            hang_up_because(WEB, Cause::COMPLETED_ELSEWHERE),
            close(WEB),
            answer_offer(CALLER, DESK),
        ]);
        let direction = Direction::SendRecv;
        scene.news(DESK, News::AnswerAccepted { direction });
        scene.news(CALLER, News::OfferAnswered { answer: sdp("answer") });
        scene.expect([
            Command::Answer {
                leg: CALLER,
                sdp: sdp("answer"),
            },
            answered(Some(2)),
            hear(CALLER, Source::Leg(DESK)),
            hear(DESK, Source::Leg(CALLER)),
        ]);
        scene.closed(WEB);
        scene
    }

    fn news(&mut self, leg: LegId, news: News) {
        self.call.handle(leg, news, self.now, &mut self.commands);
    }

    fn left(&mut self, leg: LegId, how: HangUp) {
        self.news(leg, News::HungUp { how });
    }

    fn closed(&mut self, leg: LegId) {
        self.news(leg, News::Closed { report: Box::default() });
    }

    /// The peer changes its direction; everything up to our 200.
    fn renegotiate(&mut self, leg: LegId, toward: impl Into<Option<LegId>>, direction: Direction) {
        let request = RequestId(7);
        let offer = Some(sdp("new offer"));
        self.news(leg, reoffered(request, offer));
        assert!(matches!(self.take().as_slice(), [Command::Media(Media::ReceiveOffer { .. })]));
        self.news(leg, News::OfferReceived { direction });
        self.expect([answer_offer(leg, toward)]);
        self.news(leg, News::OfferAnswered { answer: sdp("new answer") });
        assert_eq!(
            self.commands.remove(0),
            Command::Respond {
                request,
                cause: Cause::OK,
                sdp: Some(sdp("new answer"))
            }
        );
    }

    fn after(&mut self, duration: Duration) {
        self.now += duration;
        self.call.handle_timeout(self.now, &mut self.commands);
    }

    fn take(&mut self) -> Vec<Command> {
        mem::take(&mut self.commands)
    }

    #[track_caller]
    fn expect(&mut self, commands: impl IntoIterator<Item = Command>) {
        assert_eq!(self.take(), commands.into_iter().collect::<Vec<_>>());
    }

    /// The call is over, and the journal knows why.
    #[track_caller]
    fn expect_end(&mut self, outcome: Outcome, reason: &'static str, legs: &[(LegId, Side)]) {
        let legs = legs.iter().map(|(leg, side)| (*leg, *side, Box::default())).collect();
        self.expect([Command::Journal(JournalEntry::Ended {
            call: CALL,
            outcome,
            reason,
            legs,
        })]);
        assert!(self.call.is_over());
        assert_eq!(self.call.deadline(), None);
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.commands, [], "commands that nobody expected");
        }
    }
}

fn sdp(text: &str) -> Sdp {
    text.to_owned()
}

fn reoffered(request: RequestId, offer: Option<Sdp>) -> News {
    News::Reoffered {
        request,
        offer,
        reached: None,
    }
}

fn peer(number: u8) -> Peer {
    Peer::Browser {
        reached: Reached {
            local: [10, 0, 0, number].into(),
            peer: [10, 0, 0, 200].into(),
            page: None,
        },
    }
}

fn person(user: u64, device: Option<u64>, number: &str, name: &str) -> Party {
    Party {
        user: Some(UserId(user)),
        device: device.map(DeviceId),
        number: number.to_owned(),
        name: name.to_owned(),
    }
}

fn anna() -> Party {
    person(1, Some(1), "101", "Anna")
}

fn ben(device: Option<u64>) -> Party {
    person(2, device, "102", "Ben")
}

fn cleo(device: Option<u64>) -> Party {
    person(3, device, "103", "Cleo")
}

fn branch(leg: LegId, party: Party, address: u8) -> Branch {
    Branch {
        after: Duration::ZERO,
        is_silent: false,
        reserves: Vec::new(),
        leg,
        party,
        peer: peer(address),
    }
}

fn started(called: Party) -> Command {
    Command::Journal(JournalEntry::Started {
        call: CALL,
        caller: anna(),
        called,
    })
}

fn answered(device: Option<u64>) -> Command {
    Command::Journal(JournalEntry::Answered {
        call: CALL,
        device: device.map(DeviceId),
    })
}

fn make_offer(leg: LegId, address: u8, toward: Option<LegId>) -> Command {
    Command::Media(Media::MakeOffer {
        call: CALL,
        leg,
        peer: peer(address),
        toward,
        direction: Direction::SendRecv,
    })
}

fn invite(leg: LegId, from: Party, to: Party) -> Command {
    Command::Invite {
        leg,
        from,
        to,
        offer: sdp("offer"),
    }
}

fn accept(leg: LegId) -> Command {
    Command::Media(Media::AcceptAnswer {
        leg,
        answer: sdp("answer"),
    })
}

fn answer_offer(leg: LegId, toward: impl Into<Option<LegId>>) -> Command {
    Command::Media(Media::AnswerOffer {
        leg,
        toward: toward.into(),
    })
}

fn hear(leg: LegId, source: Source) -> Command {
    Command::Media(Media::Hear { leg, source })
}

fn close(leg: LegId) -> Command {
    Command::Media(Media::Close { leg })
}

fn refuse(leg: LegId, status: u16, text: &'static str) -> Command {
    Command::Refuse {
        leg,
        cause: Cause { status, text },
    }
}

fn hang_up(leg: LegId) -> Command {
    Command::HangUp { leg, cause: None }
}

fn hang_up_because(leg: LegId, cause: Cause) -> Command {
    Command::HangUp { leg, cause: Some(cause) }
}

/// Ben hears how it has ended that he has handed Anna over.
fn told(to: Party, end: TransferEnd) -> Command {
    Command::Transferred {
        user: UserId(2),
        party: anna(),
        to,
        end,
    }
}

fn notify(leg: LegId, cause: Cause) -> Command {
    Command::NotifyRefer { leg, cause }
}

fn identify(leg: LegId, party: Party) -> Command {
    Command::Identify { leg, party }
}

fn respond(request: u64, cause: Cause) -> Command {
    Command::Respond {
        request: RequestId(request),
        cause,
        sdp: None,
    }
}
