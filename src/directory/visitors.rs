//! Who sits in front of a browser, by the sessions that its cookies are.

use std::{net::IpAddr, sync::Arc, time::Duration};

use domain::{
    junction::{Vouched, host_session},
    reason::Reason,
    refusal::Refusal,
};
use secrecy::SecretString;

use super::{Caller, Directory, caller::over_rate};
use crate::identity::{Busy, Cookies, Credential, Question, SessionClient, SessionDigest, SessionEndpoint, TokenUse};

/// What a browser shows of itself.
#[derive(Debug, Clone, Copy)]
pub struct Browser<'a> {
    /// Its cookies.
    pub cookies: &'a Cookies,
    /// From where it comes: an address, or a network of one subscriber.
    pub subscriber: IpAddr,
    /// What hosts are asked with.
    pub client: &'a SessionClient,
}

/// A person whose browser has a session at a host.
#[derive(Debug)]
pub struct Visitor {
    /// The host, with its tenant.
    pub caller: Caller,
    /// What the session says.
    pub session: Vouched,
    /// Where it is remembered, if the host was asked.
    asked: Option<(Arc<SessionEndpoint>, SessionDigest)>,
}

/// Every session of a browser, and why there may be others.
#[derive(Debug, Default)]
pub struct Visitors {
    /// Those that were confirmed, in the order of the hosts.
    pub confirmed: Vec<Visitor>,
    /// Why one cookie could not be checked.
    pub hindered: Option<Hindrance>,
}

/// Why the gateway cannot check whether a cookie is a session.
#[derive(Debug)]
pub struct Hindrance {
    /// The refusal that the browser gets, unless another of its sessions is the one that is meant.
    pub refusal: Refusal,
    /// The host, with its tenant, if it has confirmed the session of late.
    pub caller: Option<Caller>,
    /// The id of the host, for the operator's log alone.
    pub candidate: Arc<str>,
}

impl Visitor {
    /// Remembers that the session is over a limit of its own, so that its host is not asked again before that is over.
    pub fn hold_off(&self, refusal: &Refusal) {
        let is_of_session = matches!(refusal.reason, Reason::ContinuedTooOften | Reason::ClinicianOverRate);
        if let (Some((endpoint, session)), Some(secs), true) = (&self.asked, refusal.retry_after_secs, is_of_session) {
            endpoint.refuse(*session, refusal.reason, Duration::from_secs(secs));
        }
    }
}

impl Directory {
    /// The sessions that a browser has at hosts. All are looked at: which one is meant is not for their order to say.
    pub async fn visitors(&self, browser: Browser<'_>) -> Visitors {
        let mut visitors = Visitors::default();
        for (at, entry) in self.hosts.iter().enumerate() {
            let Some(sessions) = &entry.sessions else { continue };
            let Some(value) = browser.cookies.value(&sessions.cookie) else {
                continue;
            };
            let visitor = match &sessions.endpoint {
                Some(endpoint) => self.opaque(at, &sessions.cookie, endpoint, browser).await,
                None => self.bearer(at, value).await.map_err(|reason| (reason.into(), None)),
            };
            match visitor {
                Ok(visitor) => visitors.confirmed.extend(visitor),
                Err((refusal, caller)) => {
                    visitors.hindered.get_or_insert_with(|| Hindrance {
                        refusal,
                        caller,
                        candidate: Arc::clone(&entry.host.id),
                    });
                }
            }
        }
        visitors
    }

    /// The person behind a cookie that only its host can read.
    ///
    /// # Errors
    /// If the cookie cannot be checked; with the host, if it has recently confirmed the session.
    async fn opaque(
        &self,
        at: usize,
        cookie: &str,
        endpoint: &Arc<SessionEndpoint>,
        browser: Browser<'_>,
    ) -> Result<Option<Visitor>, (Refusal, Option<Caller>)> {
        let (Some(question), Some(caller)) = (endpoint.question(cookie, browser.cookies), self.caller(at, None)) else {
            return Ok(None);
        };
        let session = question.digest;
        let answer = match endpoint.refusal(session) {
            Some((Reason::NoSession, _)) => return Ok(None),
            Some((reason, secs)) => Err(later(reason, secs)),
            None => answer(&caller, endpoint, &question, browser).await,
        };
        let answer = answer.map_err(|refusal| {
            let is_known = endpoint.has_confirmed(session);
            (refusal, is_known.then(|| caller.clone()))
        })?;
        let Some(answer) = answer else { return Ok(None) };
        let Some(vouched) = host_session::parse(&answer) else {
            endpoint.refuse_as_unknown(session);
            return Ok(None);
        };
        if vouched.names_somebody() {
            endpoint.confirm(session);
        }
        Ok(Some(Visitor {
            caller,
            session: vouched,
            asked: Some((Arc::clone(endpoint), session)),
        }))
    }

    /// The person behind the token in a cookie of this host's, if it is this host's token.
    ///
    /// # Errors
    /// If the token cannot be checked.
    async fn bearer(&self, at: usize, token: &SecretString) -> Result<Option<Visitor>, Reason> {
        let Some(Credential::Token(token)) = Credential::of_cookie(token) else {
            return Ok(None);
        };
        let (verified, claims) = match self.tokens.verify(&token, TokenUse::Session, None).await {
            Ok(verified) => verified,
            Err(refused) if refused.reason == Reason::IssuerWithoutKeys && refused.candidate == Some(at) => {
                return Err(refused.reason);
            }
            Err(_it_proves_nothing) => return Ok(None),
        };
        let caller = self.caller(at, Some(claims)).filter(|_| verified == at);
        Ok(caller.and_then(|caller| {
            let session = caller.token.as_deref()?.vouched();
            Some(Visitor {
                caller,
                session,
                asked: None,
            })
        }))
    }
}

/// What the host says to a question. Every limit comes before it is asked.
async fn answer(
    caller: &Caller,
    endpoint: &SessionEndpoint,
    question: &Question,
    browser: Browser<'_>,
) -> Result<Option<Vec<u8>>, Refusal> {
    caller.rates_used_up()?;
    let host = &caller.host;
    let (questions, reason) = if endpoint.has_confirmed(question.digest) {
        let questions = host.known_session_questions.check(&question.digest);
        (questions, Reason::ContinuedTooOften)
    } else {
        let questions = host.session_questions.check(&browser.subscriber);
        (questions, Reason::AddressFailedTooOften)
    };
    questions.map_err(|too_many| over_rate(reason, &too_many))?;
    let answer = endpoint.ask(browser.client, question, browser.subscriber).await;
    answer.map_err(|Busy| later(Reason::SessionEndpointBusy, 1))
}

fn later(reason: Reason, retry_after_secs: u64) -> Refusal {
    Refusal {
        retry_after_secs: Some(retry_after_secs),
        ..reason.into()
    }
}
