//! One host: what it may, how it proves who it is, and how its clinicians' sessions are known.

use std::{net::IpAddr, sync::Arc};

use domain::{
    claims::ClaimsMap, client_certificate::ExpectedCertificate, clinician::UserId, empego, host_key::KeyDigest,
    junction, token::TokenRules,
};

use crate::{
    identity::{KeySource, SessionDigest, SessionEndpoint},
    resilience::{RateLimit, RateLimits},
};

/// One calling EHR.
#[derive(Debug)]
pub struct Host {
    /// Its name in logs and metrics.
    pub id: Arc<str>,
    /// What its launches of Empego's app are held against.
    pub empego: empego::HostRules,
    /// What its launches of Junction's app are held against.
    pub junction: junction::HostRules,
    /// Of which one must be its connection's, beside its key; none for hosts that need none.
    pub certificates: Vec<ExpectedCertificate>,
    /// Whether it sees the upstreams' own messages, and may ask for explanations.
    pub explain: bool,
    /// The browser origins it may be used from: none for a host that authenticates with a key.
    pub origins: Vec<String>,
    /// The origins of its pages that may show the page that looks into a browser; none if there is no such page.
    pub doctor_origins: Vec<String>,
    /// The origin of the demo's console, if that may use this host although it is not for browsers. `demo` alone sets it.
    pub console_origin: Option<String>,
    /// How many launches it may ask for.
    pub rate: Option<Arc<RateLimit>>,
    /// How many launches each of its clinicians may ask for.
    pub clinician_rates: Option<Arc<RateLimits<UserId>>>,
    /// How often a clinician's session may be continued: a browser that keeps being sent is not getting anywhere.
    pub continuations: Arc<RateLimits<UserId>>,
    /// The same after a clinician's own click, which follows a continuation that did not get them anywhere.
    pub confirmed_continuations: Arc<RateLimits<UserId>>,
    /// How often one subscriber may have its server asked about sessions that it has not confirmed of late.
    pub session_questions: Arc<RateLimits<IpAddr>>,
    /// How often it may be asked about one that it has: a page may send its visitor's browser without end.
    pub known_session_questions: Arc<RateLimits<SessionDigest>>,
}

/// The demo's console, and the hosts that it may use.
#[derive(Debug, Clone)]
pub struct ConsoleAccess {
    /// Its origin, as browsers write it.
    pub origin: String,
    /// The hosts' ids.
    pub hosts: Vec<String>,
}

/// How a host proves who it is.
#[derive(Debug)]
pub enum Proof {
    /// With one of these keys; its requests state the clinician.
    Keys(Vec<KeyDigest>),
    /// With the clinician's own token.
    Token(TokenProof),
}

/// Whose tokens a host brings, and what their claims mean.
#[derive(Debug)]
pub struct TokenProof {
    /// Every `iss`, each with its keys.
    pub issuers: Vec<(Arc<str>, Arc<KeySource>)>,
    /// One of `aud`.
    pub audience: String,
    /// What is required of its tokens.
    pub rules: TokenRules,
    /// What the claims mean.
    pub claims: Arc<TokenClaims>,
}

/// What the claims of a host's tokens mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenClaims {
    /// Who acts, and for which patient.
    pub person: ClaimsMap,
    /// In which of Junction's teams.
    pub team: junction::TeamClaims,
}

/// How the gateway finds a host's sessions.
#[derive(Debug)]
pub struct Sessions {
    /// The cookie's name.
    pub cookie: String,
    /// Which of `aud` the token in it has, if tokens for the API are none for sessions.
    pub audience: Option<String>,
    /// Who knows what its value means; none if it is the clinician's token.
    pub endpoint: Option<Arc<SessionEndpoint>>,
}
