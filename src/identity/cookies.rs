//! The cookies of a request.

use std::fmt;

use cookie::Cookie;
use secrecy::SecretString;

/// The most bytes of cookies that are looked at.
const MAX_COOKIES: usize = 16 * 1024;

/// The cookies of one request. `Debug` does not show them.
pub struct Cookies(Vec<(String, SecretString)>);

impl Cookies {
    /// Reads every value of `Cookie`. Text that is not a cookie is skipped: the other cookies belong to other
    /// applications.
    #[must_use]
    pub fn read(headers: &[&[u8]]) -> Self {
        let fits = headers.iter().map(|value| value.len()).sum::<usize>() <= MAX_COOKIES;
        let texts = headers
            .iter()
            .filter(|_| fits)
            .filter_map(|value| std::str::from_utf8(value).ok());
        let cookies = texts.flat_map(Cookie::split_parse).filter_map(Result::ok);
        Self(
            cookies
                .map(|cookie| (cookie.name().to_owned(), cookie.value().into()))
                .collect(),
        )
    }

    /// The one value of this name: if there are two, it is unclear which is meant.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&SecretString> {
        let mut found = self.0.iter().filter(|(found, _)| found == name);
        match (found.next(), found.next()) {
            (Some((_, only)), None) => Some(only),
            (None | Some(_), _) => None,
        }
    }
}

impl fmt::Debug for Cookies {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Cookies(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn only_a_cookie_sent_exactly_once_is_a_session() {
        let long = format!("s=1; t={}", "x".repeat(MAX_COOKIES));
        let rows: &[(&[&str], Option<&str>, &str)] = &[
            (&["s=a.b.c"], Some("a.b.c"), "alone"),
            (&["theme=dark; s=a; lang=fr"], Some("a"), "among others"),
            (&["theme=dark", "s=a"], Some("a"), "in a second header"),
            (&["s=a; s=b"], None, "twice"),
            (&["s=a", "s=a"], None, "twice, in two headers"),
            (&["S=a"], None, "in another case"),
            (&["xs=a; s2=b"], None, "names like it"),
            (&["s"], None, "no value"),
            (&[";;; =x; s=a"], Some("a"), "among what is no cookie"),
            (&[&long], None, "more than anybody reads"),
            (&[], None, "nothing"),
        ];
        for (headers, expected, reason) in rows {
            let headers: Vec<_> = headers.iter().map(|header| header.as_bytes()).collect();
            let cookies = Cookies::read(&headers);
            let found = cookies.value("s").map(SecretString::expose_secret);
            assert_eq!(found, *expected, "{reason}");
        }
    }

    proptest! {
        #[test]
        fn any_header_is_read_without_a_panic(header in any::<Vec<u8>>()) {
            let _either_way = Cookies::read(&[&header]).value("s").is_some();
        }
    }
}
