//! Gateways that run already: on these addresses, or elsewhere.

use super::scene::Scene;
use crate::{
    helpers::{
        Running,
        peer::deaf,
        secure::{authority, certificate},
    },
    inbound::write_identity,
};

/// The gateway of the scene's configuration, with the addresses that it got.
fn serving(scene: &Scene) -> (Running, String, String) {
    let mut gateway = Running::start(&mut scene.command("serve"));
    let (public, admin) = gateway.addresses();
    (gateway, public, admin)
}

/// Has the configuration name the addresses where a gateway runs, without another text in its file.
fn takes_over(scene: &mut Scene, public: &str, admin: &str) {
    scene.set("GATEWAY__SERVER__LISTEN", public);
    scene.set("GATEWAY__SERVER__ADMIN_LISTEN", admin);
}

#[actix_web::test]
async fn a_gateway_that_runs_already_is_recognized_by_its_pages() {
    let mut scene = Scene::start().await;
    let (_gateway, public, admin) = serving(&scene);
    takes_over(&mut scene, &public, &admin);
    scene.arguments = vec!["--replica".to_owned(), format!("http://{admin}")];
    let outcome = scene.examined().await;
    assert_eq!(outcome.code, Some(0), "{}", outcome.text);
    assert!(
        outcome.checks.iter().any(|check| check["id"] == "replica"),
        "{}",
        outcome.text
    );
    assert!(
        outcome.text.contains("is ready, with this configuration"),
        "{}",
        outcome.text
    );
    assert!(
        outcome.text.contains("the gateway that runs already writes there"),
        "{}",
        outcome.text
    );
}

#[actix_web::test]
async fn a_gateway_with_tls_is_recognized_by_its_certificate() {
    let mut scene = Scene::start().await;
    let authority = authority();
    // Of a name that no address of this machine has.
    let present = |scene: &Scene| {
        let identity = certificate(&["gateway.example"], 2099, &authority);
        write_identity(&scene.path("settings"), "own", &identity);
    };
    present(&scene);
    scene.add("[tls]\ncert_file = \"own.pem\"\nkey_file = \"own.key\"\n");
    let (_gateway, public, admin) = serving(&scene);
    takes_over(&mut scene, &public, &admin);
    let outcome = scene.examined().await;
    assert_eq!(outcome.code, Some(0), "{}", outcome.text);
    assert!(
        outcome.text.contains("is ready, with this configuration"),
        "{}",
        outcome.text
    );

    let other = Scene::start().await;
    present(&other);
    scene.replace(
        "cert_file = \"own.pem\"",
        &format!("cert_file = \"{}\"", other.path("settings/own.pem").display()),
    );
    scene.replace(
        "key_file = \"own.key\"",
        &format!("key_file = \"{}\"", other.path("settings/own.key").display()),
    );
    scene.replace("workers = 1", "workers = 2");
    scene
        .examined()
        .await
        .names_only("listener", "warning", "another certificate is in force");
}

#[actix_web::test]
async fn a_gateway_with_another_configuration_is_told_from_ours() {
    let mut scene = Scene::start().await;
    scene.add("# As it was before.\n");
    let (_gateway, public, admin) = serving(&scene);
    let replica = format!("http://{admin}");

    scene.arguments = vec!["--replica".to_owned(), replica.clone()];
    scene.replace("directory = \"../trail\"", "directory = \"../other-trail\"");
    scene.examined().await.names_only("replica", "failed", "another file");
    scene.replace("directory = \"../other-trail\"", "directory = \"../trail\"");

    scene.arguments.clear();
    takes_over(&mut scene, &public, &admin);
    scene.replace("# As it was before.", "# As it is now.");
    // It may have read the file meanwhile; a setting that needs a restart keeps it from that.
    scene.replace("workers = 1", "workers = 2");
    scene
        .examined()
        .await
        .names_only("running", "warning", "the file has changed");
}

#[actix_web::test]
async fn a_replica_that_is_none_or_not_there_is_reported() {
    let mut scene = Scene::start().await;
    let rows = [
        (format!("http://{}", deaf()), "does not respond", "no process"),
        (
            format!("http://{}", scene.simulator.address),
            "no operator's pages",
            "another program",
        ),
        (
            "http://192.0.2.1:9090".to_owned(),
            "without TLS",
            "another machine, unencrypted",
        ),
    ];
    for (replica, found, reason) in rows {
        scene.arguments = vec!["--replica".to_owned(), replica];
        let outcome = scene.examined().await;
        outcome.names_only("replica", "failed", reason);
        assert!(outcome.text.contains(found), "{reason}: {}", outcome.text);
    }
}
