//! Which pages may show a response in a frame, by its headers, as browsers decide it (CSP Level 3, and HTML for
//! `X-Frame-Options`). Pure.

use url::Url;

use crate::upstream::wire::{
    HeaderMap, HeaderName,
    header::{CONTENT_SECURITY_POLICY, X_FRAME_OPTIONS},
};

/// What the headers allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FramePolicy {
    /// Neither header says anything.
    Open,
    /// The sources of each `frame-ancestors`, all of which a page must be among.
    Ancestors(Vec<Vec<String>>),
    /// `X-Frame-Options: DENY`, or values that contradict each other.
    Deny,
    /// `X-Frame-Options: SAMEORIGIN`.
    SameOrigin,
}

impl FramePolicy {
    /// The policy in a response's headers. Where there is a `frame-ancestors`, the older header is not read.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let policies = values(headers, &CONTENT_SECURITY_POLICY);
        let ancestors: Vec<_> = policies.iter().filter_map(|policy| ancestors(policy)).collect();
        if !ancestors.is_empty() {
            return Self::Ancestors(ancestors);
        }
        let mut options: Vec<_> = values(headers, &X_FRAME_OPTIONS)
            .iter()
            .map(|value| value.to_ascii_lowercase())
            .collect();
        options.sort();
        options.dedup();
        let is_known = |value: &String| matches!(value.as_str(), "deny" | "sameorigin" | "allowall");
        match options.as_slice() {
            [one] if one == "deny" => Self::Deny,
            [one] if one == "sameorigin" => Self::SameOrigin,
            [_, _, ..] if options.iter().any(is_known) => Self::Deny,
            _says_nothing => Self::Open,
        }
    }

    /// Whether a page of this origin may show it.
    pub(super) fn allows(&self, page: &Url, own: &Url) -> bool {
        match self {
            Self::Open => true,
            Self::Deny => false,
            Self::SameOrigin => page.origin() == own.origin(),
            Self::Ancestors(policies) => policies
                .iter()
                .all(|sources| sources.iter().any(|source| includes(source, page, own))),
        }
    }

    /// Whether no page but its own may show it, wherever it is.
    pub(super) fn is_closed(&self) -> bool {
        match self {
            Self::Open => false,
            Self::Deny | Self::SameOrigin => true,
            Self::Ancestors(policies) => policies.iter().any(|sources| {
                sources
                    .iter()
                    .all(|source| matches!(source.as_str(), "'none'" | "'self'"))
            }),
        }
    }

    /// As the response has it, in short.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Open => "no frame-ancestors and no X-Frame-Options".to_owned(),
            Self::Deny => "X-Frame-Options: DENY".to_owned(),
            Self::SameOrigin => "X-Frame-Options: SAMEORIGIN".to_owned(),
            Self::Ancestors(policies) => {
                let each: Vec<_> = policies.iter().map(|sources| sources.join(" ")).collect();
                format!("frame-ancestors {}", each.join(", and "))
            }
        }
    }
}

/// All values of a header, each of which may be a list.
fn values(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .map(|value| value.trim().to_owned())
        .collect()
}

/// The sources of a policy's `frame-ancestors`: the first one counts.
fn ancestors(policy: &str) -> Option<Vec<String>> {
    policy.split(';').find_map(|directive| {
        let mut words = directive.split_ascii_whitespace();
        let is_it = words.next()?.eq_ignore_ascii_case("frame-ancestors");
        is_it.then(|| words.map(str::to_ascii_lowercase).collect())
    })
}

fn includes(source: &str, page: &Url, own: &Url) -> bool {
    match source {
        "'none'" => return false,
        "'self'" => return page.origin() == own.origin(),
        "*" => return matches!(page.scheme(), "http" | "https"),
        _named => {}
    }
    if let Some(scheme) = source.strip_suffix(':') {
        return fits_scheme(scheme, page);
    }
    let (scheme, rest) = source.split_once("://").unwrap_or((own.scheme(), source));
    let authority = rest.split('/').next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if port == "*" || port.bytes().all(|byte| byte.is_ascii_digit()) => (host, Some(port)),
        Some(_) | None => (authority, None),
    };
    fits_scheme(scheme, page) && fits_host(host, page) && fits_port(port, scheme, page)
}

/// What is allowed unencrypted is allowed encrypted.
fn fits_scheme(scheme: &str, page: &Url) -> bool {
    page.scheme() == scheme || (scheme == "http" && page.scheme() == "https")
}

fn fits_host(host: &str, page: &Url) -> bool {
    let own = page.host_str().unwrap_or_default();
    match host.strip_prefix('*') {
        Some(domain) => domain.is_empty() || (domain.starts_with('.') && own.ends_with(domain)),
        None => own == host,
    }
}

fn fits_port(port: Option<&str>, scheme: &str, page: &Url) -> bool {
    let own = page.port_or_known_default();
    let default = if scheme == "http" { 80 } else { 443 };
    match port {
        Some("*") => true,
        Some(port) => port.parse().ok() == own || (port == "80" && own == Some(443)),
        None => own == Some(default) || (default == 80 && own == Some(443)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::wire::HeaderValue;

    const CSP: &str = "content-security-policy";
    const OPTIONS: &str = "x-frame-options";

    type Headers = &'static [(&'static str, &'static str)];

    fn policy(headers: Headers) -> FramePolicy {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        FramePolicy::of(&map)
    }

    #[test]
    fn a_page_may_show_what_browsers_let_it_show() {
        let rows: &[(Headers, bool, &str)] = &[
            (&[], true, "nothing is said"),
            (&[(OPTIONS, "DENY")], false, "denied"),
            (&[(OPTIONS, "deny")], false, "denied in lower case"),
            (&[(OPTIONS, "SAMEORIGIN")], false, "another origin"),
            (
                &[(OPTIONS, "ALLOW-FROM https://ehr.example")],
                true,
                "no browser reads this",
            ),
            (&[(OPTIONS, "DENY"), (OPTIONS, "SAMEORIGIN")], false, "a contradiction"),
            (&[(OPTIONS, "nonsense, deny")], false, "one of a list is a word"),
            (&[(CSP, "default-src 'self'")], true, "a policy about other things"),
            (&[(CSP, "frame-ancestors 'none'")], false, "none"),
            (&[(CSP, "frame-ancestors")], false, "no source at all"),
            (&[(CSP, "frame-ancestors 'self'")], false, "another origin"),
            (&[(CSP, "frame-ancestors *")], true, "every page"),
            (&[(CSP, "frame-ancestors https:")], true, "its scheme"),
            (
                &[(CSP, "frame-ancestors http:")],
                true,
                "encrypted counts as unencrypted",
            ),
            (&[(CSP, "frame-ancestors ehr.example")], true, "its name"),
            (&[(CSP, "FRAME-ANCESTORS HTTPS://EHR.EXAMPLE")], true, "in capitals"),
            (
                &[(CSP, "frame-ancestors https://ehr.example:443/path")],
                true,
                "with port and path",
            ),
            (
                &[(CSP, "frame-ancestors http://ehr.example:80")],
                true,
                "the encrypted one of a port",
            ),
            (
                &[(CSP, "frame-ancestors https://ehr.example:8443")],
                false,
                "another port",
            ),
            (&[(CSP, "frame-ancestors https://ehr.example:*")], true, "any port"),
            (&[(CSP, "frame-ancestors https://*.example")], true, "a name below"),
            (
                &[(CSP, "frame-ancestors https://*.ehr.example")],
                false,
                "the name itself is not below",
            ),
            (
                &[(CSP, "frame-ancestors https://ehr.example.evil")],
                false,
                "a longer name",
            ),
            (
                &[(CSP, "frame-ancestors a.example https://ehr.example")],
                true,
                "one of two",
            ),
            (
                &[(CSP, "frame-ancestors *; frame-ancestors 'none'")],
                true,
                "the first one counts",
            ),
            (
                &[(CSP, "frame-ancestors *, frame-ancestors 'none'")],
                false,
                "two policies",
            ),
            (
                &[(CSP, "frame-ancestors *"), (CSP, "frame-ancestors b.example")],
                false,
                "two headers",
            ),
            (
                &[(CSP, "frame-ancestors ehr.example"), (OPTIONS, "DENY")],
                true,
                "the newer one counts",
            ),
        ];
        let (page, own) = (
            Url::parse("https://ehr.example").unwrap(),
            Url::parse("https://app.example").unwrap(),
        );
        for (headers, expected, reason) in rows {
            let policy = policy(headers);
            assert_eq!(policy.allows(&page, &own), *expected, "{reason}: {policy:?}");
            assert!(!policy.is_closed() || !expected, "{reason}");
        }
    }

    #[test]
    fn an_app_may_always_show_itself_unless_no_page_may() {
        let own = Url::parse("https://app.example").unwrap();
        assert!(policy(&[(OPTIONS, "SAMEORIGIN")]).allows(&own, &own));
        assert!(policy(&[(CSP, "frame-ancestors 'self'")]).allows(&own, &own));
        assert!(!policy(&[(OPTIONS, "DENY")]).allows(&own, &own));
    }
}
