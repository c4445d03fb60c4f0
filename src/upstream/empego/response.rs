//! What comes back. Pure: every answer of the upstream is one row of a test.

use std::borrow::Cow;

use domain::{
    code::Code,
    embed_url::{EmbedHost, EmbedUrl, NotEmbeddable},
};
use serde::Deserialize;

use super::error::{EmpegoError, Meaning};
use crate::upstream::wire::Answer;

/// Empego's error body, as far as it says more than the status.
#[derive(Deserialize)]
struct ErrorBody {
    message: String,
}

/// An object that holds the URL; other members are Empego's business.
#[derive(Deserialize)]
struct UrlObject {
    url: Option<String>,
    #[serde(rename = "iframeUrl")]
    iframe_url: Option<String>,
}

/// Reads an answer.
pub(super) fn read(answer: Answer<'_>, embed_hosts: &[EmbedHost]) -> Result<EmbedUrl, EmpegoError> {
    let unusable = match answer.status {
        200 => match embed_url(answer, embed_hosts) {
            Ok(url) => return Ok(url),
            Err(NotEmbeddable::NotAUrl) => Some(Meaning::BadBody),
            Err(NotEmbeddable::BreaksARule) => Some(Meaning::BadUrl),
        },
        _ => None,
    };
    let message = error_message(answer.body);
    let meaning = unusable.unwrap_or_else(|| meaning(answer.status, message.as_deref()));
    Err(EmpegoError::Answered {
        meaning,
        status: answer.status,
        message: message.as_deref().map(Answer::shortened),
        retry_after: answer.retry_after().filter(|_| meaning == Meaning::Busy),
    })
}

/// What an answer that holds no URL means.
fn meaning(status: u16, message: Option<&str>) -> Meaning {
    match status {
        200..=299 => Meaning::BadBody,
        400 if says(message, Code::UpstreamHeaderRejected) => Meaning::HeaderRejected,
        400 if says(message, Code::UpstreamUserFieldsMissing) => Meaning::UserFieldsMissing,
        401 => Meaning::AuthenticationFailed,
        400 | 403 | 404 | 409 | 410 | 422 => Meaning::Rejected,
        429 | 503 => Meaning::Busy,
        _ => Meaning::Error,
    }
}

/// The two documented 400s differ by message only; ours repeat Empego's words.
fn says(message: Option<&str>, code: Code) -> bool {
    message == Some(code.message())
}

fn error_message(body: Option<&[u8]>) -> Option<String> {
    let body: ErrorBody = serde_json::from_slice(body?).ok()?;
    Some(body.message)
}

/// The URL in a 200: bare text, a JSON string, or a JSON object with exactly one of `url` and `iframeUrl`.
fn embed_url(answer: Answer<'_>, embed_hosts: &[EmbedHost]) -> Result<EmbedUrl, NotEmbeddable> {
    let body = answer.body.ok_or(NotEmbeddable::NotAUrl)?;
    let is_html = answer
        .content_type
        .is_some_and(|media| media.trim().to_ascii_lowercase().starts_with("text/html"));
    let text = std::str::from_utf8(body).map_err(|_body_stays_secret| NotEmbeddable::NotAUrl)?;
    let text = text.trim_ascii();
    if is_html || text.is_empty() || text.starts_with('<') {
        return Err(NotEmbeddable::NotAUrl);
    }
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
    if url.is_empty() {
        return Err(NotEmbeddable::NotAUrl);
    }
    EmbedUrl::parse(&url, embed_hosts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const URL: &str = "https://app.empego.ca/fr/embed?sessionId=1";

    fn hosts() -> Vec<EmbedHost> {
        EmbedHost::parse("app.empego.ca").into_iter().collect()
    }

    fn read_text(status: u16, content_type: &str, body: &str) -> Result<EmbedUrl, EmpegoError> {
        let answer = Answer {
            status,
            content_type: Some(content_type),
            retry_after: None,
            date: None,
            body: Some(body.as_bytes()),
        };
        read(answer, &hosts())
    }

    fn meaning_of(result: Result<EmbedUrl, EmpegoError>) -> Option<Meaning> {
        match result.err()? {
            EmpegoError::Answered { meaning, .. } => Some(meaning),
            EmpegoError::NoAnswer(_) => None,
        }
    }

    #[test]
    fn a_url_comes_in_every_documented_dress() {
        let dresses = [
            URL.to_owned(),
            format!("  {URL}\n"),
            URL.replace("https://", ""),
            format!("\"{URL}\""),
            format!(r#"{{"url":"{URL}"}}"#),
            format!(r#"{{"userId":"u","iframeUrl":"{URL}","patientId":null}}"#),
            format!(r#"{{"url":null,"iframeUrl":"{URL}"}}"#),
        ];
        for body in dresses {
            let url = read_text(200, "text/plain", &body);
            assert_eq!(url.map(|url| url.as_str().to_owned()), Ok(URL.to_owned()), "{body}");
        }
    }

    #[test]
    fn a_200_without_a_usable_url_is_told_apart() {
        use Meaning::{BadBody, BadUrl};
        let both = format!(r#"{{"url":"{URL}","iframeUrl":"{URL}"}}"#);
        let twice = format!(r#"{{"url":"{URL}","url":"{URL}"}}"#);
        let rows: &[(&str, &str, Meaning, &str)] = &[
            ("text/plain", "", BadBody, "empty"),
            ("text/plain", " \n", BadBody, "blank"),
            ("text/html", URL, BadBody, "HTML by its type"),
            ("TEXT/HTML; charset=utf-8", URL, BadBody, "HTML by its type, shouted"),
            ("text/plain", "<!doctype html><p>Login", BadBody, "HTML by its looks"),
            ("application/json", "{\"url\":", BadBody, "broken JSON"),
            ("application/json", "{}", BadBody, "no URL in it"),
            ("application/json", &both, BadBody, "two URLs in it"),
            ("application/json", &twice, BadBody, "one URL twice"),
            ("application/json", "\"\"", BadBody, "an empty string"),
            (
                "application/json",
                "null",
                BadUrl,
                "null reads as a host that nobody lists",
            ),
            ("text/plain", "https://evil.test/", BadUrl, "a foreign host"),
            ("text/plain", "Session could not be made", BadUrl, "prose has spaces"),
            (
                "application/json",
                "\" https://app.empego.ca/\"",
                BadUrl,
                "a space inside the string",
            ),
        ];
        for (content_type, body, expected, reason) in rows {
            assert_eq!(
                meaning_of(read_text(200, content_type, body)),
                Some(*expected),
                "{reason}"
            );
        }
        let unreadable = |body| Answer {
            status: 200,
            content_type: None,
            retry_after: None,
            date: None,
            body,
        };
        assert_eq!(meaning_of(read(unreadable(None), &hosts())), Some(BadBody), "too large");
        assert_eq!(
            meaning_of(read(unreadable(Some(b"\xff")), &hosts())),
            Some(BadBody),
            "not UTF-8"
        );
    }

    #[test]
    fn every_other_status_has_its_meaning() {
        let body = |message: &str| {
            format!(r#"{{"timestamp":"x","status":400,"error":"Bad Request","message":"{message}","path":"/"}}"#)
        };
        let header = body("Invalid x-integration-user header format");
        let fields = body("User creation failed - missing required fields");
        assert_eq!(
            meaning_of(read_text(400, "application/json", &header)),
            Some(Meaning::HeaderRejected)
        );
        assert_eq!(
            meaning_of(read_text(400, "application/json", &fields)),
            Some(Meaning::UserFieldsMissing)
        );
        assert_eq!(
            meaning_of(read_text(422, "application/json", &fields)),
            Some(Meaning::Rejected)
        );
        assert_eq!(
            meaning_of(read_text(401, "application/json", &header)),
            Some(Meaning::AuthenticationFailed)
        );
        for status in 100..=599_u16 {
            let expected = match status {
                200..=299 => Meaning::BadBody,
                401 => Meaning::AuthenticationFailed,
                400 | 403 | 404 | 409 | 410 | 422 => Meaning::Rejected,
                429 | 503 => Meaning::Busy,
                _ => Meaning::Error,
            };
            assert_eq!(
                meaning_of(read_text(status, "text/plain", "<p>")),
                Some(expected),
                "{status}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_answer_is_read_without_a_panic(status in 100_u16..600, body in any::<Vec<u8>>()) {
            let answer = Answer { status, content_type: None, retry_after: None, date: None, body: Some(&body) };
            if let Ok(url) = read(answer, &hosts()) {
                prop_assert!(url.as_str().starts_with("https://app.empego.ca/"));
            }
        }
    }
}
