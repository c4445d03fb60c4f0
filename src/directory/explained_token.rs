//! What becomes of a token, for people who want to know why.

use std::sync::Arc;

use domain::{claims::MappedClaim, reason::Reason};
use secrecy::SecretString;
use tokio::time::Instant;

use super::Directory;

/// What becomes of a token. Nothing of what it says is in it: names of settings, and the program's own words.
#[derive(Debug)]
pub struct ExplainedToken {
    /// Whether it proves a host, and why it does not.
    pub outcome: Result<(), Reason>,
    /// The id of the host that it proves, or would prove if it were good.
    pub host: Option<Arc<str>>,
    /// The issuer of a host's that it is of, as its setting has it.
    pub issuer: Option<Arc<str>>,
    /// What the host's mapped claims come to; of a refused token they are not proven.
    pub claims: Vec<MappedClaim>,
}

impl Directory {
    /// Checks a token like one of a launch: its issuer's keys are fetched, until then at most. With a tenant, the hosts of
    /// others do not exist, unless the token is for one of the tenant's own too.
    pub async fn explain_token(
        &self,
        token: &SecretString,
        tenant: Option<&str>,
        until: Option<Instant>,
    ) -> ExplainedToken {
        let entries = &self.hosts;
        let is_shown = |at: usize| {
            let entry = entries.get(at);
            entry.is_some_and(|entry| tenant.is_none_or(|tenant| *entry.tenant.id == *tenant))
        };
        let explained = self.tokens.explain(token, is_shown, until).await;
        let entry = explained.host.and_then(|at| self.hosts.get(at));
        let map = entry.and_then(|entry| entry.claims.as_ref());
        let claims = explained.claims.as_ref().zip(map);
        ExplainedToken {
            outcome: explained.outcome,
            host: entry.map(|entry| Arc::clone(&entry.host.id)),
            issuer: explained.issuer,
            claims: claims
                .map(|(claims, map)| claims.mapped(&map.person))
                .unwrap_or_default(),
        }
    }
}
