//! The teams' API: tokens, patients and orders.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::{Value, json};

use super::scene::{Junction, NOBODY, ORDER, OTHER_TEAM, PATIENT, TEAM, places, send};
use crate::helpers::{with, without};

fn demographics() -> Value {
    json!({
        "first_name": "Paul", "last_name": "Roy", "email": "paul@x.ca", "phone_number": "+15145550123", "gender": "male",
        "dob": "1980-02-29",
        "address": {"first_line": "1 Rue A", "country": "US", "zip": "85004", "city": "Phoenix", "state": "AZ"},
    })
}

#[actix_web::test]
async fn a_token_opens_one_team_in_one_environment_until_it_is_revoked() {
    let junction = Junction::start().await;
    let minted = junction
        .manage(
            Method::POST,
            &format!("team/{TEAM}/create_api_access_token"),
            json!({"env": "sandbox"}),
        )
        .await
        .json();
    assert_eq!(minted["expires_in"], 600);
    let right = minted["access_token"].as_str().unwrap().to_owned();
    let other_team = junction.token(OTHER_TEAM, "sandbox").await;
    let other_environment = junction.token(TEAM, "production").await;
    let paths = [
        "/v2/user/resolve/patient123".to_owned(),
        format!("/v2/user/{PATIENT}"),
        format!("/v3/order/{ORDER}"),
    ];
    for path in &paths {
        let rows = [
            (right.as_str(), 200, "the right token"),
            (&other_team, 404, "another team's"),
            (&other_environment, 404, "another environment's"),
            ("mg_simulated", 401, "a management key"),
        ];
        for (token, status, reason) in rows {
            let answer = junction.call(token, Method::GET, path, Value::Null).await;
            assert_eq!(answer.status, status, "{reason}: {path}");
            assert!(
                status == 200 || answer.json()["detail"].is_string(),
                "{reason}: {answer:?}"
            );
        }
        let keyed = junction.request(Method::GET, &format!("/junction/api{path}"));
        let keyed = keyed.header("x-management-key", "mg_simulated");
        assert_eq!(
            send(keyed, Value::Null).await.status,
            401,
            "a management key as what it is"
        );
    }
    assert_eq!(junction.state().await["counters"]["tokensMinted"], 3);
    assert_eq!(
        junction
            .control(Method::DELETE, "junction/tokens", Value::Null)
            .await
            .status,
        204
    );
    let revoked = junction.call(&right, Method::GET, &paths[0], Value::Null).await;
    assert_eq!(revoked.status, 401);
    let path = format!("team/{NOBODY}/create_api_access_token");
    let unknown = junction.manage(Method::POST, &path, json!({"env": "sandbox"})).await;
    assert_eq!(unknown.status, 404, "no token for an unknown team");
}

#[actix_web::test]
async fn a_patient_is_created_once_and_found_by_any_id() {
    let junction = Junction::start().await;
    let token = junction.token(TEAM, "sandbox").await;
    let post = |body| junction.call(&token, Method::POST, "/v2/user", body);
    for id in ["a/b", "é ü", "50%+2?#", "info", "%41"] {
        let path = format!("/v2/user/resolve/{}", utf8_percent_encode(id, NON_ALPHANUMERIC));
        let unknown = junction.call(&token, Method::GET, &path, Value::Null).await;
        assert_eq!(
            (unknown.status, unknown.json()),
            (404, json!({"detail": "User not found"})),
            "{id}"
        );

        let created = post(json!({"client_user_id": id, "fallback_birth_date": "1980-02-29"})).await;
        created.is_launched();
        let created = created.json();
        assert_eq!(
            (&created["client_user_id"], &created["team_id"]),
            (&json!(id), &json!(TEAM))
        );
        assert_eq!(created["fallback_birth_date"]["value"], "1980-02-29");
        assert_eq!(created["connected_sources"], json!([]));
        let found = junction.call(&token, Method::GET, &path, Value::Null).await;
        assert_eq!(found.json(), created, "{id}");

        let again = post(json!({"client_user_id": id})).await;
        let expected = json!({
            "error_type": "INVALID_REQUEST", "error_message": "Client user id already exists.",
            "user_id": created["user_id"], "created_on": created["created_on"],
        });
        assert_eq!((again.status, again.json()), (400, json!({"detail": expected})));
    }
    let elsewhere = junction.token(TEAM, "production").await;
    let same = junction
        .call(
            &elsewhere,
            Method::POST,
            "/v2/user",
            json!({"client_user_id": "patient123"}),
        )
        .await;
    same.is_launched();
    assert_eq!(
        places(&post(json!({"fallback_birth_date": "29/02/1980"})).await),
        json!([["body", "client_user_id"], ["body", "fallback_birth_date"]])
    );
    let unknown = junction
        .call(&token, Method::GET, &format!("/v2/user/{NOBODY}"), Value::Null)
        .await;
    assert_eq!((unknown.status, unknown.json()), (404, json!({"detail": "Not found"})));
    let no_id = junction
        .call(&token, Method::GET, "/v2/user/patient123", Value::Null)
        .await;
    assert_eq!(places(&no_id), json!([["path", "user_id"]]));
}

#[actix_web::test]
async fn demographics_need_all_that_the_schema_requires() {
    let junction = Junction::start().await;
    let token = junction.token(TEAM, "sandbox").await;
    let patch = |user: &str, body| {
        let path = format!("/v2/user/{user}/info");
        let junction = &junction;
        let token = &token;
        async move { junction.call(token, Method::PATCH, &path, body).await }
    };
    let address = |remove: &str| {
        with(
            demographics(),
            "address",
            without(demographics()["address"].clone(), &[remove]),
        )
    };
    let rows = [
        (
            without(demographics(), &["dob", "gender"]),
            json!([["body", "gender"], ["body", "dob"]]),
            "two are missing",
        ),
        (
            with(demographics(), "dob", "1980-02-30"),
            json!([["body", "dob"]]),
            "no such day",
        ),
        (
            with(demographics(), "email", "paul"),
            json!([["body", "email"]]),
            "no e-mail",
        ),
        (
            address("zip"),
            json!([["body", "address", "zip"]]),
            "the page's example calls it zip_code",
        ),
        (
            address("country"),
            json!([["body", "address", "country"]]),
            "the page's example has none",
        ),
        (
            with(demographics(), "address", json!("1 Rue A")),
            json!([["body", "address"]]),
            "an address in one line",
        ),
    ];
    for (body, expected, reason) in rows {
        assert_eq!(places(&patch(PATIENT, body).await), expected, "{reason}");
    }
    assert_eq!(patch(NOBODY, demographics()).await.status, 404);
    let with_more = with(demographics(), "nickname", "Pol");
    assert_eq!(
        patch(PATIENT, with_more).await.json(),
        demographics(),
        "what the API does not know is not kept"
    );
    assert_eq!(junction.state().await["users"][0]["info"], demographics());

    let order = junction
        .call(&token, Method::GET, &format!("/v3/order/{ORDER}"), Value::Null)
        .await
        .json();
    assert_eq!(order["patient_details"]["dob"], "1980-02-29T00:00:00+00:00");
    assert_eq!(order["patient_address"], demographics()["address"]);
    let unknown = junction
        .call(&token, Method::GET, &format!("/v3/order/{NOBODY}"), Value::Null)
        .await;
    assert_eq!(
        (unknown.status, unknown.json()),
        (404, json!({"detail": "This order doesn't exist"}))
    );
}
