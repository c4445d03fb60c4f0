//! Reads the one credential of a request. Pure.

use super::key::digest;
use crate::domain::host_key::KeyDigest;

/// The most bytes a host key may have: nobody hashes more for an unknown caller.
const MAX_KEY: usize = 512;

/// What a request proves itself with. The key itself is gone: only its digest is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A host key.
    Key(KeyDigest),
}

impl Credential {
    /// Reads the credential from every value of `Api-Key` and of `Authorization`. Exactly one header, once, or there
    /// is none: two that agree are refused like two that do not, since it is unclear who else read which.
    #[must_use]
    pub fn read(api_key: &[&[u8]], authorization: &[&[u8]]) -> Option<Self> {
        match (api_key, authorization) {
            ([key], []) => Self::of_key(key),
            ([], [value]) => Self::of_key(bearer(value)?),
            _none_or_several => None,
        }
    }

    /// A credential with dots is a token, and no host takes tokens.
    fn of_key(key: &[u8]) -> Option<Self> {
        let is_key =
            (1..=MAX_KEY).contains(&key.len()) && key.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'.');
        is_key.then(|| Self::Key(digest(key)))
    }
}

/// The token of `Bearer TOKEN`; the scheme's name is read without case (RFC 9110, section 11.1).
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, rest) = value.split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of `Api-Key`, values of `Authorization`, whether they count, and why.
    type Row<'a> = (&'a [&'a [u8]], &'a [&'a [u8]], bool, &'a str);

    #[test]
    fn exactly_one_credential_counts() {
        let key = b"egw_key".as_slice();
        let bearer = b"bearer egw_key".as_slice();
        let rows: &[Row<'_>] = &[
            (&[key], &[], true, "the key"),
            (&[], &[bearer], true, "the key as a bearer token, in any case"),
            (&[], &[], false, "nothing"),
            (&[key, key], &[], false, "the key twice"),
            (&[], &[bearer, bearer], false, "the bearer token twice"),
            (&[key], &[bearer], false, "one of each"),
            (&[b""], &[], false, "an empty key"),
            (&[b"a.b.c"], &[], false, "a token where keys belong"),
            (&[], &[b"Bearer a.b.c"], false, "a token, and no token hosts"),
            (&[], &[b"Basic egw_key"], false, "another scheme"),
            (&[], &[b"Beareregw_key"], false, "no space"),
            (&[], &[b"Bearer  egw_key"], false, "two spaces"),
            (&[], &[b"Bearer egw_key, Bearer egw_key"], false, "joined by a comma"),
            (&[b"k\xc3\xa9y"], &[], false, "not ASCII"),
            (&[&[b'a'; 513]], &[], false, "too long to be worth hashing"),
        ];
        for (api_key, authorization, counts, reason) in rows {
            assert_eq!(Credential::read(api_key, authorization).is_some(), *counts, "{reason}");
        }
    }
}
