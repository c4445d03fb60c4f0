//! Who may call, and for which tenant: built once from the configuration, read by every launch.

mod junction;

pub use junction::{Memory, Organisation};

use std::sync::Arc;

use arc_swap::ArcSwap;
use domain::{
    claims::{Claims, ClaimsMap, TokenClinician},
    clinician::UserId,
    empego::{Endpoint, HostRules, TenantRules, Upstream401},
    host_key::KeyDigest,
    junction::host_session,
    operation::Operation,
    refusal::{Code, Refusal},
};
use secrecy::SecretString;

use crate::{
    identity::{Busy, Cookies, Credential, HostKeys, KeySource, SessionEndpoint, TokenIssuer, Tokens},
    resilience::{CallGuard, RateLimit, RateLimits, TenantSeats},
    upstream::empego::Account,
};

/// One Empego API key with its policy, one organisation at Junction, or both.
#[derive(Debug)]
pub struct Tenant {
    /// Its name in logs and metrics.
    pub id: Arc<str>,
    /// What its launches are held against.
    pub rules: TenantRules,
    /// Its account at Empego, if it has one.
    pub account: Option<Account>,
    /// The account's own tenant key, to hold a caller's `X-Tenant-Key` against.
    pub tenant_key: Option<SecretString>,
    /// Its places for launches under way.
    pub seats: TenantSeats,
    /// Its organisation at Junction, if it has one.
    pub junction: Option<Organisation>,
    /// Its calls to Empego: paused while they fail, repeated where that is safe.
    pub calls: Arc<CallGuard>,
    /// How many launches all its hosts together may ask for.
    pub rate: Option<Arc<RateLimit>>,
}

/// One calling EHR.
#[derive(Debug)]
pub struct Host {
    /// Its name in logs and metrics.
    pub id: Arc<str>,
    /// What its launches are held against.
    pub rules: HostRules,
    /// How Empego's 401 is passed on to it.
    pub upstream_401: Upstream401,
    /// Whether it sees Empego's own messages.
    pub explain: bool,
    /// The browser origins it may be used from: none for a host that authenticates with a key.
    pub origins: Vec<String>,
    /// How many launches it may ask for.
    pub rate: Option<Arc<RateLimit>>,
    /// How many launches each of its clinicians may ask for.
    pub clinician_rates: Option<Arc<RateLimits<UserId>>>,
    /// How often a clinician's session may be continued: a browser that keeps being sent is not getting anywhere.
    pub continuations: Arc<RateLimits<UserId>>,
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
    /// `iss`.
    pub issuer: String,
    /// One of `aud`.
    pub audience: String,
    /// The issuer's keys.
    pub keys: Arc<KeySource>,
    /// What the claims mean.
    pub claims: Arc<ClaimsMap>,
}

/// The person behind a verified token.
#[derive(Debug, Clone)]
pub struct TokenIdentity {
    /// Who acts.
    pub user_id: UserId,
    /// What else the token says.
    pub claims: Claims,
    /// What that means.
    pub map: Arc<ClaimsMap>,
}

impl Tenant {
    /// How many calls were repeated, to either upstream, ever; and how many would have been with a budget left.
    #[must_use]
    pub fn repeated_calls(&self) -> (u64, u64) {
        let memory = self.junction.as_ref().map(|organisation| &organisation.memory);
        let of_junction = memory.map(|memory| [&memory.management_calls, &memory.team_calls]);
        let all = of_junction.into_iter().flatten().chain([&*self.calls]);
        all.fold((0, 0), |(repeated, denied), calls| {
            (repeated + calls.repeated(), denied + calls.not_repeated())
        })
    }
}

impl TokenIdentity {
    /// Everything the token says about a launch.
    #[must_use]
    pub fn clinician(&self) -> TokenClinician {
        self.claims.clinician(self.user_id.clone(), &self.map)
    }
}

/// An authenticated host, with the tenant that is its own whatever the request says.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who calls.
    pub host: Arc<Host>,
    /// For whom.
    pub tenant: Arc<Tenant>,
    /// The person acting, if a token says so; else the request states one.
    pub token: Option<Arc<TokenIdentity>>,
}

impl Caller {
    /// Refuses an endpoint that the tenant was not granted.
    ///
    /// # Errors
    /// [`Code::EndpointDenied`].
    pub fn check_endpoint(&self, endpoint: Endpoint) -> Result<(), Code> {
        if self.tenant.rules.endpoints.include(endpoint) {
            Ok(())
        } else {
            Err(Code::EndpointDenied)
        }
    }

    /// Refuses an operation that the tenant was not granted, whatever it would open.
    ///
    /// # Errors
    /// [`Code::EndpointDenied`], or [`Code::FeatureDenied`] if there is nothing of Junction's to open.
    pub fn check_operation(&self, operation: Operation) -> Result<(), Code> {
        match operation {
            Operation::Embeddable(endpoint) => self.check_endpoint(endpoint),
            Operation::JunctionLaunch | Operation::JunctionFastLaunch | Operation::JunctionContinuation => {
                self.tenant.junction.as_ref().map(drop).ok_or(Code::FeatureDenied)
            }
        }
    }

    /// Counts one launch against the host's and the tenant's rate.
    ///
    /// # Errors
    /// If there were too many.
    pub fn check_rates(&self) -> Result<(), Refusal> {
        for rate in [&self.host.rate, &self.tenant.rate].into_iter().flatten() {
            rate.check()?;
        }
        Ok(())
    }
}

/// The directory in force: a launch takes it once, and a new one is put in its place as a whole.
pub type SharedDirectory = Arc<ArcSwap<Directory>>;

/// Somebody whose browser has a session at a host.
#[derive(Debug)]
pub struct Visitor {
    /// The host, with its tenant.
    pub caller: Caller,
    /// What the session says.
    pub session: TokenClinician,
}

/// How a host's sessions are told.
#[derive(Debug)]
pub struct Sessions {
    /// The cookie's name.
    pub cookie: String,
    /// Who knows what its value means; none if it is the clinician's token.
    pub page: Option<SessionEndpoint>,
}

/// Every host and its tenant.
#[derive(Debug, Default)]
pub struct Directory {
    keys: HostKeys,
    tokens: Tokens,
    hosts: Vec<Entry>,
}

/// Why nobody calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoCaller {
    /// No host has this id.
    UnknownHost,
    /// The host's clinicians come from tokens, and no claims were given.
    WantsClaims,
    /// The host states its clinicians itself, and claims were given.
    WantsNoClaims,
    /// The claims name nobody.
    NoUserId,
}

#[derive(Debug)]
struct Entry {
    host: Arc<Host>,
    tenant: Arc<Tenant>,
    /// What the claims of its tokens mean, if it brings tokens.
    claims: Option<Arc<ClaimsMap>>,
    sessions: Option<Sessions>,
}

impl Directory {
    /// Adds a host.
    pub fn insert(&mut self, host: Host, tenant: Arc<Tenant>, proof: Proof, sessions: Option<Sessions>) {
        let at = self.hosts.len();
        let claims = match proof {
            Proof::Keys(keys) => {
                for key in keys {
                    self.keys.insert(key, at);
                }
                None
            }
            Proof::Token(proof) => {
                self.tokens.insert(TokenIssuer {
                    issuer: proof.issuer,
                    audience: proof.audience,
                    keys: proof.keys,
                    host: at,
                });
                Some(proof.claims)
            }
        };
        self.hosts.push(Entry {
            host: Arc::new(host),
            tenant,
            claims,
            sessions,
        });
    }

    /// The host that a credential proves, and the person acting if the credential says so.
    ///
    /// # Errors
    /// [`Code::HostUnauthenticated`], whatever the reason.
    pub async fn authenticate(&self, credential: &Credential) -> Result<Caller, Code> {
        let caller = match credential {
            Credential::Key(digest) => self.keys.host_of(*digest).and_then(|at| self.caller(at, None)),
            Credential::Token(token) => {
                // Boxed, since a key's way would carry the room for it along.
                let verified = Box::pin(self.tokens.verify(token)).await;
                verified.and_then(|(at, claims)| self.caller(at, Some(claims)))
            }
        };
        caller.ok_or(Code::HostUnauthenticated)
    }

    /// The host at which a browser has a session, and whose session it is. Of several, the first of the configuration.
    ///
    /// # Errors
    /// [`Code::SessionRequired`], whatever the reason; [`Code::Overloaded`] if the host is asked about too many.
    pub async fn visitor(&self, cookies: &Cookies) -> Result<Visitor, Code> {
        for (at, entry) in self.hosts.iter().enumerate() {
            let Some(sessions) = &entry.sessions else { continue };
            let Some(value) = cookies.value(&sessions.cookie) else {
                continue;
            };
            let visitor = match &sessions.page {
                Some(page) => {
                    let answer = page.ask(&sessions.cookie, cookies).await;
                    let answer = answer.map_err(|Busy| Code::Overloaded)?;
                    let session = answer.as_deref().and_then(host_session::parse);
                    session.zip(self.caller(at, None))
                }
                None => self.bearer(at, value).await,
            };
            if let Some((session, caller)) = visitor {
                return Ok(Visitor { caller, session });
            }
        }
        Err(Code::SessionRequired)
    }

    /// The person behind the token in a cookie of this host's, if it is this host's token.
    async fn bearer(&self, at: usize, token: &SecretString) -> Option<(TokenClinician, Caller)> {
        let Credential::Token(token) = Credential::of_cookie(token)? else {
            return None;
        };
        let (verified, claims) = self.tokens.verify(&token).await?;
        let caller = self.caller(at, Some(claims)).filter(|_| verified == at)?;
        Some((caller.token.as_deref()?.clinician(), caller))
    }

    /// The host of this id, and the person that these claims name, without any proof: for commands of the operator.
    ///
    /// # Errors
    /// Why there is none.
    pub fn unproven(&self, id: &str, claims: Option<Claims>) -> Result<Caller, NoCaller> {
        let at = self.hosts.iter().position(|entry| *entry.host.id == *id);
        let at = at.ok_or(NoCaller::UnknownHost)?;
        let brings_tokens = self.hosts.get(at).is_some_and(|entry| entry.claims.is_some());
        match (brings_tokens, &claims) {
            (true, None) => Err(NoCaller::WantsClaims),
            (false, Some(_)) => Err(NoCaller::WantsNoClaims),
            (true, Some(_)) | (false, None) => self.caller(at, claims).ok_or(NoCaller::NoUserId),
        }
    }

    /// Whether some host may be used from this browser origin.
    #[must_use]
    pub fn knows_origin(&self, origin: &str) -> bool {
        self.hosts
            .iter()
            .flat_map(|entry| &entry.host.origins)
            .any(|known| known == origin)
    }

    /// Every host, with its tenant.
    pub fn hosts(&self) -> impl Iterator<Item = (&Arc<Host>, &Arc<Tenant>)> {
        self.hosts.iter().map(|entry| (&entry.host, &entry.tenant))
    }

    /// Every token host, with its issuer's keys.
    pub fn token_hosts(&self) -> impl Iterator<Item = (&Arc<Host>, &Arc<KeySource>)> {
        let of = |issuer: &TokenIssuer| Some(&self.hosts.get(issuer.host)?.host);
        self.tokens
            .issuers()
            .filter_map(move |issuer| Some((of(issuer)?, &issuer.keys)))
    }

    /// The sources of all issuers' keys.
    pub fn key_sources(&self) -> impl Iterator<Item = &Arc<KeySource>> {
        self.tokens.issuers().map(|issuer| &issuer.keys)
    }

    fn caller(&self, at: usize, claims: Option<Claims>) -> Option<Caller> {
        let entry = self.hosts.get(at)?;
        let token = match (&entry.claims, claims) {
            (None, None) => None,
            (Some(map), Some(claims)) => Some(Arc::new(TokenIdentity {
                user_id: claims.user_id(map)?,
                claims,
                map: Arc::clone(map),
            })),
            (None, Some(_)) | (Some(_), None) => return None,
        };
        Some(Caller {
            host: Arc::clone(&entry.host),
            tenant: Arc::clone(&entry.tenant),
            token,
        })
    }
}
