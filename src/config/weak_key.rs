//! Host keys that are guessed at once, by their digests.

use std::sync::LazyLock;

use domain::host_key::KeyDigest;
use sha2::{Digest as _, Sha256};

/// What people choose where a secret is asked for.
const COMMON: &str = include_str!("common_words.txt");

/// What stands in examples, and what this product suggests, beside those.
const OWN: [&str; 20] = [
    "",
    "administrator",
    "api-key",
    "api_key",
    "apikey",
    "changeit",
    "dev",
    "ehr",
    "ehr-backend",
    "empego",
    "empego-gateway",
    "example",
    "foo",
    "guest",
    "host",
    "junction",
    "key",
    "login",
    "root",
    "token",
];

/// How the keys of `key generate` begin, and so those of people who make one up in their likeness.
const PREFIX: &str = "egw_";

/// The beginnings of all their digests, in order: enough to tell that one is none of them.
static GUESSED: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let single = (b' '..=b'~').map(|byte| char::from(byte).to_string());
    let common = COMMON.lines().filter(|line| *line != "#" && !line.starts_with("# "));
    let words = common.chain(OWN).map(str::to_owned).chain(single);
    let mut guessed: Vec<u64> = words.flat_map(|word| spellings(&word)).collect();
    guessed.sort_unstable();
    guessed
});

/// A word as it is, behind the prefix, and each as a shell's `echo` writes it, with a line's end.
fn spellings(word: &str) -> [u64; 4] {
    let digest = |parts: [&str; 3]| {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        beginning(KeyDigest::new(hasher.finalize().into()))
    };
    [
        digest(["", word, ""]),
        digest(["", word, "\n"]),
        digest([PREFIX, word, ""]),
        digest([PREFIX, word, "\n"]),
    ]
}

fn beginning(digest: KeyDigest) -> u64 {
    let first = digest.as_bytes().first_chunk().copied();
    first.map_or(0, u64::from_be_bytes)
}

/// Whether this is the digest of a word that attackers try first, or of a single character.
pub(super) fn is_guessed(digest: KeyDigest) -> bool {
    GUESSED.binary_search(&beginning(digest)).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn digest(key: &str) -> KeyDigest {
        KeyDigest::new(Sha256::digest(key).into())
    }

    #[test]
    fn what_everybody_tries_first_is_no_key() {
        let rows = [
            ("", true, "nothing"),
            ("\n", true, "an empty line"),
            ("a", true, "a single character"),
            ("#", true, "a single character that begins comments"),
            ("password", true, "the word"),
            ("changeme\n", true, "a word by way of echo"),
            ("123456", true, "the commonest of all"),
            ("saphire", true, "a common one, and not very"),
            ("egw_", true, "a key's beginning and nothing behind it"),
            ("egw_test", true, "a key for a test"),
            ("egw_secret", true, "a word in the likeness of a key"),
            ("egw_hunter2\n", true, "the same by way of echo"),
            ("egw_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG", false, "a key"),
            ("Permission", false, "a word of the list's licence"),
        ];
        for (key, expected, reason) in rows {
            assert_eq!(is_guessed(digest(key)), expected, "{reason}");
        }
    }

    #[test]
    fn the_ten_thousand_commonest_words_are_there() {
        let words = COMMON.lines().filter(|line| !line.starts_with('#'));
        let words: Vec<_> = words.collect();
        assert_eq!(words.len(), 10_000);
        assert!(words.into_iter().all(|word| is_guessed(digest(word))));
    }

    proptest! {
        #[test]
        fn a_generated_key_is_never_taken_for_one(random in "[A-Za-z0-9_-]{43}") {
            let key = format!("egw_{random}");
            prop_assert!(!is_guessed(digest(&key)));
        }
    }
}
