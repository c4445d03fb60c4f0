//! Issuers as operators meet them: errors in their documents are reported in the log and on `/readyz`, and one host may
//! have several.

use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

use crate::helpers::{
    Served, TestApp, TestConfig,
    issuer::{Issuer, SigningKey},
    peer::{Peer, answer},
    secure::{Secure, authority, certificate},
};

fn upstream() -> Peer {
    Peer::start(|_, connection| answer(connection, "200 OK", "", ""))
}

/// `/readyz`, once it holds this text.
async fn ready_once(admin: &str, text: &str) -> String {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(20));
    let mut last = String::new();
    for _tick in 0..1500 {
        let page = http.get(format!("http://{admin}/readyz")).send().await.unwrap();
        let page = page.text().await.unwrap();
        if page.contains(text) {
            return page;
        }
        last = page;
        ticks.tick().await;
    }
    panic!("{text}: {last}")
}

/// An issuer that answers so at its discovery document and its key set.
async fn issuer(discovery: Option<ResponseTemplate>, keys: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    let uri = server.uri();
    let document = json!({"issuer": uri, "jwks_uri": format!("{uri}/jwks")});
    let discovery = discovery.unwrap_or_else(|| ResponseTemplate::new(200).set_body_json(document));
    for (at, answer) in [("/.well-known/openid-configuration", discovery), ("/jwks", keys)] {
        Mock::given(path(at)).respond_with(answer).mount(&server).await;
    }
    server
}

fn token_host(id: &str, issuer: &str, lines: &str) -> String {
    format!(
        "[[host]]\nid = \"{id}\"\ntenant = \"downtown\"\nidentity = \"token\"\n\
         [host.jwt]\nissuer = {issuer}\naudience = \"gateway\"\n{lines}\n"
    )
}

#[actix_web::test]
async fn issuer_document_errors_are_logged_and_reported_to_the_operator() {
    let status = ResponseTemplate::new;
    let set = |keys: Value| status(200).set_body_json(json!({"keys": keys}));
    let good = SigningKey::ed25519("k1").public();
    let rsa = json!({"kty": "RSA", "n": "a*b", "e": "AQAB"});
    let short = json!({"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"});
    let rows = [
        (
            Some(status(303).insert_header("location", "https://canary.example/")),
            set(json!([good])),
            "the discovery document responded with 303; redirects are not followed",
            json!({"why": "status", "document": "discovery", "status": 303}),
        ),
        (
            None,
            status(404).set_body_string("canary"),
            "the key set responded with 404",
            json!({"why": "status", "document": "key_set", "status": 404}),
        ),
        (
            Some(status(200).set_body_string("<html>canary</html>")),
            set(json!([good])),
            "the discovery document is not the expected JSON document",
            json!({"why": "not_a_document", "document": "discovery"}),
        ),
        (
            None,
            set(json!([rsa, short, {"kty": "RSA", "use": "enc"}])),
            "the key set contains no usable key: 3 of 3 not used: 1 use or key_ops for another purpose, 1 unreadable, 1 a \
             coordinate too short or too long",
            json!({"why": "no_usable_key", "document": "key_set"}),
        ),
        (
            None,
            set(json!([])),
            "the key set contains no keys",
            json!({"why": "no_usable_key", "document": "key_set"}),
        ),
        (
            None,
            status(200).set_body_string(" ".repeat(300 * 1024)),
            "the key set exceeds 256 KiB",
            json!({"why": "too_large", "document": "key_set"}),
        ),
        (
            Some(
                status(200)
                    .set_body_json(json!({"issuer": "https://canary.example", "jwks_uri": "https://canary.example"})),
            ),
            set(json!([good])),
            "the discovery document names a different issuer than the host's issuer setting",
            json!({"why": "other_issuer", "document": "discovery"}),
        ),
    ];
    for (discovery, keys, told, logged) in rows {
        let issuer = issuer(discovery, keys).await;
        let mut config = TestConfig::strict();
        config.more = token_host("spa", &format!("\"{}\"", issuer.uri()), "");
        let peer = upstream();
        let mut served = Served::start(&peer, &config);
        let page = ready_once(&served.admin, told).await;
        assert!(page.contains("host spa: no signing keys from its issuer"), "{page}");
        let (lines, _gateway) = actix_web::rt::task::spawn_blocking(move || {
            let lines = served.gateway.logged("could not be fetched");
            (lines, served)
        })
        .await
        .unwrap();
        let text = lines.last().unwrap();
        assert!(!text.contains("canary") && !page.contains("canary"), "{text} {page}");
        let line: Value = serde_json::from_str(text).unwrap();
        for (name, value) in logged.as_object().unwrap() {
            assert_eq!(&line[name], value, "{told}: {line}");
        }
    }
}

#[actix_web::test]
async fn keys_that_are_not_used_beside_good_ones_are_counted() {
    let good = SigningKey::ed25519("k1").public();
    let keys = ResponseTemplate::new(200).set_body_json(json!({"keys": vec![good; 131]}));
    let issuer = issuer(None, keys).await;
    let mut config = TestConfig::strict();
    config.more = token_host("spa", &format!("\"{}\"", issuer.uri()), "");
    let peer = upstream();
    let mut served = Served::start(&peer, &config);
    let told = "31 of 131 not used: 31 beyond the 100 keys that are read";
    let page = ready_once(&served.admin, told).await;
    assert_eq!(page, format!("ready\nhost spa: signing keys of its issuer: {told}\n"));
    let logged = actix_web::rt::task::spawn_blocking(move || served.gateway.logged("cannot be used"));
    let lines = logged.await.unwrap();
    assert!(lines.last().unwrap().contains(told), "{lines:?}");
}

#[actix_web::test]
async fn untrusted_certificates_are_distinguished() {
    let (ours, stranger) = (authority(), authority());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ours.pem");
    std::fs::write(&file, ours.pem()).unwrap();
    let rows = [
        (
            certificate(&["localhost"], 2099, &stranger),
            "this machine does not trust the authority that signed its certificate; add it with [egress] ca_file",
            "unknown_authority",
        ),
        (
            certificate(&["other.example"], 2099, &ours),
            "its certificate is for a different name",
            "other_name",
        ),
        (
            certificate(&["localhost"], 2021, &ours),
            "its certificate has expired or is not valid yet",
            "other_time",
        ),
    ];
    for (certificate, told, word) in rows {
        let issuer = Secure::start(certificate, |_| (200, String::new()));
        let address = format!("\"https://localhost:{}\"", issuer.address.port());
        let mut config = TestConfig::strict();
        config.more = token_host("spa", &address, "") + &format!("[egress]\nca_file = \"{}\"\n", file.display());
        let peer = upstream();
        let mut served = Served::start(&peer, &config);
        let page = ready_once(&served.admin, told).await;
        assert!(page.contains("the discovery document cannot be reached"), "{page}");
        let logged = actix_web::rt::task::spawn_blocking(move || served.gateway.logged("could not be fetched"));
        let line: Value = serde_json::from_str(logged.await.unwrap().last().unwrap()).unwrap();
        assert_eq!(line["why"], word, "{line}");
    }
}

#[actix_web::test]
async fn a_failed_key_refresh_is_reported_while_the_old_keys_serve() {
    let issuer = Issuer::start().await;
    let mut config = TestConfig::strict();
    config.more = issuer.host("spa", "gateway", "");
    let app = TestApp::with(config).await;
    ready_once(&app.admin_address, "ready\n").await;
    let token = issuer.token(&issuer.claims());
    let launch = |token: String| {
        let launch = app.native("statistics").without_header("authorization");
        launch
            .header("authorization", format!("Bearer {token}"))
            .json(&json!({}))
            .send()
    };
    launch(token.clone()).await.is_launched();
    issuer.server.reset().await;
    let forged = SigningKey::ed25519("k2");
    launch(forged.sign(&forged.header(), &issuer.claims()))
        .await
        .is_refused(401, "host_unauthenticated");
    let page = app.admin("/readyz").await.text;
    assert_eq!(
        page,
        "ready\nhost spa: the signing keys of its issuer could not be refreshed: the discovery document responded with 404\n"
    );
    launch(token).await.is_launched();
}

/// One host of two issuers, with a key of each.
async fn moved() -> (Issuer, Issuer, TestConfig) {
    let (old, new) = (Issuer::start().await, Issuer::start().await);
    let mut config = TestConfig::strict().tenant("missing_licence = \"warn\"");
    let both = format!("issuer = [\"{}\", \"{}\"]", new.uri(), old.uri());
    let one = format!("issuer = \"{}\"", new.uri());
    config.more = new.host("spa", "gateway", "").replace(&one, &both);
    (old, new, config)
}

async fn launched(app: &TestApp, token: &str) -> crate::helpers::Answer {
    let launch = app.native("statistics").without_header("authorization");
    let launch = launch.header("authorization", format!("Bearer {token}"));
    launch.json(&json!({})).send().await
}

#[actix_web::test]
async fn one_user_directory_under_two_names_is_one_host_with_one_space_of_ids() {
    let (old, new, config) = moved().await;
    let app = TestApp::with(config).await;
    for issuer in [&old, &new] {
        launched(&app, &issuer.token(&issuer.claims())).await.is_launched();
    }
    let received = app.received().await;
    let sent: Vec<_> = received
        .iter()
        .map(|request| request.headers.get("x-integration-user"))
        .collect();
    assert_eq!(sent[0], sent[1], "the same person");
    assert!(sent[0].is_some());
}

#[actix_web::test]
async fn each_of_two_issuers_signs_with_its_own_keys_and_for_itself_alone() {
    let (old, new, config) = moved().await;
    let third = Issuer::start().await;
    let app = TestApp::with(config).await;
    let rows = [
        (old.key.sign(&old.key.header(), &new.claims()), "the other's key"),
        (
            new.key.sign(&new.key.header(), &old.claims()),
            "the other's key, the other way round",
        ),
        (third.token(&third.claims()), "an issuer that is not listed"),
    ];
    for (token, reason) in rows {
        assert_eq!(launched(&app, &token).await.status, 401, "{reason}");
    }
}

#[actix_web::test]
async fn an_issuer_that_is_gone_blocks_no_caller_and_is_named() {
    let (old, new, config) = moved().await;
    old.server.reset().await;
    let app = TestApp::with(config).await;
    launched(&app, &new.token(&new.claims())).await.is_launched();
    launched(&app, &old.token(&old.claims()))
        .await
        .is_refused(503, "identity_provider_unavailable");
    let page = app.admin("/readyz").await.text;
    assert_eq!(
        page,
        format!(
            "ready\nhost spa: no signing keys from its issuer {}; its tokens cannot be verified: the discovery document \
             responded with 404\n",
            old.uri()
        )
    );
    for (issuer, usable) in [(&old, 0.0), (&new, 1.0)] {
        let series = format!(
            "empego_gateway_key_set_usable{{host=\"spa\",issuer=\"{}\"}}",
            issuer.uri()
        );
        assert_eq!(app.figure(&series).await, Some(usable));
    }
    assert_eq!(app.figure("empego_gateway_key_set_usable{host=\"spa\"}").await, None);
}

#[actix_web::test]
async fn keys_of_one_of_several_issuers_may_be_elsewhere() {
    let (old, new, mut config) = moved().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("old.json");
    std::fs::write(&file, json!({"keys": [old.key.public()]}).to_string()).unwrap();
    old.server.reset().await;
    let keys = format!(
        "[host.jwt.keys.\"{}\"]\njwks_file = \"{}\"\n",
        old.uri(),
        file.display()
    );
    config.more.push_str(&keys);
    let app = TestApp::with(config).await;
    for issuer in [&old, &new] {
        launched(&app, &issuer.token(&issuer.claims())).await.is_launched();
    }
    assert_eq!(app.admin("/readyz").await.text, "ready\n");
}
