//! What a body says of itself: its media type and its encoding.

use crate::fault::Fault;

/// The kind of body that is taken.
const JSON: Fault = Fault::BadValue("application/json, application/json; charset=utf-8");

/// Whether a `Content-Type` is JSON in UTF-8, with white space wherever RFC 9110 (section 8.3.1) lets it stand.
/// Parameters that mean nothing to JSON are passed over.
///
/// # Errors
/// What to send instead.
pub fn check_json(value: &[u8]) -> Result<(), Fault> {
    let text = std::str::from_utf8(value).map_err(|_bytes_stay_secret| JSON)?;
    let mut parts = text.split(';').map(trimmed);
    if !parts
        .next()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"))
    {
        return Err(JSON);
    }
    for parameter in parts.filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').ok_or(JSON)?;
        let value = value
            .strip_prefix('"')
            .and_then(|value| value.strip_suffix('"'))
            .unwrap_or(value);
        let is_utf8 = ["utf-8", "utf8"].iter().any(|utf8| value.eq_ignore_ascii_case(utf8));
        if name.eq_ignore_ascii_case("charset") && !is_utf8 {
            return Err(JSON);
        }
    }
    Ok(())
}

/// Whether a `Content-Encoding` says that nothing was done to the body.
#[must_use]
pub fn is_identity(value: &[u8]) -> bool {
    std::str::from_utf8(value).is_ok_and(|value| {
        let mut codings = value.split(',').map(trimmed);
        codings.all(|coding| coding.is_empty() || coding.eq_ignore_ascii_case("identity"))
    })
}

fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn json_is_distinguished_from_other_types() {
        let rows: &[(&str, bool, &str)] = &[
            ("application/json", true, "the plain one"),
            ("Application/JSON", true, "in other case"),
            ("application/json ;charset=utf-8", true, "a space before the semicolon"),
            ("application/json;\tcharset=UTF-8 ", true, "a tab behind it"),
            ("application/json; charset=\"utf-8\"", true, "in quotes"),
            ("application/json;charset=utf8", true, "without the hyphen"),
            ("application/json;", true, "no parameter"),
            ("application/json;;charset=utf-8;", true, "empty parameters"),
            (
                "application/json; q=1; charset=utf-8",
                true,
                "a parameter that means nothing",
            ),
            ("application/json; charset=latin1", false, "another character set"),
            (
                "application/json; charset=utf-8; charset=utf-16",
                false,
                "two that contradict",
            ),
            ("application/json; charset", false, "no value"),
            ("application/json, application/json", false, "a list"),
            ("application/jsonp", false, "longer"),
            ("application/problem+json", false, "another type"),
            ("text/json", false, "text"),
            ("json", false, "no type at all"),
            ("", false, "nothing"),
        ];
        for (value, expected, reason) in rows {
            assert_eq!(check_json(value.as_bytes()).is_ok(), *expected, "{reason}");
        }
    }

    #[test]
    fn identity_is_no_encoding() {
        for value in ["identity", "Identity", "identity, identity", ""] {
            assert!(is_identity(value.as_bytes()), "{value}");
        }
        for value in ["gzip", "identity, gzip", "br", "x-identity"] {
            assert!(!is_identity(value.as_bytes()), "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged_without_a_panic(value in prop::collection::vec(any::<u8>(), 0..40)) {
            let _either = (check_json(&value), is_identity(&value));
        }
    }
}
