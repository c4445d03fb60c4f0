//! Whom the gateway calls, and whose pages browsers load, by their origins. Pure.

use domain::embed_url::EmbedHost;
use url::Url;

use crate::config::Config;

/// One origin, whatever it is there for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Peer {
    /// Its root.
    pub(super) root: Url,
    /// What it is there for, in words of the configuration.
    pub(super) names: Vec<String>,
    /// Whether the gateway calls it; else only browsers load its pages.
    pub(super) is_called: bool,
    /// The place of the repository among those of the audit trail, if it is one: its TLS has settings of its own.
    pub(super) repository: Option<usize>,
}

impl Peer {
    /// As reports name it.
    pub(super) fn origin(&self) -> String {
        origin(&self.root)
    }
}

/// The origin of an address.
pub(super) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Every peer of a configuration, once.
pub(super) fn of(config: &Config) -> Vec<Peer> {
    let mut peers = Vec::new();
    for (name, url) in config.places() {
        add(&mut peers, &url, name, true, None);
    }
    for (at, forward) in config.audit.forwards.iter().enumerate() {
        add(
            &mut peers,
            &forward.url,
            "an audit record repository".to_owned(),
            true,
            Some(at),
        );
    }
    for (tenant, host) in embed_hosts(config) {
        if let Some(url) = page_of(host, &peers) {
            add(&mut peers, &url, format!("tenant {tenant:?}: embed host"), false, None);
        }
    }
    peers
}

/// Every embed host, with its tenant.
pub(super) fn embed_hosts(config: &Config) -> impl Iterator<Item = (&str, &EmbedHost)> {
    config.tenants.iter().flat_map(|tenant| {
        let of_empego = tenant.empego.iter().flat_map(|empego| &empego.embed_hosts);
        let of_junction = tenant.junction.iter().flat_map(|junction| &junction.embed_hosts);
        of_empego.chain(of_junction).map(|host| (tenant.id.as_str(), host))
    })
}

/// The root of an embed host. On this machine it may be unencrypted, unless it is called with TLS already.
pub(super) fn page_of(host: &EmbedHost, peers: &[Peer]) -> Option<Url> {
    let roots: Vec<_> = host.origins().filter_map(|origin| Url::parse(&origin).ok()).collect();
    let known = roots.iter().find(|root| peers.iter().any(|peer| peer.root == **root));
    known.or(roots.last()).cloned()
}

/// The root of what an address is on.
fn root(url: &Url) -> Url {
    let mut root = url.clone();
    root.set_path("/");
    root.set_query(None);
    root.set_fragment(None);
    root
}

fn add(peers: &mut Vec<Peer>, url: &Url, name: String, is_called: bool, repository: Option<usize>) {
    let root = root(url);
    let same = peers
        .iter_mut()
        .find(|peer| peer.root == root && peer.repository == repository);
    match same {
        Some(peer) => {
            peer.is_called |= is_called;
            if !peer.names.contains(&name) {
                peer.names.push(name);
            }
        }
        None => peers.push(Peer {
            root,
            names: vec![name],
            is_called,
            repository,
        }),
    }
}
