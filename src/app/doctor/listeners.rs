//! The addresses to listen on: free, or a running gateway's.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use rustls::ClientConfig;
use socket2::{Domain, Protocol, Socket, Type};
use url::Url;

use super::{
    check::{Check, CheckId},
    gateways::{self, Gateway},
};
use crate::{config::Config, tls};

/// Who has an address.
enum Holder {
    /// No process, or the kernel chooses a free port.
    Free(&'static str),
    Taken,
    Unusable(io::Error),
}

/// What runs on the addresses that are taken.
#[derive(Clone, Copy)]
enum Occupant {
    Gateway,
    /// It shows another certificate.
    Unknown,
    Other,
}

/// Whether a gateway may run on these addresses, and what was found.
pub(super) async fn checks(config: &Config, within: Duration) -> (bool, Vec<Check>) {
    let (public, admin) = (config.server.listen, config.server.admin_listen);
    let (of_public, of_admin) = (holder(public), holder(admin));
    let running = match (&of_admin, page(config)) {
        (Holder::Taken, Some(url)) => Some(gateways::ask(config, trusted(config), &url, within).await),
        (Holder::Free(_) | Holder::Unusable(_) | Holder::Taken, _) => None,
    };
    let occupant = match &running {
        Some(gateway) if gateway.is_one() => Occupant::Gateway,
        Some(gateway) if gateway.is_unknown() => Occupant::Unknown,
        Some(_) | None => Occupant::Other,
    };
    let mut checks = vec![
        listener("server.listen", public, of_public, occupant),
        listener("server.admin_listen", admin, of_admin, occupant),
    ];
    checks.extend(running.filter(Gateway::is_one).map(|gateway| gateway.running(admin)));
    (!matches!(occupant, Occupant::Other), checks)
}

fn holder(address: SocketAddr) -> Holder {
    if address.port() == 0 {
        return Holder::Free("any free port");
    }
    match bind(address) {
        Ok(()) => Holder::Free("free"),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Holder::Taken,
        Err(error) => Holder::Unusable(error),
    }
}

/// Binds as serve does, and lets go. No connection can come in between, because nothing listens.
fn bind(address: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())
}

/// Where the operator's pages are, as this machine reaches them.
fn page(config: &Config) -> Option<Url> {
    let address = config.server.admin_listen;
    let ip = match address.ip() {
        IpAddr::V4(any) if any.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(any) if any.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
    };
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    let address = SocketAddr::new(ip, address.port());
    Url::parse(&format!("{scheme}://{address}/")).ok()
}

/// Whom to trust there: our own certificate has no name for this address.
fn trusted(config: &Config) -> Option<ClientConfig> {
    let certificate = config.tls.as_ref().map(|tls| tls.certificate.clone());
    tls::trusting_only(certificate.unwrap_or_else(|| Vec::new().into())).ok()
}

fn listener(setting: &str, address: SocketAddr, holder: Holder, occupant: Occupant) -> Check {
    let (id, about) = (CheckId::Listener, format!("{setting} {address}"));
    match holder {
        Holder::Free(how) => Check::ok(id, about, how),
        Holder::Taken => match occupant {
            Occupant::Gateway => Check::ok(id, about, "a gateway runs there already"),
            Occupant::Unknown => Check::warning(
                id,
                about,
                "is in use by a program that shows another certificate than tls.cert_file",
                "if it is the gateway, see in its log why it has not taken the new certificate over; else stop it",
            ),
            Occupant::Other => Check::failed(
                id,
                about,
                "is in use, and no gateway responds on server.admin_listen",
                "stop the program that listens there, or choose another address",
            ),
        },
        Holder::Unusable(error) => Check::failed(
            id,
            about,
            format!("cannot be listened on: {error}"),
            "choose an address of this machine, and a port above 1023 unless the service may use lower ones",
        ),
    }
}
