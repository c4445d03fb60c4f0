//! Which way everything goes that is sent: for people who are about to go live behind a proxy.

use domain::issuer::KeyLocation;
use url::Url;

use super::{
    Config,
    host::{HostConfig, ProofConfig},
    tenant::TenantConfig,
};

impl Config {
    /// A line for each place that is called, with the way that leads there; none if `[egress]` says nothing, since then every
    /// way is direct.
    #[must_use]
    pub fn ways(&self) -> Vec<String> {
        if !self.egress.is_stated() {
            return Vec::new();
        }
        let forwards = self.audit.forwards.iter();
        let audit =
            forwards.map(|forward| self.way("an audit record repository", &forward.url, forward.authorities.len()));
        self.places()
            .iter()
            .map(|(what, url)| self.way(what, url, 0))
            .chain(audit)
            .collect()
    }

    /// Every place that is called in the way that `[egress]` describes, each with what it is. Audit record repositories have authorities of
    /// their own, and are not among them.
    #[must_use]
    pub fn places(&self) -> Vec<(String, Url)> {
        let of_tenants = self.tenants.iter().flat_map(places_of_tenant);
        let of_hosts = self.hosts.iter().flat_map(places_of_host);
        of_tenants.chain(of_hosts).collect()
    }

    /// The way to a place, which this many authorities of its own are trusted for.
    fn way(&self, what: &str, url: &Url, own: usize) -> String {
        let origin = url.origin().ascii_serialization();
        format!("egress: {what} at {origin}: {}", self.way_to(url, own))
    }

    fn way_to(&self, url: &Url, own: usize) -> String {
        if url.scheme() == "http" {
            return "direct, unencrypted on this machine".to_owned();
        }
        let way = match &self.egress.proxy {
            Some(proxy) if proxy.is_for(url) => format!("through the proxy {proxy}"),
            Some(_) => "direct, because of no_proxy".to_owned(),
            None => "direct".to_owned(),
        };
        let trusted = match self.egress.authorities.len() + own {
            0 => "trusting this machine's authorities".to_owned(),
            1 => "trusting this machine's authorities and the one in ca_file".to_owned(),
            more => format!("trusting this machine's authorities and the {more} in ca_file"),
        };
        format!("{way}, {trusted}")
    }
}

fn places_of_tenant(tenant: &TenantConfig) -> Vec<(String, Url)> {
    let id = &tenant.id;
    let empego = tenant.empego.iter().filter_map(|empego| {
        let url = empego.base_url.server()?;
        Some((format!("tenant {id:?}: Empego"), url))
    });
    let junction = tenant.junction.iter().flat_map(|junction| {
        let management = (
            format!("tenant {id:?}: Junction's management"),
            junction.management_url.clone(),
        );
        let team = (format!("tenant {id:?}: Junction's teams"), junction.api_url.clone());
        [management, team]
    });
    empego.chain(junction).collect()
}

fn places_of_host(host: &HostConfig) -> Vec<(String, Url)> {
    let id = &host.id;
    let issuers = match &host.proof {
        ProofConfig::Keys(_) => [].as_slice(),
        ProofConfig::Token(jwt) => &jwt.issuers,
    };
    let keys = issuers.iter().filter_map(|issuer| match &issuer.keys {
        KeyLocation::Discovery { document, .. } => Some((
            format!("host {id:?}: the issuer's discovery document"),
            document.clone(),
        )),
        KeyLocation::Address(url) => Some((format!("host {id:?}: the issuer's keys"), url.clone())),
        KeyLocation::File(_) => None,
    });
    let endpoint = host.session.as_ref().and_then(|session| session.endpoint.as_ref());
    let session = endpoint.map(|endpoint| (format!("host {id:?}: the session page"), endpoint.url.clone()));
    let events = host.events.as_ref();
    let events = events.map(|events| (format!("host {id:?}: the endpoint for events"), events.url.clone()));
    keys.chain(session).chain(events).collect()
}
