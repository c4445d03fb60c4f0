//! How upstreams and issuers prove who they are: by certificates that this machine trusts.

mod only;
mod watched;

pub use watched::Shown;

use std::sync::Arc;

use rustls::{
    ClientConfig, ConfigBuilder, Error,
    client::{WantsClientCert, danger::ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, PrivateKeyDer},
};
use rustls_platform_verifier::Verifier;

use self::{only::Only, watched::Watched};

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

/// The same as [`trusting_also`], or [`trusting_also_and_known_by`] if there is a certificate, and notes what servers show.
///
/// # Errors
/// As for these.
pub fn watching(
    authorities: Vec<CertificateDer<'static>>,
    known_by: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
    shown: &Shown,
) -> Result<ClientConfig, Error> {
    let (provider, verifier) = verifier(authorities)?;
    let config = built(provider, Arc::new(Watched::new(verifier, shown.clone())))?;
    match known_by {
        Some((certificates, key)) => config.with_client_auth_cert(certificates, key),
        None => Ok(config.with_no_client_auth()),
    }
}

/// Trusts a server that has this very certificate, by whatever name it is called, and no other: for asking whether a server is
/// our own.
///
/// # Errors
/// If TLS cannot be set up.
pub fn trusting_only(certificate: CertificateDer<'static>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Only::new(certificate, Arc::clone(&provider));
    Ok(built(provider, Arc::new(verifier))?.with_no_client_auth())
}

fn trusting(authorities: Vec<CertificateDer<'static>>) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, Error> {
    let (provider, verifier) = verifier(authorities)?;
    // What verifies is the same that the machine's own trust is verified by.
    built(provider, Arc::new(verifier))
}

fn verifier(authorities: Vec<CertificateDer<'static>>) -> Result<(Arc<CryptoProvider>, Verifier), Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Verifier::new_with_extra_roots(authorities, Arc::clone(&provider))?;
    Ok((provider, verifier))
}

fn built(
    provider: Arc<CryptoProvider>,
    verifier: Arc<dyn ServerCertVerifier>,
) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, Error> {
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.dangerous().with_custom_certificate_verifier(verifier))
}
