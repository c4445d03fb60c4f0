//! What arrived at Junction's APIs, for tests to look at.

use actix_web::HttpRequest;
use serde::Serialize;
use serde_json::Value;
use url::form_urlencoded;

use super::operation::Operation;

/// One request to either API.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    /// None for a path or method that the stand-in does not play.
    operation: Option<&'static str>,
    method: String,
    /// As it came, from the root.
    path: String,
    query: Vec<(String, String)>,
    /// The names of all headers, sorted.
    headers: Vec<String>,
    management_key: Option<String>,
    bearer: Option<String>,
    /// None if it is absent or no JSON.
    body: Option<Value>,
}

impl Entry {
    pub(super) fn of(operation: Option<Operation>, request: &HttpRequest, body: Option<Value>) -> Self {
        let mut headers: Vec<_> = request.headers().keys().map(ToString::to_string).collect();
        headers.sort();
        Self {
            operation: operation.map(Operation::name),
            method: request.method().to_string(),
            path: request.path().to_owned(),
            query: form_urlencoded::parse(request.query_string().as_bytes())
                .into_owned()
                .collect(),
            headers,
            management_key: management_key(request).map(str::to_owned),
            bearer: bearer(request).map(str::to_owned),
            body,
        }
    }
}

pub(super) fn management_key(request: &HttpRequest) -> Option<&str> {
    request.headers().get("x-management-key")?.to_str().ok()
}

pub(super) fn bearer(request: &HttpRequest) -> Option<&str> {
    let authorization = request.headers().get("authorization")?.to_str().ok()?;
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}
