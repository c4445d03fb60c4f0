//! Faults at Empego and at Junction, and of apps that browsers would not show.

use simulator::JunctionSettings;

use super::{
    row::{Kept, Row, each_is_named, nothing},
    scene::Scene,
};
use crate::helpers::peer::{Peer, answer};

/// Has Empego's API respond so to everything.
fn empego_says(scene: &mut Scene, status: &'static str, body: &str) -> Kept {
    let body = body.to_owned();
    let server = Peer::start(move |_, connection| answer(connection, status, "", &body));
    scene.empego_at(&format!("http://{}/R4", server.address));
    Box::new(server)
}

#[actix_web::test]
async fn faults_at_empego_are_named() {
    let rows: &[Row] = &[
        ("empego_key", "failed", "refused (401)", "another key", |scene| {
            scene.set("EMPEGO_API_KEY", "another-canary");
            nothing()
        }),
        (
            "empego_key",
            "failed",
            "status 404",
            "a base URL without its path",
            |scene| {
                let base = format!("http://{}/wrong", scene.simulator.address);
                scene.empego_at(&base);
                nothing()
            },
        ),
        (
            "empego_key",
            "failed",
            "status 200",
            "a page of another program",
            |scene| empego_says(scene, "200 OK", "<html>"),
        ),
        (
            "empego_key",
            "failed",
            "busy (status 429)",
            "no launch would succeed now",
            |scene| empego_says(scene, "429 Too Many Requests", ""),
        ),
        (
            "empego_key",
            "warning",
            "is not refused with 401",
            "the key has no part in its response",
            |scene| {
                let message = r#"{"message": "Invalid x-integration-user header format"}"#;
                empego_says(scene, "400 Bad Request", message)
            },
        ),
        (
            "empego_key",
            "warning",
            "so is a malformed user header",
            "it would open the owner's session",
            |scene| {
                let url = format!("http://{}/fr/embed?sessionId=1", scene.embed.address);
                empego_says(scene, "200 OK", &url)
            },
        ),
    ];
    each_is_named(rows).await;
}

#[actix_web::test]
async fn faults_at_junction_are_named() {
    let rows: &[Row] = &[
        ("junction_key", "failed", "refused (401)", "another key", |scene| {
            scene.set("MANAGEMENT_KEY", "mg_canary");
            nothing()
        }),
        (
            "junction_key",
            "failed",
            "does not know this organization",
            "another organization",
            |scene| {
                let own = JunctionSettings::default().org_id;
                scene.replace(&own, "00000000-2f0a-4a2c-9f4e-6c1d3c5b7a90");
                nothing()
            },
        ),
        (
            "junction_slug",
            "failed",
            "Junction has \"my-ehr\"",
            "another slug",
            |scene| {
                scene.replace("integration_slug = \"my-ehr\"", "integration_slug = \"other-ehr\"");
                nothing()
            },
        ),
        (
            "junction_origins",
            "failed",
            "https://portal.example",
            "its pages cannot show the app",
            |scene| {
                scene.replace("https://ehr.example", "https://portal.example");
                nothing()
            },
        ),
        (
            "junction_continuation",
            "warning",
            "/junction/session-continuation",
            "sessions would not go on",
            |scene| {
                scene.add("[host.session]\ncookie = \"session\"\n");
                nothing()
            },
        ),
    ];
    each_is_named(rows).await;
}

#[actix_web::test]
async fn apps_that_browsers_would_not_show_are_named() {
    let rows: &[Row] = &[
        (
            "embedding",
            "failed",
            "X-Frame-Options: DENY",
            "no page may show it",
            |scene| {
                scene.embed_says.lock().unwrap().1 = "x-frame-options: DENY\r\n".to_owned();
                nothing()
            },
        ),
        (
            "embedding",
            "failed",
            "X-Frame-Options: SAMEORIGIN",
            "only its own pages may",
            |scene| {
                scene.embed_says.lock().unwrap().1 = "x-frame-options: SAMEORIGIN\r\n".to_owned();
                nothing()
            },
        ),
        (
            "embedding",
            "failed",
            "https://ehr.example",
            "only other pages may",
            |scene| {
                let policy = "content-security-policy: frame-ancestors https://other.example\r\n";
                scene.embed_says.lock().unwrap().1 = policy.to_owned();
                nothing()
            },
        ),
        (
            "embedding",
            "warning",
            "the app's own pages may differ",
            "it may be so of a login page alone",
            |scene| {
                let policy = "location: /login\r\ncontent-security-policy: frame-ancestors 'none'\r\n";
                *scene.embed_says.lock().unwrap() = ("302 Found", policy.to_owned());
                nothing()
            },
        ),
    ];
    each_is_named(rows).await;
}

#[actix_web::test]
async fn a_modality_that_junction_has_not_enabled_is_named() {
    let mut settings = JunctionSettings::default();
    settings.integration.modalities = vec!["link_out".to_owned()];
    let scene = Scene::start_with(settings).await;
    let outcome = scene.examined().await;
    outcome.names_only("junction_modalities", "failed", "the app would not be opened");
    assert!(outcome.text.contains("feature_embed"), "{}", outcome.text);
}
