//! Where lines are kept. There are two: segments in a folder, and PostgreSQL.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use domain::audit::{Head, Torn};
use jiff::Timestamp;

use super::line::Linked;

/// A place that keeps lines. Everything in it may block: it has a thread of its own.
pub trait Sink: Send + 'static {
    /// Keeps these lines: when it returns, they are durable, all of them. After a failure, some of them may stand there and count
    /// for nothing, and [`Sink::reopen`] comes next.
    ///
    /// # Errors
    /// Why they are not kept.
    fn append(&mut self, lines: &[Linked]) -> Result<(), Failure>;

    /// Begins again elsewhere after a failure, where nothing of it is in the way. `last` is the last line that is known to be kept.
    ///
    /// # Errors
    /// Why that cannot be.
    fn reopen(&mut self, last: Option<&Head>) -> Result<(), Failure>;

    /// Whether it is time for another segment.
    fn is_full(&self, now: Timestamp) -> bool;

    /// Goes on in another segment. What was appended is kept whatever becomes of this.
    ///
    /// # Errors
    /// Why not.
    fn turn_over(&mut self, now: Timestamp) -> Result<(), Failure>;

    /// Looks whether a line could be kept now.
    ///
    /// # Errors
    /// Why not.
    fn check(&mut self) -> Result<(), Failure>;

    /// Learns how to know that the process stops. A sink that waits for something to come back does not wait for ever then.
    fn stops_with(&mut self, _stopping: Stopping) {}
}

/// Whether the process is about to stop.
#[derive(Debug, Clone, Default)]
pub struct Stopping(Arc<AtomicBool>);

impl Stopping {
    /// Whether it is.
    #[must_use]
    pub fn is_near(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    pub(super) fn now(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// What was in the place of a trail when it was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The last lines of the chains before.
    pub previous: Vec<Head>,
    /// What a crash left of a line, moved aside.
    pub torn: Option<Torn>,
}

/// Why lines cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The operating system would not write.
    Write,
    /// It would not say that what was written is on the disk.
    Sync,
    /// The file is gone, or another one is in its place.
    Removed,
    /// The file is shorter than what was written to it.
    Shortened,
    /// Another program wrote to it.
    Foreign,
    /// Too little space is left.
    Space,
    /// The database cannot be reached.
    Connection,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Write,
        Self::Sync,
        Self::Removed,
        Self::Shortened,
        Self::Foreign,
        Self::Space,
        Self::Connection,
    ];

    /// As in `recovered` records, in the log and in the metric.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Sync => "sync",
            Self::Removed => "removed",
            Self::Shortened => "shortened",
            Self::Foreign => "foreign",
            Self::Space => "space",
            Self::Connection => "connection",
        }
    }
}

/// Why lines were not kept, for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The kind.
    pub cause: Cause,
    /// With the place and what the system said.
    pub detail: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.detail)
    }
}

impl std::error::Error for Failure {}

impl Failure {
    /// One of a kind.
    #[must_use]
    pub fn new(cause: Cause, detail: impl fmt::Display) -> Self {
        Self {
            cause,
            detail: detail.to_string(),
        }
    }
}
