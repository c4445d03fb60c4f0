//! One record per attempt, refusals included, and what an operator finds in it.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    code::{Code, Source},
    reason::Reason,
};
use serde_json::Value;

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
async fn every_attempt_of_a_host_is_in_the_trail_once_as_the_log_has_it() {
    let played = play_with_a_panic(None).await;
    let mut trail: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut strangers = 0;
    for line in played.trail.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let event = &line["event"];
        match event["kind"].as_str().unwrap() {
            "attempt" => {
                let id = event["attempt"].as_str().unwrap().to_owned();
                trail.entry(id).or_default().push(event.clone());
            }
            "strangers" => strangers += event["count"].as_u64().unwrap(),
            _ => {}
        }
    }
    let mut unknown = 0;
    for line in played.log.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        if line["message"] != "attempt" || line["endpoint"].is_null() {
            continue;
        }
        let found = trail.remove(line["attempt_id"].as_str().unwrap()).unwrap_or_default();
        if line["host"].is_null() {
            unknown += 1;
            assert!(found.is_empty(), "{line}: {found:?}");
            continue;
        }
        let [record] = found.as_slice() else {
            panic!("{line}: {found:?}")
        };
        for (member, field) in [
            ("id", "request_id"),
            ("tenant", "tenant"),
            ("host", "host"),
            ("op", "endpoint"),
            ("code", "code"),
            ("status", "status"),
        ] {
            assert_eq!(record[member], line[field], "{record} {line}");
        }
    }
    assert!(trail.is_empty(), "attempts that the log does not have: {trail:?}");
    assert!(unknown > 0 && strangers == unknown, "{strangers} of {unknown}");
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
