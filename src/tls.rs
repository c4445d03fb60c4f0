//! How upstreams and issuers prove who they are: by certificates that this machine trusts.

use std::sync::Arc;

use rustls::{ClientConfig, Error, crypto::aws_lc_rs};
use rustls_platform_verifier::BuilderVerifierExt as _;

/// Reads what this machine trusts. That is some hundred certificates, so it is done once, and shared by all clients.
///
/// # Errors
/// If this machine trusts nobody, or what it trusts cannot be read.
pub fn trusting_this_machine() -> Result<ClientConfig, Error> {
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    Ok(config)
}
