//! `[launches]`: the limits of all launches, whatever they open.

use std::time::Duration;

use super::{error::Mistakes, section::Section, server::millis};

/// The bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaunchesConfig {
    /// How long connecting may take. 1 ms to 60 s.
    pub connect_timeout: Duration,
    /// How long a call may take in all, connecting included. 1 ms to 120 s.
    pub timeout: Duration,
    /// The same for all calls of one request about an order: booking a visit takes long. 1 ms to 120 s.
    pub orders_timeout: Duration,
    /// How long an idle connection is kept: less than the upstream keeps it. 1 ms to an hour.
    pub pool_idle_timeout: Duration,
    /// Launches in flight at once, in the whole process.
    pub max_in_flight: u32,
    /// Launches in flight at once for one tenant.
    pub max_in_flight_per_tenant: u32,
    /// How long a launch over these limits waits for a place.
    pub queue_timeout: Duration,
}

/// What stood in `[empego]` before Junction's launches were bounded by it too.
const MOVED: [&str; 6] = [
    "connect_timeout_ms",
    "timeout_ms",
    "pool_idle_timeout_ms",
    "max_in_flight",
    "max_in_flight_per_tenant",
    "queue_timeout_ms",
];

/// Refuses keys in `[empego]` that belong here, and says so.
pub(super) fn refuse_moved(empego: &mut Section, mistakes: &mut Mistakes) {
    for name in MOVED {
        empego.refuse(
            name,
            &format!("is now launches.{name}: move it to [launches]"),
            mistakes,
        );
    }
}

pub(super) fn launches(mut section: Section, mistakes: &mut Mistakes) -> LaunchesConfig {
    let connect_timeout = millis(section.integer("connect_timeout_ms", 2000, 1..=60_000, mistakes));
    let timeout = millis(section.integer("timeout_ms", 10_000, 1..=120_000, mistakes));
    if connect_timeout > timeout {
        mistakes.add(
            &section.place().clone(),
            section.key("connect_timeout_ms"),
            "must not exceed timeout_ms, which includes it",
        );
    }
    let launches = LaunchesConfig {
        connect_timeout,
        timeout,
        orders_timeout: millis(section.integer("orders_timeout_ms", 30_000, 1..=120_000, mistakes)),
        pool_idle_timeout: millis(section.integer("pool_idle_timeout_ms", 15_000, 1..=3_600_000, mistakes)),
        max_in_flight: section.integer("max_in_flight", 512, 1..=100_000, mistakes),
        max_in_flight_per_tenant: section.integer("max_in_flight_per_tenant", 128, 1..=100_000, mistakes),
        queue_timeout: millis(section.integer("queue_timeout_ms", 100, 0..=60_000, mistakes)),
    };
    section.finish(mistakes);
    launches
}
