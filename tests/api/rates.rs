//! Rates: per tenant, host and clinician, and for strangers. How they count is tested beside them; here, that they do.

use futures_util::future::join_all;
use serde_json::json;

use crate::helpers::{Launch, TestApp, TestConfig, alice, with};

/// Sends the same launch many times at once; how many were told to come back later.
async fn limited(launch: &Launch<'_>) -> usize {
    let answers = join_all((0..30).map(|_| launch.clone().send())).await;
    let limited: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    for answer in &limited {
        answer.is_refused(429, "rate_limited");
        assert!(answer.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
        assert_eq!(answer.json()["retryable"], true);
    }
    limited.len()
}

#[actix_web::test]
async fn a_hosts_rate_counts_whatever_it_sends() {
    let app = TestApp::with(TestConfig::strict().host("[host.rate]\nper_second = 1\nburst = 2")).await;
    assert!(
        limited(&app.native("statistics")).await > 0,
        "malformed launches count too"
    );
}

#[actix_web::test]
async fn a_tenants_rate_counts_all_its_hosts_together() {
    let mut config = TestConfig::strict();
    config.tenant_tables = "[tenant.rate]\nper_second = 1\nburst = 2".to_owned();
    let app = TestApp::with(config).await;
    assert!(limited(&app.native("statistics").json(&json!({"clinician": alice()}))).await > 0);
    assert!(app.received().await.len() < 30, "what was refused was not sent");
}

#[actix_web::test]
async fn one_clinicians_rate_leaves_the_others_theirs() {
    let lines = "[host.rate]\nclinician_per_second = 1\nclinician_burst = 2";
    let app = TestApp::with(TestConfig::strict().host(lines)).await;
    assert!(limited(&app.native("statistics").json(&json!({"clinician": alice()}))).await > 0);
    let other = with(alice(), "userId", "somebody-else");
    app.native("statistics")
        .json(&json!({"clinician": other}))
        .send()
        .await
        .is_launched();
}

#[actix_web::test]
async fn strangers_are_told_to_come_back_later_and_never_hold_up_whoever_has_a_key() {
    let app = TestApp::strict().await;
    let stranger = app
        .drop_in("statistics")
        .without_header("api-key")
        .header("api-key", "egw_wrong");
    let mut limited_at_last = 0;
    for _ in 0..100 {
        limited_at_last += limited(&stranger).await;
        if limited_at_last > 0 {
            break;
        }
    }
    assert!(limited_at_last > 0);
    app.native("statistics")
        .json(&json!({"clinician": alice()}))
        .send()
        .await
        .is_launched();
}
