//! `[host.session]`: how a browser that Junction sends to the session continuation proves whose session it has at the host.

use url::Url;

use super::{error::Mistakes, section::Section};
use crate::domain::base_url::BaseUrl;

/// `[host.session]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionConfig {
    /// The name of the cookie that holds the session.
    pub cookie: String,
    /// Where the host says whose session that is; none for a token host, whose cookie holds the clinician's token.
    pub url: Option<Url>,
}

/// Reads the section of an asserted host, which needs a URL, or of a token host, which has no use for one.
pub(super) fn session(mut section: Section, is_token_host: bool, mistakes: &mut Mistakes) -> Option<SessionConfig> {
    let cookie = section.required_text("cookie", mistakes).and_then(|found| {
        found.parse(mistakes, |text| {
            let is_name = (1..=128).contains(&text.len())
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
            is_name
                .then_some(text)
                .ok_or_else(|| "must be a cookie's name".to_owned())
        })
    });
    let url = if is_token_host {
        section.refuse(
            "url",
            "belongs to asserted hosts; the cookie of a token host holds the clinician's token",
            mistakes,
        );
        None
    } else {
        let found = section.required_text("url", mistakes)?;
        let url = found.parse(mistakes, |text| {
            BaseUrl::parse(&text).map(BaseUrl::into_url).map_err(str::to_owned)
        });
        Some(url?)
    };
    section.finish(mistakes);
    Some(SessionConfig { cookie: cookie?, url })
}
