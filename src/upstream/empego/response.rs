//! What comes back. Pure: every answer of the upstream is one row of a test.

use domain::{
    code::Code,
    embed_url::{EmbedHost, EmbedUrl, NotEmbeddable, may_hold_url},
};
use serde_json::{Map, Value};

use super::error::{EmpegoError, Meaning};
use crate::upstream::wire::{Answer, Body};

/// Reads an answer.
pub(super) fn read(answer: Answer<'_>, embed_hosts: &[EmbedHost]) -> Result<EmbedUrl, EmpegoError> {
    let message = error_message(&answer);
    let meaning = match (answer.status, answer.body) {
        (200, Body::Read(body)) => match EmbedUrl::in_body(body, embed_hosts) {
            Ok(url) => return Ok(url),
            Err(NotEmbeddable::NotAUrl) => Meaning::BadBody,
            Err(NotEmbeddable::BreaksARule) => Meaning::BadUrl,
        },
        (200, Body::Compressed) => Meaning::Compressed,
        (400, Body::Compressed) => Meaning::RejectedCompressed,
        (status, Body::Read(_) | Body::TooLarge | Body::Compressed) => meaning(status, message.as_deref()),
    };
    let shown = message.filter(|message| !may_hold_url(message, embed_hosts));
    Err(EmpegoError::Answered {
        meaning,
        status: answer.status,
        message: shown.as_deref().map(Answer::shortened),
        retry_after: answer.retry_after().filter(|_| meaning == Meaning::Busy),
    })
}

/// What an answer that holds no URL means.
fn meaning(status: u16, message: Option<&str>) -> Meaning {
    match status {
        200 => Meaning::BadBody,
        201..=299 => Meaning::OtherSuccess,
        400 if says(message, Code::UpstreamHeaderRejected) => Meaning::HeaderRejected,
        400 if says(message, Code::UpstreamUserFieldsMissing) => Meaning::UserFieldsMissing,
        401 => Meaning::AuthenticationFailed,
        400 | 403 | 404 | 409 | 410 | 422 => Meaning::Rejected,
        429 | 503 => Meaning::Busy,
        _ => Meaning::Error,
    }
}

/// The two documented 400s differ by message only; ours repeat Empego's words. They are known by how they begin, in upper
/// and lower case, since more may follow: the fields' names, or a full stop.
fn says(message: Option<&str>, code: Code) -> bool {
    let message = message.unwrap_or_default().trim_start();
    let documented = code.message(None);
    let is_documented = message
        .get(..documented.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(&documented));
    let next = message.get(documented.len()..).and_then(|rest| rest.chars().next());
    is_documented && !next.is_some_and(char::is_alphanumeric)
}

/// The `message` of an error's body, which is an object. A success is not an error, and its contents are private.
fn error_message(answer: &Answer<'_>) -> Option<String> {
    if (200..300).contains(&answer.status) {
        return None;
    }
    let mut body: Map<String, Value> = serde_json::from_slice(answer.body.read()?).ok()?;
    match body.remove("message")? {
        Value::String(message) => Some(message),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {

    use proptest::prelude::*;

    use super::*;

    const URL: &str = "https://app.empego.ca/fr/embed?sessionId=1";

    fn hosts() -> Vec<EmbedHost> {
        EmbedHost::parse("app.empego.ca").into_iter().collect()
    }

    fn answer(status: u16, body: Body<&[u8]>) -> Answer<'_> {
        Answer {
            status,
            come_back: None,
            body,
        }
    }

    fn read_text(status: u16, body: &str) -> Result<EmbedUrl, EmpegoError> {
        read(answer(status, Body::Read(body.as_bytes())), &hosts())
    }

    fn told(result: Result<EmbedUrl, EmpegoError>) -> Option<(Meaning, Option<String>)> {
        match result.err()? {
            EmpegoError::Answered { meaning, message, .. } => Some((meaning, message)),
            EmpegoError::NoAnswer(_) => None,
        }
    }

    fn meaning_of(result: Result<EmbedUrl, EmpegoError>) -> Option<Meaning> {
        told(result).map(|(meaning, _)| meaning)
    }

    fn error_body(message: &str) -> String {
        serde_json::json!({
            "timestamp": "x", "status": 400, "error": "Bad Request", "message": message, "path": "/",
        })
        .to_string()
    }

    #[test]
    fn a_200_without_a_usable_url_is_distinguished() {
        use Meaning::{BadBody, BadUrl};
        assert_eq!(
            read_text(200, URL).map(|url| url.as_str().to_owned()),
            Ok(URL.to_owned())
        );
        let rows: &[(&str, Meaning, &str)] = &[
            ("", BadBody, "empty"),
            ("<!doctype html><p>Login", BadBody, "HTML by its looks"),
            ("Session could not be made", BadBody, "prose"),
            ("https://evil.test/", BadUrl, "a foreign host"),
        ];
        for (body, expected, reason) in rows {
            assert_eq!(told(read_text(200, body)), Some((*expected, None)), "{reason}");
        }
        let unreadable = |body| meaning_of(read(answer(200, body), &hosts()));
        assert_eq!(unreadable(Body::TooLarge), Some(BadBody), "too large");
        assert_eq!(unreadable(Body::Compressed), Some(Meaning::Compressed), "compressed");
        assert_eq!(unreadable(Body::Read(b"\xff")), Some(BadBody), "not UTF-8");
    }

    #[test]
    fn every_other_status_has_its_meaning() {
        let documented = error_body("Invalid x-integration-user header format");
        assert_eq!(meaning_of(read_text(422, &documented)), Some(Meaning::Rejected));
        assert_eq!(
            meaning_of(read_text(401, &documented)),
            Some(Meaning::AuthenticationFailed)
        );
        let compressed = read(answer(400, Body::Compressed), &hosts());
        assert_eq!(meaning_of(compressed), Some(Meaning::RejectedCompressed));
        for status in 100..=599_u16 {
            let expected = match status {
                200 => Meaning::BadBody,
                201..=299 => Meaning::OtherSuccess,
                401 => Meaning::AuthenticationFailed,
                400 | 403 | 404 | 409 | 410 | 422 => Meaning::Rejected,
                429 | 503 => Meaning::Busy,
                _ => Meaning::Error,
            };
            assert_eq!(meaning_of(read_text(status, "<p>")), Some(expected), "{status}");
        }
    }

    #[test]
    fn the_documented_400s_are_known_by_how_they_begin() {
        use Meaning::{HeaderRejected, Rejected, UserFieldsMissing};
        let rows = [
            ("Invalid x-integration-user header format", HeaderRejected, "documented"),
            (
                "User creation failed - missing required fields",
                UserFieldsMissing,
                "documented",
            ),
            (
                "User creation failed - missing required fields: email",
                UserFieldsMissing,
                "with a name behind",
            ),
            (
                "Invalid x-integration-user header format.",
                HeaderRejected,
                "with a full stop",
            ),
            (
                "INVALID X-Integration-User Header Format",
                HeaderRejected,
                "in other case",
            ),
            (
                " Invalid x-integration-user header format (Base64)",
                HeaderRejected,
                "with a space before",
            ),
            ("Invalid x-integration-user header formatting", Rejected, "another word"),
            (
                "Not: invalid x-integration-user header format",
                Rejected,
                "in the middle",
            ),
            ("Invalid x-integration-user header", Rejected, "cut short"),
            ("", Rejected, "nothing"),
        ];
        for (message, expected, reason) in rows {
            assert_eq!(
                meaning_of(read_text(400, &error_body(message))),
                Some(expected),
                "{reason}"
            );
        }
    }

    #[test]
    fn no_url_of_an_embed_host_is_ever_a_message() {
        let wrapped = |message: &str| error_body(message);
        let array = format!("[\"{URL}\"]");
        let rows = [
            (200, array.clone(), "an array in a 200"),
            (200, wrapped(URL), "an error body in a 200"),
            (201, wrapped("words"), "words in a success"),
            (400, array, "an array in a 400"),
            (400, wrapped(URL), "a URL"),
            (503, wrapped(&format!("{}{URL}", "x ".repeat(300))), "a URL far behind"),
            (
                500,
                wrapped("go to APP.EMPEGO.CA/fr/embed?sessionId=1"),
                "a URL without a scheme",
            ),
            (
                400,
                wrapped(&format!("Invalid x-integration-user header format: {URL}")),
                "a URL behind documented words",
            ),
        ];
        for (status, body, reason) in rows {
            let (_, message) = told(read_text(status, &body)).unwrap();
            assert_eq!(message, None, "{reason}");
        }
        let (_, message) = told(read_text(400, &wrapped("words"))).unwrap();
        assert_eq!(message.as_deref(), Some("words"));
    }

    proptest! {
        #[test]
        fn any_answer_is_read_without_a_panic(status in 100_u16..600, body in any::<Vec<u8>>()) {
            if let Ok(url) = read(answer(status, Body::Read(&body)), &hosts()) {
                prop_assert!(url.as_str().starts_with("https://app.empego.ca/"));
            }
        }

        #[test]
        fn no_message_shows_a_host_of_embed_urls(
            status in 100_u16..600, before in "\\PC{0,600}", after in "\\PC{0,20}",
        ) {
            let body = error_body(&format!("{before}app.empego.ca{after}"));
            if let Some((_, message)) = told(read_text(status, &body)) {
                prop_assert_eq!(message, None);
            }
        }
    }
}
