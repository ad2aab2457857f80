//! Who waits for the core's answer to what they want done with their calls.

use std::collections::BTreeMap;

use switchboard::core::{Controlled, Ticket};
use tokio::sync::oneshot;

/// Questions at the same time; the next one is told that we are busy.
const WAITING_MAX: usize = 4_096;

/// Whom to tell.
pub(super) type Asker = oneshot::Sender<Controlled>;

/// The questions that are open.
#[derive(Debug, Default)]
pub(super) struct Tickets {
    waiting: BTreeMap<Ticket, Asker>,
    last: u64,
}

impl Tickets {
    /// A name for a question. Whoever does not wait any more makes room.
    ///
    /// # Errors
    ///
    /// Gives the asker back when there is no room.
    pub(super) fn take(&mut self, asker: Asker) -> Result<Ticket, Asker> {
        if self.waiting.len() >= WAITING_MAX {
            self.waiting.retain(|_, asker| !asker.is_closed());
        }
        if self.waiting.len() >= WAITING_MAX {
            return Err(asker);
        }
        self.last += 1;
        let ticket = Ticket(self.last);
        self.waiting.insert(ticket, asker);
        Ok(ticket)
    }

    /// Tells the answer to whoever still waits for it.
    pub(super) fn answer(&mut self, ticket: Ticket, result: Controlled) {
        if let Some(asker) = self.waiting.remove(&ticket) {
            let _gone = asker.send(result);
        }
    }
}

#[cfg(test)]
mod tests {
    use switchboard::core::Objection;

    use super::*;

    #[test]
    fn an_answer_finds_who_has_asked() {
        let mut tickets = Tickets::default();
        let ((anna, mut annas), (ben, mut bens)) = (oneshot::channel(), oneshot::channel());
        let (first, second) = (tickets.take(anna).unwrap(), tickets.take(ben).unwrap());
        tickets.answer(second, Ok(None));
        tickets.answer(second, Err(Objection::Busy));
        assert_eq!(bens.try_recv().unwrap(), Ok(None));
        assert!(annas.try_recv().is_err());
        tickets.answer(first, Err(Objection::NotNow));
        assert_eq!(annas.try_recv().unwrap(), Err(Objection::NotNow));
    }

    #[test]
    fn there_is_room_for_so_many_and_who_has_gone_makes_room() {
        let mut tickets = Tickets::default();
        let mut answers: Vec<_> = (0..WAITING_MAX)
            .map(|_| {
                let (asker, answer) = oneshot::channel();
                tickets.take(asker).unwrap();
                answer
            })
            .collect();
        let (asker, _answer) = oneshot::channel();
        let asker = tickets.take(asker).unwrap_err();
        answers.pop();
        assert!(tickets.take(asker).is_ok());
    }
}
