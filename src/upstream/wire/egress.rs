//! How requests leave: whom they trust, and through which proxy they go.

use ::http::HeaderValue;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::egress;
use rustls::ClientConfig;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

/// The way out, the same for all clients.
#[derive(Debug, Clone)]
pub struct Egress {
    pub(super) tls: ClientConfig,
    proxy: Option<Proxy>,
}

#[derive(Debug, Clone)]
struct Proxy {
    proxy: egress::Proxy,
    /// Sensitive, so that it never shows.
    authorization: Option<HeaderValue>,
}

impl Egress {
    /// The way through a proxy, if there is one; its credentials are `user:password`, in visible ASCII.
    #[must_use]
    pub fn new(tls: ClientConfig, proxy: Option<egress::Proxy>, credentials: Option<&SecretString>) -> Self {
        let authorization = credentials.and_then(|credentials| {
            let encoded = STANDARD.encode(credentials.expose_secret());
            let mut value = HeaderValue::from_str(&format!("Basic {encoded}")).ok()?;
            value.set_sensitive(true);
            Some(value)
        });
        Self {
            tls,
            proxy: proxy.map(|proxy| Proxy { proxy, authorization }),
        }
    }

    /// Whether requests to this URL go through the proxy.
    pub(super) fn is_proxied(&self, url: &Url) -> bool {
        self.proxy.as_ref().is_some_and(|proxy| proxy.proxy.is_for(url))
    }

    /// The proxy as the library takes it.
    pub(super) fn for_library(&self) -> Option<reqwest::Proxy> {
        let Proxy { proxy, authorization } = self.proxy.clone()?;
        // Not one of the library's own lists of exceptions: what `check` tells must be what happens.
        let library = reqwest::Proxy::custom(move |url| proxy.is_for(url).then(|| proxy.url().clone()));
        Some(match authorization {
            Some(authorization) => library.custom_http_auth(authorization),
            None => library,
        })
    }
}

impl From<ClientConfig> for Egress {
    /// The way without a proxy.
    fn from(tls: ClientConfig) -> Self {
        Self::new(tls, None, None)
    }
}
