//! The embedded app: its pages, its orders and its sessions.

use reqwest::Method;
use serde_json::{Value, json};

use super::scene::{Junction, MEMBER, NOBODY, ORDER, PATIENT, TEAM, scene, send};
use crate::helpers::{Answer, with, without};

/// What stands in the element with this id.
fn shown<'a>(page: &'a str, id: &str) -> &'a str {
    let (_, rest) = page
        .split_once(&format!("id=\"{id}\">"))
        .unwrap_or_else(|| panic!("no {id}: {page}"));
    rest.split_once('<').unwrap().0
}

#[actix_web::test]
async fn a_dashboard_url_opens_once_on_a_page_that_is_escaped_and_may_be_framed() {
    let junction = Junction::start().await;
    let evil = json!({"members": [with(scene()["members"][0].clone(), "name", "<script>alert(1)</script>")]});
    junction.control(Method::PUT, "junction", evil).await;
    let url = junction.url("team_panels", "link_out").await;
    let page = junction.open(&url, None).await;
    page.is_launched();
    assert_eq!(shown(&page.text, "member"), "&#60;script&#62;alert(1)&#60;/script&#62;");
    assert_eq!(shown(&page.text, "team"), "Cardiology");
    assert_eq!(shown(&page.text, "feature"), "team_panels");
    assert_eq!(shown(&page.text, "modality"), "link_out");
    assert!(!page.text.contains("<button"), "nothing to tell there: {}", page.text);
    assert_eq!(page.header("x-frame-options"), None);
    assert!(
        !page
            .header("content-security-policy")
            .unwrap()
            .contains("frame-ancestors")
    );
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let cookie = page.header("set-cookie").unwrap();
    assert!(
        cookie.ends_with("; Path=/junction/ehr; HttpOnly; SameSite=None; Secure"),
        "{cookie}"
    );

    let unknown = format!("http://{}/junction/ehr/dashboard?session={NOBODY}", junction.address);
    let none = format!("http://{}/junction/ehr/dashboard", junction.address);
    for url in [url, unknown, none] {
        let refused = junction.open(&url, None).await;
        assert_eq!((refused.status, refused.header("set-cookie")), (403, None));
        assert!(refused.text.contains("id=\"reason\""), "{}", refused.text);
    }
}

#[actix_web::test]
async fn an_order_is_made_on_a_page_for_it_and_nowhere_else() {
    let junction = Junction::start().await;
    let submit = |page: &str, user: &str| {
        let body = json!({"page": page, "user_id": user});
        send(junction.request(Method::POST, "/junction/ehr/orders"), body)
    };
    let key = |page: &Answer| {
        let (_, rest) = page.text.split_once("data-page=\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let second = json!({"team_id": TEAM, "client_user_id": "patient456"});
    let users = json!([scene()["users"][0], second]);
    junction.control(Method::PUT, "junction", json!({"users": users})).await;
    let state = junction.state().await;
    let second = state["users"][1]["user_id"].as_str().unwrap().to_owned();

    let for_one = junction
        .open(
            &junction
                .url(&format!("order_creation:{PATIENT}"), "feature_embed")
                .await,
            None,
        )
        .await;
    assert!(for_one.text.contains(">patient123</option>") && !for_one.text.contains("patient456"));
    assert_eq!(
        submit(&key(&for_one), &second).await.status,
        403,
        "a page for another patient"
    );
    assert_eq!(submit(NOBODY, PATIENT).await.status, 403, "no page");
    let made = submit(&key(&for_one), PATIENT).await.json();
    assert_eq!(
        without(made.clone(), &["order_id"]),
        json!({"user_id": PATIENT, "team_id": TEAM})
    );

    let for_any = junction
        .open(&junction.url("order_creation", "feature_embed").await, None)
        .await;
    assert!(for_any.text.contains(">none chosen</option>") && for_any.text.contains(">patient456</option>"));
    assert_eq!(submit(&key(&for_any), NOBODY).await.status, 404);
    submit(&key(&for_any), &second).await.is_launched();
    assert_eq!(junction.state().await["orders"].as_array().unwrap().len(), 3);

    let token = junction.token(TEAM, "sandbox").await;
    let path = format!("/v3/order/{}", made["order_id"].as_str().unwrap());
    let order = junction.call(&token, Method::GET, &path, Value::Null).await.json();
    assert_eq!((&order["id"], &order["user_id"]), (&made["order_id"], &json!(PATIENT)));
    junction
        .url(
            &format!("order:{}", made["order_id"].as_str().unwrap()),
            "feature_embed",
        )
        .await;

    let linked = junction
        .open(&junction.url("order_creation", "link_out").await, None)
        .await;
    assert!(!linked.text.contains("<button"), "a link tells nobody: {}", linked.text);
    let script = send(junction.request(Method::GET, "/junction/ehr/page.js"), Value::Null).await;
    for message in ["urn:junction:order:created", "urn:junction:order:creation_cancelled"] {
        assert!(script.text.contains(message));
    }
    assert!(!script.text.contains("\"*\""), "never to any origin");
}

#[actix_web::test]
async fn a_fast_launch_shows_the_app_to_its_own_session_only() {
    let junction = Junction::start().await;
    let fast = |query: &str| format!("http://{}/junction/ehr/auth/launch?{query}", junction.address);
    let names = "integration_member_id=emp123&integration_team_id=cardio&modality=feature_embed&environment=sandbox";
    let named = fast(&format!("{names}&feature=order%3A{ORDER}"));
    let by_ids = fast(&format!(
        "member_id={MEMBER}&team_id={TEAM}&modality=link_out&environment=sandbox&feature=team_config"
    ));
    let other_team = fast(
        "integration_member_id=emp123&integration_team_id=derma&modality=link_out&environment=sandbox&feature=team_config",
    );
    let page = junction
        .open(&junction.url("team_panels", "link_out").await, None)
        .await;
    let cookie = page.header("set-cookie").unwrap().split_once(';').unwrap().0.to_owned();
    let cookie = Some(format!("a=b; {cookie}"));
    let cookie = cookie.as_deref();

    let refused = junction.open(&named, None).await;
    assert_eq!(refused.status, 403, "nowhere to send it: {}", refused.text);

    let url = "https://ehr.example/junction/continue?tenant=a%26b";
    junction
        .control(Method::PUT, "junction", json!({"continuationUrl": url}))
        .await;
    let continued = junction.open(&named, None).await;
    let expected = format!("{url}&{names}&feature=order%3A{ORDER}");
    assert_eq!(
        (continued.status, continued.header("location")),
        (302, Some(expected.as_str()))
    );
    for (url, status, feature, reason) in [
        (&named, 200, Some(format!("order:{ORDER}")), "its own member and team"),
        (
            &by_ids,
            200,
            Some("team_config".to_owned()),
            "the same by Junction's ids",
        ),
        (&other_team, 302, None, "another team"),
        (
            &fast(&format!("{names}&feature=order%3A{NOBODY}")),
            404,
            None,
            "an unknown order",
        ),
        (
            &fast(&format!("{names}&feature=orders")),
            422,
            None,
            "an unknown feature",
        ),
        (
            &fast(&format!("{names}&member_id={MEMBER}&feature=team_config")),
            422,
            None,
            "both of a pair",
        ),
        (
            &fast(&format!("{names}&feature=team_config&feature=team_panels")),
            422,
            None,
            "two features",
        ),
        (&fast(names), 422, None, "no feature"),
    ] {
        let answer = junction.open(url, cookie).await;
        assert_eq!(answer.status, status, "{reason}");
        if let Some(feature) = feature {
            assert_eq!(shown(&answer.text, "feature"), feature, "{reason}");
        }
    }
    let stranger = junction.open(&named, Some("junction_session=other")).await;
    assert_eq!(stranger.status, 302, "a session that is not one");
    junction
        .control(Method::PUT, "junction", json!({"continuationUrl": null}))
        .await;
    assert_eq!(
        junction.open(&other_team, cookie).await.status,
        403,
        "there is no continuation any more"
    );
}
