//! Whether an event is its sender's, by the rules of Standard Webhooks. The hash is passed in: nothing here knows a library
//! for it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use subtle::ConstantTimeEq as _;

use crate::reason::Reason;

/// How far apart the sender's clock and ours may be, in seconds; after that, an event may be a copy.
const TOLERANCE: u64 = 300;

/// The most bytes of an id.
const MAX_ID: usize = 256;

/// The most digits of a time: enough for some hundred million years.
const MAX_DIGITS: usize = 15;

/// How the names of the three headers begin. Svix sends its own, the standard has others.
const PREFIXES: [&str; 2] = ["svix-", "webhook-"];

/// The one version of a signature that is made with a shared secret.
const VERSION: &str = "v1,";

/// What an event says about itself: none of it is believed before the signature is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed<'a> {
    id: &'a str,
    timestamp: &'a str,
    signatures: &'a str,
}

impl<'a> Signed<'a> {
    /// Finds the id, the time and the signatures among all headers, whose names are in lower case.
    ///
    /// # Errors
    /// [`Reason::WebhookUnsigned`] unless each is there once, in ASCII; with one of Svix's, all are Svix's.
    pub fn find(headers: &[(&'a str, &'a [u8])]) -> Result<Self, Reason> {
        let [svix, standard] = PREFIXES;
        let is_svix = headers.iter().any(|(name, _)| name.starts_with(svix));
        let prefix = if is_svix { svix } else { standard };
        let only = |name: &str| {
            let mut values = headers
                .iter()
                .filter(|(header, _)| header.strip_prefix(prefix) == Some(name))
                .map(|(_, value)| *value);
            match (values.next(), values.next()) {
                (Some(value), None) if value.is_ascii() => str::from_utf8(value).ok(),
                (Some(_) | None, _) => None,
            }
        };
        let found = || {
            Some(Self {
                id: only("id").filter(|id| is_id(id))?,
                timestamp: only("timestamp")?,
                signatures: only("signature")?,
            })
        };
        found().ok_or(Reason::WebhookUnsigned)
    }

    /// The id, which all attempts to deliver one event share.
    #[must_use]
    pub const fn id(&self) -> &'a str {
        self.id
    }

    /// Checks the time, and that one of the signatures is of these very bytes with one of these keys. Others are ignored: a
    /// sender that changes its secret signs with both, and versions are added.
    ///
    /// `mac` is HMAC-SHA256 of all its parts, one after the other.
    ///
    /// # Errors
    /// [`Reason::WebhookUnsigned`], [`Reason::WebhookOutOfTime`], [`Reason::WebhookSignatureWrong`].
    pub fn check(
        &self,
        body: &[u8],
        keys: &[&[u8]],
        now: Timestamp,
        mac: impl Fn(&[u8], &[&[u8]]) -> [u8; 32],
    ) -> Result<(), Reason> {
        let signed_at = seconds(self.timestamp).ok_or(Reason::WebhookUnsigned)?;
        if now.as_second().abs_diff(signed_at) > TOLERANCE {
            return Err(Reason::WebhookOutOfTime);
        }
        let signatures: Vec<_> = self
            .signatures
            .split(' ')
            .filter_map(|signature| STANDARD.decode(signature.strip_prefix(VERSION)?).ok())
            .collect();
        let parts = [self.id.as_bytes(), b".", self.timestamp.as_bytes(), b".", body];
        let mut is_signed = false;
        for key in keys {
            let expected = mac(key, &parts);
            for signature in &signatures {
                is_signed |= bool::from(expected.as_slice().ct_eq(signature));
            }
        }
        if is_signed {
            Ok(())
        } else {
            Err(Reason::WebhookSignatureWrong)
        }
    }
}

/// Visible characters, and no full stop: what is signed is joined with full stops, and must be taken apart in one way only.
fn is_id(text: &str) -> bool {
    (1..=MAX_ID).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'.')
}

/// Seconds since 1970 in digits, and in no other way to write a number.
fn seconds(text: &str) -> Option<i64> {
    let is_number = (1..=MAX_DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
