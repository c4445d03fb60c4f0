//! What is sent, as far as the HTTP client has to know.

use ::http::{HeaderMap, Method};
use url::Url;

/// One request. Its URL and body may name a person and its headers hold keys: it has no `Debug`.
pub struct Request {
    /// The method.
    pub method: Method,
    /// Where to: https, or http on loopback, or it is not sent.
    pub url: Url,
    /// All headers but the client's own.
    pub headers: HeaderMap,
    /// The body, if there is one.
    pub body: Option<Vec<u8>>,
    /// The most bytes read of the response's body, if that is not the same for all of the sender's.
    pub max_body: Option<usize>,
}

impl Request {
    /// A request without headers and body.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: None,
            max_body: None,
        }
    }
}
