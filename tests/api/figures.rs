//! What `/metrics` shows: every attempt once, and no label that a caller could make up.

use std::collections::{BTreeMap, BTreeSet};

use domain::{code::Code, empego::Endpoint, junction::JunctionCall, reason::Reason, vendor::Vendor};
use empego_gateway::http::CutOff;
use reqwest::Method;
use serde_json::json;

use crate::helpers::{
    TestApp, alice,
    scenario::{TENANTS, play_with_a_panic},
};

/// One line of the page: the series' name, its labels, its value.
#[derive(Debug, Clone, PartialEq)]
struct Figure {
    name: String,
    labels: BTreeMap<String, String>,
    value: f64,
}

fn figures(page: &str) -> Vec<Figure> {
    page.lines()
        .take_while(|line| *line != "# EOF")
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let (name, labels) = series
                .strip_suffix('}')
                .and_then(|series| series.split_once('{'))
                .unwrap_or((series, ""));
            let pair = |pair: &str| {
                let (label, value) = pair.split_once('=').unwrap();
                (label.to_owned(), value.trim_matches('"').to_owned())
            };
            Figure {
                name: name.to_owned(),
                labels: labels.split(',').filter(|pair| !pair.is_empty()).map(pair).collect(),
                value: value.parse().unwrap(),
            }
        })
        .collect()
}

/// Every value that a label may have: the program's own words, and what is configured.
fn known(label: &str, tenants: &[&str], hosts: &[&str]) -> BTreeSet<String> {
    let words: Vec<&str> = match label {
        "endpoint" => Endpoint::ALL
            .iter()
            .map(|endpoint| endpoint.tail())
            .chain([
                "junction/launch",
                "junction/fast-launch",
                "junction/session-continuation",
                "none",
            ])
            .collect(),
        "upstream" => Vendor::ALL.iter().map(|vendor| vendor.as_str()).collect(),
        "call" => JunctionCall::ALL
            .iter()
            .map(|call| call.as_str())
            .chain(["embeddable"])
            .collect(),
        "api" => vec!["embeddable", "management", "team"],
        "code" => Code::ALL
            .iter()
            .map(|code| code.as_str())
            .chain(["ok", "explained", "client_gone"])
            .collect(),
        "tenant" => tenants.iter().copied().chain(["none"]).collect(),
        "host" => hosts.to_vec(),
        "outcome" => vec![
            "ok",
            "explained",
            "refused",
            "failed",
            "cut_short",
            "client_gone",
            "applied",
        ],
        "reason" => Reason::OF_TOKENS
            .iter()
            .map(|reason| reason.as_str())
            .chain(["overloaded", "circuit_open", "rate_limited"])
            .chain(CutOff::ALL.iter().map(|reason| reason.as_str()))
            .collect(),
        "task" => vec!["keys", "reload", "sweep", "watch"],
        "version" => vec![env!("CARGO_PKG_VERSION")],
        other => panic!("nobody knows the label {other}"),
    };
    words.into_iter().map(str::to_owned).collect()
}

fn all_labels_are_known(page: &str, tenants: &[&str], hosts: &[&str]) {
    for figure in figures(page) {
        for (label, value) in figure.labels.iter().filter(|(label, _)| *label != "le") {
            let known = known(label, tenants, hosts);
            assert!(known.contains(value), "{label}=\"{value}\" of {}", figure.name);
        }
    }
}

#[actix_web::test]
async fn every_attempt_is_counted_once_under_its_code() {
    let played = play_with_a_panic(None).await;
    let mut expected: BTreeMap<String, f64> = BTreeMap::new();
    for outcome in &played.outcomes {
        *expected.entry(outcome.word().to_owned()).or_default() += 1.0;
    }
    let mut counted: BTreeMap<String, f64> = BTreeMap::new();
    for figure in figures(&played.figures) {
        if figure.name == "empego_gateway_launches_total" {
            *counted.entry(figure.labels["code"].clone()).or_default() += figure.value;
        }
    }
    assert_eq!(counted, expected);
    all_labels_are_known(&played.figures, &TENANTS, &["main-spa", "strict-spa"]);
    let key_age = figures(&played.figures)
        .into_iter()
        .find(|figure| figure.name == "empego_gateway_key_set_age_seconds");
    assert!(key_age.is_some_and(|age| age.labels["host"] == "main-spa" && age.value < 600.0));
}

#[actix_web::test]
async fn every_background_task_has_a_count_of_its_restarts_from_the_start_on() {
    let app = TestApp::documented().await;
    let restarts: Vec<_> = figures(&app.admin("/metrics").await.text)
        .into_iter()
        .filter(|figure| figure.name == "empego_gateway_background_restarts_total")
        .map(|figure| (figure.labels["task"].clone(), figure.value))
        .collect();
    let expected = ["keys", "reload", "sweep", "watch"].map(|task| (task.to_owned(), 0.0));
    assert_eq!(restarts, expected);
}

#[actix_web::test]
async fn nobody_outside_can_make_up_a_series() {
    let app = TestApp::documented().await;
    let page = || async { app.admin("/metrics").await.text };
    let ask = |tail: String| {
        let app = &app;
        async move {
            let native = app.native("statistics").json(&json!({"clinician": alice()}));
            native.send().await.is_launched();
            let drop_in = app.drop_in("statistics").user(&json!({"userId": tail})).intent(&tail);
            drop_in.send().await;
            let request = app.request(Method::GET, &format!("/{tail}?{tail}={tail}"));
            request.header("api-key", tail.clone()).send_unchecked().await;
            let request = app.request(Method::POST, "/v1/embeddable/statistics");
            request
                .header("x-tenant-key", tail.clone())
                .header("host", tail.clone())
                .send()
                .await;
            let request = app.drop_in("statistics").query(&format!("{tail}=1"));
            request.header("traceparent", tail).send().await;
        }
    };
    ask("first".to_owned()).await;
    let names = |page: &str| -> BTreeSet<_> {
        let figures = figures(page).into_iter();
        figures
            .map(|figure| (figure.name, figure.labels.into_iter().collect::<Vec<_>>()))
            .collect()
    };
    let before = names(&page().await);
    for at in 0..50 {
        ask(format!("made-up-{at}")).await;
    }
    let after = page().await;
    assert_eq!(names(&after), before);
    all_labels_are_known(&after, &["downtown"], &[]);
}
