//! The one place that sends to Empego.

use std::{
    error::Error as _,
    io::{self, ErrorKind},
    iter::successors,
    time::Duration,
};

use reqwest::{
    Method, Request, Response,
    header::{CONTENT_TYPE, DATE, HeaderName, RETRY_AFTER},
    redirect::Policy,
};

use rustls::ClientConfig;

use super::{
    error::{Cause, EmpegoError},
    request::{Account, Outgoing},
    response::{self, Answer},
};
use crate::domain::{embed_url::EmbedUrl, launch::Plan, trace_parent::TraceParent};

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

/// A client with a pool of connections. Each worker has its own, so that connections stay on their thread.
#[derive(Debug)]
pub struct EmpegoClient(reqwest::Client);

impl EmpegoClient {
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
            .map_err(|_value_stays_secret| EmpegoError::Unsendable)?;
        let mut request = Request::new(Method::GET, url);
        *request.headers_mut() = headers;
        *request.timeout_mut() = Some(within);
        let mut response = self.0.execute(request).await.map_err(|error| by_kind(&error))?;
        let status = response.status().as_u16();
        let body = match bounded_body(&mut response).await {
            Ok(body) => body,
            Err(error) if status == 200 => return Err(by_kind(&error)),
            Err(_status_says_enough) => None,
        };
        let answer = Answer {
            status,
            content_type: header(&response, &CONTENT_TYPE),
            retry_after: header(&response, &RETRY_AFTER),
            date: header(&response, &DATE),
            body: body.as_deref(),
        };
        response::read(answer, &account.embed_hosts)
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

fn header<'a>(response: &'a Response, name: &HeaderName) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

/// What a transport error means. Its text holds the URL, so none of it is kept.
fn by_kind(error: &reqwest::Error) -> EmpegoError {
    match (error.is_timeout(), error.is_connect(), error.is_builder()) {
        (true, true, _) => EmpegoError::ConnectTimeout,
        (true, false, _) => EmpegoError::Timeout,
        (false, true, _) => EmpegoError::Unreachable {
            may_have_been_sent: false,
            cause: cause(error),
        },
        (false, false, true) => EmpegoError::Unsendable,
        (false, false, false) => EmpegoError::Unreachable {
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
