//! One look at each peer, and what it says of names, the proxy, connections, TLS and the clock.

use std::time::{Duration, SystemTime};

use futures_util::future::join_all;
use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use tokio::{net::TcpStream, time::timeout};
use url::{Host, Url};

use super::{
    check::{Check, CheckId, State},
    machine::expiring,
    peers::{self, Peer, origin},
};
use crate::{
    app::egress,
    config::{Config, validity},
    tls::Shown,
    upstream::{
        probe::{Prober, Sight},
        wire::{Cause, NoAnswer, TlsFault},
    },
};

/// From how far apart clocks are worth a warning.
const APART: Duration = Duration::from_secs(5);

/// From how far apart tokens that are good are refused.
const TOO_FAR_APART: Duration = Duration::from_mins(1);

/// What became of each look.
pub(super) struct Meetings(Vec<Meeting>);

struct Meeting {
    peer: Peer,
    is_proxied: bool,
    seen: Result<Sight, NoAnswer>,
    /// What it proved its name with, if it had to.
    certificate: Option<CertificateDer<'static>>,
    /// When the look began and ended, by this machine's clock.
    between: (SystemTime, SystemTime),
}

impl Meetings {
    /// The check that failed of the peer with this address, if one did: whatever else is asked of it has to wait for that.
    pub(super) fn obstacle(&self, url: &Url) -> Option<CheckId> {
        let meeting = self.0.iter().find(|meeting| meeting.peer.origin() == origin(url))?;
        let fault = meeting.seen.as_ref().err()?;
        Some(Fault::of(*fault).id)
    }

    /// What the peer with this root showed.
    pub(super) fn sight(&self, root: &Url) -> Option<&Sight> {
        let meeting = self.0.iter().find(|meeting| meeting.peer.root == *root)?;
        meeting.seen.as_ref().ok()
    }

    /// All peers.
    pub(super) fn peers(&self) -> Vec<Peer> {
        self.0.iter().map(|meeting| meeting.peer.clone()).collect()
    }
}

/// Looks at every peer at once.
pub(super) async fn meet(config: &Config, within: Duration) -> (Meetings, Vec<Check>) {
    let (mut ready, mut checks) = (Vec::new(), Vec::new());
    for peer in peers::of(config) {
        let shown = Shown::default();
        let forward = peer.repository.and_then(|at| config.audit.forwards.get(at));
        let way = egress::watched(forward, &config.egress, &shown);
        match way.and_then(|egress| Ok(Prober::new(egress)?)) {
            Ok(prober) => ready.push((peer, prober, shown)),
            Err(error) => checks.extend(without_tls(&peer, &error)),
        }
    }
    let looks = ready
        .into_iter()
        .map(|(peer, prober, shown)| look(config, peer, prober, shown, within));
    let meetings = join_all(looks).await;
    checks.extend(meetings.iter().flat_map(Meeting::checks));
    checks.extend(proxy(config, &meetings, within).await);
    (Meetings(meetings), checks)
}

fn without_tls(peer: &Peer, error: &anyhow::Error) -> Vec<Check> {
    let remedy = "install this machine's certificate authorities (ca-certificates), or name one in [egress] ca_file";
    let skipped = [CheckId::Dns, CheckId::Connection, CheckId::Clock];
    let skipped = skipped.map(|id| Check::skipped(id, peer.origin(), CheckId::Tls));
    let failed = Check::failed(CheckId::Tls, peer.origin(), format!("{error:#}"), remedy);
    skipped.into_iter().chain([failed]).collect()
}

async fn look(config: &Config, peer: Peer, prober: Prober, shown: Shown, within: Duration) -> Meeting {
    let begun: SystemTime = Timestamp::now().into();
    let seen = prober.look(peer.root.clone(), within).await;
    let proxy = config.egress.proxy.as_ref();
    Meeting {
        is_proxied: proxy.is_some_and(|proxy| proxy.is_for(&peer.root)),
        peer,
        seen,
        certificate: shown.last(),
        between: (begun, Timestamp::now().into()),
    }
}

impl Meeting {
    fn checks(&self) -> Vec<Check> {
        let sight = match &self.seen {
            Ok(sight) => sight,
            Err(no_answer) => return self.of_fault(&Fault::of(*no_answer)),
        };
        let names = self.peer.names.join(", ");
        let mut checks = vec![self.name(), self.ok(CheckId::Connection, format!("responds; {names}"))];
        checks.extend(self.certificate());
        checks.push(self.clock(sight));
        checks
    }

    fn ok(&self, id: CheckId, found: impl Into<String>) -> Check {
        Check::ok(id, self.peer.origin(), found)
    }

    fn name(&self) -> Check {
        let found = match self.peer.root.host() {
            Some(Host::Domain(_)) if self.is_proxied => "the proxy looks it up",
            Some(Host::Domain(_)) => "resolves",
            Some(Host::Ipv4(_) | Host::Ipv6(_)) | None => "is an address",
        };
        self.ok(CheckId::Dns, found)
    }

    fn certificate(&self) -> Option<Check> {
        let certificate = self.certificate.as_deref()?;
        let ends = validity(certificate).map(|(_, ends)| ends);
        Some(expiring(CheckId::Tls, self.peer.origin(), ends, Timestamp::now()))
    }

    fn clock(&self, sight: &Sight) -> Check {
        let Some(there) = sight.time() else {
            return self.ok(CheckId::Clock, "cannot be compared: its response has no Date");
        };
        let (apart, direction) = apart(there, self.between);
        let found = format!("this machine's clock is {} seconds {direction}", apart.as_secs());
        let remedy = format!(
            "keep this machine's clock with NTP (chrony, systemd-timesyncd); if other peers agree with it, the clock of {} is wrong",
            self.peer.names.join(", ")
        );
        let about = self.peer.origin();
        if apart > TOO_FAR_APART && self.peer.is_called {
            Check::failed(CheckId::Clock, about, found, remedy)
        } else if apart > APART {
            Check::warning(CheckId::Clock, about, found, remedy)
        } else {
            self.ok(CheckId::Clock, "agrees with this machine's")
        }
    }

    /// The check that failed, what was in order before it, and what was not looked at because of it.
    fn of_fault(&self, fault: &Fault) -> Vec<Check> {
        let is_encrypted = self.peer.root.scheme() == "https";
        let ids = [CheckId::Dns, CheckId::Connection, CheckId::Tls, CheckId::Clock];
        let ids = ids.into_iter().filter(|id| *id != CheckId::Tls || is_encrypted);
        let checks = ids.map(|id| {
            if id == fault.id {
                return self.at_fault(fault);
            }
            match (id, fault.id) {
                (CheckId::Dns, CheckId::Connection | CheckId::Tls) => self.name(),
                (CheckId::Connection, CheckId::Tls) => self.ok(id, "accepts connections"),
                (_, by) => Check::skipped(id, self.peer.origin(), by),
            }
        });
        checks.collect()
    }

    fn at_fault(&self, fault: &Fault) -> Check {
        let names = self.peer.names.join(", ");
        let found = format!("{} ({names})", fault.found);
        let about = self.peer.origin();
        if self.peer.is_called {
            return Check::failed(fault.id, about, found, fault.remedy);
        }
        let remedy = format!(
            "only browsers load it, so launches work if they can: from here, {}",
            fault.remedy
        );
        Check::warning(fault.id, about, found, remedy)
    }
}

/// How far this machine's clock is from what a peer said, which is true to the second, and to which side.
fn apart(there: SystemTime, (begun, ended): (SystemTime, SystemTime)) -> (Duration, &'static str) {
    let second = Duration::from_secs(1);
    if let Ok(behind) = there.duration_since(ended) {
        return (behind, "behind");
    }
    let latest = there + second;
    (begun.duration_since(latest).unwrap_or_default(), "ahead")
}

/// What is wrong if there is no response.
struct Fault {
    id: CheckId,
    found: &'static str,
    remedy: &'static str,
}

impl Fault {
    fn of(no_answer: NoAnswer) -> Self {
        let (id, found, remedy) = match no_answer {
            NoAnswer::ConnectTimeout => (
                CheckId::Connection,
                "no connection in time",
                "check the address, and that firewalls let this machine connect to it",
            ),
            NoAnswer::Timeout => (
                CheckId::Connection,
                "no response within 5 seconds",
                "check that it is running, and what is between it and this machine",
            ),
            NoAnswer::Unsendable => (
                CheckId::Connection,
                "must not be called without TLS",
                "write its address with https",
            ),
            NoAnswer::Unreachable { cause, .. } => match cause {
                Cause::Dns => (
                    CheckId::Dns,
                    "the host name does not resolve",
                    "check how it is written, and the resolver of this machine (/etc/resolv.conf)",
                ),
                Cause::Refused => (
                    CheckId::Connection,
                    "the connection was refused",
                    "check that it is running, and the port in its address",
                ),
                Cause::Proxy => (
                    CheckId::EgressProxy,
                    "the proxy does not lead there",
                    "see the check of the proxy",
                ),
                Cause::Broken => (
                    CheckId::Connection,
                    "the connection broke, or the response was not HTTP",
                    "check its port, and what is between it and this machine",
                ),
                Cause::Other => (
                    CheckId::Connection,
                    "cannot be reached",
                    "check the network of this machine, and its route there",
                ),
                Cause::Tls(fault) => Self::of_tls(fault),
            },
        };
        Self { id, found, remedy }
    }

    const fn of_tls(fault: TlsFault) -> (CheckId, &'static str, &'static str) {
        let (found, remedy) = match fault {
            TlsFault::UnknownAuthority => (
                "its certificate is signed by an authority that is not trusted here",
                "add the authority to this machine's, or name it in ca_file; if a proxy looks into connections, name its authority",
            ),
            TlsFault::OtherName => (
                "its certificate is for another name",
                "write its address with the name in the certificate",
            ),
            TlsFault::OtherTime => (
                "its certificate has expired, or is not valid yet",
                "have it renewed there; check the clock of this machine",
            ),
            TlsFault::Other => (
                "the TLS handshake failed",
                "check that the port speaks TLS 1.2 or 1.3, and what is between it and this machine",
            ),
        };
        (CheckId::Tls, found, remedy)
    }
}

/// The proxy, by whom it leads to, and whether it is there at all.
async fn proxy(config: &Config, meetings: &[Meeting], within: Duration) -> Option<Check> {
    let proxy = config.egress.proxy.as_ref()?;
    let fails = |meeting: &&Meeting| {
        let fault = meeting.seen.as_ref().err();
        fault.is_some_and(|fault| Fault::of(*fault).id == CheckId::EgressProxy)
    };
    let unreached: Vec<_> = meetings.iter().filter(fails).collect();
    let about = proxy.to_string();
    if unreached.is_empty() {
        let through = meetings.iter().filter(|meeting| meeting.is_proxied).count();
        let found = format!("leads to peers: {through}");
        return Some(Check::ok(CheckId::EgressProxy, about, found));
    }
    let (host, port) = (proxy.url().host_str()?, proxy.url().port_or_known_default()?);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let is_there = timeout(within, TcpStream::connect((host, port))).await;
    let origins: Vec<_> = unreached.iter().map(|meeting| meeting.peer.origin()).collect();
    let origins = origins.join(", ");
    let (found, remedy) = if is_there.is_ok_and(|connected| connected.is_ok()) {
        (
            format!("responds, and does not lead to {origins}"),
            "check proxy_credentials_file, no_proxy, and what the proxy allows for this machine",
        )
    } else {
        (
            format!("cannot be reached, and leads to {origins}"),
            "check proxy in [egress], and that the proxy is running",
        )
    };
    let is_needed = unreached.iter().any(|meeting| meeting.peer.is_called);
    let state = if is_needed { State::Failed } else { State::Warning };
    Some(Check {
        state,
        ..Check::failed(CheckId::EgressProxy, about, found, remedy)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_compared_to_the_second_and_for_as_long_as_it_took() {
        let at = |millis| SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
        let rows = [
            (at(10_000), at(10_000), at(10_100), 0, "the same second"),
            (at(10_000), at(10_999), at(10_999), 0, "later in the same second"),
            (at(10_000), at(11_500), at(12_000), 500, "half a second ahead at least"),
            (at(12_000), at(10_000), at(11_000), 1000, "a second behind at least"),
            (at(12_000), at(10_000), at(13_000), 0, "sometime while it took"),
            (at(100_000), at(10_000), at(11_000), 89_000, "far behind"),
        ];
        for (there, begun, ended, millis, reason) in rows {
            let (apart, _) = apart(there, (begun, ended));
            assert_eq!(apart, Duration::from_millis(millis), "{reason}");
        }
    }
}
