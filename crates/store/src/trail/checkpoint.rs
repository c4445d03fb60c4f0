//! Signatures of the chain so far. The key that signs is replaced each hour and then gone: an intruder who comes later cannot sign
//! an earlier part of the chain anew.

use aws_lc_rs::{
    error::Unspecified,
    signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey},
};
use domain::audit::{Checkpoint, Genesis, Head};
use jiff::{SignedDuration, Timestamp};
use rustls_pki_types::{PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer, pem::PemObject as _};
use uuid::Uuid;

/// How long one key signs.
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// What every public key of Ed25519 begins with, in DER.
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// Signs the checkpoints of one chain.
#[derive(Debug)]
pub(super) struct Signer {
    key: Ed25519KeyPair,
    since: Timestamp,
}

impl Signer {
    pub(super) fn new(now: Timestamp) -> Result<Self, Unspecified> {
        Ok(Self {
            key: Ed25519KeyPair::generate()?,
            since: now,
        })
    }

    /// The key that checks what is signed from here on, in hexadecimal.
    pub(super) fn public(&self) -> String {
        hex::encode(self.key.public_key().as_ref())
    }

    /// Signs where the chain is. If it is time for another key, that one signs from there on, once this is kept.
    pub(super) fn checkpoint(&self, origin: &str, head: Head, count: u64, at: Timestamp) -> (Checkpoint, Option<Self>) {
        let is_due = at.duration_since(self.since) >= LIFETIME;
        // Without randomness the old key goes on, which is found nowhere but in how long it was used.
        let next = is_due.then(|| Self::new(at).ok()).flatten();
        let mut checkpoint = Checkpoint {
            at,
            origin: origin.to_owned(),
            head,
            count,
            next_key: next.as_ref().map(Self::public),
            signature: String::new(),
        };
        checkpoint.signature = hex::encode(self.key.sign(&message(&checkpoint)));
        (checkpoint, next)
    }
}

/// Whether this key has signed this checkpoint.
pub(super) fn is_signed(checkpoint: &Checkpoint, key: &str) -> bool {
    is_signed_by(key, &message(checkpoint), &checkpoint.signature)
}

fn is_signed_by(key: &str, message: &[u8], signature: &str) -> bool {
    let (Ok(key), Ok(signature)) = (hex::decode(key), hex::decode(signature)) else {
        return false;
    };
    UnparsedPublicKey::new(&ED25519, key)
        .verify(message, &signature)
        .is_ok()
}

/// What is signed: everything in it, a line each, so that nothing can be read as something else.
fn message(checkpoint: &Checkpoint) -> Vec<u8> {
    let Checkpoint {
        at,
        origin,
        head,
        count,
        next_key,
        signature: _,
    } = checkpoint;
    let next = next_key.as_deref().unwrap_or("-");
    let Head { chain, seq, hash } = head;
    format!("empego-gateway audit checkpoint 1\n{origin}\n{chain}\n{seq}\n{hash}\n{count}\n{at:.6}\n{next}\n")
        .into_bytes()
}

/// The long-lived key that vouches for the first one of each chain.
#[derive(Debug)]
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// Reads one in PEM, as `openssl genpkey -algorithm ed25519` writes it.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence about the file.
    pub fn from_pem(pem: &[u8]) -> Result<Self, &'static str> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem).map_err(
            |_contents_stay_here| "without a private key in PEM: make one with `openssl genpkey -algorithm ed25519`",
        )?;
        let key = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der()).map_err(
            |_contents_stay_here| "whose key is not Ed25519: make one with `openssl genpkey -algorithm ed25519`",
        )?;
        Ok(Self(key))
    }

    /// Vouches for the first key of a chain.
    pub(super) fn vouch(&self, chain: Uuid, key: &str) -> String {
        hex::encode(self.0.sign(&vouching(chain, key)))
    }
}

/// The public half of a long-lived key, for those who verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey(String);

/// A file that is no public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("has no Ed25519 public key in PEM: write one with `openssl pkey -pubout`")]
pub struct VerifyingKeyFault;

impl VerifyingKey {
    /// Reads one in PEM, as `openssl pkey -pubout` writes it.
    ///
    /// # Errors
    /// [`VerifyingKeyFault`].
    pub fn from_pem(pem: &[u8]) -> Result<Self, VerifyingKeyFault> {
        let der = SubjectPublicKeyInfoDer::from_pem_slice(pem).map_err(|_contents_stay_here| VerifyingKeyFault)?;
        let key = der.strip_prefix(&SPKI).filter(|key| key.len() == 32);
        Ok(Self(hex::encode(key.ok_or(VerifyingKeyFault)?)))
    }

    /// Whether it vouches for a chain's first key.
    pub(super) fn vouches_for(&self, genesis: &Genesis) -> bool {
        let signature = genesis.signature.as_deref().unwrap_or_default();
        is_signed_by(&self.0, &vouching(genesis.chain, &genesis.signing_key), signature)
    }
}

fn vouching(chain: Uuid, key: &str) -> Vec<u8> {
    format!("empego-gateway audit chain 1\n{chain}\n{key}\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(seq: u64) -> Head {
        Head {
            chain: Uuid::from_u128(5),
            seq,
            hash: "ab".repeat(32),
        }
    }

    #[test]
    fn a_key_signs_for_an_hour_and_names_its_successor() {
        let begin: Timestamp = "2026-11-26T14:00:00Z".parse().unwrap();
        let signer = Signer::new(begin).unwrap();
        let first = signer.public();
        let (within, none) = signer.checkpoint("here", head(1), 2, begin + SignedDuration::from_mins(59));
        assert!(none.is_none() && within.next_key.is_none());
        let (last, next) = signer.checkpoint("here", head(3), 4, begin + SignedDuration::from_mins(60));
        let signer = next.unwrap();
        assert_eq!(last.next_key.as_deref(), Some(&*signer.public()));
        let (after, _) = signer.checkpoint("here", head(5), 6, begin + SignedDuration::from_mins(61));
        let rows = [
            (&within, &first, true, "its own key"),
            (&last, &first, true, "the old key signs for the new one"),
            (&after, &first, false, "the old key is no longer in force"),
            (&after, &signer.public(), true, "the new one is"),
            (&within, &signer.public(), false, "and not for what was before it"),
        ];
        for (checkpoint, key, signed, reason) in rows {
            assert_eq!(is_signed(checkpoint, key), signed, "{reason}");
        }
    }

    #[test]
    fn nothing_in_a_checkpoint_can_be_another_one() {
        let at = "2026-11-26T14:00:00Z".parse().unwrap();
        let signer = Signer::new(at).unwrap();
        let (checkpoint, _) = signer.checkpoint("here", head(1), 2, at);
        let key = signer.public();
        assert!(is_signed(&checkpoint, &key));
        let others = [
            Checkpoint {
                origin: "there".to_owned(),
                ..checkpoint.clone()
            },
            Checkpoint {
                head: head(2),
                ..checkpoint.clone()
            },
            Checkpoint {
                count: 3,
                ..checkpoint.clone()
            },
            Checkpoint {
                at: at + SignedDuration::from_secs(1),
                ..checkpoint.clone()
            },
            Checkpoint {
                next_key: Some(key.clone()),
                ..checkpoint.clone()
            },
        ];
        assert!(others.iter().all(|other| !is_signed(other, &key)));
    }
}
