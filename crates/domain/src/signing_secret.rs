//! Secrets that events are signed with, in the form of Standard Webhooks.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// How such a secret begins.
const PREFIX: &str = "whsec_";

/// The key in one of them. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(Vec<u8>);

impl SigningSecret {
    /// Reads `whsec_` and 16 to 96 bytes in base64. Standard Webhooks wants 24 to 64; what Junction makes is not documented.
    ///
    /// # Errors
    /// What is wrong with it, without the value: the end of a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let key = text
            .trim()
            .strip_prefix(PREFIX)
            .and_then(|key| STANDARD.decode(key).ok());
        key.filter(|key| (16..=96).contains(&key.len()))
            .map(Self)
            .ok_or_else(|| "must be whsec_ followed by 16 to 96 bytes in base64".to_owned())
    }

    /// Of this key.
    #[must_use]
    pub fn of(key: [u8; 32]) -> Self {
        Self(key.into())
    }

    /// As it is written, which shows it.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// The key itself.
    #[must_use]
    pub fn key(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SigningSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_base64_behind_its_prefix() {
        let rows = [
            ("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", true, "24 bytes"),
            ("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD\n", true, "a line of a file"),
            ("C2FVsBQIhrscChlQIMV+b5sSYspob7oD", false, "no prefix"),
            ("whsec_", false, "no bytes"),
            ("whsec_c2hvcnQ=", false, "too few bytes"),
            ("whsec_C2FVsBQIhrscChlQIMV-b5sSYspob7oD", false, "another alphabet"),
        ];
        for (text, is_read, reason) in rows {
            assert_eq!(SigningSecret::parse(text).is_ok(), is_read, "{reason}");
        }
        let text = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
        let secret = SigningSecret::parse(text).unwrap();
        assert_eq!(secret.to_text(), text);
        let own = SigningSecret::of([7; 32]);
        assert_eq!(SigningSecret::parse(&own.to_text()), Ok(own));
        assert_eq!(
            (secret.key().len(), format!("{secret:?}").as_str()),
            (24, "SigningSecret(…)")
        );
    }
}
