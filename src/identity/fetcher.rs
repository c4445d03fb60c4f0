//! Fetches documents of issuers and hosts.

use std::time::Duration;

use reqwest::{
    RequestBuilder,
    header::{ACCEPT, COOKIE, HeaderValue},
    redirect::Policy,
};
use rustls::ClientConfig;
use url::Url;

/// How long one fetch may take.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// The most bytes that are read of a document of the issuer.
const MAX_BODY: usize = 256 * 1024;

/// Fetches documents of issuers and hosts: no redirects, no proxies of the environment, bounded in time and size.
#[derive(Debug, Clone)]
pub struct Fetcher(reqwest::Client);

/// Why there is no document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoDocument {
    Unreachable,
    NotFound,
    TooLarge,
}

impl Fetcher {
    /// Makes a fetcher. It keeps no connections: workers with runtimes of their own share it.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(tls: ClientConfig) -> Result<Self, reqwest::Error> {
        reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(Policy::none())
            .no_proxy()
            .retry(reqwest::retry::never())
            .pool_max_idle_per_host(0)
            .timeout(FETCH_TIMEOUT)
            .user_agent(concat!("empego-gateway/", env!("CARGO_PKG_VERSION")))
            .build()
            .map(Self)
    }

    /// The body of a 200; none of anything else.
    pub(super) async fn get_with_cookie(&self, url: Url, cookie: HeaderValue) -> Option<Vec<u8>> {
        let request = self
            .0
            .get(url)
            .header(COOKIE, cookie)
            .header(ACCEPT, "application/json");
        Self::body_of(request).await.ok()
    }

    /// The body of a 200.
    pub(super) async fn get(&self, url: Url) -> Result<Vec<u8>, NoDocument> {
        Self::body_of(self.0.get(url)).await
    }

    async fn body_of(request: RequestBuilder) -> Result<Vec<u8>, NoDocument> {
        let response = request
            .send()
            .await
            .map_err(|_text_has_the_url| NoDocument::Unreachable)?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(NoDocument::NotFound);
        }
        let mut response = response;
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|_text_has_the_url| NoDocument::Unreachable)?
        {
            if body.len() + chunk.len() > MAX_BODY {
                return Err(NoDocument::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}
