//! `[host.session]`: how a browser that Junction sends to the session continuation proves whose session it has at the host.

use domain::address::Address;
use url::Url;

use super::{error::Mistakes, section::Section};

/// `[host.session]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionConfig {
    /// The name of the cookie that holds the session.
    pub cookie: String,
    /// Which of `aud` the token in it has; without one, it is a token for the API.
    pub audience: Option<String>,
    /// Who says whose session that is; none for a token host, whose cookie holds the clinician's token.
    pub endpoint: Option<SessionEndpointConfig>,
}

/// A host's own session endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionEndpointConfig {
    /// Where it is.
    pub url: Url,
    /// The names of cookies that go there beside the session's, if the browser has them: some sessions need several.
    pub more_cookies: Vec<String>,
}

/// Reads the section of an asserted host, which needs a URL, or of a token host, which has no use for one.
pub(super) fn session(mut section: Section, is_token_host: bool, mistakes: &mut Mistakes) -> Option<SessionConfig> {
    let cookie = section
        .required_text("cookie", mistakes)
        .and_then(|found| found.parse(mistakes, cookie_name));
    let endpoint = if is_token_host {
        for name in ["url", "more_cookies"] {
            section.refuse(
                name,
                "is only for asserted hosts; the cookie of a token host contains the clinician's token",
                mistakes,
            );
        }
        Some(None)
    } else {
        section.refuse(
            "audience",
            "is only for token hosts; only its own server can read the cookie of an asserted host",
            mistakes,
        );
        endpoint(&mut section, mistakes).map(Some)
    };
    let audience = section
        .text("audience", mistakes)
        .and_then(|found| found.parse(mistakes, audience));
    section.finish(mistakes);
    Some(SessionConfig {
        cookie: cookie?,
        audience,
        endpoint: endpoint?,
    })
}

/// The name of those that tokens are for.
pub(super) fn audience(text: String) -> Result<String, String> {
    if text.is_empty() {
        Err("must not be empty".to_owned())
    } else {
        Ok(text)
    }
}

fn endpoint(section: &mut Section, mistakes: &mut Mistakes) -> Option<SessionEndpointConfig> {
    let url = section.required_text("url", mistakes).and_then(|found| {
        found.parse(mistakes, |text| {
            Address::parse(&text).map(Address::into_url).map_err(str::to_owned)
        })
    });
    let listed = section.texts("more_cookies", mistakes).into_iter().flatten();
    let more_cookies = listed.filter_map(|found| found.parse(mistakes, cookie_name)).collect();
    Some(SessionEndpointConfig {
        url: url?,
        more_cookies,
    })
}

fn cookie_name(text: String) -> Result<String, String> {
    let is_name = (1..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
    is_name
        .then_some(text)
        .ok_or_else(|| "must be a cookie's name".to_owned())
}
