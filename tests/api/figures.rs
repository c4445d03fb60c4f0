//! What `/metrics` shows: every attempt once, and no label that a caller could make up.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    audit::Event,
    code::Code,
    empego::Endpoint,
    junction::{JunctionCall, operation},
    operation::FRAME,
    reason::Reason,
    vendor::Vendor,
};
use empego_gateway::{http::CutOff, telemetry::Task};
use reqwest::Method;
use serde_json::json;
use store::trail::{Cause, NotWritten};

use crate::{
    helpers::{
        TestApp, alice,
        orders_scenario::WEBHOOK,
        scenario::{TENANTS, play_with_a_panic},
        written::parts_are_written,
    },
    reference::{table, word},
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

/// Every value that a label of a metric may have beside the ids that are configured: the program's own words.
fn words(metric: &str, label: &str) -> Vec<&'static str> {
    let metric = metric.strip_prefix("empego_gateway_").unwrap_or(metric);
    match (metric, label) {
        ("junction_webhook_last_timestamp_seconds", "endpoint") => vec![],
        (_, "endpoint") => Endpoint::ALL
            .iter()
            .map(|endpoint| endpoint.tail())
            .chain(operation::ALL.iter().map(|operation| operation.as_str()))
            .chain([FRAME.as_str(), "none"])
            .collect(),
        (_, "upstream") => Vendor::ALL.iter().map(|vendor| vendor.as_str()).collect(),
        (_, "call") => ["embeddable"]
            .into_iter()
            .chain(JunctionCall::ALL.iter().map(|call| call.as_str()))
            .collect(),
        (_, "api") => vec!["embeddable", "management", "team"],
        (_, "code") => ["ok", "explained", "client_gone"]
            .into_iter()
            .chain(Code::ALL.iter().map(|code| code.as_str()))
            .collect(),
        ("launches_total" | "shed_total", "tenant") => vec!["none"],
        (_, "tenant" | "host" | "issuer" | "fingerprint" | "forwarder") => vec![],
        ("launch_duration_seconds", "outcome") => vec!["ok", "explained", "refused", "client_gone"],
        ("upstream_duration_seconds", "outcome") => vec!["ok", "refused", "failed", "cut_short"],
        ("shared_limits_asked_total", "outcome") => vec!["passed", "denied", "failed"],
        ("junction_events_total", "kind") => vec!["order", "visit", "result_critical", "other"],
        ("junction_unknown_values_total", "kind") => vec!["order_status", "visit_status"],
        ("junction_unknown_values_total", "value") => vec!["other"],
        ("event_deliveries_total", "outcome") => vec!["delivered", "failed", "dead"],
        ("audit_records_total", "kind") => Event::KINDS.into(),
        ("audit_failures_total", "cause") => Cause::ALL
            .map(Cause::as_str)
            .into_iter()
            .chain([NotWritten::QueueFull, NotWritten::Failed, NotWritten::Late].map(NotWritten::as_str))
            .collect(),
        ("audit_forward_events_total", "outcome") => vec!["delivered", "refused"],
        ("reloads_total", "outcome") => vec!["applied", "refused"],
        ("known_users_asked_total", "outcome") => vec!["seen", "never_seen", "unavailable"],
        ("token_refusals_total", "reason") => Reason::OF_TOKENS.iter().map(|reason| reason.as_str()).collect(),
        ("shed_total", "reason") => vec!["overloaded", "circuit_open", "rate_limited"],
        ("connections_cut_off_total", "reason") => CutOff::ALL.iter().map(|reason| reason.as_str()).collect(),
        (_, "task") => Task::ALL.iter().map(|task| task.as_str()).collect(),
        (_, "version") => vec![env!("CARGO_PKG_VERSION")],
        (_, other) => panic!("{metric} has no label {other}"),
    }
}

fn all_labels_are_known(page: &str, tenants: &[&str], hosts: &[&str]) {
    for figure in figures(page) {
        let metric = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|end| figure.name.strip_suffix(end))
            .unwrap_or(&figure.name);
        for (label, value) in figure.labels.iter().filter(|(label, _)| *label != "le") {
            let ids = match label.as_str() {
                "tenant" => tenants,
                "host" => hosts,
                "endpoint" => &[WEBHOOK],
                _ => &[],
            };
            let is_digest = value.len() == 12 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
            let is_known = words(metric, label).contains(&value.as_str())
                || ids.contains(&value.as_str())
                || (label == "fingerprint" && is_digest)
                || (label == "forwarder" && value.starts_with("http://127.0.0.1:"));
            assert!(is_known, "{label}=\"{value}\" of {}", figure.name);
        }
    }
}

#[cfg(target_os = "linux")]
#[actix_web::test]
async fn the_reference_of_metrics_lists_those_of_the_page_with_their_labels() {
    let page = play_with_a_panic(None).await.figures;
    let about = |kind: &str| -> BTreeMap<String, String> {
        let lines = page.lines().filter_map(|line| line.strip_prefix(&format!("# {kind} ")));
        lines
            .map(|line| line.split_once(' ').unwrap())
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .collect()
    };
    let (help, kinds) = (about("HELP"), about("TYPE"));
    let order = page
        .lines()
        .filter_map(|line| line.strip_prefix("# HELP ")?.split(' ').next());
    let rows: Vec<_> = order
        .map(|metric| {
            let name = if kinds[metric] == "counter" {
                format!("{metric}_total")
            } else {
                metric.to_owned()
            };
            let of_it = |found: &str| {
                let rest = found.strip_prefix(name.as_str());
                rest.is_some_and(|rest| ["", "_bucket", "_sum", "_count"].contains(&rest))
            };
            let labels: BTreeSet<String> = figures(&page)
                .into_iter()
                .filter(|figure| of_it(&figure.name))
                .flat_map(|figure| figure.labels.into_keys())
                .filter(|label| label != "le")
                .collect();
            let labels: Vec<_> = labels.iter().map(|label| described(&name, label)).collect();
            let help = help[metric].replace("\\\"", "\"");
            let help = help.trim_end_matches('.');
            [word(&name), kinds[metric].clone(), labels.join("; "), help.to_owned()]
        })
        .collect();
    parts_are_written(
        "docs/reference/metrics.md",
        &[("metrics", table(["metric", "type", "labels", "meaning"], rows))],
    );
}

/// A label with its values, as the reference has it.
fn described(metric: &str, label: &str) -> String {
    let values = words(metric, label)
        .into_iter()
        .map(word)
        .collect::<Vec<_>>()
        .join(", ");
    match label {
        "code" => "`code`: `ok`, `explained`, `client_gone` or an [error code](errors.md)".to_owned(),
        "version" => "`version`".to_owned(),
        "forwarder" => "`forwarder`: the URL of an `[[audit.forward]]`".to_owned(),
        "fingerprint" => "`fingerprint`: twelve hexadecimal digits".to_owned(),
        "value" => "`value`: one of Junction's words, or `other`".to_owned(),
        "tenant" | "host" | "endpoint" if values.is_empty() => format!("`{label}`: an id of the configuration"),
        "tenant" => format!("`{label}`: an id of the configuration, or {values}"),
        _ => format!("`{label}`: {values}"),
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
    all_labels_are_known(&played.figures, &TENANTS, &["main-spa", "strict-spa", "orders-ehr"]);
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
    let expected = Task::ALL.map(|task| (task.as_str().to_owned(), 0.0));
    assert_eq!(restarts, expected);
}

#[actix_web::test]
async fn no_outside_caller_can_create_a_series() {
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
