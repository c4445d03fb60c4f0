//! `[server]` and `[log]`: how the process runs. Changing them needs a restart.

use std::{net::SocketAddr, num::NonZeroUsize, time::Duration};

use domain::{
    caller_address::{CallerAddress, TrustedProxies},
    issuer::browser_origin,
};
use tracing::level_filters::LevelFilter;

use super::{error::Mistakes, section::Section};

/// `[server]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerConfig {
    /// Where launches are taken.
    pub listen: SocketAddr,
    /// Where browsers reach `listen`, as they write an origin; tickets lead there.
    pub public_url: Option<String>,
    /// Where the operator's pages are; never exposed to browsers.
    pub admin_listen: SocketAddr,
    /// Names beside addresses and `localhost` by which the operator's pages may be called.
    pub admin_hosts: Vec<String>,
    /// Worker threads; 0 is one per core. At most 256.
    pub workers: usize,
    /// How many connections may be open; if not set, as many as the process may have open files.
    pub max_connections: Option<NonZeroUsize>,
    /// How many of them may come from one address; if not set, all.
    pub max_connections_per_address: Option<NonZeroUsize>,
    /// How long launches are still taken after a stop was requested, for balancers to notice. At most two minutes.
    pub shutdown_delay: Duration,
    /// How long launches in flight may take after that. At most ten minutes.
    pub shutdown_grace: Duration,
    /// How long a request's head may take, and a caller who takes nothing of an answer. 0.1 to 60 s.
    pub client_head_timeout: Duration,
    /// How long a request's body may take. 0.1 to 60 s.
    pub client_body_timeout: Duration,
    /// How long a connection may idle between requests. 1 s to an hour.
    pub keep_alive: Duration,
    /// Whether only a proxy that does TLS can reach the listeners.
    pub behind_proxy: bool,
    /// How a caller's address is found.
    pub caller_address: CallerAddress,
}

/// `[log]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogConfig {
    /// The least urgent level that is written.
    pub level: LevelFilter,
    /// How lines are written.
    pub format: LogFormat,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Pretty on a terminal, else JSON.
    Auto,
    /// One JSON object per line.
    Json,
    /// For people.
    Pretty,
}

/// Reads the section. Whether connections are encrypted is what another section says.
pub(super) fn server(mut section: Section, has_tls: bool, mistakes: &mut Mistakes) -> ServerConfig {
    let listen = address(&mut section, "listen", 8080, mistakes);
    let admin_listen = address(&mut section, "admin_listen", 9090, mistakes);
    if listen == admin_listen && listen.port() != 0 {
        mistakes.add(
            &section.place().clone(),
            section.key("admin_listen"),
            "must differ from listen: its pages must not be reachable by browsers",
        );
    }
    let behind_proxy = section.boolean("behind_proxy", false, mistakes);
    for (key, address) in [("listen", listen), ("admin_listen", admin_listen)] {
        if !has_tls && !behind_proxy && !address.ip().to_canonical().is_loopback() {
            let message = "is reachable from other machines, and connections are not encrypted: set [tls], or behind_proxy = true if only a \
                           proxy that does TLS can reach it";
            mistakes.add(&section.place().clone(), section.key(key), message);
        }
    }
    let public_url = section
        .text("public_url", mistakes)
        .and_then(|found| found.parse(mistakes, |text| browser_origin(&text).map_err(str::to_owned)));
    let config = ServerConfig {
        behind_proxy,
        caller_address: caller_address(&mut section, mistakes),
        listen,
        public_url,
        admin_listen,
        admin_hosts: names(&mut section, "admin_hosts", mistakes),
        workers: section.integer("workers", 0, 0..=256, mistakes) as usize,
        max_connections: NonZeroUsize::new(section.integer("max_connections", 0, 0..=1_000_000, mistakes) as usize),
        max_connections_per_address: NonZeroUsize::new(section.integer(
            "max_connections_per_address",
            0,
            0..=1_000_000,
            mistakes,
        ) as usize),
        shutdown_delay: secs(section.integer("shutdown_delay_secs", 0, 0..=120, mistakes)),
        shutdown_grace: secs(section.integer("shutdown_grace_secs", 30, 0..=600, mistakes)),
        client_head_timeout: millis(section.integer("client_head_timeout_ms", 5000, 100..=60_000, mistakes)),
        client_body_timeout: millis(section.integer("client_body_timeout_ms", 5000, 100..=60_000, mistakes)),
        keep_alive: secs(section.integer("keep_alive_secs", 75, 1..=3600, mistakes)),
    };
    section.finish(mistakes);
    config
}

/// How a caller's address is found: in one declared way, since any client can send what several ways would read.
fn caller_address(section: &mut Section, mistakes: &mut Mistakes) -> CallerAddress {
    let place = section.place().clone();
    let (way_key, proxies_key) = (section.key("caller_address"), section.key("trusted_proxies"));
    let listed = section.texts("trusted_proxies", mistakes).into_iter().flatten();
    let networks = listed.filter_map(|found| found.parse(mistakes, |text| TrustedProxies::parse(&text)));
    let proxies = TrustedProxies::new(networks.collect());
    let way = section.text("caller_address", mistakes).and_then(|found| {
        found.parse(mistakes, |text| match text.as_str() {
            "connection" => Ok(None),
            "proxy-protocol" => Ok(Some(CallerAddress::ProxyProtocol as fn(_) -> _)),
            "x-forwarded-for" => Ok(Some(CallerAddress::ForwardedFor as fn(_) -> _)),
            _ => Err("must be connection, proxy-protocol or x-forwarded-for".to_owned()),
        })
    });
    match (way.flatten(), proxies) {
        (None, None) => CallerAddress::Connection,
        (Some(way), Some(proxies)) => way(proxies),
        (None, Some(_)) => {
            let message = "has no effect unless caller_address says how they tell a caller's address: proxy-protocol or x-forwarded-for";
            mistakes.add(&place, proxies_key, message);
            CallerAddress::Connection
        }
        (Some(_), None) => {
            let message = "needs trusted_proxies, the networks whose word is believed: otherwise every client could choose its address";
            mistakes.add(&place, way_key, message);
            CallerAddress::Connection
        }
    }
}

/// Names of machines, without a port.
fn names(section: &mut Section, key: &str, mistakes: &mut Mistakes) -> Vec<String> {
    let listed = section.texts(key, mistakes).into_iter().flatten();
    let names = listed.filter_map(|found| {
        found.parse(mistakes, |name| {
            let fits = (1..=253).contains(&name.len())
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
            fits.then_some(name)
                .ok_or_else(|| "must be a host name, without a port".to_owned())
        })
    });
    names.collect()
}

pub(super) fn log(mut section: Section, mistakes: &mut Mistakes) -> LogConfig {
    let level = section.text("level", mistakes).and_then(|found| {
        found.parse(mistakes, |text| match text.as_str() {
            "error" => Ok(LevelFilter::ERROR),
            "warn" => Ok(LevelFilter::WARN),
            "info" => Ok(LevelFilter::INFO),
            "debug" => Ok(LevelFilter::DEBUG),
            "trace" => Ok(LevelFilter::TRACE),
            _ => Err("must be error, warn, info, debug or trace".to_owned()),
        })
    });
    let format = section.text("format", mistakes).and_then(|found| {
        found.parse(mistakes, |text| match text.as_str() {
            "auto" => Ok(LogFormat::Auto),
            "json" => Ok(LogFormat::Json),
            "pretty" => Ok(LogFormat::Pretty),
            _ => Err("must be auto, json or pretty".to_owned()),
        })
    });
    section.finish(mistakes);
    LogConfig {
        level: level.unwrap_or(LevelFilter::INFO),
        format: format.unwrap_or(LogFormat::Auto),
    }
}

fn address(section: &mut Section, name: &str, default_port: u16, mistakes: &mut Mistakes) -> SocketAddr {
    section
        .text(name, mistakes)
        .and_then(|found| {
            found.parse(mistakes, |text| {
                text.parse()
                    .map_err(|_the_key_is_named| "must be an IP address and a port, such as 127.0.0.1:8080".to_owned())
            })
        })
        .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], default_port)))
}

pub(super) fn millis(number: u32) -> Duration {
    Duration::from_millis(number.into())
}

pub(super) fn secs(number: u32) -> Duration {
    Duration::from_secs(number.into())
}
