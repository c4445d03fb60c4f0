//! What Junction's refusals become: each a code of the one table, with what may be said of it and nothing more.

use reqwest::Method;
use serde_json::json;

use crate::helpers::{
    HOST_KEY,
    junction::{Lines, Stage, elodie},
    with,
};

#[actix_web::test]
async fn every_status_has_its_code() {
    let rows = [
        (400, 400, "upstream_rejected"),
        (401, 502, "upstream_authentication_failed"),
        (402, 502, "upstream_error"),
        (403, 502, "junction_forbidden"),
        (405, 502, "upstream_error"),
        (409, 409, "junction_conflict"),
        (410, 404, "junction_not_found"),
        (418, 502, "upstream_error"),
        (422, 422, "upstream_rejected"),
        (201, 502, "upstream_bad_body"),
        (204, 502, "upstream_bad_body"),
        (302, 502, "upstream_error"),
        (500, 502, "upstream_error"),
        (504, 502, "upstream_error"),
    ];
    for (theirs, ours, code) in rows {
        let stage = Stage::open().await;
        stage
            .fault(
                "resolve_member",
                json!({"status": theirs, "body": "canary-text", "count": 9}),
            )
            .await;
        let answer = stage.launch(&elodie()).send().await;
        let body = answer.is_refused(ours, code).json();
        assert_eq!(
            body["upstream"],
            json!({"name": "junction", "status": theirs}),
            "{theirs}"
        );
        assert!(!answer.text.contains("canary-text"), "{theirs}");
        assert_eq!(stage.urls_made().await, 0);
    }
}

#[actix_web::test]
async fn a_url_that_is_not_there_is_not_found() {
    let stage = Stage::open().await;
    stage
        .fault(
            "create_dashboard_url",
            json!({"status": 404, "body": "{\"detail\":\"gone\"}"}),
        )
        .await;
    stage
        .launch(&elodie())
        .send()
        .await
        .is_refused(404, "junction_not_found");
}

#[actix_web::test]
async fn junctions_own_words_are_for_hosts_that_may_have_explanations() {
    let forms = [
        (json!({"detail": "words"}), Some("words")),
        (
            json!({"detail": [{"loc": ["body", "x"], "msg": "words", "type": "t"}]}),
            Some("words"),
        ),
        (
            json!({"detail": {"error_type": "T", "error_message": "words"}}),
            Some("words"),
        ),
        (
            json!({"error": "Bad Request", "message": "words", "status_code": 400}),
            Some("words"),
        ),
        (json!({"detail": 7}), None),
        (json!("words"), None),
    ];
    for (host, is_told) in [("", false), ("explain = true", true)] {
        let lines = Lines {
            host: host.to_owned(),
            ..Lines::default()
        };
        let stage = Stage::with(lines).await;
        for (body, words) in &forms {
            stage
                .fault("resolve_team", json!({"status": 400, "body": body.to_string()}))
                .await;
            let answer = stage.launch(&elodie()).send().await;
            let answer = answer.is_refused(400, "upstream_rejected").json();
            assert_eq!(
                answer["upstream"]["message"].as_str(),
                words.filter(|_| is_told),
                "{body}"
            );
        }
    }
}

#[actix_web::test]
async fn the_fields_that_junction_names_are_the_callers_where_they_are() {
    let stage = Stage::open().await;
    let body = json!({
        "clinician": {"userId": "emp999", "firstName": "Noah", "lastName": "Singh", "email": "noah@clinic.ca"},
        "team": {"integrationTeamId": "north", "name": "North"},
        "patient": {"clientUserId": "p", "demographics": {
            "firstName": "Z", "lastName": "R", "email": "z@example.com", "phoneNumber": "1", "gender": "x", "dob": "2000-01-01",
            "address": {"firstLine": "1", "city": "c", "state": "s", "zip": "z", "country": "c"},
        }},
        "feature": "order_creation", "modality": "feature_embed",
    });
    let rows: &[(&str, &[&str], &[&str])] = &[
        ("create_team", &["name"], &["/team/name"]),
        ("create_team", &["integration_team_id"], &["/team/integrationTeamId"]),
        ("create_team", &["region"], &[]),
        ("create_member", &["email"], &["/clinician/email"]),
        (
            "create_member",
            &["name"],
            &["/clinician/firstName", "/clinician/lastName"],
        ),
        ("create_member", &["integration_member_id"], &["/clinician/userId"]),
        ("create_user", &["client_user_id"], &["/patient/clientUserId"]),
        (
            "update_user_info",
            &["phone_number"],
            &["/patient/demographics/phoneNumber"],
        ),
        (
            "update_user_info",
            &["address", "zip"],
            &["/patient/demographics/address/zip"],
        ),
        ("update_user_info", &["medical_proxy"], &["/patient/demographics"]),
        ("create_dashboard_url", &["feature"], &["/feature"]),
        ("create_dashboard_url", &["environment"], &[]),
    ];
    for (call, place, expected) in rows {
        let mut location = vec!["body"];
        location.extend(*place);
        let detail = json!({"detail": [{"loc": location, "msg": "no", "type": "t", "input": "canary"}]});
        stage
            .fault(call, json!({"status": 422, "body": detail.to_string(), "count": 2}))
            .await;
        let answer = stage.launch(&body).send().await;
        let expected: Vec<_> = expected.iter().map(|field| (*field, "refused_by_junction")).collect();
        answer.is_refused(422, "upstream_rejected").naming(&expected);
        assert!(!answer.text.contains("canary"), "{call}");
        let answer = stage.junction.control(Method::DELETE, "faults", json!(null)).await;
        assert_eq!(answer.status, 204);
        stage.arrange(crate::helpers::junction::scene()).await;
    }
}

#[actix_web::test]
async fn a_url_elsewhere_is_not_returned() {
    for url in [
        "https://evil.test/",
        "http://127.0.0.1:1/junction/ehr/dashboard",
        "javascript:alert(1)",
        "//evil.test/",
        "https://user@evil.test/",
        "",
    ] {
        let stage = Stage::open().await;
        let body = json!({"url": url, "expires_in": 300}).to_string();
        stage
            .fault("create_dashboard_url", json!({"status": 200, "body": body}))
            .await;
        let answer = stage.launch(&elodie()).send().await;
        let body = answer.is_refused(502, "upstream_bad_url").json();
        assert_eq!(body["upstream"], json!({"name": "junction", "status": 200}));
        assert!(url.is_empty() || !answer.text.contains(url), "{url}");
    }
}

#[actix_web::test]
async fn an_incomplete_response_is_distinguished() {
    let rows = [
        ("create_dashboard_url", "{\"url\":\"https://x\"}"),
        ("create_dashboard_url", "<html>"),
        ("resolve_team", "{}"),
        ("resolve_team", "{\"id\":\"team\"}"),
        ("resolve_member", "[]"),
        ("create_api_access_token", "{\"access_token\":7,\"expires_in\":1}"),
        (
            "create_api_access_token",
            "{\"access_token\":\"a\\nb\",\"expires_in\":600}",
        ),
        (
            "create_api_access_token",
            "{\"access_token\":\"clé\",\"expires_in\":600}",
        ),
        ("create_api_access_token", "{\"access_token\":\"\",\"expires_in\":600}"),
        ("create_api_access_token", "[\"token\",600]"),
        ("get_order", "{}"),
    ];
    for (call, body) in rows {
        let stage = Stage::open().await;
        stage.fault(call, json!({"status": 200, "body": body})).await;
        let launch = with(
            elodie(),
            "feature",
            format!("order:{}", crate::helpers::junction::ORDER),
        );
        stage.launch(&launch).send().await.is_refused(502, "upstream_bad_body");
        assert_eq!(stage.urls_made().await, 0, "{call}");
    }
}

#[actix_web::test]
async fn what_is_wrong_with_a_request_is_found_before_anything_is_asked() {
    let stage = Stage::open().await;
    let launch = |body| stage.launch(&body);
    launch(with(elodie(), "feature", "order"))
        .send()
        .await
        .is_refused(400, "invalid_request");
    launch(with(elodie(), "environment", "sandbox"))
        .send()
        .await
        .is_refused(400, "invalid_request")
        .naming(&[("/*", "unknown")]);
    let without_key = stage.app.request(Method::POST, "/v1/junction/launch").json(&elodie());
    without_key.send().await.is_refused(401, "host_unauthenticated");
    let from_a_page = launch(elodie()).header("origin", "https://ehr.example");
    from_a_page.send().await.is_refused(403, "origin_denied");
    let reserved = launch(elodie()).header("x-management-key", "mg_own");
    reserved.send().await.is_refused(400, "reserved_header");
    let query = stage
        .app
        .request(Method::POST, "/v1/junction/launch?feature=order_creation")
        .header("api-key", HOST_KEY)
        .json(&elodie());
    query
        .send()
        .await
        .is_refused(400, "invalid_request")
        .naming(&[("/query/*", "not_accepted")]);
    let get = stage
        .app
        .request(Method::GET, "/v1/junction/launch")
        .header("api-key", HOST_KEY);
    let answer = get.send_unchecked().await;
    answer.is_refused(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), Some("POST"));
    let text = stage
        .app
        .request(Method::POST, "/v1/junction/launch")
        .header("api-key", HOST_KEY)
        .body("x");
    text.send().await.is_refused(415, "unsupported_media_type");
    assert!(stage.journal().await.is_empty());
}
