//! The one place that sends to Junction.

use std::time::Duration;

use domain::{junction::JunctionCall, trace_parent::TraceParent};
use tokio::time::timeout;

use super::{
    account::Account,
    answer::Unexpected,
    call::Call,
    detail::Detail,
    error::{JunctionError, Meaning},
    pdf::{NotAPdf, Pdf, PdfStream},
    tokens::TeamToken,
};
use crate::upstream::wire::{Answer, Body, Egress, NoAnswer, Request, Sender, Settings, SetupError};

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
        let request = request(account, call, context)?;
        let received = self.0.send(request, context.within).await?;
        let answer = received.answer();
        let body = answer.body.read().unwrap_or_default();
        (call.read)(answer.status, body).map_err(|Unexpected| failed(account, call.name, &answer))
    }

    /// Makes a call for a document once, and waits until it has begun to arrive. `context.within` is for that alone.
    ///
    /// # Errors
    /// Why there is no document; [`Meaning::NotReady`] if there is none yet.
    pub async fn stream(
        &self,
        account: &Account,
        call: &Call<Pdf>,
        context: CallContext<'_>,
    ) -> Result<PdfStream, JunctionError> {
        let request = request(account, call, context)?;
        let begun = async {
            let response = self.0.begin_document(request).await?;
            if response.status() != 200 {
                let received = response.received().await?;
                return Err(failed(account, call.name, &received.answer()));
            }
            let begun = PdfStream::begin(response).await;
            begun.map_err(|not_a_pdf| JunctionError::Answered {
                call: call.name,
                meaning: match not_a_pdf {
                    NotAPdf::Json => Meaning::NotReady,
                    NotAPdf::Other => Meaning::BadBody,
                    NotAPdf::Compressed => Meaning::Compressed,
                },
                status: 200,
                detail: Detail::default(),
                retry_after: None,
            })
        };
        let begun = timeout(context.within, begun).await;
        begun.map_err(|_too_late| NoAnswer::Timeout)?
    }
}

fn request<T>(account: &Account, call: &Call<T>, context: CallContext<'_>) -> Result<Request, NoAnswer> {
    let request = account.request(call, context.token, context.trace);
    request.map_err(|_value_stays_secret| NoAnswer::Unsendable)
}

fn failed(account: &Account, call: JunctionCall, answer: &Answer<'_>) -> JunctionError {
    JunctionError::Answered {
        call,
        meaning: match (answer.status, answer.body) {
            (200, Body::Compressed) => Meaning::Compressed,
            (status, Body::Read(_) | Body::TooLarge | Body::Compressed) => Meaning::of(status),
        },
        status: answer.status,
        // Of a success, the body is what was asked for, or secret all the same.
        detail: match answer.status {
            200..=299 => Detail::default(),
            _error => Detail::read(answer.body.read().unwrap_or_default(), &account.embed_hosts),
        },
        retry_after: answer.retry_after(),
    }
}
