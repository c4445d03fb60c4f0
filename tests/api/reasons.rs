//! Which of a code's places refused: reported only to hosts that may ask for explanations.

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Answer, HOST_KEY, TestApp, TestConfig, issuer::Issuer, with};

async fn launched(app: &TestApp, tail: &str, credential: &str, body: &Value) -> Answer {
    let launch = app.request(Method::POST, &format!("/v1/embeddable/{tail}"));
    let launch = launch.header("authorization", format!("Bearer {credential}"));
    launch.json(body).send().await
}

#[actix_web::test]
async fn each_way_to_another_patient_has_a_word_of_its_own() {
    let issuer = Issuer::start().await;
    for may_explain in [true, false] {
        let mut config = TestConfig::strict();
        config.more = issuer
            .host("spa", "gateway", &format!("explain = {may_explain}"))
            .replace("[host.jwt.claims]", "[host.jwt.claims]\npatient_key = \"patient\"");
        let app = TestApp::with(config).await;
        let bound = issuer.token(&with(issuer.claims(), "patient", "p1"));
        let nobody = issuer.token(&issuer.claims());
        let rows = [
            (
                "consultation/view",
                &bound,
                json!({"patientKey": "p2"}),
                "other_patient",
            ),
            ("statistics", &bound, json!({}), "endpoint_is_about_no_patient"),
            (
                "consultation/view",
                &nobody,
                json!({"patientKey": "p1"}),
                "token_names_no_patient",
            ),
        ];
        for (tail, token, body, reason) in rows {
            let answer = launched(&app, tail, token, &body).await;
            answer.is_refused(403, "patient_denied");
            let told = answer.json().get("reason").cloned();
            assert_eq!(told, may_explain.then(|| Value::from(reason)), "{tail}");
        }
        app.received_nothing().await;
    }
}

#[actix_web::test]
async fn a_caller_that_proved_nothing_gets_no_reason() {
    let app = TestApp::with(TestConfig::strict().host("explain = true")).await;
    let answer = launched(&app, "statistics", "egw_nobody", &json!({})).await;
    answer.is_refused(401, "host_unauthenticated");
    assert_eq!(answer.json().get("reason"), None);
    let answer = launched(&app, "statistics", HOST_KEY, &json!({})).await;
    assert_eq!(
        answer.is_refused(400, "identity_required").json()["reason"],
        "nobody_stated"
    );
}
