//! A table for those who read it in a spreadsheet, such as a privacy officer.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use csv::Writer;
use domain::audit::{Attempt, Event, Persons, fhir::Names};

use super::exported::Exported;

/// What a column is called, in their order.
const COLUMNS: [&str; 12] = [
    "when",
    "who",
    "host",
    "what",
    "outcome",
    "patient",
    "address",
    "request_id",
    "chain",
    "seq",
    "tenant",
    "purpose",
];

/// What a row says beside its time and its place in the chain.
#[derive(Default)]
struct Row<'a> {
    who: Cow<'a, str>,
    host: &'a str,
    what: Cow<'a, str>,
    outcome: Cow<'a, str>,
    patient: Cow<'a, str>,
    address: String,
    request_id: &'a str,
    tenant: &'a str,
    purpose: &'a str,
}

/// Writes a head, and a row for each record that is exported. A cell never begins as a formula does.
pub(super) fn write<E: From<io::Error>>(
    records: impl IntoIterator<Item = Result<Exported, E>>,
    to: impl Write,
) -> Result<u64, E> {
    let mut table = Writer::from_writer(to);
    table.write_record(COLUMNS).map_err(io::Error::from)?;
    let mut count = 0;
    for exported in records {
        let exported = exported?;
        let Some(row) = row(&exported) else { continue };
        let record = &exported.record;
        let cells: [Cow<'_, str>; COLUMNS.len()] = [
            format!("{:.6}", record.event.at()).into(),
            row.who,
            row.host.into(),
            row.what,
            row.outcome,
            row.patient,
            row.address.into(),
            row.request_id.into(),
            record.head.chain.to_string().into(),
            record.head.seq.to_string().into(),
            row.tenant.into(),
            row.purpose.into(),
        ];
        let cells = cells.iter().map(|cell| as_text(cell));
        table
            .write_record(cells.map(Cow::into_owned))
            .map_err(io::Error::from)?;
        count += 1;
    }
    table.flush()?;
    Ok(count)
}

fn row(exported: &Exported) -> Option<Row<'_>> {
    let row = match &exported.record.event {
        Event::Attempt(attempt) => of_attempt(attempt, exported.names.as_ref()),
        Event::Strangers(strangers) => {
            let codes: Vec<_> = strangers
                .codes
                .iter()
                .map(|(code, count)| format!("{count} × {code}"))
                .collect();
            Row {
                what: "attempts without a valid credential".into(),
                outcome: codes.join(", ").into(),
                ..Row::default()
            }
        }
        Event::Correction(correction) => Row {
            what: "correction of the earlier row of this request".into(),
            outcome: Cow::Borrowed(&correction.code),
            request_id: &correction.id,
            ..Row::default()
        },
        Event::Read(read) => Row {
            who: Cow::Borrowed(&read.user),
            what: format!("audit {}", read.command).into(),
            outcome: format!("{} records", read.records).into(),
            ..Row::default()
        },
        Event::Pruned(pruned) => Row {
            what: "audit prune".into(),
            outcome: format!("{} records removed", pruned.count).into(),
            ..Row::default()
        },
        Event::Recovered(recovered) => Row {
            what: "recording resumed".into(),
            outcome: Cow::Borrowed(&recovered.cause),
            ..Row::default()
        },
        Event::Genesis(_) => Row {
            what: "start".into(),
            ..Row::default()
        },
        Event::Stop(_) => Row {
            what: "stop".into(),
            ..Row::default()
        },
        Event::Checkpoint(_) => return None,
    };
    Some(row)
}

fn of_attempt<'a>(attempt: &'a Attempt, names: Option<&'a Names>) -> Row<'a> {
    let persons = attempt.persons.as_ref();
    Row {
        who: named(names.and_then(|names| names.clinician.as_deref()), persons, |persons| {
            persons.clinician.as_deref()
        }),
        host: &attempt.host,
        what: Cow::Borrowed(&attempt.op),
        outcome: Cow::Borrowed(&attempt.code),
        patient: named(names.and_then(|names| names.patient.as_deref()), persons, |persons| {
            persons.patient.as_deref()
        }),
        address: attempt.peer.map(|peer| peer.to_string()).unwrap_or_default(),
        request_id: &attempt.id,
        tenant: &attempt.tenant,
        purpose: &attempt.purpose,
    }
}

/// A name, or else a pseudonym after its key, or else nothing.
fn named<'a>(
    name: Option<&'a str>,
    persons: Option<&'a Persons>,
    pseudonym: fn(&'a Persons) -> Option<&'a str>,
) -> Cow<'a, str> {
    if let Some(name) = name {
        return name.into();
    }
    let found = persons.and_then(|persons| Some((&persons.key, pseudonym(persons)?)));
    found.map_or_else(Cow::default, |(key, pseudonym)| format!("{key}:{pseudonym}").into())
}

/// A cell that spreadsheets take for text: a caller's id that began with `=` would be a formula, which can send the sheet
/// elsewhere.
fn as_text(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}").into()
    } else {
        cell.into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::tests::{attempt, checkpoint, correction, exported, strangers},
        *,
    };

    fn table(records: Vec<Exported>) -> String {
        let mut text = Vec::new();
        write::<io::Error>(records.into_iter().map(Ok), &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn a_row_says_who_opened_what_through_whom_and_how_it_ended() {
        let mut named = exported(1, attempt("ok"));
        named.names = Some(Names {
            clinician: Some("emp123".to_owned()),
            patient: Some("patient, \"123\"".to_owned()),
            ..Names::default()
        });
        let records = vec![
            exported(0, attempt("patient_denied")),
            named,
            exported(2, checkpoint()),
            exported(3, correction()),
            exported(4, strangers()),
        ];
        insta::assert_snapshot!(table(records));
    }

    proptest! {
        #[test]
        fn no_cell_begins_as_a_formula_does(
            clinician in "[=+@\\-\t\r]?\\PC{0,20}", patient in "[=+@\\-\t\r]?\\PC{0,20}", id in "[=+@\\-]\\PC{0,20}",
        ) {
            let mut exported = exported(0, attempt("ok"));
            let Event::Attempt(attempt) = &mut exported.record.event else { unreachable!() };
            attempt.id.clone_from(&id);
            exported.names = Some(Names {
                clinician: Some(clinician.clone()),
                patient: Some(patient.clone()),
                ..Names::default()
            });
            let text = table(vec![exported]);
            let mut rows = csv::Reader::from_reader(text.as_bytes());
            let row = rows.records().next().unwrap().unwrap();
            for cell in &row {
                prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
            }
            for (column, value) in [(1, clinician), (5, patient), (7, id)] {
                let cell = &row[column];
                prop_assert_eq!(cell.strip_prefix('\'').filter(|_| !value.starts_with('\'')).unwrap_or(cell), value);
            }
        }
    }
}
