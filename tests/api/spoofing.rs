//! Ways to impersonate another person. Every one is refused with its documented code, and never reaches the upstream.

use jsonwebtoken::Header;
use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{
    HOST_KEY, Launch, TestApp, TestConfig, TestSimulator, alice, base64,
    issuer::{Issuer, SigningKey, now, unsigned},
    raw, with, without,
};

struct Stage {
    issuer: Issuer,
    app: TestApp,
}

impl Stage {
    fn drop_in(&self) -> Launch<'_> {
        self.app.drop_in("statistics")
    }

    fn anonymous(&self) -> Launch<'_> {
        self.app
            .request(Method::GET, "/empego-integrations/R4/embeddable/statistics")
    }

    /// A launch of the token host, native.
    fn bearer(&self, token: &str) -> Launch<'_> {
        self.bearer_with(token, &json!({}))
    }

    fn bearer_with(&self, token: &str, body: &Value) -> Launch<'_> {
        let launch = self.app.request(Method::POST, "/v1/embeddable/statistics").json(body);
        launch.header("authorization", format!("Bearer {token}"))
    }

    fn good(&self) -> String {
        self.issuer.token(&self.issuer.claims())
    }

    /// A token that is good but for these claims.
    fn claiming(&self, name: &str, value: impl Into<Value>) -> String {
        self.issuer.token(&with(self.issuer.claims(), name, value))
    }

    /// A token that is good but for its header.
    fn headed(&self, change: impl FnOnce(&mut Header)) -> String {
        let mut header = self.issuer.key.header();
        change(&mut header);
        self.issuer.key.sign(&header, &self.issuer.claims())
    }

    /// A token signed by a stranger, under a header that says otherwise.
    fn forged(&self, change: impl FnOnce(&mut Header, &SigningKey)) -> String {
        let stranger = SigningKey::ed25519(&self.issuer.key.id);
        let mut header = stranger.header();
        change(&mut header, &stranger);
        stranger.sign(&header, &self.issuer.claims())
    }

    #[expect(clippy::too_many_lines, reason = "one row for each way")]
    fn with_headers(&self) -> Vec<(Launch<'_>, u16, &'static str, &'static str)> {
        let user = base64(alice().to_string());
        let twice = format!("{user},{user}");
        let mut rows = vec![
            (
                self.drop_in().user(&alice()).user(&alice()),
                400,
                "header_repeated",
                "two user headers",
            ),
            (
                self.drop_in().header("x-integration-user", twice),
                400,
                "header_not_base64",
                "two joined by a comma",
            ),
            (
                self.drop_in().query("x-integration-user=e30"),
                400,
                "invalid_request",
                "the user header in the query",
            ),
            (
                self.drop_in().query("x_integration_user=e30"),
                400,
                "invalid_request",
                "and spelt with _",
            ),
            (
                self.drop_in().user(&alice()).query("userId=other"),
                400,
                "invalid_request",
                "another userId in the query",
            ),
            (
                self.drop_in().user(&alice()).intent("upsert").intent("owner"),
                400,
                "invalid_request",
                "two intents",
            ),
            (
                self.drop_in().user(&alice()).intent("upsert, owner"),
                400,
                "invalid_request",
                "two intents, joined",
            ),
            (
                self.drop_in().user(&alice()).header("x-tenant-key", "uptown"),
                400,
                "invalid_request",
                "another tenant's key",
            ),
            (
                self.drop_in().header("api-key", HOST_KEY),
                401,
                "host_unauthenticated",
                "the key twice",
            ),
            (
                self.drop_in().header("authorization", "Bearer x"),
                401,
                "host_unauthenticated",
                "the key and another",
            ),
            (
                self.anonymous().query("api-key=egw_test-host"),
                401,
                "host_unauthenticated",
                "the key in the query",
            ),
            (
                self.anonymous().header("api-key", "egw_test-host,egw_test-host"),
                401,
                "host_unauthenticated",
                "the key, joined",
            ),
            (
                self.anonymous().header("authorization", format!("Basic {HOST_KEY}")),
                401,
                "host_unauthenticated",
                "another scheme",
            ),
            (
                self.anonymous().header("authorization", HOST_KEY),
                401,
                "host_unauthenticated",
                "no scheme",
            ),
            (
                self.anonymous().header("x-api-key", HOST_KEY),
                401,
                "host_unauthenticated",
                "another header",
            ),
            (
                self.anonymous().header("cookie", "api-key=egw_test-host"),
                401,
                "host_unauthenticated",
                "a cookie",
            ),
            (
                self.drop_in().user(&alice()).header("origin", "https://ehr.example"),
                403,
                "origin_denied",
                "the key in a browser",
            ),
            (
                self.drop_in()
                    .user(&alice())
                    .json(&json!({"clinician": {"userId": "other"}})),
                400,
                "invalid_request",
                "a second clinician in a body",
            ),
        ];
        for name in [
            "x_integration_user",
            "X_Integration_User",
            "x-integration_user",
            "x_integration_intent",
            "api_key",
            "Api_Key",
            "x_tenant_key",
            "x-tenant_key",
            "x_management_key",
            "x-management-key",
            "X-Management-Key",
        ] {
            rows.push((
                self.drop_in().user(&alice()).header(name, "e30="),
                400,
                "reserved_header",
                name,
            ));
        }
        rows
    }

    #[expect(clippy::too_many_lines, reason = "one row for each way")]
    fn with_tokens(&self) -> Vec<(Launch<'_>, u16, &'static str, &'static str)> {
        let good = self.good();
        let claims = self.issuer.claims();
        let payload = claims.to_string();
        let public = self.issuer.key.public().to_string();
        let hmac = jsonwebtoken::EncodingKey::from_secret(public.as_bytes());
        let confused = Header {
            kid: Some(self.issuer.key.id.clone()),
            ..Header::new(jsonwebtoken::Algorithm::HS256)
        };
        let confused = jsonwebtoken::encode(&confused, &claims, &hmac).unwrap();
        let none = unsigned(&json!({"alg": "none"}), &payload, b"");
        let signature = good.rsplit('.').next().unwrap();
        let tampered = unsigned(
            &json!({"alg": "EdDSA", "kid": "k1"}),
            &payload.replace("\"42\"", "\"43\""),
            b"",
        );
        let doubled = payload.replacen('{', "{\"sub\":\"43\",", 1);
        let unauthenticated = [
            (none, "alg none"),
            (unsigned(&json!({"alg": "NONE"}), &payload, b""), "alg NONE"),
            (confused, "the public key as HMAC secret"),
            (
                format!("{tampered}{signature}"),
                "another payload under a good signature",
            ),
            (good[..good.len() - 4].to_owned(), "a cut signature"),
            (format!("{good}.{signature}"), "four parts"),
            (self.forged(|_, _| {}), "a stranger's key under a known id"),
            (
                self.forged(|header, _| header.kid = Some("unknown".to_owned())),
                "an unknown key id",
            ),
            (self.forged(|header, _| header.kid = None), "no key id"),
            (
                self.forged(|header, key| header.jwk = serde_json::from_value(key.public()).ok()),
                "an embedded key",
            ),
            (
                self.forged(|header, _| header.jku = Some(format!("{}/evil", self.issuer.uri()))),
                "an address for keys",
            ),
            (
                self.forged(|header, _| header.x5u = Some(format!("{}/evil", self.issuer.uri()))),
                "an address for certificates",
            ),
            (
                self.forged(|header, _| header.x5c = Some(vec!["AA==".to_owned()])),
                "an embedded certificate",
            ),
            (
                self.headed(|header| header.crit = Some(vec!["b64".to_owned()])),
                "an extension that must be understood",
            ),
            (self.claiming("exp", now() - 120), "expired"),
            (self.claiming("nbf", now() + 120), "not valid yet"),
            (self.claiming("exp", "never"), "an expiry that is no number"),
            (self.issuer.token(&without(claims.clone(), &["exp"])), "no expiry"),
            (self.claiming("iss", "https://other.example"), "another issuer"),
            (self.claiming("iss", json!([self.issuer.uri()])), "a list of issuers"),
            (self.issuer.token(&without(claims.clone(), &["iss"])), "no issuer"),
            (self.claiming("aud", "uptown"), "another audience"),
            (self.claiming("aud", "gateway2"), "an audience that starts alike"),
            (
                self.claiming("aud", json!(["gateway", "second"])),
                "for two hosts at once",
            ),
            (self.issuer.token(&without(claims.clone(), &["aud"])), "no audience"),
        ];
        let unusable = [
            (self.issuer.token(&without(claims.clone(), &["sub"])), "nobody"),
            (self.claiming("sub", 42), "a number for a person"),
            (self.claiming("sub", ""), "an empty person"),
            (self.claiming("sub", "42\u{200b}"), "a person with a zero-width space"),
            (self.claiming("sub", "e\u{301}"), "a person who is not NFC"),
            (self.claiming("sub", "42\nx"), "a person with a line feed"),
            (self.claiming("sub", " 42"), "a person with a space before it"),
            (self.claiming("sub", json!(["42"])), "a list for a person"),
            (self.claiming("sub", "4".repeat(256)), "a person longer than any"),
            (self.signed_text(&doubled), "two persons in one token"),
        ];
        let mut rows: Vec<_> = unauthenticated
            .into_iter()
            .map(|(token, reason)| (self.bearer(&token), 401, "host_unauthenticated", reason))
            .collect();
        let unusable = unusable.into_iter();
        rows.extend(unusable.map(|(token, reason)| (self.bearer(&token), 403, "claim_unusable", reason)));
        rows.extend([
            (
                self.anonymous().header("api-key", good.clone()),
                401,
                "host_unauthenticated",
                "a token where keys belong",
            ),
            (
                self.bearer(&good).header("authorization", format!("Bearer {good}")),
                401,
                "host_unauthenticated",
                "the token twice",
            ),
            (
                self.bearer(&good).header("api-key", HOST_KEY),
                401,
                "host_unauthenticated",
                "a token and a key",
            ),
            (
                self.bearer_with(&good, &json!({"clinician": alice()})),
                400,
                "clinician_not_accepted",
                "a clinician in the body",
            ),
            (
                self.bearer_with(&good, &json!({"clinician": null})),
                400,
                "clinician_not_accepted",
                "null in the body",
            ),
            (
                self.bearer(&good).user(&alice()),
                400,
                "clinician_not_accepted",
                "a clinician in the header",
            ),
            (
                self.anonymous()
                    .header("authorization", format!("Bearer {good}"))
                    .user(&alice()),
                400,
                "clinician_not_accepted",
                "the same, drop-in",
            ),
            (
                self.bearer(&good).header("x_integration_user", "e30="),
                400,
                "reserved_header",
                "and spelt with _",
            ),
            (
                self.bearer_with(&good, &json!({"userId": "other"})),
                400,
                "invalid_request",
                "a userId beside it",
            ),
            (
                self.bearer_with(&good, &json!({"params": {"userId": "other"}})),
                400,
                "invalid_request",
                "a userId among the parameters",
            ),
            (
                self.bearer_with(&good, &json!({"intent": "existing"})),
                403,
                "intent_denied",
                "vouching for oneself",
            ),
            (
                self.bearer_with(&good, &json!({"intent": "owner"})),
                403,
                "intent_denied",
                "as the key's owner",
            ),
            (
                self.bearer_with(&good, &json!({"intent": "clone"})),
                403,
                "intent_denied",
                "as the owner's clone",
            ),
            (
                self.bearer(&good).header("origin", "https://evil.test"),
                403,
                "origin_denied",
                "from a foreign page",
            ),
            (
                self.bearer(&good).header("origin", "null"),
                403,
                "origin_denied",
                "from a sandboxed page",
            ),
            (
                self.bearer(&good).header("x-tenant-key", "uptown"),
                400,
                "invalid_request",
                "for another tenant",
            ),
            (
                self.bearer(&self.claiming("email_verified", false)),
                403,
                "claim_unusable",
                "an address of somebody else",
            ),
        ]);
        rows
    }

    /// Signs a payload that no serialiser would write.
    fn signed_text(&self, payload: &str) -> String {
        let raw = serde_json::value::RawValue::from_string(payload.to_owned()).unwrap();
        self.issuer.key.sign_raw(&raw)
    }
}

#[actix_web::test]
async fn no_caller_becomes_another_person() {
    let simulator = TestSimulator::start_rejecting();
    let issuer = Issuer::start().await;
    let mut config = TestConfig::strict().empego(&simulator.as_upstream());
    config.more = format!(
        "{}{}",
        issuer.host("spa", "gateway", ""),
        issuer.host("second", "second", "")
    );
    let stage = Stage {
        app: TestApp::with(config).await,
        issuer,
    };

    let mut tried = 0;
    for (launch, status, code, reason) in stage.with_headers().into_iter().chain(stage.with_tokens()) {
        let answer = launch.send().await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (status, code),
            "{reason}: {answer:?}"
        );
        tried += 1;
    }
    for target in [
        "http://evil.test/empego-integrations/R4/embeddable/statistics",
        "http://owner:pw@evil.test/empego-integrations/R4/embeddable/statistics",
        "https://api.empego.ca/empego-integrations/R4/embeddable/statistics",
    ] {
        let request = format!("GET {target} HTTP/1.1\r\nhost: gateway.test\r\napi-key: {HOST_KEY}\r\n\r\n");
        let answer = raw(&stage.app.address, &request).await;
        assert!(answer.contains("\"code\":\"bad_target\""), "{target}: {answer}");
        tried += 1;
    }
    assert!(tried >= 40, "{tried}");
    assert_eq!(simulator.get("journal").await, json!([]), "nothing was sent");
    let fetched = stage.issuer.server.received_requests().await.unwrap();
    assert!(
        fetched.iter().all(|request| request.url.path() != "/evil"),
        "no address of a token was asked"
    );

    stage.bearer(&stage.good()).send().await.is_launched();
    stage.drop_in().user(&alice()).send().await.is_launched();
    assert_eq!(simulator.get("journal").await.as_array().map(Vec::len), Some(2));
}
