//! What correlates a request with its record: nothing else of it is logged that could.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

/// The header, in both directions.
pub(in crate::http) const NAME: HeaderName = HeaderName::from_static("x-request-id");

/// A UUID in the hyphenated form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http) struct RequestId(String);

impl RequestId {
    /// The caller's own if it sent exactly one valid UUID, else a new one.
    pub(in crate::http) fn of(headers: &HeaderMap) -> Self {
        let mut sent = headers.get_all(NAME);
        let valid = match (sent.next(), sent.next()) {
            (Some(only), None) => only.to_str().ok().filter(|text| is_hyphenated_uuid(text)),
            (None | Some(_), _) => None,
        };
        let id = valid.map_or_else(
            || {
                Uuid::new_v4()
                    .hyphenated()
                    .encode_lower(&mut Uuid::encode_buffer())
                    .to_owned()
            },
            str::to_owned,
        );
        Self(id)
    }

    pub(in crate::http) fn as_str(&self) -> &str {
        &self.0
    }

    pub(in crate::http) fn header_value(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

fn is_hyphenated_uuid(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_valid_uuid_is_kept() {
        let valid = "6BA7B810-9dad-11d1-80b4-00c04fd430c8";
        let rows: &[(&[&str], bool, &str)] = &[
            (&[valid], true, "a UUID, in the case it came in"),
            (&[], false, "none"),
            (&[valid, valid], false, "two"),
            (&["patient-4711"], false, "not a UUID"),
            (&["6ba7b8109dad11d180b400c04fd430c8"], false, "without hyphens"),
            (&["{6ba7b810-9dad-11d1-80b4-00c04fd430c8}"], false, "in braces"),
        ];
        for (sent, kept, reason) in rows {
            let mut headers = HeaderMap::new();
            for value in *sent {
                headers.append(NAME, HeaderValue::from_str(value).unwrap());
            }
            let id = RequestId::of(&headers);
            assert_eq!(id.as_str() == valid, *kept, "{reason}");
            assert!(is_hyphenated_uuid(id.as_str()), "{reason}");
        }
    }
}
