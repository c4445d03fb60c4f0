//! Sends, and hears the answer out within bounds.

use std::{
    error::Error as _,
    io::{self, ErrorKind},
    iter::successors,
    mem,
    time::Duration,
};

use reqwest::{
    Request, Response,
    header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, RETRY_AFTER},
    redirect::Policy,
};
use rustls::ClientConfig;

use super::{
    answer::Answer,
    no_answer::{Cause, NoAnswer},
};

/// The most bytes read of an answer.
const MAX_BODY: usize = 64 * 1024;

/// How calls are made.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How long an idle connection is kept.
    pub pool_idle_timeout: Duration,
}

/// A client with a pool of connections. Each worker has its own for each upstream, so that connections stay on their
/// thread.
#[derive(Debug)]
pub struct Sender(reqwest::Client);

/// An answer as it came.
pub struct Received {
    status: u16,
    headers: HeaderMap,
    /// None if there was more of it than anybody should read.
    body: Option<Vec<u8>>,
}

impl Sender {
    /// Makes a client for base URLs, which are https or on loopback by their type. It never follows a redirect (its headers
    /// would go along), knows no proxy of the environment (the key would go there), and repeats nothing by itself (a call
    /// creates users).
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(settings: Settings, tls: ClientConfig) -> Result<Self, reqwest::Error> {
        reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(Policy::none())
            .no_proxy()
            .retry(reqwest::retry::never())
            .referer(false)
            .user_agent(concat!("empego-gateway/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(settings.connect_timeout)
            .pool_idle_timeout(settings.pool_idle_timeout)
            .build()
            .map(Self)
    }

    /// Sends once, and hears the answer out, all within so much time.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn send(&self, mut request: Request, within: Duration) -> Result<Received, NoAnswer> {
        *request.timeout_mut() = Some(within);
        let mut response = self.0.execute(request).await.map_err(|error| by_kind(&error))?;
        let status = response.status().as_u16();
        let body = match bounded_body(&mut response).await {
            Ok(body) => body,
            Err(error) if status == 200 => return Err(by_kind(&error)),
            Err(_status_says_enough) => None,
        };
        Ok(Received {
            status,
            headers: mem::take(response.headers_mut()),
            body,
        })
    }
}

impl Received {
    /// The parts of it that mean something.
    #[must_use]
    pub fn answer(&self) -> Answer<'_> {
        let header = |name: &HeaderName| self.headers.get(name)?.to_str().ok();
        Answer {
            status: self.status,
            content_type: header(&CONTENT_TYPE),
            retry_after: header(&RETRY_AFTER),
            date: header(&DATE),
            body: self.body.as_deref(),
        }
    }
}

/// The body, or nothing if there is more of it than anybody should read.
async fn bounded_body(response: &mut Response) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > MAX_BODY {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// What a transport error means. Its text holds the URL, so none of it is kept.
fn by_kind(error: &reqwest::Error) -> NoAnswer {
    match (error.is_timeout(), error.is_connect(), error.is_builder()) {
        (true, true, _) => NoAnswer::ConnectTimeout,
        (true, false, _) => NoAnswer::Timeout,
        (false, true, _) => NoAnswer::Unreachable {
            may_have_been_sent: false,
            cause: cause(error),
        },
        (false, false, true) => NoAnswer::Unsendable,
        (false, false, false) => NoAnswer::Unreachable {
            may_have_been_sent: true,
            cause: Cause::Broken,
        },
    }
}

/// Why there is no connection, by the kinds that the libraries tell apart.
fn cause(error: &reqwest::Error) -> Cause {
    if error.is_dns() {
        return Cause::Dns;
    }
    let io_error =
        successors(error.source(), |error| (*error).source()).find_map(|error| error.downcast_ref::<io::Error>());
    // One of them may be wrapped in another.
    let innermost = successors(io_error, |error| error.get_ref()?.downcast_ref()).last();
    match innermost.map(io::Error::kind) {
        Some(ErrorKind::ConnectionRefused) => Cause::Refused,
        // What the TLS library cannot accept comes as such.
        Some(ErrorKind::InvalidData) => Cause::Tls,
        Some(ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof) => Cause::Broken,
        Some(_) | None => Cause::Other,
    }
}
