//! Rates: per tenant, host and clinician, and for strangers. How they count is tested beside them; here, that they do.

use std::{cell::Cell, net::IpAddr};

use ::base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::future::{join, join_all};
use serde_json::json;

use crate::helpers::{HOST_KEY, Launch, TestApp, TestConfig, alice, with};

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

fn url_safe(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
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
async fn a_guesser_must_wait_and_never_delays_known_hosts_or_other_addresses() {
    let app = TestApp::strict().await;
    let launch = app.native("statistics").json(&json!({"clinician": alice()}));
    launch.clone().send().await.is_launched();
    let is_over = Cell::new(false);
    let guessed = Cell::new(0);
    let guesser = || async {
        while !is_over.get() {
            let wrong = app.drop_in("statistics").without_header("api-key");
            let answer = wrong.header("api-key", "egw_wrong").send().await;
            if answer.status == 429 {
                assert_eq!(answer.code(), "rate_limited");
                assert!(answer.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
                guessed.set(guessed.get() + 1);
            } else {
                answer.is_refused(401, "host_unauthenticated");
            }
        }
    };
    let holder = async {
        while guessed.get() < 1500 {
            launch.clone().send().await.is_launched();
        }
        let from_elsewhere = reqwest::Client::builder()
            .no_proxy()
            .local_address(IpAddr::from([127, 0, 0, 2]));
        let request = from_elsewhere
            .build()
            .unwrap()
            .post(format!("http://{}/v1/embeddable/statistics", app.address));
        let request = request.bearer_auth(HOST_KEY).header("content-type", "application/json");
        let answer = request
            .body(json!({"clinician": alice()}).to_string())
            .send()
            .await
            .unwrap();
        assert_eq!(
            answer.status(),
            200,
            "no host is known at that address, and nobody guesses there"
        );
        is_over.set(true);
    };
    join(join_all((0..40).map(|_| guesser())), holder).await;
}

#[actix_web::test]
async fn what_is_one_guess_too_many_is_not_looked_at_be_it_a_key_or_a_token() {
    let app = TestApp::strict().await;
    let token = format!(
        "{}.{}.c2ln",
        url_safe(br#"{"alg":"RS256"}"#),
        url_safe(br#"{"iss":"https://nobody.example"}"#)
    );
    let wrong = |credential: &str| {
        let launch = app.native("statistics").without_header("authorization");
        launch.header("authorization", format!("Bearer {credential}"))
    };
    let (mut sent, mut refused) = (0, 0);
    while refused == 0 {
        refused += limited(&wrong(&token)).await;
        sent += 30;
    }
    let looked_at = app.figure("empego_gateway_token_refusals_total{reason=\"token_of_unknown_issuer\"}");
    assert_eq!(
        looked_at.await,
        Some(f64::from(sent) - f64::from(u32::try_from(refused).unwrap()))
    );
    let of_keys = limited(&wrong("egw_wrong")).await;
    assert!(of_keys > 0, "they are the same address's");
}
