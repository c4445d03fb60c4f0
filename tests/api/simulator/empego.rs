//! The stand-in for Empego behaves as documented, over real sockets, and together with the gateway.

use reqwest::Method;
use serde_json::{Value, json};
use simulator::{JunctionSettings, Partial, Settings, Simulator};

use crate::helpers::{TestApp, TestConfig, TestSimulator, alice, base64, with, without};

#[actix_web::test]
async fn the_documented_errors_have_their_documented_shape() {
    let simulator = TestSimulator::start(Partial::Reject);
    let partial = base64(json!({"userId": "new", "firstName": "N"}).to_string());
    let rows: &[(&str, Option<&str>, u16, &str, &str)] = &[
        ("wrong", None, 401, "Unauthorized", "Authentication failed"),
        (
            "upstream-key",
            Some("!"),
            400,
            "Bad Request",
            "Invalid x-integration-user header format",
        ),
        (
            "upstream-key",
            Some("e30="),
            400,
            "Bad Request",
            "Invalid x-integration-user header format",
        ),
        (
            "upstream-key",
            Some("W10="),
            400,
            "Bad Request",
            "Invalid x-integration-user header format",
        ),
        (
            "upstream-key",
            Some(&partial),
            400,
            "Bad Request",
            "User creation failed - missing required fields",
        ),
    ];
    for (key, user, status, error, message) in rows {
        let answer = simulator
            .call("consultation/view?patientKey=p", key, *user)
            .await
            .unwrap();
        let mut body = answer.json();
        let timestamp = body.as_object_mut().unwrap().remove("timestamp").unwrap();
        assert_eq!(timestamp.as_str().unwrap().len(), "2025-01-15T14:30:00.123Z".len());
        let path = "/empego-integrations/R4/embeddable/consultation/view";
        assert_eq!(
            body,
            json!({"status": status, "error": error, "message": message, "path": path})
        );
        assert_eq!(answer.status, *status);
    }
}

#[actix_web::test]
async fn users_are_created_updated_cloned_or_left_alone() {
    let simulator = TestSimulator::start(Partial::Reject);
    simulator.launch(&alice()).await.is_launched();
    assert_eq!(simulator.get("users").await["writes"], 5);
    simulator.launch(&json!({"userId": "new_user_456"})).await.is_launched();
    assert_eq!(
        simulator.get("users").await["writes"],
        5,
        "an ID-only call writes nothing"
    );
    simulator
        .launch(&json!({"userId": "new_user_456", "email": "a@b.ca"}))
        .await
        .is_launched();
    simulator.launch(&json!({"userId": "mistyped"})).await.is_launched();
    let users = simulator.get("users").await;
    assert_eq!(users["writes"], 7);
    assert_eq!(users["users"]["new_user_456"]["email"], "a@b.ca");
    assert_eq!(users["users"]["new_user_456"]["lastName"], "Johnson");
    assert_eq!(users["users"]["mistyped"], users["owner"]);
}

#[actix_web::test]
async fn the_other_reading_of_partial_profiles_can_be_played() {
    let simulator = TestSimulator::start(Partial::Clone);
    simulator
        .launch(&json!({"userId": "y", "firstName": "Yves"}))
        .await
        .is_launched();
    let users = simulator.get("users").await;
    assert_eq!(users["users"]["y"]["firstName"], "Yves");
    assert_eq!(users["users"]["y"]["licenseNumber"], users["owner"]["licenseNumber"]);
}

#[actix_web::test]
async fn an_embed_url_opens_once_and_its_page_is_escaped() {
    let simulator = TestSimulator::start(Partial::Reject);
    let clinician = with(alice(), "lastName", "<script>alert(1)</script>");
    let url = simulator.launch(&clinician).await.text;
    let page = simulator.open(&url).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("<dd id=\"patient\">p&#60;1</dd>"), "{}", page.text);
    assert!(page.text.contains("<dd id=\"language\">English</dd>"), "{}", page.text);
    assert!(page.text.contains("Dr. Alice &#60;script&#62;"), "{}", page.text);
    for spelling in ["evenType", "eventType"] {
        assert!(
            page.text.contains(spelling),
            "both spellings of the documented message: {}",
            page.text
        );
    }
    assert_eq!(simulator.open(&url).await.status, 410);
}

#[actix_web::test]
async fn users_can_be_arranged_and_everything_reset() {
    let simulator = TestSimulator::start(Partial::Reject);
    let users = json!({"owner": {"firstName": "Otto"}, "users": {"emp1": {"firstName": "Eva", "lastName": "Roy"}}});
    assert_eq!(simulator.control(Method::PUT, "users", users).await.status, 204);
    let url = simulator.launch(&json!({"userId": "emp1"})).await.text;
    assert!(
        simulator
            .open(&url)
            .await
            .text
            .contains("<dd id=\"clinician\">Eva Roy</dd>")
    );
    assert_eq!(simulator.get("journal").await.as_array().unwrap().len(), 1);
    assert_eq!(simulator.control(Method::POST, "reset", Value::Null).await.status, 204);
    assert_eq!(simulator.get("journal").await, json!([]));
    assert_eq!(simulator.get("users").await["users"], json!({}));
}

#[actix_web::test]
async fn faults_strike_as_often_as_asked_and_the_gateway_tells_them_apart() {
    let simulator = TestSimulator::start(Partial::Reject);
    let lines = format!(
        "{}
timeout_ms = 300
connect_timeout_ms = 300",
        simulator.as_upstream()
    );
    let app = TestApp::with(TestConfig::strict().empego(&lines)).await;
    let launch = || app.native("statistics").json(&json!({"clinician": alice()}));
    let rows: &[(Value, u16, &str)] = &[
        (json!({"status": 500}), 502, "upstream_error"),
        (
            json!({"status": 503, "headers": {"Retry-After": "9"}}),
            503,
            "upstream_busy",
        ),
        (
            json!({"status": 200, "body": "<p>Login", "contentType": "text/html"}),
            502,
            "upstream_bad_body",
        ),
        (json!({"delayMs": 60_000}), 504, "upstream_timeout"),
        (json!({"reset": true}), 502, "upstream_unreachable"),
        (json!({"truncate": true}), 502, "upstream_unreachable"),
        (json!({"redirect": "http://127.0.0.1:1/"}), 502, "upstream_error"),
        (json!({"host": "evil.test"}), 502, "upstream_bad_url"),
    ];
    for (fault, status, code) in rows {
        let twice = with(fault.clone(), "count", 2);
        assert_eq!(
            simulator.control(Method::PUT, "faults", twice).await.status,
            204,
            "{fault}"
        );
        for _ in 0..2 {
            launch().send().await.is_refused(*status, code);
        }
        // So many that the breaker sees an upstream that is mostly well.
        for _ in 0..3 {
            launch().send().await.is_launched();
        }
    }
    let journal = simulator.get("journal").await;
    assert_eq!(
        journal.as_array().unwrap().len(),
        5 * rows.len(),
        "each launch was one call"
    );
}

#[actix_web::test]
async fn a_fault_that_would_not_strike_is_refused_by_its_member() {
    let simulator = TestSimulator::start(Partial::Reject);
    let rows: &[(Value, &[&str], &str)] = &[
        (
            json!({"contentType": "text/html"}),
            &["contentType"],
            "a type and no answer",
        ),
        (json!({"headers": {"x-a": "b"}}), &["headers"], "headers and no answer"),
        (
            json!({"delayMs": 1, "headers": {"x-a": "b"}}),
            &["headers"],
            "headers and a delay",
        ),
        (
            json!({"endpoint": "statistic", "status": 500}),
            &["endpoint"],
            "a mistyped endpoint",
        ),
        (
            json!({"endpoint": "/statistics", "status": 500}),
            &["endpoint"],
            "a slash before",
        ),
        (
            json!({"endpoint": "junction/resolve", "status": 500}),
            &["endpoint"],
            "a mistyped operation",
        ),
        (json!({"status": 99}), &["status"], "no status"),
        (json!({"status": 100}), &["status"], "a status that is no answer's"),
        (json!({"status": 600}), &["status"], "a status of no class"),
        (
            json!({"status": 70_000}),
            &["status"],
            "more than a status has room for",
        ),
        (json!({"status": "500"}), &["status"], "a text"),
        (
            json!({"status": 500, "headers": {"bad name": "v"}}),
            &["headers"],
            "a bad header name",
        ),
        (
            json!({"status": 500, "headers": {"x-a": "b\n"}}),
            &["headers"],
            "a bad header value",
        ),
        (
            json!({"status": 500, "contentType": "a\nb"}),
            &["contentType"],
            "a bad type",
        ),
        (json!({"redirect": "http://a\n"}), &["redirect"], "a bad address"),
        (json!({"status": 500, "count": 0}), &["count"], "for no answer at all"),
        (json!({"Status": 500}), &["Status"], "an unknown member"),
        (
            json!({"status": 1, "endpoint": "x"}),
            &["endpoint", "status"],
            "two at once",
        ),
    ];
    for (fault, members, reason) in rows {
        let answer = simulator.control(Method::PUT, "faults", fault.clone()).await;
        assert_eq!(answer.status, 400, "{reason}");
        let body = answer.json();
        let errors = body["errors"].as_array().unwrap();
        let named: Vec<_> = errors.iter().map(|error| error["member"].as_str().unwrap()).collect();
        assert_eq!(named, *members, "{reason}");
    }
    for fault in [
        json!({"endpoint": "statistics", "status": 599}),
        json!({"endpoint": "junction/get_user", "body": ""}),
    ] {
        assert_eq!(simulator.control(Method::PUT, "faults", fault).await.status, 204);
    }
}

#[actix_web::test]
async fn a_reset_is_a_reset_and_a_truncated_body_has_a_beginning() {
    let simulator = TestSimulator::start(Partial::Reject);
    let request = "GET /empego-integrations/R4/embeddable/statistics HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut seen = Vec::new();
    for fault in ["reset", "truncate"] {
        simulator.control(Method::PUT, "faults", json!({fault: true})).await;
        let address = simulator.address.clone();
        let exchange = move || {
            use std::io::{Read as _, Write as _};
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            let mut answer = String::new();
            let end = stream.read_to_string(&mut answer).map_err(|error| error.kind());
            (end.err(), answer.ends_with("\r\n\r\nhttps://"))
        };
        seen.push(actix_web::rt::task::spawn_blocking(exchange).await.unwrap());
    }
    assert_eq!(seen, [(Some(std::io::ErrorKind::ConnectionReset), false), (None, true)]);
}

#[actix_web::test]
async fn the_journal_shows_what_the_gateway_sent() {
    let simulator = TestSimulator::start(Partial::Reject);
    let app = TestApp::with(
        TestConfig::strict()
            .empego(&simulator.as_upstream())
            .tenant("tenant_key = \"franchise-1\""),
    )
    .await;
    let clinician = without(alice(), &["preferredLanguage"]);
    app.native("followup/plan")
        .json(&json!({"clinician": clinician, "patientKey": "p"}))
        .send()
        .await
        .is_launched();
    let journal = simulator.get("journal").await;
    let entry = &journal[0];
    assert_eq!(entry["endpoint"], "followup/plan");
    assert_eq!(entry["query"], json!([["patientKey", "p"]]));
    assert_eq!(entry["apiKey"], "upstream-key");
    assert_eq!(entry["tenantKey"], "franchise-1");
    assert_eq!(entry["user"], clinician);
}

#[actix_web::test]
async fn it_refuses_any_address_but_loopback() {
    let settings = Settings {
        listen: ([0, 0, 0, 0], 0).into(),
        api_keys: Vec::new(),
        partial: Partial::Reject,
        junction: JunctionSettings::default(),
    };
    assert!(Simulator::build(settings).is_err());
}
