//! The task that keeps echo legs: between HTTP and the media threads. Nobody waits for it on a call's path.

use std::collections::BTreeMap;
use std::time::Duration;

use model::control::{Command, Event, Reached};
use model::{CallId, LegId};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout};

use super::desk::{Desk, Heard, NoEcho, Owner, Settled, call_of};
use crate::check::Way;
use crate::media_io::Reports;

/// Questions that wait for the task.
const ASKS_MAX: usize = 64;
/// Events of legs that wait for the task: of twenty legs at most, ten a second each.
pub const EVENTS_MAX: usize = 1_024;
/// How long a media thread may take for an answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(5);

/// The way to the task. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Echoes {
    asks: mpsc::Sender<Ask>,
}

#[derive(Debug)]
enum Ask {
    Open {
        owner: Owner,
        way: Way,
        offer: String,
        reached: Reached,
        answer: oneshot::Sender<Result<(u64, String), NoEcho>>,
    },
    Look {
        owner: Owner,
        id: u64,
        answer: oneshot::Sender<Option<Heard>>,
    },
    Close {
        owner: Owner,
        id: u64,
        answer: oneshot::Sender<Option<Heard>>,
    },
}

/// Hands a command to the thread of its call; false when that cannot take it.
type Commands = Box<dyn Fn(CallId, Command) -> bool + Send>;

/// Takes what has become of an offer: the echo's number and our answer.
type Answered = oneshot::Sender<Result<(u64, String), NoEcho>>;

struct Task {
    desk: Desk,
    commands: Commands,
    /// Who waits for an answer to an offer.
    waiting: BTreeMap<LegId, Answered>,
}

impl Echoes {
    /// Starts the task, which ends with the last handle.
    pub fn start(commands: impl Fn(CallId, Command) -> bool + Send + 'static, events: mpsc::Receiver<Event>) -> Self {
        let (asks, inbox) = mpsc::channel(ASKS_MAX);
        let task = Task {
            desk: Desk::default(),
            commands: Box::new(commands),
            waiting: BTreeMap::new(),
        };
        tokio::spawn(task.run(inbox, events));
        Self { asks }
    }

    /// Answers a browser's offer with a leg that echoes: its number, and the answer.
    ///
    /// # Errors
    ///
    /// [`NoEcho`].
    pub async fn open(&self, owner: Owner, way: Way, offer: String, reached: Reached) -> Result<(u64, String), NoEcho> {
        let (answer, answered) = oneshot::channel();
        let ask = Ask::Open {
            owner,
            way,
            offer,
            reached,
            answer,
        };
        self.asks.send(ask).await.map_err(|_ended| NoEcho::Full)?;
        match timeout(ANSWER_TIME_MAX, answered).await {
            Ok(Ok(answered)) => answered,
            // A media thread that does not keep up; its leg ends by itself.
            Ok(Err(_)) | Err(_) => Err(NoEcho::Full),
        }
    }

    /// What was heard on an echo of this owner; `None` where there is none, or none any more.
    pub async fn look(&self, owner: Owner, id: u64) -> Option<Heard> {
        self.ask(|answer| Ask::Look { owner, id, answer }).await
    }

    /// Ends an echo of this owner, and tells what was heard on it.
    pub async fn close(&self, owner: Owner, id: u64) -> Option<Heard> {
        self.ask(|answer| Ask::Close { owner, id, answer }).await
    }

    async fn ask(&self, ask: impl FnOnce(oneshot::Sender<Option<Heard>>) -> Ask) -> Option<Heard> {
        let (answer, answered) = oneshot::channel();
        self.asks.send(ask(answer)).await.ok()?;
        answered.await.ok().flatten()
    }
}

impl Task {
    async fn run(mut self, mut asks: mpsc::Receiver<Ask>, mut events: mpsc::Receiver<Event>) {
        loop {
            let due = self.desk.poll_timeout().map(Instant::from_std);
            tokio::select! {
                ask = asks.recv() => match ask {
                    Some(ask) => self.ask(ask),
                    None => return,
                },
                Some(event) = events.recv() => {
                    let (command, settled) = self.desk.take(&event, Instant::now().into_std());
                    self.settle(settled);
                    self.command(command);
                }
                () = wait(due), if due.is_some() => {
                    let commands = self.desk.handle_timeout(Instant::now().into_std());
                    self.command(commands);
                }
            }
            self.waiting.retain(|_, waiting| !waiting.is_closed());
        }
    }

    fn ask(&mut self, ask: Ask) {
        let now = Instant::now().into_std();
        // Whoever has asked may be gone: then nobody wants to know.
        match ask {
            Ask::Open {
                owner,
                way,
                offer,
                reached,
                answer,
            } => match self.desk.open(owner, way, &offer, reached, now) {
                Ok((leg, commands)) => {
                    self.waiting.insert(leg, answer);
                    self.command(commands);
                }
                Err(why) => {
                    let _gone = answer.send(Err(why));
                }
            },
            Ask::Look { owner, id, answer } => {
                let _gone = answer.send(self.desk.look(owner, LegId::of_check(id)));
            }
            Ask::Close { owner, id, answer } => {
                let closed = self.desk.close(owner, LegId::of_check(id), now);
                let (heard, command) = closed.map_or((None, None), |(heard, command)| (Some(heard), command));
                let _gone = answer.send(heard);
                self.command(command);
            }
        }
    }

    fn settle(&mut self, settled: Option<Settled>) {
        let Some(Settled { leg, answer }) = settled else { return };
        if let Some(waiting) = self.waiting.remove(&leg) {
            let _gone = waiting.send(answer.map(|answer| (leg.check_number(), answer)));
        }
    }

    /// What a thread does not take is made up for: an offer is not answered in time, and its leg, as one that is not closed, ends by itself when its browser has gone.
    fn command(&self, commands: impl IntoIterator<Item = Command>) {
        for command in commands {
            let leg = command.leg();
            if !(self.commands)(call_of(leg), command) {
                tracing::debug!(%leg, "a media thread does not keep up: a check is left undone");
            }
        }
    }
}

async fn wait(due: Option<Instant>) {
    if let Some(due) = due {
        sleep_until(due).await;
    }
}

/// Parts the news of checks' legs from those of calls.
#[derive(Debug)]
pub(crate) struct Parted<R> {
    pub(crate) calls: R,
    pub(crate) checks: mpsc::Sender<Event>,
}

impl<R: Reports> Reports for Parted<R> {
    fn report(&self, event: Event) -> Result<(), Event> {
        if !event.leg().is_some_and(LegId::is_of_check) {
            return self.calls.report(event);
        }
        // A check that misses a figure waits for the next one; no call waits for a check.
        let _full = self.checks.try_send(event);
        Ok(())
    }

    fn wake(&self) {
        self.calls.wake();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use model::UserId;
    use model::control::Failure;

    use super::*;
    use crate::check::ECHO_MAX;

    const ANNA: Owner = Owner::User(UserId(1));
    type Given = Arc<Mutex<Vec<Command>>>;

    /// Media that answers every offer, or none.
    fn echoes(answers: bool) -> (Echoes, Given, mpsc::Sender<Event>) {
        let (events, inbox) = mpsc::channel(EVENTS_MAX);
        let given = Given::default();
        let commands = {
            let (events, given) = (events.clone(), Arc::clone(&given));
            move |_call, command: Command| {
                if let Command::AnswerOffer { leg, .. } = &command
                    && answers
                {
                    let answer = "v=0\r\n".to_owned();
                    events.try_send(Event::OfferAnswered { leg: *leg, answer }).unwrap();
                }
                given.lock().unwrap().push(command);
                true
            }
        };
        (Echoes::start(commands, inbox), given, events)
    }

    fn reached() -> Reached {
        Reached {
            local: "192.168.10.10".parse().unwrap(),
            peer: "198.51.100.100".parse().unwrap(),
            page: None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_echo_is_opened_looked_at_and_ended_by_time() {
        let (echoes, given, _events) = echoes(true);
        let (id, answer) = echoes.open(ANNA, Way::Udp, "v=0\r\n".to_owned(), reached()).await.unwrap();
        assert_eq!(answer, "v=0\r\n");
        assert_eq!(echoes.look(ANNA, id).await, Some(Heard::default()));
        assert_eq!(echoes.look(Owner::Link(1), id).await, None);
        tokio::time::sleep(ECHO_MAX + Duration::from_millis(1)).await;
        let last = given.lock().unwrap().last().cloned();
        let leg = LegId::of_check(id);
        assert_eq!(last, Some(Command::Close { leg }));
        assert_eq!(echoes.close(ANNA, id).await, Some(Heard::default()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_media_thread_that_does_not_answer_is_not_waited_for() {
        let (echoes, _given, _events) = echoes(false);
        let opened = echoes.open(ANNA, Way::Udp, "v=0\r\n".to_owned(), reached()).await;
        assert_eq!(opened, Err(NoEcho::Full));
    }

    #[test]
    fn news_of_checks_never_reach_signalling() {
        struct Calls(std::sync::mpsc::Sender<Event>);
        impl Reports for Calls {
            fn report(&self, event: Event) -> Result<(), Event> {
                self.0.send(event).map_err(|error| error.0)
            }
            fn wake(&self) {}
        }
        let (calls, of_calls) = std::sync::mpsc::channel();
        let (checks, mut of_checks) = mpsc::channel(1);
        let parted = Parted {
            calls: Calls(calls),
            checks,
        };
        let failed = |leg| Event::LegFailed {
            leg,
            reason: Failure::Unknown,
        };
        // One that finds no room is lost rather than in the way.
        for leg in [LegId(1), LegId::of_check(1), LegId::of_check(2)] {
            parted.report(failed(leg)).unwrap();
        }
        let call = CallId::of_check(1);
        parted.report(Event::Speaking { call, levels: Vec::new() }).unwrap();
        assert_eq!(of_checks.try_recv(), Ok(failed(LegId::of_check(1))));
        assert!(of_checks.try_recv().is_err());
        assert_eq!(of_calls.try_iter().count(), 2);
    }
}
