//! Request targets: what the path and the query of a request are, before anything is made of them.

use actix_web::{
    dev::ServiceRequest,
    http::{Uri, header::HOST},
};
use domain::reason::Reason;

use super::connection::had_fragment;

/// Refuses targets that this program and something in front of it could read differently.
pub(super) fn check(request: &ServiceRequest) -> Result<(), Reason> {
    let target = request.uri();
    let host = || request.headers().get(HOST)?.to_str().ok();
    if had_fragment(request) {
        Err(Reason::TargetWithFragment)
    } else if !is_own(target, host) || !target.path().starts_with('/') {
        Err(Reason::TargetNotAPath)
    } else if escapes_unreserved(target.path()) {
        Err(Reason::TargetEscaped)
    } else {
        Ok(())
    }
}

/// A path alone, or a whole URL whose authority is the request's `Host` (RFC 9112, section 3.2.2).
fn is_own<'a>(target: &Uri, host: impl FnOnce() -> Option<&'a str>) -> bool {
    match (target.scheme_str(), target.authority()) {
        (None, None) => true,
        (Some(scheme), Some(authority)) => {
            let default_port = match scheme {
                "http" => ":80",
                "https" => ":443",
                _other => return false,
            };
            let authority = authority.as_str();
            let without_port = |text: &str| text.strip_suffix(default_port).unwrap_or(text).to_ascii_lowercase();
            !authority.contains('@') && host().is_some_and(|host| without_port(host) == without_port(authority))
        }
        (None, Some(_)) | (Some(_), None) => false,
    }
}

/// Whether a path escapes a letter, a digit, `-`, `.`, `_` or `~`, which means the same without (RFC 3986, section 2.3). The
/// router would read it; a proxy's rule for paths would not.
fn escapes_unreserved(path: &str) -> bool {
    let mut escapes = path.split('%');
    let _before_the_first = escapes.next();
    escapes.any(|after| {
        let code = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        code.is_some_and(|code| code.is_ascii_alphanumeric() || b"-._~".contains(&code))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_whole_url_is_taken_only_if_it_names_the_host_of_the_request() {
        let rows: &[(&str, Option<&str>, bool, &str)] = &[
            ("/a", None, true, "a path"),
            ("http://gateway.test/a", Some("gateway.test"), true, "one's own"),
            ("HTTP://Gateway.Test/a", Some("gateway.test"), true, "in other case"),
            (
                "https://gateway.test/a",
                Some("gateway.test"),
                true,
                "behind a proxy with TLS",
            ),
            (
                "http://gateway.test:80/a",
                Some("gateway.test"),
                true,
                "the default port",
            ),
            (
                "http://gateway.test:8080/a",
                Some("gateway.test:8080"),
                true,
                "another port",
            ),
            (
                "http://gateway.test:8080/a",
                Some("gateway.test"),
                false,
                "a port that was not named",
            ),
            ("http://evil.test/a", Some("gateway.test"), false, "another host"),
            ("http://gateway.test/a", None, false, "no host at all"),
            ("http://me:pw@gateway.test/a", Some("gateway.test"), false, "a password"),
            (
                "http://gateway.test/a",
                Some("me@gateway.test"),
                false,
                "a name in the header",
            ),
            ("ftp://gateway.test/a", Some("gateway.test"), false, "another scheme"),
            ("gateway.test:80", Some("gateway.test:80"), false, "an authority alone"),
        ];
        for (target, host, expected, reason) in rows {
            assert_eq!(is_own(&target.parse().unwrap(), || *host), *expected, "{reason}");
        }
    }

    #[test]
    fn what_needs_no_escape_may_not_be_escaped() {
        let rows: &[(&str, bool, &str)] = &[
            ("/v1/%65xplain", true, "a letter"),
            ("/v1/%5A", true, "a capital"),
            ("/v1/%5a", true, "the same in lower case digits"),
            ("/%76%31/", true, "several"),
            ("/v1/%2e%2e/", true, "dots"),
            ("/v1/fast%2Dlaunch", true, "a hyphen"),
            ("/%7Eme", true, "a tilde"),
            ("/v1%2Fexplain", false, "a slash, which means something else then"),
            ("/a%20b%C3%A9", false, "what needs it"),
            ("/a%2565", false, "a percent sign, escaped"),
            ("/a%", false, "no escape"),
            ("/a%6", false, "half of one"),
            ("/a%zz", false, "no digits"),
            ("/a%+5", false, "a sign is no digit"),
        ];
        for (path, expected, reason) in rows {
            assert_eq!(escapes_unreserved(path), *expected, "{reason}");
        }
    }

    proptest! {
        #[test]
        fn any_path_is_read_without_a_panic(path in "[%0-9a-fA-F/é]{0,30}") {
            let _either = escapes_unreserved(&path);
        }
    }
}
