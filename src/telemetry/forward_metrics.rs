//! How far the repositories are that the audit trail is forwarded to.

use std::sync::Arc;

use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder},
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use super::figures::ConfiguredId;

/// What is counted for each repository.
#[derive(Debug, Default)]
pub struct ForwardMetrics {
    lag: Family<Forwarder, Gauge>,
    events: Family<Sent, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Forwarder {
    forwarder: ConfiguredId,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Sent {
    forwarder: ConfiguredId,
    outcome: ForwardOutcome,
}

/// What became of an event that was forwarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ForwardOutcome {
    /// The repository has it.
    Delivered,
    /// The repository will not take it.
    Refused,
}

impl ForwardOutcome {
    const ALL: [Self; 2] = [Self::Delivered, Self::Refused];
}

impl EncodeLabelValue for ForwardOutcome {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> std::fmt::Result {
        match self {
            Self::Delivered => "delivered",
            Self::Refused => "refused",
        }
        .encode(encoder)
    }
}

impl ForwardMetrics {
    /// So many records are not at a repository yet.
    pub fn lag(&self, forwarder: &ConfiguredId, records: u64) {
        let records = i64::try_from(records).unwrap_or(i64::MAX);
        self.lag.get_or_create(&Forwarder::of(forwarder)).set(records);
    }

    /// Counts an event that is not sent again.
    pub fn sent(&self, forwarder: &ConfiguredId, outcome: ForwardOutcome) {
        self.events.get_or_create(&Sent::of(forwarder, outcome)).inc();
    }

    /// Shows that nothing was sent to a repository yet.
    pub fn expect(&self, forwarder: &ConfiguredId) {
        for outcome in ForwardOutcome::ALL {
            drop(self.events.get_or_create(&Sent::of(forwarder, outcome)));
        }
    }

    /// Shows nothing of a repository any more that gets nothing any more.
    pub fn forget(&self, forwarder: &ConfiguredId) {
        self.lag.remove(&Forwarder::of(forwarder));
        for outcome in ForwardOutcome::ALL {
            self.events.remove(&Sent::of(forwarder, outcome));
        }
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "audit_forward_lag_records",
            "Records of the audit trail, of every kind, that a repository does not have yet",
            self.lag.clone(),
        );
        registry.register(
            "audit_forward_events",
            "Audit events forwarded to a repository: delivered, or refused by it for good",
            self.events.clone(),
        );
    }
}

impl Forwarder {
    fn of(forwarder: &ConfiguredId) -> Self {
        Self {
            forwarder: Arc::clone(forwarder),
        }
    }
}

impl Sent {
    fn of(forwarder: &ConfiguredId, outcome: ForwardOutcome) -> Self {
        Self {
            forwarder: Arc::clone(forwarder),
            outcome,
        }
    }
}
