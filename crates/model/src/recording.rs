//! Which leg is recorded where.

/// A recording, as one run of the server numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordingId(pub u64);

/// One of the two channels of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// The side for which it is made: our own person's.
    Own,
    /// Everybody else, mixed where they are several.
    Others,
}

/// Where a leg's sound goes while it is recorded: what its peer says, not what it hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Track {
    /// The recording.
    pub recording: RecordingId,
    /// The channel.
    pub channel: Channel,
}
