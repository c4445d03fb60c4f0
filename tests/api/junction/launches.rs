//! Members, and the URL.

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{
    HOST_KEY, TestApp, TestConfig,
    issuer::Issuer,
    junction::{Lines, MEMBER, OTHER_TEAM, Stage, TEAM, elodie, scene},
    with, without,
};

#[actix_web::test]
async fn a_launch_returns_a_url_that_opens_the_feature_for_the_member() {
    let stage = Stage::open().await;
    let answer = stage.launch(&elodie()).send().await;
    let document = answer.is_launched().json();
    let origin = format!("http://{}", stage.junction.address);
    let url = document["url"].as_str().unwrap().to_owned();
    assert!(url.starts_with(&format!("{origin}/junction/ehr/dashboard?")), "{url}");
    assert_eq!(
        without(document, &["url"]),
        json!({
            "expiresIn": 300, "modality": "feature_embed", "feature": "order_creation", "origin": origin,
            "requestId": answer.header("x-request-id").unwrap(), "frame": {"referrerPolicy": "strict-origin"},
        })
    );
    assert_eq!(
        stage.sent("create_dashboard_url").await,
        json!({
            "member_id": MEMBER, "team_id": TEAM, "feature": "order_creation", "modality": "feature_embed",
            "environment": "sandbox",
        })
    );
    let page = stage.junction.open(&url).await;
    assert!(
        page.text.contains("Élodie Côté") && page.text.contains("Cardiology"),
        "{}",
        page.text
    );
}

#[actix_web::test]
async fn what_is_known_is_asked_for_once() {
    let stage = Stage::open().await;
    for _ in 0..3 {
        stage.launch(&elodie()).send().await.is_launched();
    }
    let calls = stage.calls().await;
    assert_eq!(
        calls,
        [
            "resolve_team",
            "resolve_member",
            "create_dashboard_url",
            "create_dashboard_url",
            "create_dashboard_url"
        ]
    );
}

#[actix_web::test]
async fn a_new_member_is_made_with_their_team() {
    let stage = Stage::open().await;
    let body = with(
        elodie(),
        "clinician",
        json!({
            "userId": "emp999", "firstName": "Noah", "lastName": "Singh", "email": "noah.singh@clinic.ca",
            "licenseNumber": "MD1", "preferredLanguage": "EN",
        }),
    );
    stage.launch(&body).send().await.is_launched();
    assert_eq!(
        stage.sent("create_member").await,
        json!({
            "integration_member_id": "emp999", "name": "Noah Singh", "email": "noah.singh@clinic.ca",
            "team_role_bindings": [{"team_id": TEAM}],
        })
    );
    let calls = stage.calls().await;
    assert_eq!(
        calls,
        [
            "resolve_team",
            "resolve_member",
            "create_member",
            "create_dashboard_url"
        ]
    );
}

#[actix_web::test]
async fn a_profile_that_cannot_make_a_member_is_enough_for_one_who_is_there() {
    let stage = Stage::open().await;
    let bare = |id: &str| with(elodie(), "clinician", json!({"userId": id, "firstName": "Noah"}));
    stage.launch(&bare("emp123")).send().await.is_launched();
    let answer = stage.launch(&bare("emp999")).send().await;
    answer
        .is_refused(400, "user_fields_missing")
        .naming(&[("/clinician/lastName", "required"), ("/clinician/email", "required")]);
    assert_eq!(stage.state().await["members"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn a_member_who_was_made_meanwhile_is_used() {
    let stage = Stage::open().await;
    stage
        .fault(
            "resolve_member",
            json!({"status": 404, "body": "{\"detail\":\"Not found\"}"}),
        )
        .await;
    stage.launch(&elodie()).send().await.is_launched();
    let calls = stage.calls().await;
    assert_eq!(
        calls,
        [
            "resolve_team",
            "resolve_member",
            "create_member",
            "get_member",
            "create_dashboard_url"
        ]
    );
    assert_eq!(stage.sent("create_dashboard_url").await["member_id"], MEMBER);
}

#[actix_web::test]
async fn the_gateway_never_acts_as_another_member() {
    let conflict = json!({"status": 409, "body": json!({"member_id": MEMBER}).to_string()});
    let noah = json!({
        "userId": "emp999", "firstName": "Noah", "lastName": "Singh", "email": "elodie@clinic.ca",
    });
    let stage = Stage::open().await;
    let before = stage.state().await["members"].clone();
    // Of a taken e-mail, perhaps: what else Junction answers so is not documented.
    stage.fault("create_member", conflict).await;
    let body = with(
        with(elodie(), "clinician", noah.clone()),
        "team",
        json!({"integrationTeamId": "derma"}),
    );
    let answer = stage.launch(&body).send().await;
    assert_eq!(
        answer.is_refused(409, "junction_conflict").json()["upstream"],
        json!({"name": "junction", "status": 200})
    );
    assert_eq!(stage.state().await["members"], before, "nobody was given a team");
    assert_eq!(stage.urls_made().await, 0);

    let somebody_else = json!({
        "id": MEMBER, "integration_member_id": "emp123", "name": "Élodie Côté", "email": "elodie@clinic.ca", "avatar": null,
        "team_role_bindings": [{"team_id": TEAM}],
    });
    stage
        .fault(
            "resolve_member",
            json!({"status": 200, "body": somebody_else.to_string()}),
        )
        .await;
    let body = with(elodie(), "clinician", noah);
    stage.launch(&body).send().await.is_refused(409, "junction_conflict");
    assert_eq!(stage.urls_made().await, 0);
}

#[actix_web::test]
async fn a_missing_team_is_added_and_no_other_lost_whatever_an_update_does() {
    for bindings in ["replace", "merge"] {
        let stage = Stage::open().await;
        stage.arrange(json!({"bindings": bindings})).await;
        let body = with(elodie(), "team", json!({"integrationTeamId": "derma"}));
        stage.launch(&body).send().await.is_launched();
        let calls = stage.calls().await;
        assert_eq!(
            calls,
            [
                "resolve_team",
                "resolve_member",
                "get_member",
                "update_member",
                "get_member",
                "create_dashboard_url"
            ],
            "{bindings}"
        );
        let state = stage.state().await;
        let teams = &state["members"][0]["team_role_bindings"];
        assert_eq!(
            *teams,
            json!([{"team_id": TEAM}, {"team_id": OTHER_TEAM}]),
            "{bindings}"
        );
        stage.launch(&elodie()).send().await.is_launched();
    }
}

#[actix_web::test]
async fn a_member_made_meanwhile_for_another_team_is_added_to_this_one() {
    let stage = Stage::open().await;
    stage.fault("resolve_member", json!({"status": 404})).await;
    let body = with(elodie(), "team", json!({"integrationTeamId": "derma"}));
    stage.launch(&body).send().await.is_launched();
    let teams = &stage.state().await["members"][0]["team_role_bindings"];
    assert_eq!(*teams, json!([{"team_id": TEAM}, {"team_id": OTHER_TEAM}]));
}

#[actix_web::test]
async fn an_update_that_does_not_take_is_given_up_after_three_rounds() {
    let stage = Stage::open().await;
    updates_change_nothing(&stage, 9).await;
    let body = with(elodie(), "team", json!({"integrationTeamId": "derma"}));
    stage.launch(&body).send().await.is_refused(409, "junction_conflict");
    assert_eq!((updates(&stage).await, stage.urls_made().await), (3, 0));
}

#[actix_web::test]
async fn an_update_that_takes_in_the_last_round_is_enough() {
    let stage = Stage::open().await;
    updates_change_nothing(&stage, 2).await;
    let body = with(elodie(), "team", json!({"integrationTeamId": "derma"}));
    stage.launch(&body).send().await.is_launched();
    assert_eq!((updates(&stage).await, stage.urls_made().await), (3, 1));
}

/// So many updates of a member succeed, and change nothing.
async fn updates_change_nothing(stage: &Stage, count: usize) {
    let member = json!({
        "id": MEMBER, "integration_member_id": "emp123", "name": "x", "email": "x", "avatar": null,
        "team_role_bindings": [],
    });
    let fault = json!({"status": 200, "body": member.to_string(), "count": count});
    stage.fault("update_member", fault).await;
}

async fn updates(stage: &Stage) -> usize {
    let calls = stage.calls().await;
    calls.into_iter().filter(|call| call == "update_member").count()
}

#[actix_web::test]
async fn what_junction_has_forgotten_is_found_anew() {
    let stage = Stage::open().await;
    stage.launch(&elodie()).send().await.is_launched();
    let new_id = MEMBER.replace('3', "7");
    let member = json!({
        "id": new_id, "integration_member_id": "emp123", "name": "Élodie Côté", "email": "elodie@clinic.ca",
        "team_role_bindings": [{"team_id": TEAM}],
    });
    stage.arrange(json!({"members": [member]})).await;
    stage.launch(&elodie()).send().await.is_launched();
    assert_eq!(stage.sent("create_dashboard_url").await["member_id"], new_id);

    stage.arrange(json!({"members": []})).await;
    stage.launch(&elodie()).send().await.is_launched();
    assert_eq!(stage.state().await["members"][0]["integration_member_id"], "emp123");
}

#[actix_web::test]
async fn the_management_api_gets_only_the_key_and_the_teams_only_the_token() {
    let stage = Stage::open().await;
    let body = with(elodie(), "patient", json!({"clientUserId": "patient123"}));
    let launch = stage
        .launch(&body)
        .header("cookie", "a=b")
        .header("user-agent", "browser");
    launch.send().await.is_launched();
    let journal = stage.journal().await;
    assert!(journal.len() >= 5, "{journal:?}");
    for entry in journal {
        let is_teams = entry["path"].as_str().unwrap().starts_with("/junction/api/");
        let (own, others) = if is_teams {
            ("bearer", "managementKey")
        } else {
            ("managementKey", "bearer")
        };
        assert!(entry[own].is_string() && entry[others].is_null(), "{entry}");
        let credential = if is_teams { "authorization" } else { "x-management-key" };
        let mut expected = vec!["accept", "accept-encoding", credential, "host", "user-agent"];
        if !entry["body"].is_null() {
            expected.extend(["content-length", "content-type"]);
        }
        expected.sort_unstable();
        assert_eq!(entry["headers"], json!(expected), "{entry}");
        assert_eq!(entry["query"], json!([]));
    }
}

#[actix_web::test]
async fn every_granted_feature_and_modality_is_opened_and_no_other() {
    let stage = Stage::open().await;
    for feature in ["order_creation", "team_panels", "team_config"] {
        for modality in ["feature_embed", "link_out"] {
            let body = with(with(elodie(), "feature", feature), "modality", modality);
            let document = stage.launch(&body).send().await.is_launched().json();
            assert_eq!(
                (&document["feature"], &document["modality"]),
                (&feature.into(), &modality.into())
            );
        }
    }
    let lines = Lines {
        junction: Some(""),
        ..Lines::default()
    };
    let careful = Stage::with(lines).await;
    for (name, value, is_granted) in [
        ("feature", "order_creation", true),
        ("feature", "team_panels", false),
        ("feature", "team_config", false),
        ("modality", "link_out", false),
    ] {
        let answer = careful.launch(&with(elodie(), name, value)).send().await;
        if is_granted {
            answer.is_launched();
        } else {
            answer.is_refused(403, "feature_denied");
        }
    }
    assert_eq!(careful.urls_made().await, 1);
}

#[actix_web::test]
async fn a_token_says_who_and_in_which_team() {
    let issuer = Issuer::start().await;
    let lines = Lines {
        more: issuer.host("spa", "gateway", "") + "integration_team_id = \"team\"\n",
        ..Lines::default()
    };
    let stage = Stage::with(lines).await;
    let claims = with(with(issuer.claims(), "sub", "emp123"), "team", "cardio");
    let launch = |claims: &Value, body: &Value| {
        stage
            .app
            .request(Method::POST, "/v1/junction/launch")
            .header("authorization", format!("Bearer {}", issuer.token(claims)))
            .header("origin", "https://ehr.example")
            .json(body)
    };
    let body = json!({"feature": "order_creation", "modality": "feature_embed"});
    let answer = launch(&claims, &body).send().await;
    answer.is_launched();
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("https://ehr.example")
    );
    assert_eq!(stage.sent("create_dashboard_url").await["member_id"], MEMBER);

    let clinician = json!({"userId": "emp999"});
    let answer = launch(&claims, &with(body.clone(), "clinician", clinician))
        .send()
        .await;
    answer.is_refused(400, "clinician_not_accepted");
    let answer = launch(
        &claims,
        &with(body.clone(), "team", json!({"integrationTeamId": "derma"})),
    )
    .send()
    .await;
    answer.is_refused(403, "team_denied");
    let answer = launch(&without(claims.clone(), &["team"]), &body).send().await;
    answer.is_refused(403, "team_denied");
    let answer = launch(&with(claims.clone(), "team", 7), &body).send().await;
    answer
        .is_refused(403, "claim_unusable")
        .naming(&[("/token/integrationTeamId", "wrong_type")]);
    assert_eq!(stage.urls_made().await, 1);
}

#[actix_web::test]
async fn a_tenant_has_what_it_was_given_and_nothing_of_the_other() {
    let stage = Stage::open().await;
    let answer = stage
        .app
        .native("statistics")
        .json(&json!({"clinician": elodie()["clinician"]}))
        .send()
        .await;
    answer.is_launched();

    let empego_alone = TestApp::documented().await;
    for (method, path) in [
        (Method::POST, "/v1/junction/launch"),
        (Method::GET, "/v1/junction/fast-launch"),
    ] {
        let request = empego_alone.request(method, path).header("api-key", HOST_KEY);
        request.send().await.is_refused(403, "feature_denied");
    }

    let junction = stage.junction.address.clone();
    let mut config = TestConfig::without_empego();
    config.tenant_tables = crate::helpers::junction::table(&junction, "");
    let app = TestApp::with(config).await;
    let launch = app
        .request(Method::POST, "/v1/junction/launch")
        .header("api-key", HOST_KEY)
        .json(&elodie());
    launch.send().await.is_launched();
    let answer = app
        .native("consultation/view")
        .json(&json!({"clinician": {"userId": "u"}}))
        .send()
        .await;
    answer.is_refused(403, "endpoint_denied");
    let question = app
        .request(Method::GET, "/empego-integrations/R4/embeddable/statistics")
        .header("api-key", HOST_KEY);
    question.send().await.is_refused(403, "endpoint_denied");
}

#[actix_web::test]
async fn a_record_says_what_was_opened_and_how_and_nothing_about_whom() {
    let stage = Stage::open().await;
    let body = with(elodie(), "patient", json!({"clientUserId": "patient123"}));
    stage.launch(&body).send().await.is_launched();
    let launches = r#"empego_gateway_launches_total{endpoint="junction/launch",tenant="downtown",code="ok"}"#;
    assert_eq!(stage.app.figure(launches).await, Some(1.0));
    let calls = r#"empego_gateway_upstream_duration_seconds_count{tenant="downtown",upstream="junction",call="create_user",outcome="ok"}"#;
    assert_eq!(stage.app.figure(calls).await, None);
    let calls = r#"empego_gateway_upstream_duration_seconds_count{tenant="downtown",upstream="junction",call="resolve_user",outcome="ok"}"#;
    assert_eq!(stage.app.figure(calls).await, Some(1.0));
    for api in ["management", "team"] {
        let state = format!(r#"empego_gateway_breaker_state{{tenant="downtown",upstream="junction",api="{api}"}}"#);
        assert_eq!(stage.app.figure(&state).await, Some(0.0));
    }
}

/// Everything that the default stage grants, and members whose teams are kept.
const KEEPING: &str = r#"
    features = ["order_creation"]
    member_teams = "keep"
"#;

#[actix_web::test]
async fn a_known_member_whose_teams_are_kept_is_never_added_to_one() {
    let stage = Stage::with(Lines {
        junction: Some(KEEPING),
        host: "explain = true".to_owned(),
        ..Lines::default()
    })
    .await;
    stage.launch(&elodie()).send().await.is_launched();

    // An administrator of Junction's removes her from the team; what was remembered of her does not bring her back.
    let mut outside = scene()["members"].clone();
    outside[0]["team_role_bindings"] = json!([{"team_id": OTHER_TEAM}]);
    stage.arrange(json!({"members": outside})).await;
    let answer = stage.launch(&elodie()).send().await;
    let body = answer.is_refused(403, "team_denied").json();
    assert_eq!(body["reason"], "member_not_of_team");
    let calls = stage.calls().await;
    assert!(!calls.iter().any(|call| call == "update_member"), "{calls:?}");
    let teams = stage.state().await["members"][0]["team_role_bindings"].clone();
    assert_eq!(teams, json!([{"team_id": OTHER_TEAM}]));

    // A person whom Junction does not know is created in the team.
    let mut noah = elodie();
    noah["clinician"] = json!({"userId": "emp9", "firstName": "Noah", "lastName": "Roy", "email": "noah@clinic.ca"});
    stage.launch(&noah).send().await.is_launched();
}
