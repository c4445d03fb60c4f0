//! What tests and demos see and arrange, and what `simulate` says.

use reqwest::Method;
use serde_json::{Value, json};
use simulator::{JunctionSettings, Scene};

use super::scene::{Junction, NOBODY, TEAM, scene, send};
use crate::helpers::{Running, binary, without};

#[actix_web::test]
async fn the_journal_shows_every_call_as_it_came() {
    let junction = Junction::start().await;
    let token = junction.token(TEAM, "sandbox").await;
    junction
        .call(&token, Method::GET, "/v2/user/resolve/a%2Fb?x=1&x=%C3%A9", Value::Null)
        .await;
    junction.call(&token, Method::GET, "/v2/users", Value::Null).await;
    junction
        .open(&junction.url("team_panels", "link_out").await, None)
        .await;
    let journal = junction
        .control(Method::GET, "junction/journal", Value::Null)
        .await
        .json();
    let operations: Vec<_> = journal
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["operation"].clone())
        .collect();
    assert_eq!(
        json!(operations),
        json!(["create_api_access_token", "resolve_user", null, "create_dashboard_url"]),
        "what is not an operation is no secret, and pages are no calls"
    );
    let org = JunctionSettings::default().org_id;
    let mint = format!("/junction/management/v1/org/{org}/team/{TEAM}/create_api_access_token");
    assert_eq!(
        without(journal[0].clone(), &["headers"]),
        json!({
            "operation": "create_api_access_token", "method": "POST", "path": mint, "query": [],
            "managementKey": "mg_simulated", "bearer": null, "body": {"env": "sandbox"}, "began": 1, "ended": 2,
        })
    );
    assert_eq!(
        journal[1],
        json!({
            "operation": "resolve_user", "method": "GET", "path": "/junction/api/v2/user/resolve/a%2Fb",
            "query": [["x", "1"], ["x", "é"]], "headers": ["accept", "authorization", "host"],
            "managementKey": null, "bearer": token, "body": null, "began": 3, "ended": 4,
        })
    );
}

#[actix_web::test]
async fn the_journal_shows_which_calls_overlap() {
    let junction = Junction::start().await;
    let fault = json!({"endpoint": "junction/resolve_team", "delayMs": 60_000});
    junction.control(Method::PUT, "faults", fault).await;
    let journal = || async {
        let journal = junction.control(Method::GET, "junction/journal", Value::Null).await;
        journal.json()
    };
    let resolve = junction.manage(Method::POST, "resolve_team", json!({"integration_team_id": "cardio"}));
    let meanwhile = async {
        while journal().await.as_array().unwrap().is_empty() {
            actix_web::rt::task::yield_now().await;
        }
        junction.token(TEAM, "sandbox").await;
        journal().await
    };
    let journal = tokio::select! {
        _ = resolve => panic!("it was not held up"),
        journal = meanwhile => journal,
    };
    let marks = |index: usize| (&journal[index]["began"], &journal[index]["ended"]);
    assert_eq!(marks(0), (&json!(1), &Value::Null), "it is still in flight");
    assert_eq!(marks(1), (&json!(2), &json!(3)));
}

#[actix_web::test]
async fn faults_strike_the_operation_they_name_or_whatever_comes_next_of_either() {
    let junction = Junction::start().await;
    let resolve = || junction.manage(Method::POST, "resolve_team", json!({"integration_team_id": "cardio"}));
    let fault = json!({
        "endpoint": "junction/resolve_team", "status": 503, "body": "{\"detail\":\"busy\"}",
        "contentType": "application/json", "headers": {"retry-after": "2"},
    });
    junction.control(Method::PUT, "faults", fault).await;
    junction.url("team_panels", "link_out").await;
    let struck = resolve().await;
    assert_eq!(
        (struck.status, struck.header("retry-after"), struck.text.as_str()),
        (503, Some("2"), "{\"detail\":\"busy\"}")
    );
    resolve().await.is_launched();

    junction
        .control(Method::PUT, "faults", json!({"status": 500, "count": 2}))
        .await;
    let empego = junction.request(Method::GET, "/empego-integrations/R4/embeddable/statistics");
    let empego = send(empego.header("api-key", "upstream-key"), Value::Null).await;
    assert_eq!(
        (empego.status, resolve().await.status, resolve().await.status),
        (500, 500, 200)
    );

    junction
        .control(Method::PUT, "faults", json!({"endpoint": "statistics", "status": 500}))
        .await;
    resolve().await.is_launched();
    let elsewhere = json!({"endpoint": "junction/create_dashboard_url", "host": "evil.test"});
    junction.control(Method::PUT, "faults", elsewhere).await;
    let url = junction.url("team_panels", "link_out").await;
    assert!(
        url.starts_with("http://evil.test/junction/ehr/dashboard?session="),
        "{url}"
    );
}

#[actix_web::test]
async fn state_is_arranged_in_parts_and_reset_to_the_scene() {
    let origin = "http://127.0.0.1:1";
    let junction = Junction::empty(Scene {
        page_origin: Some(origin.to_owned()),
        junction: Some(scene()),
        ..Scene::default()
    });
    let first = junction.state().await;
    assert_eq!(first["teams"][0]["integration_team_id"], "cardio");
    assert_eq!(first["counters"], json!({"tokensMinted": 0, "urlsMade": 0}));
    let shown = without(first.clone(), &["counters"]);
    assert_eq!(
        junction.control(Method::PUT, "junction", shown).await.status,
        204,
        "what is shown can be put"
    );
    assert_eq!(junction.state().await, first);

    let token = junction.token(TEAM, "sandbox").await;
    junction
        .control(Method::PUT, "junction", json!({"users": [], "bindings": "merge"}))
        .await;
    let state = junction.state().await;
    assert_eq!(
        (&state["users"], &state["teams"]),
        (&json!([]), &first["teams"]),
        "only the part that is given"
    );
    for wrong in [
        json!({"tokens": []}),
        json!({"bindings": "add"}),
        json!({"continuationUrl": "/here"}),
        json!({"teams": [{}]}),
    ] {
        assert_eq!(
            junction.control(Method::PUT, "junction", wrong.clone()).await.status,
            400,
            "{wrong}"
        );
    }

    assert_eq!(junction.control(Method::POST, "reset", Value::Null).await.status, 204);
    assert_eq!(junction.state().await, first);
    assert_eq!(
        junction
            .control(Method::GET, "junction/journal", Value::Null)
            .await
            .json(),
        json!([])
    );
    let old = junction
        .call(&token, Method::GET, "/v2/user/resolve/patient123", Value::Null)
        .await;
    assert_eq!(old.status, 401, "tokens are gone");

    for (page, allowed) in [(origin, true), ("http://evil.test", false)] {
        for path in ["junction", "junction/journal"] {
            let request = junction
                .request(Method::GET, &format!("/__sim/{path}"))
                .header("origin", page);
            let answer = send(request, Value::Null).await;
            assert_eq!(
                answer.header("access-control-allow-origin").is_some(),
                allowed,
                "{page} {path}"
            );
            assert_eq!(answer.status == 200, allowed, "{page} {path}");
        }
    }
}

#[test]
fn simulate_says_where_junction_is_and_what_opens_it() {
    let mut defaults = Running::start(binary().args(["simulate", "--listen", "127.0.0.1:0"]));
    let address = defaults.line("simulator        http://");
    assert_eq!(
        defaults.line("management_url   "),
        format!("http://{address}/junction/management")
    );
    assert_eq!(
        defaults.line("api_url          "),
        format!("http://{address}/junction/api")
    );
    assert_eq!(
        defaults.line("embed_url        "),
        format!("http://{address}/junction/ehr")
    );
    let JunctionSettings {
        org_id,
        management_keys,
        ..
    } = JunctionSettings::default();
    assert_eq!(defaults.line("org id           "), org_id);
    assert_eq!(defaults.line("management keys  "), management_keys.join(" "));

    let given = [
        "--management-key",
        "mg_1",
        "--management-key",
        "mg_2",
        "--org-id",
        NOBODY,
    ];
    let mut given = Running::start(binary().args(["simulate", "--listen", "127.0.0.1:0"]).args(given));
    assert_eq!(given.line("org id           "), NOBODY);
    assert_eq!(given.line("management keys  "), "mg_1 mg_2");
}
