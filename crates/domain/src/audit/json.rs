//! Records as JSON. An attempt is written straight into a line: each launch waits for it, and serde takes six times as many
//! instructions, most of them for members of flattened structs. What is written is what serde would write, byte for byte.

use std::net::IpAddr;

use jiff::{Timestamp, fmt::temporal::DateTimePrinter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Attempt, Event, Persons, Word};
use crate::json_text;

/// The version of the records' format, in each of them.
const VERSION: u8 = 1;

/// As it stands in a line: the version first.
#[derive(Serialize, Deserialize)]
struct Versioned<T> {
    v: u8,
    #[serde(flatten)]
    event: T,
}

impl Event {
    /// As JSON, the version first.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let mut json = Vec::with_capacity(1024);
        self.write_json(&mut json);
        json
    }

    /// The same, after what is there.
    pub fn write_json(&self, to: &mut Vec<u8>) {
        if let Self::Attempt(attempt) = self {
            write_attempt(VERSION, attempt, to);
            return;
        }
        let versioned = Versioned {
            v: VERSION,
            event: self,
        };
        // Memory takes every byte, and all maps have text as keys.
        let _cannot_fail = serde_json::to_writer(to, &versioned);
    }

    /// Reads one.
    ///
    /// # Errors
    /// If it is none, or one of a newer version.
    pub fn from_json(json: &[u8]) -> Result<Self, String> {
        let versioned: Versioned<Self> = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        if versioned.v == VERSION {
            Ok(versioned.event)
        } else {
            Err(format!("version {} of the format is not known", versioned.v))
        }
    }
}

static TIMES: DateTimePrinter = DateTimePrinter::new().precision(Some(6));

/// Writes an attempt after what is there, its version first.
fn write_attempt(version: u8, attempt: &Attempt, to: &mut Vec<u8>) {
    let Attempt {
        at,
        id,
        attempt,
        tenant,
        host,
        op,
        code,
        status,
        source,
        reason,
        intent,
        identity,
        feature,
        modality,
        warnings,
        calls,
        upstream,
        upstream_status,
        purpose,
        peer,
        iss,
        jti,
        persons,
    } = attempt;
    raw(to, "{\"v\":");
    other(to, &version);
    raw(to, ",\"kind\":\"attempt\",\"at\":\"");
    time(to, *at);
    text(to, "\",\"id\":\"", id);
    uuid(to, "\",\"attempt\":\"", attempt);
    text(to, "\",\"tenant\":\"", tenant);
    text(to, "\",\"host\":\"", host);
    text(to, "\",\"op\":\"", op);
    text(to, "\",\"code\":\"", code);
    raw(to, "\"");
    if let Some(status) = status {
        raw(to, ",\"status\":");
        other(to, status);
    }
    word(to, ",\"source\":\"", source.as_ref());
    word(to, ",\"reason\":\"", reason.as_ref());
    word(to, ",\"intent\":\"", intent.as_ref());
    word(to, ",\"identity\":\"", identity.as_ref());
    word(to, ",\"feature\":\"", feature.as_ref());
    word(to, ",\"modality\":\"", modality.as_ref());
    if !warnings.is_empty() {
        raw(to, ",\"warnings\":");
        other(to, warnings);
    }
    raw(to, ",\"calls\":");
    other(to, calls);
    word(to, ",\"upstream\":\"", upstream.as_ref());
    if let Some(status) = upstream_status {
        raw(to, ",\"upstream_status\":");
        other(to, status);
    }
    text(to, ",\"purpose\":\"", purpose);
    raw(to, "\"");
    address(to, *peer);
    optional(to, ",\"iss\":\"", iss.as_deref());
    optional(to, ",\"jti\":\"", jti.as_deref());
    if let Some(persons) = persons {
        write_persons(persons, to);
    }
    raw(to, "}");
}

/// Writes an object of texts. Names are words of ours, which need no escapes.
pub(super) fn write_texts<'a>(members: impl Iterator<Item = (&'a str, &'a str)>, to: &mut Vec<u8>) {
    let mut before = "{\"";
    for (name, value) in members {
        raw(to, before);
        raw(to, name);
        text(to, "\":\"", value);
        before = "\",\"";
    }
    raw(to, if before.starts_with('{') { "{}" } else { "\"}" });
}

fn write_persons(persons: &Persons, to: &mut Vec<u8>) {
    let Persons {
        key,
        clinician,
        patient,
        subjects,
        sealed,
    } = persons;
    text(to, ",\"key\":\"", key);
    raw(to, "\"");
    optional(to, ",\"clinician\":\"", clinician.as_deref());
    optional(to, ",\"patient\":\"", patient.as_deref());
    if !subjects.is_empty() {
        raw(to, ",\"subjects\":");
        other(to, subjects);
    }
    text(to, ",\"sealed\":\"", sealed);
    raw(to, "\"");
}

fn raw(to: &mut Vec<u8>, json: &str) {
    to.extend_from_slice(json.as_bytes());
}

/// What stands before a text, and the text; not the quotation mark that ends it.
fn text(to: &mut Vec<u8>, before: &str, value: &str) {
    raw(to, before);
    if json_text::is_plain(value) {
        raw(to, value);
    } else {
        escaped(to, value);
    }
}

/// As [`text`], with the escapes that JSON asks for.
#[cold]
fn escaped(to: &mut Vec<u8>, value: &str) {
    let _the_mark_before_is_there = to.pop();
    other(to, value);
    let _the_mark_after_follows = to.pop();
}

fn optional(to: &mut Vec<u8>, before: &str, value: Option<&str>) {
    if let Some(value) = value {
        text(to, before, value);
        raw(to, "\"");
    }
}

fn word(to: &mut Vec<u8>, before: &str, word: Option<&Word>) {
    optional(to, before, word.map(|word| &**word));
}

fn uuid(to: &mut Vec<u8>, before: &str, id: &Uuid) {
    raw(to, before);
    raw(to, id.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
}

fn time(to: &mut Vec<u8>, at: Timestamp) {
    // Memory takes every byte.
    let _cannot_fail = TIMES.print_timestamp(&at, to);
}

fn address(to: &mut Vec<u8>, peer: Option<IpAddr>) {
    if let Some(peer) = peer {
        raw(to, ",\"peer\":");
        other(to, &peer);
    }
}

/// What needs no speed.
fn other<T: Serialize + ?Sized>(to: &mut Vec<u8>, value: &T) {
    // Memory takes every byte, and all maps have text as keys.
    let _cannot_fail = serde_json::to_writer(to, value);
}

#[cfg(test)]
mod tests {
    use proptest::{collection::btree_map, collection::vec, option::of, prelude::*};

    use super::*;

    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-z0-9/_-]{0,40}",
            "\\PC{0,30}",
            any::<String>(),
            Just("\"\\\n\u{1f}\u{7f}é".to_owned())
        ]
    }

    fn any_word() -> impl Strategy<Value = Word> {
        prop_oneof![Just(Word::Borrowed("upsert")), any_text().prop_map(Word::Owned)]
    }

    fn any_time() -> impl Strategy<Value = Timestamp> {
        let (least, most) = (Timestamp::MIN.as_nanosecond(), Timestamp::MAX.as_nanosecond());
        prop_oneof![
            (least..=most).prop_map(|at| Timestamp::from_nanosecond(at).unwrap()),
            (0_i64..=4_102_444_800_000_000).prop_map(|at| Timestamp::from_microsecond(at).unwrap()),
        ]
    }

    fn any_persons() -> impl Strategy<Value = Persons> {
        let subjects = btree_map(any_word(), any_text(), 0..3);
        (any_text(), of(any_text()), of(any_text()), subjects, any_text()).prop_map(
            |(key, clinician, patient, subjects, sealed)| Persons {
                key,
                clinician,
                patient,
                subjects,
                sealed,
            },
        )
    }

    fn any_attempt() -> impl Strategy<Value = Attempt> {
        let place = (
            any_time(),
            any_text(),
            any::<u128>(),
            any_text(),
            any_text(),
            any_word(),
            any_word(),
        );
        let refused = (
            of(any::<u16>()),
            of(any_word()),
            of(any_word()),
            of(any_word()),
            of(any::<u16>()),
        );
        let shown = (
            of(any_word()),
            of(any_word()),
            of(any_word()),
            of(any_word()),
            vec(any_word(), 0..3),
        );
        let from = (
            any::<u32>(),
            any_word(),
            of(any::<IpAddr>()),
            of(any_text()),
            of(any_text()),
        );
        (place, refused, shown, from, of(any_persons())).prop_map(|(place, refused, shown, from, persons)| {
            let (at, id, attempt, tenant, host, op, code) = place;
            let (status, source, reason, upstream, upstream_status) = refused;
            let (intent, identity, feature, modality, warnings) = shown;
            let (calls, purpose, peer, iss, jti) = from;
            Attempt {
                at,
                id,
                attempt: Uuid::from_u128(attempt),
                tenant,
                host,
                op,
                code,
                status,
                source,
                reason,
                intent,
                identity,
                feature,
                modality,
                warnings,
                calls,
                upstream,
                upstream_status,
                purpose,
                peer,
                iss,
                jti,
                persons,
            }
        })
    }

    proptest! {
        #[test]
        fn an_attempt_is_written_as_serde_would_byte_for_byte(attempt in any_attempt(), version in any::<u8>()) {
            let mut written = b"before".to_vec();
            write_attempt(version, &attempt, &mut written);
            let event = &Event::Attempt(Box::new(attempt));
            let by_serde = serde_json::to_string(&Versioned { v: version, event }).unwrap();
            prop_assert_eq!(String::from_utf8(written).unwrap(), format!("before{by_serde}"));
        }
    }

    #[test]
    fn every_byte_that_json_escapes_is_escaped() {
        for byte in 0..=0x7f_u8 {
            let value = char::from(byte).to_string();
            let mut written = b"\"".to_vec();
            text(&mut written, "", &value);
            written.push(b'"');
            assert_eq!(written, serde_json::to_vec(&value).unwrap(), "{byte}");
        }
    }
}
