//! How the trail is doing, for all but its thread: whether it can be written, since when it is busy, and what is counted.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use domain::audit::Word;

use super::{
    line::Linked,
    sink::{Cause, Failure, Stopping},
};

/// What is counted of a trail while it is written.
pub struct Figures {
    /// So many records of a kind were kept.
    pub kept: Box<dyn Fn(&'static str, u64) + Send + Sync>,
    /// So many were kept together.
    pub group: Box<dyn Fn(usize) + Send + Sync>,
    /// Writing failed.
    pub failed: Box<dyn Fn(Cause) + Send + Sync>,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            kept: Box::new(|_, _| {}),
            group: Box::new(|_| {}),
            failed: Box::new(|_| {}),
        }
    }
}

/// How the trail is doing.
pub struct Standing {
    begun: Instant,
    is_writable: AtomicBool,
    /// Since when the thread waits for the disk, in milliseconds from the beginning, and 1 more; 0 if it does not.
    busy: AtomicU64,
    /// The last record that was kept.
    seq: AtomicU64,
    unrecorded: AtomicU64,
    strangers: Mutex<BTreeMap<&'static str, u64>>,
    trouble: Mutex<Option<String>>,
    figures: Figures,
    stopping: Stopping,
}

impl fmt::Debug for Standing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Standing")
            .field("is_writable", &self.is_writable)
            .field("seq", &self.seq)
            .finish_non_exhaustive()
    }
}

impl Standing {
    pub(super) fn new(figures: Figures) -> Self {
        Self {
            begun: Instant::now(),
            is_writable: AtomicBool::new(false),
            busy: AtomicU64::new(0),
            seq: AtomicU64::new(0),
            unrecorded: AtomicU64::new(0),
            strangers: Mutex::default(),
            trouble: Mutex::default(),
            figures,
            stopping: Stopping::default(),
        }
    }

    /// Whether a record can be written: nothing is in the way, and the disk has not been silent for longer than `patience`.
    #[must_use]
    pub fn is_writable(&self, patience: Duration) -> bool {
        self.is_writable.load(Ordering::Acquire) && self.busy_for().is_none_or(|busy| busy < patience)
    }

    /// Why it cannot be written, for the operator.
    #[must_use]
    pub fn trouble(&self, patience: Duration) -> Option<String> {
        if let Some(busy) = self.busy_for().filter(|busy| *busy >= patience) {
            return Some(format!("what it is kept in has not responded for {} s", busy.as_secs()));
        }
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match trouble {
            _ if self.is_writable.load(Ordering::Acquire) => None,
            Some(trouble) => Some(trouble),
            None => Some("its thread has ended".to_owned()),
        }
    }

    /// The number of the last record that was kept.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq.load(Ordering::Relaxed)
    }

    /// Counts one who proved nothing.
    pub fn stranger(&self, code: &'static str) {
        let mut strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        *strangers.entry(code).or_default() += 1;
    }

    pub(super) fn take_strangers(&self) -> BTreeMap<Word, u64> {
        let mut strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *strangers)
            .into_iter()
            .map(|(code, count)| (code.into(), count))
            .collect()
    }

    /// Counts attempts that are in no record.
    pub(super) fn unrecorded(&self, count: u64) {
        self.unrecorded.fetch_add(count, Ordering::Relaxed);
    }

    pub(super) fn take_unrecorded(&self) -> u64 {
        self.unrecorded.swap(0, Ordering::Relaxed)
    }

    pub(super) fn writable(&self, is_writable: bool) {
        self.is_writable.store(is_writable, Ordering::Release);
    }

    pub(super) fn failed(&self, failure: &Failure) {
        self.writable(false);
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure.to_string());
        (self.figures.failed)(failure.cause);
    }

    pub(super) fn kept(&self, lines: &[Linked]) {
        if let Some(last) = lines.last() {
            self.seq.store(last.seq, Ordering::Relaxed);
        }
        (self.figures.group)(lines.len());
        for alike in lines.chunk_by(|one, other| one.event.kind() == other.event.kind()) {
            if let Some(line) = alike.first() {
                (self.figures.kept)(line.event.kind(), alike.len() as u64);
            }
        }
    }

    pub(super) fn stopping(&self) -> &Stopping {
        &self.stopping
    }

    pub(super) fn busy(&self) {
        self.busy.store(self.millis() + 1, Ordering::Release);
    }

    pub(super) fn idle(&self) {
        self.busy.store(0, Ordering::Release);
    }

    fn busy_for(&self) -> Option<Duration> {
        let since = self.busy.load(Ordering::Acquire).checked_sub(1)?;
        Some(Duration::from_millis(self.millis().saturating_sub(since)))
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
