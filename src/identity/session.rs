//! The session that a browser has at its host: in a cookie, whose value is the clinician's token or means something to the
//! host alone.

use std::{fmt, iter};

use cookie::Cookie;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;
use url::Url;

use super::{credential::Credential, key_source::Fetcher};

/// The most bytes of cookies that are looked at.
const MAX_COOKIES: usize = 16 * 1024;

/// How often a host is asked at once: whoever asks has proved nothing yet, and every question is a call to the host.
const QUESTIONS: usize = 64;

/// The cookies of one request. `Debug` does not show them.
pub struct Cookies(Vec<(String, SecretString)>);

/// Where a host says whose session it is.
#[derive(Debug)]
pub struct SessionPage {
    url: Url,
    more_cookies: Vec<String>,
    fetcher: Fetcher,
    questions: Semaphore,
}

/// The host is being asked about too many sessions already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyQuestions;

impl Cookies {
    /// Reads every value of `Cookie`. What is no cookie is passed over: the others are somebody else's.
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

    /// The one value of this name: of two, nobody knows which is meant.
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

impl Credential {
    /// The token in a cookie.
    #[must_use]
    pub fn of_cookie(value: &SecretString) -> Option<Self> {
        Self::of_token(value.expose_secret().as_bytes())
    }
}

impl SessionPage {
    /// A page at this address, which is also told these cookies if the browser has them.
    #[must_use]
    pub fn at(url: Url, more_cookies: Vec<String>, fetcher: Fetcher) -> Self {
        Self {
            url,
            more_cookies,
            fetcher,
            questions: Semaphore::new(QUESTIONS),
        }
    }

    /// Asks with the cookie of this name and those that the settings name, and with nothing else of the browser's. Any answer
    /// but a 200 means that there is no session.
    ///
    /// # Errors
    /// If the host is being asked too much.
    pub async fn ask(&self, name: &str, cookies: &Cookies) -> Result<Option<Vec<u8>>, TooManyQuestions> {
        let _one_of_them = self.questions.try_acquire().map_err(|_none_is_left| TooManyQuestions)?;
        let names = self.more_cookies.iter().map(String::as_str);
        let pairs = iter::once(name).chain(names).filter_map(|name| {
            let value = cookies.value(name)?.expose_secret();
            Some(format!("{name}={value}"))
        });
        let Ok(mut cookie) = HeaderValue::from_str(&pairs.collect::<Vec<_>>().join("; ")) else {
            return Ok(None);
        };
        cookie.set_sensitive(true);
        Ok(self.fetcher.get_with_cookie(self.url.clone(), cookie).await)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_a_cookie_that_is_there_once_is_anybodys_session() {
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

    #[tokio::test]
    async fn a_host_is_not_asked_more_than_so_often_at_once() {
        let fetcher = Fetcher::new(crate::tls::trusting_this_machine().unwrap()).unwrap();
        let page = SessionPage::at(Url::parse("http://127.0.0.1:9/session").unwrap(), Vec::new(), fetcher);
        let cookies = Cookies::read(&[b"s=v"]);
        let places = u32::try_from(QUESTIONS).unwrap();
        let all = page.questions.acquire_many(places).await.unwrap();
        assert_eq!(page.ask("s", &cookies).await, Err(TooManyQuestions));
        drop(all);
        assert_eq!(page.ask("s", &cookies).await, Ok(None), "nobody listens there");
    }

    proptest! {
        #[test]
        fn any_header_is_read_without_a_panic(header in any::<Vec<u8>>()) {
            let _either_way = Cookies::read(&[&header]).value("s").is_some();
        }
    }
}
