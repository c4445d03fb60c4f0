//! Notes that people write: for the door, for a visit, for the laboratory, with a cancellation.

use std::fmt;

use serde::Serialize;

use crate::fault::Fault;

/// The most characters of a note: Unicode scalar values, as Junction counts them, and not bytes.
const MAX: usize = 1000;

/// A note of 1 to 1000 characters, with no control character but the line feed, and kept as it was written. `Debug` does
/// not show it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Notes(String);

impl Notes {
    /// The one way to make one.
    ///
    /// # Errors
    /// The rule that the text breaks; never the text.
    pub fn parse(text: String) -> Result<Self, Fault> {
        if text.trim().is_empty() {
            Err(Fault::Empty)
        } else if text.chars().count() > MAX {
            Err(Fault::TooLong(MAX))
        } else if text
            .chars()
            .any(|character| character.is_control() && character != '\n')
        {
            Err(Fault::NotAccepted(
                "No control character but the line feed is accepted here",
            ))
        } else {
            Ok(Self(text))
        }
    }
}

impl AsRef<str> for Notes {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Notes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Notes(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn characters_are_counted_and_not_bytes() {
        let (fits, too_long) = ("é".repeat(1000), "é".repeat(1001));
        let (wide, too_wide) = ("😀".repeat(1000), "😀".repeat(1001));
        let rows: &[(&str, Option<&str>, &str)] = &[
            ("Ring twice.\nDog.", None, "two lines"),
            (&fits, None, "1000 characters of two bytes"),
            (&too_long, Some("too_long"), "1001 of them"),
            (&wide, None, "1000 characters of two UTF-16 units"),
            (&too_wide, Some("too_long"), "1001 of them"),
            ("a\tb", Some("not_accepted"), "a tab"),
            ("a\r\nb", Some("not_accepted"), "a carriage return"),
            ("a\u{0}b", Some("not_accepted"), "a NUL"),
            ("a\u{7f}", Some("not_accepted"), "a delete"),
            ("a\u{85}b", Some("not_accepted"), "a control character beyond ASCII"),
            (" \n ", Some("empty"), "nothing to read"),
        ];
        for (text, code, reason) in rows {
            let notes = Notes::parse((*text).to_owned());
            assert_eq!(notes.err().map(Fault::code), *code, "{reason}");
        }
    }

    proptest! {
        #[test]
        fn a_note_is_kept_as_it_was_written_or_refused(text in any::<String>()) {
            if let Ok(notes) = Notes::parse(text.clone()) {
                prop_assert_eq!(notes.as_ref(), text);
            }
        }
    }
}
