//! `[egress]`: how whatever is sent leaves the house, and whom it trusts beside what this machine trusts. Changing it needs a
//! restart: the clients of all workers are made with it.

use domain::{
    egress::{Bypass, Proxy},
    host_key::KeyDigest,
};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};

use super::{
    error::Mistakes,
    secret::{header_value, optional_secret_of, read_public_file},
    section::Section,
    source::Source,
};

/// `[egress]`.
#[derive(Debug, Clone, Default)]
pub struct EgressConfig {
    /// The house's proxy, if there is no other way out.
    pub proxy: Option<Proxy>,
    /// What the proxy asks for: `user:password`.
    pub credentials: Option<ProxyCredentials>,
    /// The certificates of authorities that are trusted beside those of this machine.
    pub authorities: Vec<CertificateDer<'static>>,
}

/// `user:password`.
#[derive(Debug, Clone)]
pub struct ProxyCredentials {
    /// The two, with the colon between them.
    pub secret: SecretString,
    /// Distinguishes them from others.
    digest: KeyDigest,
}

impl ProxyCredentials {
    /// Reads them: visible ASCII, with a user name.
    ///
    /// # Errors
    /// What is wrong with them, as the end of a sentence about where they stand.
    pub fn parse(text: &str) -> Result<Self, String> {
        let secret = header_value(text)?;
        if text.trim().find(':').is_none_or(|at| at == 0) {
            return Err("must be a user name and a password with a colon between them".to_owned());
        }
        Ok(Self {
            secret,
            digest: KeyDigest::new(Sha256::digest(text.trim()).into()),
        })
    }
}

impl EgressConfig {
    /// Whether another one means the same.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        let digest = |config: &Self| config.credentials.as_ref().map(|credentials| credentials.digest);
        self.proxy == other.proxy && self.authorities == other.authorities && digest(self) == digest(other)
    }

    /// Whether it says anything at all.
    pub(super) fn is_stated(&self) -> bool {
        self.proxy.is_some() || !self.authorities.is_empty()
    }
}

/// Reads the section.
pub(super) fn egress(mut section: Section, source: &Source, mistakes: &mut Mistakes) -> EgressConfig {
    let has_proxy = section.has("proxy");
    for name in ["no_proxy", "proxy_credentials_file", "proxy_credentials_env"] {
        if section.has(name) && !has_proxy {
            let (place, key) = (section.place().clone(), section.key(name));
            mistakes.add(&place, key, "has no effect without proxy");
        }
    }
    let proxy = section
        .text("proxy", mistakes)
        .and_then(|found| found.parse(mistakes, |text| Proxy::parse(&text).map_err(str::to_owned)));
    let listed = section.texts("no_proxy", mistakes).into_iter().flatten();
    let bypass = listed
        .filter_map(|found| found.parse(mistakes, |text| Bypass::parse(&text).map_err(str::to_owned)))
        .collect();
    let credentials = optional_secret_of(
        &mut section,
        "proxy_credentials",
        ProxyCredentials::parse,
        source,
        mistakes,
    );
    let authorities = section.text("ca_file", mistakes).and_then(|found| {
        found.parse(mistakes, |path| {
            let pem = read_public_file(&path, source)?;
            authorities(&pem).map_err(|why| format!("names a file {why}"))
        })
    });
    section.finish(mistakes);
    EgressConfig {
        proxy: proxy.map(|proxy| proxy.except(bypass)),
        credentials,
        authorities: authorities.unwrap_or_default(),
    }
}

/// The certificates of a file in PEM, each of which must be one that others can be held against.
///
/// # Errors
/// What is wrong with the file, as the end of a sentence about it.
pub fn authorities(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    // What some editors write before a text.
    let pem = pem.strip_prefix(b"\xef\xbb\xbf").unwrap_or(pem);
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let certificates = read.map_err(|_contents_stay_here| "that is not entirely PEM".to_owned())?;
    if certificates.is_empty() {
        return Err("without a certificate in PEM, which begins with -----BEGIN CERTIFICATE-----".to_owned());
    }
    let mut store = RootCertStore::empty();
    for (at, certificate) in certificates.iter().enumerate() {
        store
            .add(certificate.clone())
            .map_err(|_contents_stay_here| format!("whose certificate no. {} cannot be read", at + 1))?;
    }
    Ok(certificates)
}
