//! One record per attempt, refusals included, and what an operator finds in it.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    code::{Code, Source},
    reason::Reason,
};
use serde_json::Value;

use domain::audit::Event;
use store::trail::{Reader, verify::verify};

use crate::helpers::scenario::{play, play_with_a_panic};

#[actix_web::test]
async fn every_code_is_recorded_exactly_once() {
    let played = play_with_a_panic(None).await;
    let mut records: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in played.log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        if line["message"] == "attempt" {
            records
                .entry(line["request_id"].as_str().unwrap().to_owned())
                .or_default()
                .push(line);
        }
    }
    for outcome in &played.outcomes {
        let found = records.remove(&outcome.request_id).unwrap_or_default();
        assert_eq!(found.len(), 1, "{:?}: {found:?}", outcome.code);
        let record = &found[0];
        assert_eq!(record["code"], outcome.word(), "{record}");
        let born = record["reason"].as_str().map(|word| {
            let reason = Reason::ALL.iter().find(|reason| reason.as_str() == word);
            reason.unwrap_or_else(|| panic!("no reason is called {word}")).code()
        });
        assert_eq!(born, outcome.code.filter(|_| record["status"].is_number()), "{record}");
        assert_eq!(
            record["source"].as_str(),
            outcome.code.map(|code| code.source().as_str()),
            "{record}"
        );
        let level = match outcome.code.map(Code::source) {
            None | Some(Source::Caller) => "INFO",
            Some(Source::Gateway | Source::Upstream) if outcome.code == Some(Code::Internal) => "ERROR",
            Some(Source::Gateway | Source::Upstream) => "WARN",
        };
        assert_eq!(record["level"], level, "{record}");
        assert!(record["duration_ms"].is_number(), "{record}");
        let was_called = record["attempts"].as_u64().unwrap() > 0;
        assert_eq!(record["upstream_ms"].is_number(), was_called, "{record}");
        let is_unreachable = matches!(outcome.code, Some(Code::UpstreamUnreachable));
        assert_eq!(
            record["cause"].as_str(),
            is_unreachable.then_some("refused"),
            "{record}"
        );
    }
    assert!(records.is_empty(), "records of nobody's attempts: {records:?}");

    let provoked = |code: &Code| played.outcomes.iter().any(|outcome| outcome.code == Some(*code));
    for code in Code::ALL {
        assert!(provoked(code), "{code:?} was not provoked");
    }
}

#[actix_web::test]
async fn a_record_says_who_launched_what_as_whom_and_how_long_it_took() {
    let played = play().await;
    let launched = played.outcomes.iter().find(|outcome| outcome.word() == "ok").unwrap();
    let rejected = played
        .outcomes
        .iter()
        .find(|outcome| outcome.code == Some(Code::UpstreamRejected))
        .unwrap();
    let record = |id: &str| -> Value {
        let line = played
            .log
            .lines()
            .find(|line| line.contains(id) && line.contains("\"attempt\""))
            .unwrap();
        serde_json::from_str(line).unwrap()
    };
    let expected = [
        ("endpoint", "consultation/view"),
        ("host", "main-ehr"),
        ("tenant", "main"),
        ("intent", "upsert"),
        ("identity", "clinician"),
    ];
    let launched = record(&launched.request_id);
    for (name, value) in expected {
        assert_eq!(launched[name], value, "{launched}");
    }
    assert_eq!(launched["status"], 200);
    assert!(launched["launch_ms"].is_number());
    let rejected = record(&rejected.request_id);
    assert_eq!(
        (&rejected["status"], &rejected["upstream_status"]),
        (&404.into(), &404.into())
    );
}

#[actix_web::test]
async fn the_record_of_an_opened_ticket_names_its_launch() {
    let played = play().await;
    let lines = played
        .log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let attempts: Vec<_> = lines.filter(|line| line["message"] == "attempt").collect();
    let opened: Vec<_> = attempts.iter().filter(|line| line["endpoint"] == "frame").collect();
    assert_eq!(opened.len(), 4, "{opened:?}");
    let (good, refused) = (opened[0], opened[1]);
    assert_eq!(
        (&good["host"], &good["tenant"], &good["status"]),
        (&"main-ehr".into(), &"main".into(), &303.into())
    );
    let launch = attempts
        .iter()
        .find(|line| line["request_id"] == good["launch"])
        .unwrap();
    assert_eq!(
        (&launch["endpoint"], &launch["code"]),
        (&"consultation/view".into(), &"ok".into())
    );
    assert_eq!(
        (&refused["reason"], &refused["launch"], &refused["host"]),
        (&"ticket_not_held".into(), &Value::Null, &Value::Null)
    );
}

#[actix_web::test]
async fn every_attempt_has_an_id_of_its_own_whatever_its_caller_calls_it() {
    let played = play().await;
    let mut seen = BTreeSet::new();
    for line in played.log.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        if line["message"] == "attempt" {
            let id = line["attempt_id"].as_str().unwrap_or_else(|| panic!("{line}"));
            assert_eq!((id.len(), &id[14..15]), (36, "7"), "{line}");
            assert_ne!(line["attempt_id"], line["request_id"], "{line}");
            assert!(seen.insert(id.to_owned()), "{id} is two attempts'");
        }
    }
    assert!(seen.len() > 50, "{seen:?}");
}

#[actix_web::test]
async fn every_attempt_of_a_host_is_in_the_audit_trail_once_and_strangers_are_counted() {
    let played = play_with_a_panic(None).await;
    let trail = played.trail.path().join("trail");
    let report = verify(&trail, None, None, |_| {}).unwrap();
    assert!(report.is_intact() && report.has_ended(), "{report:?}");

    let (mut recorded, mut strangers) = (BTreeMap::new(), BTreeMap::new());
    for record in Reader::of(&trail).unwrap() {
        match record.unwrap().event {
            Event::Attempt(attempt) => {
                let id = attempt.attempt.to_string();
                assert_eq!(recorded.insert(id, (attempt.code.to_string(), attempt.status)), None);
            }
            Event::Correction(correction) => {
                let id = correction.attempt.to_string();
                recorded.insert(id, (correction.code.to_string(), Some(503)));
            }
            Event::Strangers(counted) => {
                for (code, count) in counted.codes {
                    *strangers.entry(code.to_string()).or_insert(0) += count;
                }
            }
            Event::Genesis(_)
            | Event::Checkpoint(_)
            | Event::Recovered(_)
            | Event::Read(_)
            | Event::Pruned(_)
            | Event::Stop(_) => {}
        }
    }
    let lines = played
        .log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    // The launch is on record that a ticket was issued for: a browser that opens it proves nothing about a person.
    let is_opened_ticket = |line: &Value| line["endpoint"] == "frame" && line["code"] == "ok";
    let lines = lines.filter(|line| line["message"] == "attempt" && line["endpoint"].is_string());
    for line in lines.filter(|line| !is_opened_ticket(line)) {
        let code = line["code"].as_str().unwrap().to_owned();
        if line["host"].is_string() {
            let id = line["attempt_id"].as_str().unwrap();
            let status = line["status"].as_u64().map(|status| u16::try_from(status).unwrap());
            assert_eq!(recorded.remove(id), Some((code, status)), "{line}");
        } else {
            let left = strangers.get_mut(&code).unwrap_or_else(|| panic!("{line}"));
            *left -= 1;
        }
    }
    assert_eq!(recorded, BTreeMap::new(), "records of nobody's attempts");
    assert!(strangers.values().all(|left| *left == 0), "{strangers:?}");
    assert!(strangers.len() > 1, "{strangers:?}");
}
