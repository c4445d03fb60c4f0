//! What all tasks about orders use.

use std::sync::Arc;

use jiff::Timestamp;
use store::orders::OrderStore;
use tokio::sync::watch::{Receiver, Sender};

use crate::telemetry::metrics::Metrics;

/// The store, and what goes with it.
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
    pub(in crate::app::background) fn listen(&self) -> Receiver<()> {
        self.0.subscribe()
    }
}
