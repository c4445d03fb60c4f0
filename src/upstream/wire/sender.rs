//! Sends, and hears the answer out within bounds.

use std::{
    error::Error,
    fmt,
    io::{self, ErrorKind},
    iter::successors,
    mem,
    sync::Arc,
    time::Duration,
};

use ::http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, DATE, RETRY_AFTER},
};
use bytes::Bytes;
use domain::address::is_loopback;
use reqwest::redirect::Policy;
use rustls::CertificateError;
use url::Url;

use super::{
    answer::{Answer, ComeBack},
    body::{Body, decoded},
    egress::Egress,
    no_answer::{Cause, NoAnswer, TlsFault},
    request::Request,
};

/// How the gateway calls itself.
pub const USER_AGENT: &str = concat!("empego-gateway/", env!("CARGO_PKG_VERSION"));

/// How long a document may take to arrive.
const DOCUMENT_TIMEOUT: Duration = Duration::from_mins(5);

/// How one caller's requests are sent. How long each may take is said with the request.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How long connecting may take, if less than the whole.
    pub connect_timeout: Option<Duration>,
    /// How long an idle connection is kept; without it, none is kept.
    pub pool_idle_timeout: Option<Duration>,
    /// The most bytes read of a body.
    pub max_body: usize,
    /// How the caller calls itself.
    pub user_agent: &'static str,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect_timeout: None,
            pool_idle_timeout: None,
            max_body: 64 * 1024,
            user_agent: USER_AGENT,
        }
    }
}

/// A client with a pool of connections. Each worker has its own for each upstream, so that connections stay on their
/// thread. A clone shares the pool.
#[derive(Debug, Clone)]
pub struct Sender {
    client: reqwest::Client,
    egress: Arc<Egress>,
    max_body: usize,
}

/// TLS cannot be set up.
#[derive(Debug)]
pub struct SetupError(reqwest::Error);

impl fmt::Display for SetupError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Error for SetupError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

/// A response whose head has arrived, and whose body has not been read.
pub struct Response {
    response: reqwest::Response,
    max_body: usize,
}

/// An answer as it came.
pub struct Received {
    status: u16,
    headers: HeaderMap,
    body: Body<Vec<u8>>,
}

impl Sender {
    /// Makes a client. It never follows a redirect (headers would go along), uses no proxy but that of the settings (keys would
    /// go to one of the environment), retries nothing by itself (a call creates users), names no page that it came from, and asks for bodies as
    /// they are.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(settings: Settings, egress: impl Into<Egress>) -> Result<Self, SetupError> {
        let egress = egress.into();
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(egress.tls.clone())
            .redirect(Policy::none())
            .no_proxy()
            .retry(reqwest::retry::never())
            .referer(false)
            .user_agent(settings.user_agent)
            .default_headers(HeaderMap::from_iter([(
                ACCEPT_ENCODING,
                HeaderValue::from_static("identity"),
            )]));
        if let Some(proxy) = egress.for_library() {
            builder = builder.proxy(proxy);
        }
        if let Some(connect_timeout) = settings.connect_timeout {
            builder = builder.connect_timeout(connect_timeout);
        }
        builder = match settings.pool_idle_timeout {
            Some(idle) => builder.pool_idle_timeout(idle),
            None => builder.pool_max_idle_per_host(0),
        };
        let client = builder.build().map_err(SetupError)?;
        Ok(Self {
            client,
            egress: Arc::new(egress),
            max_body: settings.max_body,
        })
    }

    /// Sends once, and waits for the response's head. Its body too must have arrived within this time.
    ///
    /// # Errors
    /// Why there is no response.
    pub async fn begin(&self, request: Request, within: Duration) -> Result<Response, NoAnswer> {
        self.begun(request, within).await
    }

    /// Sends once, and waits for the response's head, for a body that is passed on as it arrives: how fast is up to those who
    /// take it, within five minutes. How long to wait for the head is the caller's to decide.
    ///
    /// # Errors
    /// Why there is no response.
    pub async fn begin_document(&self, request: Request) -> Result<Response, NoAnswer> {
        self.begun(request, DOCUMENT_TIMEOUT).await
    }

    async fn begun(&self, request: Request, within: Duration) -> Result<Response, NoAnswer> {
        // The types of addresses already guarantee this; the risk of sending a key unencrypted is worth a second check.
        if !is_safe(&request.url) {
            return Err(NoAnswer::Unsendable);
        }
        let is_proxied = self.egress.is_proxied(&request.url);
        let max_body = request.max_body.unwrap_or(self.max_body);
        let mut sent = reqwest::Request::new(request.method, request.url);
        *sent.headers_mut() = request.headers;
        *sent.body_mut() = request.body.map(Into::into);
        *sent.timeout_mut() = Some(within);
        let response = self.client.execute(sent).await;
        let response = response.map_err(|error| by_kind(&error, is_proxied))?;
        Ok(Response { response, max_body })
    }

    /// Sends once and reads the response to its end, all within this time. An error's status says enough: its body may
    /// break off.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn send(&self, request: Request, within: Duration) -> Result<Received, NoAnswer> {
        self.begin(request, within).await?.received().await
    }
}

/// Whether a request may go there: https anywhere, http on this machine alone.
fn is_safe(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

impl Response {
    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// When the upstream asks to come back, if it does.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        answer(self.status(), self.response.headers(), Body::TooLarge).retry_after()
    }

    /// All headers.
    #[must_use]
    pub fn into_headers(mut self) -> HeaderMap {
        mem::take(self.response.headers_mut())
    }

    /// How long the body is, if that was said.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// Whether the body is JSON, by its headers.
    #[must_use]
    pub fn is_json(&self) -> bool {
        let media_type = self.response.headers().get(CONTENT_TYPE);
        let media_type = media_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/json")
    }

    /// Whether the body is compressed, although this was not requested, by its headers.
    #[must_use]
    pub fn is_compressed(&self) -> bool {
        let mut codings = self.response.headers().get_all(CONTENT_ENCODING).iter();
        codings.any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
    }

    /// The next part of the body as it arrives; none at its end.
    ///
    /// # Errors
    /// Why it did not arrive.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, NoAnswer> {
        self.response.chunk().await.map_err(|error| by_kind(&error, false))
    }

    /// Reads the response to its end. An error's status says enough: its body may break off.
    ///
    /// # Errors
    /// Why the body of a success did not arrive.
    pub async fn received(mut self) -> Result<Received, NoAnswer> {
        let status = self.status();
        let body = match self.bounded_body().await {
            Ok(body) => body,
            Err(no_answer) if status == 200 => return Err(no_answer),
            Err(_status_says_enough) => Body::Read(Vec::new()),
        };
        Ok(Received {
            status,
            headers: self.into_headers(),
            body,
        })
    }

    /// The body, within the limit; without the compression that an intermediary added.
    ///
    /// # Errors
    /// Why it did not arrive.
    pub async fn bounded_body(&mut self) -> Result<Body<Vec<u8>>, NoAnswer> {
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            if body.len() + chunk.len() > self.max_body {
                return Ok(Body::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let codings = self.response.headers().get_all(CONTENT_ENCODING);
        // A name that is not text belongs to no known coding.
        let codings: Vec<_> = codings.iter().map(|value| value.to_str().unwrap_or("?")).collect();
        Ok(decoded(body, &codings, self.max_body))
    }
}

impl Received {
    /// The parts of it that mean something.
    #[must_use]
    pub fn answer(&self) -> Answer<'_> {
        answer(self.status, &self.headers, self.body.text())
    }
}

fn answer<'a>(status: u16, headers: &'a HeaderMap, body: Body<&'a [u8]>) -> Answer<'a> {
    let header = |name: &HeaderName| headers.get(name)?.to_str().ok();
    let sent_at = || header(&DATE).and_then(|date| httpdate::parse_http_date(date).ok());
    Answer {
        status,
        come_back: header(&RETRY_AFTER).map(|after| ComeBack {
            after,
            sent_at: sent_at().unwrap_or_else(|| jiff::Timestamp::now().into()),
        }),
        body,
    }
}

/// What a transport error means. Its text holds the URL, so none of it is kept.
fn by_kind(error: &reqwest::Error, is_proxied: bool) -> NoAnswer {
    match (error.is_timeout(), error.is_connect(), error.is_builder()) {
        (true, true, _) => NoAnswer::ConnectTimeout,
        (true, false, _) => NoAnswer::Timeout,
        (false, true, _) => NoAnswer::Unreachable {
            may_have_been_sent: false,
            cause: match cause(error) {
                // What stands behind the proxy is not connected to from here.
                Cause::Dns | Cause::Refused | Cause::Broken | Cause::Other if is_proxied => Cause::Proxy,
                cause @ (Cause::Dns | Cause::Refused | Cause::Tls(_) | Cause::Proxy | Cause::Broken | Cause::Other) => {
                    cause
                }
            },
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
        Some(ErrorKind::InvalidData) => Cause::Tls(tls_fault(innermost)),
        Some(ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof) => Cause::Broken,
        Some(_) | None => Cause::Other,
    }
}

fn tls_fault(error: Option<&io::Error>) -> TlsFault {
    let fault = error.and_then(|error| error.get_ref()?.downcast_ref());
    let Some(rustls::Error::InvalidCertificate(fault)) = fault else {
        return TlsFault::Other;
    };
    #[expect(clippy::wildcard_enum_match_arm, reason = "the library's list grows")]
    match fault {
        // Two authorities may have one name: then the signature tells them apart.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => TlsFault::UnknownAuthority,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => TlsFault::OtherName,
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => TlsFault::OtherTime,
        _ => TlsFault::Other,
    }
}
