//! The guide to identity providers: its very settings, against an issuer that shapes its documents and tokens like each of
//! them.

use ::base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Method;
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{path, query_param},
};

use crate::helpers::{
    Answer, TestApp, TestConfig,
    issuer::{SigningKey, now},
};

const DIRECTORY: &str = "00000000-0000-4000-8000-000000000001";
const GATEWAY: &str = "00000000-0000-4000-8000-000000000002";
const EHR: &str = "00000000-0000-4000-8000-000000000003";

/// A block of settings on a page, and how the provider is.
struct Provider {
    /// Which of the page's blocks.
    page: (&'static str, usize),
    /// Where the provider is on the page; in the test it is the mock instead.
    origin: &'static str,
    /// Where its discovery document is.
    discovery: String,
    /// What the document says beside `jwks_uri`, with `…` for the origin.
    document: Value,
    /// The `typ` of its tokens.
    token_type: Option<&'static str>,
    /// The claims of a clinician's token, with `…` for the origin.
    claims: Value,
    /// What Empego gets about the clinician.
    user: Value,
    /// A claim with another value, as in a token for another app.
    of_another: (&'static str, Value),
}

/// Members of both objects.
fn and(mut first: Value, second: Value) -> Value {
    let (Value::Object(members), Value::Object(more)) = (&mut first, second) else {
        panic!("two objects");
    };
    members.extend(more);
    first
}

fn profile() -> Value {
    json!({"given_name": "Alice", "family_name": "Johnson", "email": "alice@clinic.example"})
}

fn known(id: &str) -> Value {
    json!({ "userId": id })
}

fn whole(id: &str) -> Value {
    json!({"userId": id, "firstName": "Alice", "lastName": "Johnson", "email": "alice@clinic.example"})
}

fn microsoft() -> Vec<Provider> {
    let entra = |block, discovery: String, issuer: String, aud: String, app: &'static str| Provider {
        page: ("microsoft.md", block),
        origin: "https://login.microsoftonline.com",
        discovery,
        document: json!({ "issuer": issuer }),
        token_type: Some("JWT"),
        claims: and(
            profile(),
            json!({"iss": issuer, "aud": aud, app: EHR, "oid": "oid-1", "sub": "pairwise", "scp": "openid launch",
                "tid": DIRECTORY, "hasgroups": true, "uti": "AbC"}),
        ),
        user: whole("oid-1"),
        of_another: (app, json!("another-app")),
    };
    let well_known = ".well-known/openid-configuration";
    let trust = "http://adfs.example/adfs/services/trust";
    let adfs = |block, claims, of_another| Provider {
        page: ("microsoft.md", block),
        origin: "https://adfs.example",
        discovery: format!("/adfs/{well_known}"),
        document: json!({"issuer": "…/adfs", "access_token_issuer": trust}),
        token_type: Some("JWT"),
        claims: and(profile(), claims),
        user: whole("adfs-1"),
        of_another: (of_another, json!("another-app")),
    };
    vec![
        entra(
            0,
            format!("/{DIRECTORY}/v2.0/{well_known}"),
            format!("…/{DIRECTORY}/v2.0"),
            GATEWAY.to_owned(),
            "azp",
        ),
        entra(
            2,
            format!("/{DIRECTORY}/{well_known}"),
            format!("https://sts.windows.net/{DIRECTORY}/"),
            format!("api://{GATEWAY}"),
            "appid",
        ),
        Provider {
            page: ("microsoft.md", 3),
            origin: "https://clinic.b2clogin.com",
            discovery: format!("/clinic.onmicrosoft.com/B2C_1_signin/v2.0/{well_known}"),
            document: json!({ "issuer": format!("…/{DIRECTORY}/v2.0/") }),
            token_type: Some("JWT"),
            claims: json!({"iss": format!("…/{DIRECTORY}/v2.0/"), "aud": GATEWAY, "sub": "b2c-1", "ver": "1.0",
                "tfp": "B2C_1_signin", "given_name": "Alice", "family_name": "Johnson",
                "emails": ["alice@clinic.example"]}),
            user: whole("b2c-1"),
            of_another: ("tfp", json!("B2C_1_signup")),
        },
        adfs(
            4,
            json!({"iss": trust, "sub": "adfs-1", "appid": "ehr-spa", "aud": "microsoft:identityserver:empego-gateway",
                "apptype": "Public", "scp": "openid"}),
            "appid",
        ),
        adfs(
            5,
            json!({"iss": "…/adfs", "aud": "ehr-spa", "sub": "adfs-1", "upn": "alice@clinic.local"}),
            "aud",
        ),
    ]
}

/// A provider whose discovery document is below its issuer.
fn plain(page: (&'static str, usize), origin: &'static str, realm: &str, claims: Value, user: Value) -> Provider {
    let issuer = format!("…{realm}");
    Provider {
        page,
        origin,
        discovery: format!("{}/.well-known/openid-configuration", realm.trim_end_matches('/')),
        document: json!({ "issuer": issuer }),
        token_type: Some("JWT"),
        claims: and(claims, json!({ "iss": issuer })),
        user,
        of_another: ("aud", json!("another-audience")),
    }
}

fn hosted() -> Vec<Provider> {
    let cognito = "/ca-central-1_AbCdEfGhI";
    let cognito_origin = "https://cognito-idp.ca-central-1.amazonaws.com";
    vec![
        Provider {
            of_another: ("azp", json!("another-app")),
            ..plain(
                ("keycloak.md", 0),
                "https://keycloak.example",
                "/realms/clinic",
                and(
                    profile(),
                    json!({"aud": ["empego-gateway", "account"], "azp": "ehr-spa", "sub": "kc-1", "typ": "Bearer",
                        "scope": "openid profile email", "email_verified": true, "license_number": "MD1",
                        "locale": "fr-CA", "realm_access": {"roles": ["clinician"]}}),
                ),
                and(
                    whole("kc-1"),
                    json!({"licenseNumber": "MD1", "preferredLanguage": "FR"}),
                ),
            )
        },
        Provider {
            of_another: ("azp", json!("another-app")),
            ..plain(
                ("auth0.md", 0),
                "https://clinic.eu.auth0.com",
                "/",
                json!({"aud": ["https://gateway.ehr.example", "…/userinfo"], "azp": "ehrSpaClientId", "sub": "auth0|1",
                    "scope": "openid profile", "https://ehr.example/given_name": "Alice",
                    "https://ehr.example/family_name": "Johnson", "https://ehr.example/email": "alice@clinic.example"}),
                whole("auth0|1"),
            )
        },
        Provider {
            of_another: ("cid", json!("0oaAnother")),
            token_type: None,
            ..plain(
                ("okta.md", 0),
                "https://clinic.okta.com",
                "/oauth2/default",
                and(
                    profile(),
                    json!({"aud": "api://default", "cid": "0oaEhrSpa", "uid": "00u1", "sub": "alice@clinic.example",
                        "scp": ["openid", "profile"], "ver": 1}),
                ),
                whole("00u1"),
            )
        },
        Provider {
            token_type: None,
            ..plain(
                ("okta.md", 1),
                "https://clinic.okta.com",
                "",
                and(
                    profile(),
                    json!({"aud": "0oaEhrSpa", "sub": "00u1", "amr": ["pwd"], "ver": 1}),
                ),
                whole("00u1"),
            )
        },
        Provider {
            of_another: ("token_use", json!("access")),
            token_type: None,
            ..plain(
                ("amazon-cognito.md", 0),
                cognito_origin,
                cognito,
                and(
                    profile(),
                    json!({"aud": "ehrspaclientid", "sub": "cog-1", "token_use": "id", "email_verified": true,
                        "cognito:username": "alice", "custom:license_number": "MD1", "locale": "en"}),
                ),
                and(
                    whole("cog-1"),
                    json!({"licenseNumber": "MD1", "preferredLanguage": "EN"}),
                ),
            )
        },
        Provider {
            of_another: ("client_id", json!("anotherclientid")),
            token_type: None,
            ..plain(
                ("amazon-cognito.md", 1),
                cognito_origin,
                cognito,
                json!({"client_id": "ehrspaclientid", "sub": "cog-1", "token_use": "access", "scope": "openid",
                    "username": "alice", "version": 2}),
                known("cog-1"),
            )
        },
    ]
}

fn federated() -> Vec<Provider> {
    vec![
        Provider {
            of_another: ("hd", json!("elsewhere.example")),
            ..plain(
                ("google.md", 0),
                "https://accounts.google.com",
                "",
                and(
                    profile(),
                    json!({"aud": "1234567890-ehr.apps.googleusercontent.com", "sub": "1234567890", "locale": "fr",
                        "azp": "1234567890-ehr.apps.googleusercontent.com", "hd": "clinic.example",
                        "email_verified": true}),
                ),
                and(whole("1234567890"), json!({"preferredLanguage": "FR"})),
            )
        },
        Provider {
            of_another: ("client_id", json!("another-app")),
            token_type: None,
            ..plain(
                ("ping-forgerock.md", 0),
                "https://auth.pingone.ca",
                &format!("/{DIRECTORY}/as"),
                and(
                    profile(),
                    json!({"aud": ["https://gateway.ehr.example"], "client_id": EHR, "sub": "ping-1",
                        "scope": "openid launch", "env": DIRECTORY}),
                ),
                whole("ping-1"),
            )
        },
        Provider {
            of_another: ("tokenName", json!("id_token")),
            ..plain(
                ("ping-forgerock.md", 1),
                "https://openam-clinic.forgeblocks.com:443",
                "/am/oauth2/alpha",
                and(
                    profile(),
                    json!({"aud": "ehr-spa", "sub": "fr-1", "subname": "fr-1", "tokenName": "access_token",
                        "realm": "/alpha", "cts": "OAUTH2_STATELESS_GRANT", "scope": ["openid", "profile"]}),
                ),
                whole("fr-1"),
            )
        },
        Provider {
            page: ("smart-on-fhir.md", 0),
            origin: "https://fhir.example",
            discovery: "/api/FHIR/R4/.well-known/smart-configuration".to_owned(),
            document: json!({"issuer": "…/oauth2", "capabilities": ["launch-ehr", "sso-openid-connect"]}),
            token_type: Some("JWT"),
            claims: json!({"iss": "…/oauth2", "aud": "ehr-spa", "sub": "fhir-1",
                "fhirUser": "…/api/FHIR/R4/Practitioner/fhir-1"}),
            user: known("fhir-1"),
            of_another: ("aud", json!("another-app")),
        },
    ]
}

fn self_hosted() -> Vec<Provider> {
    vec![
        Provider {
            of_another: ("client_id", json!("another-app")),
            token_type: Some("at+jwt"),
            ..plain(
                ("self-hosted.md", 0),
                "https://duende.example",
                "",
                and(
                    profile(),
                    json!({"aud": ["empego-gateway"], "client_id": "ehr-spa", "sub": "duende-1",
                        "scope": ["openid", "launch"]}),
                ),
                whole("duende-1"),
            )
        },
        Provider {
            of_another: ("client_id", json!("another-app")),
            ..plain(
                ("self-hosted.md", 1),
                "https://hydra.example",
                "/",
                json!({"aud": ["empego-gateway"], "client_id": "ehr-spa", "sub": "hydra-1", "scp": ["openid"],
                    "ext": profile()}),
                whole("hydra-1"),
            )
        },
        plain(
            ("self-hosted.md", 2),
            "https://authentik.example",
            "/application/o/ehr/",
            and(
                profile(),
                json!({"aud": "ehrSpaClientId", "sub": "ak-1", "email_verified": true, "groups": []}),
            ),
            whole("ak-1"),
        ),
        Provider {
            token_type: None,
            ..plain(
                ("self-hosted.md", 3),
                "https://dex.example",
                "/dex",
                json!({"aud": "ehr-spa", "sub": "CgVhbGljZRIEbGRhcA", "email": "alice@clinic.example",
                    "email_verified": true, "name": "Alice Johnson"}),
                known("CgVhbGljZRIEbGRhcA"),
            )
        },
        Provider {
            of_another: ("client_id", json!("312345678901234000")),
            ..plain(
                ("self-hosted.md", 4),
                "https://zitadel.example",
                "",
                and(
                    profile(),
                    json!({"aud": ["312345678901234567", "312345678901234999"], "sub": "312345678901231111",
                        "client_id": "312345678901234999"}),
                ),
                whole("312345678901231111"),
            )
        },
    ]
}

/// The pages, so that a block cannot be without a test.
const PAGES: [(&str, &str); 9] = [
    (
        "keycloak.md",
        include_str!("../../docs/guides/identity-providers/keycloak.md"),
    ),
    (
        "microsoft.md",
        include_str!("../../docs/guides/identity-providers/microsoft.md"),
    ),
    (
        "auth0.md",
        include_str!("../../docs/guides/identity-providers/auth0.md"),
    ),
    ("okta.md", include_str!("../../docs/guides/identity-providers/okta.md")),
    (
        "amazon-cognito.md",
        include_str!("../../docs/guides/identity-providers/amazon-cognito.md"),
    ),
    (
        "google.md",
        include_str!("../../docs/guides/identity-providers/google.md"),
    ),
    (
        "ping-forgerock.md",
        include_str!("../../docs/guides/identity-providers/ping-forgerock.md"),
    ),
    (
        "self-hosted.md",
        include_str!("../../docs/guides/identity-providers/self-hosted.md"),
    ),
    (
        "smart-on-fhir.md",
        include_str!("../../docs/guides/identity-providers/smart-on-fhir.md"),
    ),
];

/// The settings of a page, block by block.
fn blocks(page: &str) -> Vec<&'static str> {
    let (_, text) = PAGES.into_iter().find(|(name, _)| *name == page).unwrap();
    let mut parts = text.split("```toml\n");
    let _before_the_first = parts.next();
    parts.map(|part| part.split("```").next().unwrap()).collect()
}

/// The claims mapping of Entra ID is the block after the one it is added to.
const ADDED: (&str, usize) = ("microsoft.md", 1);

async fn launch(app: &TestApp, token: &str, body: &Value) -> Answer {
    let launch = app.request(Method::POST, "/v1/embeddable/statistics").json(body);
    let launch = launch.header("authorization", format!("Bearer {token}"));
    launch.send().await
}

fn user_of(request: &Request) -> Value {
    let header = STANDARD
        .decode(request.headers["x-integration-user"].as_bytes())
        .unwrap();
    serde_json::from_slice(&header).unwrap()
}

/// The value with the origin in its place.
fn at(origin: &str, value: &Value) -> Value {
    serde_json::from_str(&value.to_string().replace('…', origin)).unwrap()
}

/// Launches with these settings at an issuer that is like this provider: with its token, and with one for another app.
async fn try_out(provider: &Provider, settings: &str, published: Mock, key: &SigningKey, server: &MockServer) {
    let (page, block) = provider.page;
    let keys = json!({"keys": [key.public()]});
    server.register(published).await;
    let answer = ResponseTemplate::new(200).set_body_json(keys);
    server.register(Mock::given(path("/keys")).respond_with(answer)).await;

    let mut config = TestConfig::strict();
    config.more = settings.replace(provider.origin, &server.uri());
    let app = TestApp::with(config).await;
    let mut header = json!({"alg": "EdDSA", "kid": key.id});
    if let Some(token_type) = provider.token_type {
        header["typ"] = token_type.into();
    }
    let claims = and(
        at(&server.uri(), &provider.claims),
        json!({"iat": now() - 5, "exp": now() + 300}),
    );
    let body = if settings.contains("intents = [\"existing\"]") {
        json!({"intent": "existing"})
    } else {
        json!({})
    };

    let answer = launch(&app, &key.sign_text(&header, &claims), &body).await;
    assert_eq!(answer.status, 200, "{page} {block}: {answer:?}");
    assert_eq!(user_of(&app.received_one().await), provider.user, "{page} {block}");

    let (claim, value) = &provider.of_another;
    let foreign = and(claims, json!({ *claim: value }));
    let answer = launch(&app, &key.sign_text(&header, &foreign), &body).await;
    assert_eq!(answer.code(), "host_unauthenticated", "{page} {block}: another {claim}");
}

#[actix_web::test]
async fn each_pages_settings_launch_only_with_its_providers_tokens() {
    let providers: Vec<_> = [microsoft(), hosted(), federated(), self_hosted()]
        .into_iter()
        .flatten()
        .collect();
    for provider in &providers {
        let (page, block) = provider.page;
        let (server, key) = (MockServer::start().await, SigningKey::ed25519("k1"));
        let document = and(
            at(&server.uri(), &provider.document),
            json!({"jwks_uri": format!("{}/keys", server.uri())}),
        );
        let answer = ResponseTemplate::new(200).set_body_json(document);
        let published = Mock::given(path(&provider.discovery)).respond_with(answer);
        try_out(provider, blocks(page)[block], published, &key, &server).await;
    }
    let mut tried: Vec<_> = providers.iter().map(|provider| provider.page).chain([ADDED]).collect();
    tried.sort_unstable();
    let mut written: Vec<_> = PAGES
        .into_iter()
        .flat_map(|(page, _)| (0..blocks(page).len()).map(move |block| (page, block)))
        .collect();
    written.sort_unstable();
    assert_eq!(tried, written, "every block has its provider");
}

#[actix_web::test]
async fn claims_mapping_keys_are_found_by_the_apps_own_document() {
    let provider = microsoft().swap_remove(0);
    let (page, block) = ADDED;
    let settings = blocks(provider.page.0)[provider.page.1];
    let settings = settings.replace("[host.jwt]\n", &format!("[host.jwt]\n{}", blocks(page)[block]));
    let (server, key) = (MockServer::start().await, SigningKey::ed25519("k1"));
    let document = and(
        at(&server.uri(), &provider.document),
        json!({"jwks_uri": format!("{}/keys", server.uri())}),
    );
    let answer = ResponseTemplate::new(200).set_body_json(document);
    let published = Mock::given(path(&provider.discovery))
        .and(query_param("appid", GATEWAY))
        .respond_with(answer);
    try_out(&provider, &settings, published, &key, &server).await;
}
