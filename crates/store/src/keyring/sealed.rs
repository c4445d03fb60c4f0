//! Names, sealed so that only who has the key can open them, and only in the record that they were sealed for.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    error::Unspecified,
    rand,
};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use uuid::Uuid;

/// How long a tag of AES-GCM is, in bytes.
const TAG_LEN: usize = 16;

/// Seals and opens for one chain.
#[derive(Clone)]
pub struct Sealer {
    key: Arc<LessSafeKey>,
    chain: Uuid,
}

/// What was sealed cannot be opened: it was sealed with another key, for another record, or it was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what is sealed here cannot be opened with this key")]
pub struct Unsealable;

impl fmt::Debug for Sealer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sealer(…)")
    }
}

impl Sealer {
    pub(super) fn new(key: &[u8; 32], chain: Uuid) -> Self {
        #[expect(clippy::expect_used, reason = "AES-256 takes any 32 bytes")]
        let key = UnboundKey::new(&AES_256_GCM, key).expect("a key of 32 bytes");
        Self {
            key: Arc::new(LessSafeKey::new(key)),
            chain,
        }
    }

    /// Seals what only this tenant's record of this request may have. In base64, without padding.
    ///
    /// # Errors
    /// If the operating system has no randomness.
    pub fn seal(&self, tenant: &str, request: &str, clear: &[u8]) -> Result<String, Unspecified> {
        // Never made ahead: a machine that is resumed from a snapshot would use those that were left a second time.
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce)?;
        let mut sealed = Vec::with_capacity(NONCE_LEN + clear.len() + TAG_LEN);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(clear);
        let additional = Aad::from(self.additional(tenant, request));
        let (_, text) = sealed.split_first_chunk_mut::<NONCE_LEN>().ok_or(Unspecified)?;
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self.key.seal_in_place_separate_tag(nonce, additional, text)?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(STANDARD_NO_PAD.encode(sealed))
    }

    /// Opens what was sealed for this record.
    ///
    /// # Errors
    /// [`Unsealable`].
    pub fn open(&self, tenant: &str, request: &str, sealed: &str) -> Result<Vec<u8>, Unsealable> {
        let sealed = STANDARD_NO_PAD.decode(sealed).map_err(|_not_base64| Unsealable)?;
        let (nonce, text) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(Unsealable)?;
        let mut text = text.to_vec();
        let additional = Aad::from(self.additional(tenant, request));
        let opened = self
            .key
            .open_in_place(Nonce::assume_unique_for_key(*nonce), additional, &mut text);
        let length = opened.map_err(|_unspecified| Unsealable)?.len();
        text.truncate(length);
        Ok(text)
    }

    fn additional(&self, tenant: &str, request: &str) -> Vec<u8> {
        [
            self.chain.as_bytes().as_slice(),
            tenant.as_bytes(),
            b"\0",
            request.as_bytes(),
        ]
        .concat()
    }
}
