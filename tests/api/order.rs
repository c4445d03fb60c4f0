//! The order of checks: the first failure wins, and nothing is looked at before its turn.

use reqwest::Method;
use serde_json::json;

use crate::helpers::{HOST_KEY, TestApp, TestConfig, alice, raw};

/// A launch with everything wrong that can be wrong, and then one thing after another put right: each answer is the
/// next check in the order of checks.
#[actix_web::test]
async fn each_failure_is_reported_in_its_turn() {
    let app = TestApp::with(TestConfig::default().host("intents = [\"upsert\", \"new\"]")).await;
    let path = "/v1/embeddable/consultation/view";
    let too_large = "x".repeat(16 * 1024 + 1);

    let wrong = app
        .request(Method::POST, "/v1/embeddable/consultation/viev")
        .header("origin", "https://evil.test");
    wrong.send().await.is_refused(404, "not_found");

    let wrong = app.request(Method::GET, path).header("origin", "https://evil.test");
    wrong.send().await.is_refused(405, "method_not_allowed");

    let wrong = app
        .request(Method::POST, path)
        .header("origin", "https://evil.test")
        .header("x_api_key", "k");
    wrong.send().await.is_refused(401, "host_unauthenticated");

    let wrong = app.native("administration/franchise-management").header("api_key", "k");
    wrong
        .clone()
        .header("origin", "null")
        .send()
        .await
        .is_refused(403, "origin_denied");
    wrong.send().await.is_refused(400, "reserved_header");

    let wrong = app
        .native("administration/franchise-management")
        .header("content-type", "text/plain");
    wrong
        .body(too_large.clone())
        .send()
        .await
        .is_refused(403, "endpoint_denied");

    let wrong = app
        .native("consultation/view")
        .header("content-type", "text/plain")
        .body(too_large.clone());
    wrong.send().await.is_refused(415, "unsupported_media_type");

    let wrong = app
        .native("consultation/view")
        .header("content-type", "application/json")
        .body(too_large);
    wrong.query("a=b").send().await.is_refused(413, "payload_too_large");

    let wrong = app.native("consultation/view").json(&json!({"intent": "existing"}));
    wrong.send().await.is_refused(400, "invalid_request");

    let wrong = app
        .native("consultation/view")
        .json(&json!({"intent": "existing", "patientKey": "p"}));
    wrong.send().await.is_refused(403, "intent_denied");

    let wrong = app
        .native("consultation/view")
        .json(&json!({"intent": "new", "patientKey": "p"}));
    wrong.send().await.is_refused(400, "identity_required");

    app.received_nothing().await;
    let right = app
        .native("consultation/view")
        .json(&json!({"clinician": alice(), "patientKey": "p"}));
    right.send().await.is_launched();
}

#[actix_web::test]
async fn no_route_opens_without_one_valid_credential() {
    let app = TestApp::documented().await;
    let doubled: [&[(&str, &str)]; 9] = [
        &[],
        &[("api-key", "egw_wrong")],
        &[("authorization", "Bearer egw_wrong")],
        &[("authorization", "Basic egw_test-host")],
        &[("api-key", HOST_KEY), ("api-key", HOST_KEY)],
        &[("api-key", HOST_KEY), ("authorization", "Bearer egw_test-host")],
        &[
            ("authorization", "Bearer egw_test-host"),
            ("authorization", "Bearer egw_test-host"),
        ],
        &[("api-key", "egw_test-host, egw_test-host")],
        &[("authorization", "Bearer eyJhbGciOiJub25lIn0.e30.")],
    ];
    for endpoint in domain::empego::Endpoint::ALL {
        let tail = endpoint.tail();
        for credentials in doubled {
            let drop_in = app.request(Method::GET, &format!("/empego-integrations/R4/embeddable/{tail}"));
            let native = app
                .request(Method::POST, &format!("/v1/embeddable/{tail}"))
                .json(&json!({}));
            for mut launch in [drop_in, native] {
                for (name, value) in credentials {
                    launch = launch.header(name, *value);
                }
                let answer = launch.send().await;
                answer.is_refused(401, "host_unauthenticated");
                let challenge = answer.header("www-authenticate").unwrap();
                let is_token = matches!(credentials, [(_, value)] if value.contains('.'));
                if credentials.len() > 1 {
                    assert!(challenge.starts_with("Bearer error=\"invalid_request\""), "{challenge}");
                } else if is_token {
                    assert_eq!(challenge, "Bearer error=\"invalid_token\"");
                } else {
                    assert_eq!(challenge, "Bearer");
                }
            }
        }
    }
    app.received_nothing().await;
}

#[actix_web::test]
async fn authentication_is_finished_before_a_byte_of_the_body_is_read() {
    let app = TestApp::documented().await;
    // The body never comes; a gateway that waited for it would respond with 408, and only after the body's timeout.
    let answer = raw(
        &app.address,
        "POST /v1/embeddable/statistics HTTP/1.1\r\nhost: x\r\napi-key: egw_wrong\r\ncontent-type: application/json\r\n\
         content-length: 100\r\n\r\n",
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(answer.contains(r#""code":"host_unauthenticated""#), "{answer}");
}

#[actix_web::test]
async fn a_body_that_does_not_come_in_time_is_cut_off() {
    let mut config = TestConfig::documented();
    config.server = "client_body_timeout_ms = 100".to_owned();
    let app = TestApp::with(config).await;
    let answer = raw(
        &app.address,
        &format!(
            "POST /v1/embeddable/statistics HTTP/1.1\r\nhost: x\r\napi-key: {HOST_KEY}\r\n\
             content-type: application/json\r\ncontent-length: 100\r\n\r\n{{"
        ),
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains(r#""code":"request_timeout""#), "{answer}");
    app.received_nothing().await;
}

#[actix_web::test]
async fn targets_that_are_no_plain_path_are_refused_before_anything_else() {
    let app = TestApp::documented().await;
    let path = "/empego-integrations/R4/embeddable/statistics";
    for (method, target) in [
        ("GET", format!("http://evil.test{path}")),
        ("GET", format!("http://user:pw@evil.test{path}")),
        ("GET", format!("https://{}{path}", app.address)),
        ("OPTIONS", "*".to_owned()),
    ] {
        let request = format!("{method} {target} HTTP/1.1\r\nhost: gateway.test\r\napi-key: {HOST_KEY}\r\n\r\n");
        let answer = raw(&app.address, &request).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{target}: {answer}");
        assert!(answer.contains(r#""code":"bad_target""#), "{target}: {answer}");
    }
    app.received_nothing().await;
}

#[actix_web::test]
async fn a_foreign_preflight_is_denied_in_the_error_shape_whatever_the_path() {
    let app = TestApp::documented().await;
    for path in ["/v1/embeddable/statistics", "/nowhere"] {
        let preflight = app
            .request(Method::OPTIONS, path)
            .header("origin", "https://evil.test")
            .header("access-control-request-method", "POST");
        let answer = preflight.send().await;
        answer.is_refused(403, "origin_denied");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    let no_preflight = app.request(Method::OPTIONS, "/v1/embeddable/statistics").send().await;
    assert_eq!(
        no_preflight.is_refused(405, "method_not_allowed").header("allow"),
        Some("POST")
    );
}

#[actix_web::test]
async fn an_asserted_hosts_key_is_refused_from_any_browser_origin() {
    let app = TestApp::documented().await;
    for origin in ["https://ehr.example", "null", ""] {
        app.drop_in("statistics")
            .header("origin", origin)
            .send()
            .await
            .is_refused(403, "origin_denied");
        let native = app.native("statistics").json(&json!({"clinician": alice()}));
        native
            .header("origin", origin)
            .send()
            .await
            .is_refused(403, "origin_denied");
    }
    app.received_nothing().await;
}

#[actix_web::test]
async fn wrong_methods_and_paths_get_the_error_shape() {
    let app = TestApp::documented().await;
    let rows: &[(Method, &str, u16, Option<&str>)] = &[
        (
            Method::POST,
            "/empego-integrations/R4/embeddable/statistics",
            405,
            Some("GET"),
        ),
        (Method::GET, "/v1/embeddable/statistics", 405, Some("POST")),
        (Method::DELETE, "/v1/embeddable/consultation/view", 405, Some("POST")),
        (Method::POST, "/openapi.yaml", 405, Some("GET, HEAD")),
        (Method::POST, "/v1/embeddable/statistics/", 404, None),
        (Method::POST, "/v1/embeddable/Statistics", 404, None),
        (Method::POST, "/v1/embeddable/statistics/dashboard", 404, None),
        (Method::POST, "/v1/embeddable/consultation", 404, None),
        (Method::POST, "/v1/embeddable/consultation%2Fview", 404, None),
        (
            Method::GET,
            "/empego-integrations/R4/embeddable/consultation/create",
            404,
            None,
        ),
        (Method::GET, "//v1/embeddable/statistics", 404, None),
        (Method::GET, "/livez", 404, None),
        (Method::GET, "/", 404, None),
    ];
    for (method, path, status, allow) in rows {
        let answer = app
            .request(method.clone(), path)
            .header("api-key", HOST_KEY)
            .send()
            .await;
        let code = if *status == 404 {
            "not_found"
        } else {
            "method_not_allowed"
        };
        answer.is_refused(*status, code);
        assert_eq!(answer.header("allow"), *allow, "{method} {path}");
        assert_eq!(answer.json()["path"], *path, "{method} {path}");
    }
    let head = app
        .request(Method::HEAD, "/empego-integrations/R4/embeddable/statistics")
        .header("api-key", HOST_KEY);
    let head = head.send().await;
    assert_eq!(
        (head.status, head.header("allow")),
        (405, Some("GET")),
        "HEAD never mints"
    );
    app.received_nothing().await;
}

#[actix_web::test]
async fn media_types_other_than_plain_json_are_refused() {
    let app = TestApp::strict().await;
    let body = json!({"clinician": alice()}).to_string();
    let send = |content_type: Option<&str>, encoding: Option<&str>| {
        let mut launch = app.native("statistics").body(body.clone());
        for (name, value) in [("content-type", content_type), ("content-encoding", encoding)] {
            if let Some(value) = value {
                launch = launch.header(name, value);
            }
        }
        launch.send()
    };
    for good in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON;charset=\"UTF-8\"",
    ] {
        send(Some(good), None).await.is_launched();
    }
    for bad in [
        None,
        Some("text/plain"),
        Some("application/jsonp"),
        Some("application/json; charset=latin1"),
        Some("x"),
    ] {
        send(bad, None).await.is_refused(415, "unsupported_media_type");
    }
    send(Some("application/json"), Some("gzip"))
        .await
        .is_refused(415, "unsupported_media_type");
}

#[actix_web::test]
async fn the_body_may_have_16_kib_and_not_a_byte_more() {
    let app = TestApp::strict().await;
    let body = json!({"clinician": alice()}).to_string();
    let padded = |bytes: usize| format!("{body}{}", " ".repeat(bytes - body.len()));
    let send = |body: String| {
        app.native("statistics")
            .header("content-type", "application/json")
            .body(body)
            .send()
    };
    send(padded(16 * 1024)).await.is_launched();
    app.received_one().await;
    send(padded(16 * 1024 + 1)).await.is_refused(413, "payload_too_large");

    let chunk = format!("4000\r\n{}\r\n", " ".repeat(0x4000));
    let chunked = format!(
        "POST /v1/embeddable/statistics HTTP/1.1\r\nhost: x\r\napi-key: {HOST_KEY}\r\ncontent-type: application/json\r\n\
         transfer-encoding: chunked\r\n\r\n{chunk}{chunk}0\r\n\r\n"
    );
    let answer = raw(&app.address, &chunked).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    app.received_one().await;
}

#[actix_web::test]
async fn every_answer_carries_the_headers_of_a_secret_and_one_request_id() {
    let app = TestApp::documented().await;
    let launched = app.drop_in("statistics").user(&alice());
    let requests = [
        (200, launched.clone()),
        (200, app.request(Method::GET, "/openapi.yaml")),
        (400, launched.clone().query("x")),
        (
            401,
            app.request(Method::GET, "/empego-integrations/R4/embeddable/statistics"),
        ),
        (403, launched.header("origin", "null")),
        (404, app.request(Method::GET, "/nowhere")),
        (405, app.request(Method::PUT, "/v1/embeddable/statistics")),
        (415, app.native("statistics")),
    ];
    let id = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    for (status, request) in requests {
        let own = request.clone().header("x-request-id", id).send().await;
        assert_eq!((own.status, own.header("x-request-id")), (status, Some(id)));
        let made = request.header("x-request-id", "not-a-uuid").send().await;
        assert_eq!(made.header("x-request-id").map(str::len), Some(36), "{status}");
        assert_ne!(made.header("x-request-id"), own.header("x-request-id"));
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(own.header(name), Some(value), "{status}");
        }
        if status >= 400 {
            assert_eq!(own.json()["requestId"], id);
        }
    }
}
