//! The trail as the demo's console shows it: what one request left, a search, what verifying says, and what it says of a copy in
//! which one byte was changed.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use domain::audit::{Event, Read, Record, Word, fhir::audit_event};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use store::{
    keyring::Keyring,
    trail::{Line, Reader, file::Folder, verify::verify},
};

use super::{
    readers,
    reveal::Revealer,
    row::Row,
    search::{Findings, Person, PersonKind, Question},
    verdict::Verdict,
};

/// What every record says first of when it was written: a second's digit is as far behind it.
const TIME: &[u8] = b"\"at\":\"";
const SECOND: usize = "2026-11-26T14:42:5".len();

/// A record as it stands in its segment, and as FHIR has it.
#[derive(Debug, Clone, Serialize)]
pub struct Exhibit {
    /// The segment's name.
    pub segment: String,
    /// The line's number in it, from 1.
    pub number: u64,
    /// The line, without its end.
    pub line: String,
    /// Its `AuditEvent`, with pseudonyms.
    pub event: Option<Value>,
}

/// Whom a search is about.
#[derive(Debug)]
pub struct Search<'a> {
    /// The tenant.
    pub tenant: &'a str,
    /// In which part they are looked for.
    pub kind: PersonKind,
    /// The patient's or clinician's id.
    pub value: &'a str,
}

/// What became of a copy of the trail in which one byte was changed.
#[derive(Debug, Clone)]
pub struct Tampering {
    /// The segment's name.
    pub segment: String,
    /// The line's number in it, from 1.
    pub number: u64,
    /// What stands in the line before the byte.
    pub before: String,
    /// The byte as it was.
    pub was: char,
    /// The byte as it is in the copy.
    pub is: char,
    /// What stands after it.
    pub after: String,
    /// What verifying says of the copy.
    pub verdict: Verdict,
}

/// The records that a request left. This reading is recorded.
///
/// # Errors
/// If the trail cannot be read, or the reading not recorded.
pub fn records_of(folder: &Path, request: &str) -> anyhow::Result<Vec<Exhibit>> {
    let records: Vec<_> = Reader::of(folder)?
        .filter_map(Result::ok)
        .filter(|record| is_of(record, request))
        .collect();
    let filters = BTreeMap::from([("request".into(), request.to_owned())]);
    readers::note(folder, vec![noted(filters, false, records.len())])?;
    let mut exhibits = Vec::new();
    for record in &records {
        exhibits.extend(exhibit(folder, record)?);
    }
    Ok(exhibits)
}

fn is_of(record: &Record, request: &str) -> bool {
    match &record.event {
        Event::Attempt(attempt) => attempt.id == request,
        Event::Correction(correction) => correction.id == request,
        Event::Genesis(_)
        | Event::Strangers(_)
        | Event::Checkpoint(_)
        | Event::Recovered(_)
        | Event::Read(_)
        | Event::Pruned(_)
        | Event::Stop(_) => false,
    }
}

fn exhibit(folder: &Path, record: &Record) -> anyhow::Result<Option<Exhibit>> {
    let of_chain = Folder::look(folder)?
        .into_iter()
        .filter(|name| name.chain == record.head.chain);
    for name in of_chain {
        let bytes = fs::read(folder.join(name.to_string()))?;
        for (line, number) in bytes.split_inclusive(|byte| *byte == b'\n').zip(1..) {
            if Line::read(line).is_some_and(|line| line.head(name.chain) == record.head) {
                return Ok(Some(Exhibit {
                    segment: name.to_string(),
                    number,
                    line: String::from_utf8_lossy(line.trim_ascii_end()).into_owned(),
                    event: audit_event(record, None),
                }));
            }
        }
    }
    Ok(None)
}

/// Everything that a patient or clinician is found in, with names. This reading is recorded.
///
/// # Errors
/// As for [`records_of`].
pub fn search(folder: &Path, keyring: Keyring, asked: &Search<'_>) -> anyhow::Result<Value> {
    let Search { tenant, kind, value } = *asked;
    let question = Question {
        tenant: Some(tenant.to_owned()),
        person: Some(Person::new(kind, tenant, value, &keyring)),
        ..Question::default()
    };
    let Findings { found, unreadable } = question.ask(Reader::of(folder)?)?;
    let filters = BTreeMap::from([
        ("tenant".into(), tenant.to_owned()),
        (
            Word::from(kind.as_str()),
            Person::pseudonym(kind, tenant, value, &keyring),
        ),
    ]);
    readers::note(folder, vec![noted(filters, true, found.len())])?;
    let mut revealer = Revealer::new(keyring);
    let rows: Vec<_> = found.iter().map(|found| Row::new(found, Some(&mut revealer))).collect();
    Ok(serde_json::json!({"rows": rows, "unreadable": unreadable}))
}

fn noted(filters: BTreeMap<Word, String>, revealed: bool, records: usize) -> Event {
    Event::Read(Read {
        at: Timestamp::now(),
        user: readers::user(),
        command: "find".into(),
        filters,
        revealed,
        records: records as u64,
    })
}

/// What verifying says of the trail.
///
/// # Errors
/// If it cannot be read.
pub fn verified(folder: &Path) -> anyhow::Result<Verdict> {
    Ok(Verdict::of(&verify(folder, None, None, |_read| {})?))
}

/// Changes one byte in a copy of the trail, in the last attempt if there is one, and verifies the copy. The trail stays as it is.
///
/// # Errors
/// If it cannot be read, or not copied.
pub fn tampered(folder: &Path) -> anyhow::Result<Tampering> {
    let copy = tempfile::Builder::new().prefix("empego-gateway-tampered-").tempdir()?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), copy.path().join(entry.file_name()))?;
        }
    }
    let target = target(copy.path())?.context("the trail has no line yet")?;
    let Target {
        path,
        segment,
        number,
        mut bytes,
        begin,
        at,
    } = target;
    let line = bytes.get(begin..).unwrap_or_default();
    let length = line.iter().position(|byte| *byte == b'\n').unwrap_or(line.len());
    let text = |range| String::from_utf8_lossy(bytes.get(range).unwrap_or_default()).into_owned();
    let (before, after) = (text(begin..at), text(at + 1..begin + length));
    let byte = bytes.get_mut(at).context("the line has no time")?;
    let was = *byte;
    *byte = if was == b'9' { b'0' } else { was + 1 };
    let is = *byte;
    fs::write(&path, &bytes)?;
    Ok(Tampering {
        segment,
        number,
        before,
        was: was.into(),
        is: is.into(),
        after,
        verdict: verified(copy.path())?,
    })
}

/// A byte that can be another one without its line being written in another way.
struct Target {
    path: PathBuf,
    segment: String,
    number: u64,
    bytes: Vec<u8>,
    /// Where the line begins.
    begin: usize,
    /// Where the byte is.
    at: usize,
}

/// A second's digit: of the last attempt's time, or of the last line's.
fn target(folder: &Path) -> anyhow::Result<Option<Target>> {
    let mut last_of_all = None;
    for name in Folder::look(folder)?.into_iter().rev() {
        let path = folder.join(name.to_string());
        let bytes = fs::read(&path)?;
        let mut end = bytes.len();
        let lines: Vec<_> = bytes.split_inclusive(|byte| *byte == b'\n').zip(1..).collect();
        for (line, number) in lines.into_iter().rev() {
            end -= line.len();
            let Some(read) = Line::read(line) else { continue };
            let time = line.windows(TIME.len()).position(|part| part == TIME);
            let Some(time) = time else { continue };
            let is_attempt = matches!(Event::from_json(read.event), Ok(Event::Attempt(_)));
            if is_attempt || last_of_all.is_none() {
                let target = Target {
                    path: path.clone(),
                    segment: name.to_string(),
                    number,
                    bytes: bytes.clone(),
                    begin: end,
                    at: end + time + TIME.len() + SECOND,
                };
                if is_attempt {
                    return Ok(Some(target));
                }
                last_of_all = Some(target);
            }
        }
    }
    Ok(last_of_all)
}
