//! Makes host keys and their digests.

use aws_lc_rs::digest::SHA256;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::host_key::KeyDigest;
use secrecy::{ExposeSecret as _, SecretString};

/// A new host key: `egw_` and 43 base64url characters, 256 bits of the system's randomness.
#[derive(Debug)]
pub struct HostKey(SecretString);

impl HostKey {
    /// Creates a new, random key.
    ///
    /// # Errors
    /// If the system gives no randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(format!("egw_{}", URL_SAFE_NO_PAD.encode(bytes)).into()))
    }

    /// The key itself: to be shown once.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What the configuration holds of it.
    #[must_use]
    pub fn digest(&self) -> KeyDigest {
        digest(self.expose().as_bytes())
    }
}

/// By a library written for each kind of processor: every request with a host key asks for one.
pub(super) fn digest(key: &[u8]) -> KeyDigest {
    let mut bytes = [0; 32];
    for (to, from) in bytes.iter_mut().zip(aws_lc_rs::digest::digest(&SHA256, key).as_ref()) {
        *to = *from;
    }
    KeyDigest::new(bytes)
}
