//! The one place that sends to Empego.

use std::time::Duration;

use domain::{embed_url::EmbedUrl, empego::Plan, trace_parent::TraceParent};
use reqwest::{Method, Request};
use rustls::ClientConfig;

use super::{
    error::EmpegoError,
    request::{Account, Outgoing},
    response,
};
use crate::upstream::wire::{NoAnswer, Sender, Settings};

/// A worker's own connections to Empego.
#[derive(Debug)]
pub struct EmpegoClient(Sender);

impl EmpegoClient {
    /// Makes a client.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(settings: Settings, tls: ClientConfig) -> Result<Self, reqwest::Error> {
        Sender::new(settings, tls).map(Self)
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
        let Outgoing { url, headers } = account
            .outgoing(plan, trace)
            .map_err(|_value_stays_secret| NoAnswer::Unsendable)?;
        let mut request = Request::new(Method::GET, url);
        *request.headers_mut() = headers;
        let received = self.0.send(request, within).await?;
        response::read(received.answer(), &account.embed_hosts)
    }
}
