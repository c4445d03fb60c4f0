//! The Management API: keys, teams, members and dashboard URLs.

use reqwest::Method;
use serde_json::{Value, json};
use simulator::JunctionSettings;

use super::scene::{Junction, MEMBER, NOBODY, ORDER, OTHER_TEAM, PATIENT, TEAM, launch, places, send};
use crate::helpers::{Answer, with, without};

#[actix_web::test]
async fn the_management_api_is_for_one_org_and_its_keys() {
    let junction = Junction::start().await;
    let org = JunctionSettings::default().org_id;
    let rows = [
        (org.as_str(), None, 401, "no key"),
        (&org, Some("mg_other"), 401, "another key"),
        (NOBODY, Some("mg_simulated"), 404, "another org"),
        (
            NOBODY,
            Some("mg_other"),
            401,
            "another key, which learns nothing of orgs",
        ),
        (&org, Some("mg_simulated"), 200, "all is right"),
    ];
    for (org, key, status, reason) in rows {
        let request = junction.request(Method::GET, &format!("/junction/management/v1/org/{org}/team/{TEAM}"));
        let request = key
            .into_iter()
            .fold(request, |request, key| request.header("x-management-key", key));
        let answer = send(request, Value::Null).await;
        assert_eq!(answer.status, status, "{reason}");
        assert!(
            status == 200 || answer.json()["detail"].is_string(),
            "{reason}: {answer:?}"
        );
    }
    let token = junction.token(TEAM, "sandbox").await;
    let with_bearer = junction.request(Method::GET, &format!("/junction/management/v1/org/{org}/team/{TEAM}"));
    assert_eq!(
        send(with_bearer.bearer_auth(token), Value::Null).await.status,
        401,
        "a team's token is no key"
    );
    for (method, path, status) in [(Method::GET, "teams", 404), (Method::DELETE, "team", 405)] {
        let answer = junction.manage(method, path, Value::Null).await;
        assert_eq!((answer.status, answer.json()["detail"].is_string()), (status, true));
    }
}

#[actix_web::test]
async fn the_integration_is_read_as_it_was_set_up() {
    let junction = Junction::start().await;
    let answer = junction
        .manage(Method::GET, "ehr_integration/configuration", Value::Null)
        .await;
    let expected = json!({"slug": "my-ehr", "modalities": ["feature_embed", "link_out"], "origin_configs": []});
    assert_eq!((answer.status, answer.json()), (200, expected));
}

#[actix_web::test]
async fn a_team_is_created_once_and_then_found() {
    let junction = Junction::start().await;
    let new = json!({"name": "Clinique de l’Ouest", "region": "eu", "integration_team_id": "west"});
    let unknown = junction
        .manage(Method::POST, "resolve_team", json!({"integration_team_id": "west"}))
        .await;
    assert_eq!((unknown.status, unknown.json()["detail"].is_string()), (404, true));

    let created = junction.manage(Method::POST, "team", new.clone()).await;
    created.is_launched();
    let created = created.json();
    assert_eq!(
        without(created.clone(), &["id", "created_on"]),
        json!({
            "name": "Clinique de l’Ouest", "region": "eu", "integration_team_id": "west",
            "environments": ["production", "sandbox"], "production": null, "sandbox": null,
        })
    );
    let conflict = junction.manage(Method::POST, "team", new).await;
    assert_eq!(
        (conflict.status, conflict.json()),
        (409, json!({"team_id": created["id"]}))
    );
    let resolved = junction
        .manage(Method::POST, "resolve_team", json!({"integration_team_id": "west"}))
        .await;
    assert_eq!(resolved.json(), created);

    let id = created["id"].as_str().unwrap();
    let asked = junction
        .manage(
            Method::GET,
            &format!("team/{id}?include_environment=sandbox"),
            Value::Null,
        )
        .await;
    assert_eq!(
        asked.json(),
        with(created.clone(), "sandbox", json!({})),
        "only what was asked for"
    );
    for (path, status) in [(format!("team/{NOBODY}"), 404), ("team/west".to_owned(), 422)] {
        assert_eq!(
            junction.manage(Method::GET, &path, Value::Null).await.status,
            status,
            "{path}"
        );
    }
}

#[actix_web::test]
async fn bodies_are_validated_with_the_place_of_each_error() {
    let junction = Junction::start().await;
    let long = "x".repeat(257);
    let member = json!({"integration_member_id": "e", "name": "E", "email": "e@x.ca"});
    let member_path = format!("ehr_integration/member/{MEMBER}");
    let token_path = format!("team/{TEAM}/create_api_access_token");
    let rows = [
        (Method::POST, "team", Value::Null, json!([["body"]]), "no body"),
        (Method::POST, "team", json!([]), json!([["body"]]), "no object"),
        (
            Method::POST,
            "team",
            json!({}),
            json!([["body", "name"], ["body", "region"]]),
            "nothing in it",
        ),
        (
            Method::POST,
            "team",
            json!({"name": "A*", "region": "ca", "integration_team_id": long, "role": 1, "minor_ordering_enabled": "no"}),
            json!([
                ["body", "role"],
                ["body", "name"],
                ["body", "region"],
                ["body", "integration_team_id"],
                ["body", "minor_ordering_enabled"]
            ]),
            "everything wrong at once",
        ),
        (
            Method::POST,
            "resolve_team",
            json!({"integration_team_id": long}),
            json!([["body", "integration_team_id"]]),
            "too long",
        ),
        (
            Method::POST,
            &token_path,
            json!({}),
            json!([["body", "env"]]),
            "the old form of the operation",
        ),
        (
            Method::POST,
            &token_path,
            json!({"env": "test"}),
            json!([["body", "env"]]),
            "no environment",
        ),
        (
            Method::POST,
            "ehr_integration/member",
            with(
                member.clone(),
                "team_role_bindings",
                json!([{"team_id": TEAM}, {"role": "admin"}]),
            ),
            json!([["body", "team_role_bindings", 1, "team_id"]]),
            "a binding to no team",
        ),
        (
            Method::POST,
            "ehr_integration/member",
            without(member, &["email"]),
            json!([["body", "email"]]),
            "no e-mail",
        ),
        (
            Method::PATCH,
            &member_path,
            json!({"name": 1}),
            json!([["body", "name"]]),
            "a name that is a number",
        ),
    ];
    for (method, path, body, expected, reason) in rows {
        let answer = junction.manage(method, path, body).await;
        assert_eq!(places(&answer), expected, "{reason}");
    }
    let path = format!(
        "/junction/management/v1/org/{}/resolve_team",
        JunctionSettings::default().org_id
    );
    let unsaid = junction
        .request(Method::POST, &path)
        .header("x-management-key", "mg_simulated");
    let unsaid = unsaid.body(json!({"integration_team_id": "cardio"}).to_string()).send();
    let unsaid = Answer::of(unsaid.await.unwrap()).await;
    assert_eq!(places(&unsaid), json!([["body"]]), "JSON that is not said to be");
}

#[actix_web::test]
async fn a_member_is_created_once_and_bound_to_known_teams() {
    let junction = Junction::start().await;
    let path = "ehr_integration/member";
    let new = json!({
        "integration_member_id": "emp456", "name": "Noah Singh", "email": "noah@clinic.ca",
        "team_role_bindings": [{"team_id": TEAM, "role": "admin"}],
    });
    let resolve = json!({"integration_member_id": "emp456"});
    let unknown = junction
        .manage(Method::POST, "ehr_integration/resolve_member", resolve.clone())
        .await;
    assert_eq!((unknown.status, unknown.json()["detail"].is_string()), (404, true));
    let stray = with(new.clone(), "team_role_bindings", json!([{"team_id": NOBODY}]));
    assert_eq!(
        junction.manage(Method::POST, path, stray).await.status,
        404,
        "a binding to an unknown team"
    );

    let created = junction.manage(Method::POST, path, new.clone()).await;
    created.is_launched();
    let created = created.json();
    assert_eq!(
        without(created.clone(), &["id"]),
        json!({
            "integration_member_id": "emp456", "name": "Noah Singh", "email": "noah@clinic.ca", "avatar": null,
            "team_role_bindings": [{"team_id": TEAM}],
        }),
        "the guide's role is tolerated and not kept"
    );
    let conflict = junction.manage(Method::POST, path, new).await;
    assert_eq!(
        (conflict.status, conflict.json()),
        (409, json!({"member_id": created["id"]}))
    );
    let resolved = junction
        .manage(Method::POST, "ehr_integration/resolve_member", resolve)
        .await;
    assert_eq!(resolved.json(), created);
    let own = format!("{path}/{}", created["id"].as_str().unwrap());
    assert_eq!(junction.manage(Method::GET, &own, Value::Null).await.json(), created);
    let other = format!("{path}/{NOBODY}");
    assert_eq!(junction.manage(Method::GET, &other, Value::Null).await.status, 404);
}

#[actix_web::test]
async fn an_update_leaves_what_it_does_not_name_and_replaces_or_merges_bindings() {
    let junction = Junction::start().await;
    let path = format!("ehr_integration/member/{MEMBER}");
    let update = |body| junction.manage(Method::PATCH, &path, body);
    let teams = |answer: &Answer| answer.json()["team_role_bindings"].clone();
    let [this, other] = [TEAM, OTHER_TEAM].map(|id| json!({"team_id": id}));

    let renamed = update(json!({"name": "Élodie Roy", "email": null, "team_role_bindings": null})).await;
    assert_eq!(renamed.json()["name"], "Élodie Roy");
    assert_eq!(renamed.json()["email"], "elodie@clinic.ca");
    assert_eq!(teams(&renamed), json!([this]));
    assert_eq!(
        update(json!({"team_role_bindings": [{"team_id": NOBODY}]}))
            .await
            .status,
        404
    );
    assert_eq!(
        teams(&update(json!({"team_role_bindings": [other]})).await),
        json!([other])
    );

    junction
        .control(Method::PUT, "junction", json!({"bindings": "merge"}))
        .await;
    assert_eq!(
        teams(&update(json!({"team_role_bindings": [other, this]})).await),
        json!([other, this])
    );
    assert_eq!(
        teams(&update(json!({"team_role_bindings": []})).await),
        json!([other, this])
    );
    junction
        .control(Method::PUT, "junction", json!({"bindings": "replace"}))
        .await;
    assert_eq!(teams(&update(json!({"team_role_bindings": []})).await), json!([]));
}

#[actix_web::test]
async fn a_dashboard_url_needs_a_member_and_an_object_of_the_team() {
    let junction = Junction::start().await;
    let good = launch("order_creation", "feature_embed");
    let by_ids = json!({
        "member_id": MEMBER, "team_id": TEAM, "integration_team_id": null,
        "feature": "team_config", "modality": "link_out", "environment": "production",
    });
    let rows = [
        (good.clone(), 200, "by the partner's names"),
        (by_ids.clone(), 200, "by Junction's ids"),
        (
            launch(&format!("order:{ORDER}"), "link_out"),
            200,
            "an order of the team",
        ),
        (
            launch(&format!("order_creation:{PATIENT}"), "feature_embed"),
            200,
            "a patient of the team",
        ),
        (with(good.clone(), "member_id", MEMBER), 422, "both of a pair"),
        (without(good.clone(), &["integration_team_id"]), 422, "none of a pair"),
        (
            with(good.clone(), "integration_member_id", "emp999"),
            404,
            "an unknown member",
        ),
        (with(by_ids, "team_id", NOBODY), 404, "an unknown team"),
        (
            with(good.clone(), "integration_team_id", "derma"),
            403,
            "a team that the member is not bound to",
        ),
        (with(good.clone(), "feature", "orders"), 422, "an unknown feature"),
        (
            with(good.clone(), "feature", "order_creation:patient123"),
            422,
            "the partner's own id of a patient",
        ),
        (with(good.clone(), "modality", "popup"), 422, "an unknown modality"),
        (with(good.clone(), "environment", "test"), 422, "an unknown environment"),
        (without(good.clone(), &["environment"]), 422, "no environment"),
        (launch(&format!("order:{NOBODY}"), "link_out"), 404, "an unknown order"),
        (
            launch(&format!("order_creation:{NOBODY}"), "link_out"),
            404,
            "an unknown patient",
        ),
        (
            with(
                launch(&format!("order:{ORDER}"), "link_out"),
                "environment",
                "production",
            ),
            404,
            "an order of the other environment",
        ),
        (
            with(
                launch(&format!("order_creation:{PATIENT}"), "link_out"),
                "environment",
                "production",
            ),
            404,
            "a patient of the other environment",
        ),
    ];
    let mut made = 0;
    for (body, status, reason) in rows {
        let answer = junction.create_url(body).await;
        assert_eq!(answer.status, status, "{reason}: {answer:?}");
        if status == 200 {
            made += 1;
            let answer = answer.json();
            let start = format!("http://{}/junction/ehr/dashboard?session=", junction.address);
            assert!(answer["url"].as_str().unwrap().starts_with(&start), "{answer}");
            assert_eq!(answer["expires_in"], 300);
        }
    }
    assert_eq!(junction.state().await["counters"]["urlsMade"], made);
}
