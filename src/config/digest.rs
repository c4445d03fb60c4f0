//! Tells the text of a configuration from others, for those who compare gateways.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// The first six bytes of the SHA-256 of a configuration's text, which holds no secrets. Files and variables that it names are
/// not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfigDigest([u8; 6]);

impl ConfigDigest {
    pub(super) fn of(text: &str) -> Self {
        let mut start = [0; 6];
        for (to, from) in start.iter_mut().zip(Sha256::digest(text)) {
            *to = from;
        }
        Self(start)
    }
}

impl fmt::Display for ConfigDigest {
    /// Twelve hexadecimal digits.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_start_of_what_sha256sum_prints() {
        assert_eq!(ConfigDigest::of("").to_string(), "e3b0c44298fc");
        assert_ne!(ConfigDigest::of("a"), ConfigDigest::of("b"));
    }
}
