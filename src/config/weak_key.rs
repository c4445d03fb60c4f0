//! Host keys that are guessed at once, by their digests.

use domain::host_key::KeyDigest;
use sha2::{Digest as _, Sha256};

/// What people type where a secret is asked for, and what stands in examples. Nothing else is guessed sooner.
const WORDS: [&str; 48] = [
    "",
    "1234",
    "12345",
    "123456",
    "1234567",
    "12345678",
    "123456789",
    "1234567890",
    "111111",
    "abc123",
    "access",
    "admin",
    "administrator",
    "apikey",
    "api-key",
    "api_key",
    "changeit",
    "changeme",
    "default",
    "demo",
    "dev",
    "dragon",
    "egw_",
    "egw_test",
    "ehr",
    "empego",
    "empego-gateway",
    "example",
    "foo",
    "foobar",
    "gateway",
    "guest",
    "host",
    "hunter2",
    "iloveyou",
    "key",
    "letmein",
    "login",
    "pass",
    "passw0rd",
    "password",
    "password1",
    "qwerty",
    "root",
    "secret",
    "test",
    "token",
    "welcome",
];

/// Whether this is the digest of a word that everybody tries first, of a single character, or of such a word as a shell's
/// `echo` writes it, with a line's end.
pub(super) fn is_guessed(digest: KeyDigest) -> bool {
    let single = (b' '..=b'~').map(|byte| char::from(byte).to_string());
    let words = WORDS.into_iter().map(str::to_owned).chain(single);
    let written = words.flat_map(|word| [format!("{word}\n"), word]);
    let mut digests = written.map(|word| KeyDigest::new(Sha256::digest(word).into()));
    digests.any(|guessed| guessed == digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_tries_first_is_no_key() {
        let rows = [
            ("", true, "nothing"),
            ("\n", true, "an empty line"),
            ("a", true, "a single character"),
            ("password", true, "the word"),
            ("changeme\n", true, "a word by way of echo"),
            ("egw_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG", false, "a key"),
        ];
        for (key, expected, reason) in rows {
            let digest = KeyDigest::new(Sha256::digest(key).into());
            assert_eq!(is_guessed(digest), expected, "{reason}");
        }
    }
}
