//! Which host a token is for, and whether its issuer made it.

use std::sync::Arc;

use domain::claims::Claims;
use jsonwebtoken::{Validation, dangerous::insecure_decode_claims, decode, decode_header};
use secrecy::{ExposeSecret as _, SecretString};

use super::{key_set::ALGORITHMS, key_source::KeySource};

/// How far the issuer's clock may be off, in seconds.
const LEEWAY_SECS: u64 = 60;

/// One host's issuer and audience: no two hosts have both in common.
#[derive(Debug, Clone)]
pub struct TokenIssuer {
    /// `iss`, to the letter.
    pub issuer: String,
    /// One of `aud`.
    pub audience: String,
    /// The issuer's keys.
    pub keys: Arc<KeySource>,
    /// The host's place in the caller's list.
    pub host: usize,
}

/// The issuers of all token hosts.
#[derive(Debug, Default)]
pub struct Tokens(Vec<TokenIssuer>);

/// What a token says before anybody has checked its signature. Good for choosing whose keys to check it with, and for
/// nothing else.
struct UnverifiedClaims(Claims);

impl Tokens {
    /// Adds a host's issuer.
    pub fn insert(&mut self, issuer: TokenIssuer) {
        self.0.push(issuer);
    }

    /// Every issuer.
    pub fn issuers(&self) -> impl Iterator<Item = &TokenIssuer> {
        self.0.iter()
    }

    /// The host that a token is for, and its claims, if its issuer signed it and it is valid now. Why it is not is
    /// nobody's business.
    pub async fn verify(&self, token: &SecretString) -> Option<(usize, Claims)> {
        let token = token.expose_secret();
        let header = decode_header(token).ok()?;
        // Extensions that must be understood are not: there are none we know.
        if !ALGORITHMS.contains(&header.alg) || header.crit.is_some() {
            return None;
        }
        let issuer = self.issuer_of(&UnverifiedClaims(insecure_decode_claims(token).ok()?))?;
        let mut validation = Validation::new(header.alg);
        validation.leeway = LEEWAY_SECS;
        validation.validate_nbf = true;
        validation.set_issuer(&[&issuer.issuer]);
        validation.set_audience(&[&issuer.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);

        let keys = issuer.keys.keys(header.kid.as_deref()).await?;
        let mut candidates = keys.candidates(header.kid.as_deref(), header.alg);
        let verified = candidates.find_map(|key| decode::<Claims>(token, key, &validation).ok())?;
        Some((issuer.host, verified.claims))
    }

    /// The one issuer that a token claims to be of; a token for several hosts is for none.
    fn issuer_of(&self, claims: &UnverifiedClaims) -> Option<&TokenIssuer> {
        let UnverifiedClaims(claims) = claims;
        let stated = claims.issuer()?;
        let mut meant = self
            .0
            .iter()
            .filter(|one| one.issuer == stated && claims.is_for(&one.audience));
        match (meant.next(), meant.next()) {
            (Some(only), None) => Some(only),
            (None | Some(_), _) => None,
        }
    }
}
