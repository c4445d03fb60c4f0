//! The key with which a host says which order a request is about, however often it sends it.

use std::fmt;

use crate::fault::Fault;

/// The name of the header that it comes in.
pub const HEADER: &str = "idempotency-key";

/// The longest key, in characters.
const MAX: usize = 255;

/// A host's key for one order: 1 to 255 visible ASCII characters. `Debug` does not show it: it may be made of anything.
#[derive(Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Reads the values of the header; none if it was not sent.
    ///
    /// # Errors
    /// The rule that they break.
    pub fn read(values: &[&[u8]]) -> Result<Option<Self>, Fault> {
        let value = match values {
            [] => return Ok(None),
            [only] => *only,
            [_, _, ..] => return Err(Fault::Repeated),
        };
        let text = std::str::from_utf8(value).map_err(|_not_text| Fault::NotUtf8)?;
        match text.len() {
            0 => Err(Fault::Empty),
            1..=MAX if text.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(Some(Self(text.to_owned()))),
            1..=MAX => Err(Fault::Malformed("1 to 255 visible ASCII characters, such as a UUID")),
            _ => Err(Fault::TooLong(MAX)),
        }
    }
}

impl AsRef<str> for IdempotencyKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("IdempotencyKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The header's values, whether a key is read from them if they are good, and what they are an example of.
    type Row<'a> = (&'a [&'a [u8]], Option<bool>, &'a str);

    #[test]
    fn a_key_is_visible_ascii_and_sent_once() {
        let long = vec![b'k'; 256];
        let rows: [Row<'_>; 8] = [
            (&[], Some(false), "not sent"),
            (&[b"5f0c1d2e-7a41-4b7b-9d52-1d1f9b8f6a10"], Some(true), "a UUID"),
            (&[b"order:2026/11/26#1"], Some(true), "any visible characters"),
            (&[&long[1..]], Some(true), "the longest"),
            (&[&long], None, "one too many"),
            (&[b""], None, "empty"),
            (&[b"two words"], None, "a space"),
            (&[b"a", b"a"], None, "twice"),
        ];
        for (values, expected, reason) in rows {
            let read = IdempotencyKey::read(values).ok().map(|key| key.is_some());
            assert_eq!(read, expected, "{reason}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_key_or_refused(value in prop::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(Some(key)) = IdempotencyKey::read(&[&value]) {
                prop_assert_eq!(key.as_ref().as_bytes(), &value);
            }
        }
    }
}
