//! Requests outside of dialogs that belong together: one Call-ID, one tag, numbers that go up, and nonces that are used again
//! (RFC 3261 section 10.2, RFC 7616 section 3.3).
//!
//! ```text
//! open_series() ─► open ─ request(), request(), … ─► close_series() ─► gone, as soon as none is under way
//! ```

use std::collections::BTreeMap;

use super::stack::{Login, Stack, tag_text};
use super::{Agent, Credentials, SeriesId};

/// Series at most; requests beyond that stand alone.
pub const SERIES_MAX: usize = 4_096;

/// What the requests of a series have in common. A request that stands alone has one of its own.
#[derive(Debug)]
pub(super) struct Course {
    pub(super) call_id: String,
    /// Our tag, as it stands in `From`.
    pub(super) tag: String,
    /// The `CSeq` number used last.
    pub(super) number: u32,
    pub(super) login: Option<Box<Login>>,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Series {
    course: Course,
    /// Requests that have no final response yet.
    under_way: usize,
    closed: bool,
}

/// Where a request belongs.
#[derive(Debug)]
pub(super) enum Place {
    Alone(Box<Course>),
    In(SeriesId),
}

impl Course {
    fn new(stack: &mut Stack) -> Self {
        Self {
            call_id: format!("{:016x}{:016x}", stack.token(), stack.token()),
            tag: tag_text(stack.token()),
            number: 0,
            login: None,
        }
    }

    /// The number of the next request.
    pub(super) fn next_number(&mut self) -> u32 {
        self.number += 1;
        self.number
    }

    /// Goes on with the challenges met so far, unless the credentials are others.
    pub(super) fn use_credentials(&mut self, credentials: Option<Credentials>) {
        let held = self.login.as_ref().map(|login| &login.credentials);
        if held != credentials.as_ref() {
            self.login = credentials.map(Login::new);
        }
    }
}

impl Agent {
    /// Begins a series: a registration with its refreshes and its end. Its requests name it in [`super::OutgoingRequest::series`], one after the
    /// other as their responses come. As long as the credentials stay the same, a refresh needs no new challenge until the peer wants
    /// one. Above [`SERIES_MAX`] series the new one is closed from the beginning.
    pub fn open_series(&mut self) -> SeriesId {
        let id = SeriesId(self.stack.next_id());
        if self.series.len() < SERIES_MAX {
            let series = Series {
                course: Course::new(&mut self.stack),
                under_way: 0,
                closed: false,
            };
            self.series.insert(id, series);
        }
        id
    }

    /// Ends a series. Requests under way are still finished as part of it, challenges included.
    pub fn close_series(&mut self, series: SeriesId) {
        if let Some(held) = self.series.get_mut(&series) {
            held.closed = true;
        }
        self.sweep(series);
    }

    /// The place of a new request.
    pub(super) fn take_place(&mut self, series: Option<SeriesId>) -> Place {
        let open = series.and_then(|id| Some((id, self.series.get_mut(&id).filter(|series| !series.closed)?)));
        match open {
            Some((id, series)) => {
                series.under_way += 1;
                Place::In(id)
            }
            None => Place::Alone(Box::new(Course::new(&mut self.stack))),
        }
    }

    /// A request has come to its end.
    pub(super) fn leave_place(&mut self, place: &Place) {
        let Place::In(id) = place else { return };
        if let Some(series) = self.series.get_mut(id) {
            series.under_way -= 1;
        }
        self.sweep(*id);
    }

    fn sweep(&mut self, id: SeriesId) {
        if self.series.get(&id).is_some_and(|series| series.closed && series.under_way == 0) {
            self.series.remove(&id);
        }
    }
}

impl Place {
    /// What the request has in common with others; a series lives as long as one of its requests.
    pub(super) fn course<'a>(&'a mut self, all: &'a mut BTreeMap<SeriesId, Series>) -> Option<&'a mut Course> {
        match self {
            Self::Alone(course) => Some(course),
            Self::In(id) => all.get_mut(id).map(|series| &mut series.course),
        }
    }
}
