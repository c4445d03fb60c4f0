//! A host's endpoint for events, called as Standard Webhooks says.

mod signature;

pub use signature::signatures;

use std::time::Duration;

use domain::signing_secret::SigningSecret;
use jiff::Timestamp;
use url::Url;

use super::wire::{
    Egress, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue, Method, NoAnswer, Request, Sender, Settings,
    SetupError, header,
};

/// How long an endpoint may take for one event.
pub const TIMEOUT: Duration = Duration::from_secs(15);

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long an idle connection is kept.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(15);

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// A host's endpoint, and what events to it are signed with.
#[derive(Debug, Clone)]
pub struct HostEndpoint {
    url: Url,
    secrets: Vec<SigningSecret>,
    sender: Sender,
}

/// What an endpoint is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The same each time that the same event is sent.
    pub id: String,
    /// JSON.
    pub body: String,
}

/// What an endpoint said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// It has the event.
    Accepted,
    /// It wants no events any more, ever.
    Gone,
    /// It has too much to do, or is away behind what responded.
    Busy {
        /// What it responded with.
        status: u16,
        /// When it asks to come back, if it does.
        after: Option<Duration>,
    },
    /// It responded with anything else. A redirect is not followed.
    Refused {
        /// What it responded with.
        status: u16,
    },
    /// It did not respond.
    Silent(NoAnswer),
}

impl HostEndpoint {
    /// Calls the endpoint at this URL.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(url: Url, secrets: Vec<SigningSecret>, egress: impl Into<Egress>) -> Result<Self, SetupError> {
        let settings = Settings {
            connect_timeout: Some(CONNECT_TIMEOUT),
            pool_idle_timeout: Some(POOL_IDLE_TIMEOUT),
            ..Settings::default()
        };
        let sender = Sender::new(settings, egress)?;
        Ok(Self { url, secrets, sender })
    }

    /// Sends a message, signed for this time of sending.
    pub async fn send(&self, message: &Message, now: Timestamp) -> Reply {
        let Ok(headers) = self.headers(message, now) else {
            return Reply::Silent(NoAnswer::Unsendable);
        };
        let mut request = Request::new(Method::POST, self.url.clone());
        request.headers = headers;
        request.body = Some(message.body.clone().into_bytes());
        match self.sender.begin(request, TIMEOUT).await {
            Ok(response) => {
                let status = response.status();
                Reply::of(status, response.retry_after())
            }
            Err(no_answer) => Reply::Silent(no_answer),
        }
    }

    fn headers(&self, message: &Message, now: Timestamp) -> Result<HeaderMap, InvalidHeaderValue> {
        let seconds = now.as_second();
        let signatures = signatures(&self.secrets, &message.id, seconds, message.body.as_bytes());
        Ok(HeaderMap::from_iter([
            (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (ID, HeaderValue::from_str(&message.id)?),
            (TIMESTAMP, HeaderValue::from(seconds)),
            (SIGNATURE, HeaderValue::from_str(&signatures)?),
        ]))
    }
}

impl Reply {
    const fn of(status: u16, after: Option<Duration>) -> Self {
        match status {
            200..=299 => Self::Accepted,
            410 => Self::Gone,
            429 | 502 | 503 | 504 => Self::Busy { status, after },
            _ => Self::Refused { status },
        }
    }

    /// Why the event was not accepted, in a word for operators; none if it was.
    #[must_use]
    pub fn trouble(self) -> Option<String> {
        match self {
            Self::Accepted => None,
            Self::Gone => Some("http_410".to_owned()),
            Self::Busy { status, .. } | Self::Refused { status } => Some(format!("http_{status}")),
            Self::Silent(NoAnswer::ConnectTimeout) => Some("connect_timeout".to_owned()),
            Self::Silent(NoAnswer::Timeout) => Some("timeout".to_owned()),
            Self::Silent(NoAnswer::Unreachable { cause, .. }) => Some(cause.as_str().to_owned()),
            Self::Silent(NoAnswer::Unsendable) => Some("unsendable".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

    use super::*;
    use crate::tls;

    #[tokio::test]
    async fn each_response_has_its_meaning_and_no_redirect_is_followed() {
        let server = MockServer::start().await;
        let moved = ResponseTemplate::new(307).insert_header("location", "/elsewhere");
        let later = ResponseTemplate::new(503).insert_header("retry-after", "90");
        let busy = |status, after: Option<u64>| Reply::Busy {
            status,
            after: after.map(Duration::from_secs),
        };
        let rows = [
            (ResponseTemplate::new(200), Reply::Accepted),
            (ResponseTemplate::new(204), Reply::Accepted),
            (moved, Reply::Refused { status: 307 }),
            (ResponseTemplate::new(400), Reply::Refused { status: 400 }),
            (ResponseTemplate::new(410), Reply::Gone),
            (ResponseTemplate::new(429), busy(429, None)),
            (ResponseTemplate::new(500), Reply::Refused { status: 500 }),
            (ResponseTemplate::new(502), busy(502, None)),
            (later, busy(503, Some(90))),
            (ResponseTemplate::new(504), busy(504, None)),
        ];
        let url: Url = format!("{}/hooks", server.uri()).parse().unwrap();
        let secret = SigningSecret::parse("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap();
        let endpoint = HostEndpoint::new(url, vec![secret], tls::trusting_this_machine().unwrap()).unwrap();
        let message = Message {
            id: "evt_1".to_owned(),
            body: "{}".to_owned(),
        };
        for (response, expected) in rows {
            let path = matchers::path("/hooks");
            let mounted = Mock::given(path).respond_with(response).mount_as_scoped(&server).await;
            assert_eq!(endpoint.send(&message, Timestamp::UNIX_EPOCH).await, expected);
            drop(mounted);
        }
        let paths = server.received_requests().await.unwrap();
        assert!(paths.iter().all(|request| request.url.path() == "/hooks"));
        drop(server);
    }

    #[tokio::test]
    async fn an_endpoint_that_is_not_there_is_silent() {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let url: Url = format!("http://127.0.0.1:{port}/").parse().unwrap();
        let endpoint = HostEndpoint::new(url, Vec::new(), tls::trusting_this_machine().unwrap()).unwrap();
        let message = Message {
            id: "evt_1".to_owned(),
            body: "{}".to_owned(),
        };
        let reply = endpoint.send(&message, Timestamp::UNIX_EPOCH).await;
        assert_eq!(reply.trouble().as_deref(), Some("refused"));
    }
}
