//! Which host a token is for, and whether its issuer made it.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    claims::Claims,
    reason::Reason,
    token::{Times, TokenHeader, TokenRules},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::{
    credential::Credential,
    key_set::{KeySet, algorithm},
    key_source::KeySource,
};

/// One host's issuer and audience: no two hosts have both in common.
#[derive(Debug, Clone)]
pub struct TokenIssuer {
    /// `iss`, to the letter.
    pub issuer: Arc<str>,
    /// One of `aud`.
    pub audience: String,
    /// The same of tokens in the cookie of a session; without one, they are the same tokens.
    pub session_audience: Option<String>,
    /// The issuer's keys.
    pub keys: Arc<KeySource>,
    /// What the host requires of its tokens.
    pub rules: TokenRules,
    /// The host's place in the caller's list.
    pub host: usize,
    /// Whether the host has other issuers too.
    pub is_one_of_several: bool,
}

/// What a token is sent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenUse {
    /// A call of the API.
    Api,
    /// The session of a browser, in a cookie.
    Session,
}

/// The issuers of all token hosts.
#[derive(Debug, Default)]
pub struct Tokens(Vec<TokenIssuer>);

/// Why a token proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedToken {
    /// Which of its checks it failed.
    pub reason: Reason,
    /// The host that its issuer and audience lead to: for the operator's log alone, since nothing of it is proven.
    pub candidate: Option<usize>,
}

/// What becomes of a token, for people who want to know why.
#[derive(Debug)]
pub struct Explained {
    /// Whether it proves a host, and why it does not.
    pub outcome: Result<(), Reason>,
    /// The place of the host that it leads to.
    pub host: Option<usize>,
    /// The issuer that it is of.
    pub issuer: Option<Arc<str>>,
    /// Its claims, if it could be read.
    pub claims: Option<Claims>,
}

/// A token taken apart, before its signature is checked. Its claims are good for choosing whose keys to check it with,
/// and for nothing else.
struct Unverified<'a> {
    header: TokenHeader,
    claims: Claims,
    times: Times,
    /// What the signature is about.
    signed: &'a str,
    signature: &'a str,
}

impl<'a> Unverified<'a> {
    fn read(token: &'a str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let (header, payload) = (
            URL_SAFE_NO_PAD.decode(header).ok()?,
            URL_SAFE_NO_PAD.decode(payload).ok()?,
        );
        Some(Self {
            header: object(&header)?,
            claims: object(&payload)?,
            times: object(&payload)?,
            signed,
            signature,
        })
    }
}

/// Reads one JSON object: serde would take a list for a struct as well.
fn object<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    let is_object = json.trim_ascii_start().starts_with(b"{");
    serde_json::from_slice(json).ok().filter(|_| is_object)
}

impl Tokens {
    /// Adds a host's issuer.
    pub fn insert(&mut self, issuer: TokenIssuer) {
        self.0.push(issuer);
    }

    /// Every issuer.
    pub fn issuers(&self) -> impl Iterator<Item = &TokenIssuer> {
        self.0.iter()
    }

    /// The host that a token is for, and its claims, if its issuer signed it, for this use, and it is valid now. Keys are
    /// waited for until then at most.
    ///
    /// # Errors
    /// Why it is not, which is the operator's business alone.
    pub async fn verify(
        &self,
        token: &SecretString,
        sent_for: TokenUse,
        until: Option<Instant>,
    ) -> Result<(usize, Claims), RefusedToken> {
        let nobodys = |reason| RefusedToken {
            reason,
            candidate: None,
        };
        let token = Unverified::read(token.expose_secret()).ok_or(nobodys(Reason::TokenMalformed))?;
        let (issuer, made_for) = self.issuer_of(&token.claims).map_err(nobodys)?;
        let verified = match issuer.check_use(made_for, sent_for) {
            Ok(()) => issuer.check(&token, until).await,
            Err(reason) => Err(reason),
        };
        verified.map_err(|reason| RefusedToken {
            reason,
            candidate: Some(issuer.host),
        })?;
        Ok((issuer.host, token.claims))
    }

    /// The same for people who want to know why, and may know only about these hosts: a token of none of them leads nowhere.
    pub async fn explain(
        &self,
        token: &SecretString,
        is_shown: impl Fn(usize) -> bool,
        until: Option<Instant>,
    ) -> Explained {
        let mut explained = Explained {
            outcome: Err(Reason::TokenMalformed),
            host: None,
            issuer: None,
            claims: None,
        };
        let token = token.expose_secret().trim();
        let is_token = matches!(Credential::of_token(token.as_bytes()), Some(Credential::Token(_)));
        let Some(token) = Unverified::read(token).filter(|_| is_token) else {
            return explained;
        };
        let stated = token.claims.issuer().unwrap_or_default();
        let shown = self.0.iter().filter(|one| *one.issuer == *stated && is_shown(one.host));
        let shown: Vec<_> = shown.collect();
        explained.issuer = shown.first().map(|one| Arc::clone(&one.issuer));
        let is_meant = |one: &&&TokenIssuer| one.uses_of(&token.claims).next().is_some();
        explained.outcome = if shown.is_empty() {
            Err(Reason::TokenOfUnknownIssuer)
        } else if !shown.iter().any(|one| is_meant(&one)) {
            Err(Reason::TokenForOtherAudience)
        } else {
            match self.issuer_of(&token.claims) {
                Ok((issuer, _use)) => {
                    explained.host = Some(issuer.host);
                    issuer.check(&token, until).await
                }
                Err(reason) => Err(reason),
            }
        };
        explained.claims = Some(token.claims);
        explained
    }

    /// The one issuer that a token claims to be of, and for what; a token for several hosts or uses is for none.
    fn issuer_of(&self, claims: &Claims) -> Result<(&TokenIssuer, TokenUse), Reason> {
        let stated = claims.issuer().ok_or(Reason::TokenOfUnknownIssuer)?;
        let mut of_issuer = self.0.iter().filter(|one| *one.issuer == *stated).peekable();
        if of_issuer.peek().is_none() {
            return Err(Reason::TokenOfUnknownIssuer);
        }
        let mut meant = of_issuer.flat_map(|one| one.uses_of(claims).map(move |made_for| (one, made_for)));
        match (meant.next(), meant.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => Err(Reason::TokenForOtherAudience),
            (Some(_), Some(_)) => Err(Reason::TokenForSeveralHosts),
        }
    }
}

impl TokenIssuer {
    /// What a token with these claims is for at this host.
    fn uses_of(&self, claims: &Claims) -> impl Iterator<Item = TokenUse> {
        let is_for = |audience: &String| claims.is_for(audience, self.rules.audience_claim.as_ref());
        let api = Some(&self.audience).filter(|audience| is_for(audience));
        let session = self.session_audience.as_ref().filter(|audience| is_for(audience));
        let uses = [api.map(|_| TokenUse::Api), session.map(|_| TokenUse::Session)];
        uses.into_iter().flatten()
    }

    /// Whether a token may be sent for this. Those of the API are good for sessions where these have no audience of their own.
    fn check_use(&self, made_for: TokenUse, sent_for: TokenUse) -> Result<(), Reason> {
        match (made_for, sent_for) {
            (TokenUse::Api, TokenUse::Api) | (TokenUse::Session, TokenUse::Session) => Ok(()),
            (TokenUse::Api, TokenUse::Session) if self.session_audience.is_none() => Ok(()),
            (TokenUse::Session, TokenUse::Api) | (TokenUse::Api, TokenUse::Session) => {
                Err(Reason::TokenForOtherAudience)
            }
        }
    }

    /// Whether this issuer made the token, for now and for this host.
    async fn check(&self, token: &Unverified<'_>, until: Option<Instant>) -> Result<(), Reason> {
        self.rules.check_header(&token.header)?;
        let algorithm = algorithm(&token.header.algorithm).ok_or(Reason::TokenAlgorithm)?;
        let id = token.header.key_id.as_deref();
        let check = |keys: &KeySet| keys.check(id, algorithm, token.signed, token.signature);
        let keys = self.keys.keys(id, until).await.ok_or(Reason::IssuerWithoutKeys)?;
        let checked = check(&keys);
        // A key may have been replaced by another of the same id, or of none.
        if matches!(checked, Err(Reason::TokenSignature | Reason::TokenAlgorithm))
            && let Some(newer) = self.keys.newer_than(&keys, until).await
        {
            check(&newer)?;
        } else {
            checked?;
        }
        self.rules.check_claims(&token.claims, &token.times, now())
    }
}

/// Seconds since 1970.
fn now() -> f64 {
    jiff::Timestamp::now().as_duration().as_secs_f64()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_taken_apart_without_a_panic(text in any::<String>(), header in any::<Vec<u8>>(), payload in any::<Vec<u8>>()) {
            let _either_way = Unverified::read(&text).is_some();
            let encoded = [&header, &payload].map(|part| URL_SAFE_NO_PAD.encode(part));
            let _either_way = Unverified::read(&format!("{}.x", encoded.join("."))).is_some();
        }
    }

    #[test]
    fn only_two_objects_under_a_signature_are_a_token() {
        let of = |header: &str, payload: &str| {
            format!(
                "{}.{}.c2ln",
                URL_SAFE_NO_PAD.encode(header),
                URL_SAFE_NO_PAD.encode(payload)
            )
        };
        let header = r#"{"alg":"ES256"}"#;
        let rows = [
            (of(header, r#"{"exp":1}"#), true, "two objects"),
            (of(r#"["ES256",null,null,null]"#, "{}"), false, "a list for a header"),
            (of(header, "[1,2,3]"), false, "a list of claims"),
            (of(header, r#"{"exp":"never"}"#), false, "a time that is a text"),
            (of(header, r#"{"exp":1,"exp":2}"#), false, "two expiries"),
            (of(r#"{"alg":"ES256","alg":"none"}"#, "{}"), false, "two algorithms"),
            (of(r#"{"kid":"k"}"#, "{}"), false, "no algorithm"),
            (of(r#"{"alg":"ES256","kid":7}"#, "{}"), false, "a number for a key id"),
            (
                format!("{}=.e30.c2ln", URL_SAFE_NO_PAD.encode(header)),
                false,
                "padding",
            ),
        ];
        for (token, is_one, reason) in rows {
            assert_eq!(Unverified::read(&token).is_some(), is_one, "{reason}");
        }
    }
}
