//! Many clinicians at once: each gets the URL that was made for them.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use ::base64::{Engine as _, engine::general_purpose::STANDARD};
use actix_web::rt::task::spawn_blocking;
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use wiremock::{Request, ResponseTemplate};

use crate::helpers::{HOST_KEY, TestApp, TestConfig, alice, with};

/// More than any place, connection or worker there is, so that all are used by many.
const LAUNCHES: usize = 1500;
const AT_ONCE: usize = 64;

/// An upstream that makes out its URL to whom the header names, sooner for some than for others.
async fn app() -> TestApp {
    let app = TestApp::with_silent_upstream(TestConfig::strict().server("workers = 2")).await;
    let made_out = |request: &Request| {
        let user = STANDARD.decode(&request.headers["x-integration-user"]).unwrap();
        let user: Value = serde_json::from_slice(&user).unwrap();
        let id = user["userId"].as_str().unwrap();
        assert_eq!(user["email"], format!("{id}@clinic.example"), "one clinician's header");
        let number: u64 = id.rsplit('-').next().unwrap().parse().unwrap();
        let url = format!("https://app.empego.ca/fr/embed/consultation/start?sessionId={id}");
        let answer = ResponseTemplate::new(200).set_body_string(url);
        answer.set_delay(Duration::from_millis(number * 7 % 20))
    };
    wiremock::Mock::given(wiremock::matchers::any())
        .respond_with(made_out)
        .mount(&app.upstream)
        .await;
    app
}

fn clinician(number: usize) -> (String, Value) {
    let id = format!("clinician-{number}");
    let clinician = with(alice(), "email", format!("{id}@clinic.example"));
    (id.clone(), with(clinician, "userId", id))
}

#[actix_web::test]
async fn of_many_launches_at_once_each_gets_its_own_clinicians_url() {
    let app = app().await;
    let launches = stream::iter(0..LAUNCHES).map(|number| {
        let app = &app;
        async move {
            let (id, clinician) = clinician(number);
            let is_native = number % 2 == 0;
            let answer = if is_native {
                app.native("statistics")
                    .json(&json!({ "clinician": clinician }))
                    .send()
                    .await
            } else {
                app.drop_in("statistics").user(&clinician).send().await
            };
            assert_eq!(answer.status, 200, "{answer:?}");
            let url = if is_native {
                answer.json()["url"].as_str().unwrap().to_owned()
            } else {
                answer.text
            };
            assert!(url.ends_with(&format!("sessionId={id}")), "{id} got {url}");
        }
    });
    launches.buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
    assert_eq!(app.received().await.len(), LAUNCHES);
}

#[actix_web::test]
async fn launches_on_one_connection_get_responses_in_their_order() {
    const LAUNCHES: usize = 12;
    let app = app().await;
    let sent: Vec<String> = (0..LAUNCHES)
        .map(|number| {
            let body = json!({"clinician": clinician(number).1}).to_string();
            let last = if number + 1 == LAUNCHES {
                "connection: close\r\n"
            } else {
                ""
            };
            format!(
                "POST /v1/embeddable/statistics HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {HOST_KEY}\r\n{last}\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
        })
        .collect();
    let sent = sent.concat();
    let address = app.address.clone();
    let answers = spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        stream.write_all(sent.as_bytes()).unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).unwrap();
        answers
    })
    .await
    .unwrap();
    let ids: Vec<&str> = answers
        .split("sessionId=")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let expected: Vec<String> = (0..LAUNCHES).map(|number| clinician(number).0).collect();
    assert_eq!(ids, expected, "{answers}");
}
