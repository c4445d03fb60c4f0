//! Launches that go well, and exactly what they send.

use domain::empego::Endpoint;
use serde_json::{Value, json};

use crate::helpers::{HOST_KEY, TestApp, TestConfig, alice, base64, with, without};

/// Empego's sample of a complete profile, as its page prints it.
const ALICE: &str = "eyJ1c2VySWQiOiJuZXdfdXNlcl80NTYiLCJmaXJzdE5hbWUiOiJEci4gQWxpY2UiLCJsYXN0TmFtZSI6IkpvaG5zb24iLCJlbWFpbCI6ImFsaWNlLmpvaG5zb25AY2xpbmljLmNvbSIsImxpY2Vuc2VOdW1iZXIiOiJNRDc4OTEyMyIsInByZWZlcnJlZExhbmd1YWdlIjoiRU4ifQ==";

const EMBED_URL: &str = "https://app.empego.ca/fr/embed/franchise/test/consultation/start?sessionId=1";

#[actix_web::test]
async fn a_native_launch_answers_the_document_of_the_contract() {
    let app = TestApp::strict().await;
    let id = "0b0e7c9e-5b1f-4c57-9a53-5e0f0c7d4b11";

    let answer = app
        .native("consultation/view")
        .header("x-request-id", id)
        .json(&json!({"clinician": alice(), "intent": "upsert", "patientKey": "patient123"}))
        .send()
        .await;

    let expected = json!({
        "url": EMBED_URL, "origin": "https://app.empego.ca", "identity": "clinician", "audience": "clinician",
        "warnings": [], "requestId": id, "frame": {"referrerPolicy": "strict-origin"},
    });
    assert_eq!(answer.is_launched().json(), expected);
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

#[actix_web::test]
async fn a_drop_in_launch_answers_the_url_alone() {
    let app = TestApp::documented().await;

    let answer = app
        .drop_in("consultation/view")
        .query("patientKey=patient123&locale=en")
        .user(&alice())
        .send()
        .await;

    assert_eq!(answer.is_launched().text, EMBED_URL);
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(answer.header("vary"), Some("Accept"));
    assert_eq!(answer.header("x-gateway-warnings"), None);
}

#[actix_web::test]
async fn only_the_header_the_key_and_the_query_are_sent_upstream() {
    let app = TestApp::strict().await;

    app.native("consultation/view")
        .header("cookie", "session=secret")
        .header("x-forwarded-for", "6.6.6.6")
        .header("user-agent", "ehr/1.0")
        .header("accept-language", "fr")
        .json(&json!({
            "clinician": alice(), "patientKey": "patient 1&x=y", "locale": "FR", "params": {"consultationKey": "c/1"},
        }))
        .send()
        .await
        .is_launched();

    let sent = app.received_one().await;
    let mut headers: Vec<_> = sent
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    headers.sort_unstable();
    let host = app.upstream.address().to_string();
    let agent = concat!("empego-gateway/", env!("CARGO_PKG_VERSION"));
    let expected = [
        ("accept", "*/*"),
        ("accept-encoding", "identity"),
        ("api-key", "upstream-key"),
        ("host", host.as_str()),
        ("user-agent", agent),
        ("x-integration-user", ALICE),
    ];
    assert_eq!(headers, expected);
    assert_eq!(sent.method.as_str(), "GET");
    assert_eq!(sent.url.path(), "/empego-integrations/R4/embeddable/consultation/view");
    assert_eq!(
        sent.url.query(),
        Some("patientKey=patient%201%26x%3Dy&consultationKey=c%2F1&locale=fr")
    );
    assert!(sent.body.is_empty());
}

#[actix_web::test]
async fn all_twelve_endpoints_are_called_by_both_apis() {
    let app = TestApp::documented().await;
    for endpoint in Endpoint::ALL {
        let tail = endpoint.tail();
        let drop_in = app.drop_in(tail).query("patientKey=p").user(&alice()).send().await;
        let native = app
            .native(tail)
            .json(&json!({"clinician": alice(), "patientKey": "p"}))
            .send()
            .await;
        assert_eq!(drop_in.is_launched().text, EMBED_URL);
        let audience = if tail == "consultation/answer" {
            "patient"
        } else {
            "clinician"
        };
        assert_eq!(native.is_launched().json()["audience"], audience, "{tail}");
    }
    let received = app.received().await;
    let paths: Vec<_> = received.iter().map(|request| request.url.path()).collect();
    let expected: Vec<_> = Endpoint::ALL
        .iter()
        .flat_map(|endpoint| vec![format!("/empego-integrations/R4/embeddable/{}", endpoint.tail()); 2])
        .collect();
    assert_eq!(paths, expected);
}

#[actix_web::test]
async fn a_received_header_is_encoded_anew() {
    let app = TestApp::documented().await;
    let sloppy = r#" { "email" : null, "preferredLanguage":"en", "userId":"u123", "firstName":"Noe\u0308l" } "#;

    app.drop_in("statistics")
        .header("x-integration-user", base64(sloppy).trim_end_matches('='))
        .send()
        .await
        .is_launched();

    let sent = app.received_one().await;
    let canonical = "{\"userId\":\"u123\",\"firstName\":\"Noe\u{308}l\",\"preferredLanguage\":\"EN\"}";
    assert_eq!(sent.headers["x-integration-user"].to_str().unwrap(), base64(canonical));
}

#[actix_web::test]
async fn without_a_clinician_no_user_header_is_sent() {
    let app = TestApp::documented().await;
    let drop_in = app
        .drop_in("statistics")
        .header("accept", "application/json")
        .send()
        .await;
    assert_eq!(drop_in.is_launched().json()["identity"], "owner");
    let native = app.native("statistics").json(&json!({"intent": "owner"})).send().await;
    assert_eq!(native.is_launched().json()["identity"], "owner");
    for sent in app.received().await {
        assert!(!sent.headers.contains_key("x-integration-user"));
    }
}

#[actix_web::test]
async fn the_locale_of_silence_depends_on_who_is_silent() {
    let french = with(alice(), "preferredLanguage", "fr");
    let nobody_says = without(alice(), &["preferredLanguage"]);
    let rows: &[(&str, &str, Value, Option<&str>, &str)] = &[
        (
            "native",
            "consultation/dashboard",
            french.clone(),
            Some("locale=fr"),
            "the clinician's language",
        ),
        (
            "native",
            "consultation/answer",
            french.clone(),
            Some("locale=en"),
            "the patient does not read the clinician's",
        ),
        (
            "native",
            "statistics",
            nobody_says.clone(),
            Some("locale=en"),
            "the tenant's default",
        ),
        (
            "drop-in",
            "consultation/dashboard",
            french,
            Some("locale=en"),
            "Empego's form has the tenant's default only",
        ),
    ];
    let app = TestApp::with(TestConfig::documented().tenant("default_locale = \"en\"")).await;
    for (form, tail, clinician, query, reason) in rows {
        let launch = match *form {
            "native" => app.native(tail).json(&json!({"clinician": clinician})),
            _ => app.drop_in(tail).user(clinician),
        };
        launch.send().await.is_launched();
        let received = app.received().await;
        assert_eq!(received.last().unwrap().url.query(), *query, "{reason}");
    }

    let app = TestApp::documented().await;
    app.native("statistics")
        .json(&json!({"clinician": nobody_says}))
        .send()
        .await
        .is_launched();
    assert_eq!(
        app.received_one().await.url.query(),
        None,
        "and without a default nothing is sent"
    );
}

#[actix_web::test]
async fn json_is_sent_only_to_clients_that_accept_no_text() {
    let app = TestApp::documented().await;
    let rows: &[(Option<&str>, bool, &str)] = &[
        (None, false, "says nothing"),
        (Some("*/*"), false, "fetch"),
        (Some("application/json, text/plain, */*"), false, "axios"),
        (Some("application/json"), true, "JSON alone"),
        (Some("application/json;q=0.5"), true, "JSON alone, unwillingly"),
        (Some("application/*"), true, "JSON by a range"),
        (
            Some("application/json, text/html"),
            true,
            "JSON, and HTML that is not on offer",
        ),
        (Some("application/json, text/*"), false, "text by a range"),
        (Some("application/json, text/plain;q=0"), true, "text refused by name"),
        (Some("application/json;q=0"), false, "JSON refused by name"),
        (Some(";;;"), false, "cannot be read"),
    ];
    for (accept, json, reason) in rows {
        let mut launch = app.drop_in("statistics").user(&alice());
        if let Some(accept) = accept {
            launch = launch.header("accept", *accept);
        }
        let answer = launch.send().await;
        let expected = if *json {
            "application/json"
        } else {
            "text/plain; charset=utf-8"
        };
        assert_eq!(answer.is_launched().header("content-type"), Some(expected), "{reason}");
        assert_eq!(answer.header("vary"), Some("Accept"), "{reason}");
    }
}

#[actix_web::test]
async fn the_frame_and_the_tenants_own_upstream_follow_its_settings() {
    let mut config = TestConfig::strict().empego("base_url = \"http://127.0.0.1:1/nobody\"");
    config.tenant_tables =
        "[tenant.frame]\nreferrer_policy = \"no-referrer\"\nallow = \"camera\"\nsandbox = \"allow-scripts\"\n"
            .to_owned();
    let other = wiremock::MockServer::start().await;
    wiremock::Mock::given(wiremock::matchers::any())
        .respond_with(wiremock::ResponseTemplate::new(200).set_body_string("uat.empego.ca/x"))
        .mount(&other)
        .await;
    let own = format!(
        "[tenant.empego]\nbase_url = \"{}/uat\"\nembed_hosts = [\"uat.empego.ca\"]\n",
        other.uri()
    );
    config.tenant_tables.push_str(&own);
    let app = TestApp::with_silent_upstream(config).await;

    let answer = app
        .native("statistics")
        .json(&json!({"clinician": alice()}))
        .send()
        .await;

    let body = answer.is_launched().json();
    assert_eq!(body["url"], "https://uat.empego.ca/x");
    assert_eq!(
        body["frame"],
        json!({"referrerPolicy": "no-referrer", "allow": "camera", "sandbox": "allow-scripts"})
    );
    let sent = other.received_requests().await.unwrap();
    assert_eq!(sent[0].url.path(), "/uat/embeddable/statistics");
}

#[actix_web::test]
async fn each_host_launches_for_its_own_tenant() {
    let mut config = TestConfig::strict().tenant("tenant_key = \"11f81012-9519-11ee-8c99-0244cd4cfa84\"");
    config.more = r#"
        [[tenant]]
        id = "uptown"
        api_key_env = "OTHER_API_KEY"
        [[host]]
        id = "other"
        tenant = "uptown"
        identity = "asserted"
        key_sha256 = ["1111111111111111111111111111111111111111111111111111111111111111", "OTHER_DIGEST"]
    "#
    .replace(
        "OTHER_DIGEST",
        "77213c5e96d1eb939d3d3ff67ff31d92433217772584b30664acc08329096484",
    );
    let app = TestApp::with(config).await;
    let body = json!({"clinician": alice(), "patientKey": "p"});
    for key in [HOST_KEY, "egw_other-host"] {
        let launch = app
            .native("consultation/view")
            .without_header("authorization")
            .header("api-key", key);
        launch.json(&body).send().await.is_launched();
    }
    let received = app.received().await;
    let keys = |name: &str| -> Vec<_> {
        received
            .iter()
            .map(|request| {
                request
                    .headers
                    .get(name)
                    .map(|value| value.to_str().unwrap().to_owned())
            })
            .collect()
    };
    assert_eq!(
        keys("api-key"),
        [Some("upstream-key".to_owned()), Some("other-upstream-key".to_owned())]
    );
    assert_eq!(
        keys("x-tenant-key"),
        [Some("11f81012-9519-11ee-8c99-0244cd4cfa84".to_owned()), None]
    );
}

#[actix_web::test]
async fn a_caller_may_repeat_the_tenants_own_key_and_no_other() {
    let app = TestApp::with(TestConfig::documented().tenant("tenant_key = \"own\"")).await;
    app.drop_in("statistics")
        .header("X-Tenant-Key", "own")
        .send()
        .await
        .is_launched();
    for other in ["other", "OWN", "own, own", ""] {
        let answer = app.drop_in("statistics").header("x-tenant-key", other).send().await;
        answer
            .is_refused(400, "invalid_request")
            .naming(&[("/header/x-tenant-key", "not_accepted")]);
    }
    let twice = app
        .drop_in("statistics")
        .header("x-tenant-key", "own")
        .header("x-tenant-key", "own");
    twice.send().await.is_refused(400, "invalid_request");
    app.received_one().await;

    let app = TestApp::documented().await;
    let answer = app.drop_in("statistics").header("x-tenant-key", "own").send().await;
    answer.is_refused(400, "invalid_request");
    app.received_nothing().await;
}

#[actix_web::test]
async fn the_operator_sees_that_it_lives_and_is_ready() {
    let app = TestApp::strict().await;
    for (path, text) in [("/livez", "alive\n"), ("/readyz", "ready\n")] {
        let answer = app
            .client
            .get(format!("http://{}{path}", app.admin_address))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.text().await.unwrap(), text);
    }
}
