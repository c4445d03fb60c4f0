//! Request targets: nothing of one may get lost or change on the way to a launch.

use crate::helpers::{HOST_KEY, TestApp, raw};

const LAUNCH: &str = "/empego-integrations/R4/embeddable/consultation/view";

fn drop_in(target: &str, host: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nhost: {host}\r\napi-key: {HOST_KEY}\r\n\r\n")
}

#[track_caller]
fn is_bad_target(answer: &str, target: &str) {
    assert!(answer.starts_with("HTTP/1.1 400"), "{target}: {answer}");
    assert!(answer.contains(r#""code":"bad_target""#), "{target}: {answer}");
}

#[actix_web::test]
async fn a_target_with_a_fragment_is_refused_so_no_id_is_truncated() {
    let app = TestApp::documented().await;
    for target in [
        format!("{LAUNCH}?patientKey=MRN#42&locale=fr"),
        format!("{LAUNCH}?patientKey=MRN#"),
        format!("{LAUNCH}#?patientKey=MRN"),
        format!("http://x{LAUNCH}?patientKey=MRN#42"),
    ] {
        is_bad_target(&raw(&app.address, &drop_in(&target, "x")).await, &target);
    }
    let later = "GET /openapi.yaml HTTP/1.1\r\nhost: x\r\nconnection: keep-alive\r\n\r\n".to_owned()
        + &drop_in(&format!("{LAUNCH}?patientKey=MRN#42"), "x");
    assert!(raw(&app.address, &later).await.contains(r#""code":"bad_target""#));
    app.received_nothing().await;
}

#[actix_web::test]
async fn a_connection_with_a_fragment_on_it_is_closed() {
    let app = TestApp::documented().await;
    let answer = raw(&app.address, &drop_in(&format!("{LAUNCH}?patientKey=MRN#42"), "x")).await;
    assert!(
        answer.to_ascii_lowercase().contains("\r\nconnection: close\r\n"),
        "{answer}"
    );
}

#[actix_web::test]
async fn an_escaped_number_sign_is_part_of_the_id() {
    let app = TestApp::documented().await;
    let request = drop_in(&format!("{LAUNCH}?patientKey=MRN%2342"), "x");
    let request = request.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
    assert!(raw(&app.address, &request).await.starts_with("HTTP/1.1 200"));
    let sent = app.received_one().await;
    assert_eq!(sent.url.query(), Some("patientKey=MRN%2342"));
}

#[actix_web::test]
async fn a_path_that_escapes_plain_letters_is_refused() {
    let app = TestApp::documented().await;
    for target in [
        LAUNCH.replace("view", "%76iew"),
        LAUNCH.replace('-', "%2d"),
        "/v1/%65xplain/statistics".to_owned(),
        "/open%61pi%2Eyaml".to_owned(),
    ] {
        is_bad_target(&raw(&app.address, &drop_in(&target, "x")).await, &target);
    }
    app.received_nothing().await;
}

#[actix_web::test]
async fn a_whole_url_of_the_gateway_itself_launches() {
    let app = TestApp::documented().await;
    for (target, host) in [
        (format!("http://gateway.test{LAUNCH}?patientKey=p"), "gateway.test"),
        (format!("http://gateway.test:80{LAUNCH}?patientKey=p"), "Gateway.test"),
        (
            format!("http://{}{LAUNCH}?patientKey=p", app.address),
            app.address.as_str(),
        ),
    ] {
        let request = drop_in(&target, host).replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
        let answer = raw(&app.address, &request).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{target}: {answer}");
    }
    assert_eq!(app.received().await.len(), 3);
    for host in ["other.test", "gateway.test:8080", "me@gateway.test"] {
        let target = format!("http://gateway.test{LAUNCH}?patientKey=p");
        is_bad_target(&raw(&app.address, &drop_in(&target, host)).await, host);
    }
    assert_eq!(app.received().await.len(), 3);
}
