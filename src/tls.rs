//! How upstreams and issuers prove who they are: by certificates that this machine trusts.

use std::sync::Arc;

use rustls::{ClientConfig, Error, crypto::aws_lc_rs, pki_types::CertificateDer};
use rustls_platform_verifier::Verifier;

/// Reads what this machine trusts. That is some hundred certificates, so it is done once, and shared by all clients.
///
/// # Errors
/// If this machine trusts no authority, or what it trusts cannot be read.
pub fn trusting_this_machine() -> Result<ClientConfig, Error> {
    trusting_also(Vec::new())
}

/// The same, and these authorities: the house's own, which sign for what stands inside, or for a proxy that looks into what
/// passes.
///
/// # Errors
/// If there is no authority to trust, or it cannot be read.
pub fn trusting_also(authorities: Vec<CertificateDer<'static>>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Verifier::new_with_extra_roots(authorities, Arc::clone(&provider))?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        // What verifies is the same that the machine's own trust is verified by.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(config)
}
