//! Wires the parts together: builds the application from a configuration, runs it, stops it.

mod admin;
mod assembly;
mod background;
#[cfg(test)]
mod busy_clinic;
mod database;
mod doctor;

mod egress;
mod explanation;
mod gauges;
mod host_events;
mod junction_operator;
mod known_users;
mod listener;
mod open_files;
mod opened_store;
mod public;
mod service_manager;
mod stop_signals;
mod tls;
mod token_explanation;
mod trail;

use std::{io, net::SocketAddr, num::NonZeroU32, path::PathBuf, sync::Arc, time::Duration};

use actix_web::rt::{self, time::sleep};
use anyhow::Context as _;
use arc_swap::ArcSwap;
use jiff::Timestamp;
use store::trail::{Cause, Figures, NotWritten, Writing};

use self::{
    admin::{Admin, admin},
    background::{Noted, OrderTasks, SharedOrders, Upkeep},
    gauges::Gauges,
    listener::Listener,
    opened_store::OpenedStore,
    public::{Around, Common, public},
    service_manager::{Heartbeats, Sockets},
    tls::Tls,
};
pub use self::{
    database::{database, database_of_store, databases},
    doctor::{Check, CheckId, Report, State, examine},
    explanation::{Asked, Explainer, Question},
    host_events::{order_store, send_test_event},
    junction_operator::JunctionOperator,
    known_users::known_users,
    stop_signals::StopSignals,
};
use crate::{
    config::{Config, Fingerprint},
    directory::Directory,
    gateway::{OrderKeeping, Tickets},
    http::{Connections, Pages, Readiness},
    identity::Fetcher,
    resilience::{Admission, Pace, Rate, RateLimits},
    telemetry::{Restarts, exposition::Exposition, metrics::Metrics},
    upstream::wire::{Egress, SetupError},
};

#[cfg(feature = "console")]
pub use crate::http::{Console, origin_of};

/// How many cookies from one address that are not a session get a response that says so. Generous, because all clients
/// behind a proxy share one address; a client with a session is never held up by others' failures.
const FAILED_AUTH: Rate = Rate {
    pace: Pace::PerSecond(NonZeroU32::MIN.saturating_add(9)),
    burst: NonZeroU32::MIN.saturating_add(999),
};

/// Runs a future to its end on actix's runtime.
pub fn block_on<F: Future>(future: F) -> F::Output {
    rt::System::new().block_on(future)
}

/// A gateway that listens, and is not running yet.
pub struct Application {
    public: Listener,
    admin: Listener,
    readiness: Readiness,
    upkeep: Upkeep,
    writing: Option<Writing>,
    shutdown: Shutdown,
}

/// How long a process takes to stop.
struct Shutdown {
    /// While balancers notice, and launches are still taken.
    delay: Duration,
    /// While launches in flight finish.
    grace: Duration,
}

impl Shutdown {
    const fn configured(config: &Config) -> Self {
        Self {
            delay: config.server.shutdown_delay,
            grace: config.server.shutdown_grace,
        }
    }
}

impl Application {
    /// Binds both listeners. Must be called inside actix's runtime.
    ///
    /// # Errors
    /// If an address cannot be bound, or TLS cannot be set up.
    pub fn build(config: &Config) -> anyhow::Result<Self> {
        Self::assemble(config, &Pages::default())
    }

    /// The same with the demo's console at `/console/`, which may use host keys from its own origin: for the demo alone.
    ///
    /// # Errors
    /// As for [`Self::build`].
    #[cfg(feature = "console")]
    pub fn build_with_console(config: &Config, console: Console) -> anyhow::Result<Self> {
        Self::assemble(config, &Pages::with(console))
    }

    fn assemble(config: &Config, pages: &Pages) -> anyhow::Result<Self> {
        let metrics: Arc<Metrics> = Arc::default();
        // First of all: nothing is served that could not be recorded.
        let trail = trail::open(&config.audit, config.digest.to_string(), trail_figures(&metrics))?;
        let (audit, writing) = trail.map(|begun| (begun.audit, begun.writing)).unzip();
        let (readiness, restarts) = (Readiness::default().with(audit.clone()), Restarts::default());
        let egress = egress::way_out(&config.egress)?;
        let fetcher = Fetcher::new(egress.clone())?;
        let directory = assembly::directory(config, &fetcher, &Directory::default(), None)?;
        let directory = Arc::new(ArcSwap::from_pointee(directory));
        let store = config.store.as_ref().map(OpenedStore::open).transpose()?;
        let known = known_users::known_clinicians(config, store.as_ref(), &metrics)?;
        let (known_clinicians, noted) = known.map(|(known, noted)| (Arc::new(known), noted)).unzip();
        let orders = OrderKeeping {
            store: store.map(|store| store.orders),
            keyring: config.audit.keyring.clone(),
            ..OrderKeeping::default()
        };
        let tickets = Tickets::new(config.server.public_url.clone(), config.ticket_keys.clone());
        let tickets = Arc::new(tickets);
        let shared = Common {
            directory: Arc::clone(&directory),
            admission: Admission::new(config.launches.max_in_flight, config.launches.queue_timeout),
            guesses: Arc::default(),
            failed_auth: Arc::new(RateLimits::new(FAILED_AUTH)),
            shared_limits: database::shared_limits(config)?.map(Arc::new),
            metrics,
            audit: audit.clone(),
            known_clinicians: known_clinicians.clone(),
            orders: orders.clone(),
            tickets: Arc::clone(&tickets),
        };
        let files = open_files::allow_as_many_as_possible().context("cannot read the limit of open files")?;
        let connections = Connections::new(open_files::for_callers(config, open_files::workers(config), files));
        let tls = config.tls.as_ref().map(Tls::new);
        let gauges = Gauges {
            tls: tls.clone(),
            directory: Arc::clone(&directory),
            admission: shared.admission.clone(),
            readiness: readiness.clone(),
            restarts: restarts.clone(),
            connections: Arc::clone(&connections),
            audit: audit.clone(),
            shared_limits: shared.shared_limits.clone(),
        };
        for (_, tenant) in directory.load().hosts() {
            shared.metrics.expect(&tenant.id);
        }
        let exposition = Exposition::new(&shared.metrics, move |figures| gauges.collect(figures));
        let (failed_auth, metrics) = (Arc::clone(&shared.failed_auth), Arc::clone(&shared.metrics));
        let shared_limits = shared.shared_limits.clone();
        metrics.configured(config.digest);
        let orders = order_tasks(config, orders, &shared, &egress)?;
        let encrypted = tls.as_ref().map(|tls| Arc::clone(&tls.public));
        let sockets = Sockets::take(config)?;
        let heartbeats = Heartbeats::asked_for();
        let around = Around {
            pages: pages.clone(),
            tls: encrypted,
            socket: sockets.public,
            heartbeats: heartbeats.clone(),
        };
        let public = public(config, shared, connections, egress, around)?;
        if let Some(console) = pages.console_access(public.address) {
            // Its origin is known only now.
            let known = assembly::directory(config, &fetcher, &directory.load(), Some(&console))?;
            directory.store(Arc::new(known));
            tickets.lead_to(console.origin);
        }
        let pages_of_operator = Admin {
            readiness: readiness.clone(),
            restarts: restarts.clone(),
            exposition,
            directory: Arc::clone(&directory),
            tls: tls.as_ref().map(|tls| Arc::clone(&tls.admin)),
            socket: sockets.admin,
        };
        Ok(Self {
            public,
            admin: admin(config, pages_of_operator)?,
            readiness,
            upkeep: Upkeep {
                directory,
                metrics,
                failed_auth,
                shared_limits,
                fetcher,
                restarts,
                known_clinicians,
                tickets,
                noted,
                config: config.clone(),
                tls,
                audit,
                destinations: background::destinations(config)?,
                host_endpoints: background::host_endpoints(config)?,
                orders,
                heartbeats,
                watched: None,
            },
            writing,
            shutdown: Shutdown::configured(config),
        })
    }

    /// Also reads the configuration again whenever its file changes, or one of those that it names.
    #[must_use]
    pub fn reloading_from(mut self, file: PathBuf, fingerprint: Fingerprint) -> Self {
        self.upkeep.watched = Some((file, fingerprint));
        self
    }

    /// Where launches are taken: the port is the real one even if the configuration says 0.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.public.address
    }

    /// Where the operator's pages are.
    #[must_use]
    pub fn admin_address(&self) -> SocketAddr {
        self.admin.address
    }

    /// Serves until a signal, and on for the configured delay without being ready. Then launches in flight and background
    /// tasks finish within the configured grace; what is left when it is over, or at a second signal, is cut off.
    ///
    /// # Errors
    /// If a listener fails.
    pub async fn run_until(self, mut signals: StopSignals) -> io::Result<()> {
        let (public, admin) = (self.public.server.handle(), self.admin.server.handle());
        let mut background = self.upkeep.start();
        let mut serving = rt::spawn(self.public.server);
        let mut administrating = rt::spawn(self.admin.server);
        self.readiness.ready();
        service_manager::says_ready();
        tracing::info!(address = %self.public.address, admin_address = %self.admin.address, "listening");

        tokio::select! {
            () = signals.next() => {}
            ended = &mut serving => return ended.map_err(io::Error::other)?,
            ended = &mut administrating => return ended.map_err(io::Error::other)?,
        }
        tracing::info!("stopping: finishing the launches in flight");
        self.readiness.stopping();
        service_manager::says_stopping();
        let finished = async {
            // A balancer that has noticed sends nothing more, so nothing waits to be accepted when the listener closes.
            sleep(self.shutdown.delay).await;
            tokio::join!(public.stop(true), background.finish(self.shutdown.grace))
        };
        tokio::select! {
            ((), ()) = finished => {}
            // A server that is stopping gracefully takes no other order; it ends with the process.
            () = signals.next() => {
                tracing::warn!("stopping immediately: launches in flight are cut off");
                background.now().await;
                end(self.writing);
                return Ok(());
            }
        }
        background.now().await;
        admin.stop(false).await;
        end(self.writing);
        tracing::info!("stopped");
        Ok(())
    }
}

/// What is done about orders, if any are followed.
fn order_tasks(
    config: &Config,
    orders: OrderKeeping,
    shared: &Common,
    egress: &Egress,
) -> Result<Option<OrderTasks>, SetupError> {
    let followed = orders.store.filter(|_store| config.follows_orders());
    let tasks = followed.map(|store| {
        Ok(OrderTasks {
            shared: SharedOrders {
                store,
                metrics: Arc::clone(&shared.metrics),
                noted: Noted::default(),
                clock: Arc::new(Timestamp::now),
            },
            gateway: shared.gateway(&config.launches, egress)?,
        })
    });
    tasks.transpose()
}

/// Ends the audit trail in good order, as the last thing of all.
fn end(writing: Option<Writing>) {
    if let Some(writing) = writing {
        writing.stop();
    }
}

/// Where what happens to the trail is counted.
fn trail_figures(metrics: &Arc<Metrics>) -> Figures {
    let each = || Arc::clone(metrics);
    let (kept, group, failed) = (each(), each(), each());
    let causes = Cause::ALL.into_iter().map(Cause::as_str);
    let refused = [NotWritten::QueueFull, NotWritten::Failed, NotWritten::Late];
    metrics
        .audit
        .expect(causes.chain(refused.into_iter().map(NotWritten::as_str)));
    Figures {
        kept: Box::new(move |kind, records| kept.audit.kept(kind, records)),
        group: Box::new(move |records| group.audit.group(records)),
        failed: Box::new(move |cause| failed.audit.failed(cause.as_str())),
    }
}
