//! What goes on about orders beside the requests: reading what webhooks asked for, telling hosts, keeping the store tidy.

mod deliveries;
mod upkeep;

use std::sync::Arc;

use jiff::Timestamp;
use store::orders::OrderStore;
use tokio::sync::watch::{Receiver, Sender};

pub(in crate::app) use self::deliveries::{HostEndpoints, host_endpoints};
pub(super) use self::{deliveries::Deliveries, upkeep::Upkeep};
use crate::telemetry::metrics::Metrics;

/// What all of these tasks use.
#[derive(Clone)]
pub(in crate::app) struct Shared {
    pub(in crate::app) store: Arc<dyn OrderStore>,
    pub(in crate::app) metrics: Arc<Metrics>,
    /// Wakes what delivers when there is something new.
    pub(in crate::app) noted: Noted,
    pub(in crate::app) clock: Clock,
}

/// Tells the time.
pub(in crate::app) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Says that events were stored. Clones say it to the same listeners.
#[derive(Clone)]
pub(in crate::app) struct Noted(Sender<()>);

impl Default for Noted {
    fn default() -> Self {
        Self(Sender::new(()))
    }
}

impl Noted {
    /// Events were stored.
    pub(in crate::app) fn say(&self) {
        self.0.send_replace(());
    }

    /// Hears of it from now on.
    pub(super) fn listen(&self) -> Receiver<()> {
        self.0.subscribe()
    }
}
