//! Holds answers against openapi.yaml.

use std::sync::OnceLock;

use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Value, json};

use super::Answer;

/// The document, as JSON.
pub(crate) fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| yaml_serde::from_str(include_str!("../../../openapi.yaml")).unwrap())
}

/// Follows `$ref`s until there is none.
pub(crate) fn resolve(mut value: &'static Value) -> &'static Value {
    while let Some(reference) = value["$ref"].as_str() {
        value = document()
            .pointer(reference.strip_prefix('#').unwrap())
            .unwrap_or_else(|| panic!("{reference}"));
    }
    value
}

/// A schema of the document, ready to validate with; its references go into the document's components.
pub(crate) fn validator(schema: &Value) -> Validator {
    let mut schema = schema.clone();
    schema["components"] = document()["components"].clone();
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

/// Panics with every way in which a value breaks a schema.
#[track_caller]
pub(crate) fn conforms(value: &Value, schema: &Value, what: &str) {
    let validator = validator(schema);
    let errors: Vec<_> = validator.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{what}: {errors:?}\n{value:#}");
}

/// The path item of a request path, which may have ids where the document has names in braces.
fn path_item(path: &str) -> &'static Value {
    let paths = document()["paths"].as_object().unwrap();
    let is_named = |name: &str, segment: &str| {
        let start = name.split_once('{').map(|(start, _)| start);
        start.is_some_and(|start| segment.starts_with(start) && segment.len() > start.len())
    };
    let fits = |template: &str| {
        let (mut named, mut asked) = (template.split('/'), path.split('/'));
        loop {
            match (named.next(), asked.next()) {
                (None, None) => return true,
                (Some(name), Some(segment)) if name == segment || is_named(name, segment) => {}
                _ => return false,
            }
        }
    };
    let item = paths
        .get(path)
        .or_else(|| paths.iter().find(|(template, _)| fits(template)).map(|(_, item)| item));
    item.unwrap_or(&Value::Null)
}

/// An answer to a documented operation is one of its documented answers; any other answer is an error in the one
/// shape.
#[track_caller]
pub(crate) fn holds(method: &Method, path: &str, answer: &Answer) {
    let operation = &path_item(path)[method.as_str().to_ascii_lowercase()];
    let what = format!("{method} {path} {}", answer.status);
    if operation.is_null() || method == Method::HEAD {
        if method != Method::HEAD {
            conforms(&answer.json(), &json!({"$ref": "#/components/schemas/Error"}), &what);
        }
        return;
    }
    let response = &operation["responses"][answer.status.to_string()];
    assert!(!response.is_null(), "{what} is not documented: {answer:?}");
    for name in [
        "cache-control",
        "referrer-policy",
        "x-content-type-options",
        "x-request-id",
    ] {
        assert!(answer.header(name).is_some(), "{what}: no {name}");
    }
    if resolve(response)["content"].is_null() {
        assert!(
            answer.text.is_empty() && answer.header("content-type").is_none(),
            "{what}: {answer:?}"
        );
        return;
    }
    let content_type = answer
        .header("content-type")
        .unwrap_or_else(|| panic!("{what}: no content type"));
    let media = content_type.split(';').next().unwrap().trim();
    let content = &resolve(response)["content"][media];
    assert!(!content.is_null(), "{what}: {media} is not documented");
    let body = match media {
        "application/json" => answer.json(),
        "application/yaml" => yaml_serde::from_str(&answer.text).unwrap(),
        _ => Value::from(answer.text.clone()),
    };
    conforms(&body, &content["schema"], &what);
}
