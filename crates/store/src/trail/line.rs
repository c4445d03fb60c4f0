//! One line: a record, its number, the hash of the line before it and its own. What is hashed are the line's bytes as they
//! stand, so there is nothing to agree on about how JSON is written.

use std::io::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use domain::audit::{Event, Head};
use uuid::Uuid;

/// SHA-256.
pub(super) type Hash = [u8; 32];

/// What stands in the place of a hash before the first line.
pub(super) const NOTHING: Hash = [0; 32];

const BEFORE_SEQ: &str = "{\"seq\":";
const BEFORE_PREV: &str = ",\"prev\":\"";
const BEFORE_EVENT: &str = "\",\"event\":";
const BEFORE_HASH: &str = ",\"hash\":\"";
const END: &str = "\"}\n";

/// A record in its place, ready to be written.
#[derive(Debug, Clone)]
pub struct Linked {
    /// Its number in the chain.
    pub seq: u64,
    /// The hash of its line.
    pub hash: Hash,
    /// The line, its end included.
    pub bytes: Vec<u8>,
    /// What it says.
    pub event: Event,
}

impl Linked {
    /// Puts a record after the line with the hash `prev`.
    #[must_use]
    pub(super) fn new(seq: u64, prev: &Hash, event: Event) -> Self {
        let mut bytes = Vec::with_capacity(1024);
        bytes.extend_from_slice(BEFORE_SEQ.as_bytes());
        // Memory takes every byte.
        let _cannot_fail = write!(bytes, "{seq}");
        bytes.extend_from_slice(BEFORE_PREV.as_bytes());
        push_hex(&mut bytes, prev);
        bytes.extend_from_slice(BEFORE_EVENT.as_bytes());
        event.write_json(&mut bytes);
        let hash = hash_of(&bytes);
        bytes.extend_from_slice(BEFORE_HASH.as_bytes());
        push_hex(&mut bytes, &hash);
        bytes.extend_from_slice(END.as_bytes());
        Self {
            seq,
            hash,
            bytes,
            event,
        }
    }

    /// Its place.
    #[must_use]
    pub fn head(&self, chain: Uuid) -> Head {
        Head {
            chain,
            seq: self.seq,
            hash: hex::encode(self.hash),
        }
    }
}

/// A line that was read back. Its hash is the one that it states, until [`Line::is_unchanged`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its number.
    pub seq: u64,
    /// The hash that it states of the line before it.
    pub prev: Hash,
    /// The record, in JSON.
    pub event: &'a [u8],
    /// The hash that it states of itself.
    pub hash: Hash,
    hashed: &'a [u8],
}

impl<'a> Line<'a> {
    /// Takes a line apart, its end included. Nothing, if it is written in any other way than ours.
    #[must_use]
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let ended = bytes.strip_suffix(END.as_bytes())?;
        let (before, hash) = ended.split_at_checked(ended.len().checked_sub(64)?)?;
        let hashed = before.strip_suffix(BEFORE_HASH.as_bytes())?;
        let rest = hashed.strip_prefix(BEFORE_SEQ.as_bytes())?;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = rest.split_at_checked(digits)?;
        let (prev, rest) = rest.strip_prefix(BEFORE_PREV.as_bytes())?.split_at_checked(64)?;
        let seq: u64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
        // A zero in front would be another way to write the same number.
        if digits.len() > 1 && digits.starts_with(b"0") {
            return None;
        }
        Some(Self {
            seq,
            prev: unhex(prev)?,
            event: rest.strip_prefix(BEFORE_EVENT.as_bytes())?,
            hash: unhex(hash)?,
            hashed,
        })
    }

    /// Whether it is as it was when its hash was computed.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        hash_of(self.hashed) == self.hash
    }

    /// Its place.
    #[must_use]
    pub fn head(&self, chain: Uuid) -> Head {
        Head {
            chain,
            seq: self.seq,
            hash: hex::encode(self.hash),
        }
    }
}

/// Not with the crate `sha2`: where a processor has no instructions for it, this takes half as many.
fn hash_of(bytes: &[u8]) -> Hash {
    let mut hash = NOTHING;
    for (to, from) in hash.iter_mut().zip(digest(&SHA256, bytes).as_ref()) {
        *to = *from;
    }
    hash
}

fn push_hex(bytes: &mut Vec<u8>, hash: &Hash) {
    let mut text = [0; 64];
    // 32 bytes are 64 digits.
    let _fits = hex::encode_to_slice(hash, &mut text);
    bytes.extend_from_slice(&text);
}

/// Lower-case digits alone: each hash is written in one way.
fn unhex(text: &[u8]) -> Option<Hash> {
    if text.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    let mut hash = NOTHING;
    hex::decode_to_slice(text, &mut hash).ok()?;
    Some(hash)
}

/// A hash as others write it.
#[must_use]
pub(super) fn hash_of_hex(text: &str) -> Option<Hash> {
    unhex(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use domain::audit::Stop;
    use proptest::prelude::*;

    use super::*;

    fn linked() -> Linked {
        let at = "2026-11-26T14:42:57Z".parse().unwrap();
        Linked::new(18442, &[7; 32], Event::Stop(Stop { at }))
    }

    #[test]
    fn a_line_reads_back_and_shows_its_place() {
        let linked = linked();
        let line = Line::read(&linked.bytes).unwrap();
        assert_eq!((line.seq, line.prev, line.hash), (18442, [7; 32], linked.hash));
        assert!(line.is_unchanged());
        assert_eq!(Event::from_json(line.event).unwrap(), linked.event);
        let text = String::from_utf8(linked.bytes).unwrap();
        let begin = "{\"seq\":18442,\"prev\":\"0707";
        assert!(text.starts_with(begin) && text.ends_with("\"}\n"), "{text}");
    }

    #[test]
    fn no_byte_of_a_line_can_be_another_one() {
        let linked = linked();
        for at in 0..linked.bytes.len() {
            for bit in 0..8 {
                let mut changed = linked.bytes.clone();
                changed[at] ^= 1 << bit;
                let found = Line::read(&changed).is_none_or(|line| !line.is_unchanged() || line.hash != linked.hash);
                assert!(found, "byte {at}, bit {bit}");
            }
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_read_as_a_line_brings_it_down(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _either_way = Line::read(&bytes);
        }
    }
}
