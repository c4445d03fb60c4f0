//! A server on an address: actix-web's own, put together from its parts so that its connections are ours.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_http::{HttpService, KeepAlive, Protocol};
use actix_server::{Server, ServerBuilder};
use actix_service::{IntoServiceFactory as _, ServiceFactory, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::{
    App, Error,
    body::BoxBody,
    dev::{AppConfig, ServiceRequest, ServiceResponse},
};
use anyhow::Context as _;
use domain::caller_address::CallerAddress;
use socket2::{Domain, Protocol as Transport, SockRef, Socket, Type};
use tokio::{net::TcpStream, time::sleep};

use crate::http::{Arrival, Connection, ConnectionTimeouts, Connections, SharedTls};

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 1024;

/// How many connections may have come that no other one has gone for yet.
pub(super) const COMING: usize = 64;

/// How much the kernel keeps of what a client has not read yet. Responses are smaller; a client that requests many and
/// reads none has no more than this.
const UNTAKEN: usize = 64 * 1024;

/// How long connections stay open after a stop was asked for, for requests that are on their way. Then those that ask for
/// nothing are closed, and the others after their answer.
const ON_THE_WIRE: Duration = Duration::from_millis(200);

/// How long the rest of a body is read, and dropped, that has its answer already. Closing at once would reset the connection,
/// and a proxy in front would pass on a 502 in the place of the answer that it had not read yet.
const READ_ON: Duration = Duration::from_secs(2);

/// A server that is bound and not running yet.
pub(super) struct Listener {
    pub(super) server: Server,
    pub(super) address: SocketAddr,
}

/// How a server treats its connections.
#[derive(Debug, Clone)]
pub(super) struct ServerLimits {
    pub(super) connections: Arc<Connections>,
    /// How a caller's address is found.
    pub(super) caller_address: Arc<CallerAddress>,
    /// With what connections are encrypted, if they are.
    pub(super) tls: Option<SharedTls>,
    pub(super) workers: usize,
    /// How long a request's head may take.
    pub(super) head_timeout: Duration,
    /// How long a connection may idle between requests.
    pub(super) keep_alive: Duration,
    /// How long requests in flight may take after a stop was requested.
    pub(super) grace: Duration,
}

impl std::fmt::Debug for Listener {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Listener({})", self.address)
    }
}

impl Listener {
    /// Binds an address, or takes the socket that was bound for it. Each worker serves an application of its own, which gets the address with its real port.
    ///
    /// # Errors
    /// If the address cannot be bound.
    pub(super) fn bind<T>(
        address: SocketAddr,
        bound: Option<TcpListener>,
        limits: ServerLimits,
        application: impl Fn(SocketAddr) -> App<T> + Clone + Send + 'static,
    ) -> anyhow::Result<Self>
    where
        T: ServiceFactory<
                ServiceRequest,
                Config = (),
                Response = ServiceResponse<BoxBody>,
                Error = Error,
                InitError = (),
            > + 'static,
    {
        let socket = bound.map_or_else(|| listen(address), Ok)?;
        let address = socket.local_addr()?;

        // Those that wait for one to go are open too. The library counts for each worker.
        let at_once = limits.connections.limits().in_all.saturating_add(COMING);
        let builder = ServerBuilder::default().max_concurrent_connections(at_once.div_ceil(limits.workers));
        let stopping = builder.graceful_shutdown_signal();
        let service = move || {
            let stopping = stopping.clone();
            let application = application(address)
                .into_factory()
                .map_err(|error| error.error_response());
            let http = HttpService::build()
                .keep_alive(KeepAlive::Timeout(limits.keep_alive))
                .client_request_timeout(limits.head_timeout)
                .client_disconnect_timeout(READ_ON)
                // A client that closes its side is gone: its request is given up, and its slot is free.
                .h1_allow_half_closed(false)
                .graceful_shutdown_signal(move || {
                    let stopping = stopping.clone();
                    async move {
                        stopping.notified().await;
                        sleep(ON_THE_WIRE).await;
                    }
                })
                .local_addr(address)
                .on_connect_ext(Connection::introduce)
                .finish(map_config(application, |()| AppConfig::default()));
            let timeouts = ConnectionTimeouts {
                head: limits.head_timeout,
                idle: limits.keep_alive,
            };
            let connections = Arc::clone(&limits.connections);
            let arrival = Arrival::new(
                connections,
                timeouts,
                Arc::clone(&limits.caller_address),
                limits.tls.clone(),
            );
            fn_service(move |socket: TcpStream| {
                let arrival = arrival.clone();
                async move {
                    // Without it the kernel may hold an answer back; a connection that refuses it works too.
                    let _still_works = socket.set_nodelay(true);
                    let _still_works = SockRef::from(&socket).set_send_buffer_size(UNTAKEN);
                    let (connection, caller) = arrival.enter(socket).await?;
                    Ok((connection, Protocol::Http1, caller))
                }
            })
            .and_then(http)
        };
        let server = builder
            .workers(limits.workers)
            .shutdown_timeout(limits.grace.as_secs())
            .disable_signals()
            .listen("http", socket, service)?
            .run();
        Ok(Self { server, address })
    }
}

fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Transport::TCP))?;
    // A restart must not wait for the connections of before to be forgotten.
    socket.set_reuse_address(true)?;
    socket
        .bind(&address.into())
        .with_context(|| format!("cannot listen on {address}"))?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}
