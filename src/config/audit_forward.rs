//! `[[audit.forward]]`: audit record repositories that get every record of the trail. They can change without a restart.

use std::{fmt, sync::Arc};

use domain::address::Address;
use rustls::{
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    sign::CertifiedKey,
};
use url::Url;

use super::{
    egress::authorities,
    error::Mistakes,
    secret::{read_private_file, read_public_file},
    section::Section,
    source::Source,
};

/// `[[audit.forward]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditForwardConfig {
    /// The base URL of a FHIR server.
    pub url: Url,
    /// The certificates of authorities that are trusted there beside all others.
    pub authorities: Vec<CertificateDer<'static>>,
    /// What the gateway identifies itself with.
    pub identity: Option<ClientIdentity>,
    /// How many events are sent together at most: 1 to 1000.
    pub batch: usize,
    /// Whether persons are named, rather than by pseudonyms.
    pub reveal: bool,
}

/// A certificate and its private key, for the client's end of TLS.
#[derive(Clone)]
pub struct ClientIdentity {
    /// The certificate, and those that lead to an authority.
    pub certificates: Vec<CertificateDer<'static>>,
    /// The key of the first.
    pub key: Arc<PrivateKeyDer<'static>>,
}

impl fmt::Debug for ClientIdentity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ClientIdentity({} certificates)", self.certificates.len())
    }
}

impl PartialEq for ClientIdentity {
    /// A certificate has one key.
    fn eq(&self, other: &Self) -> bool {
        self.certificates == other.certificates
    }
}

impl Eq for ClientIdentity {}

/// Reads the list, which is a part of `[audit]`.
pub(super) fn forwards(audit: &mut Section, source: &Source, mistakes: &mut Mistakes) -> Vec<AuditForwardConfig> {
    if !audit.has("forward") {
        return Vec::new();
    }
    let mut forwards: Vec<AuditForwardConfig> = Vec::new();
    for section in audit.tables("forward", mistakes) {
        let (place, key) = (section.place().clone(), section.key("url"));
        let Some(forward) = forward(section, source, mistakes) else {
            continue;
        };
        if forwards.iter().any(|earlier| earlier.url == forward.url) {
            mistakes.add(
                &place,
                key,
                "is the url of an earlier [[audit.forward]]: it would get each event twice",
            );
        }
        forwards.push(forward);
    }
    forwards
}

fn forward(mut section: Section, source: &Source, mistakes: &mut Mistakes) -> Option<AuditForwardConfig> {
    let url = section.required_text("url", mistakes).and_then(|found| {
        found.parse(mistakes, |text| {
            Address::parse(&text).map(Address::into_url).map_err(str::to_owned)
        })
    });
    let authorities = section.text("ca_file", mistakes).and_then(|found| {
        found.parse(mistakes, |path| {
            authorities(&read_public_file(&path, source)?).map_err(|why| format!("names a file {why}"))
        })
    });
    let identity = identity(&mut section, source, mistakes);
    let batch = section.integer("batch", 100, 1..=1000, mistakes);
    let reveal = section.boolean("reveal", false, mistakes);
    section.finish(mistakes);
    Some(AuditForwardConfig {
        url: url?,
        authorities: authorities.unwrap_or_default(),
        identity,
        batch: usize::try_from(batch).unwrap_or(usize::MAX),
        reveal,
    })
}

fn identity(section: &mut Section, source: &Source, mistakes: &mut Mistakes) -> Option<ClientIdentity> {
    let both = ["client_cert_file", "client_key_file"];
    if let [true, false] | [false, true] = both.map(|name| section.has(name)) {
        let (place, key) = (section.place().clone(), section.key("client_cert_file"));
        mistakes.add(
            &place,
            key,
            "needs client_key_file, and the other way round: set both or neither",
        );
    }
    let certificates = section.text("client_cert_file", mistakes).and_then(|found| {
        found.parse(mistakes, |path| {
            authorities(&read_public_file(&path, source)?).map_err(|why| format!("names a file {why}"))
        })
    });
    let certificates = certificates?;
    let key = section.text("client_key_file", mistakes)?;
    key.parse(mistakes, |path| {
        let pem = read_private_file(&path, source)?;
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes());
        let key = key.map_err(|_contents_stay_secret| {
            "names a file without a private key in PEM, which begins with -----BEGIN PRIVATE KEY-----".to_owned()
        })?;
        let provider = aws_lc_rs::default_provider();
        CertifiedKey::from_der(certificates.clone(), key.clone_key(), &provider)
            .map_err(|_contents_stay_secret| "names a file whose key is not that of client_cert_file".to_owned())?;
        Ok(ClientIdentity {
            certificates,
            key: Arc::new(key),
        })
    })
}
