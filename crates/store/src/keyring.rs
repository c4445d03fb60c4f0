//! The keys that pseudonyms are made with, and that names are sealed with. With them, every person in the
//! trail can be found and named; without them, none can.

mod file;
mod sealed;

pub use file::{KeyringFault, generate, is_id};
pub use sealed::{Sealer, Unsealable};

use std::fmt;

use aws_lc_rs::hkdf;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// How long a pseudonym is, in bytes: of 2⁶⁴ persons, two would share one.
const PSEUDONYM_BYTES: usize = 16;

/// The keys, the current one first.
#[derive(Debug, Clone)]
pub struct Keyring {
    current: Key,
    older: Vec<Key>,
}

/// One key, by its id. Only what is derived from it is kept.
#[derive(Clone)]
pub struct Key {
    id: String,
    derive: hkdf::Prk,
    /// Not of aws-lc: it copies, wipes and allocates more for a name than it hashes of it.
    find: Hmac<Sha256>,
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Key({})", self.id)
    }
}

impl Keyring {
    /// The key that new records are made with.
    #[must_use]
    pub const fn current(&self) -> &Key {
        &self.current
    }

    /// Every key, the current one first: what is searched for has a pseudonym under each.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.current).chain(&self.older)
    }

    /// The key with this id, if it was not destroyed.
    #[must_use]
    pub fn key(&self, id: &str) -> Option<&Key> {
        self.keys().find(|key| key.id == id)
    }

    /// The ids, the current one first.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.keys().map(|key| key.id.clone()).collect()
    }
}

impl Key {
    /// A key of so many bytes under this id.
    #[must_use]
    pub fn new(id: &str, secret: &[u8; 32]) -> Self {
        let derive = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(secret);
        let find = hmac(&subkey(&derive, &[b"empego-gateway find v1"]));
        Self {
            id: id.to_owned(),
            derive,
            find,
        }
    }

    /// Its id, which records name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What stands for a value of this kind at this tenant. The same patient at two tenants has two that have nothing in
    /// common.
    #[must_use]
    pub fn pseudonym(&self, kind: &str, tenant: &str, value: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.pseudonym_bytes(kind, tenant, value))
    }

    /// The same as bytes, for a column of a database.
    #[must_use]
    pub fn pseudonym_bytes(&self, kind: &str, tenant: &str, value: &str) -> [u8; PSEUDONYM_BYTES] {
        let mut mac = self.find.clone();
        for part in [kind, "\0", tenant, "\0", value] {
            mac.update(part.as_bytes());
        }
        let tag = mac.finalize().into_bytes();
        let mut pseudonym = [0; PSEUDONYM_BYTES];
        for (to, from) in pseudonym.iter_mut().zip(tag) {
            *to = from;
        }
        pseudonym
    }

    /// What seals the names in one chain's records. Each chain has a key of its own, so that the bound on random nonces counts
    /// for each start of a process.
    #[must_use]
    pub fn sealer(&self, chain: uuid::Uuid) -> Sealer {
        Sealer::new(
            &subkey(&self.derive, &[b"empego-gateway seal v1", chain.as_bytes()]),
            chain,
        )
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes any key")]
fn hmac(key: &[u8; 32]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("a key of 32 bytes")
}

fn subkey(derive: &hkdf::Prk, info: &[&[u8]]) -> [u8; 32] {
    let mut subkey = [0; 32];
    let derived = derive.expand(info, hkdf::HKDF_SHA256);
    #[expect(
        clippy::expect_used,
        reason = "HKDF fails for more than 255 hashes' worth of key, and this is one"
    )]
    derived
        .and_then(|okm| okm.fill(&mut subkey))
        .expect("a key as long as one hash");
    subkey
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(id: &str, byte: u8) -> Key {
        Key::new(id, &[byte; 32])
    }

    #[test]
    fn a_pseudonym_is_22_characters_and_depends_on_kind_tenant_value_and_key() {
        let pseudonym = key("k1", 1).pseudonym("patient", "downtown", "patient123");
        assert_eq!(pseudonym.len(), 22);
        assert_eq!(
            pseudonym,
            key("another id", 1).pseudonym("patient", "downtown", "patient123")
        );
        let others = [
            key("k1", 2).pseudonym("patient", "downtown", "patient123"),
            key("k1", 1).pseudonym("clinician", "downtown", "patient123"),
            key("k1", 1).pseudonym("patient", "uptown", "patient123"),
            key("k1", 1).pseudonym("patient", "downtown", "patient124"),
        ];
        assert!(others.iter().all(|other| *other != pseudonym));
    }

    #[test]
    fn pseudonyms_are_what_they_were_when_trails_of_before_were_written() {
        let key = key("k1", 1);
        let bytes = key.pseudonym_bytes("patient", "downtown", "patient123");
        let find = aws_lc_rs::hmac::Key::new(
            aws_lc_rs::hmac::HMAC_SHA256,
            &subkey(&key.derive, &[b"empego-gateway find v1"]),
        );
        let tag = aws_lc_rs::hmac::sign(&find, b"patient\0downtown\0patient123");
        assert_eq!(bytes, tag.as_ref()[..PSEUDONYM_BYTES]);
    }

    #[test]
    fn no_key_is_shown() {
        let ring = Keyring {
            current: key("k2", 0xaa),
            older: vec![key("k1", 0xaa)],
        };
        assert_eq!(format!("{ring:?}"), "Keyring { current: Key(k2), older: [Key(k1)] }");
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_only_in_its_own_record(
            names in "\\PC{0,80}", tenant in "[a-z]{1,10}", id in "[0-9a-f-]{36}", other in "[0-9a-f-]{36}",
        ) {
            let chain = uuid::Uuid::from_u128(5);
            let sealer = key("k1", 1).sealer(chain);
            let sealed = sealer.seal(&tenant, &id, names.as_bytes()).unwrap();
            let opened = sealer.open(&tenant, &id, &sealed).unwrap();
            prop_assert_eq!(opened, names.as_bytes());
            prop_assume!(id != other);
            prop_assert!(sealer.open(&tenant, &other, &sealed).is_err());
            prop_assert!(key("k1", 1).sealer(uuid::Uuid::from_u128(6)).open(&tenant, &id, &sealed).is_err());
            prop_assert!(key("k1", 2).sealer(chain).open(&tenant, &id, &sealed).is_err());
        }
    }
}
