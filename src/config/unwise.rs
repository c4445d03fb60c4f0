//! What a configuration has that is good, and unwise.

use std::net::SocketAddr;

use super::{
    Config,
    host::{HostConfig, ProofConfig},
};

impl Config {
    /// What is legal in it and yet better otherwise, a line each: for people who are about to go live.
    #[must_use]
    pub fn unwise(&self) -> Vec<String> {
        let server = &self.server;
        let listeners = [
            (
                "server.listen",
                server.listen,
                "credentials and embed URLs would travel in the clear: put TLS in front and let nobody else reach it",
            ),
            (
                "server.admin_listen",
                server.admin_listen,
                "its pages ask for no credentials: let the monitoring alone reach it",
            ),
        ];
        let of_listeners = listeners
            .into_iter()
            .filter(|(_, address, _)| is_reachable(*address))
            .map(|(key, address, why)| format!("{key} is {address}, which other machines may reach: {why}"));
        let unbounded = self.hosts.iter().filter(|host| has_no_bound(host)).map(|host| {
            format!(
                "host {:?} has no clinician_per_second in [host.rate]: one clinician's browser could take all of a \
                 tenant's places",
                host.id
            )
        });
        of_listeners.chain(unbounded).collect()
    }
}

fn is_reachable(address: SocketAddr) -> bool {
    !address.ip().to_canonical().is_loopback()
}

/// Whether launches come from clinicians themselves, as many as they like.
fn has_no_bound(host: &HostConfig) -> bool {
    matches!(host.proof, ProofConfig::Token(_)) && host.clinician_rate.is_none()
}
