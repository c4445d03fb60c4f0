//! An identity provider to sign tokens with, good ones and bad ones. The real peer is in `tests/peers`; this one forges.

use ::base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

/// A private key and what is published of it.
pub(crate) struct SigningKey {
    pub(crate) id: String,
    pub(crate) algorithm: Algorithm,
    private: EncodingKey,
}

impl SigningKey {
    pub(crate) fn ed25519(id: &str) -> Self {
        let der = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).unwrap();
        Self {
            id: id.to_owned(),
            algorithm: Algorithm::EdDSA,
            private: EncodingKey::from_ed_der(der.as_ref()),
        }
    }

    pub(crate) fn p256(id: &str) -> Self {
        let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        Self {
            id: id.to_owned(),
            algorithm: Algorithm::ES256,
            private: EncodingKey::from_ec_der(der.as_ref()),
        }
    }

    /// As it stands in a key set.
    pub(crate) fn public(&self) -> Value {
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&self.private, self.algorithm).unwrap()).unwrap();
        jwk["kid"] = self.id.as_str().into();
        jwk
    }

    pub(crate) fn header(&self) -> Header {
        Header {
            kid: Some(self.id.clone()),
            ..Header::new(self.algorithm)
        }
    }

    /// Signs a payload to the letter.
    pub(crate) fn sign_raw(&self, payload: &serde_json::value::RawValue) -> String {
        encode(&self.header(), &payload, &self.private).unwrap()
    }

    /// Signs under a header that no library of ours writes.
    pub(crate) fn sign_text(&self, header: &Value, claims: &Value) -> String {
        let signed = unsigned(header, &claims.to_string(), b"");
        let signed = signed.trim_end_matches('.');
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &self.private, self.algorithm).unwrap();
        format!("{signed}.{signature}")
    }

    /// Signs with a header of the test's choice.
    pub(crate) fn sign(&self, header: &Header, claims: &Value) -> String {
        encode(header, claims, &self.private).unwrap()
    }
}

/// An issuer with a discovery document and a key set.
pub(crate) struct Issuer {
    pub(crate) server: MockServer,
    pub(crate) key: SigningKey,
}

impl Issuer {
    pub(crate) async fn start() -> Self {
        let issuer = Self {
            server: MockServer::start().await,
            key: SigningKey::ed25519("k1"),
        };
        issuer.publish(&[&issuer.key]).await;
        issuer
    }

    pub(crate) fn uri(&self) -> String {
        self.server.uri()
    }

    /// Publishes these keys and no others.
    pub(crate) async fn publish(&self, keys: &[&SigningKey]) {
        let keys: Vec<_> = keys.iter().map(|key| key.public()).collect();
        let discovery = json!({"issuer": self.uri(), "jwks_uri": format!("{}/jwks", self.uri())});
        self.server.reset().await;
        for (at, document) in [
            ("/.well-known/openid-configuration", discovery),
            ("/jwks", json!({"keys": keys})),
        ] {
            let answer = ResponseTemplate::new(200).set_body_json(document);
            Mock::given(path(at)).respond_with(answer).mount(&self.server).await;
        }
    }

    /// How often the key set was fetched since it was last published.
    pub(crate) async fn fetches(&self) -> usize {
        let received = self.server.received_requests().await.unwrap();
        received.iter().filter(|request| request.url.path() == "/jwks").count()
    }

    /// Claims of a good token.
    pub(crate) fn claims(&self) -> Value {
        json!({
            "iss": self.uri(), "aud": "gateway", "sub": "42", "exp": now() + 300, "nbf": now() - 5,
            "given_name": "Alice", "family_name": "Johnson", "email": "alice@clinic.ca", "email_verified": true,
            "practitioner": {"license": "MD1"}, "locale": "en-CA",
        })
    }

    /// A good token with these claims.
    pub(crate) fn token(&self, claims: &Value) -> String {
        self.key.sign(&self.key.header(), claims)
    }

    /// The lines of a token host of this issuer.
    pub(crate) fn host(&self, id: &str, audience: &str, lines: &str) -> String {
        let issuer = self.uri();
        format!(
            r#"
            [[host]]
            id = "{id}"
            tenant = "downtown"
            identity = "token"
            origins = ["https://ehr.example"]
            {lines}
            [host.jwt]
            issuer = "{issuer}"
            audience = "{audience}"
            [host.jwt.claims]
            first_name = "given_name"
            last_name = "family_name"
            email = "email"
            license_number = "/practitioner/license"
            preferred_language = "locale"
            "#
        )
    }
}

/// A token put together part by part, signed with no particular key.
pub(crate) fn unsigned(header: &Value, payload: &str, signature: &[u8]) -> String {
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    format!(
        "{}.{}.{}",
        part(header.to_string().as_bytes()),
        part(payload.as_bytes()),
        part(signature)
    )
}

/// The real time: tokens expire by it.
pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
