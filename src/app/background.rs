//! What goes on beside the launches: the tasks, and what wakes which of them.

mod following;
mod forward;
mod keys;
mod known_users;
mod orders;
mod reload;
mod retention;
mod shared;
mod shared_orders;
mod supervisor;
mod sweep;
mod watch;
mod watchdog;

use std::{net::IpAddr, path::PathBuf, sync::Arc};

use tokio::sync::{Notify, watch::channel};

pub(super) use self::{
    forward::destinations,
    orders::{Noted, OrderTasks, Shared as SharedOrders, host_endpoints, send_test},
};
use self::{
    forward::{Destinations, Forward},
    keys::Keys,
    known_users::KnownUsers,
    orders::HostEndpoints,
    reload::Reload,
    retention::Retention,
    shared::Shared,
    shared_orders::SharedOrders as OrdersConnection,
    supervisor::Supervisor,
    sweep::Sweep,
    watch::Watch,
    watchdog::Watchdog,
};
use super::{service_manager::Heartbeats, tls::Tls};
use crate::{
    audit::Audit,
    config::{Config, Fingerprint, SinkConfig},
    directory::SharedDirectory,
    gateway::{KnownClinicians, NotedClinicians, Tickets},
    identity::Fetcher,
    resilience::{RateLimits, SharedLimits},
    telemetry::{Restarts, metrics::Metrics},
};

/// What the tasks work on.
pub(super) struct Upkeep {
    pub(super) directory: SharedDirectory,
    pub(super) metrics: Arc<Metrics>,
    pub(super) failed_auth: Arc<RateLimits<IpAddr>>,
    pub(super) shared_limits: Option<Arc<SharedLimits>>,
    pub(super) fetcher: Fetcher,
    pub(super) restarts: Restarts,
    /// What is remembered of clinicians, under keys that may change.
    pub(super) known_clinicians: Option<Arc<KnownClinicians>>,
    /// What stands for embed URLs, sealed with keys that may change.
    pub(super) tickets: Arc<Tickets>,
    /// Which clinicians are to be remembered, if there is a store.
    pub(super) noted: Option<NotedClinicians>,
    /// The configuration in force.
    pub(super) config: Config,
    /// The certificate in force, if connections are encrypted.
    pub(super) tls: Option<Tls>,
    /// The trail, whose keys may change with it.
    pub(super) audit: Option<Arc<Audit>>,
    /// The repositories that get the trail.
    pub(super) destinations: Destinations,
    /// What is done about orders, if there is a store for them.
    pub(super) orders: Option<OrderTasks>,
    /// Whom to tell of what happened to orders.
    pub(super) host_endpoints: HostEndpoints,
    /// Signs of life of all workers.
    pub(super) heartbeats: Heartbeats,
    /// Its file and everything that it was read from, if they are to be watched.
    pub(super) watched: Option<(PathBuf, Fingerprint)>,
}

impl Upkeep {
    /// Starts the tasks. Must be called inside a runtime.
    pub(super) fn start(self) -> Supervisor {
        let replaced = Arc::new(Notify::new());
        let mut supervisor = Supervisor::new(self.restarts);
        if let Some(every) = self.heartbeats.every() {
            let heartbeats = self.heartbeats;
            supervisor.start(Watchdog { heartbeats, every });
        }
        supervisor.start(Sweep {
            directory: Arc::clone(&self.directory),
            failed_auth: self.failed_auth,
            tickets: Arc::clone(&self.tickets),
        });
        supervisor.start(Keys {
            directory: Arc::clone(&self.directory),
            replaced: Arc::clone(&replaced),
        });
        let (forwarded, destinations) = channel(self.destinations);
        if let (Some(audit), Some(SinkConfig::File { directory, .. })) = (&self.audit, &self.config.audit.sink) {
            supervisor.start(Forward {
                folder: directory.clone(),
                destinations,
                audit: Arc::clone(audit),
                metrics: Arc::clone(&self.metrics),
            });
            supervisor.start(Retention {
                folder: directory.clone(),
                audit: Arc::clone(audit),
            });
        }
        if let Some(limits) = &self.shared_limits {
            supervisor.start(Shared {
                limits: Arc::clone(limits),
            });
        }
        if let Some(noted) = self.noted {
            supervisor.start(KnownUsers(noted));
        }
        let (host_endpoints, endpoints) = channel(self.host_endpoints);
        if let Some(orders) = self.orders {
            if orders.shared.store.is_shared() {
                let store = Arc::clone(&orders.shared.store);
                supervisor.start(OrdersConnection { store });
            }
            orders.start(Arc::clone(&self.directory), endpoints, &mut supervisor);
        }
        if let Some((file, read)) = self.watched {
            let (read, seen) = channel(read);
            let changed = Arc::new(Notify::new());
            supervisor.start(Watch {
                read: seen,
                changed: Arc::clone(&changed),
            });
            supervisor.start(Reload {
                file,
                read,
                changed,
                replaced,
                directory: self.directory,
                metrics: self.metrics,
                shared_limits: self.shared_limits,
                fetcher: self.fetcher,
                config: self.config,
                tls: self.tls,
                audit: self.audit,
                known_clinicians: self.known_clinicians,
                tickets: self.tickets,
                forwarded,
                host_endpoints,
            });
        }
        supervisor
    }
}
