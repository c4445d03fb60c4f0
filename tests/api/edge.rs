//! What browsers, proxies and libraries add to a request, and what the gateway makes of it.

use reqwest::Method;
use serde_json::json;

use crate::helpers::{HOST_KEY, TestApp, TestConfig, alice, issuer::Issuer, raw};

const ORIGIN: &str = "https://ehr.example";

async fn with_token_host(issuer: &Issuer) -> TestApp {
    let mut config = TestConfig::documented();
    config.more = issuer.host("spa", "gateway", "");
    TestApp::with(config).await
}

#[actix_web::test]
async fn a_preflight_for_a_forbidden_request_lists_what_is_allowed() {
    let issuer = Issuer::start().await;
    let app = with_token_host(&issuer).await;
    for (method, headers) in [
        ("POST", "x-requested-with"),
        ("PUT", "authorization"),
        ("DELETE", ""),
        ("POST", "authorization, tracestate, baggage, sentry-trace"),
        ("POST", "authorization, x-anything, content-type"),
    ] {
        let mut preflight = app
            .request(Method::OPTIONS, "/v1/embeddable/statistics")
            .header("origin", ORIGIN)
            .header("access-control-request-method", method);
        if !headers.is_empty() {
            preflight = preflight.header("access-control-request-headers", headers);
        }
        let answer = preflight.send_unchecked().await;
        assert_eq!(answer.status, 200, "{method} {headers}: {answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN), "{headers}");
        let methods = answer.header("access-control-allow-methods").unwrap();
        assert!(
            methods.contains("GET") && methods.contains("POST") && !methods.contains("PUT"),
            "{methods}"
        );
        let allowed = answer
            .header("access-control-allow-headers")
            .unwrap()
            .to_ascii_lowercase();
        for name in ["authorization", "tracestate", "baggage", "sentry-trace"] {
            assert!(allowed.contains(name), "{allowed}");
        }
        assert!(
            !allowed.contains("x-requested-with") && !allowed.contains("x-anything"),
            "{allowed}"
        );
    }
    let stranger = app
        .request(Method::OPTIONS, "/v1/embeddable/statistics")
        .header("origin", "https://evil.test")
        .header("access-control-request-method", "PUT");
    let answer = stranger.send_unchecked().await;
    assert_eq!(
        (answer.status, answer.header("access-control-allow-origin")),
        (403, None)
    );
}

#[actix_web::test]
async fn what_tracing_libraries_add_goes_no_further() {
    let app = TestApp::documented().await;
    let launch = app.native("statistics").json(&json!({"clinician": alice()}));
    let launch = ["tracestate", "baggage", "sentry-trace"]
        .into_iter()
        .fold(launch, |launch, name| launch.header(name, "canary=1"));
    launch.send().await.is_launched();
    let sent = app.received_one().await;
    assert!(!format!("{:?}", sent.headers).contains("canary"));
}

#[actix_web::test]
async fn a_browser_with_a_host_key_is_refused_though_it_sends_no_origin() {
    let app = TestApp::with(TestConfig::documented().host("explain = true")).await;
    for (name, value) in [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-site", "none"),
        ("sec-fetch-dest", "empty"),
        ("sec-fetch-user", "?1"),
    ] {
        let answer = app
            .drop_in("statistics")
            .user(&alice())
            .header(name, value)
            .send()
            .await;
        assert_eq!(
            answer.is_refused(403, "origin_denied").json()["reason"],
            "browser_with_host_key"
        );
    }
    app.received_nothing().await;
    // As Node's own `fetch` sends it from a server.
    let server = app
        .drop_in("statistics")
        .user(&alice())
        .header("sec-fetch-mode", "cors");
    server.send().await.is_launched();
}

#[actix_web::test]
async fn a_browser_with_a_token_needs_no_origin() {
    let issuer = Issuer::start().await;
    let app = with_token_host(&issuer).await;
    let launch = app
        .request(Method::GET, "/empego-integrations/R4/embeddable/statistics")
        .header("authorization", format!("Bearer {}", issuer.token(&issuer.claims())))
        .header("sec-fetch-site", "same-origin");
    assert_ne!(launch.send().await.status, 403);
}

#[actix_web::test]
async fn two_credentials_are_distinguished_from_none() {
    let app = TestApp::documented().await;
    let challenge = |answer: &crate::helpers::Answer| answer.header("www-authenticate").unwrap().to_owned();
    let two = app
        .drop_in("statistics")
        .header("authorization", "Basic ZWhyOnB3")
        .send()
        .await;
    two.is_refused(401, "host_unauthenticated");
    assert!(challenge(&two).contains("error=\"invalid_request\""), "{two:?}");
    assert!(challenge(&two).contains("More than one credential"), "{two:?}");
    let twice = app.drop_in("statistics").header("api-key", HOST_KEY).send().await;
    assert_eq!(challenge(&twice), challenge(&two));
    let none = app
        .request(Method::GET, "/empego-integrations/R4/embeddable/statistics")
        .send()
        .await;
    assert_eq!(challenge(&none), "Bearer");
}

#[actix_web::test]
async fn json_is_read_however_its_type_is_written() {
    let app = TestApp::documented().await;
    let body = json!({"clinician": alice()}).to_string();
    for (name, value) in [
        ("content-type", "application/json ;charset=utf-8"),
        ("content-type", "application/json; charset=utf8"),
        ("content-type", "application/json;"),
        ("content-encoding", "identity"),
    ] {
        let mut launch = app.native("statistics").header(name, value).body(body.clone());
        if name != "content-type" {
            launch = launch.header("content-type", "application/json");
        }
        launch.send().await.is_launched();
    }
    let rows: &[(&[(&str, &str)], &[(&str, &str)])] = &[
        (&[], &[("/header/content-type", "required")]),
        (
            &[("content-type", "text/plain")],
            &[("/header/content-type", "bad_value")],
        ),
        (
            &[("content-type", "application/json; charset=latin1")],
            &[("/header/content-type", "bad_value")],
        ),
        (
            &[
                ("content-type", "application/json"),
                ("content-type", "application/json"),
            ],
            &[("/header/content-type", "repeated")],
        ),
        (
            &[("content-type", "application/json"), ("content-encoding", "gzip")],
            &[("/header/content-encoding", "not_accepted")],
        ),
    ];
    for (headers, fields) in rows {
        let launch = app.native("statistics").body(body.clone());
        let launch = headers
            .iter()
            .fold(launch, |launch, (name, value)| launch.header(name, *value));
        launch
            .send()
            .await
            .is_refused(415, "unsupported_media_type")
            .naming(fields);
    }
}

#[actix_web::test]
async fn an_empty_body_in_chunks_is_no_body() {
    let app = TestApp::documented().await;
    let get = |chunks: &str| {
        format!(
            "GET /empego-integrations/R4/embeddable/statistics HTTP/1.1\r\nhost: x\r\napi-key: {HOST_KEY}\r\n\
             connection: close\r\ntransfer-encoding: chunked\r\n\r\n{chunks}"
        )
    };
    assert!(raw(&app.address, &get("0\r\n\r\n")).await.starts_with("HTTP/1.1 200"));
    let answer = raw(&app.address, &get("2\r\n{}\r\n0\r\n\r\n")).await;
    assert!(
        answer.starts_with("HTTP/1.1 400") && answer.contains("not_accepted"),
        "{answer}"
    );
    assert_eq!(app.received().await.len(), 1);
}

#[actix_web::test]
async fn an_upgrade_that_a_proxy_asks_for_is_ignored() {
    let app = TestApp::documented().await;
    let body = json!({"clinician": alice()}).to_string();
    let post = |length: &str, body: &str| {
        format!(
            "POST /v1/embeddable/statistics HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {HOST_KEY}\r\n\
             content-type: application/json\r\nconnection: upgrade\r\nupgrade: websocket\r\n{length}\r\n{body}"
        )
    };
    let declared = format!("content-length: {}\r\n", body.len());
    let answer = raw(&app.address, &post(&declared, &format!("{body}GET / HTTP/1.1\r\n\r\n"))).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let chunked = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let request =
        post("transfer-encoding: chunked\r\n", &chunked).replace("connection: upgrade", "connection: upgrade, close");
    assert!(raw(&app.address, &request).await.starts_with("HTTP/1.1 200"));
    let nothing = raw(&app.address, &post("", "")).await;
    assert!(nothing.starts_with("HTTP/1.1 400"), "{nothing}");
    let large = raw(&app.address, &post("content-length: 20000\r\n", "{")).await;
    assert!(large.starts_with("HTTP/1.1 413"), "{large}");
    assert_eq!(app.received().await.len(), 2);
}

#[actix_web::test]
async fn a_session_of_the_owner_comes_with_a_warning() {
    let app = TestApp::documented().await;
    let lost = app.drop_in("statistics").send().await;
    assert_eq!(lost.is_launched().header("x-gateway-warnings"), Some("owner_session"));
    let meant = app.native("statistics").json(&json!({"intent": "owner"})).send().await;
    assert_eq!(meant.is_launched().json()["warnings"], json!([]), "it was meant");
    let somebody = app.drop_in("statistics").user(&alice()).send().await;
    assert_eq!(somebody.is_launched().header("x-gateway-warnings"), None);
}

#[actix_web::test]
async fn a_nearly_right_path_gets_the_right_one_suggested() {
    let app = TestApp::documented().await;
    for (path, nearest) in [
        ("/v1/embeddable/statistics/", "/v1/embeddable/statistics"),
        (
            "//v1//embeddable///consultation//view",
            "/v1/embeddable/consultation/view",
        ),
        ("/v1/Embeddable/statistics", "/v1/embeddable/statistics"),
        ("/v1/junction/fast_launch", "/v1/junction/fast-launch"),
        (
            "/empego-integrations/r4/embeddable/statistic",
            "/empego-integrations/R4/embeddable/statistics",
        ),
    ] {
        let answer = app.request(Method::POST, path).send_unchecked().await;
        answer.is_refused(404, "not_found").naming(&[("/path", "unknown")]);
        let message = answer.json()["errors"][0]["message"].as_str().unwrap().to_owned();
        let expected = format!("There is nothing at this path; the nearest is {nearest}");
        assert_eq!(message, expected, "{path}");
    }
    let elsewhere = app.request(Method::GET, "/somewhere/else").send().await;
    elsewhere.is_refused(404, "not_found").naming(&[]);
}

#[actix_web::test]
async fn a_query_is_bounded_before_anything_in_it_is_compared() {
    let app = TestApp::documented().await;
    let many = (0..65).map(|at| format!("p{at}=1")).collect::<Vec<_>>().join("&");
    let large = format!("patientKey={}", "a".repeat(8200));
    for (query, code) in [(many, "too_many"), (large, "too_large")] {
        let launch = app.drop_in("consultation/view").query(&query).user(&alice());
        launch
            .send()
            .await
            .is_refused(400, "invalid_request")
            .naming(&[("/query", code)]);
    }
    let params: serde_json::Map<_, _> = (0..65).map(|at| (format!("p{at}"), "1".into())).collect();
    let native = app
        .native("statistics")
        .json(&json!({"clinician": alice(), "params": params}));
    native
        .send()
        .await
        .is_refused(400, "invalid_request")
        .naming(&[("/params", "too_many")]);
    app.received_nothing().await;
}

#[actix_web::test]
async fn empty_pairs_of_a_query_say_nothing() {
    let app = TestApp::documented().await;
    let launch = app
        .drop_in("consultation/view")
        .query("&&patientKey=p&&locale=en&")
        .user(&alice());
    launch.send().await.is_launched();
    assert_eq!(app.received_one().await.url.query(), Some("patientKey=p&locale=en"));
}

#[actix_web::test]
async fn a_member_that_is_null_is_a_member_that_is_not_there() {
    let app = TestApp::documented().await;
    let body = json!({"clinician": alice(), "intent": null, "locale": null, "params": null});
    app.native("statistics").json(&body).send().await.is_launched();
    let twice = r#"{"clinician":{"userId":"u"},"intent":null,"intent":"existing"}"#;
    let launch = app
        .native("statistics")
        .header("content-type", "application/json")
        .body(twice);
    launch
        .send()
        .await
        .is_refused(400, "invalid_request")
        .naming(&[("/intent", "repeated")]);
    let patient = json!({"clinician": alice(), "patientKey": null});
    let answer = app.native("statistics").json(&patient).send().await;
    answer
        .is_refused(400, "invalid_request")
        .naming(&[("/patientKey", "wrong_type")]);
}

#[actix_web::test]
async fn an_unknown_name_gets_a_suggestion_and_is_never_repeated() {
    let app = TestApp::documented().await;
    let body = json!({"clinician": {"userId": "u", "licenceNumber": "1"}, "user": "canary", "patient_key": "canary"});
    let answer = app.native("statistics").json(&body).send().await;
    answer
        .is_refused(400, "invalid_request")
        .naming(&[("/clinician/*", "unknown"), ("/*", "unknown")]);
    for text in [
        "did you mean licenseNumber? Accepted: userId, firstName, lastName, email, licenseNumber, preferredLanguage",
        "did you mean patientKey? Accepted: clinician, intent, patientKey, locale, params",
        "here. Accepted: clinician, intent, patientKey, locale, params",
    ] {
        assert!(answer.text.contains(text), "{text}: {}", answer.text);
    }
    for text in ["licenceNumber", "patient_key", "canary", "\"user\""] {
        assert!(!answer.text.contains(text), "{text}: {}", answer.text);
    }
}

#[actix_web::test]
async fn a_body_that_is_too_large_gets_a_response_and_is_never_cut_off() {
    let app = TestApp::documented().await;
    for (megabytes, framing) in [(1, "content-length"), (10, "content-length"), (10, "chunked")] {
        for _again in 0..5 {
            let address = app.address.clone();
            let answer = actix_web::rt::task::spawn_blocking(move || large_body(&address, megabytes, framing));
            let answer = answer.await.unwrap().unwrap();
            assert!(
                answer.starts_with("HTTP/1.1 413"),
                "{megabytes} MB, {framing}: {answer}"
            );
            assert!(answer.ends_with("]}"), "{megabytes} MB, {framing}: {answer}");
        }
    }
    app.received_nothing().await;
}

/// Sends everything before it reads anything, as proxies do.
fn large_body(address: &str, megabytes: usize, framing: &str) -> std::io::Result<String> {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(address)?;
    stream.set_read_timeout(Some(std::time::Duration::from_secs(30)))?;
    let length = megabytes * 1024 * 1024;
    let framing_line = if framing == "chunked" {
        "transfer-encoding: chunked".to_owned()
    } else {
        format!("content-length: {length}")
    };
    write!(
        stream,
        "POST /v1/embeddable/statistics HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {HOST_KEY}\r\n\
         content-type: application/json\r\n{framing_line}\r\n\r\n"
    )?;
    if framing == "chunked" {
        write!(stream, "{length:x}\r\n")?;
    }
    for _kilobytes in 0..length / 1024 {
        stream.write_all(&[b' '; 1024])?;
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
