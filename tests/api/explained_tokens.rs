//! `explain --token` and `POST /v1/explain`: an operator or a host finds out why a token is refused, and nothing that it says comes out.

use std::{
    io::Write as _,
    process::{Output, Stdio},
};

use actix_web::rt::task::spawn_blocking;
use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{
    Answer, HOST_KEY, TestApp, TestConfig, binary,
    issuer::{Issuer, SigningKey, now},
    with, without,
};

/// What the command says of this token, from standard input.
async fn explain(config: &str, token: String) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gateway.toml");
    std::fs::write(&file, config).unwrap();
    spawn_blocking(move || {
        let mut command = binary();
        command.args(["explain", "--token", "-", "--config"]).arg(&file);
        command.env("EMPEGO_API_KEY", "upstream-key");
        let streams = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = streams.spawn().unwrap();
        child.stdin.take().unwrap().write_all(token.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        drop(folder);
        output
    })
    .await
    .unwrap()
}

fn outcomes(told: &Value) -> Vec<(&str, &str)> {
    let checks = told["checks"].as_array().unwrap().iter();
    checks
        .map(|check| (check["check"].as_str().unwrap(), check["outcome"].as_str().unwrap()))
        .collect()
}

#[actix_web::test]
async fn a_good_token_passes_every_check_and_no_claim_value_is_shown() {
    let issuer = Issuer::start().await;
    let mut config = TestConfig::strict();
    config.more = issuer.host("spa", "gateway", "");
    let claims = with(
        with(without(issuer.claims(), &["locale"]), "email", "canary"),
        "given_name",
        "canary",
    );
    let token = issuer.token(&claims);
    let output = explain(&config.text("http://127.0.0.1:1"), format!("{token}\n")).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("canary") && !text.contains(&token), "{text}");
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&told["accepted"], &told["host"]), (&json!(true), &json!("spa")));
    assert_eq!(told["issuer"], issuer.uri());
    assert!(
        outcomes(&told).iter().all(|(_, outcome)| *outcome == "passed"),
        "{text}"
    );
    let claims: Vec<_> = told["claims"].as_array().unwrap().iter().map(Value::clone).collect();
    let claim = |field: &str, claim: &str, outcome: &str| json!({"field": field, "claim": claim, "outcome": outcome});
    assert_eq!(
        claims,
        [
            claim("userId", "sub", "usable"),
            claim("firstName", "given_name", "usable"),
            claim("lastName", "family_name", "usable"),
            claim("email", "email", "bad_email"),
            claim("licenseNumber", "/practitioner/license", "usable"),
            claim("preferredLanguage", "locale", "missing"),
        ]
    );
}

#[actix_web::test]
async fn a_refused_token_is_reported_with_its_reason_and_failed_check() {
    let issuer = Issuer::start().await;
    let mut config = TestConfig::strict();
    config.more = issuer.host("spa", "gateway", "");
    let config = config.text("http://127.0.0.1:1");
    let of = |name: &str, value: Value| issuer.token(&with(issuer.claims(), name, value));
    let stranger = SigningKey::ed25519("k1");
    let forged = stranger.sign(&stranger.header(), &issuer.claims());
    let rows: [(String, &str, &str, Value); 6] = [
        ("canary".to_owned(), "form", "token_malformed", Value::Null),
        (
            of("iss", json!("https://canary.example")),
            "issuer",
            "token_of_unknown_issuer",
            Value::Null,
        ),
        (
            of("aud", json!("canary")),
            "audience",
            "token_for_other_audience",
            Value::Null,
        ),
        (forged, "signature", "token_signature", json!("spa")),
        (of("exp", json!(now() - 3600)), "time", "token_expired", json!("spa")),
        (
            of("cnf", json!({"jkt": "canary"})),
            "use",
            "token_bound_to_key",
            json!("spa"),
        ),
    ];
    for (token, check, reason, host) in rows {
        let output = explain(&config, token).await;
        assert_eq!(output.status.code(), Some(1), "{reason}: {output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains("canary"), "{text}");
        let told: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&told["reason"], &told["host"]), (&json!(reason), &host), "{text}");
        let failed: Vec<_> = outcomes(&told)
            .into_iter()
            .filter(|(_, outcome)| *outcome == "failed")
            .collect();
        assert_eq!(failed, [(check, "failed")], "{text}");
    }
}

/// A gateway with a token host of the caller's tenant, and one of another's.
async fn gateway(own: &Issuer, others: &Issuer, host: &str) -> TestApp {
    let mut config = TestConfig::strict().host(host);
    let foreign = others.host("foreign", "other", "explain = true");
    let foreign = foreign.replace("tenant = \"downtown\"", "tenant = \"uptown\"");
    config.more = own.host("spa", "gateway", "explain = true")
        + "[[tenant]]\nid = \"uptown\"\napi_key_env = \"OTHER_API_KEY\"\n"
        + &foreign;
    TestApp::with(config).await
}

async fn asked(app: &TestApp, credential: &str, body: &Value) -> Answer {
    let request = app.request(Method::POST, "/v1/explain");
    let request = request.header("authorization", format!("Bearer {credential}"));
    request.json(body).send().await
}

#[actix_web::test]
async fn a_host_with_a_key_learns_what_becomes_of_a_token() {
    let (own, others) = (Issuer::start().await, Issuer::start().await);
    let app = gateway(&own, &others, "explain = true").await;
    let of = |name: &str, value: Value| own.token(&with(own.claims(), name, value));
    let stranger = SigningKey::ed25519("k1");
    let forged = stranger.sign(&stranger.header(), &with(own.claims(), "sub", "canary"));
    let rows = [
        (own.token(&own.claims()), None, json!(null), json!("spa"), "a good one"),
        (
            of("exp", json!(now() - 3600)),
            Some("time"),
            json!("token_expired"),
            json!("spa"),
            "one that has expired",
        ),
        (
            forged,
            Some("signature"),
            json!("token_signature"),
            json!("spa"),
            "a forged one",
        ),
        (
            of("aud", json!("canary")),
            Some("audience"),
            json!("token_for_other_audience"),
            json!(null),
            "for somebody else",
        ),
        (
            of("iss", json!("https://canary.example")),
            Some("issuer"),
            json!("token_of_unknown_issuer"),
            json!(null),
            "of a stranger",
        ),
        (
            "canary".to_owned(),
            Some("form"),
            json!("token_malformed"),
            json!(null),
            "none",
        ),
        (
            String::new(),
            Some("form"),
            json!("token_malformed"),
            json!(null),
            "nothing",
        ),
        (
            "canary.é.\u{0}".to_owned(),
            Some("form"),
            json!("token_malformed"),
            json!(null),
            "other characters",
        ),
    ];
    for (token, check, reason, host, about) in rows {
        let answer = asked(&app, HOST_KEY, &json!({"token": token})).await;
        assert_eq!(answer.status, 200, "{about}: {answer:?}");
        assert!(!answer.text.contains("canary"), "{about}: {}", answer.text);
        assert!(
            token.is_empty() || !answer.text.contains(&token),
            "{about}: {}",
            answer.text
        );
        let told = answer.json();
        assert_eq!((&told["reason"], &told["host"]), (&reason, &host), "{about}");
        assert_eq!(told["accepted"], check.is_none(), "{about}");
        let failed = outcomes(&told).into_iter().find(|(_, outcome)| *outcome == "failed");
        assert_eq!(failed.map(|(check, _)| check), check, "{about}");
        assert_eq!(told["claims"].as_array().unwrap().is_empty(), host.is_null(), "{about}");
    }
    app.received_nothing().await;
    let lacking = without(own.claims(), &["family_name", "locale"]);
    let expired = own.token(&with(lacking, "exp", now() - 3600));
    let told = asked(&app, HOST_KEY, &json!({"token": expired})).await.json();
    let missing: Vec<_> = told["claims"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|claim| claim["outcome"] == "missing")
        .collect();
    assert_eq!(missing.len(), 2, "{told}");
    assert_eq!(told["issuer"], own.uri());
}

#[actix_web::test]
async fn hosts_of_other_tenants_are_not_named() {
    let (own, others) = (Issuer::start().await, Issuer::start().await);
    let app = gateway(&own, &others, "explain = true").await;
    // The gateway fetches all keys once when it starts.
    while others.fetches().await == 0 {
        actix_web::rt::task::yield_now().await;
    }
    // A host of its own tenant would have them fetched again for a key that is not among them.
    let unknown = SigningKey::ed25519("unknown");
    let foreign = unknown.sign(&unknown.header(), &with(others.claims(), "aud", "other"));
    let told = asked(&app, HOST_KEY, &json!({"token": foreign})).await.json();
    assert_eq!(told["reason"], "token_of_unknown_issuer", "{told}");
    assert!(told["host"].is_null() && told["issuer"].is_null(), "{told}");
    assert_eq!(others.fetches().await, 1, "nor asked for their keys again");
}

#[actix_web::test]
async fn no_other_caller_learns_what_becomes_of_a_token() {
    let (own, others) = (Issuer::start().await, Issuer::start().await);
    let token = own.token(&own.claims());
    let body = json!({"token": token});
    let app = gateway(&own, &others, "explain = true").await;
    asked(&app, "egw_nobody", &body)
        .await
        .is_refused(401, "host_unauthenticated");
    let denied = asked(&app, &token, &body).await;
    assert_eq!(
        denied.is_refused(403, "endpoint_denied").json()["reason"],
        "tokens_for_keys_alone"
    );
    let rows = [
        (json!({}), "/token"),
        (json!({"token": 7}), "/token"),
        (json!({"token": "a.b.c", "patientKey": "p1"}), "/*"),
    ];
    for (body, field) in rows {
        let answer = asked(&app, HOST_KEY, &body).await;
        assert_eq!(
            answer.is_refused(400, "invalid_request").json()["errors"][0]["field"],
            field,
            "{body}"
        );
    }
    let app = gateway(&own, &others, "explain = false").await;
    asked(&app, HOST_KEY, &body).await.is_refused(403, "endpoint_denied");
}
