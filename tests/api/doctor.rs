//! `doctor`: what can be wrong between this machine and a launch is named exactly, one fault at a time.

mod at_home;
mod gateways;
mod issuers;
mod on_the_way;
mod row;
mod scene;
mod vendors;

use empego_gateway::app::CheckId;
use serde_json::Value;

use self::scene::{Scene, tree};
use crate::helpers::written::parts_are_written;

#[actix_web::test]
async fn where_nothing_is_wrong_every_check_is_ok() {
    let scene = Scene::start().await;
    let outcome = scene.examined().await;
    assert_eq!(outcome.code, Some(0), "{}", outcome.shown());
    for check in &outcome.checks {
        assert_eq!(check["state"], "ok", "{}", outcome.shown());
        assert_eq!((&check["remedy"], &check["skipped_by"]), (&Value::Null, &Value::Null));
    }
    assert_eq!(outcome.document["state"], "ok");
    let guide = include_str!("../../docs/operate/doctor.md");
    let members = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let of_checks = members(&outcome.checks[0])
        .into_iter()
        .map(|name| format!("checks[].{name}"));
    for member in members(&outcome.document).into_iter().chain(of_checks) {
        assert!(guide.contains(&format!("| `{member}` |")), "{member} is not documented");
    }
    insta::assert_snapshot!("healthy", scene.plain(&outcome.text));
}

#[actix_web::test]
async fn what_is_wrong_is_shown_with_what_to_do_below() {
    let mut scene = Scene::start().await;
    scene.replace("integration_slug = \"my-ehr\"", "integration_slug = \"other-ehr\"");
    scene.replace("identity = \"asserted\"", "identiy = \"asserted\"");
    let unread = scene.examined().await;
    insta::assert_snapshot!("unread", scene.plain(&unread.text));
    scene.replace("identiy = \"asserted\"", "identity = \"asserted\"");
    scene.set("EMPEGO_API_KEY", "wrong-canary");
    let refused = scene.examined().await;
    assert_eq!(refused.code, Some(1));
    insta::assert_snapshot!("faulty", scene.plain(&refused.text));
}

#[actix_web::test]
async fn nothing_is_changed_anywhere() {
    let scene = Scene::start().await;
    let before = (
        tree(scene.folder()),
        scene.simulator.get("users").await,
        scene.simulator.get("junction").await,
    );
    scene.examined().await;
    let after = (
        tree(scene.folder()),
        scene.simulator.get("users").await,
        scene.simulator.get("junction").await,
    );
    assert_eq!(before.0, after.0);
    assert_eq!((before.1, before.2), (after.1, after.2));
    let heads = [scene.embed.heads(), scene.events.heads()].concat();
    assert!(!heads.is_empty());
    for head in heads {
        assert!(head.starts_with("get / http/1.1\r\n"), "{head}");
        assert!(head.contains("user-agent: empego-gateway/"), "{head}");
        assert!(!head.contains("api-key") && !head.contains("authorization"), "{head}");
    }
}

#[actix_web::test]
async fn warnings_fail_for_those_who_are_strict() {
    let mut scene = Scene::start().await;
    scene.mode("settings/gateway.toml", 0o666);
    let outcome = scene.examined().await;
    assert_eq!(
        (outcome.code, outcome.document["state"].as_str()),
        (Some(0), Some("warning"))
    );
    scene.arguments.push("--strict".to_owned());
    assert_eq!(scene.examined().await.code, Some(1));
}

#[test]
fn the_guide_lists_every_check() {
    let rows = CheckId::ALL
        .iter()
        .map(|id| format!("| {} | `{id}` | {} |\n", id.group(), id.what()));
    let table = format!(
        "| about | `id` | what is looked at |\n| --- | --- | --- |\n{}",
        rows.collect::<String>()
    );
    parts_are_written("docs/operate/doctor.md", &[("checks", table)]);
}
