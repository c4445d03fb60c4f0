//! Events of Junction's, as they come in.

use domain::junction::orders::webhook::NoticeKind;
use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder},
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};

/// What they are about.
const KINDS: [NoticeKind; 4] = [
    NoticeKind::Order,
    NoticeKind::Visit,
    NoticeKind::ResultCritical,
    NoticeKind::Other,
];

/// What is counted of Junction's events.
#[derive(Debug)]
pub struct EventMetrics {
    received: Family<Event, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Event {
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Kind(NoticeKind);

impl EncodeLabelValue for Kind {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> std::fmt::Result {
        match self.0 {
            NoticeKind::Order => "order",
            NoticeKind::Visit => "visit",
            NoticeKind::ResultCritical => "result_critical",
            NoticeKind::Other => "other",
        }
        .encode(encoder)
    }
}

impl Default for EventMetrics {
    /// Shows that none has come yet.
    fn default() -> Self {
        let received: Family<Event, Counter> = Family::default();
        for kind in KINDS {
            drop(received.get_or_create(&Event { kind: Kind(kind) }));
        }
        Self { received }
    }
}

impl EventMetrics {
    /// Counts an event that proved to be Junction's.
    pub fn received(&self, kind: NoticeKind) {
        self.received.get_or_create(&Event { kind: Kind(kind) }).inc();
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "junction_events",
            "Events that proved to be Junction's, by what they are about; other means that the gateway has no use for them",
            self.received.clone(),
        );
    }
}
