//! What is held back unless writes are allowed: every request that could open a session, or create a person or anything
//! else at Empego or Junction, even if the target read it more leniently than it should.

use super::{case::Case, request::Request};
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Takes base64 as the most careless reader would.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Whether a request may be sent only with the permission of the person who started the run. What the run knows about
/// the target's tenant does not matter here: it may be wrong.
pub(super) fn needs_permission(request: &Request, case: &Case) -> bool {
    let mut outcomes = case.documented.iter().chain(case.strict);
    outcomes.any(|outcome| outcome.is_launch()) || names_anybody(request)
}

/// The names of whatever is created if it does not exist: a user or a member, a patient, a team.
const CREATED: [&str; 3] = ["\"userId\"", "\"clientUserId\"", "\"integrationTeamId\""];

/// Whether a request contains an id that a person or a thing could be created from.
fn names_anybody(request: &Request) -> bool {
    let headers = request.headers.get_all("x-integration-user").iter();
    let in_header = headers.into_iter().any(|value| holds_an_id(&decode(value.as_bytes())));
    let body = request.body.as_deref().unwrap_or_default();
    in_header || holds_an_id(&String::from_utf8_lossy(body))
}

fn decode(value: &[u8]) -> String {
    let standard: Vec<u8> = value
        .iter()
        .filter_map(|byte| match byte {
            b'-' => Some(b'+'),
            b'_' => Some(b'/'),
            other if other.is_ascii_alphanumeric() || matches!(other, b'+' | b'/') => Some(*other),
            _ignored => None,
        })
        .collect();
    // A lone last character is no byte yet.
    let whole = if standard.len() % 4 == 1 {
        standard.len() - 1
    } else {
        standard.len()
    };
    let decoded = standard.get(..whole).and_then(|whole| LENIENT.decode(whole).ok());
    String::from_utf8_lossy(&decoded.unwrap_or_default()).into_owned()
}

/// Whether some id has a value that is not an empty text, a list, an object or `null`.
fn holds_an_id(text: &str) -> bool {
    let mut values = CREATED.into_iter().flat_map(|name| text.split(name).skip(1));
    values.any(|after| {
        let value = after.trim_start().trim_start_matches(':').trim_start();
        match value.strip_prefix('"') {
            Some(inside) => !inside.starts_with('"') && !inside.is_empty(),
            None => value.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | 't' | 'f')),
        }
    })
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use http::{Method, header::HeaderValue};

    use super::*;

    fn with_header(value: &str) -> Request {
        let mut request = Request::new(Method::GET, "http://127.0.0.1/".parse().unwrap());
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        request.headers.append("x-integration-user", value);
        request
    }

    #[test]
    fn any_id_that_could_create_a_person_is_noticed() {
        let usable: &[&[u8]] = &[
            b"{\"userId\":\"u\"}",
            b"{\"userId\" : 7}",
            b"{\"userId\":\"\",\"userId\":\"u\"}",
            b"{\"userId\":\"\xe9\"}",
            b"{\"userId\":\"cut",
            b"{\"clientUserId\":\"p\"}",
            b"{\"integrationTeamId\":\"t\"}",
        ];
        for json in usable {
            for header in [
                STANDARD.encode(json),
                URL_SAFE_NO_PAD.encode(json),
                format!("!{}", STANDARD.encode(json)),
            ] {
                assert!(
                    names_anybody(&with_header(&header)),
                    "{}",
                    String::from_utf8_lossy(json)
                );
            }
            let mut request = Request::new(Method::POST, "http://127.0.0.1/".parse().unwrap());
            request.body = Some([b"{\"clinician\":", *json].concat());
            assert!(names_anybody(&request), "{}", String::from_utf8_lossy(json));
        }
        for json in [
            "{}",
            "{\"userId\":\"\"}",
            "{\"userId\":{}}",
            "{\"userId\":null}",
            "{\"userId\":\"\",",
            "[]",
        ] {
            assert!(!names_anybody(&with_header(&STANDARD.encode(json))), "{json}");
        }
    }
}
