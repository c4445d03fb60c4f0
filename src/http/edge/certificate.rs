//! What a caller's certificate says, once the handshake has proved that it is the caller's.

use std::io::{self, ErrorKind};

use domain::client_certificate::PresentedCertificate;
use rustls::ServerConnection;
use sha2::{Digest as _, Sha256};
use x509_parser::{certificate::X509Certificate, extensions::GeneralName, prelude::FromDer as _};

/// The certificate of a connection's caller, if it showed one.
///
/// # Errors
/// If it cannot be read, although it was accepted: then it is unclear who calls.
pub(super) fn presented(connection: &ServerConnection) -> io::Result<Option<PresentedCertificate>> {
    let Some([certificate, ..]) = connection.peer_certificates() else {
        return Ok(None);
    };
    read(certificate).map(Some).ok_or_else(|| ErrorKind::InvalidData.into())
}

fn read(der: &[u8]) -> Option<PresentedCertificate> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let names = certificate.subject_alternative_name().ok()?;
    let names = names.into_iter().flat_map(|names| &names.value.general_names);
    let names = names.filter_map(|name| {
        if let GeneralName::DNSName(name) = name {
            Some((*name).to_owned())
        } else {
            None
        }
    });
    Some(PresentedCertificate {
        key: Sha256::digest(certificate.public_key().raw).into(),
        names: names.collect(),
    })
}
