//! Faults on demand: what the next answers do instead of what they should.

use std::{collections::BTreeMap, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    error::PayloadError,
    http::{StatusCode, header::LOCATION},
    web::Bytes,
};
use futures_util::{StreamExt as _, stream};
use serde::Deserialize;
use socket2::Socket;

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

/// Has the connection dropped before a byte of the answer is flushed, and the kernel send a reset when it is.
fn reset(request: &HttpRequest) -> HttpResponse {
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
