//! Which host a key belongs to.

use std::collections::HashMap;

use domain::host_key::KeyDigest;

/// The digests of all host keys, each with its host's place in the caller's list.
#[derive(Debug, Default)]
pub struct HostKeys {
    by_digest: HashMap<[u8; 32], (KeyDigest, usize)>,
}

impl HostKeys {
    /// Adds a key of the host at this place.
    pub fn insert(&mut self, digest: KeyDigest, host: usize) {
        self.by_digest.insert(*digest.as_bytes(), (digest, host));
    }

    /// The host whose key has this digest. The map finds the only candidate; whether it is the one is compared in
    /// constant time.
    #[must_use]
    pub fn host_of(&self, digest: KeyDigest) -> Option<usize> {
        let (stored, host) = self.by_digest.get(digest.as_bytes())?;
        (*stored == digest).then_some(*host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::HostKey;

    #[test]
    fn a_key_finds_its_own_host_and_no_other() {
        let (first, second, stranger) = (
            HostKey::generate().unwrap().digest(),
            HostKey::generate().unwrap().digest(),
            HostKey::generate().unwrap().digest(),
        );
        let mut keys = HostKeys::default();
        keys.insert(first, 0);
        keys.insert(second, 1);
        assert_eq!(
            [first, second, stranger].map(|key| keys.host_of(key)),
            [Some(0), Some(1), None]
        );
    }

    #[test]
    fn a_key_has_its_documented_form() {
        let key = HostKey::generate().unwrap();
        let tail = key.expose().strip_prefix("egw_").unwrap();
        assert_eq!(tail.len(), 43);
        assert!(
            tail.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        );
        assert!(!format!("{key:?}").contains(tail));
    }
}
