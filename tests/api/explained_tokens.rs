//! `explain --token`: an operator finds out why a token is refused, and nothing that it says comes out.

use std::{
    io::Write as _,
    process::{Output, Stdio},
};

use actix_web::rt::task::spawn_blocking;
use serde_json::{Value, json};

use crate::helpers::{
    TestConfig, binary,
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
async fn a_good_token_passes_every_check_and_its_mapped_claims_are_told_without_their_values() {
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
async fn a_refused_token_is_told_with_its_reason_and_the_check_that_failed() {
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
