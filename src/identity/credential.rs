//! Reads the one credential of a request. Pure.

use domain::{host_key::KeyDigest, reason::Reason};
use secrecy::SecretString;

use super::key::digest;

/// The most bytes a host key may have: the gateway hashes no more for an unknown caller.
const MAX_KEY: usize = 512;

/// What a request proves itself with. Of a host key only the digest is kept.
#[derive(Debug)]
pub enum Credential {
    /// A host key.
    Key(KeyDigest),
    /// A JSON web token, not looked at yet.
    Token(SecretString),
}

impl Credential {
    /// Reads the credential from every value of `Api-Key` and of `Authorization`. Exactly one header, once, or there is
    /// none: two that agree are refused like two that do not, since it is unclear which one another server read. Its
    /// length is bounded only by the limit of a request's head: a token names every group of its clinician.
    ///
    /// # Errors
    /// [`Reason::NoCredential`]; [`Reason::TwoCredentials`]; [`Reason::TokenMalformed`] for something after `Bearer` that is
    /// neither key nor token.
    pub fn read(api_key: &[&[u8]], authorization: &[&[u8]]) -> Result<Self, Reason> {
        match (api_key, authorization) {
            ([key], []) => Self::of_key(key).ok_or(Reason::NoCredential),
            ([], [value]) => {
                let value = bearer(value).ok_or(Reason::NoCredential)?;
                let credential = Self::of_key(value).or_else(|| Self::of_token(value));
                credential.ok_or(if value.contains(&b'.') {
                    Reason::TokenMalformed
                } else {
                    Reason::NoCredential
                })
            }
            ([], []) => Err(Reason::NoCredential),
            _several => Err(Reason::TwoCredentials),
        }
    }

    /// A credential without dots is a host key.
    fn of_key(key: &[u8]) -> Option<Self> {
        let fits = (1..=MAX_KEY).contains(&key.len());
        let is_key = fits && key.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'.');
        is_key.then(|| Self::Key(digest(key)))
    }

    /// Three parts of base64url, joined by dots.
    pub(super) fn of_token(token: &[u8]) -> Option<Self> {
        let is_part = |part: &[u8]| {
            part.iter()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        let parts = token.split(|byte| *byte == b'.');
        let is_token = parts.clone().count() == 3 && parts.clone().all(is_part);
        let text = std::str::from_utf8(token).ok().filter(|_| is_token)?;
        Some(Self::Token(text.into()))
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
            (&[], &[b"Bearer a.b.c"], true, "a token"),
            (&[], &[b"Bearer a.b"], false, "two parts"),
            (&[], &[b"Bearer a.b.c.d"], false, "four parts"),
            (&[], &[b"Bearer a.b.c=="], false, "padding"),
            (&[], &[b"Basic egw_key"], false, "another scheme"),
            (&[], &[b"Beareregw_key"], false, "no space"),
            (&[], &[b"Bearer  egw_key"], false, "two spaces"),
            (&[], &[b"Bearer egw_key, Bearer egw_key"], false, "joined by a comma"),
            (&[b"k\xc3\xa9y"], &[], false, "not ASCII"),
            (&[&[b'a'; 513]], &[], false, "too long to be worth hashing"),
        ];
        for (api_key, authorization, counts, reason) in rows {
            assert_eq!(Credential::read(api_key, authorization).is_ok(), *counts, "{reason}");
        }
    }
}
