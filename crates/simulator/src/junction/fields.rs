//! Reads JSON as Junction's validation does: all errors are reported at once, each with its place.

use serde_json::{Map, Value};

use super::{feature::Environment, id::Id, issue::Issue, refused::Refused};

/// Longer than this, a partner's own id is refused.
const SHORT: usize = 256;

/// A value that was read, or all that is wrong with it.
pub(super) type Read<T> = Result<T, Vec<Issue>>;

/// A value that breaks a rule of its own.
pub(super) fn wrong<T>(kind: &'static str, msg: impl Into<String>) -> Read<T> {
    Err(vec![Issue::new(kind, msg)])
}

/// The members of an object while they are being read.
pub(super) struct Fields<'a> {
    object: &'a Map<String, Value>,
    issues: Vec<Issue>,
}

impl Fields<'_> {
    /// A member that must be there. Nothing comes back if it is wrong, which is remembered.
    pub(super) fn required<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Read<T>) -> Option<T> {
        let result = match self.object.get(name) {
            None => wrong("missing", "Field required"),
            Some(value) => read(value),
        };
        self.keep(name, result)
    }

    /// A member that may be absent or null, which are the same.
    pub(super) fn optional<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Read<T>) -> Option<T> {
        match self.object.get(name) {
            None | Some(Value::Null) => None,
            Some(value) => {
                let result = read(value);
                self.keep(name, result)
            }
        }
    }

    /// Something that is wrong with the object as a whole.
    pub(super) fn refuse(&mut self, kind: &'static str, msg: impl Into<String>) {
        self.issues.push(Issue::new(kind, msg));
    }

    /// No other member than these may be there.
    pub(super) fn refuse_others(&mut self, known: &[&str]) {
        let others = self.object.keys().filter(|name| !known.contains(&name.as_str()));
        let refused = others.map(|name| {
            let issue = Issue::new("extra_forbidden", "Extra inputs are not permitted");
            issue.below(name.clone())
        });
        self.issues.extend(refused);
    }

    fn keep<T>(&mut self, name: &str, result: Read<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(issues) => {
                self.issues.extend(issues.into_iter().map(|issue| issue.below(name)));
                None
            }
        }
    }
}

/// Reads a request's body.
pub(super) fn body<T>(body: Option<&Value>, read: impl FnOnce(&mut Fields<'_>) -> Option<T>) -> Result<T, Refused> {
    let result = match body {
        None => wrong("missing", "Field required"),
        Some(value) => object(value, read),
    };
    result.map_err(|issues| at("body", issues))
}

/// Reads what stands in the path or the query.
pub(super) fn parameter<T>(
    part: &str,
    name: &str,
    value: &str,
    read: impl FnOnce(&Value) -> Read<T>,
) -> Result<T, Refused> {
    let result = read(&Value::from(value));
    result.map_err(|issues| at(part, issues.into_iter().map(|issue| issue.below(name)).collect()))
}

fn at(part: &str, issues: Vec<Issue>) -> Refused {
    Refused::Invalid(issues.into_iter().map(|issue| issue.below(part)).collect())
}

/// Reads the members of an object. Nothing comes back from `read` without having been remembered as wrong.
pub(super) fn object<T>(value: &Value, read: impl FnOnce(&mut Fields<'_>) -> Option<T>) -> Read<T> {
    let Value::Object(object) = value else {
        return wrong("dict_type", "Input should be a valid dictionary");
    };
    let mut fields = Fields {
        object,
        issues: Vec::new(),
    };
    match read(&mut fields) {
        Some(value) if fields.issues.is_empty() => Ok(value),
        Some(_) | None => Err(fields.issues),
    }
}

pub(super) fn list<T>(value: &Value, read: impl Fn(&Value) -> Read<T>) -> Read<Vec<T>> {
    let Value::Array(values) = value else {
        return wrong("list_type", "Input should be a valid list");
    };
    let mut read_so_far = Vec::new();
    let mut issues = Vec::new();
    for (index, value) in values.iter().enumerate() {
        match read(value) {
            Ok(value) => read_so_far.push(value),
            Err(wrong) => issues.extend(wrong.into_iter().map(|issue| issue.below(index))),
        }
    }
    if issues.is_empty() {
        Ok(read_so_far)
    } else {
        Err(issues)
    }
}

pub(super) fn text(value: &Value) -> Read<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            wrong("string_type", "Input should be a valid string")
        }
    }
}

/// A partner's own id.
pub(super) fn short_text(value: &Value) -> Read<String> {
    let text = text(value)?;
    if text.chars().count() > SHORT {
        return wrong(
            "string_too_long",
            format!("String should have at most {SHORT} characters"),
        );
    }
    Ok(text)
}

pub(super) fn boolean(value: &Value) -> Read<Value> {
    if value.is_boolean() {
        Ok(value.clone())
    } else {
        wrong("bool_type", "Input should be a valid boolean")
    }
}

pub(super) fn email(value: &Value) -> Read<String> {
    let text = text(value)?;
    let sides = text.rsplit_once('@');
    if sides.is_some_and(|(name, host)| !name.is_empty() && host.contains('.')) {
        Ok(text)
    } else {
        wrong("value_error", "value is not a valid email address")
    }
}

/// A day, as `YYYY-MM-DD`.
pub(super) fn date(value: &Value) -> Read<String> {
    let text = text(value)?;
    let day = text.parse::<jiff::civil::Date>();
    if day.is_ok_and(|day| day.to_string() == text) {
        Ok(text)
    } else {
        wrong("date_from_datetime_parsing", "Input should be a valid date")
    }
}

pub(super) fn id(value: &Value) -> Read<Id> {
    Id::parse(&text(value)?).map_or_else(|| wrong("uuid_parsing", "Input should be a valid UUID"), Ok)
}

pub(super) fn environment(value: &Value) -> Read<Environment> {
    let named = Environment::named(&text(value)?);
    named.map_or_else(|| wrong("enum", "Input should be 'production' or 'sandbox'"), Ok)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::junction::{
        member::{Change, Member},
        patient::{Patient, read_info},
        team::Team,
        token::Access,
        wanted::Wanted,
    };

    fn places<T>(read: Read<T>) -> Value {
        let issues = read.err().unwrap_or_default();
        issues.into_iter().map(|issue| Value::Array(issue.loc)).collect()
    }

    #[test]
    fn every_error_is_reported_with_its_place() {
        let value = json!({"name": 1, "other": true, "list": [{"id": "x"}, {"id": Id::new()}, {}]});
        let read = object(&value, |fields| {
            fields.refuse_others(&["name", "list", "date"]);
            let name = fields.required("name", text);
            let date = fields.required("date", date);
            let list = fields.optional("list", |value| {
                list(value, |value| object(value, |fields| fields.required("id", id)))
            });
            Some((name?, date?, list?))
        });
        assert_eq!(
            places(read),
            json!([["other"], ["name"], ["date"], ["list", 0, "id"], ["list", 2, "id"]])
        );
    }

    #[test]
    fn values_are_as_strict_as_their_formats() {
        let rows = [
            (date(&json!("2000-02-29")).is_ok(), true, "a leap day"),
            (date(&json!("2001-02-29")).is_ok(), false, "a day that never was"),
            (date(&json!("20000229")).is_ok(), false, "another notation"),
            (date(&json!("2000-02-29T00:00")).is_ok(), false, "a time besides"),
            (email(&json!("a@b.ca")).is_ok(), true, "an address"),
            (email(&json!("@b.ca")).is_ok(), false, "nobody's address"),
            (email(&json!("a@b")).is_ok(), false, "no domain"),
            (
                short_text(&json!("é".repeat(256))).is_ok(),
                true,
                "characters, not bytes",
            ),
            (short_text(&json!("é".repeat(257))).is_ok(), false, "one too many"),
            (
                id(&json!("6D6FD1C6-2F0A-4A2C-9F4E-6C1D3C5B7A90")).is_ok(),
                true,
                "in capitals",
            ),
            (
                id(&json!("6d6fd1c62f0a4a2c9f4e6c1d3c5b7a90")).is_ok(),
                false,
                "no hyphens",
            ),
            (
                id(&json!("{6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90}")).is_ok(),
                false,
                "in braces",
            ),
            (environment(&json!("sandbox")).is_ok(), true, "an environment"),
            (environment(&json!("Sandbox")).is_ok(), false, "in capitals"),
        ];
        for (is_read, expected, reason) in rows {
            assert_eq!(is_read, expected, "{reason}");
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
            Just(json!(Id::new())),
            Just(json!("sandbox")),
        ];
        let name = "(integration_)?(team|member)_id|id|name|region|email|avatar|team_role_bindings|feature|modality|environment|client_user_id|address|dob|.{0,4}";
        leaf.prop_recursive(3, 24, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(name, inner, 0..8)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_body_is_read_or_told_where_it_is_wrong(value in any_json()) {
            let access = Access { team: Id::new(), environment: Environment::Sandbox };
            let outcomes = [
                body(Some(&value), Team::read).map(drop),
                body(Some(&value), Member::read).map(drop),
                body(Some(&value), |fields| Some(Change::read(fields))).map(drop),
                body(Some(&value), Wanted::read).map(drop),
                body(Some(&value), |fields| Patient::read(fields, access)).map(drop),
                body(Some(&value), |fields| Some(read_info(fields))).map(drop),
            ];
            for refused in outcomes.into_iter().filter_map(Result::err) {
                let Refused::Invalid(issues) = refused else { panic!("{refused:?}") };
                prop_assert!(!issues.is_empty());
                prop_assert!(issues.iter().all(|issue| issue.loc.first() == Some(&json!("body"))));
            }
        }
    }

    #[test]
    fn null_is_absent_where_a_member_may_be() {
        let read = object(&json!({"a": null}), |fields| {
            Some((fields.optional("a", text), fields.optional("b", text)))
        });
        assert_eq!(read, Ok((None, None)));
    }
}
