//! The response to a launch: a URL that carries a session. Its holder is signed in, so it is checked before it is
//! passed on and never shown anywhere else.

use std::{borrow::Cow, fmt, iter::successors};

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};
use memchr::memchr;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use url::{Position, Url};

use super::address::is_loopback;

/// The most bytes an embed URL may have.
const MAX_BYTES: usize = 4096;

/// A URL that may be shown in an iframe: https (http on loopback), no userinfo, on a host that the tenant lists.
/// `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct EmbedUrl {
    text: String,
    /// Where scheme, host and port end.
    origin_end: usize,
}

/// Why an upstream's text is no embed URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotEmbeddable {
    /// It is not a URL.
    NotAUrl,
    /// It is one, and breaks a rule.
    BreaksARule,
}

/// An object that holds the URL; other members are the upstream's business.
#[derive(Deserialize)]
struct UrlObject {
    url: Option<String>,
    #[serde(rename = "iframeUrl")]
    iframe_url: Option<String>,
}

impl EmbedUrl {
    /// Reads the body of a response: bare text, a JSON string, or a JSON object with exactly one of `url` and `iframeUrl`.
    /// The body decides, whatever its media type says.
    ///
    /// # Errors
    /// Whether it holds no URL, or one that must not be shown.
    pub fn in_body(body: &[u8], allowed: &[EmbedHost]) -> Result<Self, NotEmbeddable> {
        let text = text_of(body)?;
        Self::parse_plain(&text, allowed).map_or_else(|| Self::parse_any(&text, Some(allowed)), Ok)
    }

    /// The same for a client that does not know which hosts are listed: one that checks an upstream from outside.
    ///
    /// # Errors
    /// Whether it holds no URL, or one that must not be shown wherever it leads.
    pub fn in_body_on_any_host(body: &[u8]) -> Result<Self, NotEmbeddable> {
        Self::parse_any(&text_of(body)?, None)
    }

    /// Checks the text that an upstream responded with, with or without a scheme (none: `https`, on loopback `http`).
    ///
    /// # Errors
    /// Whether it is not a URL, or one that must not be shown.
    pub fn parse(text: &str, allowed: &[EmbedHost]) -> Result<Self, NotEmbeddable> {
        Self::parse_plain(text, allowed).map_or_else(|| Self::parse_any(text, Some(allowed)), Ok)
    }

    /// Reads a URL that a parser would find nothing to do about, as nearly all are: parsing takes a tenth of a launch.
    /// Nothing comes back of any other, good or bad.
    fn parse_plain(text: &str, allowed: &[EmbedHost]) -> Option<Self> {
        let rest = text.strip_prefix("https://")?;
        let authority = rest.get(..memchr(b'/', rest.as_bytes())?)?;
        let is_listed = allowed
            .iter()
            .any(|listed| listed.port.is_none() && listed.host == authority);
        let is_plain = text.len() <= MAX_BYTES && is_listed && is_plain_path(rest.get(authority.len()..)?);
        is_plain.then(|| Self {
            text: text.to_owned(),
            origin_end: text.len() - rest.len() + authority.len(),
        })
    }

    fn parse_any(text: &str, allowed: Option<&[EmbedHost]>) -> Result<Self, NotEmbeddable> {
        if is_prose(text) {
            return Err(NotEmbeddable::NotAUrl);
        }
        let unsafe_character = |c: char| c.is_whitespace() || c.is_control() || c == '\\';
        if text.len() > MAX_BYTES || text.chars().any(unsafe_character) {
            return Err(NotEmbeddable::BreaksARule);
        }
        let url = with_scheme(text).ok_or(NotEmbeddable::NotAUrl)?;
        let scheme_is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        let has_userinfo = url.username() != "" || url.password().is_some() || authority(text).contains('@');
        let is_listed = allowed.is_none_or(|allowed| allowed.iter().any(|host| host.is_of(&url)));
        if !scheme_is_safe || has_userinfo || !is_listed {
            return Err(NotEmbeddable::BreaksARule);
        }
        if url.as_str().len() > MAX_BYTES {
            return Err(NotEmbeddable::BreaksARule);
        }
        Ok(Self {
            // Without userinfo, what stands before the path is the origin.
            origin_end: url[..Position::BeforePath].len(),
            text: url.into(),
        })
    }

    /// The URL, as parsed and written again.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its origin: whose browser messages a page may listen to.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.text.get(..self.origin_end).unwrap_or_default()
    }
}

/// The text in a body that should be a URL.
fn text_of(body: &[u8]) -> Result<Cow<'_, str>, NotEmbeddable> {
    let text = std::str::from_utf8(body).map_err(|_body_stays_secret| NotEmbeddable::NotAUrl)?;
    let text = text.trim_start_matches(BYTE_ORDER_MARK).trim_ascii();
    let url = if text.starts_with('"') {
        Cow::Owned(serde_json::from_str(text).map_err(|_body_stays_secret| NotEmbeddable::NotAUrl)?)
    } else if text.starts_with('{') {
        let object: UrlObject = serde_json::from_str(text).map_err(|_body_stays_secret| NotEmbeddable::NotAUrl)?;
        match (object.url, object.iframe_url) {
            (Some(url), None) | (None, Some(url)) => Cow::Owned(url),
            (Some(_), Some(_)) | (None, None) => return Err(NotEmbeddable::NotAUrl),
        }
    } else {
        Cow::Borrowed(text)
    };
    Ok(url)
}

/// What some editors and libraries write before a text. It means nothing in UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Whether a text is anything but an attempt at a URL: empty, a document, or words. Without a scheme, a URL begins with a
/// host, and a host has a dot, a port or brackets, or is this machine.
fn is_prose(text: &str) -> bool {
    let text = text.trim();
    let (first, is_alone) = text
        .split_once(char::is_whitespace)
        .map_or((text, true), |(first, _)| (first, false));
    let host = first.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let has_scheme = host.ends_with(':') && first.len() > host.len();
    let is_like_a_host = host.contains(['.', ':', '[', '@']) || host.eq_ignore_ascii_case("localhost");
    // "Example.com is down" is a sentence, "example.com/a b" a broken URL.
    let is_like_a_url = has_scheme || (is_like_a_host && (is_alone || first.len() > host.len()));
    text.starts_with('<') || !is_like_a_url
}

/// Whether a text for people says where an embed URL leads, or holds any URL at all, in whatever way it may be written: as
/// it is, percent-encoded (several times over), in other letters that mean the same, with characters inside that readers of
/// URLs drop, or with JSON's backslashes.
#[must_use]
pub fn may_hold_url(text: &str, hosts: &[EmbedHost]) -> bool {
    const MAX_LAYERS: usize = 8;
    let layers = successors(Some(text.to_owned()), |text| {
        let decoded = percent_decode_str(text).decode_utf8_lossy().into_owned();
        (decoded != *text).then_some(decoded)
    });
    let mut decoded = 0;
    let shows = layers.take(MAX_LAYERS).any(|layer| {
        decoded += 1;
        shows_url(&layer, hosts)
    });
    // No sender encodes a sentence this often.
    shows || decoded == MAX_LAYERS
}

fn shows_url(text: &str, hosts: &[EmbedHost]) -> bool {
    let text = ComposingNormalizerBorrowed::new_nfkc().normalize(text);
    let is_kept = |c: &char| !c.is_whitespace() && !c.is_control() && *c != '\\' && !is_ignorable(*c);
    let plain: String = text
        .chars()
        .filter(is_kept)
        .flat_map(char::to_lowercase)
        .map(|c| if c == '\u{3002}' { '.' } else { c })
        .collect();
    plain.contains("://") || hosts.iter().any(|host| plain.contains(&host.host))
}

/// Characters that show nothing and that readers of host names drop.
fn is_ignorable(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// Whether a path, with its query, is made of characters that stand for themselves, and has no segment that could mean
/// another one.
fn is_plain_path(path: &str) -> bool {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    are_all(path, IN_PATH) && !path.contains("/.") && !path.starts_with('.') && are_all(query, IN_QUERY)
}

/// The kinds of characters that stand for themselves, by byte: one look at each byte of a URL is enough.
const KINDS: [u8; 256] = kinds();
const IN_PATH: u8 = 1;
const IN_QUERY: u8 = 2;

#[expect(
    clippy::indexing_slicing,
    reason = "every byte has its place, and the compiler counts"
)]
const fn kinds() -> [u8; 256] {
    let mut kinds = [0; 256];
    let mut byte = 0_u8;
    loop {
        kinds[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => IN_PATH | IN_QUERY,
            b'/' => IN_PATH,
            b'&' | b'=' | b'%' | b'+' => IN_QUERY,
            _other => 0,
        };
        if byte == u8::MAX {
            return kinds;
        }
        byte += 1;
    }
}

fn are_all(text: &str, kind: u8) -> bool {
    #[expect(clippy::indexing_slicing, reason = "every byte has its place")]
    text.bytes().all(|byte| KINDS[usize::from(byte)] & kind != 0)
}

impl fmt::Debug for EmbedUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EmbedUrl(…)")
    }
}

/// Empego's pages show URLs with and without a scheme.
fn with_scheme(text: &str) -> Option<Url> {
    let before_path = text.split(['/', '?', '#']).next().unwrap_or_default();
    if before_path.is_empty() || authority(text).is_empty() {
        return None;
    }
    if text.get(before_path.len()..).is_some_and(|rest| rest.starts_with("//")) {
        return Url::parse(text).ok();
    }
    let https = Url::parse(&format!("https://{text}")).ok()?;
    if is_loopback(&https) {
        Url::parse(&format!("http://{text}")).ok()
    } else {
        Some(https)
    }
}

/// The part of a URL's text between scheme and path. The parser drops an empty userinfo (`https://@host`), we refuse
/// it.
fn authority(text: &str) -> &str {
    let after_scheme = text.split_once("://").map_or(text, |(_, rest)| rest);
    after_scheme.split(['/', '?', '#']).next().unwrap_or_default()
}

/// A host that embed URLs may be on: exact, ASCII, lower case, with a port or on its scheme's default port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbedHost {
    host: String,
    port: Option<u16>,
}

impl EmbedHost {
    /// Reads `host` or `host:port`.
    ///
    /// # Errors
    /// What is wrong with it, for the person who wrote the setting.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const WRONG: &str = "must be a host name or address, lower case, optionally with :port";
        let url = Url::parse(&format!("https://{text}/")).map_err(|_the_setting_is_named| WRONG)?;
        let host = url.host_str().unwrap_or_default();
        let port = text.strip_prefix(host).and_then(|rest| match rest.strip_prefix(':') {
            None if rest.is_empty() => Some(None),
            None => None,
            Some(port) => port.parse().ok().filter(|port| *port != 0).map(Some),
        });
        match port {
            Some(port) if !host.is_empty() && !host.contains('*') => Ok(Self {
                host: host.to_owned(),
                port,
            }),
            Some(_) | None => Err(WRONG),
        }
    }

    /// The host of an address, on its port.
    #[must_use]
    pub fn of(url: &Url) -> Option<Self> {
        Some(Self {
            host: url.host_str()?.to_owned(),
            port: url.port(),
        })
    }

    /// The origins of the URLs that may be on it: of https anywhere, and of http on this machine.
    pub fn origins(&self) -> impl Iterator<Item = String> {
        let origin_of = |scheme: &str| match self.port {
            None => format!("{scheme}://{}", self.host),
            Some(port) => format!("{scheme}://{}:{port}", self.host),
        };
        let secure = origin_of("https");
        let is_here = Url::parse(&secure).is_ok_and(|url| is_loopback(&url));
        [Some(secure), is_here.then(|| origin_of("http"))].into_iter().flatten()
    }

    fn is_of(&self, url: &Url) -> bool {
        let port_fits = match self.port {
            None => url.port().is_none(),
            Some(port) => url.port_or_known_default() == Some(port),
        };
        port_fits && url.host_str() == Some(&self.host)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str) -> Result<String, NotEmbeddable> {
        let hosts = [
            "app.empego.ca",
            "uat.empego.ca:8443",
            "127.0.0.1:8081",
            "localhost:8081",
            "[::1]:8081",
        ]
        .map(|host| EmbedHost::parse(host).unwrap());
        EmbedUrl::parse(text, &hosts).map(|url| url.as_str().to_owned())
    }

    #[test]
    fn a_host_has_an_origin_for_each_scheme_that_is_safe_there() {
        let rows: &[(&str, &[&str])] = &[
            ("app.empego.ca", &["https://app.empego.ca"]),
            ("uat.empego.ca:8443", &["https://uat.empego.ca:8443"]),
            ("127.0.0.1:8081", &["https://127.0.0.1:8081", "http://127.0.0.1:8081"]),
        ];
        for (host, origins) in rows {
            assert_eq!(EmbedHost::parse(host).unwrap().origins().collect::<Vec<_>>(), *origins);
        }
    }

    #[test]
    fn good_urls_come_out_as_parsed() {
        let rows: &[(&str, &str)] = &[
            (
                "https://app.empego.ca/fr/embed?sessionId=1",
                "https://app.empego.ca/fr/embed?sessionId=1",
            ),
            (
                "app.empego.ca/fr/embed?sessionId=1&patient=2",
                "https://app.empego.ca/fr/embed?sessionId=1&patient=2",
            ),
            ("HTTPS://APP.EMPEGO.CA", "https://app.empego.ca/"),
            ("https://app.empego.ca:443/x", "https://app.empego.ca/x"),
            ("https://uat.empego.ca:8443/x", "https://uat.empego.ca:8443/x"),
            ("127.0.0.1:8081/en/embed", "http://127.0.0.1:8081/en/embed"),
            ("localhost:8081/en", "http://localhost:8081/en"),
            ("http://[::1]:8081/", "http://[::1]:8081/"),
            (
                "https://app.empego.ca/a?next=https://evil.test/@x",
                "https://app.empego.ca/a?next=https://evil.test/@x",
            ),
        ];
        for (text, url) in rows {
            assert_eq!(check(text).as_deref(), Ok(*url), "{text}");
        }
    }

    #[test]
    fn bad_urls_are_refused_with_a_reason() {
        use NotEmbeddable::{BreaksARule, NotAUrl};
        let long = format!("https://app.empego.ca/{}", "a".repeat(4096));
        let grows = format!("https://app.empego.ca/{}", "é".repeat(1000));
        let rows: &[(&str, NotEmbeddable, &str)] = &[
            ("http://app.empego.ca/x", BreaksARule, "http, and not loopback"),
            ("https://evil.test/x", BreaksARule, "a foreign host"),
            (
                "https://app.empego.ca.evil.test/x",
                BreaksARule,
                "a host that starts alike",
            ),
            ("https://xapp.empego.ca/", BreaksARule, "a host that ends alike"),
            (
                "https://app.empego.ca:8443/x",
                BreaksARule,
                "a bare host means the default port",
            ),
            ("https://uat.empego.ca/x", BreaksARule, "listed with another port"),
            ("https://user@app.empego.ca/x", BreaksARule, "userinfo"),
            (
                "https://user:pw@app.empego.ca/x",
                BreaksARule,
                "userinfo with a password",
            ),
            ("https://@app.empego.ca/x", BreaksARule, "empty userinfo"),
            (
                "https://app.empego.ca@evil.test/",
                BreaksARule,
                "the host in the userinfo",
            ),
            ("https://app.empego.ca\\@evil.test/", BreaksARule, "a backslash"),
            ("https://app.empego.ca/a b", BreaksARule, "a space"),
            ("https://app.empego.ca/a\tb", BreaksARule, "a tab, which parsers drop"),
            (
                "https://app.empego.ca/a\u{85}b",
                BreaksARule,
                "a control character above ASCII",
            ),
            ("javascript://app.empego.ca/%0aalert(1)", BreaksARule, "a script"),
            ("javascript:alert(1)", NotAUrl, "a script without slashes"),
            ("data:text/html,x", NotAUrl, "data"),
            ("mailto:1234", BreaksARule, "a scheme that reads like a host and port"),
            ("//app.empego.ca/x", NotAUrl, "no scheme, but slashes"),
            ("/embed/x", NotAUrl, "a path alone"),
            ("/app.empego.ca/x", NotAUrl, "a path that reads like a host"),
            ("https:///app.empego.ca/x", NotAUrl, "a slash too many"),
            ("https:app.empego.ca/x", NotAUrl, "slashes missing"),
            ("OK", NotAUrl, "a word"),
            ("null", NotAUrl, "a word of JSON's"),
            ("Session could not be made", NotAUrl, "a sentence"),
            (
                "Error: no session (see app.empego.ca/help)",
                NotAUrl,
                "a sentence with a URL in it",
            ),
            ("app.empego.ca is down", NotAUrl, "a sentence that begins with a host"),
            ("Error/exception occurred", NotAUrl, "a sentence with a slash"),
            ("app.empego.ca/a b", BreaksARule, "a URL without a scheme, with a space"),
            (" https://app.empego.ca/", BreaksARule, "a space before"),
            (&long, BreaksARule, "over 4 KiB"),
            (&grows, BreaksARule, "over 4 KiB once percent-encoded"),
        ];
        for (text, why, reason) in rows {
            assert_eq!(check(text), Err(*why), "{reason}");
        }
    }

    #[test]
    fn the_body_decides_whether_it_holds_a_url() {
        use NotEmbeddable::{BreaksARule, NotAUrl};
        const URL: &str = "https://app.empego.ca/fr/embed?sessionId=1";
        let hosts: Vec<_> = EmbedHost::parse("app.empego.ca").into_iter().collect();
        let good = [
            URL.to_owned(),
            format!("  {URL}\r\n"),
            format!("\u{feff}{URL}"),
            format!("\u{feff}\u{feff} \"{URL}\""),
            URL.replace("https://", ""),
            format!("\"{URL}\""),
            format!(r#"{{"url":"{URL}"}}"#),
            format!("\u{feff}{{\"userId\":\"u\",\"iframeUrl\":\"{URL}\",\"patientId\":null}}"),
            format!(r#"{{"url":null,"iframeUrl":"{URL}"}}"#),
        ];
        for body in good {
            let read = EmbedUrl::in_body(body.as_bytes(), &hosts);
            assert_eq!(read.map(|url| url.as_str().to_owned()), Ok(URL.to_owned()), "{body}");
            assert!(EmbedUrl::in_body_on_any_host(body.as_bytes()).is_ok(), "{body}");
        }
        let array = format!("[\"{URL}\"]");
        let both = format!(r#"{{"url":"{URL}","iframeUrl":"{URL}"}}"#);
        let twice = format!(r#"{{"url":"{URL}","url":"{URL}"}}"#);
        let rows: &[(&str, NotEmbeddable, &str)] = &[
            ("", NotAUrl, "empty"),
            (" \n", NotAUrl, "blank"),
            ("\u{feff}", NotAUrl, "a byte order mark alone"),
            ("<!doctype html><p>Login", NotAUrl, "HTML"),
            ("\u{feff}\n <html>", NotAUrl, "HTML after a byte order mark"),
            ("{\"url\":", NotAUrl, "broken JSON"),
            ("{}", NotAUrl, "no URL in it"),
            (&array, NotAUrl, "an array"),
            (&both, NotAUrl, "two URLs in it"),
            (&twice, NotAUrl, "one URL twice"),
            ("\"\"", NotAUrl, "an empty string"),
            ("null", NotAUrl, "null"),
            ("\"Session could not be made\"", NotAUrl, "prose in a string"),
            ("\" https://app.empego.ca/\"", BreaksARule, "a space inside the string"),
            ("javascript:alert", NotAUrl, "a script"),
        ];
        for (body, why, reason) in rows {
            assert_eq!(EmbedUrl::in_body(body.as_bytes(), &hosts), Err(*why), "{reason}");
            assert_eq!(EmbedUrl::in_body_on_any_host(body.as_bytes()), Err(*why), "{reason}");
        }
        assert_eq!(EmbedUrl::in_body(b"\xff", &hosts), Err(NotAUrl), "not UTF-8");
        let elsewhere = b"https://evil.test/";
        assert_eq!(EmbedUrl::in_body(elsewhere, &hosts), Err(BreaksARule), "a foreign host");
        assert!(EmbedUrl::in_body_on_any_host(elsewhere).is_ok(), "any host");
    }

    #[test]
    fn a_text_that_holds_a_url_is_known_by_it() {
        let hosts = ["app.empego.ca", "127.0.0.1:8081"].map(|host| EmbedHost::parse(host).unwrap());
        let rows = [
            ("https://app.empego.ca/fr/embed?sessionId=1", true, "as it is"),
            ("see app.empego.ca/fr/embed?sessionId=1", true, "without a scheme"),
            ("HTTPS://APP.EMPEGO.CA/x", true, "shouted"),
            (r"https:\/\/app.empego.ca\/x", true, "in JSON's clothes"),
            ("next=https%3A%2F%2Fapp%2Eempego%2Eca%2Fx", true, "percent-encoded"),
            ("app%252Eempego%252Eca", true, "percent-encoded twice"),
            ("app%2525252525252525252Eempego", true, "percent-encoded as nobody does"),
            ("app。empego。ca/x", true, "with ideographic dots"),
            ("ａｐｐ．ｅｍｐｅｇｏ．ｃａ", true, "in wide letters"),
            ("app.em\u{ad}pe\u{200b}go.ca", true, "with characters that nobody sees"),
            ("app.empego.\tca/x", true, "with a tab, which parsers drop"),
            ("127.0.0.1:8081/en", true, "an address"),
            ("https://2130706433/en", true, "an address in another form"),
            ("User creation failed - missing required fields", false, "a sentence"),
            ("100% of 5 tries failed: 50%/50%", false, "percent signs"),
            ("", false, "nothing"),
        ];
        for (text, holds, reason) in rows {
            assert_eq!(may_hold_url(text, &hosts), holds, "{reason}: {text}");
        }
    }

    #[test]
    fn the_origin_is_what_a_browser_says_it_is() {
        let rows = [
            ("https://app.empego.ca/fr/embed?sessionId=1", "https://app.empego.ca"),
            ("https://app.empego.ca:443/é", "https://app.empego.ca"),
            ("https://uat.empego.ca:8443/x", "https://uat.empego.ca:8443"),
            ("[::1]:8081/en", "http://[::1]:8081"),
        ];
        let hosts = ["app.empego.ca", "uat.empego.ca:8443", "[::1]:8081"].map(|host| EmbedHost::parse(host).unwrap());
        for (text, origin) in rows {
            assert_eq!(EmbedUrl::parse(text, &hosts).unwrap().origin(), origin, "{text}");
        }
    }

    #[test]
    fn listed_hosts_are_exact() {
        for good in ["app.empego.ca", "127.0.0.1:8081", "[::1]", "localhost:1"] {
            assert!(EmbedHost::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "App.empego.ca",
            "https://app.empego.ca",
            "a/b",
            "a:0",
            "a:99999",
            "a:x",
            "é.ca",
            "u@a",
            "*.empego.ca",
            "a b",
        ] {
            assert!(EmbedHost::parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_plain_url_is_what_the_parser_makes_of_it(
            text in "https://(app\\.empego\\.ca|uat\\.empego\\.ca|[a-zA-Z0-9.:@-]{1,16})/([a-z0-9._~%-]{0,4}/){0,3}[a-z.?&=%+#_~2eE\\\\é -]{0,16}",
        ) {
            let hosts = ["app.empego.ca", "uat.empego.ca:8443"].map(|host| EmbedHost::parse(host).unwrap());
            if let Some(plain) = EmbedUrl::parse_plain(&text, &hosts) {
                prop_assert_eq!(plain.as_str(), &text);
                prop_assert_eq!(plain.origin(), "https://app.empego.ca");
                prop_assert_eq!(EmbedUrl::parse_any(&text, Some(&hosts)), Ok(plain));
            }
        }

        #[test]
        fn any_body_is_read_without_a_panic(body in any::<Vec<u8>>(), text in "\\PC{0,60}") {
            let hosts = ["app.empego.ca"].map(|host| EmbedHost::parse(host).unwrap());
            for body in [&body, text.as_bytes()] {
                if let Ok(url) = EmbedUrl::in_body(body, &hosts) {
                    prop_assert!(url.as_str().starts_with("https://app.empego.ca/"));
                }
            }
            let _ = may_hold_url(&text, &hosts);
        }

        #[test]
        fn a_url_is_found_in_any_text(before in "\\PC{0,20}", after in "\\PC{0,20}") {
            let hosts = ["app.empego.ca"].map(|host| EmbedHost::parse(host).unwrap());
            let text = format!("{before} https://app.empego.ca/{after}");
            prop_assert!(may_hold_url(&text, &hosts));
        }

        #[test]
        fn no_accepted_url_is_on_another_host(text in "(https?://)?(app\\.empego\\.ca|[a-z@.:\\\\/]{0,12}){1,3}[\\PC]{0,20}") {
            if let Ok(url) = check(&text) {
                let url = Url::parse(&url).unwrap();
                prop_assert!(matches!(url.host_str(), Some("app.empego.ca" | "uat.empego.ca" | "127.0.0.1" | "localhost" | "[::1]")));
                prop_assert!(url.username().is_empty() && url.password().is_none());
                prop_assert!(url.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
            }
        }
    }
}
