//! Secrets that events are signed with, in the form of Standard Webhooks.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret as _, SecretSlice};

use super::{error::Mistakes, secret::optional_secret_of, section::Section, source::Source};

/// How such a secret begins.
const PREFIX: &str = "whsec_";

/// The key in one of them. `Debug` does not show it.
#[derive(Debug, Clone)]
pub struct SigningSecret(SecretSlice<u8>);

impl SigningSecret {
    /// Reads `whsec_` and 16 to 96 bytes in base64: Standard Webhooks wants 24 to 64, and others than this gateway make some.
    ///
    /// # Errors
    /// What is wrong with it, without the value.
    pub fn parse(text: &str) -> Result<Self, String> {
        let key = text.strip_prefix(PREFIX).and_then(|key| STANDARD.decode(key).ok());
        key.filter(|key| (16..=96).contains(&key.len()))
            .map(|key| Self(key.into()))
            .ok_or_else(|| "must be whsec_ followed by 16 to 96 bytes in base64".to_owned())
    }

    /// The key itself.
    #[must_use]
    pub fn key(&self) -> &[u8] {
        self.0.expose_secret()
    }
}

/// The secret in force, and a second one while the two are exchanged: `secret_file` and `second_secret_file`, or the same from
/// variables.
pub(super) fn signing_secrets(section: &mut Section, source: &Source, mistakes: &mut Mistakes) -> Vec<SigningSecret> {
    let mut secret = |name| {
        optional_secret_of(
            section,
            name,
            |text| SigningSecret::parse(text.trim()),
            source,
            mistakes,
        )
    };
    let secrets = [secret("secret"), secret("second_secret")];
    secrets.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_base64_behind_its_prefix() {
        let rows = [
            ("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", true, "24 bytes"),
            ("C2FVsBQIhrscChlQIMV+b5sSYspob7oD", false, "no prefix"),
            ("whsec_", false, "no bytes"),
            ("whsec_c2hvcnQ=", false, "too few bytes"),
            ("whsec_C2FVsBQIhrscChlQIMV-b5sSYspob7oD", false, "another alphabet"),
        ];
        for (text, is_read, reason) in rows {
            assert_eq!(SigningSecret::parse(text).is_ok(), is_read, "{reason}");
        }
        let secret = SigningSecret::parse("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap();
        assert_eq!(secret.key().len(), 24);
        assert!(!format!("{secret:?}").contains("97"));
    }
}
