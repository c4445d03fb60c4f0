//! Looks at what is called, and at what browsers load, without any key: whether it responds, and what time it is
//! there.

use std::time::{Duration, SystemTime};

use url::Url;

use super::wire::{
    Body, Egress, HeaderMap, Method, NoAnswer, Request, Response, Sender, Settings, SetupError,
    header::{AGE, DATE},
};

/// How long connecting may take, which leaves some of the 5 seconds of a look for the response.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);

/// More than the metrics of any gateway have.
const MAX_PAGE: usize = 4 * 1024 * 1024;

/// Looks at peers. It keeps no connections.
#[derive(Debug, Clone)]
pub struct Prober(Sender);

/// What a peer showed, whatever it responded.
#[derive(Debug, Clone)]
pub struct Sight {
    /// HTTP status.
    pub status: u16,
    /// All headers of its response.
    pub headers: HeaderMap,
}

impl Prober {
    /// Makes a prober that goes this way.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(egress: impl Into<Egress>) -> Result<Self, SetupError> {
        let settings = Settings {
            connect_timeout: Some(CONNECT_TIMEOUT),
            max_body: MAX_PAGE,
            ..Settings::default()
        };
        Sender::new(settings, egress).map(Self)
    }

    /// Looks at an address. Of the response's body, nothing is read.
    ///
    /// # Errors
    /// Why there is no response.
    pub async fn look(&self, url: Url, within: Duration) -> Result<Sight, NoAnswer> {
        let response = self.get(url, within).await?;
        Ok(Sight {
            status: response.status(),
            headers: response.into_headers(),
        })
    }

    /// Reads a page of text, with its status. What is not text, or too much, is an empty page.
    ///
    /// # Errors
    /// Why there is no response.
    pub async fn read(&self, url: Url, within: Duration) -> Result<(u16, String), NoAnswer> {
        let mut response = self.get(url, within).await?;
        let page = match response.bounded_body().await? {
            Body::Read(bytes) => String::from_utf8(bytes).unwrap_or_default(),
            Body::TooLarge | Body::Compressed => String::new(),
        };
        Ok((response.status(), page))
    }

    async fn get(&self, url: Url, within: Duration) -> Result<Response, NoAnswer> {
        self.0.begin(Request::new(Method::GET, url), within).await
    }
}

impl Sight {
    /// What time it was at the peer when it responded, to the second; none if it does not say. A cache on the way adds for how long it
    /// has kept the response.
    #[must_use]
    pub fn time(&self) -> Option<SystemTime> {
        let date = httpdate::parse_http_date(self.headers.get(DATE)?.to_str().ok()?).ok()?;
        let kept = self
            .headers
            .get(AGE)
            .and_then(|age| age.to_str().ok()?.trim().parse().ok());
        date.checked_add(Duration::from_secs(kept.unwrap_or_default()))
    }
}
