//! Ids and names: what is an id, what only looks like one, and what names may hold.

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{TestApp, alice, base64, issuer::Issuer, with};

/// Texts that no id may be, with the code that says so.
const NO_IDS: &[(&str, &str)] = &[
    ("undefined", "placeholder"),
    ("NULL", "placeholder"),
    ("NaN", "placeholder"),
    ("[object Object]", "placeholder"),
    ("{{patientKey}}", "placeholder"),
    ("${id}", "placeholder"),
    ("%7BpatientKey%7D", "placeholder"),
    ("MRN\u{3164}1", "bad_character"),
    ("MRN\u{200d}1", "bad_character"),
    ("MRN\u{a0}1", "bad_character"),
    ("MRN\u{2800}1", "bad_character"),
    ("MRN\u{fe0f}", "bad_character"),
    ("MRN\u{fffd}", "bad_character"),
    (" MRN", "outer_space"),
    ("MRN\u{3000}", "outer_space"),
    ("Zoe\u{308}", "not_normalized"),
];

#[actix_web::test]
async fn what_is_no_id_names_neither_patient_nor_clinician_in_either_form() {
    let app = TestApp::documented().await;
    for (text, code) in NO_IDS {
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("patientKey", text)
            .finish();
        let drop_in = app.drop_in("consultation/view").query(&query).user(&alice());
        let answer = drop_in.send().await;
        answer
            .is_refused(400, "invalid_request")
            .naming(&[("/query/patientKey", code)]);

        let native = json!({"clinician": with(alice(), "userId", *text), "patientKey": text});
        let answer = app.native("consultation/view").json(&native).send().await;
        answer
            .is_refused(400, "invalid_request")
            .naming(&[("/clinician/userId", code), ("/patientKey", code)]);

        let header = base64(with(alice(), "userId", *text).to_string());
        let answer = app
            .drop_in("statistics")
            .header("x-integration-user", header)
            .send()
            .await;
        answer.is_refused(400, "header_schema").naming(&[("/userId", code)]);
    }
    app.received_nothing().await;
}

#[actix_web::test]
async fn consultation_keys_are_never_placeholders() {
    let app = TestApp::documented().await;
    for name in ["accessKey", "consultationKey", "followupKey"] {
        let body = json!({"clinician": alice(), "patientKey": "p", "params": {name: "undefined"}});
        let answer = app.native("consultation/view").json(&body).send().await;
        let field = format!("/params/{name}");
        answer
            .is_refused(400, "invalid_request")
            .naming(&[(&field, "placeholder")]);
    }
    app.received_nothing().await;
}

#[actix_web::test]
async fn a_token_whose_patient_is_not_an_id_binds_to_no_patient() {
    let issuer = Issuer::start().await;
    let mut config = crate::helpers::TestConfig::documented();
    config.more = issuer
        .host("spa", "gateway", "")
        .replace("[host.jwt.claims]", "[host.jwt.claims]\npatient_key = \"patient\"");
    let app = TestApp::with(config).await;
    for (text, code) in NO_IDS {
        let token = issuer.token(&with(issuer.claims(), "patient", *text));
        let launch = app.request(Method::POST, "/v1/embeddable/statistics");
        let launch = launch
            .header("authorization", format!("Bearer {token}"))
            .json(&json!({}));
        let answer = launch.send().await;
        answer
            .is_refused(403, "claim_unusable")
            .naming(&[("/token/patientKey", code)]);
    }
    app.received_nothing().await;
}

#[actix_web::test]
async fn names_are_sent_as_they_were_written() {
    for name in [
        "E\u{301}lodie",
        "\u{fa10}",
        "علی\u{200c}رضا",
        "ශ්\u{200d}රී",
        "അന്\u{200d}വര്",
    ] {
        let app = TestApp::documented().await;
        let clinician = with(alice(), "firstName", name);
        app.drop_in("statistics").user(&clinician).send().await.is_launched();
        let sent = app.received_one().await;
        let header = sent.headers.get("x-integration-user").unwrap().as_bytes();
        assert_eq!(decoded(header)["firstName"], name);
    }
}

#[actix_web::test]
async fn a_name_that_a_decoder_damaged_or_that_hides_a_joiner_is_refused() {
    let app = TestApp::documented().await;
    for name in ["Jo\u{fffd}o", "Jo\u{200d}hn", "علی\u{200c}", "\u{200d}ශ්රී"] {
        let body = json!({"clinician": with(alice(), "lastName", name)});
        let answer = app.native("statistics").json(&body).send().await;
        let fields = [("/clinician/lastName", "bad_character")];
        answer.is_refused(400, "invalid_request").naming(&fields);
    }
    app.received_nothing().await;
}

fn decoded(header: &[u8]) -> Value {
    use ::base64::{Engine as _, engine::general_purpose::STANDARD};
    serde_json::from_slice(&STANDARD.decode(header).unwrap()).unwrap()
}
