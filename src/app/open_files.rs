//! How many files the process may have open, and how many of them are for callers' connections.

use std::num::NonZeroUsize;

use super::listener::COMING;
use crate::{config::Config, http::ConnectionLimits};

/// How many connections to the operator's pages may be open.
pub(super) const ADMIN: ConnectionLimits = ConnectionLimits {
    in_all: 64,
    per_address: 64,
};

/// What is kept for the log, files that are read again, keys that are fetched, and connections that are being closed.
const OTHERS: usize = 128;

/// What one worker could handle at most, if files did not matter.
const OF_A_WORKER: usize = 25_600;

/// Raises the limit of open files as far as the machine allows, and says how many there may be.
///
/// # Errors
/// If the machine does not say.
pub(super) fn allow_as_many_as_possible() -> std::io::Result<usize> {
    // The old limit exists for programs that use `select`; who starts this one need not know.
    let allowed = rlimit::increase_nofile_limit(rlimit::INFINITY)?;
    Ok(usize::try_from(allowed).unwrap_or(usize::MAX))
}

/// How many connections of callers the limit of open files allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    /// As many as the configuration asks for.
    pub(super) wanted: usize,
    /// As many as there can be.
    pub(super) possible: usize,
    /// Whether not every launch in flight can have a file of its own.
    pub(super) is_short: bool,
}

/// How many connections this many files allow.
pub(super) fn room(config: &Config, workers: usize, files: usize) -> Room {
    let launches = config.launches.max_in_flight as usize;
    let needed = launches + ADMIN.in_all + COMING * 2 + OTHERS;
    // However few there are, half of them are for callers.
    let kept = needed.min(files / 2);
    let possible = (files - kept).min(OF_A_WORKER.saturating_mul(workers));
    Room {
        wanted: config.server.max_connections.map_or(possible, NonZeroUsize::get),
        possible,
        is_short: kept < needed,
    }
}

/// How many connections of callers there may be, so that a launch can still be made for each place and the operator's
/// pages still be read.
pub(super) fn for_callers(config: &Config, workers: usize, files: usize) -> ConnectionLimits {
    let Room { wanted, possible, .. } = room(config, workers, files);
    if wanted > possible {
        tracing::warn!(
            max_connections = wanted,
            possible,
            "fewer connections than server.max_connections: the limit of open files is too low (LimitNOFILE, ulimit -n)"
        );
    }
    let in_all = wanted.min(possible).max(1);
    let of_address = config.server.max_connections_per_address;
    ConnectionLimits {
        in_all,
        per_address: of_address.map_or(in_all, NonZeroUsize::get),
    }
}

/// How many threads serve callers.
pub(super) fn workers(config: &Config) -> usize {
    match config.server.workers {
        0 => std::thread::available_parallelism().map_or(1, Into::into),
        stated => stated,
    }
}
