//! The one place that sends to Empego.

use std::time::Duration;

use domain::{embed_url::EmbedUrl, empego::Plan, trace_parent::TraceParent};

use super::{account::Account, error::EmpegoError, request::Outgoing, response};
use crate::upstream::wire::{Egress, Method, NoAnswer, Request, Sender, Settings, SetupError};

/// A worker's own connections to Empego.
#[derive(Debug)]
pub struct EmpegoClient(Sender);

impl EmpegoClient {
    /// Makes a client.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(settings: Settings, egress: impl Into<Egress>) -> Result<Self, SetupError> {
        Sender::new(settings, egress).map(Self)
    }

    /// Makes a call that can create nothing, because its user header cannot be read: with the account's keys, or without any.
    /// A URL in the response would be a session, so nothing of it is kept.
    ///
    /// # Errors
    /// What came back in the place of a URL: the documented 400, if the key is accepted.
    pub async fn ask_harmlessly(
        &self,
        account: &Account,
        with_keys: bool,
        within: Duration,
    ) -> Result<(), EmpegoError> {
        self.send(account, account.harmless(with_keys), within).await.map(drop)
    }

    /// Carries out a plan: one call, one embed URL, within so much time.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn mint(
        &self,
        account: &Account,
        plan: &Plan,
        trace: Option<TraceParent>,
        within: Duration,
    ) -> Result<EmbedUrl, EmpegoError> {
        let outgoing = account.outgoing(plan, trace);
        let outgoing = outgoing.map_err(|_value_stays_secret| NoAnswer::Unsendable)?;
        self.send(account, outgoing, within).await
    }

    async fn send(&self, account: &Account, outgoing: Outgoing, within: Duration) -> Result<EmbedUrl, EmpegoError> {
        let Outgoing { url, headers } = outgoing;
        let request = Request {
            headers,
            ..Request::new(Method::GET, url)
        };
        let received = self.0.send(request, within).await?;
        response::read(received.answer(), &account.embed_hosts)
    }
}
