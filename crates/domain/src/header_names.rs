//! Names that mean something in a header, and what may be named beside them.

/// The header in which Empego's own form states the clinician.
pub const USER: &str = "x-integration-user";

/// The header in which Junction's own clients send their key: the host's, at their own paths alone.
pub const CLIENT_KEY: &str = "x-vital-api-key";

/// Header names that mean something to Empego or to this gateway: never granted as parameters, and refused as headers
/// when written with `_` for `-`.
pub const RESERVED_NAMES: &[&str] = &[
    USER,
    "x-integration-intent",
    "api-key",
    "x-tenant-key",
    "x-management-key",
    CLIENT_KEY,
    "x-junction-team",
    "x-junction-team-id",
    "idempotency-key",
];

/// Which of the [`RESERVED_NAMES`] a name equals once case is ignored and `_` is read as `-`.
#[must_use]
pub fn reserved(name: &str) -> Option<&'static str> {
    RESERVED_NAMES.iter().copied().find(|reserved| {
        reserved.len() == name.len()
            && reserved
                .bytes()
                .zip(name.bytes())
                .all(|(r, n)| r == if n == b'_' { b'-' } else { n.to_ascii_lowercase() })
    })
}

/// Whether a parameter may be called so: 1 to 64 letters, digits, `_`, `-`, `.` or `:`, and none of the
/// [`RESERVED_NAMES`].
#[must_use]
pub fn is_plain_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':'))
        && reserved(name).is_none()
}
