//! What a connection passes before its first request: what a trusted proxy says of it, a place among the others, and the
//! handshake of TLS. All of it together takes no longer than a request's head may.

use std::{
    future::poll_fn,
    io::{self, ErrorKind},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    task::Poll,
};

use arc_swap::ArcSwap;
use domain::caller_address::CallerAddress;
use rustls::ServerConfig;
use tokio::{net::TcpStream, sync::Semaphore, time::timeout};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::{
    certificate,
    connection::{Connection, ConnectionTimeouts},
    connections::{Admitted, Connections},
    cut_off::CutOff,
    proxy_header,
    socket::Socket,
};

/// How many handshakes a worker has at once: each takes about a millisecond of its time, and launches need that too.
const HANDSHAKES: usize = 256;

/// The certificate and key of a listener, and whose certificates it asks for: taken anew for each connection, so that a
/// certificate can be replaced.
pub type SharedTls = Arc<ArcSwap<ServerConfig>>;

/// A worker's way in.
#[derive(Debug, Clone)]
pub struct Arrival {
    connections: Arc<Connections>,
    timeouts: ConnectionTimeouts,
    caller_address: Arc<CallerAddress>,
    tls: Option<SharedTls>,
    handshakes: Arc<Semaphore>,
}

impl Arrival {
    /// One for a worker.
    #[must_use]
    pub fn new(
        connections: Arc<Connections>,
        timeouts: ConnectionTimeouts,
        caller_address: Arc<CallerAddress>,
        tls: Option<SharedTls>,
    ) -> Self {
        Self {
            connections,
            timeouts,
            caller_address,
            tls,
            handshakes: Arc::new(Semaphore::new(HANDSHAKES)),
        }
    }

    /// Lets a connection in: with the address of its caller, unless that has already left.
    ///
    /// # Errors
    /// If it ended, took too long, or is not what this listener expects. It is counted, and gets no response.
    pub async fn enter(&self, mut socket: TcpStream) -> io::Result<(Connection, Option<SocketAddr>)> {
        let mut caller = socket.peer_addr().ok();
        if let CallerAddress::ProxyProtocol(proxies) = &*self.caller_address
            && caller.is_some_and(|connection| proxies.include(connection.ip()))
        {
            let said = timeout(self.timeouts.head, proxy_header::read(&mut socket)).await;
            let said = said.unwrap_or_else(|_elapsed| Err(ErrorKind::TimedOut.into()));
            let said = said.inspect_err(|_counted| self.connections.count(CutOff::ProxyHeader))?;
            caller = said.or(caller);
        }
        // A client that has already left has no address.
        let from = caller.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |caller| caller.ip());
        let admitted = self.connections.admit(from);
        let (socket, certificate) = match &self.tls {
            None => (Socket::Plain(socket), None),
            Some(tls) => {
                let encrypted = self.shake_hands(tls, socket, &admitted).await?;
                let certificate = certificate::presented(encrypted.get_ref().1)?;
                (Socket::Encrypted(Box::new(encrypted)), certificate)
            }
        };
        let way = Arc::clone(&self.caller_address);
        let connection = Connection::new(socket, self.timeouts, admitted, certificate, way);
        Ok((connection, caller))
    }

    /// The handshake, unless the connection must go before it is over.
    async fn shake_hands(
        &self,
        tls: &SharedTls,
        socket: TcpStream,
        admitted: &Admitted,
    ) -> io::Result<TlsStream<TcpStream>> {
        let handshake = async {
            let closed = |_closed| io::Error::from(ErrorKind::ConnectionAborted);
            let _one_of_them = self.handshakes.acquire().await.map_err(closed)?;
            TlsAcceptor::from(tls.load_full()).accept(socket).await
        };
        let must_go = poll_fn(|context| {
            if admitted.standing().must_go(context) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        });
        let finished = tokio::select! {
            biased;
            () = must_go => return Err(ErrorKind::ConnectionAborted.into()),
            finished = timeout(self.timeouts.head, handshake) => finished,
        };
        let Ok(finished) = finished else {
            self.connections.count(CutOff::HandshakeTooSlow);
            return Err(ErrorKind::TimedOut.into());
        };
        finished.inspect_err(|error| {
            self.connections.count(CutOff::HandshakeFailed);
            // Any stranger can cause it; it tells the operator what a client's trouble is.
            tracing::debug!(%error, "a TLS handshake failed");
        })
    }
}
