//! Other gateways, by their operator's pages: whether they are ready, and have this configuration.

use std::{net::SocketAddr, time::Duration};

use futures_util::future::join_all;
use rustls::ClientConfig;
use tokio::join;
use url::Url;

use super::check::{Check, CheckId};
use crate::{
    config::{Config, ConfigDigest},
    tls,
    upstream::{
        probe::Prober,
        wire::{Cause, NoAnswer},
    },
};

/// The series whose label is the fingerprint of the configuration in force.
const SERIES: &str = "empego_gateway_config_fingerprint{fingerprint=\"";

/// What responds at an operator's address.
pub(super) struct Gateway {
    own: ConfigDigest,
    seen: Seen,
}

enum Seen {
    /// A gateway with this fingerprint; what it lacks to be ready, if it is not.
    One {
        fingerprint: String,
        lacks: Option<String>,
    },
    /// Something else.
    Other,
    Nothing(NoAnswer),
    /// TLS cannot be set up.
    NoTls,
}

impl Gateway {
    pub(super) const fn is_one(&self) -> bool {
        match &self.seen {
            Seen::One { .. } => true,
            Seen::Other | Seen::Nothing(_) | Seen::NoTls => false,
        }
    }

    /// Whether what responds shows another certificate than it should, so that nothing is known of it.
    pub(super) const fn is_unknown(&self) -> bool {
        matches!(
            &self.seen,
            Seen::Nothing(NoAnswer::Unreachable {
                cause: Cause::Tls(_),
                ..
            })
        )
    }

    /// The gateway that runs on the configured addresses.
    pub(super) fn running(&self, admin: SocketAddr) -> Check {
        let about = admin.to_string();
        match &self.seen {
            Seen::One {
                lacks: None,
                fingerprint,
            } if *fingerprint != self.own.to_string() => Check::warning(
                CheckId::Running,
                about,
                format!("is ready, with another configuration (fingerprint {fingerprint})"),
                "look in its log for why it has not taken this file over, or restart it",
            ),
            Seen::One { .. } | Seen::Other | Seen::Nothing(_) | Seen::NoTls => self.check(CheckId::Running, about),
        }
    }

    fn check(&self, id: CheckId, about: String) -> Check {
        let failed = |found: String, remedy: &str| Check::failed(id, about.clone(), found, remedy);
        match &self.seen {
            Seen::One { lacks: Some(lacks), .. } => failed(format!("is not ready: {lacks}"), "see its /readyz and log"),
            Seen::One { fingerprint, .. } if *fingerprint == self.own.to_string() => {
                Check::ok(id, about, "is ready, with this configuration")
            }
            Seen::One { fingerprint, .. } => failed(
                format!(
                    "has another configuration: fingerprint {fingerprint}, and that of this file is {}",
                    self.own
                ),
                "give all gateways the same file",
            ),
            Seen::Other => failed(
                "no operator's pages of a gateway are there".to_owned(),
                "name the address in admin_listen of the other gateway",
            ),
            Seen::Nothing(NoAnswer::Unsendable) => failed(
                "is on another machine, without TLS".to_owned(),
                "name it with https, or run this command there",
            ),
            Seen::Nothing(NoAnswer::Unreachable {
                cause: Cause::Tls(_), ..
            }) => failed(
                "its certificate is not accepted".to_owned(),
                "name it as its certificate does, and its authority in [egress] ca_file",
            ),
            Seen::Nothing(NoAnswer::ConnectTimeout | NoAnswer::Timeout | NoAnswer::Unreachable { .. }) => failed(
                "does not respond".to_owned(),
                "check that it is running, and that this machine may reach its admin_listen",
            ),
            Seen::NoTls => failed(
                "TLS cannot be set up".to_owned(),
                "install this machine's certificate authorities",
            ),
        }
    }
}

/// Every gateway that the operator names. They are the house's own, so no proxy leads to them.
pub(super) async fn replicas(config: &Config, replicas: &[Url], within: Duration) -> Vec<Check> {
    let each = replicas.iter().map(async |url| {
        let tls = tls::trusting_also(config.egress.authorities.clone());
        let gateway = ask(config, tls.ok(), url, within).await;
        gateway.check(CheckId::Replica, url.origin().ascii_serialization())
    });
    join_all(each).await
}

/// Looks at the operator's pages at this address.
pub(super) async fn ask(config: &Config, tls: Option<ClientConfig>, url: &Url, within: Duration) -> Gateway {
    let own = config.digest;
    let Some(prober) = tls.and_then(|tls| Prober::new(tls).ok()) else {
        return Gateway { own, seen: Seen::NoTls };
    };
    let page = async |path: &str| {
        let mut page = url.clone();
        page.set_path(path);
        prober.read(page, within).await
    };
    let seen = match join!(page("/metrics"), page("/readyz")) {
        (Ok((200, metrics)), Ok((status, said))) => match fingerprint(&metrics) {
            Some(fingerprint) => Seen::One {
                fingerprint: fingerprint.to_owned(),
                lacks: (status != 200).then(|| said.trim().to_owned()),
            },
            None => Seen::Other,
        },
        (Ok(_), Ok(_)) => Seen::Other,
        (Err(no_answer), _) | (_, Err(no_answer)) => Seen::Nothing(no_answer),
    };
    Gateway { own, seen }
}

fn fingerprint(metrics: &str) -> Option<&str> {
    let label = metrics.lines().find_map(|line| line.strip_prefix(SERIES))?;
    label.split('"').next()
}
