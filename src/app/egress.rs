//! The way out that a configuration describes.

use anyhow::Context as _;
use rustls::ClientConfig;

use crate::{
    config::{AuditForwardConfig, EgressConfig},
    tls::{self, Shown},
    upstream::wire::Egress,
};

pub(super) fn way_out(config: &EgressConfig) -> anyhow::Result<Egress> {
    let tls = tls::trusting_also(config.authorities.clone())
        .context("this machine trusts no certificate authority, and [egress] ca_file names none")?;
    Ok(through(config, tls))
}

/// The same way to an audit record repository, which may have an authority and know the gateway by a certificate.
pub(super) fn way_to(forward: &AuditForwardConfig, config: &EgressConfig) -> anyhow::Result<Egress> {
    let authorities = [config.authorities.as_slice(), &forward.authorities].concat();
    let tls = match &forward.identity {
        Some(identity) => {
            tls::trusting_also_and_known_by(authorities, identity.certificates.clone(), identity.key.clone_key())
        }
        None => tls::trusting_also(authorities),
    };
    let tls = tls.with_context(|| format!("[[audit.forward]] {}: TLS cannot be set up", forward.url))?;
    Ok(through(config, tls))
}

/// The way to a peer, be it a repository or not, on which it is noted what certificate it shows.
pub(super) fn watched(
    forward: Option<&AuditForwardConfig>,
    config: &EgressConfig,
    shown: &Shown,
) -> anyhow::Result<Egress> {
    let own = forward.map_or_else(Vec::new, |forward| forward.authorities.clone());
    let authorities = [config.authorities.as_slice(), &own].concat();
    let identity = forward.and_then(|forward| forward.identity.as_ref());
    let known_by = identity.map(|identity| (identity.certificates.clone(), identity.key.clone_key()));
    let tls = tls::watching(authorities, known_by, shown)
        .context("this machine trusts no certificate authority, and no ca_file names one")?;
    Ok(through(config, tls))
}

fn through(config: &EgressConfig, tls: ClientConfig) -> Egress {
    let credentials = config.credentials.as_ref().map(|credentials| &credentials.secret);
    Egress::new(tls, config.proxy.clone(), credentials)
}
