//! How far orders are: what has to be read, what hosts have not heard yet, and when Junction was last heard.

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder},
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use super::figures::ConfiguredId;

/// In the place of a word that may not be shown.
const NOT_SHOWN: &str = "other";

/// What is counted of orders.
#[derive(Debug, Default)]
pub struct OrderMetrics {
    dirty: Gauge,
    dirty_age: Seconds,
    pending: Family<Endpoint, Gauge>,
    dead: Family<Endpoint, Gauge>,
    disabled: Family<Endpoint, Gauge>,
    lag: Family<Endpoint, Seconds>,
    deliveries: Family<Delivery, Counter>,
    last_webhook: Family<WebhookEndpoint, Seconds>,
    unknown: Family<Unknown, Counter>,
    gaps: Counter,
}

/// What is queued for a host.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HostQueue {
    /// How many events wait.
    pub pending: u64,
    /// How many were given up.
    pub dead: u64,
    /// Whether nothing is delivered at the moment.
    pub is_disabled: bool,
    /// How old the oldest is that waits.
    pub lag: Duration,
}

type Seconds = Gauge<f64, AtomicU64>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Endpoint {
    host: ConfiguredId,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Delivery {
    host: ConfiguredId,
    outcome: DeliveryOutcome,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WebhookEndpoint {
    endpoint: ConfiguredId,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Unknown {
    kind: UnknownKind,
    value: String,
}

/// What became of an attempt to deliver an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryOutcome {
    /// The host has it.
    Delivered,
    /// It is tried again later.
    Failed,
    /// It was the last try.
    Dead,
}

/// Where Junction sent a word that the gateway does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnknownKind {
    /// The status of an order.
    OrderStatus,
    /// The status of a visit.
    VisitStatus,
}

impl DeliveryOutcome {
    const ALL: [Self; 3] = [Self::Delivered, Self::Failed, Self::Dead];
}

impl UnknownKind {
    const ALL: [Self; 2] = [Self::OrderStatus, Self::VisitStatus];
}

impl EncodeLabelValue for DeliveryOutcome {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> std::fmt::Result {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Dead => "dead",
        }
        .encode(encoder)
    }
}

impl EncodeLabelValue for UnknownKind {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> std::fmt::Result {
        match self {
            Self::OrderStatus => "order_status",
            Self::VisitStatus => "visit_status",
        }
        .encode(encoder)
    }
}

impl OrderMetrics {
    /// Counts an attempt to deliver an event to a host.
    pub fn delivery(&self, host: &ConfiguredId, outcome: DeliveryOutcome) {
        let host = Arc::clone(host);
        self.deliveries.get_or_create(&Delivery { host, outcome }).inc();
    }

    /// Counts a word that the gateway does not know. `value` is one that may be shown; without it, it is not.
    pub fn unknown(&self, kind: UnknownKind, value: Option<&str>) {
        let value = value.unwrap_or(NOT_SHOWN).to_owned();
        self.unknown.get_or_create(&Unknown { kind, value }).inc();
    }

    /// Counts an order that had changed without a webhook.
    pub fn gap(&self) {
        self.gaps.inc();
    }

    /// Shows how many orders have to be read, and for how long the one has been waiting that waits longest.
    pub fn dirty(&self, orders: u64, oldest: Duration) {
        self.dirty.set(whole(orders));
        self.dirty_age.set(oldest.as_secs_f64());
    }

    /// Shows what is queued for a host.
    pub fn queued(&self, host: &ConfiguredId, queue: &HostQueue) {
        for outcome in DeliveryOutcome::ALL {
            let host = Arc::clone(host);
            drop(self.deliveries.get_or_create(&Delivery { host, outcome }));
        }
        let label = Endpoint { host: Arc::clone(host) };
        self.pending.get_or_create(&label).set(whole(queue.pending));
        self.dead.get_or_create(&label).set(whole(queue.dead));
        self.disabled.get_or_create(&label).set(queue.is_disabled.into());
        self.lag.get_or_create(&label).set(queue.lag.as_secs_f64());
    }

    /// Shows when one of the gateway's own endpoints last received a webhook, as a time since 1970; zero if none is known.
    pub fn last_webhook(&self, endpoint: &ConfiguredId, at: Duration) {
        let endpoint = Arc::clone(endpoint);
        let label = WebhookEndpoint { endpoint };
        self.last_webhook.get_or_create(&label).set(at.as_secs_f64());
    }

    /// Shows nothing of an endpoint any more that the configuration does not have any more.
    pub fn forget_webhook(&self, endpoint: &ConfiguredId) {
        let endpoint = Arc::clone(endpoint);
        self.last_webhook.remove(&WebhookEndpoint { endpoint });
    }

    /// Shows nothing of a host any more that gets no events any more.
    pub fn forget(&self, host: &ConfiguredId) {
        let label = Endpoint { host: Arc::clone(host) };
        self.pending.remove(&label);
        self.dead.remove(&label);
        self.disabled.remove(&label);
        self.lag.remove(&label);
        for outcome in DeliveryOutcome::ALL {
            let host = Arc::clone(host);
            self.deliveries.remove(&Delivery { host, outcome });
        }
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        for kind in UnknownKind::ALL {
            let value = NOT_SHOWN.to_owned();
            drop(self.unknown.get_or_create(&Unknown { kind, value }));
        }
        registry.register(
            "orders_dirty",
            "Orders that have to be read from Junction because something changed",
            self.dirty.clone(),
        );
        registry.register(
            "orders_dirty_oldest_seconds",
            "How long the order has been waiting that waits longest to be read; 0 if none waits",
            self.dirty_age.clone(),
        );
        registry.register(
            "events_pending",
            "Events about orders that wait to be delivered to a host",
            self.pending.clone(),
        );
        registry.register(
            "events_dead",
            "Events about orders that are not delivered to a host any more, because every try failed",
            self.dead.clone(),
        );
        registry.register(
            "events_disabled",
            "1 while no event is delivered to a host, because it responded with 410 or failed for five days",
            self.disabled.clone(),
        );
        registry.register(
            "events_lag_seconds",
            "How old the oldest event is that a host has not got; 0 if it has all",
            self.lag.clone(),
        );
        registry.register(
            "event_deliveries",
            "Attempts to deliver an event to a host: delivered, failed, or dead if it was the last one",
            self.deliveries.clone(),
        );
        registry.register(
            "junction_webhook_last_timestamp_seconds",
            "When an endpoint last received a webhook from Junction, in seconds since 1970; 0 if none is known",
            self.last_webhook.clone(),
        );
        registry.register(
            "junction_unknown_values",
            "Words of Junction's that this gateway does not know, by where they stood",
            self.unknown.clone(),
        );
        registry.register(
            "order_gaps",
            "Orders that the hourly comparison found to have changed although no webhook had said so",
            self.gaps.clone(),
        );
    }
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
