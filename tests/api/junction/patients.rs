//! Patients and orders: of the launch's team, and of the token's patient, before anything is opened.

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{
    issuer::Issuer,
    junction::{FOREIGN_ORDER, FOREIGN_PATIENT, Lines, ORDER, OTHER_PATIENT, PATIENT, Stage, elodie},
    with,
};

fn demographics() -> Value {
    json!({
        "firstName": "Zoé", "lastName": "Roy", "email": "zoe.roy@example.com", "phoneNumber": "+14155550123",
        "gender": "female", "dob": "1986-03-09",
        "address": {
            "firstLine": "West Lincoln Street", "city": "Phoenix", "state": "AZ", "zip": "85004", "country": "US",
        },
    })
}

#[actix_web::test]
async fn a_patient_who_is_known_is_preselected_and_asked_for_once() {
    let stage = Stage::open().await;
    let body = with(elodie(), "patient", json!({"clientUserId": "patient123"}));
    for _ in 0..2 {
        let document = stage.launch(&body).send().await.is_launched().json();
        assert_eq!(document["feature"], format!("order_creation:{PATIENT}"));
    }
    let mut calls = stage.calls().await;
    calls.sort_unstable();
    assert_eq!(
        calls,
        [
            "create_api_access_token",
            "create_dashboard_url",
            "create_dashboard_url",
            "resolve_member",
            "resolve_team",
            "resolve_user",
        ]
    );
    assert_eq!(stage.sent("create_api_access_token").await, json!({"env": "sandbox"}));
}

#[actix_web::test]
async fn a_patient_who_is_new_is_made_with_what_is_known_of_them() {
    let stage = Stage::open().await;
    let id = "weird/?#%41 ü";
    let body = with(
        elodie(),
        "patient",
        json!({"clientUserId": id, "demographics": demographics()}),
    );
    let document = stage.launch(&body).send().await.is_launched().json();
    let state = stage.state().await;
    let user = state["users"]
        .as_array()
        .unwrap()
        .iter()
        .find(|user| user["client_user_id"] == id);
    let user = user.unwrap_or_else(|| panic!("{state}"));
    assert_eq!(
        document["feature"],
        format!("order_creation:{}", user["user_id"].as_str().unwrap())
    );
    assert_eq!(stage.sent("create_user").await, json!({"client_user_id": id}));
    let sent = stage.sent("update_user_info").await;
    assert_eq!(
        (&sent["first_name"], &sent["address"]["zip"]),
        (&"Zoé".into(), &"85004".into())
    );
    let calls = stage.calls().await;
    let of_patient: Vec<_> = calls[1..].iter().filter(|call| *call != "resolve_member").collect();
    assert_eq!(
        of_patient,
        [
            "create_api_access_token",
            "resolve_user",
            "create_user",
            "update_user_info",
            "create_dashboard_url"
        ]
    );
}

#[actix_web::test]
async fn a_patient_who_was_made_meanwhile_is_used() {
    let stage = Stage::open().await;
    stage
        .fault(
            "resolve_user",
            json!({"status": 404, "body": "{\"detail\":\"User not found\"}"}),
        )
        .await;
    let body = with(elodie(), "patient", json!({"clientUserId": "patient123"}));
    let document = stage.launch(&body).send().await.is_launched().json();
    assert_eq!(document["feature"], format!("order_creation:{PATIENT}"));
}

#[actix_web::test]
async fn what_is_not_the_teams_is_not_opened() {
    let stage = Stage::open().await;
    for (feature, code) in [
        (format!("order:{ORDER}"), None),
        (format!("order_creation:{PATIENT}"), None),
        (format!("order:{FOREIGN_ORDER}"), Some((404, "junction_not_found"))),
        (
            format!("order_creation:{FOREIGN_PATIENT}"),
            Some((404, "junction_not_found")),
        ),
        (format!("order:{PATIENT}"), Some((404, "junction_not_found"))),
    ] {
        let before = stage.urls_made().await;
        let answer = stage.launch(&with(elodie(), "feature", feature.as_str())).send().await;
        match code {
            None => {
                assert_eq!(answer.is_launched().json()["feature"], feature);
            }
            Some((status, code)) => {
                answer.is_refused(status, code);
                assert_eq!(stage.urls_made().await, before, "{feature}");
            }
        }
    }
}

#[actix_web::test]
async fn a_refused_launch_creates_and_changes_no_person() {
    let stage = Stage::open().await;
    let before = stage.state().await;
    let noah = json!({"userId": "emp999", "firstName": "Noah", "lastName": "Singh", "email": "noah.singh@clinic.ca"});
    let new = with(
        with(elodie(), "clinician", noah),
        "feature",
        format!("order:{FOREIGN_ORDER}"),
    );
    let elsewhere = with(elodie(), "team", json!({"integrationTeamId": "derma"}));
    let not_bound = with(elsewhere, "feature", format!("order_creation:{PATIENT}"));
    for body in [new, not_bound] {
        stage.launch(&body).send().await.is_refused(404, "junction_not_found");
        for part in ["members", "users"] {
            assert_eq!(stage.state().await[part], before[part], "{part}");
        }
    }
}

#[actix_web::test]
async fn an_answer_of_another_team_is_not_believed() {
    let stage = Stage::open().await;
    let foreign = json!({"id": ORDER, "user_id": PATIENT, "team_id": "22222222-2222-4222-8222-222222222222"});
    stage
        .fault("get_order", json!({"status": 200, "body": foreign.to_string()}))
        .await;
    let body = with(elodie(), "feature", format!("order:{ORDER}"));
    stage.launch(&body).send().await.is_refused(403, "team_denied");

    let user = |team: &str, reference: &str| {
        json!({"user_id": PATIENT, "team_id": team, "client_user_id": reference}).to_string()
    };
    let patient = with(elodie(), "patient", json!({"clientUserId": "patient123"}));
    let foreign = user("22222222-2222-4222-8222-222222222222", "patient123");
    stage
        .fault("resolve_user", json!({"status": 200, "body": foreign}))
        .await;
    stage.launch(&patient).send().await.is_refused(403, "team_denied");
    let another = user("11111111-1111-4111-8111-111111111111", "patient456");
    stage
        .fault("resolve_user", json!({"status": 200, "body": another}))
        .await;
    stage.launch(&patient).send().await.is_refused(403, "patient_denied");
    assert_eq!(stage.urls_made().await, 0);
}

#[actix_web::test]
async fn an_order_is_opened_for_its_own_patient() {
    let stage = Stage::open().await;
    for (patient, code) in [("patient123", None), ("patient456", Some("patient_denied"))] {
        let body = with(elodie(), "feature", format!("order:{ORDER}"));
        let answer = stage
            .launch(&with(body.clone(), "patient", json!({"clientUserId": patient})))
            .send()
            .await;
        match code {
            None => answer.is_launched(),
            Some(code) => answer.is_refused(403, code),
        };
    }
    assert_eq!(stage.urls_made().await, 1);
}

#[actix_web::test]
async fn a_launch_bound_to_a_patient_is_about_no_other_patient() {
    let issuer = Issuer::start().await;
    let lines = Lines {
        more: issuer.host("spa", "gateway", "") + "integration_team_id = \"team\"\npatient_key = \"patient\"\n",
        ..Lines::default()
    };
    let stage = Stage::with(lines).await;
    let claims = with(with(issuer.claims(), "sub", "emp123"), "team", "cardio");
    let bound = with(claims.clone(), "patient", "patient123");
    let of_order = |order: &str| json!({"feature": format!("order:{order}"), "modality": "feature_embed"});
    let of_user = |user: &str| json!({"feature": format!("order_creation:{user}"), "modality": "feature_embed"});
    let new = json!({"feature": "order_creation", "modality": "feature_embed"});
    let rows = [
        (
            &bound,
            new.clone(),
            Some(format!("order_creation:{PATIENT}")),
            "the token's patient is filled in",
        ),
        (&bound, of_order(ORDER), Some(format!("order:{ORDER}")), "their order"),
        (
            &bound,
            of_user(PATIENT),
            Some(format!("order_creation:{PATIENT}")),
            "themselves, by Junction's id",
        ),
        (&bound, of_user(OTHER_PATIENT), None, "somebody else"),
        (
            &bound,
            with(new.clone(), "patient", json!({"clientUserId": "patient456"})),
            None,
            "somebody else, by reference",
        ),
        (
            &bound,
            with(new.clone(), "modality", "link_out"),
            None,
            "a window from where everybody can be reached",
        ),
        (&bound, with(new.clone(), "feature", "team_panels"), None, "nobody"),
        (&claims, new.clone(), None, "a token that names nobody"),
    ];
    for (claims, body, feature, reason) in rows {
        let before = stage.urls_made().await;
        let answer = stage
            .app
            .request(Method::POST, "/v1/junction/launch")
            .header("authorization", format!("Bearer {}", issuer.token(claims)))
            .json(&body)
            .send()
            .await;
        if let Some(feature) = feature {
            assert_eq!(answer.is_launched().json()["feature"], feature, "{reason}");
        } else {
            answer.is_refused(403, "patient_denied");
            assert_eq!(stage.urls_made().await, before, "{reason}");
        }
    }
    // Another patient's order, of the same team.
    let order =
        json!({"id": FOREIGN_ORDER, "user_id": OTHER_PATIENT, "team_id": "11111111-1111-4111-8111-111111111111"});
    stage.arrange(json!({"orders": [order]})).await;
    let answer = stage
        .app
        .request(Method::POST, "/v1/junction/launch")
        .header("authorization", format!("Bearer {}", issuer.token(&bound)))
        .json(&of_order(FOREIGN_ORDER));
    answer.send().await.is_refused(403, "patient_denied");
}

#[actix_web::test]
async fn a_token_that_is_no_longer_accepted_is_replaced_once() {
    let stage = Stage::open().await;
    let body = with(elodie(), "feature", format!("order:{ORDER}"));
    stage.launch(&body).send().await.is_launched();
    stage.revoke_tokens().await;
    stage.launch(&body).send().await.is_launched();
    let calls = stage.calls().await;
    assert_eq!(
        calls[calls.len() - 4..],
        [
            "get_order",
            "create_api_access_token",
            "get_order",
            "create_dashboard_url"
        ]
    );

    stage
        .fault(
            "get_order",
            json!({"status": 401, "body": "{\"detail\":\"no\"}", "count": 5}),
        )
        .await;
    stage
        .launch(&body)
        .send()
        .await
        .is_refused(502, "upstream_authentication_failed");
    let calls = stage.calls().await;
    assert_eq!(
        calls[calls.len() - 3..],
        ["get_order", "create_api_access_token", "get_order"]
    );
}

#[actix_web::test]
async fn launches_at_once_share_a_new_token() {
    let stage = Stage::open().await;
    stage.launch(&elodie()).send().await.is_launched();
    let body = with(elodie(), "feature", format!("order:{ORDER}"));
    stage
        .fault("create_api_access_token", json!({"delayMs": 100, "count": 9}))
        .await;
    let launches = (0..8).map(|_| stage.launch(&body).send());
    for answer in futures_util::future::join_all(launches).await {
        answer.is_launched();
    }
    assert_eq!(stage.state().await["counters"]["tokensMinted"], 1);
}
