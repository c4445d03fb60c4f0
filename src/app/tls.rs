//! What both listeners encrypt with, for as long as the process runs: replaced as a whole when its files change.

use std::sync::Arc;

use arc_swap::ArcSwap;
use jiff::Timestamp;

use crate::{config::TlsConfig, http::SharedTls};

/// The certificate in force, as each listener presents it. A clone is the same.
#[derive(Debug, Clone)]
pub(super) struct Tls {
    pub(super) public: SharedTls,
    pub(super) admin: SharedTls,
    expires: Arc<ArcSwap<Timestamp>>,
}

impl Tls {
    /// The one of a configuration.
    pub(super) fn new(config: &TlsConfig) -> Self {
        Self {
            public: Arc::new(ArcSwap::new(Arc::clone(&config.public))),
            admin: Arc::new(ArcSwap::new(Arc::clone(&config.admin))),
            expires: Arc::new(ArcSwap::from_pointee(config.expires)),
        }
    }

    /// Puts another one in force, for connections from now on. Sessions that clients could resume end with the one before, so
    /// that an authority that is no longer trusted, or a certificate that was revoked, is not accepted for another hour.
    pub(super) fn replace(&self, config: &TlsConfig) {
        self.public.store(Arc::clone(&config.public));
        self.admin.store(Arc::clone(&config.admin));
        self.expires.store(Arc::new(config.expires));
    }

    /// How many seconds the certificate is valid for; negative once it has expired.
    pub(super) fn expires_in(&self, now: Timestamp) -> f64 {
        now.duration_until(**self.expires.load()).as_secs_f64()
    }
}
