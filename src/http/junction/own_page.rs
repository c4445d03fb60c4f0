//! Whether a form was sent from a page of the gateway's own: browsers say so in two headers that no page can write.

use actix_web::{
    HttpRequest,
    http::header::{HOST, HeaderName, ORIGIN},
};

use crate::http::authenticated::values;

/// Whether what the browser says of where a request began names this very origin. Either header is enough, since not all
/// browsers send both, and something in front may change the host; but none may say otherwise.
pub(super) fn is_where_it_began(request: &HttpRequest) -> bool {
    let site = values(request, HeaderName::from_static("sec-fetch-site"));
    let (origin, host) = (values(request, ORIGIN), values(request, HOST));
    says_so(&site, &origin, &host)
}

fn says_so(site: &[&[u8]], origin: &[&[u8]], host: &[&[u8]]) -> bool {
    let by_site = match site {
        [] => None,
        [site] => Some(*site == b"same-origin"),
        [..] => Some(false),
    };
    let by_origin = match (origin, host) {
        ([], _) => None,
        ([origin], [host]) => Some(is_of_host(origin, host)),
        ([..], _) => Some(false),
    };
    matches!(
        (by_site, by_origin),
        (Some(true), Some(true) | None) | (None, Some(true))
    )
}

/// Whether an origin is one of this host, of whichever scheme: TLS may end in front of the gateway.
fn is_of_host(origin: &[u8], host: &[u8]) -> bool {
    let of_scheme = |scheme: &[u8], port: &[u8]| {
        let authority = origin.strip_prefix(scheme)?;
        let bare = |text: &'_ [u8]| text.strip_suffix(port).unwrap_or(text).to_ascii_lowercase();
        Some(!authority.is_empty() && bare(authority) == bare(host))
    };
    of_scheme(b"https://", b":443")
        .or_else(|| of_scheme(b"http://", b":80"))
        .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `Sec-Fetch-Site`, `Origin`, `Host`, whether it is a click here, and what it is an example of.
    type Row = (
        &'static [&'static str],
        &'static [&'static str],
        &'static str,
        bool,
        &'static str,
    );

    #[test]
    fn only_a_form_of_this_very_origin_is_a_click_of_its_own() {
        let host = "gateway.example";
        let rows: &[Row] = &[
            (
                &["same-origin"],
                &["https://gateway.example"],
                host,
                true,
                "a browser of today",
            ),
            (&["same-origin"], &[], host, true, "no origin"),
            (&[], &["https://gateway.example"], host, true, "an older browser"),
            (
                &[],
                &["http://127.0.0.1:8080"],
                "127.0.0.1:8080",
                true,
                "on this machine",
            ),
            (
                &[],
                &["https://gateway.example"],
                "GATEWAY.example:443",
                true,
                "the same in other words",
            ),
            (&[], &[], host, false, "nothing said"),
            (&["cross-site"], &[], host, false, "another site"),
            (&["same-site"], &[], host, false, "a sibling"),
            (&["none"], &[], host, false, "typed by hand"),
            (&["Same-Origin"], &[], host, false, "no word of a browser's"),
            (&["same-origin", "same-origin"], &[], host, false, "said twice"),
            (
                &["cross-site"],
                &["https://gateway.example"],
                host,
                false,
                "one says otherwise",
            ),
            (
                &["same-origin"],
                &["https://evil.example"],
                host,
                false,
                "the other says otherwise",
            ),
            (&["same-origin"], &["null"], host, false, "a frame without an origin"),
            (&[], &["null"], host, false, "the same in an older browser"),
            (&[], &["https://evil.example"], host, false, "another origin"),
            (&[], &["https://ehr.gateway.example"], host, false, "a domain below"),
            (
                &[],
                &["https://gateway.example.evil.example"],
                host,
                false,
                "one that begins like it",
            ),
            (
                &[],
                &["https://evil.example/gateway.example"],
                host,
                false,
                "one that ends like it",
            ),
            (&[], &["https://gateway.example:8443"], host, false, "another port"),
            (&[], &["gateway.example"], host, false, "no scheme"),
            (&[], &["https://"], "", false, "of nothing"),
            (
                &[],
                &["https://gateway.example", "https://gateway.example"],
                host,
                false,
                "two origins",
            ),
        ];
        for (site, origin, host, expected, reason) in rows {
            let bytes = |texts: &[&'static str]| texts.iter().map(|text| text.as_bytes()).collect::<Vec<_>>();
            let said = says_so(&bytes(site), &bytes(origin), &[host.as_bytes()]);
            assert_eq!(said, *expected, "{reason}");
        }
        assert!(!says_so(&[], &[b"https://gateway.example"], &[]), "no host");
    }

    proptest! {
        #[test]
        fn no_origin_but_one_of_the_host_is_its_own(origin in "(https?://)?\\PC{0,20}", host in "[a-z.]{1,10}(:[0-9]{1,5})?") {
            let is_own = is_of_host(origin.as_bytes(), host.as_bytes());
            let bare = |text: &str| text.trim_end_matches(":443").trim_end_matches(":80").to_ascii_lowercase();
            let authority = origin.split_once("://").map(|(_, authority)| bare(authority));
            prop_assert!(!is_own || authority == Some(bare(&host)));
        }
    }
}
