//! An identity provider for one run: a key that signs a few tokens at the start, and is forgotten.

use aws_lc_rs::{rand::SystemRandom, signature::Ed25519KeyPair};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use serde::Serialize;
use serde_json::{Value, json};

use super::organisation::TEAM;
use crate::cli::exit::Exit;

/// `iss` of its tokens.
pub(super) const ISSUER: &str = "http://127.0.0.1/demo";

/// `aud` of its tokens.
pub(super) const AUDIENCE: &str = "demo-gateway";

/// `aud` of those that a browser holds in a cookie.
pub(super) const PORTAL: &str = "demo-portal";

/// The one patient that its first token is for.
pub(super) const PATIENT: &str = "patient123";

/// Seconds that its tokens are valid: longer than a demo runs.
const VALID: i64 = 7 * 24 * 60 * 60;

/// What a token says.
#[derive(Serialize)]
struct Claims {
    iss: &'static str,
    aud: &'static str,
    exp: i64,
    team: &'static str,
    #[serde(flatten)]
    who: Value,
}

/// What it published, and the tokens it signed.
pub(super) struct Issuer {
    pub(super) key_set: Value,
    /// A clinician's token for one patient.
    pub(super) token: String,
    /// The same, with an email address that is not verified.
    pub(super) unverified_token: String,
    /// Another clinician's token, for no patient: the one who is signed in at the EHR.
    pub(super) portal_token: String,
    /// The same, for a clinician whose session is continued again and again.
    pub(super) restless_token: String,
}

impl Issuer {
    /// Makes a key and signs with it.
    ///
    /// # Errors
    /// If the system gives no randomness.
    pub(super) fn start() -> Result<Self, Exit> {
        let key = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).map_err(Exit::failure)?;
        let key = EncodingKey::from_ed_der(key.as_ref());
        let public = Jwk::from_encoding_key(&key, Algorithm::EdDSA).map_err(Exit::failure)?;
        let sign = |audience, who| {
            let claims = Claims {
                iss: ISSUER,
                aud: audience,
                exp: jiff::Timestamp::now().as_second() + VALID,
                team: TEAM,
                who,
            };
            encode(&Header::new(Algorithm::EdDSA), &claims, &key).map_err(Exit::failure)
        };
        let amelie = |email_verified: bool| {
            json!({
                "sub": "emp789", "given_name": "Amélie", "family_name": "Gagnon", "email": "amelie.gagnon@clinic.ca",
                "email_verified": email_verified, "licence": "MD789012", "patient": PATIENT,
            })
        };
        let elodie = json!({
            "sub": "emp123", "given_name": "Élodie", "family_name": "Côté", "email": "elodie.cote@clinic.ca",
        });
        let rene = json!({
            "sub": "emp555", "given_name": "René", "family_name": "Roy", "email": "rene.roy@clinic.ca",
        });
        Ok(Self {
            key_set: json!({"keys": [public]}),
            token: sign(AUDIENCE, amelie(true))?,
            unverified_token: sign(AUDIENCE, amelie(false))?,
            portal_token: sign(PORTAL, elodie)?,
            restless_token: sign(PORTAL, rene)?,
        })
    }
}
