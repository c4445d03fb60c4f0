//! Who may call, and for which tenant: built once from the configuration, read by every launch.

mod caller;
mod empego;
mod explained_token;
mod host;
mod junction;
mod tenant;
mod upstream;
mod visitors;
mod webhook;

pub(crate) use caller::over_rate;
pub use caller::{Caller, NoCaller, Stranger, TokenIdentity};
pub use empego::EmpegoTenant;
pub use explained_token::ExplainedToken;
pub use host::{ConsoleAccess, Host, Proof, Sessions, TokenClaims, TokenProof};
pub use junction::{JunctionTenant, Memory};
pub use tenant::Tenant;
pub use upstream::Upstream;
pub use visitors::{Browser, Hindrance, Visitor, Visitors};
pub use webhook::{FetchedSecrets, Webhook, WebhookSecrets};

use std::sync::Arc;

use arc_swap::ArcSwap;
use domain::{claims::Claims, reason::Reason};
use tokio::time::Instant;

use crate::identity::{Credential, HostKeys, KeySource, RefusedToken, TokenIssuer, TokenUse, Tokens};

/// The directory in force: a launch takes it once, and a new one is put in its place as a whole.
pub type SharedDirectory = Arc<ArcSwap<Directory>>;

/// Every host and its tenant.
#[derive(Debug, Default)]
pub struct Directory {
    keys: HostKeys,
    tokens: Tokens,
    hosts: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    host: Arc<Host>,
    tenant: Arc<Tenant>,
    /// What the claims of its tokens mean, if it brings tokens.
    claims: Option<Arc<TokenClaims>>,
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
                let is_one_of_several = proof.issuers.len() > 1;
                for (issuer, keys) in proof.issuers {
                    self.tokens.insert(TokenIssuer {
                        issuer,
                        audience: proof.audience.clone(),
                        session_audience: sessions.as_ref().and_then(|sessions| sessions.audience.clone()),
                        keys,
                        rules: proof.rules.clone(),
                        host: at,
                        is_one_of_several,
                    });
                }
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

    /// The host that a credential proves, and the person acting if the credential says so; by then, if the caller says when.
    ///
    /// # Errors
    /// Why it proves none, with one of [`Code::HostUnauthenticated`](domain::code::Code::HostUnauthenticated), or
    /// [`Reason::IssuerWithoutKeys`] if that cannot be told.
    pub async fn authenticate(&self, credential: &Credential, until: Option<Instant>) -> Result<Caller, Stranger> {
        match credential {
            Credential::Key(digest) => {
                let caller = self.keys.host_of(*digest).and_then(|at| self.caller(at, None));
                caller.ok_or(Reason::UnknownKey.into())
            }
            Credential::Token(token) => {
                // Boxed, since a key's way would carry the room for it along.
                let verified = Box::pin(self.tokens.verify(token, TokenUse::Api, until)).await;
                let (at, claims) = verified.map_err(|refused| self.stranger(refused))?;
                self.caller(at, Some(claims)).ok_or(Reason::Defect.into())
            }
        }
    }

    fn stranger(&self, refused: RefusedToken) -> Stranger {
        let entry = refused.candidate.and_then(|at| self.hosts.get(at));
        Stranger {
            reason: refused.reason,
            candidate: entry.map(|entry| Arc::clone(&entry.host.id)),
        }
    }

    /// The host of this id, and the person that these claims name, without any proof: for commands of the operator.
    ///
    /// # Errors
    /// Why there is none.
    pub fn caller_by_id(&self, id: &str, claims: Option<Claims>) -> Result<Caller, NoCaller> {
        let at = self.hosts.iter().position(|entry| *entry.host.id == *id);
        let at = at.ok_or(NoCaller::UnknownHost)?;
        let brings_tokens = self.hosts.get(at).is_some_and(|entry| entry.claims.is_some());
        match (brings_tokens, &claims) {
            (true, None) => Err(NoCaller::ClaimsRequired),
            (false, Some(_)) => Err(NoCaller::ClaimsNotAccepted),
            (true, Some(_)) | (false, None) => self.caller(at, claims).ok_or(NoCaller::UnknownHost),
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

    /// The host of this id if some page may show the page that looks into a browser, with its tenant.
    #[must_use]
    pub fn doctor(&self, id: &str) -> Option<(&Arc<Host>, &Arc<Tenant>)> {
        self.hosts()
            .find(|(host, _)| *host.id == *id && !host.doctor_origins.is_empty())
    }

    /// The endpoint of this name for Junction's events, with its tenant.
    #[must_use]
    pub fn webhook(&self, endpoint: &str) -> Option<(&Arc<Tenant>, &JunctionTenant, &Webhook)> {
        self.webhooks().find(|(_, _, webhook)| *webhook.endpoint == *endpoint)
    }

    /// Every endpoint for Junction's events, with its tenant: once for each host of that tenant.
    pub fn webhooks(&self) -> impl Iterator<Item = (&Arc<Tenant>, &JunctionTenant, &Webhook)> {
        let tenants = self.hosts.iter().map(|entry| &entry.tenant);
        let with_junction = tenants.filter_map(|tenant| Some((tenant, tenant.junction.as_ref()?)));
        with_junction.flat_map(|(tenant, junction)| {
            let webhooks = junction.webhooks.iter();
            webhooks.map(move |webhook| (tenant, junction, webhook))
        })
    }

    /// How sessions of the host with this id are found, if it has any.
    #[must_use]
    pub fn sessions(&self, id: &str) -> Option<&Sessions> {
        let entry = self.hosts.iter().find(|entry| *entry.host.id == *id);
        entry.and_then(|entry| entry.sessions.as_ref())
    }

    /// Every token host with each of its issuers, whose name and keys are there.
    pub fn token_hosts(&self) -> impl Iterator<Item = (&Arc<Host>, &TokenIssuer)> {
        let of = |issuer: &TokenIssuer| Some(&self.hosts.get(issuer.host)?.host);
        self.tokens
            .issuers()
            .filter_map(move |issuer| Some((of(issuer)?, issuer)))
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
