//! The session that a browser has at its host: in a cookie, whose value is the clinician's token or means something to the
//! host alone.

use std::iter;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;
use url::Url;

use super::{cookies::Cookies, credential::Credential, fetcher::Fetcher};
use crate::upstream::wire::HeaderValue;

/// How often a host is asked at once: whoever asks has proved nothing yet, and every question is a call to the host.
const QUESTIONS: usize = 64;

/// Where a host says whose session it is.
#[derive(Debug)]
pub struct SessionEndpoint {
    url: Url,
    more_cookies: Vec<String>,
    fetcher: Fetcher,
    questions: Semaphore,
}

/// The host is being asked about too many sessions already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy;

impl Credential {
    /// The token in a cookie.
    #[must_use]
    pub fn of_cookie(value: &SecretString) -> Option<Self> {
        Self::of_token(value.expose_secret().as_bytes())
    }
}

impl SessionEndpoint {
    /// An endpoint at this address, which is also told these cookies if the browser has them.
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
    pub async fn ask(&self, name: &str, cookies: &Cookies) -> Result<Option<Vec<u8>>, Busy> {
        let _one_of_them = self.questions.try_acquire().map_err(|_none_is_left| Busy)?;
        let names = self.more_cookies.iter().map(String::as_str);
        let pairs = iter::once(name).chain(names).filter_map(|name| {
            let value = cookies.value(name)?.expose_secret();
            Some(format!("{name}={value}"))
        });
        let Ok(mut cookie) = HeaderValue::from_str(&pairs.collect::<Vec<_>>().join("; ")) else {
            return Ok(None);
        };
        cookie.set_sensitive(true);
        Ok(self.fetcher.get_with_cookie(self.url.clone(), cookie).await.ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_host_is_not_asked_more_than_so_often_at_once() {
        let fetcher = Fetcher::new(crate::tls::trusting_this_machine().unwrap()).unwrap();
        let endpoint = SessionEndpoint::at(Url::parse("http://127.0.0.1:9/session").unwrap(), Vec::new(), fetcher);
        let cookies = Cookies::read(&[b"s=v"]);
        let places = u32::try_from(QUESTIONS).unwrap();
        let all = endpoint.questions.acquire_many(places).await.unwrap();
        assert_eq!(endpoint.ask("s", &cookies).await, Err(Busy));
        drop(all);
        assert_eq!(endpoint.ask("s", &cookies).await, Ok(None), "nobody listens there");
    }
}
