//! Certificates that callers prove themselves with, beside their key: a stolen key alone is then worth nothing.

use std::fmt;

/// What a host's certificate must be.
#[derive(Clone, PartialEq, Eq)]
pub enum ExpectedCertificate {
    /// It has this public key: SHA-256 of the `SubjectPublicKeyInfo`, which a renewal may keep.
    Key([u8; 32]),
    /// It has this DNS name, in lower case, which no other certificate of the same authority may have.
    Name(String),
}

/// What a certificate says whose owner proved to have its key. Its chain leads to an authority that is trusted for clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentedCertificate {
    /// SHA-256 of the `SubjectPublicKeyInfo`.
    pub key: [u8; 32],
    /// The DNS names among its subject's alternative names.
    pub names: Vec<String>,
}

impl ExpectedCertificate {
    /// Reads `dns:` and a name, or a digest of 64 hexadecimal digits.
    ///
    /// # Errors
    /// What is wrong with it, for the person who wrote the setting.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str = "must be SHA-256 of the certificate's public key (SubjectPublicKeyInfo) as 64 hexadecimal digits, or a \
                                name of it such as dns:ehr.example";
        if let Some(name) = text.strip_prefix("dns:") {
            let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
            let is_name = (1..=253).contains(&name.len()) && name.bytes().all(fits) && !name.starts_with('.');
            return if is_name {
                Ok(Self::Name(name.to_owned()))
            } else {
                Err("must be a whole DNS name in lower case after dns:, without a wildcard")
            };
        }
        let mut digest = [0; 32];
        hex::decode_to_slice(text, &mut digest).map_err(|_the_setting_is_named| EXPECTED)?;
        Ok(Self::Key(digest))
    }

    /// Whether this is such a certificate.
    #[must_use]
    pub fn is(&self, presented: &PresentedCertificate) -> bool {
        match self {
            Self::Key(key) => *key == presented.key,
            Self::Name(name) => presented.names.iter().any(|named| named.eq_ignore_ascii_case(name)),
        }
    }
}

impl fmt::Debug for ExpectedCertificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => formatter.write_str(&hex::encode(key)),
            Self::Name(name) => write!(formatter, "dns:{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_expected_by_its_key_or_a_whole_name() {
        let presented = PresentedCertificate {
            key: [0xab; 32],
            names: vec!["ehr.example".to_owned(), "*.wild.example".to_owned()],
        };
        let (own, other) = ("ab".repeat(32), "cd".repeat(32));
        let rows = [
            (own.as_str(), Some(true), "its key"),
            (other.as_str(), Some(false), "another key"),
            ("dns:ehr.example", Some(true), "its name"),
            ("dns:evil.ehr.example", Some(false), "a name below it"),
            ("dns:example", Some(false), "a name above it"),
            (
                "dns:a.wild.example",
                Some(false),
                "what a wildcard covers: it names no one host",
            ),
            ("dns:*.wild.example", None, "a wildcard"),
            ("dns:", None, "no name"),
            ("dns:EHR.example", None, "not as names are written"),
            ("ehr.example", None, "neither form"),
            ("abab", None, "too short for a digest"),
        ];
        for (text, expected, reason) in rows {
            let parsed = ExpectedCertificate::parse(text).ok();
            assert_eq!(parsed.map(|parsed| parsed.is(&presented)), expected, "{reason}");
        }
    }
}
