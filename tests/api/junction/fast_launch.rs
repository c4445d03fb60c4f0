//! Fast Launch: an address, without any call to Junction.

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{
    HOST_KEY, Launch,
    issuer::Issuer,
    junction::{Lines, MEMBER, Stage, TEAM},
    with, without,
};

fn fast<'a>(stage: &'a Stage, query: &str) -> Launch<'a> {
    let launch = stage.app.request(Method::GET, "/v1/junction/fast-launch").query(query);
    launch.header("api-key", HOST_KEY)
}

const REST: &str = "&feature=order_creation&modality=feature_embed";

#[actix_web::test]
async fn the_address_is_for_the_browser_and_needs_no_call() {
    let stage = Stage::open().await;
    let address = &stage.junction.address;
    let query = format!("integration_member_id=emp123&integration_team_id=cardio{REST}");
    let answer = fast(&stage, &query).send().await;
    assert_eq!(
        answer.is_launched().json(),
        json!({
            "url": format!(
                "http://{address}/junction/ehr/auth/launch?integration_member_id=emp123&integration_team_id=cardio\
                 &modality=feature_embed&feature=order_creation&environment=sandbox"
            ),
            "modality": "feature_embed", "feature": "order_creation", "origin": format!("http://{address}"),
            "requestId": answer.header("x-request-id").unwrap(), "frame": {"referrerPolicy": "strict-origin"},
        })
    );
    let query = format!("member_id={MEMBER}&team_id={TEAM}{REST}");
    let document = fast(&stage, &query).send().await.is_launched().json();
    assert!(
        document["url"]
            .as_str()
            .unwrap()
            .contains(&format!("?member_id={MEMBER}&team_id={TEAM}&"))
    );
    assert!(stage.journal().await.is_empty());
    assert_eq!(stage.app.calls().await, 0);
}

#[actix_web::test]
async fn references_and_ids_are_not_mixed_and_grants_hold() {
    let lines = Lines {
        junction: Some(""),
        ..Lines::default()
    };
    let stage = Stage::with(lines).await;
    let rows = [
        (
            format!("integration_member_id=a&team_id={TEAM}{REST}"),
            400,
            "invalid_request",
        ),
        (
            format!("member_id={MEMBER}&integration_team_id=t{REST}"),
            400,
            "invalid_request",
        ),
        (
            "integration_member_id=a&integration_team_id=t&feature=team_panels&modality=feature_embed".to_owned(),
            403,
            "feature_denied",
        ),
        (
            "integration_member_id=a&integration_team_id=t&feature=order_creation&modality=link_out".to_owned(),
            403,
            "feature_denied",
        ),
        (
            format!("integration_member_id=a&integration_team_id=t&environment=production{REST}"),
            403,
            "feature_denied",
        ),
    ];
    for (query, status, code) in rows {
        fast(&stage, &query).send().await.is_refused(status, code);
    }
    let head = stage
        .app
        .request(Method::HEAD, "/v1/junction/fast-launch")
        .header("api-key", HOST_KEY);
    assert_eq!(head.send_unchecked().await.status, 405);
    let query = format!("integration_member_id=a&integration_team_id=t{REST}");
    let fields = [
        ("/header/x-integration-user", "not_accepted"),
        ("/header/x-integration-intent", "not_accepted"),
    ];
    let headers = fast(&stage, &query)
        .header("x-integration-user", "e30=")
        .intent("upsert");
    headers.send().await.is_refused(400, "invalid_request").naming(&fields);
    let body = fast(&stage, &format!("integration_member_id=a&integration_team_id=t{REST}")).json(&json!({}));
    body.send()
        .await
        .is_refused(400, "invalid_request")
        .naming(&[("", "not_accepted")]);
}

#[actix_web::test]
async fn a_token_says_who_and_in_which_team() {
    let issuer = Issuer::start().await;
    let lines = Lines {
        more: issuer.host("spa", "gateway", "user_id_prefix = \"idp:\"") + "integration_team_id = \"team\"\n",
        ..Lines::default()
    };
    let stage = Stage::with(lines).await;
    let claims = with(issuer.claims(), "team", "cardio");
    let asked = |claims: &Value, query: &str| {
        let launch = stage.app.request(Method::GET, "/v1/junction/fast-launch").query(query);
        launch.header("authorization", format!("Bearer {}", issuer.token(claims)))
    };
    let rest = REST.trim_start_matches('&');
    let document = asked(&claims, rest).send().await.is_launched().json();
    let url = document["url"].as_str().unwrap();
    assert!(
        url.contains("?integration_member_id=idp%3A42&integration_team_id=cardio&"),
        "{url}"
    );
    let rows = [
        (
            claims.clone(),
            format!("integration_member_id=emp123{REST}"),
            400,
            "clinician_not_accepted",
        ),
        (
            claims.clone(),
            format!("member_id={MEMBER}{REST}"),
            400,
            "clinician_not_accepted",
        ),
        (
            claims.clone(),
            format!("integration_team_id=derma{REST}"),
            403,
            "team_denied",
        ),
        (without(claims, &["team"]), rest.to_owned(), 403, "team_denied"),
    ];
    for (claims, query, status, code) in rows {
        asked(&claims, &query).send().await.is_refused(status, code);
    }
}
