//! Teams: known, made, or not the caller's to open.

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{
    issuer::Issuer,
    junction::{Lines, OTHER_TEAM, Stage, TEAM, elodie},
    with,
};

#[actix_web::test]
async fn a_new_team_is_made_in_the_tenants_region() {
    let stage = Stage::open().await;
    let body = with(
        elodie(),
        "team",
        json!({"integrationTeamId": "north", "name": "Clinique du Nord"}),
    );
    stage.launch(&body).send().await.is_launched();
    assert_eq!(
        stage.sent("create_team").await,
        json!({"name": "Clinique du Nord", "region": "us", "integration_team_id": "north"})
    );
    let state = stage.state().await;
    let team = &state["teams"][2];
    assert_eq!(stage.sent("create_dashboard_url").await["team_id"], team["id"]);
}

#[actix_web::test]
async fn a_team_that_was_made_meanwhile_is_used() {
    let stage = Stage::open().await;
    stage.fault("resolve_team", json!({"status": 404, "body": "{}"})).await;
    let body = with(
        elodie(),
        "team",
        json!({"integrationTeamId": "cardio", "name": "Cardiology"}),
    );
    stage.launch(&body).send().await.is_launched();
    assert_eq!(stage.calls().await[..2], ["resolve_team", "create_team"]);
    assert_eq!(stage.sent("create_dashboard_url").await["team_id"], TEAM);
}

#[actix_web::test]
async fn a_team_that_is_another_is_never_used() {
    let stage = Stage::open().await;
    let body = with(elodie(), "team", json!({"integrationTeamId": "north", "name": "North"}));
    let conflict = json!({"status": 409, "body": json!({"team_id": OTHER_TEAM}).to_string()});
    stage.fault("create_team", conflict).await;
    stage.launch(&body).send().await.is_refused(409, "junction_conflict");
    let another = json!({
        "id": OTHER_TEAM, "name": "Dermatology", "created_on": "2026-01-01T00:00:00Z", "region": "us",
        "integration_team_id": "derma", "environments": ["sandbox"], "sandbox": null, "production": null,
    });
    stage
        .fault("resolve_team", json!({"status": 200, "body": another.to_string()}))
        .await;
    stage.launch(&body).send().await.is_refused(409, "junction_conflict");
    assert_eq!(stage.urls_made().await, 0);
}

#[actix_web::test]
async fn a_team_without_a_name_is_not_made_and_nor_is_any_where_that_is_off() {
    let stage = Stage::open().await;
    let body = with(elodie(), "team", json!({"integrationTeamId": "north"}));
    stage
        .launch(&body)
        .send()
        .await
        .is_refused(400, "invalid_request")
        .naming(&[("/team/name", "required")]);
    let lines = Lines {
        junction: Some(""),
        ..Lines::default()
    };
    let careful = Stage::with(lines).await;
    let body = with(elodie(), "team", json!({"integrationTeamId": "north", "name": "North"}));
    careful.launch(&body).send().await.is_refused(403, "team_denied");
    for stage in [stage, careful] {
        assert_eq!(stage.state().await["teams"].as_array().unwrap().len(), 2);
        assert_eq!(stage.calls().await, ["resolve_team"]);
    }
}

#[actix_web::test]
async fn a_team_by_junctions_id_is_not_looked_up() {
    let stage = Stage::open().await;
    stage
        .launch(&with(elodie(), "team", json!({"teamId": TEAM})))
        .send()
        .await
        .is_launched();
    assert_eq!(stage.calls().await, ["resolve_member", "create_dashboard_url"]);
    let unknown = with(elodie(), "team", json!({"teamId": TEAM.replace('1', "8")}));
    let answer = stage.launch(&unknown).send().await;
    answer.is_refused(404, "junction_not_found");
    assert_eq!(stage.urls_made().await, 1);
}

#[actix_web::test]
async fn the_tenants_one_team_is_the_team_of_every_launch() {
    let by_reference = "team = { integration_team_id = \"cardio\" }";
    let by_id = "team = { team_id = \"11111111-1111-4111-8111-111111111111\" }";
    for lines in [by_reference, by_id] {
        let lines = Lines {
            junction: Some(lines),
            ..Lines::default()
        };
        let stage = Stage::with(lines).await;
        let mut body = elodie();
        body.as_object_mut().unwrap().remove("team");
        stage.launch(&body).send().await.is_launched();
        assert_eq!(stage.sent("create_dashboard_url").await["team_id"], TEAM);
        for team in [json!({"integrationTeamId": "derma"}), json!({"teamId": OTHER_TEAM})] {
            let answer = stage.launch(&with(body.clone(), "team", team)).send().await;
            answer.is_refused(403, "team_denied");
        }
        assert_eq!(stage.urls_made().await, 1);
    }
}

#[actix_web::test]
async fn a_tenants_own_team_is_made_where_that_is_on() {
    let lines = Lines {
        junction: Some("create_team = true\nteam = { integration_team_id = \"north\", name = \"North\" }"),
        ..Lines::default()
    };
    let stage = Stage::with(lines).await;
    let mut body = elodie();
    body.as_object_mut().unwrap().remove("team");
    stage.launch(&body).send().await.is_launched();
    assert_eq!(stage.sent("create_team").await["name"], "North");
}

#[actix_web::test]
async fn a_team_from_a_token_is_created_with_the_tokens_name_for_it() {
    let issuer = Issuer::start().await;
    let names = "integration_team_id = \"team\"\nintegration_team_name = \"team_name\"\n";
    let lines = Lines {
        junction: Some("create_team = true"),
        more: issuer.host("spa", "gateway", "") + names,
        ..Lines::default()
    };
    let stage = Stage::with(lines).await;
    let claims = with(with(issuer.claims(), "sub", "emp123"), "team", "north");
    let launch = |claims: &Value| {
        stage
            .app
            .request(Method::POST, "/v1/junction/launch")
            .header("authorization", format!("Bearer {}", issuer.token(claims)))
            .json(&json!({"feature": "order_creation", "modality": "feature_embed"}))
    };
    launch(&claims).send().await.is_refused(403, "team_denied");
    let named = with(claims, "team_name", "Clinique du Nord");
    launch(&named).send().await.is_launched();
    assert_eq!(
        stage.sent("create_team").await,
        json!({"name": "Clinique du Nord", "region": "us", "integration_team_id": "north"})
    );
}
