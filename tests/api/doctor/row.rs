//! A table's row for each fault: in a scene that is healthy otherwise, its check is named, and no other.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::scene::Scene;
use crate::helpers::secure::Authority;

/// What a fault needs for as long as it lasts.
pub(super) type Kept = Box<dyn std::any::Any>;

/// Id, state, what the report says, why that is a fault, and the fault.
pub(super) type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    fn(&mut Scene) -> Kept,
);

pub(super) fn nothing() -> Kept {
    Box::new(())
}

pub(super) async fn each_is_named(rows: &[Row]) {
    for (id, state, found, reason, fault) in rows {
        let mut scene = Scene::start().await;
        let _lasts = fault(&mut scene);
        let outcome = scene.examined().await;
        outcome.names_only(id, state, reason);
        assert!(outcome.text.contains(found), "{reason}: {}", outcome.text);
    }
}

/// A certificate that is valid for so many more days.
pub(super) fn valid_for(days: u64, authority: &Authority) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.not_after = (SystemTime::from(Timestamp::now()) + Duration::from_secs(days * 24 * 3600)).into();
    let certificate = params.signed_by(&key, authority).unwrap();
    (
        certificate.der().clone(),
        PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
    )
}
