//! What became of the trail itself: who wrote it, who read it, what is missing.

use serde_json::{Value, json};

use super::{
    super::{Genesis, Pruned, Read, Record, Recovered, Stop},
    element::{Head, Outcome, chain, coding, concept, detail, device, event, machine, own_coding, set},
    system::{
        APPLICATION, APPLICATION_ACTIVITY, APPLICATION_START, APPLICATION_STOP, AUDIT_LOG_USED, RECIPIENT,
        RECORDING_STARTED, SECURITY_ALERT, Term, naming_system,
    },
};

/// A process began a chain.
pub(super) fn started(record: &Record, genesis: &Genesis) -> Value {
    let mut details = vec![
        detail("configuration", &genesis.configuration),
        detail("signing_key", &genesis.signing_key),
    ];
    details.extend(genesis.keys.iter().map(|key| detail("key", key)));
    details.extend(genesis.previous.iter().map(|head| detail("previous", &head_text(head))));
    let head = activity(genesis.at, APPLICATION_START);
    event(
        record,
        head,
        None,
        vec![program(record, true)],
        vec![chain(record, details)],
    )
}

/// It stopped in good order.
pub(super) fn stopped(record: &Record, stop: &Stop) -> Value {
    let head = activity(stop.at, APPLICATION_STOP);
    event(
        record,
        head,
        None,
        vec![program(record, true)],
        vec![chain(record, Vec::new())],
    )
}

/// Writing goes on after it failed: between the last good record and this one, some may be missing.
pub(super) fn recovered(record: &Record, recovered: &Recovered) -> Value {
    let mut details = vec![
        detail("cause", &recovered.cause),
        detail("unrecorded", &recovered.unrecorded.to_string()),
    ];
    details.extend(recovered.last.as_ref().map(|head| detail("last", &head_text(head))));
    details.extend(recovered.torn.as_ref().map(|torn| {
        let torn = format!("{} {} sha256:{}", torn.segment, torn.length, torn.sha256);
        detail("torn", &torn)
    }));
    let head = Head {
        at: recovered.at,
        kind: SECURITY_ALERT,
        subtypes: vec![coding(RECORDING_STARTED)],
        action: "E",
        outcome: Outcome::Serious,
        outcome_word: Some(recovered.cause.clone().into_owned()),
    };
    event(
        record,
        head,
        None,
        vec![program(record, true)],
        vec![chain(record, details)],
    )
}

/// Someone read the trail: BALP asks for an event of it.
pub(super) fn read(record: &Record, read: &Read) -> Value {
    let user = json!({
        "type": concept(RECIPIENT),
        "who": {"identifier": {"system": naming_system("operating-system-user"), "value": read.user}},
        "requestor": true,
    });
    let mut details = vec![
        detail("command", &read.command),
        detail("revealed", if read.revealed { "true" } else { "false" }),
        detail("records", &read.records.to_string()),
    ];
    let filters = read.filters.iter();
    details.extend(filters.map(|(name, value)| detail(&format!("filter_{name}"), value)));
    let head = Head {
        at: read.at,
        kind: AUDIT_LOG_USED,
        subtypes: vec![own_coding("command", &read.command)],
        action: "R",
        outcome: Outcome::Success,
        outcome_word: None,
    };
    event(
        record,
        head,
        None,
        vec![user, program(record, false)],
        vec![chain(record, details)],
    )
}

/// Old records were removed.
pub(super) fn pruned(record: &Record, pruned: &Pruned) -> Value {
    let details = vec![
        detail("segment", &pruned.segment),
        detail("count", &pruned.count.to_string()),
        detail("from", &format!("{:.6}", pruned.from)),
        detail("to", &format!("{:.6}", pruned.to)),
        detail("last", &head_text(&pruned.last)),
    ];
    let head = Head {
        at: pruned.at,
        kind: AUDIT_LOG_USED,
        subtypes: vec![own_coding("command", "prune")],
        action: "D",
        outcome: Outcome::Success,
        outcome_word: None,
    };
    event(
        record,
        head,
        None,
        vec![program(record, true)],
        vec![chain(record, details)],
    )
}

fn activity(at: jiff::Timestamp, what: Term) -> Head {
    Head {
        at,
        kind: APPLICATION_ACTIVITY,
        subtypes: vec![coding(what)],
        action: "E",
        outcome: Outcome::Success,
        outcome_word: None,
    }
}

/// The gateway as what acts, rather than as what is asked.
fn program(record: &Record, is_requestor: bool) -> Value {
    let mut who = device("instance", &record.instance);
    set(&mut who, "display", format!("empego-gateway {}", record.program));
    json!({
        "type": concept(APPLICATION),
        "who": who,
        "requestor": is_requestor,
        "network": machine(record),
    })
}

fn head_text(head: &super::super::Head) -> String {
    format!("{}:{}:sha256:{}", head.chain, head.seq, head.hash)
}
