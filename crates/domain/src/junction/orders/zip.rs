//! ZIP codes, as text: some begin with a zero.

use std::fmt;

use crate::fault::Fault;

/// A ZIP code of five digits, or of nine with a dash. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Zip(String);

impl Zip {
    /// The one way to make one.
    ///
    /// # Errors
    /// [`Fault::Malformed`].
    pub fn parse(text: String) -> Result<Self, Fault> {
        let is_digits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_zip = match text.split_once('-') {
            None => is_digits(&text, 5),
            Some((area, rest)) => is_digits(area, 5) && is_digits(rest, 4),
        };
        if is_zip {
            Ok(Self(text))
        } else {
            Err(Fault::Malformed("a ZIP code such as 85004 or 85004-1234"))
        }
    }

    /// Its first five digits: what coverage is known by.
    #[must_use]
    pub fn area(&self) -> &str {
        self.0.get(..5).unwrap_or_default()
    }
}

impl AsRef<str> for Zip {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Zip {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Zip(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zip_code_has_five_digits_or_nine_with_a_dash() {
        let rows = [
            ("85004", Some("85004"), "five"),
            ("85004-1234", Some("85004"), "nine"),
            ("02134", Some("02134"), "a zero in front"),
            ("850041234", None, "no dash"),
            ("85004 1234", None, "a space"),
            ("85004-", None, "nothing behind the dash"),
            ("85004-12345", None, "too many behind it"),
            ("85004-1234-1", None, "two dashes"),
            ("8500", None, "four"),
            ("8500４", None, "a digit of full width"),
            (" 85004", None, "a space in front"),
            ("", None, "nothing"),
        ];
        for (text, area, reason) in rows {
            let zip = Zip::parse(text.to_owned());
            assert_eq!(zip.as_ref().ok().map(Zip::area), area, "{reason}");
            assert_eq!(zip.ok().as_ref().map(AsRef::as_ref), area.map(|_| text), "{reason}");
        }
    }
}
