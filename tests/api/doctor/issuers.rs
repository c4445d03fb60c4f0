//! Issuers whose documents or keys are of no use.

use serde_json::{Value, json};
use wiremock::{Mock, ResponseTemplate, matchers::path};

use super::scene::Scene;

const DISCOVERY: &str = "/.well-known/openid-configuration";

/// An issuer that publishes this, and what else it had.
async fn publishes(scene: &Scene, at: &str, status: u16, document: &str) {
    let own = scene.issuer.key.public();
    let uri = scene.issuer.uri();
    let discovery = json!({"issuer": uri, "jwks_uri": format!("{uri}/jwks")}).to_string();
    let keys = json!({"keys": [own]}).to_string();
    scene.issuer.server.reset().await;
    for (place, good) in [(DISCOVERY, discovery), ("/jwks", keys)] {
        let answer = if place == at {
            ResponseTemplate::new(status).set_body_string(document)
        } else {
            ResponseTemplate::new(200).set_body_string(good)
        };
        Mock::given(path(place))
            .respond_with(answer)
            .mount(&scene.issuer.server)
            .await;
    }
}

#[actix_web::test]
async fn documents_and_keys_that_are_of_no_use_are_told_apart() {
    let scene = Scene::start().await;
    let uri = scene.issuer.uri();
    let other = json!({"issuer": "https://other.example", "jwks_uri": format!("{uri}/jwks")}).to_string();
    let leads_away = json!({"issuer": uri, "jwks_uri": "http://192.0.2.1/jwks"}).to_string();
    let mut for_encryption: Value = scene.issuer.key.public();
    for_encryption["use"] = "enc".into();
    let for_encryption = json!({"keys": [for_encryption]}).to_string();
    let rows = [
        (
            DISCOVERY,
            404,
            "",
            "issuer_discovery",
            "responded with 404",
            "no discovery document",
        ),
        (
            DISCOVERY,
            200,
            "<html>",
            "issuer_discovery",
            "not the expected JSON",
            "a page in its place",
        ),
        (
            DISCOVERY,
            200,
            &other,
            "issuer_discovery",
            "names a different issuer",
            "another issuer's",
        ),
        (
            DISCOVERY,
            302,
            "",
            "issuer_discovery",
            "redirects are not followed",
            "a redirect",
        ),
        (
            DISCOVERY,
            200,
            &leads_away,
            "issuer_keys",
            "without TLS",
            "keys that would come unencrypted",
        ),
        (
            "/jwks",
            500,
            "",
            "issuer_keys",
            "responded with 500",
            "a fault at the issuer's",
        ),
        (
            "/jwks",
            200,
            "{\"keys\": []}",
            "issuer_keys",
            "contains no keys",
            "an empty set",
        ),
        (
            "/jwks",
            200,
            &for_encryption,
            "issuer_keys",
            "no usable key",
            "keys for something else",
        ),
    ];
    for (at, status, document, id, found, reason) in rows {
        publishes(&scene, at, status, document).await;
        let outcome = scene.examined().await;
        outcome.names_only(id, "failed", reason);
        assert!(outcome.text.contains(found), "{reason}: {}", outcome.text);
    }
}

#[actix_web::test]
async fn keys_in_a_file_are_read_like_those_of_an_address() {
    let mut scene = Scene::start().await;
    scene.replace(
        "audience = \"gateway\"",
        "audience = \"gateway\"\njwks_file = \"jwks.json\"",
    );
    scene.write(
        "settings/jwks.json",
        &json!({"keys": [scene.issuer.key.public()]}).to_string(),
    );
    let healthy = scene.examined().await;
    assert_eq!(healthy.code, Some(0), "{}", healthy.text);
    assert!(!healthy.text.contains("issuer_discovery"), "{}", healthy.text);
    scene.write("settings/jwks.json", "{}");
    scene
        .examined()
        .await
        .names_only("issuer_keys", "failed", "a file without keys");
}
