//! The keyring's file: a line for each key, `id` and 32 bytes in base64, the current one first.

use std::collections::BTreeSet;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};

use super::{Key, Keyring};

/// How many keys a ring may have: a search makes a pseudonym under each.
const MOST_KEYS: usize = 64;

/// With or without padding: people cut it off.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What is wrong with a keyring. Lines are counted from 1; no key is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringFault {
    /// Nothing but blank lines and comments.
    #[error("has no key: make one with `empego-gateway audit key new`")]
    Empty,
    /// More keys than can be searched under.
    #[error("has more than {MOST_KEYS} keys: destroy old ones with `empego-gateway audit key destroy`")]
    TooMany,
    /// Not an id and a key.
    #[error("line {0}: must be an id and a key with a space between them")]
    NotTwoWords(usize),
    /// The id cannot stand in records.
    #[error("line {0}: the id must be 1 to 32 letters, digits, `-` or `_`")]
    BadId(usize),
    /// The same id twice.
    #[error("line {0}: an earlier line has the same id: records could not tell the two apart")]
    RepeatedId(usize),
    /// The same key twice.
    #[error("line {0}: an earlier line has the same key: each needs one of its own")]
    RepeatedKey(usize),
    /// Not base64.
    #[error("line {0}: the key is not base64")]
    NotBase64(usize),
    /// Not 32 bytes.
    #[error("line {0}: the key has {1} bytes, and must have 32")]
    BadLength(usize, usize),
    /// Not a random choice.
    #[error("line {0}: the key is all one byte: make one with `empego-gateway audit key new`")]
    Constant(usize),
}

impl Keyring {
    /// Reads a file's text. Blank lines, and lines that begin with `#`, are skipped.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Vec<KeyringFault>> {
        let (mut ids, mut secrets) = (BTreeSet::new(), BTreeSet::new());
        let (mut keys, mut faults) = (Vec::new(), Vec::new());
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match key(line, at + 1) {
                Err(fault) => faults.push(fault),
                Ok((id, _)) if !ids.insert(id.to_owned()) => faults.push(KeyringFault::RepeatedId(at + 1)),
                Ok((_, secret)) if !secrets.insert(secret) => faults.push(KeyringFault::RepeatedKey(at + 1)),
                Ok((id, secret)) => keys.push(Key::new(id, &secret)),
            }
        }
        if keys.len() > MOST_KEYS {
            faults.push(KeyringFault::TooMany);
        }
        let mut keys = keys.into_iter();
        match keys.next() {
            Some(current) if faults.is_empty() => Ok(Self {
                current,
                older: keys.collect(),
            }),
            None if faults.is_empty() => Err(vec![KeyringFault::Empty]),
            Some(_) | None => Err(faults),
        }
    }
}

fn key(line: &str, number: usize) -> Result<(&str, [u8; 32]), KeyringFault> {
    let mut words = line.split_ascii_whitespace();
    let (Some(id), Some(secret), None) = (words.next(), words.next(), words.next()) else {
        return Err(KeyringFault::NotTwoWords(number));
    };
    if !is_id(id) {
        return Err(KeyringFault::BadId(number));
    }
    let secret = LENIENT
        .decode(secret)
        .map_err(|_stays_here| KeyringFault::NotBase64(number))?;
    let secret = <[u8; 32]>::try_from(secret).map_err(|bytes| KeyringFault::BadLength(number, bytes.len()))?;
    let [first, rest @ ..] = &secret;
    if rest.iter().all(|byte| byte == first) {
        return Err(KeyringFault::Constant(number));
    }
    Ok((id, secret))
}

/// Whether a key may have this id: records and the names of FHIR systems carry it.
#[must_use]
pub fn is_id(id: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=32).contains(&id.len()) && id.bytes().all(fits)
}

/// The line of a new key.
///
/// # Errors
/// If the operating system has no randomness.
pub fn generate(id: &str) -> Result<String, aws_lc_rs::error::Unspecified> {
    let mut secret = [0; 32];
    aws_lc_rs::rand::fill(&mut secret)?;
    Ok(format!("{id} {}", STANDARD.encode(secret)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const A: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const B: &str = "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    #[test]
    fn the_first_key_is_the_current_one() {
        let ring = Keyring::parse(&format!("# made today\n\nk2 {A}\r\nk1\t{B}\n")).unwrap();
        assert_eq!(ring.ids(), ["k2", "k1"]);
        assert_eq!(ring.current().id(), "k2");
        assert!(ring.key("k1").is_some() && ring.key("k0").is_none());
    }

    #[test]
    fn every_mistake_is_named_by_its_line_and_shows_no_key() {
        let rows = [
            ("", vec![KeyringFault::Empty], "nothing in it"),
            ("# k1\n", vec![KeyringFault::Empty], "a comment alone"),
            ("k1", vec![KeyringFault::NotTwoWords(1)], "no key"),
            ("k1 a b", vec![KeyringFault::NotTwoWords(1)], "three words"),
            ("k1 !!", vec![KeyringFault::NotBase64(1)], "no base64"),
            ("k1 AAEC", vec![KeyringFault::BadLength(1, 3)], "too short"),
            ("é AAEC", vec![KeyringFault::BadId(1)], "an id that is not ASCII"),
            (
                "k1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                vec![KeyringFault::Constant(1)],
                "zeroes",
            ),
        ];
        for (text, faults, reason) in rows {
            assert_eq!(Keyring::parse(text).unwrap_err(), faults, "{reason}");
        }
        let repeated = format!("k1 {A}\nk1 {B}\nk2 {A}\nk3 x\n");
        let faults = [
            KeyringFault::RepeatedId(2),
            KeyringFault::RepeatedKey(3),
            KeyringFault::NotBase64(4),
        ];
        assert_eq!(Keyring::parse(&repeated).unwrap_err(), faults);
        let told: String = faults.iter().map(ToString::to_string).collect();
        assert!(!told.contains("AAEC"));
    }

    #[test]
    fn a_generated_line_is_a_ring() {
        let ring = Keyring::parse(&generate("k1").unwrap()).unwrap();
        assert_eq!(ring.ids(), ["k1"]);
    }

    proptest! {
        #[test]
        fn nothing_that_is_read_as_a_ring_brings_it_down(text in "\\PC{0,200}") {
            let _either_way = Keyring::parse(&text);
        }
    }
}
