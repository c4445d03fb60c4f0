//! What is counted of the audit trail, while it is written and waited for.

use std::time::Duration;

use domain::audit::Event;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};

/// How long a record may take to become durable, in seconds: from a disk with a battery to one that is stuck.
const WAITS: [f64; 12] = [
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0,
];

/// How many records are written together.
const GROUPS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 64.0, 256.0, 512.0, 1024.0];

/// What is counted of a trail.
#[derive(Debug)]
pub struct AuditMetrics {
    records: Family<Kind, Counter>,
    wait: Histogram,
    group_size: Histogram,
    failures: Family<Cause, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Cause {
    cause: &'static str,
}

impl Default for AuditMetrics {
    fn default() -> Self {
        let metrics = Self {
            records: Family::default(),
            wait: Histogram::new(WAITS),
            group_size: Histogram::new(GROUPS),
            failures: Family::default(),
        };
        for kind in Event::KINDS {
            drop(metrics.records.get_or_create(&Kind { kind }));
        }
        metrics
    }
}

impl AuditMetrics {
    /// Counts records that are durable, by their kind.
    pub fn kept(&self, kind: &'static str, records: u64) {
        self.records.get_or_create(&Kind { kind }).inc_by(records);
    }

    /// Counts records that were written together.
    pub fn group(&self, records: usize) {
        self.group_size
            .observe(f64::from(u32::try_from(records).unwrap_or(u32::MAX)));
    }

    /// Counts what was not written, by the reason: a word of the program's.
    pub fn failed(&self, cause: &'static str) {
        self.failures.get_or_create(&Cause { cause }).inc();
    }

    /// Counts a response that waited for its record.
    pub fn waited(&self, took: Duration) {
        self.wait.observe(took.as_secs_f64());
    }

    /// Shows that nothing failed for these reasons yet.
    pub fn expect(&self, causes: impl Iterator<Item = &'static str>) {
        for cause in causes {
            drop(self.failures.get_or_create(&Cause { cause }));
        }
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "audit_records",
            "Records of the audit trail that are durable, by kind",
            self.records.clone(),
        );
        registry.register(
            "audit_wait_seconds",
            "How long responses waited until their record was durable",
            self.wait.clone(),
        );
        registry.register(
            "audit_group_size",
            "How many records were written together",
            self.group_size.clone(),
        );
        registry.register(
            "audit_failures",
            "Failures to write the audit trail, by cause; and responses dropped because their record was not durable: queue_full, failed, late",
            self.failures.clone(),
        );
    }
}
