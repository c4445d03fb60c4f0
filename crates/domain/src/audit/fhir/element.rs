//! The parts that events have in common.

use serde_json::{Value, json};

use super::{
    super::{Head as Place, Record},
    system::{
        APPLICATION_SERVER, REQUEST_ID, SECURITY_RESOURCE, SOURCE, SYSTEM_OBJECT, Term, code_system, naming_system,
    },
};

/// How an event ended, as FHIR's `audit-event-outcome` numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was done.
    Success,
    /// It was refused, and nothing has failed.
    Minor,
    /// Something has failed.
    Serious,
    /// A bug of the program's.
    Major,
}

impl Outcome {
    const fn code(self) -> &'static str {
        match self {
            Self::Success => "0",
            Self::Minor => "4",
            Self::Serious => "8",
            Self::Major => "12",
        }
    }
}

/// What an event is, before anyone and anything takes part in it.
pub(super) struct Head {
    pub(super) at: jiff::Timestamp,
    pub(super) kind: Term,
    pub(super) subtypes: Vec<Value>,
    /// C, R, U, D or E.
    pub(super) action: &'static str,
    pub(super) outcome: Outcome,
    /// Why it did not end well, in a word of ours.
    pub(super) outcome_word: Option<String>,
}

/// An event with the machine that observed it; `site` is the tenant, if it is about one.
pub(super) fn event(
    record: &Record,
    head: Head,
    site: Option<&str>,
    agents: Vec<Value>,
    entities: Vec<Value>,
) -> Value {
    let mut event = json!({
        "resourceType": "AuditEvent",
        "id": event_id(&record.head),
        "type": coding(head.kind),
        "action": head.action,
        "recorded": format!("{:.6}", head.at),
        "outcome": head.outcome.code(),
        "source": {
            "observer": device("instance", &record.instance),
            "type": [coding(APPLICATION_SERVER)],
        },
    });
    set(&mut event, "agent", agents);
    set(&mut event, "entity", entities);
    if !head.subtypes.is_empty() {
        set(&mut event, "subtype", head.subtypes);
    }
    if let Some(word) = head.outcome_word {
        set(&mut event, "outcomeDesc", word);
    }
    if let Some(site) = site
        && let Some(source) = event.get_mut("source")
    {
        set(source, "site", site);
    }
    event
}

/// Adds a member to an object.
pub(super) fn set(object: &mut Value, name: &str, value: impl Into<Value>) {
    if let Value::Object(members) = object {
        members.insert(name.to_owned(), value.into());
    }
}

pub(super) fn coding(term: Term) -> Value {
    json!({"system": term.system, "code": term.code, "display": term.display})
}

pub(super) fn concept(term: Term) -> Value {
    json!({"coding": [coding(term)]})
}

/// A code of one of our own systems.
pub(super) fn own_coding(system: &str, code: &str) -> Value {
    json!({"system": code_system(system), "code": code})
}

/// A host or an instance.
pub(super) fn device(system: &str, value: &str) -> Value {
    json!({"type": "Device", "identifier": {"system": naming_system(system), "value": value}})
}

/// The gateway, where something was asked of it.
pub(super) fn server(record: &Record) -> Value {
    let mut who = device("instance", &record.instance);
    set(&mut who, "display", format!("empego-gateway {}", record.program));
    json!({
        "type": concept(SOURCE),
        "who": who,
        "requestor": false,
        "network": machine(record),
    })
}

/// The machine that wrote a record, by its name.
pub(super) fn machine(record: &Record) -> Value {
    json!({"address": record.instance, "type": "1"})
}

/// The request, by its id.
pub(super) fn request(id: &str) -> Value {
    json!({"what": {"identifier": {"value": id}}, "type": coding(REQUEST_ID)})
}

/// The chain that a record is part of, for events that are about nothing else of the gateway's.
pub(super) fn chain(record: &Record, mut details: Vec<Value>) -> Value {
    details.extend(place(record));
    json!({
        "what": {"identifier": {"system": naming_system("chain"), "value": record.head.chain.to_string()}},
        "type": coding(SYSTEM_OBJECT),
        "role": coding(SECURITY_RESOURCE),
        "detail": details,
    })
}

/// Where the record is that an event was made from.
pub(super) fn place(record: &Record) -> [Value; 3] {
    [
        detail("chain", &record.head.chain.to_string()),
        detail("seq", &record.head.seq.to_string()),
        detail("hash", &format!("sha256:{}", record.head.hash)),
    ]
}

/// A fact that FHIR has no element for, by the name that it has in the record.
pub(super) fn detail(kind: &str, value: &str) -> Value {
    json!({"type": kind, "valueString": value})
}

/// The `id` of a record's `AuditEvent`: the same each time, so that a receiver recognizes one that is sent again. At most 57
/// characters.
#[must_use]
pub fn event_id(head: &Place) -> String {
    format!("{}-{}", head.chain, head.seq)
}
