//! Calls that are passed on as they came, and their responses, which go back as they came. Only what must not leave the gateway is
//! taken out of them.

use domain::junction::{
    JunctionCall, JunctionId,
    orders::seen::{SeenOrder, SeenSlots, SeenVisit},
};
use serde::de::IgnoredAny;
use serde_json::{Deserializer, Value};

use super::{
    answer::{Read, Unexpected},
    call::{Call, Safety},
    orders,
    pdf::Pdf,
};

/// A signed URL under which anyone can read the requisition for a week.
const REQUISITION_URL: &str = "requisition_form_url";

/// A response as it came, without the URL of a requisition. `Debug` would show a person, so there is none.
#[derive(Clone, PartialEq, Eq)]
pub struct Verbatim {
    /// Its status: 200 or 201.
    pub status: u16,
    /// Its body: JSON.
    pub body: Vec<u8>,
}

/// A call as it came.
#[derive(Clone, Copy)]
pub struct AsSent<'a> {
    /// Which one it is.
    pub call: JunctionCall,
    /// What its path names, in order.
    pub values: &'a [String],
    /// Its query, in order.
    pub query: &'a [(&'static str, String)],
    /// Its body, if it has one.
    pub body: Option<&'a [u8]>,
}

impl Call<Verbatim> {
    /// Passes on what comes to the same if it is done twice.
    #[must_use]
    pub fn passed_on(sent: AsSent<'_>) -> Self {
        Self::as_sent(sent, read).large()
    }

    /// Passes on what must not be done twice.
    #[must_use]
    pub fn passed_on_once(sent: AsSent<'_>) -> Self {
        Self::passed_on(sent).being(Safety::Reconcile)
    }

    /// Passes on what is the same however often it is done with this key.
    #[must_use]
    pub fn passed_on_with_key(sent: AsSent<'_>, key: &str) -> Self {
        Self::passed_on(sent).keyed(key)
    }

    /// Passes on what may be responded to with a bare text, and must not be done twice.
    #[must_use]
    pub fn passed_on_for_text(sent: AsSent<'_>) -> Self {
        Self::as_sent(sent, read_text).being(Safety::Reconcile)
    }
}

impl Call<Pdf> {
    /// Passes on what brings a document.
    #[must_use]
    pub fn passed_on_for_document(sent: AsSent<'_>) -> Self {
        Self::as_sent(sent, Pdf::never_whole)
    }
}

impl<T> Call<T> {
    fn as_sent(sent: AsSent<'_>, read: fn(u16, &[u8]) -> Read<T>) -> Self {
        let values: Vec<_> = sent.values.iter().map(String::as_str).collect();
        let call = Self::among(sent.call, read, &values).asking(sent.query.iter().cloned());
        Self {
            body: sent.body.map(<[u8]>::to_vec),
            ..call
        }
    }
}

impl Verbatim {
    /// The visit that it is.
    #[must_use]
    pub fn visit(&self) -> Option<SeenVisit> {
        orders::visit::changed(self.status, &self.body).ok()
    }

    /// The times that it offers.
    #[must_use]
    pub fn slots(&self) -> Option<SeenSlots> {
        orders::slots::slots(self.status, &self.body).ok()
    }

    /// The order that it is, or that it is about.
    #[must_use]
    pub fn order(&self) -> Option<SeenOrder> {
        orders::order::changed(self.status, &self.body).ok()
    }

    /// Whether everything in it that says of which team it is, is of this one.
    #[must_use]
    pub fn is_of(&self, team: JunctionId) -> bool {
        let Ok(body) = serde_json::from_slice::<Value>(&self.body) else {
            return false;
        };
        let listed = body.get("orders").and_then(Value::as_array).into_iter().flatten();
        let all = [Some(&body), body.get("order")].into_iter().flatten().chain(listed);
        let mut teams = all.filter_map(|one| one.get("team_id"));
        teams.all(|id| id.as_str().is_some_and(|id| JunctionId::parse(id) == Ok(team)))
    }
}

fn read(status: u16, body: &[u8]) -> Read<Verbatim> {
    match status {
        200 | 201 => Ok(Verbatim {
            status,
            body: without_url(body).ok_or(Unexpected)?,
        }),
        _other => Err(Unexpected),
    }
}

/// A bare text goes back as a JSON string, which is what clients read.
fn read_text(status: u16, body: &[u8]) -> Read<Verbatim> {
    read(status, body).or_else(|_not_json| {
        let text = std::str::from_utf8(body).map_err(|_not_text| Unexpected)?;
        read(status, &serde_json::to_vec(text).map_err(|_never| Unexpected)?)
    })
}

/// A JSON document with `null` in the place of every requisition's URL, and all other bytes as they were; none if it is no
/// JSON.
fn without_url(body: &[u8]) -> Option<Vec<u8>> {
    serde_json::from_slice::<IgnoredAny>(body).ok()?;
    let mut kept = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.iter().position(|byte| *byte == b'"') {
        let (before, from) = rest.split_at_checked(at)?;
        let (text, length) = first::<String>(from)?;
        let (token, after) = from.split_at_checked(length)?;
        kept.extend_from_slice(before);
        kept.extend_from_slice(token);
        rest = after;
        if text != REQUISITION_URL {
            continue;
        }
        let colon = after.iter().position(|byte| !byte.is_ascii_whitespace())?;
        let (gap, from) = after.split_at_checked(colon + 1)?;
        // The same text as a value is followed by something else.
        if gap.last() == Some(&b':') {
            let (_the_url, length) = first::<IgnoredAny>(from)?;
            kept.extend_from_slice(gap);
            kept.extend_from_slice(b"null");
            rest = from.get(length..)?;
        }
    }
    kept.extend_from_slice(rest);
    Some(kept)
}

/// The JSON value at the start, and how many bytes it takes.
fn first<'a, T: serde::Deserialize<'a>>(bytes: &'a [u8]) -> Option<(T, usize)> {
    let mut values = Deserializer::from_slice(bytes).into_iter::<T>();
    let value = values.next()?.ok()?;
    Some((value, values.byte_offset()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    #[test]
    fn only_the_url_of_the_requisition_is_taken_out() {
        let rows = [
            (
                r#"{"a": 5.10, "b":[1e3, "x"] }"#,
                r#"{"a": 5.10, "b":[1e3, "x"] }"#,
                "nothing",
            ),
            (
                r#"{"requisition_form_url" : "https://x.example/\"s", "z":"requisition_form_url"}"#,
                r#"{"requisition_form_url" :null, "z":"requisition_form_url"}"#,
                "a member, and the same text as a value",
            ),
            (
                r#"{"orders":[{"requisition_form_url":"u"},{"requisition_form_url":null}]}"#,
                r#"{"orders":[{"requisition_form_url":null},{"requisition_form_url":null}]}"#,
                "in a list",
            ),
            (
                r#"{"requisition\u005fform_url":{"url":["u"]},"é":"\""}"#,
                r#"{"requisition\u005fform_url":null,"é":"\""}"#,
                "written otherwise, and an object",
            ),
            (
                r#"["requisition_form_url"]"#,
                r#"["requisition_form_url"]"#,
                "the end of a list",
            ),
        ];
        for (body, expected, reason) in rows {
            let kept = without_url(body.as_bytes()).map(|kept| String::from_utf8(kept).unwrap());
            assert_eq!(kept.as_deref(), Some(expected), "{reason}");
        }
        assert_eq!(without_url(b"Success"), None);
        assert_eq!(
            read_text(200, b"Success").map(|read| read.body),
            Ok(b"\"Success\"".to_vec())
        );
        assert!(read(404, b"{}").is_err());
    }

    #[test]
    fn what_says_that_it_is_another_teams_is_not_passed_back() {
        let other = "00000000-0000-4000-8000-000000000002";
        let rows = [
            (json!({"team_id": ID}), true),
            (json!({"team_id": other}), false),
            (json!({"team_id": null}), false),
            (json!({"order": {"team_id": other}}), false),
            (json!({"orders": [{"team_id": ID}, {"team_id": other}]}), false),
            (json!([{"id": other}]), true),
        ];
        for (body, expected) in rows {
            let read = read(200, body.to_string().as_bytes()).unwrap();
            assert_eq!(read.is_of(JunctionId::parse(ID).unwrap()), expected, "{body}");
        }
    }

    proptest! {
        #[test]
        fn any_document_is_the_same_but_for_the_url(text in ".*", other in any::<i64>()) {
            let body = json!({"a": {"requisition_form_url": text, text.as_str(): other}, "b": [text.as_str()]});
            let kept: Value = serde_json::from_slice(&without_url(body.to_string().as_bytes()).unwrap()).unwrap();
            let mut expected = body;
            expected["a"]["requisition_form_url"] = Value::Null;
            prop_assert_eq!(kept, expected);
        }
    }
}
