//! Token hosts: the clinician comes from the verified token and from nowhere else.

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{
    Launch, TestApp, TestConfig,
    issuer::{Issuer, SigningKey, now},
    with, without,
};

/// A gateway with a token host beside its asserted one.
async fn app_of(issuer: &Issuer, lines: &str) -> TestApp {
    let mut config = TestConfig::strict();
    config.more = issuer.host("spa", "gateway", lines);
    TestApp::with(config).await
}

fn native<'a>(app: &'a TestApp, tail: &str, token: &str, body: &Value) -> Launch<'a> {
    let launch = app.request(Method::POST, &format!("/v1/embeddable/{tail}")).json(body);
    launch.header("authorization", format!("Bearer {token}"))
}

fn drop_in<'a>(app: &'a TestApp, tail: &str, token: &str) -> Launch<'a> {
    let launch = app.request(Method::GET, &format!("/empego-integrations/R4/embeddable/{tail}"));
    launch.header("authorization", format!("Bearer {token}"))
}

async fn sent_user(app: &TestApp) -> Value {
    use ::base64::{Engine as _, engine::general_purpose::STANDARD};
    let received = app.received().await;
    let header = received.last().unwrap().headers["x-integration-user"]
        .as_bytes()
        .to_vec();
    serde_json::from_slice(&STANDARD.decode(header).unwrap()).unwrap()
}

#[actix_web::test]
async fn a_good_token_launches_as_the_person_it_names() {
    let issuer = Issuer::start().await;
    let app = app_of(&issuer, "user_id_prefix = \"idp:\"").await;
    let token = issuer.token(&issuer.claims());
    let expected = json!({
        "userId": "idp:42", "firstName": "Alice", "lastName": "Johnson", "email": "alice@clinic.ca",
        "licenseNumber": "MD1", "preferredLanguage": "EN",
    });

    let answer = native(&app, "statistics", &token, &json!({})).send().await;
    assert_eq!(answer.is_launched().json()["identity"], "clinician");
    assert_eq!(sent_user(&app).await, expected);
    assert_eq!(app.received().await.last().unwrap().url.query(), Some("locale=en"));

    drop_in(&app, "statistics", &token).send().await.is_launched();
    assert_eq!(sent_user(&app).await, expected);
}

#[actix_web::test]
async fn keys_are_found_by_discovery_by_address_and_in_a_file() {
    let issuer = Issuer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    std::fs::write(&file, json!({"keys": [issuer.key.public()]}).to_string()).unwrap();
    let locations = [
        String::new(),
        format!("jwks_url = \"{}/jwks\"", issuer.uri()),
        format!("jwks_file = \"{}\"", file.display()),
    ];
    for location in locations {
        let mut config = TestConfig::strict();
        config.more = issuer
            .host("spa", "gateway", "")
            .replace("[host.jwt]", &format!("[host.jwt]\n{location}"));
        let app = TestApp::with(config).await;
        let token = issuer.token(&issuer.claims());
        native(&app, "statistics", &token, &json!({}))
            .send()
            .await
            .is_launched();
    }
}

#[actix_web::test]
async fn a_discovery_document_of_another_issuer_is_not_believed() {
    let issuer = Issuer::start().await;
    let liar = Issuer::start().await;
    let discovery = json!({"issuer": liar.uri(), "jwks_uri": format!("{}/jwks", issuer.uri())});
    issuer.server.reset().await;
    let answer = wiremock::ResponseTemplate::new(200).set_body_json(discovery);
    wiremock::Mock::given(wiremock::matchers::any())
        .respond_with(answer)
        .mount(&issuer.server)
        .await;
    let app = app_of(&issuer, "").await;
    let token = issuer.token(&issuer.claims());
    native(&app, "statistics", &token, &json!({}))
        .send()
        .await
        .is_refused(503, "identity_provider_unavailable");
    assert_eq!(issuer.fetches().await, 0);
    app.received_nothing().await;
}

#[actix_web::test]
async fn rotated_keys_are_found_at_once_and_forged_key_ids_cause_no_flood() {
    let issuer = Issuer::start().await;
    let app = app_of(&issuer, "").await;
    native(&app, "statistics", &issuer.token(&issuer.claims()), &json!({}))
        .send()
        .await
        .is_launched();

    let new = SigningKey::p256("k2");
    issuer.publish(&[&new]).await;
    let token = new.sign(&new.header(), &issuer.claims());
    native(&app, "statistics", &token, &json!({}))
        .send()
        .await
        .is_launched();
    assert_eq!(issuer.fetches().await, 1);

    for forged in 0..100 {
        let forger = SigningKey::ed25519(&format!("forged-{forged}"));
        let token = forger.sign(&forger.header(), &issuer.claims());
        native(&app, "statistics", &token, &json!({}))
            .send()
            .await
            .is_refused(401, "host_unauthenticated");
    }
    assert!(issuer.fetches().await <= 2, "{}", issuer.fetches().await);
    native(&app, "statistics", &token, &json!({}))
        .send()
        .await
        .is_launched();
}

#[actix_web::test]
async fn launches_that_come_at_once_share_one_fetch() {
    let issuer = Issuer::start().await;
    let app = app_of(&issuer, "").await;
    let token = issuer.token(&issuer.claims());
    let launches = (0..20).map(|_| native(&app, "statistics", &token, &json!({})).send());
    for answer in futures_util::future::join_all(launches).await {
        answer.is_launched();
    }
    assert_eq!(issuer.fetches().await, 1);
}

#[actix_web::test]
async fn oversized_documents_are_not_read_to_their_end() {
    let issuer = Issuer::start().await;
    let padding = " ".repeat(300 * 1024);
    let keys = format!("{{\"keys\":[{}]}}{padding}", issuer.key.public());
    issuer.server.reset().await;
    let answer = wiremock::ResponseTemplate::new(200).set_body_string(keys);
    wiremock::Mock::given(wiremock::matchers::any())
        .respond_with(answer)
        .mount(&issuer.server)
        .await;
    let mut config = TestConfig::strict();
    let location = format!("[host.jwt]\njwks_url = \"{}/jwks\"", issuer.uri());
    config.more = issuer.host("spa", "gateway", "").replace("[host.jwt]", &location);
    let app = TestApp::with(config).await;
    let launch = native(&app, "statistics", &issuer.token(&issuer.claims()), &json!({}));
    launch.send().await.is_refused(503, "identity_provider_unavailable");
}

#[actix_web::test]
async fn the_last_good_keys_outlive_the_issuer() {
    let issuer = Issuer::start().await;
    let app = app_of(&issuer, "").await;
    let token = issuer.token(&issuer.claims());
    native(&app, "statistics", &token, &json!({}))
        .send()
        .await
        .is_launched();
    issuer.server.reset().await;
    native(&app, "statistics", &token, &json!({}))
        .send()
        .await
        .is_launched();
}

#[actix_web::test]
async fn a_key_fetch_that_hangs_beside_a_bad_body_is_an_authentication_outcome() {
    let issuer = Issuer::start().await;
    issuer.server.reset().await;
    let hangs = wiremock::ResponseTemplate::new(200).set_delay(std::time::Duration::from_mins(1));
    wiremock::Mock::given(wiremock::matchers::any())
        .respond_with(hangs)
        .mount(&issuer.server)
        .await;
    let app = app_of(&issuer, "").await;
    let launch = app
        .request(Method::POST, "/v1/embeddable/statistics")
        .header("content-type", "text/plain");
    let launch = launch.header("authorization", format!("Bearer {}", issuer.token(&issuer.claims())));
    launch
        .body("{{{")
        .send()
        .await
        .is_refused(503, "identity_provider_unavailable");
}

#[actix_web::test]
async fn unusable_claims_are_named_once_everything_else_is_well_formed() {
    let issuer = Issuer::start().await;
    let app = app_of(&issuer, "").await;
    let token = issuer.token(&with(with(issuer.claims(), "email_verified", false), "given_name", 7));
    let answer = native(&app, "statistics", &token, &json!({})).send().await;
    answer
        .is_refused(403, "claim_unusable")
        .naming(&[("/token/email", "not_accepted"), ("/token/firstName", "wrong_type")]);
    let malformed = native(&app, "consultation/view", &token, &json!({})).send().await;
    malformed.is_refused(400, "invalid_request");
    app.received_nothing().await;
}

#[actix_web::test]
async fn a_user_id_that_cannot_be_used_is_named_and_its_host_is_known() {
    let issuer = Issuer::start().await;
    let mut config = TestConfig::strict();
    config.more = issuer.host("spa", "gateway", "explain = true");
    let app = TestApp::with(config).await;
    let longest = "a".repeat(255);
    let token = issuer.token(&with(issuer.claims(), "sub", longest.as_str()));
    native(&app, "statistics", &token, &json!({}))
        .send()
        .await
        .is_launched();
    assert_eq!(sent_user(&app).await["userId"], longest);

    let rows = [
        (without(issuer.claims(), &["sub"]), "required"),
        (with(issuer.claims(), "sub", Value::Null), "required"),
        (with(issuer.claims(), "sub", 42), "wrong_type"),
        (with(issuer.claims(), "sub", ""), "empty"),
        (with(issuer.claims(), "sub", "e\u{301}"), "not_normalized"),
        (with(issuer.claims(), "sub", format!("{longest}a")), "too_long"),
        (with(issuer.claims(), "sub", "42 "), "outer_space"),
    ];
    for (claims, code) in rows {
        let token = issuer.token(&claims);
        let answer = native(&app, "statistics", &token, &json!({})).send().await;
        answer
            .is_refused(403, "claim_unusable")
            .naming(&[("/token/userId", code)]);
        assert_eq!(
            answer.json()["reason"],
            "claim_not_usable",
            "told to the host, which is known"
        );
    }
    app.received_one().await;
}

#[actix_web::test]
async fn a_blank_directory_field_locks_no_clinician_out() {
    let issuer = Issuer::start().await;
    let app = app_of(&issuer, "").await;
    let mut claims = with(issuer.claims(), "practitioner", json!({"license": ""}));
    for (name, value) in [
        ("given_name", "Noah "),
        ("email", " alice@clinic.ca"),
        ("email_verified", "True"),
        ("locale", " "),
    ] {
        claims = with(claims, name, value);
    }
    let answer = native(&app, "statistics", &issuer.token(&claims), &json!({}))
        .send()
        .await;
    assert_eq!(
        answer.is_launched().json()["warnings"],
        json!(["licence_may_be_inherited"])
    );
    let expected = json!({
        "userId": "42", "firstName": "Noah", "lastName": "Johnson", "email": "alice@clinic.ca",
    });
    assert_eq!(sent_user(&app).await, expected);
}

#[actix_web::test]
async fn the_mapped_claims_that_a_bare_token_lacks_are_named() {
    let issuer = Issuer::start().await;
    let app = app_of(&issuer, "").await;
    let profile = ["given_name", "family_name", "email", "practitioner", "locale"];
    let bare = issuer.token(&without(issuer.claims(), &profile));
    let answer = native(&app, "statistics", &bare, &json!({})).send().await;
    answer.is_refused(400, "intent_required").naming(&[
        ("/token/firstName", "required"),
        ("/token/lastName", "required"),
        ("/token/email", "required"),
        ("/token/licenseNumber", "required"),
        ("/token/preferredLanguage", "required"),
    ]);
}

#[actix_web::test]
async fn a_host_may_insist_on_verified_addresses() {
    let issuer = Issuer::start().await;
    let mut config = TestConfig::strict();
    config.more = issuer
        .host("spa", "gateway", "")
        .replace("[host.jwt]", "[host.jwt]\nrequire_verified_email = true");
    let app = TestApp::with(config).await;
    let token = issuer.token(&issuer.claims());
    native(&app, "statistics", &token, &json!({}))
        .send()
        .await
        .is_launched();
    for claims in [
        without(issuer.claims(), &["email_verified"]),
        with(issuer.claims(), "email_verified", "yes"),
    ] {
        let answer = native(&app, "statistics", &issuer.token(&claims), &json!({}))
            .send()
            .await;
        answer
            .is_refused(403, "claim_unusable")
            .naming(&[("/token/email", "not_accepted")]);
    }
}

#[actix_web::test]
async fn what_the_token_lacks_is_named_at_the_token() {
    let issuer = Issuer::start().await;
    let app = app_of(&issuer, "").await;
    let token = issuer.token(&without(issuer.claims(), &["email"]));
    let answer = native(&app, "statistics", &token, &json!({})).send().await;
    answer
        .is_refused(400, "user_fields_missing")
        .naming(&[("/token/email", "required")]);
}

#[actix_web::test]
async fn another_language_is_left_out_with_a_warning() {
    let issuer = Issuer::start().await;
    let app = app_of(&issuer, "").await;
    let token = issuer.token(&with(issuer.claims(), "locale", "de-CH"));
    let answer = native(&app, "statistics", &token, &json!({})).send().await;
    assert_eq!(answer.is_launched().json()["warnings"], json!(["language_ignored"]));
    assert_eq!(sent_user(&app).await.get("preferredLanguage"), None);
}

#[actix_web::test]
async fn a_token_that_names_a_patient_opens_no_other_patient() {
    let issuer = Issuer::start().await;
    let mut config = TestConfig::strict();
    config.more = issuer
        .host("spa", "gateway", "unbound_endpoints = [\"followup/dashboard\"]")
        .replace("[host.jwt.claims]", "[host.jwt.claims]\npatient_key = \"patient\"");
    let app = TestApp::with(config).await;
    let bound = issuer.token(&with(issuer.claims(), "patient", "p1"));
    let nobody = issuer.token(&issuer.claims());
    let own = json!({"patientKey": "p1"});
    let other = json!({"patientKey": "p2"});
    let silent = json!({});
    let rows: &[(&str, &str, &Value, Option<Option<&str>>, &str)] = &[
        ("consultation/view", &bound, &own, Some(Some("p1")), "its own"),
        (
            "consultation/view",
            &bound,
            &silent,
            Some(Some("p1")),
            "filled in, though required",
        ),
        ("followup/view", &bound, &silent, Some(Some("p1")), "filled in"),
        ("followup/plan", &bound, &silent, Some(Some("p1")), "filled in"),
        (
            "followup/dashboard",
            &bound,
            &silent,
            Some(None),
            "listed as unbound; nothing to fill in",
        ),
        (
            "followup/dashboard",
            &bound,
            &other,
            None,
            "listed as unbound, and somebody else",
        ),
        ("followup/plan", &bound, &other, None, "somebody else"),
        ("statistics", &bound, &silent, None, "about no one patient"),
        (
            "statistics",
            &bound,
            &own,
            None,
            "about no one patient, though its own is named",
        ),
        ("consultation/view", &nobody, &own, None, "the token names nobody"),
        ("followup/dashboard", &nobody, &silent, None, "the token names nobody"),
    ];
    for (tail, token, body, launched, reason) in rows {
        let answer = native(&app, tail, token, body).send().await;
        let Some(patient) = launched else {
            answer.is_refused(403, "patient_denied");
            continue;
        };
        answer.is_launched();
        let received = app.received().await;
        let sent = received
            .last()
            .unwrap()
            .url
            .query_pairs()
            .find(|(name, _)| name == "patientKey");
        assert_eq!(
            sent.map(|(_, value)| value.into_owned()).as_deref(),
            *patient,
            "{reason}"
        );
    }
}

#[actix_web::test]
async fn a_bound_launch_sends_no_parameter_that_may_name_another_patient() {
    let issuer = Issuer::start().await;
    let mut config = TestConfig::documented();
    config.more = issuer
        .host(
            "spa",
            "gateway",
            "unbound_endpoints = [\"consultation/specific\"]\nbound_params = [\"consultationKey\", \"ward\"]",
        )
        .replace("[host.jwt.claims]", "[host.jwt.claims]\npatient_key = \"patient\"");
    let app = TestApp::with(config).await;
    let bound = issuer.token(&with(issuer.claims(), "patient", "p1"));
    let rows = [
        (json!({"accessKey": "a"}), false, "a consultation that somebody answers"),
        (json!({"followupKey": "f"}), false, "a follow-up"),
        (json!({"patientId": "p2"}), false, "another name for a patient"),
        (json!({"userId": "other"}), false, "another name for a clinician"),
        (json!({"sessionId": "s"}), false, "a session"),
        (
            json!({"ward": "4", "patientId": "p2"}),
            false,
            "beside one that is listed",
        ),
        (json!({"consultationKey": "c"}), true, "listed"),
        (json!({"ward": "4"}), true, "listed, and none that Empego's pages name"),
    ];
    for (params, is_launched, reason) in rows {
        for tail in ["consultation/view", "consultation/specific"] {
            let body = json!({"params": params, "locale": "fr"});
            let answer = native(&app, tail, &bound, &body).send().await;
            assert_eq!(answer.status == 200, is_launched, "{reason}: {answer:?}");
            if !is_launched {
                answer.is_refused(403, "patient_denied");
            }
        }
    }
}

#[actix_web::test]
async fn a_server_gets_no_headers_that_are_for_pages() {
    let issuer = Issuer::start().await;
    let app = app_of(&issuer, "").await;
    let token = issuer.token(&issuer.claims());
    let launched = native(&app, "statistics", &token, &json!({})).send().await;
    for name in ["access-control-allow-origin", "access-control-expose-headers"] {
        assert_eq!(launched.is_launched().header(name), None, "{name}");
    }
}

#[actix_web::test]
async fn listed_origins_may_launch_and_read_errors_and_others_may_not() {
    let issuer = Issuer::start().await;
    let app = app_of(&issuer, "").await;
    let token = issuer.token(&issuer.claims());
    let own = "https://ehr.example";

    let preflight = |origin: &str, headers: &str| {
        let launch = app
            .request(Method::OPTIONS, "/v1/embeddable/statistics")
            .header("origin", origin);
        let launch = launch.header("access-control-request-method", "POST");
        launch.header("access-control-request-headers", headers)
    };
    let headers =
        "authorization,content-type,accept,x-request-id,x-integration-intent,x-request-timeout-ms,traceparent";
    let answer = preflight(own, headers).send_unchecked().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("access-control-allow-origin"), Some(own));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    preflight("https://evil.test", headers)
        .send()
        .await
        .is_refused(403, "origin_denied");
    preflight("null", headers).send().await.is_refused(403, "origin_denied");
    let answer = preflight(own, "x-tenant-key").send_unchecked().await;
    let allowed = answer.header("access-control-allow-headers").unwrap();
    assert!(!allowed.contains("x-tenant-key"), "the browser refuses: {allowed}");

    let launched = native(&app, "statistics", &token, &json!({}))
        .header("origin", own)
        .send()
        .await;
    assert_eq!(launched.is_launched().header("access-control-allow-origin"), Some(own));
    let exposed = launched.header("access-control-expose-headers").unwrap().to_lowercase();
    for name in ["x-request-id", "x-gateway-warnings", "retry-after", "www-authenticate"] {
        assert!(exposed.contains(name), "{exposed}");
    }
    let refused = native(&app, "statistics", "a.b.c", &json!({}))
        .header("origin", own)
        .send()
        .await;
    assert_eq!(
        refused
            .is_refused(401, "host_unauthenticated")
            .header("access-control-allow-origin"),
        Some(own)
    );

    for foreign in [
        "https://evil.test",
        "null",
        "https://ehr.example:8443",
        "http://ehr.example",
        "",
    ] {
        let answer = native(&app, "statistics", &token, &json!({}))
            .header("origin", foreign)
            .send()
            .await;
        assert_eq!(
            answer
                .is_refused(403, "origin_denied")
                .header("access-control-allow-origin"),
            None,
            "{foreign}"
        );
    }
    let keyed = app.native("statistics").json(&json!({})).header("origin", own);
    keyed.send().await.is_refused(403, "origin_denied");
    app.received_one().await;
}

#[actix_web::test]
async fn a_minute_of_clock_skew_is_forgiven_and_two_are_not() {
    let issuer = Issuer::start().await;
    let app = app_of(&issuer, "").await;
    for (claim, skew, good) in [
        ("exp", -30, true),
        ("exp", -120, false),
        ("nbf", 30, true),
        ("nbf", 120, false),
    ] {
        let token = issuer.token(&with(issuer.claims(), claim, now() + skew));
        let answer = native(&app, "statistics", &token, &json!({})).send().await;
        assert_eq!(answer.status, if good { 200 } else { 401 }, "{claim} {skew}");
    }
}
