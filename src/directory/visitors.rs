//! Who sits in front of a browser, by the sessions that its cookies are.

use std::sync::Arc;

use domain::{
    junction::{Vouched, host_session},
    reason::Reason,
    refusal::Refusal,
};
use secrecy::SecretString;

use super::{Caller, Directory, Sessions};
use crate::identity::{Busy, Cookies, Credential};

/// Somebody whose browser has a session at a host.
#[derive(Debug)]
pub struct Visitor {
    /// The host, with its tenant.
    pub caller: Caller,
    /// What the session says.
    pub session: Vouched,
}

/// Every session of a browser, and why there may be others.
#[derive(Debug, Default)]
pub struct Visitors {
    /// Those that were confirmed, in the order of the hosts.
    pub confirmed: Vec<Visitor>,
    /// Why nobody could tell of one.
    pub hindered: Option<Hindrance>,
}

/// Why nobody can tell whether a cookie is a session.
#[derive(Debug)]
pub struct Hindrance {
    /// What the browser is told, unless another of its sessions is the one that is meant.
    pub refusal: Refusal,
    /// The id of the host, for the operator's log alone.
    pub candidate: Arc<str>,
}

impl Directory {
    /// The sessions that a browser has at hosts. All are looked at: which one is meant is not for their order to say.
    pub async fn visitors(&self, cookies: &Cookies) -> Visitors {
        let mut visitors = Visitors::default();
        for (at, entry) in self.hosts.iter().enumerate() {
            let Some(sessions) = &entry.sessions else { continue };
            let Some(value) = cookies.value(&sessions.cookie) else {
                continue;
            };
            match self.visitor(at, sessions, value, cookies).await {
                Ok(visitor) => visitors.confirmed.extend(visitor),
                Err(refusal) => {
                    visitors.hindered.get_or_insert_with(|| Hindrance {
                        refusal,
                        candidate: Arc::clone(&entry.host.id),
                    });
                }
            }
        }
        visitors
    }

    async fn visitor(
        &self,
        at: usize,
        sessions: &Sessions,
        value: &SecretString,
        cookies: &Cookies,
    ) -> Result<Option<Visitor>, Refusal> {
        let Some(endpoint) = &sessions.endpoint else {
            return Ok(self.bearer(at, value).await?);
        };
        let answer = endpoint.ask(&sessions.cookie, cookies).await;
        let answer = answer.map_err(|Busy| Refusal {
            retry_after_secs: Some(1),
            ..Reason::SessionEndpointBusy.into()
        })?;
        let session = answer.as_deref().and_then(host_session::parse);
        let found = session.zip(self.caller(at, None));
        Ok(found.map(|(session, caller)| Visitor { caller, session }))
    }

    /// The person behind the token in a cookie of this host's, if it is this host's token.
    ///
    /// # Errors
    /// If nobody can tell.
    async fn bearer(&self, at: usize, token: &SecretString) -> Result<Option<Visitor>, Reason> {
        let Some(Credential::Token(token)) = Credential::of_cookie(token) else {
            return Ok(None);
        };
        let (verified, claims) = match self.tokens.verify(&token, None).await {
            Ok(verified) => verified,
            Err(refused) if refused.reason == Reason::IssuerWithoutKeys && refused.candidate == Some(at) => {
                return Err(refused.reason);
            }
            Err(_it_proves_nothing) => return Ok(None),
        };
        let caller = self.caller(at, Some(claims)).filter(|_| verified == at);
        Ok(caller.and_then(|caller| {
            let session = caller.token.as_deref()?.vouched();
            Some(Visitor { caller, session })
        }))
    }
}
