//! What a host asked for.

use serde_json::{Value, json};

use super::{
    super::{Attempt, Correction, Persons, Record},
    element::{Head, Outcome, chain, coding, concept, detail, device, event, own_coding, place, request, server, set},
    names::Names,
    system::{
        ACT_REASON, DESTINATION, DOMAIN_RESOURCE, OPERATION, PATIENT, PERSON, READ, RECIPIENT, REST, SECURITY_ALERT,
        SYSTEM_OBJECT, TOKEN_USER, balp_profile, in_uri, naming_system, naming_system_of,
    },
};

/// An attempt of an authenticated host.
pub(super) fn of(record: &Record, attempt: &Attempt, names: Option<&Names>) -> Value {
    let whom = Whom { attempt, names };
    let mut entities = vec![request(&attempt.id), opened(record, &whom)];
    let patient = whom.patient();
    let profile = profile(attempt, patient.is_some());
    entities.extend(patient.map(|patient| {
        json!({
            "what": reference("Patient", &patient),
            "type": coding(PERSON),
            "role": coding(PATIENT),
        })
    }));
    let head = head(
        attempt.at,
        &attempt.code,
        attempt.status,
        attempt.source.as_deref(),
        Some(&attempt.op),
    );
    let mut event = event(record, head, Some(&attempt.tenant), agents(record, &whom), entities);
    set(&mut event, "purposeOfEvent", vec![purpose(attempt)]);
    if let Some(profile) = profile {
        set(&mut event, "meta", json!({"profile": [profile]}));
    }
    event
}

/// What became of an earlier attempt instead of what its record says: the same event as of an attempt that ended so, without
/// those who took part.
pub(super) fn corrected(record: &Record, correction: &Correction) -> Value {
    let head = head(correction.at, &correction.code, None, None, None);
    let details = vec![
        detail("corrects", &correction.attempt.to_string()),
        detail("code", &correction.code),
    ];
    let entities = vec![request(&correction.id), chain(record, details)];
    event(record, head, None, vec![server(record)], entities)
}

/// What kind of event it is by its code. BALP has patterns for success alone.
fn head(at: jiff::Timestamp, code: &str, status: Option<u16>, source: Option<&str>, op: Option<&str>) -> Head {
    let (kind, subtype, action, outcome) = match code {
        "ok" => (REST, coding(READ), "R", Outcome::Success),
        "explained" => (REST, coding(OPERATION), "E", Outcome::Success),
        "client_gone" => (REST, coding(OPERATION), "E", Outcome::Minor),
        refused => {
            let outcome = of_refusal(refused, status, source);
            (SECURITY_ALERT, own_coding("code", refused), "E", outcome)
        }
    };
    let mut subtypes = vec![subtype];
    subtypes.extend(op.map(|op| own_coding("operation", op)));
    Head {
        at,
        kind,
        subtypes,
        action,
        outcome,
        outcome_word: (outcome != Outcome::Success).then(|| code.to_owned()),
    }
}

/// How bad a refusal is. What the caller sent and what a policy forbids is minor: it is refused as it should be.
fn of_refusal(code: &str, status: Option<u16>, source: Option<&str>) -> Outcome {
    let is_policy = source == Some("gateway") && status.is_some_and(|status| status < 500);
    if code == "internal" {
        Outcome::Major
    } else if source == Some("caller") || is_policy {
        Outcome::Minor
    } else {
        Outcome::Serious
    }
}

/// The profile that an event can claim: both require the client's network, and none is for what failed.
fn profile(attempt: &Attempt, has_patient: bool) -> Option<String> {
    let has_patterns = attempt.code == "ok" && attempt.peer.is_some();
    has_patterns.then(|| balp_profile(if has_patient { "PatientRead" } else { "Read" }))
}

/// An attempt and whom it is about, by name where names are given and by pseudonym elsewhere.
struct Whom<'a> {
    attempt: &'a Attempt,
    names: Option<&'a Names>,
}

/// An identifier with what makes it one: the key of a pseudonym, or the tenant whose name it is.
struct Identifier {
    system: String,
    value: String,
}

impl Whom<'_> {
    fn clinician(&self) -> Option<Identifier> {
        let name = self.names.and_then(|names| names.clinician.as_deref());
        self.named("clinician", name, |persons| persons.clinician.as_deref())
    }

    fn patient(&self) -> Option<Identifier> {
        let name = self.names.and_then(|names| names.patient.as_deref());
        self.named("patient", name, |persons| persons.patient.as_deref())
    }

    fn named(&self, kind: &str, name: Option<&str>, pseudonym: fn(&Persons) -> Option<&str>) -> Option<Identifier> {
        if let Some(name) = name {
            return Some(Identifier {
                system: naming_system_of(kind, &self.attempt.tenant),
                value: name.to_owned(),
            });
        }
        let persons = self.attempt.persons.as_ref()?;
        Some(Identifier {
            system: naming_system_of(&format!("{kind}-pseudonym"), &persons.key),
            value: pseudonym(persons)?.to_owned(),
        })
    }

    /// What else is named. A detail has no system, so the key stands before the pseudonym.
    fn subjects(&self) -> Vec<Value> {
        let Some(persons) = &self.attempt.persons else {
            return Vec::new();
        };
        let name = |kind: &str| self.names.and_then(|names| names.subjects.get(kind));
        let details = persons.subjects.iter().map(|(kind, pseudonym)| match name(kind) {
            Some(name) => detail(kind, name),
            None => detail(&format!("{kind}_pseudonym"), &format!("{}:{pseudonym}", persons.key)),
        });
        details.collect()
    }
}

fn reference(kind: &str, identifier: &Identifier) -> Value {
    json!({"type": kind, "identifier": {"system": identifier.system, "value": identifier.value}})
}

fn purpose(attempt: &Attempt) -> Value {
    json!({"coding": [{"system": ACT_REASON, "code": attempt.purpose}]})
}

fn agents(record: &Record, whom: &Whom<'_>) -> Vec<Value> {
    let attempt = whom.attempt;
    let clinician = whom.clinician().map(|clinician| reference("Practitioner", &clinician));
    let mut client = json!({
        "type": concept(DESTINATION),
        "who": device("host", &attempt.host),
        // Of a launch without a clinician, the host is who asked.
        "requestor": clinician.is_none(),
    });
    if let Some(peer) = attempt.peer {
        set(
            &mut client,
            "network",
            json!({"address": peer.to_string(), "type": "2"}),
        );
    }
    let mut agents = vec![client, server(record)];
    let Some(clinician) = clinician else {
        return agents;
    };
    agents.push(json!({
        "type": concept(RECIPIENT),
        "who": clinician,
        "requestor": true,
        "purposeOfUse": [purpose(attempt)],
    }));
    agents.extend(attempt.jti.as_deref().map(|jti| {
        json!({
            "type": concept(TOKEN_USER),
            "who": clinician,
            "requestor": true,
            "policy": [format!("urn:ietf:params:oauth:jti:{}", in_uri(jti))],
        })
    }));
    agents
}

/// What was opened, and all that FHIR has no element for.
fn opened(record: &Record, whom: &Whom<'_>) -> Value {
    let attempt = whom.attempt;
    let mut details = vec![
        detail("attempt", &attempt.attempt.to_string()),
        detail("code", &attempt.code),
    ];
    let status = attempt.status.map(|status| status.to_string());
    let upstream_status = attempt.upstream_status.map(|status| status.to_string());
    let facts = [
        ("status", status.as_deref()),
        ("source", attempt.source.as_deref()),
        ("reason", attempt.reason.as_deref()),
        ("intent", attempt.intent.as_deref()),
        ("identity", attempt.identity.as_deref()),
        ("feature", attempt.feature.as_deref()),
        ("modality", attempt.modality.as_deref()),
        ("upstream", attempt.upstream.as_deref()),
        ("upstream_status", upstream_status.as_deref()),
        ("iss", attempt.iss.as_deref()),
    ];
    details.extend(facts.into_iter().filter_map(|(kind, value)| Some(detail(kind, value?))));
    details.push(detail("calls", &attempt.calls.to_string()));
    details.extend(attempt.warnings.iter().map(|warning| detail("warning", warning)));
    details.extend(whom.subjects());
    details.extend(place(record));
    json!({
        "what": {"identifier": {"system": naming_system("operation"), "value": attempt.op}},
        "type": coding(SYSTEM_OBJECT),
        "role": coding(DOMAIN_RESOURCE),
        "detail": details,
    })
}
