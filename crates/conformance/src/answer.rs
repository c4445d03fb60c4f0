//! What came back: its parts, its short form, and what may be shown of it. Pure.

use http::header::{HeaderMap, HeaderValue};
use serde_json::{Map, Value};
use url::{Host, Url};

use super::{
    redact::{HIDDEN, Redactor, Shown},
    report::{BodyKind, ResponseEvidence, Summary},
};

/// A response that was read to its end.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; `None` if it exceeded the limit.
    pub body: Option<Vec<u8>>,
}

/// The headers whose values describe conformance, and no person.
const OPEN_HEADERS: &[&str] = &[
    "access-control-expose-headers",
    "allow",
    "cache-control",
    "content-length",
    "content-type",
    "date",
    "referrer-policy",
    "retry-after",
    "vary",
    "www-authenticate",
    "x-content-type-options",
    "x-gateway-warnings",
    "x-request-id",
];

/// The members of our documents, in their order. Others are not shown.
const OPEN_MEMBERS: &[&str] = &[
    "field",
    "timestamp",
    "status",
    "error",
    "message",
    "path",
    "code",
    "reason",
    "source",
    "retryable",
    "requestId",
    "upstream",
    "errors",
    "url",
    "expiresIn",
    "modality",
    "origin",
    "identity",
    "audience",
    "warnings",
    "frame",
    "referrerPolicy",
    "allow",
    "sandbox",
];

impl Answer {
    /// Every value of a header, joined as HTTP has it.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let values: Vec<_> = self.headers.get_all(name).iter().map(text_of).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// The body as text, if it is one.
    pub(super) fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.body.as_deref()?).ok()
    }

    /// The body as a JSON object, if it is one.
    pub(super) fn object(&self) -> Option<Map<String, Value>> {
        match serde_json::from_str(self.text()?).ok()? {
            Value::Object(object) => Some(object),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
        }
    }

    /// What the body is, by its looks.
    pub(super) fn kind(&self) -> BodyKind {
        match self.object() {
            Some(object) if object.contains_key("message") => BodyKind::Error,
            Some(object) if object.contains_key("url") => BodyKind::Document,
            None if self.text().and_then(embed_url).is_some() => BodyKind::Url,
            Some(_) | None => BodyKind::Other,
        }
    }

    /// The answer in short.
    pub(super) fn summary(&self, redactor: &Redactor) -> Summary {
        let object = self.object();
        let member = |name: &str| Some(redactor.theirs(object.as_ref()?.get(name)?.as_str()?));
        let in_body = object
            .as_ref()
            .and_then(|object| object.get("warnings"))
            .and_then(Value::as_array);
        let in_header = self.header("x-gateway-warnings");
        let warnings: Vec<_> = match (in_body, &in_header) {
            (Some(warnings), _) => warnings.iter().filter_map(Value::as_str).collect(),
            (None, Some(warnings)) => warnings.split(", ").collect(),
            (None, None) => Vec::new(),
        };
        Summary {
            status: self.status,
            message: member("message"),
            code: member("code"),
            body: self.kind(),
            identity: member("identity"),
            warnings: warnings.into_iter().map(|warning| redactor.theirs(warning)).collect(),
        }
    }

    /// What may be shown of it.
    pub(super) fn evidence(&self, redactor: &Redactor) -> ResponseEvidence {
        let headers = self.headers.iter().map(|(name, value)| {
            let open = OPEN_HEADERS.contains(&name.as_str());
            let shown = if open { text_of(value) } else { HIDDEN.to_owned() };
            (redactor.theirs(name.as_str()), redactor.theirs(&shown))
        });
        let mut headers: Vec<_> = headers.collect();
        headers.sort();
        ResponseEvidence {
            status: self.status,
            headers,
            body: self.shown_body(redactor),
        }
    }

    fn shown_body(&self, redactor: &Redactor) -> Shown {
        let Some(body) = &self.body else {
            return redactor.ours("(more than is read)");
        };
        let length = body.len();
        let text = self.text().map(str::trim_start);
        if let Some(object) = self.object() {
            return redactor.ours(&shown_object(&object, redactor, 0));
        }
        if let Some(url) = self.text().and_then(embed_url) {
            return redactor.theirs(url.as_str());
        }
        let what = match text {
            Some("") => return redactor.ours("(empty)"),
            Some(text) if text.starts_with('<') => "HTML or XML",
            Some(text) if text.starts_with(['[', '{', '"']) => "JSON, perhaps",
            Some(_) => "text",
            None => "not UTF-8",
        };
        redactor.ours(&format!("({length} bytes, not shown: {what})"))
    }
}

/// The known members, in their order, with what may be shown of their values; of others, only how many there are.
fn shown_object(object: &Map<String, Value>, redactor: &Redactor, depth: usize) -> String {
    let indent = "  ".repeat(depth + 1);
    let known = OPEN_MEMBERS.iter().filter_map(|name| {
        let value = shown_value(object.get(*name)?, redactor, depth + 1);
        Some(format!("{indent}\"{name}\": {value}"))
    });
    let mut lines: Vec<_> = known.collect();
    let others = object.len() - lines.len();
    if others > 0 {
        lines.push(format!("{indent}(other members, not shown: {others})"));
    }
    if lines.is_empty() {
        return "{}".to_owned();
    }
    format!("{{\n{}\n{}}}", lines.join(",\n"), "  ".repeat(depth))
}

fn shown_value(value: &Value, redactor: &Redactor, depth: usize) -> String {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => format!("\"{}\"", redactor.theirs(text)),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| shown_value(item, redactor, depth)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(object) => shown_object(object, redactor, depth),
    }
}

fn text_of(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

/// An embed URL: https, or http on loopback, without userinfo, and nothing around it.
pub(super) fn embed_url(text: &str) -> Option<Url> {
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let is_loopback = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback);
    (is_safe && url.username().is_empty() && url.password().is_none()).then_some(url)
}
