//! What goes on about orders beside the requests: reading what webhooks asked for, telling hosts, keeping the store tidy.

mod consumer;
mod deliveries;
mod reader;
mod reconciler;
#[cfg(test)]
mod scene;
mod upkeep;

use std::sync::Arc;

use jiff::Timestamp;
use store::orders::OrderStore;
use tokio::sync::watch::{Receiver, Sender};

pub(in crate::app) use self::deliveries::{HostEndpoints, host_endpoints, send_test};
use self::{consumer::Consumer, deliveries::Deliveries, reader::Reader, reconciler::Reconciler, upkeep::Upkeep};
use super::supervisor::Supervisor;
use crate::{directory::SharedDirectory, gateway::Gateway, telemetry::metrics::Metrics};

/// What the tasks about orders need.
pub(in crate::app) struct OrderTasks {
    pub(in crate::app) shared: Shared,
    /// Through which orders are read.
    pub(in crate::app) gateway: Gateway,
}

impl OrderTasks {
    /// Starts the tasks. Must be called inside actix's runtime.
    pub(super) fn start(
        self,
        directory: SharedDirectory,
        endpoints: Receiver<HostEndpoints>,
        supervisor: &mut Supervisor,
    ) {
        let shared = self.shared;
        let reader = Reader::start(self.gateway);
        supervisor.start(Consumer {
            shared: shared.clone(),
            reader: reader.clone(),
            directory: Arc::clone(&directory),
        });
        supervisor.start(Reconciler {
            shared: shared.clone(),
            reader,
            directory,
        });
        supervisor.start(Deliveries {
            shared: shared.clone(),
            endpoints,
        });
        supervisor.start(Upkeep { shared, tidied: None });
    }
}

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
