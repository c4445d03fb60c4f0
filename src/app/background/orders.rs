//! What goes on about orders beside the requests: reading what webhooks asked for, telling hosts, keeping the store tidy.

mod consumer;
mod deliveries;
mod reader;
mod reconciler;
#[cfg(test)]
mod scene;
mod shared;
mod upkeep;

use std::sync::Arc;

use tokio::sync::watch::Receiver;

use self::{consumer::Consumer, deliveries::Deliveries, reader::Reader, reconciler::Reconciler, upkeep::Upkeep};
pub(in crate::app) use self::{
    deliveries::{HostEndpoints, host_endpoints, send_test},
    shared::{Noted, Shared},
};
use super::supervisor::Supervisor;
use crate::{directory::SharedDirectory, gateway::Gateway};

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
        let calls_timeout = self.gateway.orders_timeout;
        let reader = Reader::start(self.gateway);
        supervisor.start(Consumer {
            shared: shared.clone(),
            reader: reader.clone(),
            directory: Arc::clone(&directory),
            calls_timeout,
        });
        supervisor.start(Reconciler {
            shared: shared.clone(),
            reader,
            directory: Arc::clone(&directory),
        });
        supervisor.start(Deliveries {
            shared: shared.clone(),
            endpoints: endpoints.clone(),
        });
        supervisor.start(Upkeep {
            shared,
            endpoints,
            directory,
            shown: Vec::new(),
            tidied: None,
        });
    }
}
