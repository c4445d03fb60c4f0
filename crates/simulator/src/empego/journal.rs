//! What arrived, for tests to look at.

use actix_web::HttpRequest;
use serde::Serialize;
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::user_header;

/// One request to an embeddable endpoint.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    method: String,
    /// After `embeddable/`.
    endpoint: String,
    query: Vec<(String, String)>,
    /// The names of all headers, sorted.
    headers: Vec<String>,
    api_key: Option<String>,
    tenant_key: Option<String>,
    /// The place in a trace that it came from.
    traceparent: Option<String>,
    /// The header as it came.
    user_header: Option<String>,
    /// The header decoded; none if it was absent or could not be.
    user: Option<Map<String, Value>>,
}

impl Entry {
    pub(crate) fn of(request: &HttpRequest, endpoint: &str) -> Self {
        let header = |name: &str| {
            request
                .headers()
                .get(name)
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let mut headers: Vec<_> = request.headers().keys().map(ToString::to_string).collect();
        headers.sort();
        let user_header = header("x-integration-user");
        Self {
            method: request.method().to_string(),
            endpoint: endpoint.to_owned(),
            query: form_urlencoded::parse(request.query_string().as_bytes())
                .into_owned()
                .collect(),
            headers,
            api_key: header("api-key"),
            tenant_key: header("x-tenant-key"),
            traceparent: header("traceparent"),
            user: user_header
                .as_ref()
                .and_then(|value| user_header::decode(value.as_bytes())),
            user_header,
        }
    }
}
