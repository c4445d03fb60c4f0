//! Adds records of launches to a trail in a folder, in a chain of their own, as quickly as the disk takes them. For measurements of
//! trails that have become large.
//!
//!     fill-trail FOLDER RECORDS

use std::{env, error::Error, path::PathBuf, time::Duration};

use domain::audit::{Attempt, Named, Persons};
use jiff::Timestamp;
use store::{
    keyring::Key,
    trail::{
        Figures, Opening, begin,
        file::{FileSink, Folder, Limits},
    },
};
use uuid::Uuid;

/// As large as the gateway makes them.
const LIMITS: Limits = Limits {
    segment: 64 * 1024 * 1024,
    free: 256 * 1024 * 1024,
};

/// How many are handed over before they are waited for.
const TOGETHER: u64 = 1024;

const PATIENCE: Duration = Duration::from_mins(1);

/// How many people are named, in turn.
const CLINICIANS: u64 = 500;
const PATIENTS: u64 = 20_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(folder), Some(records), None) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("usage: fill-trail FOLDER RECORDS".into());
    };
    let (folder, records) = (PathBuf::from(folder), records.parse()?);
    let (key, chain) = (Key::new("filled", &[7; 32]), Uuid::now_v7());
    let opening = Opening {
        program: env!("CARGO_PKG_VERSION"),
        instance: "fill-trail".to_owned(),
        keys: vec![key.id().to_owned()],
        configuration: "00".to_owned(),
        sign_with: None,
    };
    let (sink, found) = FileSink::open(Folder::take(&folder)?, chain, LIMITS)?;
    let (trail, writing) = begin(sink, found, chain, opening, Figures::default())?;
    let sealer = key.sealer(chain);
    for first in (0..records).step_by(usize::try_from(TOGETHER)?) {
        let mut receipts = Vec::new();
        for number in first..records.min(first + TOGETHER) {
            let (id, clinician) = (Uuid::now_v7().to_string(), format!("emp{}", number % CLINICIANS));
            let patient = format!("patient{}", number % PATIENTS);
            let named = Named {
                clinician: Some(clinician.as_str().into()),
                patient: Some(patient.as_str().into()),
                subjects: Vec::new(),
            };
            let persons = Persons {
                key: key.id().to_owned(),
                clinician: Some(key.pseudonym("clinician", "downtown", &clinician)),
                patient: Some(key.pseudonym("patient", "downtown", &patient)),
                subjects: [].into(),
                sealed: sealer.seal("downtown", &id, &named.to_json())?,
            };
            let receipt = trail.record(Box::new(launch(id, persons)));
            receipts.push(receipt.map_err(|(_, why)| why)?);
        }
        // A dropped receipt means that the client has gone.
        for receipt in receipts {
            receipt.within(PATIENCE).await?;
        }
    }
    writing.stop();
    Ok(())
}

/// A launch that went well.
fn launch(id: String, persons: Persons) -> Attempt {
    Attempt {
        at: Timestamp::now(),
        id,
        attempt: Uuid::now_v7(),
        tenant: "downtown".to_owned(),
        host: "ehr-backend".to_owned(),
        op: "consultation/view".into(),
        code: "ok".into(),
        status: Some(200),
        source: None,
        reason: None,
        intent: Some("upsert".into()),
        identity: Some("clinician".into()),
        feature: None,
        modality: None,
        warnings: Vec::new(),
        calls: 1,
        upstream: None,
        upstream_status: None,
        purpose: "TREAT".into(),
        peer: None,
        iss: None,
        jti: None,
        persons: Some(persons),
    }
}
