//! What a ticket stands for.

use std::{fmt, sync::Arc};

use secrecy::SecretString;

/// An embed URL, with what ties its opening to its launch. `Debug` shows none of it; the URL is wiped from memory with it.
#[derive(Clone)]
pub struct Content {
    /// Where the browser is sent.
    pub url: SecretString,
    /// The host that launched.
    pub host: Arc<str>,
    /// The launch's request id.
    pub launch: String,
}

impl fmt::Debug for Content {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Content(…)")
    }
}
