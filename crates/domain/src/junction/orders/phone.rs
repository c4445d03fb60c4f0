//! A telephone number in the form of E.164. Whether the number exists is Junction's to say.

use std::fmt;

use serde::Serialize;

use crate::fault::Fault;

/// A telephone number: `+`, and 7 to 15 digits that begin with a country. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// The one way to make one.
    ///
    /// # Errors
    /// [`Fault::Malformed`]; never the text.
    pub fn parse(text: String) -> Result<Self, Fault> {
        let digits = text.strip_prefix('+').unwrap_or_default();
        let is_number = (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if is_number {
            Ok(Self(text))
        } else {
            Err(Fault::Malformed(
                "a telephone number with its country, such as +16025550123",
            ))
        }
    }
}

impl AsRef<str> for PhoneNumber {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PhoneNumber(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_form_is_checked_and_only_one_is_accepted() {
        let rows = [
            ("+16025550123", true, "an American number"),
            ("+15551234567", true, "one that no subscriber has, and that tests use"),
            ("+447911123456", true, "one of another country"),
            ("6025550123", false, "without a country"),
            ("(602) 555-0123", false, "as people write it"),
            ("+1 602 555 0123", false, "with spaces"),
            ("+0025550123", false, "a country that begins with 0"),
            ("+1234567890123456", false, "16 digits"),
            ("+123456", false, "6 digits"),
            ("+1602555012٣", false, "a digit of another script"),
            ("+16025550123\n", false, "a line break after it"),
            ("", false, "nothing"),
        ];
        for (text, expected, reason) in rows {
            assert_eq!(PhoneNumber::parse(text.to_owned()).is_ok(), expected, "{reason}");
        }
    }
}
