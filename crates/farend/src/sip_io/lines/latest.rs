//! The last task of each line: whoever asked again does not want to hear of the one before.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use switchboard::trunks::LineId;
use tokio::sync::oneshot;

/// Tasks under way: one for each line at most.
#[derive(Clone, Debug, Default)]
pub(super) struct Latest {
    tasks: Arc<Mutex<Tasks>>,
}

#[derive(Debug, Default)]
struct Tasks {
    begun: u64,
    /// Which task of all that were begun; dropping the sender ends it.
    by_line: BTreeMap<LineId, (u64, oneshot::Sender<()>)>,
}

/// A task's right to go on.
#[derive(Debug)]
pub(super) struct Turn {
    latest: Latest,
    line: LineId,
    number: u64,
    over: oneshot::Receiver<()>,
}

impl Latest {
    /// From now on, this line's earlier task is over.
    pub(super) fn begin(&self, line: LineId) -> Turn {
        let (lives, over) = oneshot::channel();
        let mut tasks = self.tasks();
        tasks.begun += 1;
        let number = tasks.begun;
        tasks.by_line.insert(line, (number, lives));
        drop(tasks);
        Turn {
            latest: self.clone(),
            line,
            number,
            over,
        }
    }

    fn tasks(&self) -> MutexGuard<'_, Tasks> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// What the work comes to; `None` when another task has taken its place.
    pub(super) async fn unless_over<T>(mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            _ = &mut self.over => None,
            done = work => Some(done),
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut tasks = self.latest.tasks();
        if tasks.by_line.get(&self.line).is_some_and(|(number, _)| *number == self.number) {
            tasks.by_line.remove(&self.line);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use model::TrunkId;

    use super::*;

    #[tokio::test]
    async fn a_newer_task_ends_the_older_one_of_its_line_and_nothing_is_left() {
        let latest = Latest::default();
        let line = |account| LineId {
            trunk: TrunkId(1),
            account,
        };
        let (first, other) = (latest.begin(line(0)), latest.begin(line(1)));
        let second = latest.begin(line(0));
        assert_eq!(first.unless_over(pending::<()>()).await, None);
        assert_eq!(latest.tasks().by_line.len(), 2);
        assert_eq!(second.unless_over(ready(2)).await, Some(2));
        assert_eq!(other.unless_over(ready(1)).await, Some(1));
        assert!(latest.tasks().by_line.is_empty());
    }
}
