//! What a configuration has that is good, and unwise.

use std::collections::BTreeMap;

use super::{
    Config,
    host::{HostConfig, ProofConfig},
    weak_key::is_guessed,
};

impl Config {
    /// What is legal in it and yet better otherwise, a line each: for people who are about to go live.
    #[must_use]
    pub fn unwise(&self) -> Vec<String> {
        let admin = self.server.admin_listen;
        let is_reachable = !admin.ip().to_canonical().is_loopback();
        let of_listener = is_reachable.then(|| {
            format!(
                "server.admin_listen is {admin}, which other machines may reach: its pages require no credentials: let only the \
                 monitoring reach it"
            )
        });
        let guessed = self.hosts.iter().filter(|host| is_open(host)).map(|host| {
            format!(
                "host {:?} has the digest of a key that is easy to guess: run empego-gateway key generate",
                host.id
            )
        });
        let unbounded = self.hosts.iter().filter(|host| self.has_no_bound(host)).map(|host| {
            format!(
                "host {:?} has no per_second in [host.rate], and its tenant none in [tenant.rate]: its clinicians are bounded \
                 one by one, and not together",
                host.id
            )
        });
        let unrecorded = self.audit.sink.is_none().then(|| {
            "there is no audit trail, so nothing says who opened whose chart: see [audit] in gateway.example.toml"
                .to_owned()
        });
        of_listener
            .into_iter()
            .chain(guessed)
            .chain(unrecorded)
            .chain(unbounded)
            .chain(self.open_to_every_client())
            .collect()
    }

    /// Audiences that share an issuer, and take the tokens of every client that it signs for.
    fn open_to_every_client(&self) -> Vec<String> {
        let jwt = |host: &'_ HostConfig| match &host.proof {
            ProofConfig::Keys(_) => None,
            ProofConfig::Token(jwt) => Some((host.id.clone(), jwt.clone())),
        };
        let open: Vec<_> = self
            .hosts
            .iter()
            .filter_map(jwt)
            .filter(|(_, jwt)| jwt.rules.required.is_empty())
            .collect();
        let mut of_issuers: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (id, jwt) in &open {
            for issuer in &jwt.issuers {
                of_issuers.entry(&issuer.issuer).or_default().push(format!("{id:?}"));
            }
        }
        let shared = of_issuers.into_iter().filter(|(_, hosts)| hosts.len() > 1);
        let warnings = shared.map(|(issuer, hosts)| {
            format!(
                "hosts {} share the issuer {issuer} and have no [host.jwt.require]: whichever app gets a token for one of \
                 their audiences may launch, so name the apps that are meant",
                hosts.join(", ")
            )
        });
        warnings.collect()
    }

    /// Whether launches come from clinicians themselves, and nothing says how many there may be of all of them.
    fn has_no_bound(&self, host: &HostConfig) -> bool {
        let tenant = self.tenants.get(host.tenant);
        matches!(host.proof, ProofConfig::Token(_))
            && host.rate.is_none()
            && tenant.is_some_and(|tenant| tenant.rate.is_none())
    }
}

/// Whether one of its keys is easy to guess.
fn is_open(host: &HostConfig) -> bool {
    match &host.proof {
        ProofConfig::Keys(digests) => digests.iter().any(|digest| is_guessed(*digest)),
        ProofConfig::Token(_) => false,
    }
}
