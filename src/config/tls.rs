//! `[tls]`: what callers' connections are encrypted with, on both listeners. Files may be replaced while the gateway runs.

use std::{fmt, sync::Arc};

use jiff::Timestamp;
use rustls::{
    RootCertStore, ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer, pem::PemObject as _},
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
    sign::{CertifiedKey, SingleCertAndKey},
    version::{TLS12, TLS13},
};
use x509_parser::{certificate::X509Certificate, prelude::FromDer as _};

use super::{
    egress::authorities,
    error::Mistakes,
    secret::{read_private_file, read_public_file},
    section::Section,
    source::Source,
};

/// `[tls]`.
#[derive(Clone)]
pub struct TlsConfig {
    /// For launches.
    pub public: Arc<ServerConfig>,
    /// For the operator's pages, which ask no client for a certificate.
    pub admin: Arc<ServerConfig>,
    /// The certificate itself, without its chain.
    pub certificate: CertificateDer<'static>,
    /// Until when it is valid.
    pub expires: Timestamp,
    /// Whether callers may show certificates, or must.
    pub asks_clients: bool,
}

impl fmt::Debug for TlsConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TlsConfig(expires {})", self.expires)
    }
}

/// Whether callers show certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ClientAuth {
    Off,
    Optional,
    Required,
}

/// Reads the section, if it is there.
pub(super) fn tls(root: &mut Section, source: &Source, mistakes: &mut Mistakes) -> Option<TlsConfig> {
    if !root.has("tls") {
        return None;
    }
    let mut section = root.table("tls", mistakes);
    let identity = identity(&mut section, source, mistakes);
    let verifier = clients(&mut section, source, mistakes);
    section.finish(mistakes);
    let (identity, expires) = identity?;
    let verifier = verifier?;
    Some(TlsConfig {
        certificate: identity.cert.first()?.clone(),
        asks_clients: verifier.is_some(),
        public: server(&identity, verifier)?,
        admin: server(&identity, None)?,
        expires,
    })
}

/// A server's end, with the versions that are still sound, and HTTP/1.1 alone.
fn server(identity: &CertifiedKey, verifier: Option<Arc<dyn ClientCertVerifier>>) -> Option<Arc<ServerConfig>> {
    let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .ok()?;
    let builder = match verifier {
        Some(verifier) => builder.with_client_cert_verifier(verifier),
        None => builder.with_no_client_auth(),
    };
    let mut server = builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(identity.clone())));
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    Some(Arc::new(server))
}

/// The certificate with its chain, its key, and until when it is valid.
fn identity(section: &mut Section, source: &Source, mistakes: &mut Mistakes) -> Option<(CertifiedKey, Timestamp)> {
    let chain = section.required_text("cert_file", mistakes).and_then(|found| {
        found.parse(mistakes, |path| {
            let chain = authorities(&read_public_file(&path, source)?).map_err(|why| format!("names a file {why}"))?;
            let expires = chain
                .first()
                .ok_or_else(|| "names an empty file".to_owned())
                .and_then(valid_until)?;
            Ok((chain, expires))
        })
    });
    let key = section.required_text("key_file", mistakes)?;
    let (chain, expires) = chain?;
    key.parse(mistakes, |path| {
        let pem = read_private_file(&path, source)?;
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_contents_stay_secret| {
            "names a file without a private key in PEM, which begins with -----BEGIN PRIVATE KEY-----".to_owned()
        })?;
        let identity = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider());
        let identity = identity.map_err(|_contents_stay_secret| {
            "names a file whose key is not that of the first certificate in cert_file".to_owned()
        })?;
        Ok((identity, expires))
    })
}

/// From when until when a certificate in DER is valid; none if it cannot be read.
#[must_use]
pub fn validity(certificate: &[u8]) -> Option<(Timestamp, Timestamp)> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    let validity = certificate.validity();
    let at = |time: i64| Timestamp::from_second(time).ok();
    at(validity.not_before.timestamp()).zip(at(validity.not_after.timestamp()))
}

/// Until when a certificate is valid, if it is today.
fn valid_until(certificate: &CertificateDer<'_>) -> Result<Timestamp, String> {
    let read = validity(certificate);
    let (begins, ends) = read.ok_or_else(|| "names a file whose first certificate cannot be read".to_owned())?;
    let now = Timestamp::now();
    if now > ends {
        return Err(format!("names a certificate that expired at {ends}: renew it"));
    }
    if now < begins {
        return Err(format!(
            "names a certificate that is not valid before {begins}: it is {now} by the clock of this machine"
        ));
    }
    Ok(ends)
}

/// What verifies clients' certificates, if they are asked for any. Nothing if a setting is wrong.
#[expect(clippy::option_option, reason = "a wrong setting, no verifier, or one")]
fn clients(
    section: &mut Section,
    source: &Source,
    mistakes: &mut Mistakes,
) -> Option<Option<Arc<dyn ClientCertVerifier>>> {
    let place = section.place().clone();
    let auth = section.text("client_auth", mistakes).and_then(|found| {
        found.parse(mistakes, |text| match text.as_str() {
            "off" => Ok(ClientAuth::Off),
            "optional" => Ok(ClientAuth::Optional),
            "required" => Ok(ClientAuth::Required),
            _ => Err("must be off, optional or required".to_owned()),
        })
    });
    let auth = auth.unwrap_or(ClientAuth::Off);
    let asks = auth != ClientAuth::Off;
    if asks && !section.has("client_ca_file") {
        let message = "is required with client_auth: the authorities that issue the clients' certificates, in PEM";
        mistakes.add(&place, section.key("client_ca_file"), message);
    }
    for name in ["client_ca_file", "client_crl_file"] {
        if !asks && section.has(name) {
            let message = "has no effect without client_auth = \"optional\" or \"required\"";
            mistakes.add(&place, section.key(name), message);
        }
    }
    let roots = section.text("client_ca_file", mistakes).map(|found| {
        found.parse(mistakes, |path| {
            let authorities =
                authorities(&read_public_file(&path, source)?).map_err(|why| format!("names a file {why}"))?;
            let mut roots = RootCertStore::empty();
            let (_, left_out) = roots.add_parsable_certificates(authorities);
            if left_out > 0 {
                return Err("names a file with a certificate that cannot be an authority".to_owned());
            }
            Ok(Arc::new(roots))
        })
    });
    let revoked = section.text("client_crl_file", mistakes).map(|found| {
        found.parse(mistakes, |path| {
            let pem = read_public_file(&path, source)?;
            let read: Result<Vec<_>, _> = CertificateRevocationListDer::pem_slice_iter(&pem).collect();
            let lists = read.map_err(|_contents_stay_here| "names a file that is not entirely PEM".to_owned())?;
            if lists.is_empty() {
                return Err(
                    "names a file without a list in PEM, which begins with -----BEGIN X509 CRL-----".to_owned(),
                );
            }
            Ok(lists)
        })
    });
    if !asks {
        return Some(None);
    }
    let (roots, revoked) = (roots??, revoked.map_or(Some(Vec::new()), |lists| lists)?);
    let builder = WebPkiClientVerifier::builder_with_provider(roots, Arc::new(aws_lc_rs::default_provider()));
    let builder = builder.with_crls(revoked).allow_unknown_revocation_status();
    let builder = if auth == ClientAuth::Optional {
        builder.allow_unauthenticated()
    } else {
        builder
    };
    let built = builder.build().map_err(|error| {
        let message = format!("cannot be used with client_ca_file: {error}");
        mistakes.add(&place, section.key("client_crl_file"), message);
    });
    built.ok().map(Some)
}
