//! The listener that takes launches: each worker is a gateway with connections of its own.

use std::{
    net::{IpAddr, TcpListener},
    sync::Arc,
};

use actix_web::{
    App,
    middleware::{Condition, from_fn},
    web::Data,
};
use tracing_actix_web::TracingLogger;

use super::{
    listener::{Listener, ServerLimits},
    open_files,
    service_manager::Heartbeats,
};
use crate::{
    audit::Audit,
    config::{Config, LaunchesConfig},
    directory::SharedDirectory,
    gateway::{Gateway, KnownClinicians, OrderKeeping, Tickets},
    http::{self, Connections, HttpSettings, Pages, RootSpan, SharedTls},
    identity::SessionClient,
    resilience::{Admission, Guesses, RateLimits, SharedLimits},
    telemetry::metrics::Metrics,
    upstream::{
        empego::EmpegoClient,
        junction::JunctionClient,
        wire::{Egress, Settings, SetupError},
    },
};

/// What all workers have in common.
#[derive(Clone)]
pub(super) struct Common {
    pub(super) directory: SharedDirectory,
    pub(super) admission: Admission,
    pub(super) guesses: Arc<Guesses>,
    pub(super) failed_auth: Arc<RateLimits<IpAddr>>,
    pub(super) shared_limits: Option<Arc<SharedLimits>>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) audit: Option<Arc<Audit>>,
    pub(super) known_clinicians: Option<Arc<KnownClinicians>>,
    pub(super) orders: OrderKeeping,
    pub(super) tickets: Arc<Tickets>,
}

impl Common {
    /// A gateway with connections of its own.
    pub(super) fn gateway(&self, launches: &LaunchesConfig, egress: &Egress) -> Result<Gateway, SetupError> {
        let settings = Settings {
            connect_timeout: Some(launches.connect_timeout),
            pool_idle_timeout: Some(launches.pool_idle_timeout),
            ..Settings::default()
        };
        Ok(Gateway {
            directory: Arc::clone(&self.directory),
            admission: self.admission.clone(),
            guesses: Arc::clone(&self.guesses),
            failed_auth: Arc::clone(&self.failed_auth),
            shared_limits: self.shared_limits.clone(),
            known_clinicians: self.known_clinicians.clone(),
            empego: EmpegoClient::new(settings, egress.clone())?,
            junction: JunctionClient::new(settings, egress.clone())?,
            timeout: launches.timeout,
            orders_timeout: launches.orders_timeout,
            orders: self.orders.clone(),
            tickets: Arc::clone(&self.tickets),
            metrics: Arc::clone(&self.metrics),
            audit: self.audit.clone(),
        })
    }
}

/// What the public listener has beside what launches need.
pub(super) struct Around {
    pub(super) pages: Pages,
    pub(super) tls: Option<SharedTls>,
    pub(super) socket: Option<TcpListener>,
    pub(super) heartbeats: Heartbeats,
}

/// Binds the listener that takes launches.
///
/// # Errors
/// If its address cannot be bound, or clients cannot be built.
pub(super) fn public(
    config: &Config,
    shared: Common,
    connections: Arc<Connections>,
    egress: Egress,
    around: Around,
) -> anyhow::Result<Listener> {
    let launches = config.launches.clone();
    let idle = launches.pool_idle_timeout;
    // Each worker builds its own clients and cannot fail gracefully: one that cannot be built is found out here.
    shared.gateway(&launches, &egress)?;
    SessionClient::new(idle, egress.clone())?;
    let http_settings = HttpSettings {
        body_timeout: config.server.client_body_timeout,
    };
    let directory = Arc::clone(&shared.directory);

    let (pages, heartbeats) = (around.pages, around.heartbeats);
    let worker = move |address| {
        heartbeats.begin();
        #[expect(
            clippy::expect_used,
            reason = "the same settings built clients before any worker started"
        )]
        let gateway = shared
            .gateway(&launches, &egress)
            .expect("clients that could be built before");
        #[expect(
            clippy::expect_used,
            reason = "the same settings built a client before any worker started"
        )]
        let sessions = SessionClient::new(idle, egress.clone()).expect("a client that could be built before");
        // The last one wrapped is the outermost: the rim sees every answer, the span's included.
        App::new()
            .app_data(Data::new(gateway))
            .app_data(Data::new(sessions))
            .app_data(Data::new(http_settings))
            .configure(http::routes)
            .configure(|app| pages.routes(address, app))
            .wrap(Condition::new(RootSpan::is_heard(), TracingLogger::<RootSpan>::new()))
            .wrap(http::cors(Arc::clone(&directory)))
            .wrap(from_fn(http::rim))
    };
    let limits = ServerLimits {
        connections,
        caller_address: Arc::new(config.server.caller_address.clone()),
        tls: around.tls,
        workers: open_files::workers(config),
        head_timeout: config.server.client_head_timeout,
        keep_alive: config.server.keep_alive,
        grace: config.server.shutdown_grace,
    };
    Listener::bind(config.server.listen, around.socket, limits, worker)
}
