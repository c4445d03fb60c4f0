//! Tokens that prove nothing: the operator finds out why, and the caller that sent one does not.

use std::{collections::BTreeMap, time::Duration};

use actix_web::rt::task::spawn_blocking;
use domain::reason::Reason;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use wiremock::{Mock, ResponseTemplate, matchers::any};

use crate::helpers::{
    Answer, Running, TestApp, TestConfig, binary,
    issuer::{Issuer, SigningKey, now, unsigned},
    with, without,
};

/// A gateway with a token host whose `[host.jwt]` has these lines too.
async fn app_of(issuer: &Issuer, jwt: &str, tables: &str) -> TestApp {
    let mut config = TestConfig::strict();
    config.more = issuer
        .host("spa", "gateway", "")
        .replace("[host.jwt]", &format!("[host.jwt]\n{jwt}"));
    config.more.push_str(tables);
    TestApp::with(config).await
}

async fn launched(app: &TestApp, token: &str) -> Answer {
    let launch = app.request(Method::POST, "/v1/embeddable/statistics").json(&json!({}));
    let launch = launch.header("authorization", format!("Bearer {token}"));
    launch.send().await
}

async fn refusals(app: &TestApp, reason: Reason) -> String {
    let series = format!("empego_gateway_token_refusals_total{{reason=\"{}\"}}", reason.as_str());
    let counted = app.figure(&series).await;
    counted.unwrap_or_else(|| panic!("{series} is not there")).to_string()
}

/// Tokens with one thing wrong each, and whether issuer and audience still lead to a host.
fn wrong(issuer: &Issuer) -> Vec<(String, Reason, bool)> {
    let claims = || strict_claims(issuer);
    let claiming = |name: &str, value: Value| issuer.token(&with(claims(), name, value));
    let headed = |change: &dyn Fn(&mut Value)| {
        let mut header = json!({"alg": "EdDSA", "kid": "k1", "typ": "JWT"});
        change(&mut header);
        unsigned(&header, &claims().to_string(), b"signature")
    };
    let stranger = SigningKey::ed25519("k1");
    vec![
        ("a.b".to_owned(), Reason::TokenMalformed, false),
        ("a.b.c".to_owned(), Reason::TokenMalformed, false),
        ("a.b.c.d.e".to_owned(), Reason::TokenMalformed, false),
        (claiming("exp", json!("never")), Reason::TokenMalformed, false),
        (
            claiming("iss", json!("https://other.example")),
            Reason::TokenOfUnknownIssuer,
            false,
        ),
        (claiming("aud", json!("other")), Reason::TokenForOtherAudience, false),
        (
            claiming("aud", json!(["gateway", "second"])),
            Reason::TokenForSeveralHosts,
            false,
        ),
        (
            headed(&|header| header["crit"] = json!(["b64"])),
            Reason::TokenCritical,
            true,
        ),
        (
            headed(&|header| header["typ"] = json!("logout+jwt")),
            Reason::TokenType,
            true,
        ),
        (claiming("events", json!({"logout": {}})), Reason::TokenType, true),
        (
            headed(&|header| header["alg"] = json!("none")),
            Reason::TokenAlgorithm,
            true,
        ),
        (
            headed(&|header| header["alg"] = json!("ES512")),
            Reason::TokenAlgorithm,
            true,
        ),
        (
            headed(&|header| header["alg"] = json!("RS256")),
            Reason::TokenAlgorithm,
            true,
        ),
        (
            headed(&|header| header["kid"] = json!("k2")),
            Reason::TokenOfUnknownKey,
            true,
        ),
        (
            stranger.sign(&stranger.header(), &claims()),
            Reason::TokenSignature,
            true,
        ),
        (headed(&|_| {}), Reason::TokenSignature, true),
        (
            issuer.token(&without(claims(), &["exp"])),
            Reason::TokenWithoutExpiry,
            true,
        ),
        (claiming("exp", json!(now() - 120)), Reason::TokenExpired, true),
        (claiming("nbf", json!(now() + 120)), Reason::TokenNotYetValid, true),
        (claiming("iat", json!(now() + 120)), Reason::TokenFromFuture, true),
        (claiming("iat", json!(now() - 7200)), Reason::TokenTooOld, true),
        (claiming("cnf", json!({"jkt": "x"})), Reason::TokenBoundToKey, true),
        (claiming("azp", json!("other")), Reason::TokenClaimRequired, true),
    ]
}

/// The settings that the tokens above are held against.
const STRICT: &str = "max_token_age_secs = 3600\nrequire = { azp = [\"spa\", \"mobile\"] }";

fn strict_claims(issuer: &Issuer) -> Value {
    with(with(issuer.claims(), "iat", now()), "azp", "spa")
}

#[actix_web::test]
async fn every_way_to_refuse_a_token_is_counted_and_its_sender_learns_none() {
    let issuer = Issuer::start().await;
    let app = app_of(&issuer, STRICT, &issuer.host("second", "second", "")).await;
    for reason in Reason::OF_TOKENS {
        assert_eq!(refusals(&app, *reason).await, "0", "{reason:?} from the start on");
    }
    launched(&app, &issuer.token(&strict_claims(&issuer)))
        .await
        .is_launched();
    let mut expected: BTreeMap<&str, u32> = BTreeMap::new();
    for (token, reason, _) in wrong(&issuer) {
        let answer = launched(&app, &token).await;
        answer.is_refused(401, "host_unauthenticated");
        assert_eq!(
            answer.header("www-authenticate"),
            Some("Bearer error=\"invalid_token\""),
            "{reason:?}"
        );
        assert!(!answer.text.contains(reason.as_str()), "{answer:?}");
        *expected.entry(reason.as_str()).or_default() += 1;
        assert_eq!(
            refusals(&app, reason).await,
            expected[reason.as_str()].to_string(),
            "{reason:?}"
        );
    }
    let provoked = |reason: &&Reason| !expected.contains_key(reason.as_str());
    let others: Vec<_> = Reason::OF_TOKENS.iter().filter(provoked).collect();
    assert!(others.is_empty(), "{others:?}");
    app.received_one().await;
}

#[actix_web::test]
async fn no_credential_and_unknown_keys_are_challenged_without_an_error() {
    let app = TestApp::strict().await;
    for credential in [None, Some("Bearer egw_nobody"), Some("Basic YTpi")] {
        let launch = app.request(Method::POST, "/v1/embeddable/statistics").json(&json!({}));
        let launch = credential.map_or(launch.clone(), |credential| launch.header("authorization", credential));
        let answer = launch.send().await;
        answer.is_refused(401, "host_unauthenticated");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{credential:?}");
    }
}

#[actix_web::test]
async fn the_log_says_why_a_token_was_refused_and_which_host_it_names() {
    let issuer = Issuer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gateway.toml");
    let mut config = TestConfig::strict();
    config.more = issuer
        .host("spa", "gateway", "")
        .replace("[host.jwt]", &format!("[host.jwt]\n{STRICT}"));
    config.more.push_str(&issuer.host("second", "second", ""));
    std::fs::write(&file, config.text("http://127.0.0.1:9")).unwrap();
    let mut command = binary();
    command
        .env("EMPEGO_API_KEY", "key")
        .args(["serve", "--config"])
        .arg(&file);
    let mut running = Running::start(&mut command);
    let gateway = running.address();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let wrong = wrong(&issuer);
    for (at, (token, ..)) in wrong.iter().enumerate() {
        let request = client
            .post(format!("http://{gateway}/v1/embeddable/statistics"))
            .bearer_auth(token)
            .header("x-request-id", format!("00000000-0000-4000-8000-{at:012}"));
        assert_eq!(request.send().await.unwrap().status(), 401);
    }
    let (_, log) = spawn_blocking(|| running.stop()).await.unwrap();
    for (at, (token, reason, leads_to_host)) in wrong.iter().enumerate() {
        let id = format!("00000000-0000-4000-8000-{at:012}");
        let line = log.lines().find(|line| line.contains(&id)).unwrap();
        assert!(!line.contains(token.as_str()), "{line}");
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["reason"], reason.as_str(), "{line}");
        assert_eq!(line["candidate"].as_str(), leads_to_host.then_some("spa"), "{line}");
        assert_eq!(line.get("host"), None, "nothing is proven: {line}");
    }
}

#[actix_web::test]
async fn a_host_launches_only_with_tokens_that_have_the_required_claims() {
    let issuer = Issuer::start().await;
    let require =
        "[host.jwt.require]\ncid = \"spa\"\nscope = [\"launch\", \"launch/patient\"]\ntoken_use = \"access\"\n";
    let app = app_of(&issuer, "", require).await;
    let good = json!({"cid": "spa", "scope": "openid launch", "token_use": "access"});
    let rows = [
        (json!({}), true, "all of them"),
        (json!({"scope": ["launch/patient"]}), true, "the other word, in a list"),
        (
            json!({"cid": "batch"}),
            false,
            "another app's, as client credentials give it",
        ),
        (json!({"scope": "openid"}), false, "without the scope"),
        (json!({"scope": "launchpad"}), false, "a scope that begins alike"),
        (json!({"token_use": "id"}), false, "an ID token"),
        (json!({"cid": null}), false, "without the app"),
    ];
    for (changes, launches, reason) in rows {
        let mut claims = issuer.claims();
        for own in [&good, &changes] {
            for (name, value) in own.as_object().unwrap() {
                claims[name] = value.clone();
            }
        }
        let answer = launched(&app, &issuer.token(&claims)).await;
        assert_eq!(answer.status, if launches { 200 } else { 401 }, "{reason}");
    }
}

#[actix_web::test]
async fn settings_widen_the_types_of_tokens() {
    let issuer = Issuer::start().await;
    let app = app_of(&issuer, "token_types = [\"clinic+jwt\"]", "").await;
    for (typ, launches) in [
        (None, true),
        (Some("JWT"), true),
        (Some("application/at+jwt"), true),
        (Some("Clinic+JWT"), true),
        (Some("logout+jwt"), false),
        (Some("dpop+jwt"), false),
        (Some(""), false),
    ] {
        let mut header = issuer.key.header();
        header.typ = typ.map(str::to_owned);
        let answer = launched(&app, &issuer.key.sign(&header, &issuer.claims())).await;
        assert_eq!(answer.status, if launches { 200 } else { 401 }, "{typ:?}");
    }
}

#[actix_web::test]
async fn both_names_of_an_algorithm_are_accepted_of_tokens_and_of_keys() {
    let issuer = Issuer::start().await;
    let mut config = TestConfig::strict();
    let folder = tempfile::tempdir().unwrap();
    for (at, of_key) in ["EdDSA", "Ed25519"].into_iter().enumerate() {
        let file = folder.path().join(of_key);
        let key = with(issuer.key.public(), "alg", of_key);
        std::fs::write(&file, json!({"keys": [key]}).to_string()).unwrap();
        let location = format!("[host.jwt]\njwks_file = \"{}\"", file.display());
        let host = issuer.host(&format!("spa{at}"), of_key, "");
        config.more.push_str(&host.replace("[host.jwt]", &location));
    }
    let app = TestApp::with(config).await;
    for of_key in ["EdDSA", "Ed25519"] {
        for of_token in ["EdDSA", "Ed25519"] {
            let claims = with(issuer.claims(), "aud", of_key);
            let token = issuer.key.sign_text(&json!({"alg": of_token, "kid": "k1"}), &claims);
            launched(&app, &token).await.is_launched();
        }
    }
}

#[actix_web::test]
async fn another_claim_names_the_audience_of_tokens_without_one() {
    let issuer = Issuer::start().await;
    let app = app_of(&issuer, "audience_claim = \"client_id\"", "").await;
    let without_audience = without(issuer.claims(), &["aud"]);
    let own = with(without_audience.clone(), "client_id", "gateway");
    launched(&app, &issuer.token(&own)).await.is_launched();
    for claims in [
        without_audience.clone(),
        with(without_audience, "client_id", "other"),
        with(own, "aud", "other"),
    ] {
        let answer = launched(&app, &issuer.token(&claims)).await;
        answer.is_refused(401, "host_unauthenticated");
    }
}

#[actix_web::test]
async fn a_token_may_be_as_long_as_a_requests_head_allows() {
    let issuer = Issuer::start().await;
    let app = app_of(&issuer, "", "").await;
    let group = "9f4a2c1e-6b1d-4e0f-8a57-3c2b1a0f9e8d";
    for groups in [157, 500] {
        let token = issuer.token(&with(issuer.claims(), "groups", vec![group; groups]));
        assert!(token.len() > 8192, "{}", token.len());
        launched(&app, &token).await.is_launched();
    }
}

#[actix_web::test]
async fn a_new_key_under_the_same_id_is_found_without_a_flood_of_fetches() {
    let issuer = Issuer::start().await;
    let app = app_of(&issuer, "", "").await;
    launched(&app, &issuer.token(&issuer.claims())).await.is_launched();

    let new = SigningKey::p256("k1");
    issuer.publish(&[&new]).await;
    let token = new.sign(&new.header(), &issuer.claims());
    launched(&app, &token).await.is_launched();
    assert_eq!(issuer.fetches().await, 1);

    for _ in 0..50 {
        let forger = SigningKey::p256("k1");
        let answer = launched(&app, &forger.sign(&forger.header(), &issuer.claims())).await;
        answer.is_refused(401, "host_unauthenticated");
    }
    assert!(issuer.fetches().await <= 2, "{}", issuer.fetches().await);
    launched(&app, &token).await.is_launched();
}

#[actix_web::test]
async fn launches_that_wait_for_keys_share_a_fetch_but_not_a_deadline() {
    let issuer = Issuer::start().await;
    issuer.server.reset().await;
    let hangs = ResponseTemplate::new(200).set_delay(Duration::from_mins(1));
    Mock::given(any()).respond_with(hangs).mount(&issuer.server).await;
    let app = app_of(&issuer, "", "").await;
    let token = issuer.token(&issuer.claims());
    let launch = |timeout: Option<&'static str>| {
        let launch = app.request(Method::POST, "/v1/embeddable/statistics").json(&json!({}));
        let launch = launch.header("authorization", format!("Bearer {token}"));
        timeout.map_or(launch.clone(), |timeout| launch.header("x-request-timeout-ms", timeout))
    };
    let timeouts = [Some("500"), None, None, None, None, None];
    let answers = join_all(timeouts.map(|timeout| launch(timeout).send())).await;
    for (answer, timeout) in answers.iter().zip(timeouts) {
        answer.is_refused(503, "identity_provider_unavailable");
        assert_eq!(answer.header("retry-after"), Some("10"));
        assert_eq!(answer.header("www-authenticate"), None, "the token is not at fault");
        let most = Duration::from_secs(if timeout.is_some() { 3 } else { 8 });
        assert!(answer.took < most, "{timeout:?} took {:?}", answer.took);
    }
    let asked = issuer.server.received_requests().await.unwrap();
    assert_eq!(asked.len(), 1, "{asked:?}");
    app.received_nothing().await;
}
