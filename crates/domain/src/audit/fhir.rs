//! Records as others' audit repositories read them: FHIR R4's `AuditEvent`, with the Basic Audit Log Patterns of IHE (BALP)
//! where a launch went well. The trail stays what it is; this is made from it, each time it is needed.

mod attempt;
mod element;
mod names;
#[cfg(test)]
mod samples;
mod strangers;
mod system;
mod upkeep;

pub use element::event_id;
pub use names::Names;
pub use system::CANONICAL_BASE;

use serde_json::{Value, json};

use super::{Event, Record};

/// The `AuditEvent` of a record; none for a checkpoint, which says nothing about a person or about the trail's use.
///
/// Without `names`, clinician and patient are the record's pseudonyms, in a system that names the key. With them, each
/// that is named is an identifier of its tenant's, without the pseudonym.
#[must_use]
pub fn audit_event(record: &Record, names: Option<&Names>) -> Option<Value> {
    match &record.event {
        Event::Attempt(attempt) => Some(attempt::of(record, attempt, names)),
        Event::Strangers(strangers) => Some(strangers::of(record, strangers)),
        Event::Correction(correction) => Some(attempt::corrected(record, correction)),
        Event::Genesis(genesis) => Some(upkeep::started(record, genesis)),
        Event::Stop(stop) => Some(upkeep::stopped(record, stop)),
        Event::Recovered(recovered) => Some(upkeep::recovered(record, recovered)),
        Event::Read(read) => Some(upkeep::read(record, read)),
        Event::Pruned(pruned) => Some(upkeep::pruned(record, pruned)),
        Event::Checkpoint(_) => None,
    }
}

/// A Bundle that creates these events at a server, each for itself: one that is refused does not hold up the others.
#[must_use]
pub fn batch(events: impl IntoIterator<Item = Value>) -> Value {
    let entries = events.into_iter().map(|event| {
        json!({
            "resource": event,
            "request": {"method": "POST", "url": "AuditEvent"},
        })
    });
    json!({"resourceType": "Bundle", "type": "batch", "entry": entries.collect::<Vec<_>>()})
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::{super::Head, *};

    #[test]
    fn each_kind_and_outcome_has_its_event() {
        for sample in samples::all() {
            let event = audit_event(&sample.record, sample.names.as_ref());
            let text = event.map_or("not exported".to_owned(), |event| {
                serde_json::to_string_pretty(&event).unwrap()
            });
            insta::with_settings!({snapshot_path => "fhir/snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
                insta::assert_snapshot!(sample.name, text);
            });
        }
    }

    /// Where tests/peers/audit-events.mjs finds them.
    #[test]
    fn the_events_are_written_for_validators_of_others() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/audit-events");
        fs::create_dir_all(&folder).unwrap();
        let lines = samples::all().into_iter().filter_map(|sample| {
            let event = audit_event(&sample.record, sample.names.as_ref())?;
            Some(format!("{}\t{event}\n", sample.name))
        });
        let lines: Vec<_> = lines.collect();
        assert!(lines.len() > 15);
        fs::write(folder.join("samples"), lines.concat()).unwrap();
    }

    #[test]
    fn only_launches_that_went_well_and_have_an_address_claim_a_profile() {
        for sample in samples::all() {
            let Some(event) = audit_event(&sample.record, sample.names.as_ref()) else {
                continue;
            };
            let claimed = event["meta"]["profile"][0].as_str().map(|claimed| {
                let (_, name) = claimed.rsplit_once('.').unwrap();
                name.to_owned()
            });
            let expected = if let Event::Attempt(attempt) = &sample.record.event
                && attempt.code == "ok"
                && attempt.peer.is_some()
            {
                let persons = attempt.persons.as_ref();
                let has_patient = persons.is_some_and(|persons| persons.patient.is_some());
                Some(if has_patient { "PatientRead" } else { "Read" })
            } else {
                None
            };
            assert_eq!(claimed.as_deref(), expected, "{}", sample.name);
        }
    }

    #[test]
    fn an_event_without_names_contains_none_and_one_with_names_no_pseudonym_of_them() {
        let mut named = 0;
        for sample in samples::all() {
            let Event::Attempt(attempt) = &sample.record.event else {
                continue;
            };
            let Some(persons) = &attempt.persons else { continue };
            let pseudonyms = [&persons.clinician, &persons.patient].into_iter().flatten();
            let event = audit_event(&sample.record, sample.names.as_ref()).unwrap().to_string();
            for pseudonym in pseudonyms {
                assert_eq!(event.contains(pseudonym), sample.names.is_none(), "{}", sample.name);
            }
            assert!(!event.contains(&persons.sealed), "{}", sample.name);
            named += usize::from(sample.names.is_some());
        }
        assert!(named > 0);
    }

    #[test]
    fn the_samples_have_every_kind() {
        let kinds: BTreeSet<_> = samples::all().iter().map(|sample| sample.record.event.kind()).collect();
        assert_eq!(kinds, Event::KINDS.into());
    }

    #[test]
    fn the_longest_id_fits() {
        let head = Head {
            chain: uuid::Uuid::max(),
            seq: u64::MAX,
            hash: String::new(),
        };
        assert_eq!(event_id(&head).len(), 57);
    }
}
