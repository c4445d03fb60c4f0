//! A patient's name as requisitions can have it. The name must be the one on the patient's identification, so it is refused
//! rather than rewritten.

use std::fmt;

use serde::Serialize;

use crate::fault::Fault;

/// The most characters of a first or a last name.
const MAX: usize = 50;

/// What is wrong with a name that has other characters, or has them elsewhere.
const PATTERN: &str = "Junction's requisitions accept the letters a to z, digits, - . , ' and single spaces between words, \
     beginning with a letter or digit. The gateway never rewrites a name: it must be the one on the patient's identification";

/// A first or last name of 1 to 50 characters that Junction's pattern for names accepts. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct OrderableName(String);

impl OrderableName {
    /// The one way to make one.
    ///
    /// # Errors
    /// The rule that the text breaks; never the text.
    pub fn parse(text: String) -> Result<Self, Fault> {
        if text.trim().is_empty() {
            return Err(Fault::Empty);
        }
        if text.chars().count() > MAX {
            return Err(Fault::TooLong(MAX));
        }
        if matches_pattern(&text) {
            Ok(Self(text))
        } else {
            Err(Fault::NotAccepted(PATTERN))
        }
    }
}

/// Junction's `^([a-zA-Z0-9]{1})([a-zA-Z0-9-.,']*(\s[a-zA-Z0-9-.,']+)*[a-zA-Z0-9-.,']?)$`, with the space as the only
/// white space: a tab or a line break is no part of a name.
fn matches_pattern(text: &str) -> bool {
    let is_word = |word: &str| {
        let mut bytes = word.bytes();
        !word.is_empty() && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b',' | b'\''))
    };
    text.starts_with(|first: char| first.is_ascii_alphanumeric()) && text.split(' ').all(is_word)
}

impl AsRef<str> for OrderableName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for OrderableName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("OrderableName(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_as_a_requisition_can_have_it() {
        let fifty = "a".repeat(50);
        let rows = [
            ("O'Connor", true, "an apostrophe"),
            ("J", true, "one letter"),
            ("Dr. Smith", true, "a title"),
            ("Mary-Jane", true, "a hyphen"),
            ("Smith, Jr.", true, "a comma"),
            ("John 3", true, "a digit"),
            ("van der Berg", true, "several words"),
            (&fifty, true, "50 characters"),
            ("Élodie", false, "an accent"),
            ("José", false, "an accent at the end"),
            ("O’Connor", false, "a typographic apostrophe"),
            ("Ana María", false, "an accent inside"),
            ("Jean  Paul", false, "two spaces"),
            (" John", false, "a space before"),
            ("John ", false, "a space after"),
            ("-John", false, "a hyphen before"),
            ("'t Hooft", false, "an apostrophe before"),
            ("John@Smith", false, "an at sign"),
            ("John\tSmith", false, "a tab"),
            ("John\n", false, "a line break"),
            ("Ａnna", false, "a letter of full width"),
        ];
        for (text, expected, reason) in rows {
            let name = OrderableName::parse(text.to_owned());
            assert_eq!(name.is_ok(), expected, "{reason}");
            assert!(name.is_ok_and(|name| name.as_ref() == text) == expected, "{reason}");
        }
    }

    #[test]
    fn a_missing_name_and_a_long_one_are_told_from_a_foreign_one() {
        let long = "a".repeat(51);
        let rows = [("", Fault::Empty), ("  ", Fault::Empty), (&long, Fault::TooLong(50))];
        for (text, fault) in rows {
            assert_eq!(OrderableName::parse(text.to_owned()).unwrap_err(), fault, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_kept_as_it_was_written_or_refused(text in any::<String>()) {
            if let Ok(name) = OrderableName::parse(text.clone()) {
                prop_assert_eq!(name.as_ref(), &text);
                prop_assert!(text.is_ascii() && text.len() <= MAX && text.trim() == text);
            }
        }
    }
}
