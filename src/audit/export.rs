//! Records in the formats that others read: FHIR's, and a table.

mod exported;
mod table;

pub use exported::Exported;

use std::io::{self, Write};

use domain::audit::fhir::{audit_event, batch};

/// How many events a Bundle has at most.
const BUNDLE: usize = 1000;

/// What an export is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// FHIR's `AuditEvent`, one in each line.
    Ndjson,
    /// FHIR's Bundles of type `batch` with up to 1000 `AuditEvent`s each, one in each line: each can be sent to a server as
    /// it is.
    Bundle,
    /// A table with a row for each event, in UTF-8.
    Csv,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Ndjson, Self::Bundle, Self::Csv];

    /// The format's name, as a command has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Bundle => "bundle",
            Self::Csv => "csv",
        }
    }

    /// Its media type. That of Bundles is of a line's.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/fhir+ndjson",
            Self::Bundle => "application/fhir+json",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

/// Writes records in a format, and returns how many: checkpoints are not exported. Nothing but the current Bundle is held in
/// memory.
///
/// # Errors
/// The first error of the records, or of the writer. What was written until then stays.
pub fn write<E: From<io::Error>>(
    format: Format,
    records: impl IntoIterator<Item = Result<Exported, E>>,
    to: impl Write,
) -> Result<u64, E> {
    match format {
        Format::Ndjson => ndjson(records, to),
        Format::Bundle => bundles(records, to),
        Format::Csv => table::write(records, to),
    }
}

fn ndjson<E: From<io::Error>>(
    records: impl IntoIterator<Item = Result<Exported, E>>,
    mut to: impl Write,
) -> Result<u64, E> {
    let mut count = 0;
    for exported in records {
        let Exported { record, names } = exported?;
        if let Some(event) = audit_event(&record, names.as_ref()) {
            writeln!(to, "{event}")?;
            count += 1;
        }
    }
    to.flush()?;
    Ok(count)
}

fn bundles<E: From<io::Error>>(
    records: impl IntoIterator<Item = Result<Exported, E>>,
    mut to: impl Write,
) -> Result<u64, E> {
    let (mut count, mut events) = (0, Vec::new());
    for exported in records {
        let Exported { record, names } = exported?;
        let Some(event) = audit_event(&record, names.as_ref()) else {
            continue;
        };
        events.push(event);
        count += 1;
        if events.len() == BUNDLE {
            writeln!(to, "{}", batch(std::mem::take(&mut events)))?;
        }
    }
    if !events.is_empty() {
        writeln!(to, "{}", batch(events))?;
    }
    to.flush()?;
    Ok(count)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use domain::audit::{Attempt, Checkpoint, Correction, Event, Head, Persons, Record, Stop, Strangers};
    use serde_json::Value;
    use uuid::Uuid;

    use super::*;

    /// An error of reading or of writing, and which.
    #[derive(Debug, PartialEq, Eq)]
    enum Failed {
        Reading,
        Writing,
    }

    impl From<io::Error> for Failed {
        fn from(_error: io::Error) -> Self {
            Self::Writing
        }
    }

    pub(super) fn exported(seq: u64, event: Event) -> Exported {
        Exported {
            record: Record {
                head: Head {
                    chain: Uuid::from_u128(5),
                    seq,
                    hash: "00ff".to_owned(),
                },
                instance: "gw-1".to_owned(),
                program: "0.1.0".to_owned(),
                event,
            },
            names: None,
        }
    }

    pub(crate) fn attempt(code: &'static str) -> Event {
        Event::Attempt(Box::new(Attempt {
            at: at(),
            id: "0190a3c4-5b6d-4e7f-8a9b-0c1d2e3f4a5b".to_owned(),
            attempt: Uuid::from_u128(7),
            tenant: "downtown".to_owned(),
            host: "ehr-backend".to_owned(),
            op: "consultation/view".into(),
            code: code.into(),
            status: Some(200),
            source: None,
            reason: None,
            intent: None,
            identity: None,
            feature: None,
            modality: None,
            warnings: Vec::new(),
            calls: 1,
            upstream: None,
            upstream_status: None,
            purpose: "TREAT".into(),
            peer: Some([192, 0, 2, 17].into()),
            iss: None,
            jti: None,
            persons: Some(Persons {
                key: "k2".to_owned(),
                clinician: Some("-m9x0pWk3r1yQm9x0pWk3g".to_owned()),
                patient: Some("5lq8m0pWk3r1yQm9x0pWkA".to_owned()),
                subjects: BTreeMap::new(),
                sealed: "c2VhbGVk".to_owned(),
            }),
        }))
    }

    pub(super) fn checkpoint() -> Event {
        Event::Checkpoint(Checkpoint {
            at: at(),
            origin: "empego-gateway gw-1".to_owned(),
            head: exported(1, Event::Stop(Stop { at: at() })).record.head,
            count: 2,
            next_key: None,
            signature: "c0ffee".to_owned(),
        })
    }

    pub(super) fn correction() -> Event {
        Event::Correction(Correction {
            at: at(),
            id: "0190a3c4-5b6d-4e7f-8a9b-0c1d2e3f4a5b".to_owned(),
            attempt: Uuid::from_u128(7),
            code: "client_gone".into(),
        })
    }

    pub(super) fn strangers() -> Event {
        Event::Strangers(Strangers {
            at: at(),
            count: 5,
            codes: BTreeMap::from([("host_unauthenticated".into(), 4), ("rate_limited".into(), 1)]),
        })
    }

    fn at() -> jiff::Timestamp {
        "2026-11-26T14:42:57.5Z".parse().unwrap()
    }

    fn written(format: Format, count: u64) -> (u64, Vec<Value>) {
        let records = (0..count).map(|seq| {
            let event = if seq % 7 == 6 { checkpoint() } else { attempt("ok") };
            Ok::<_, Failed>(exported(seq, event))
        });
        let mut text = Vec::new();
        let count = write(format, records, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.is_empty() || text.ends_with('\n'));
        (
            count,
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
        )
    }

    #[test]
    fn ndjson_has_an_event_in_each_line() {
        let (count, events) = written(Format::Ndjson, 14);
        let ids: Vec<_> = events.iter().map(|event| event["id"].as_str().unwrap()).collect();
        assert_eq!((count, ids.len()), (12, 12));
        assert_eq!(ids[6], "00000000-0000-0000-0000-000000000005-7", "after the checkpoint");
        assert!(events.iter().all(|event| event["resourceType"] == "AuditEvent"));
    }

    #[test]
    fn a_bundle_has_1000_events_at_most_each_with_its_request() {
        let (count, bundles) = written(Format::Bundle, 2800);
        let sizes: Vec<_> = bundles
            .iter()
            .map(|bundle| bundle["entry"].as_array().unwrap().len())
            .collect();
        assert_eq!((count, sizes), (2400, vec![1000, 1000, 400]));
        let entries = bundles.iter().flat_map(|bundle| bundle["entry"].as_array().unwrap());
        for entry in entries {
            assert_eq!(
                entry["request"],
                serde_json::json!({"method": "POST", "url": "AuditEvent"})
            );
            assert_eq!(entry["resource"]["resourceType"], "AuditEvent");
        }
        assert!(bundles.iter().all(|bundle| bundle["type"] == "batch"));
        assert_eq!(written(Format::Bundle, 0), (0, Vec::new()), "no empty Bundle");
    }

    #[test]
    fn an_error_of_the_trail_or_of_the_writer_ends_the_export() {
        for format in Format::ALL {
            let unreadable = [Ok(exported(0, attempt("ok"))), Err(Failed::Reading)];
            assert_eq!(
                write(format, unreadable, Vec::new()),
                Err(Failed::Reading),
                "{format:?}"
            );
            let full: &mut [u8] = &mut [0; 16];
            let records = [Ok::<_, Failed>(exported(0, attempt("ok")))];
            assert_eq!(write(format, records, full), Err(Failed::Writing), "{format:?}");
        }
    }

    #[test]
    fn each_format_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<_> = Format::ALL.map(Format::as_str).into();
        assert_eq!(names.len(), Format::ALL.len());
    }
}
