//! How upstreams and issuers prove who they are: by certificates that this machine trusts.

use std::sync::Arc;

use rustls::{
    ClientConfig, ConfigBuilder, Error,
    client::WantsClientCert,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer},
};
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
    Ok(trusting(authorities)?.with_no_client_auth())
}

/// The same, and known there by a certificate and its private key.
///
/// # Errors
/// As for [`trusting_also`], and if the key cannot be used.
pub fn trusting_also_and_known_by(
    authorities: Vec<CertificateDer<'static>>,
    certificates: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<ClientConfig, Error> {
    trusting(authorities)?.with_client_auth_cert(certificates, key)
}

fn trusting(authorities: Vec<CertificateDer<'static>>) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Verifier::new_with_extra_roots(authorities, Arc::clone(&provider))?;
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    // What verifies is the same that the machine's own trust is verified by.
    Ok(config.dangerous().with_custom_certificate_verifier(Arc::new(verifier)))
}
