//! A record of each kind, and of each way an attempt can end.

use std::{collections::BTreeMap, net::IpAddr};

use uuid::Uuid;

use super::{
    super::{
        Attempt, Checkpoint, Correction, Event, Genesis, Head, Persons, Pruned, Read, Record, Recovered, Stop,
        Strangers, Torn,
    },
    names::Names,
};

/// A record, what it is called, and what of it is named.
pub(super) struct Sample {
    pub(super) name: &'static str,
    pub(super) record: Record,
    pub(super) names: Option<Names>,
}

const CHAIN: Uuid = Uuid::from_u128(0x7f9c_0f7e_0d3b_4a55_9a55_3f1a_7a2b_9c10);

pub(super) fn all() -> Vec<Sample> {
    let mut samples = attempts();
    samples.extend(others());
    samples
}

fn attempts() -> Vec<Sample> {
    let refused = |code: &'static str, status, source: &'static str, reason: &'static str| Attempt {
        code: code.into(),
        status: Some(status),
        source: Some(source.into()),
        reason: Some(reason.into()),
        ..launch()
    };
    let without_patient = |attempt: Attempt| Attempt {
        op: "consultation/dashboard".into(),
        persons: attempt.persons.map(|persons| Persons {
            patient: None,
            ..persons
        }),
        ..attempt
    };
    let named = Names {
        clinician: Some("emp123".to_owned()),
        patient: Some("patient123".to_owned()),
        subjects: BTreeMap::from([("consultation".to_owned(), "consultation9".to_owned())]),
    };
    vec![
        attempt("launch", launch()),
        Sample {
            names: Some(named),
            ..attempt("launch_revealed", launch())
        },
        attempt("launch_without_patient", without_patient(launch())),
        attempt("launch_without_address", Attempt { peer: None, ..launch() }),
        attempt(
            "launch_as_owner",
            Attempt {
                op: "statistics".into(),
                intent: Some("owner".into()),
                identity: Some("owner".into()),
                persons: None,
                peer: Some(IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x11])),
                ..launch()
            },
        ),
        attempt(
            "launch_with_token",
            Attempt {
                host: "ehr-spa".to_owned(),
                iss: Some("https://idp.example".to_owned()),
                jti: Some("b8f2 c1/7".to_owned()),
                ..launch()
            },
        ),
        attempt(
            "launch_at_junction",
            Attempt {
                op: "junction/launch".into(),
                feature: Some("order:view".into()),
                modality: Some("feature_embed".into()),
                intent: None,
                identity: None,
                warnings: Vec::new(),
                calls: 4,
                upstream: Some("junction".into()),
                ..launch()
            },
        ),
        attempt(
            "refused_caller",
            refused("user_fields_missing", 400, "caller", "user_fields_missing"),
        ),
        attempt(
            "refused_policy",
            refused("patient_denied", 403, "gateway", "other_patient"),
        ),
        attempt("refused_gateway", refused("overloaded", 503, "gateway", "overloaded")),
        attempt(
            "refused_upstream",
            Attempt {
                upstream: Some("empego".into()),
                upstream_status: Some(401),
                ..refused("upstream_authentication_failed", 401, "upstream", "empego_401")
            },
        ),
        attempt("refused_internal", refused("internal", 500, "gateway", "panic")),
        attempt(
            "explained",
            Attempt {
                code: "explained".into(),
                calls: 0,
                ..launch()
            },
        ),
        attempt(
            "client_gone",
            Attempt {
                code: "client_gone".into(),
                status: None,
                ..launch()
            },
        ),
    ]
}

fn others() -> Vec<Sample> {
    let at = time("2026-11-26T14:42:58Z");
    vec![
        other(
            "strangers",
            Event::Strangers(Strangers {
                at,
                count: 5,
                codes: BTreeMap::from([("host_unauthenticated".into(), 4), ("rate_limited".into(), 1)]),
            }),
        ),
        other("correction_audit_unavailable", correction("audit_unavailable")),
        other("correction_client_gone", correction("client_gone")),
        other(
            "genesis",
            Event::Genesis(Genesis {
                at,
                chain: CHAIN,
                program: "0.2.0".into(),
                instance: "gw-7f9c".to_owned(),
                keys: vec!["k2".to_owned(), "k1".to_owned()],
                configuration: "5f1d".to_owned(),
                signing_key: "a3c9".to_owned(),
                signature: None,
                previous: vec![head(6)],
            }),
        ),
        other("stop", Event::Stop(Stop { at })),
        other(
            "recovered",
            Event::Recovered(Recovered {
                at,
                cause: "crash".into(),
                last: Some(head(17)),
                torn: Some(Torn {
                    segment: "00000003.audit".to_owned(),
                    length: 112,
                    sha256: "77aa".to_owned(),
                }),
                unrecorded: 2,
            }),
        ),
        other(
            "read",
            Event::Read(Read {
                at,
                user: "marie".to_owned(),
                command: "export".into(),
                filters: BTreeMap::from([("tenant".into(), "downtown".to_owned())]),
                revealed: true,
                records: 412,
            }),
        ),
        other(
            "pruned",
            Event::Pruned(Pruned {
                at,
                segment: "00000001.audit".to_owned(),
                count: 90_412,
                from: time("2016-11-26T14:42:58Z"),
                to: time("2016-11-27T00:00:00Z"),
                last: head(90_411),
                signing_key: None,
            }),
        ),
        other(
            "checkpoint",
            Event::Checkpoint(Checkpoint {
                at,
                origin: "empego-gateway gw-7f9c".to_owned(),
                head: head(18_441),
                count: 18_442,
                next_key: None,
                signature: "c0ffee".to_owned(),
            }),
        ),
    ]
}

fn attempt(name: &'static str, attempt: Attempt) -> Sample {
    other(name, Event::Attempt(Box::new(attempt)))
}

fn other(name: &'static str, event: Event) -> Sample {
    Sample {
        name,
        record: Record {
            head: head(18_442),
            instance: "gw-7f9c".to_owned(),
            program: "0.2.0".to_owned(),
            event,
        },
        names: None,
    }
}

fn head(seq: u64) -> Head {
    Head {
        chain: CHAIN,
        seq,
        hash: format!("9b1f{seq:060x}"),
    }
}

fn correction(code: &'static str) -> Event {
    Event::Correction(Correction {
        at: time("2026-11-26T14:42:58Z"),
        id: launch().id,
        attempt: launch().attempt,
        code: code.into(),
    })
}

fn launch() -> Attempt {
    Attempt {
        at: time("2026-11-26T14:42:57.123456Z"),
        id: "0190a3c4-5b6d-4e7f-8a9b-0c1d2e3f4a5b".to_owned(),
        attempt: Uuid::from_u128(7),
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
        warnings: vec!["licence_may_be_inherited".into(), "never_seen".into()],
        calls: 1,
        upstream: None,
        upstream_status: None,
        purpose: "TREAT".into(),
        peer: Some(IpAddr::from([192, 0, 2, 17])),
        iss: None,
        jti: None,
        persons: Some(Persons {
            key: "k2".to_owned(),
            clinician: Some("Qm9x0pWk3r1yQm9x0pWk3g".to_owned()),
            patient: Some("5lq8m0pWk3r1yQm9x0pWkA".to_owned()),
            subjects: BTreeMap::from([("consultation".into(), "8Zr1m0pWk3r1yQm9x0pWkQ".to_owned())]),
            sealed: "c2VhbGVkIG5hbWVz".to_owned(),
        }),
    }
}

fn time(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}
