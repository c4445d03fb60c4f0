//! Faults on demand: what the next answers do instead of what they should.

use std::{collections::BTreeMap, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    error::PayloadError,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue, LOCATION},
    },
    web::Bytes,
};
use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use socket2::Socket;

/// What is wrong with a fault, by its member.
#[derive(Debug, Serialize)]
pub(super) struct Mistake {
    member: String,
    message: String,
}

impl Mistake {
    fn new(member: &str, message: impl Into<String>) -> Self {
        Self {
            member: member.to_owned(),
            message: message.into(),
        }
    }
}

/// A fault, as `PUT /__sim/faults` takes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Fault {
    /// How many answers it is still for.
    #[serde(default = "once")]
    count: u32,
    /// The one endpoint whose answers it is for, after `embeddable/`, or one of Junction's operations as
    /// `junction/resolve_team`; all of either without.
    endpoint: Option<String>,
    /// How many of those answers come first, as they should be.
    #[serde(default)]
    after: u32,
    /// Milliseconds before anything else happens.
    #[serde(default)]
    delay_ms: u64,
    /// Answers with this status.
    status: Option<u16>,
    /// Answers with this body.
    body: Option<String>,
    /// The body's media type.
    content_type: Option<String>,
    /// Answers with these headers besides.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// Resets the connection.
    #[serde(default)]
    reset: bool,
    /// Promises a longer body than it sends.
    #[serde(default)]
    truncate: bool,
    /// Redirects there.
    redirect: Option<String>,
    /// Answers properly, with a URL on this host.
    pub(super) host: Option<String>,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// Reads a fault, with everything that would keep it from striking.
    pub(super) fn read(members: Map<String, Value>, is_endpoint: fn(&str) -> bool) -> Result<Self, Vec<Mistake>> {
        // One by one, since the library does not say which member it could not read.
        let unreadable = members.iter().filter_map(|(name, value)| {
            let alone = Map::from_iter([(name.clone(), value.clone())]);
            let error = serde_json::from_value::<Self>(alone.into()).err()?;
            Some(Mistake::new(name, error.to_string()))
        });
        let mistakes: Vec<_> = unreadable.collect();
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let fault: Self =
            serde_json::from_value(members.into()).map_err(|error| vec![Mistake::new("", error.to_string())])?;
        let mistakes: Vec<_> = fault.mistakes(is_endpoint).collect();
        if mistakes.is_empty() { Ok(fault) } else { Err(mistakes) }
    }

    fn mistakes(&self, is_endpoint: fn(&str) -> bool) -> impl Iterator<Item = Mistake> {
        let has_answer = self.status.is_some() || self.body.is_some();
        let says_nothing = "has an effect only beside status or body";
        let is_header = |name: &str, value: &str| name.parse::<HeaderName>().is_ok() && is_value(value);
        [
            (self.count == 0, "count", "must be at least 1"),
            (
                self.endpoint.as_deref().is_some_and(|name| !is_endpoint(name)),
                "endpoint",
                "must be what follows embeddable/, such as followup/plan, or one of Junction's operations, such as \
                 junction/resolve_team",
            ),
            (
                self.status.is_some_and(|status| !(200..600).contains(&status)),
                "status",
                "must be from 200 to 599",
            ),
            (self.content_type.is_some() && !has_answer, "contentType", says_nothing),
            (!self.headers.is_empty() && !has_answer, "headers", says_nothing),
            (
                self.content_type.as_deref().is_some_and(|value| !is_value(value)),
                "contentType",
                "must be a header's value",
            ),
            (
                !self.headers.iter().all(|(name, value)| is_header(name, value)),
                "headers",
                "must be names and values of headers",
            ),
            (
                self.redirect.as_deref().is_some_and(|value| !is_value(value)),
                "redirect",
                "must be a header's value",
            ),
        ]
        .into_iter()
        .filter(|(is_wrong, _, _)| *is_wrong)
        .map(|(_, member, message)| Mistake::new(member, message))
    }

    /// The fault for the next answer of this endpoint, if there is one that is not used up.
    pub(super) fn take(pending: &mut Option<Self>, endpoint: &str) -> Option<Self> {
        let fault = pending.as_mut()?;
        if fault.endpoint.as_ref().is_some_and(|only| only != endpoint) {
            return None;
        }
        if fault.after > 0 {
            fault.after -= 1;
            return None;
        }
        let now = fault.clone();
        fault.count = fault.count.saturating_sub(1);
        if fault.count == 0 {
            *pending = None;
        }
        Some(now)
    }

    /// Does what the fault says. Nothing comes back if the answer should go on as usual.
    pub(super) async fn strike(&self, request: &HttpRequest) -> Option<HttpResponse> {
        tokio::time::sleep(Duration::from_millis(self.delay_ms)).await;
        if self.reset {
            return Some(reset(request));
        }
        if let Some(location) = &self.redirect {
            return Some(
                HttpResponse::TemporaryRedirect()
                    .insert_header((LOCATION, location.as_str()))
                    .finish(),
            );
        }
        if self.truncate {
            return Some(truncated());
        }
        if self.status.is_none() && self.body.is_none() {
            return None;
        }
        let status = self
            .status
            .and_then(|status| StatusCode::from_u16(status).ok())
            .unwrap_or(StatusCode::OK);
        let mut response = HttpResponse::build(status);
        response.content_type(self.content_type.as_deref().unwrap_or("text/plain; charset=utf-8"));
        for (name, value) in &self.headers {
            response.insert_header((name.as_str(), value.as_str()));
        }
        Some(response.body(self.body.clone().unwrap_or_default()))
    }
}

fn is_value(text: &str) -> bool {
    HeaderValue::from_str(text).is_ok()
}

/// Has the connection dropped before a byte of the answer is flushed, and the kernel send a reset when it is.
pub(super) fn reset(request: &HttpRequest) -> HttpResponse {
    let armed = request
        .conn_data::<Socket>()
        .is_some_and(|socket| socket.set_linger(Some(Duration::ZERO)).is_ok());
    if !armed {
        return HttpResponse::InternalServerError().body("this connection cannot be reset");
    }
    HttpResponse::Ok().streaming(stream::once(async { Err::<Bytes, _>(PayloadError::Incomplete(None)) }))
}

/// Sends the head and some of the body, then has the connection dropped.
fn truncated() -> HttpResponse {
    let start = stream::once(async { Ok(Bytes::from_static(b"https://")) });
    let end = stream::once(async {
        // Pending once: what came before is flushed meanwhile.
        tokio::task::yield_now().await;
        Err(PayloadError::Incomplete(None))
    });
    HttpResponse::Ok().no_chunking(4096).streaming(start.chain(end))
}
