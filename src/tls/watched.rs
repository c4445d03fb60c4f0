//! Notes which certificates are accepted. The HTTP client tells of them only where no proxy is in between.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::{
    DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use rustls_platform_verifier::Verifier;

/// The certificate that was accepted last. A clone is the same.
#[derive(Debug, Clone, Default)]
pub struct Shown(Arc<Mutex<Option<CertificateDer<'static>>>>);

impl Shown {
    /// It, if any was accepted.
    #[must_use]
    pub fn last(&self) -> Option<CertificateDer<'static>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, certificate: &CertificateDer<'_>) {
        let noted = certificate.clone().into_owned();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(noted);
    }
}

/// Verifies as another one does, and notes what that accepts.
#[derive(Debug)]
pub(super) struct Watched {
    verifier: Verifier,
    shown: Shown,
}

impl Watched {
    /// Verifies as this one does.
    pub(super) fn new(verifier: Verifier, shown: Shown) -> Self {
        Self { verifier, shown }
    }
}

impl ServerCertVerifier for Watched {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        revocations: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.verifier.verify_server_cert(shown, chain, name, revocations, now)?;
        self.shown.note(shown);
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}
