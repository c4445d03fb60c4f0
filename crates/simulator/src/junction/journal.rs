//! What arrived at Junction's APIs, for tests to look at.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use serde::Serialize;
use serde_json::Value;
use url::form_urlencoded;

use super::{id::Id, operation::Operation};

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
    /// None if it is absent, not JSON, or confidential.
    body: Option<Value>,
    /// The places of all values in a confidential body.
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<Vec<String>>,
    /// The ids in a confidential body, by their places.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    ids: BTreeMap<String, Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    idempotency_key: Option<String>,
    /// Of a confidential operation that was carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// When it arrived, on the count of all arrivals and responses. A call that began before another ended overlaps it.
    began: u64,
    /// When it was responded to, on the same count; none so far, or if the caller hung up first.
    ended: Option<u64>,
    /// By which the end of a call finds its entry, whatever came meanwhile.
    #[serde(skip)]
    id: Id,
}

/// All requests, in the order in which they arrived.
#[derive(Debug, Clone, Default)]
pub(super) struct Journal {
    entries: Vec<Entry>,
    count: u64,
}

impl Journal {
    /// Writes down a request that has arrived, and says by what its end finds it.
    pub(super) fn begin(&mut self, entry: Entry) -> Id {
        self.count += 1;
        let (id, began) = (entry.id, self.count);
        self.entries.push(Entry { began, ..entry });
        id
    }

    /// Writes down that it was responded to; `status` if that may be shown.
    pub(super) fn end(&mut self, id: Id, status: Option<u16>) {
        self.count += 1;
        if let Some(entry) = self.entries.iter_mut().rev().find(|entry| entry.id == id) {
            entry.ended = Some(self.count);
            entry.status = status;
        }
    }

    /// The requests.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

impl Entry {
    pub(super) fn of(operation: Option<Operation>, request: &HttpRequest, body: Option<Value>) -> Self {
        let mut headers: Vec<_> = request.headers().keys().map(ToString::to_string).collect();
        headers.sort();
        let is_confidential = operation.is_some_and(Operation::is_confidential);
        let idempotency_key = header(request, "x-idempotency-key").map(str::to_owned);
        let values = body.as_ref().filter(|_| is_confidential).map(values);
        let ids = values.iter().flatten().filter_map(|(place, value)| {
            let id = Id::parse(value.as_str()?)?;
            Some((place.clone(), id))
        });
        let ids = ids.collect();
        let members = values.map(|values| {
            let mut members: Vec<_> = values.into_iter().map(|(place, _)| place).collect();
            members.sort();
            members.dedup();
            members
        });
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
            body: body.filter(|_| !is_confidential),
            members,
            ids,
            idempotency_key,
            status: None,
            began: 0,
            ended: None,
            id: Id::new(),
        }
    }
}

/// A body's values, each with its JSON pointer, without positions in lists.
fn values(body: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    let mut left = vec![(String::new(), body)];
    while let Some((place, value)) = left.pop() {
        match value {
            Value::Object(object) => left.extend(object.iter().map(|(name, value)| (format!("{place}/{name}"), value))),
            Value::Array(list) => left.extend(list.iter().map(|value| (format!("{place}/-"), value))),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => found.push((place, value)),
        }
    }
    found
}

pub(super) fn management_key(request: &HttpRequest) -> Option<&str> {
    request.headers().get("x-management-key")?.to_str().ok()
}

/// The value of a header that is sent once, or its first.
pub(super) fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

pub(super) fn bearer(request: &HttpRequest) -> Option<&str> {
    let authorization = request.headers().get("authorization")?.to_str().ok()?;
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}
