//! The one place that sends to Junction.

use std::time::Duration;

use domain::trace_parent::TraceParent;

use super::{
    account::Account,
    answer::Unexpected,
    call::Call,
    detail::Detail,
    error::{JunctionError, Meaning},
    tokens::TeamToken,
};
use crate::upstream::wire::{Body, Egress, NoAnswer, Sender, Settings, SetupError};

/// A worker's own connections to Junction.
#[derive(Debug)]
pub struct JunctionClient(Sender);

/// What one call is made with.
#[derive(Debug, Clone, Copy)]
pub struct CallContext<'a> {
    /// The team's token, for calls of a team's API.
    pub token: Option<&'a TeamToken>,
    /// Its place in the caller's trace.
    pub trace: Option<TraceParent>,
    /// How long it may take.
    pub within: Duration,
}

impl JunctionClient {
    /// Makes a client.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(settings: Settings, egress: impl Into<Egress>) -> Result<Self, SetupError> {
        Sender::new(settings, egress).map(Self)
    }

    /// Makes a call once.
    ///
    /// # Errors
    /// Why there is nothing of what was asked for.
    pub async fn make<T>(
        &self,
        account: &Account,
        call: &Call<T>,
        context: CallContext<'_>,
    ) -> Result<T, JunctionError> {
        let request = account
            .request(call, context.token, context.trace)
            .map_err(|_value_stays_secret| NoAnswer::Unsendable)?;
        let received = self.0.send(request, context.within).await?;
        let answer = received.answer();
        let body = answer.body.read().unwrap_or_default();
        (call.read)(answer.status, body).map_err(|Unexpected| JunctionError::Answered {
            call: call.name,
            meaning: match (answer.status, answer.body) {
                (200, Body::Compressed) => Meaning::Compressed,
                (status, Body::Read(_) | Body::TooLarge | Body::Compressed) => Meaning::of(status),
            },
            status: answer.status,
            // Of a success, the body is what was asked for, or secret all the same.
            detail: match answer.status {
                200..=299 => Detail::default(),
                _error => Detail::read(body, &account.embed_hosts),
            },
            retry_after: answer.retry_after(),
        })
    }
}
