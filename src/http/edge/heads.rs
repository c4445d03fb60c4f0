//! The heads of requests that have not come to their end: how much of them is kept, and which of them goes.
//!
//! A head may be long, since a token names every group of its clinician, and is kept until it is complete. A client
//! that sends many heads that never end would fill the memory. One budget covers all of them together. An honest head
//! is complete within a round trip, so the one that was begun first is the least likely to be honest.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

/// What all unfinished heads may have together: 256 of the longest, some 16,000 of the usual size.
pub(super) const BUDGET: usize = 32 * 1024 * 1024;

/// The size to which heads are cut at once when there is too much, so that not every further byte closes a connection.
pub(super) const AFTER_CUT: usize = BUDGET / 8 * 7;

/// The longest a head may be, in the HTTP library. Anything else that is read while there is no request, such as the
/// rest of a body that is not needed, is dropped and not kept.
const LONGEST: usize = 128 * 1024;

/// All of a listener's.
#[derive(Debug, Default)]
pub(super) struct Heads {
    bytes: AtomicUsize,
    begun: AtomicU64,
}

/// That of one connection.
#[derive(Debug, Default)]
pub(super) struct Head {
    bytes: AtomicUsize,
    /// Which it was of all that were begun.
    number: AtomicU64,
}

impl Heads {
    /// How many bytes there are of all of them.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.load(Relaxed)
    }

    /// More of a head has come. Whether that is too much.
    pub(super) fn grows(&self, head: &Head, by: usize) -> bool {
        let before = head.bytes.load(Relaxed);
        if before == 0 {
            head.number.store(self.begun.fetch_add(1, Relaxed), Relaxed);
        }
        let grown = by.min(LONGEST.saturating_sub(before));
        // In this order: another task may end it meanwhile, and must not subtract what was not added yet.
        let of_all = self.bytes.fetch_add(grown, Relaxed) + grown;
        head.bytes.fetch_add(grown, Relaxed);
        of_all > BUDGET
    }

    /// It is complete, or its connection has ended.
    pub(super) fn ends(&self, head: &Head) {
        self.bytes.fetch_sub(head.bytes.swap(0, Relaxed), Relaxed);
    }
}

impl Head {
    /// Which it was of all that were begun; none if there is none.
    pub(super) fn begun(&self) -> Option<u64> {
        (self.bytes.load(Relaxed) > 0).then(|| self.number.load(Relaxed))
    }
}
