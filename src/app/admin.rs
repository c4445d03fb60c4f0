//! The listener of the operator's pages: readiness, metrics, and what is in force.

use std::{net::TcpListener, sync::Arc, time::Duration};

use actix_web::{App, middleware::from_fn, web::Data};

use super::{
    listener::{Listener, ServerLimits},
    open_files,
};
use crate::{
    config::Config,
    directory::SharedDirectory,
    http::{self, Connections, OwnHosts, Readiness, SharedTls},
    telemetry::{Restarts, exposition::Exposition},
};

/// What its pages show, and what it listens with.
pub(super) struct Admin {
    pub(super) readiness: Readiness,
    pub(super) restarts: Restarts,
    pub(super) exposition: Exposition,
    pub(super) directory: SharedDirectory,
    pub(super) tls: Option<SharedTls>,
    pub(super) socket: Option<TcpListener>,
}

/// Binds the listener of the operator's pages.
///
/// # Errors
/// If its address cannot be bound.
pub(super) fn admin(config: &Config, admin: Admin) -> anyhow::Result<Listener> {
    let (readiness, restarts) = (Data::new(admin.readiness), Data::new(admin.restarts));
    let (exposition, directory) = (Data::new(admin.exposition), Data::new(admin.directory));
    let own_hosts = Data::new(OwnHosts::named(config.server.admin_hosts.clone()));
    let app = move |_address| {
        App::new()
            .app_data(readiness.clone())
            .app_data(restarts.clone())
            .app_data(exposition.clone())
            .app_data(directory.clone())
            .app_data(own_hosts.clone())
            .configure(http::admin_routes)
            .wrap(from_fn(http::own_host))
            .wrap(from_fn(http::admin_rim))
    };
    let limits = ServerLimits {
        connections: Connections::new(open_files::ADMIN),
        caller_address: Arc::default(),
        tls: admin.tls,
        workers: 1,
        head_timeout: config.server.client_head_timeout,
        keep_alive: config.server.keep_alive,
        grace: Duration::ZERO,
    };
    Listener::bind(config.server.admin_listen, admin.socket, limits, app)
}
