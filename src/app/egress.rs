//! The way out that a configuration describes.

use anyhow::Context as _;

use crate::{config::EgressConfig, tls, upstream::wire::Egress};

pub(super) fn way_out(config: &EgressConfig) -> anyhow::Result<Egress> {
    let tls = tls::trusting_also(config.authorities.clone())
        .context("this machine trusts no certificate authority, and [egress] ca_file names none")?;
    let credentials = config.credentials.as_ref().map(|credentials| &credentials.secret);
    Ok(Egress::new(tls, config.proxy.clone(), credentials))
}
