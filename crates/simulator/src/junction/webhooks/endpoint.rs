//! Endpoints: where a team's events go.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};
use url::{Host, Url};
use uuid::Uuid;

use crate::junction::{
    feature::Environment,
    fields::{self, Fields, Read},
    id::Id,
    moment::Moment,
};

/// How long a secret signs beside the one that replaced it. Junction does not say; Svix has it so.
const OVERLAP_SECS: i64 = 24 * 60 * 60;

/// An endpoint of one team and environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Arranged")]
pub(in crate::junction) struct Endpoint {
    pub(in crate::junction) id: String,
    pub(in crate::junction) team: Id,
    pub(in crate::junction) environment: Environment,
    pub(in crate::junction) url: Url,
    description: String,
    rate_limit: Option<i64>,
    pub(in crate::junction) disabled: bool,
    filter_types: Option<Vec<String>>,
    pub(in crate::junction) headers: BTreeMap<String, String>,
    /// The newest is last; the others have an end.
    secrets: Vec<(String, Option<Moment>)>,
    created_at: Moment,
    updated_at: Moment,
    /// Since when nothing that was sent there arrived.
    pub(in crate::junction) failing_since: Option<Moment>,
}

/// An endpoint as tests and demos arrange it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arranged {
    team_id: Id,
    environment: Environment,
    url: Value,
    secret: Value,
}

impl TryFrom<Arranged> for Endpoint {
    type Error = &'static str;

    fn try_from(arranged: Arranged) -> Result<Self, Self::Error> {
        let url = loopback(&arranged.url).map_err(|_issues| "url must be one of this machine, with http")?;
        let secret =
            secret(&arranged.secret).map_err(|_issues| "secret must be whsec_ and 24 to 64 bytes in base64")?;
        Ok(Self::new(arranged.team_id, arranged.environment, url, secret))
    }
}

/// What a change says; the rest stays.
pub(in crate::junction) struct Change {
    url: Option<Url>,
    description: Option<String>,
    rate_limit: Option<i64>,
    disabled: Option<Value>,
    filter_types: Option<Vec<String>>,
}

impl Change {
    pub(in crate::junction) fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            url: fields.optional("url", loopback),
            ..Self::read_others(fields)
        }
    }

    fn read_others(fields: &mut Fields<'_>) -> Self {
        Self {
            url: None,
            description: fields.optional("description", fields::text),
            rate_limit: fields.optional("rate_limit", |value| {
                value
                    .as_i64()
                    .map_or_else(|| fields::wrong("int_type", "Input should be a valid integer"), Ok)
            }),
            disabled: fields.optional("disabled", fields::boolean),
            filter_types: fields.optional("filter_types", |value| fields::list(value, fields::text)),
        }
    }
}

impl Endpoint {
    /// The body of a creation.
    pub(in crate::junction) fn read(fields: &mut Fields<'_>, team: Id, environment: Environment) -> Option<Self> {
        let url = fields.required("url", loopback);
        let secret = fields.optional("secret", secret);
        let change = Change::read_others(fields);
        let mut endpoint = Self::new(team, environment, url?, secret.unwrap_or_else(new_secret));
        endpoint.change(change);
        Some(endpoint)
    }

    fn new(team: Id, environment: Environment, url: Url, secret: String) -> Self {
        let now = Moment::real();
        Self {
            id: format!("ep_{}", Uuid::new_v4().simple()),
            team,
            environment,
            url,
            description: String::new(),
            rate_limit: None,
            disabled: false,
            filter_types: None,
            headers: BTreeMap::new(),
            secrets: vec![(secret, None)],
            created_at: now,
            updated_at: now,
            failing_since: None,
        }
    }

    pub(in crate::junction) fn change(&mut self, change: Change) {
        if let Some(url) = change.url {
            self.url = url;
        }
        if let Some(description) = change.description {
            self.description = description;
        }
        if change.rate_limit.is_some() {
            self.rate_limit = change.rate_limit;
        }
        if let Some(disabled) = change.disabled {
            self.disabled = disabled == Value::Bool(true);
            // An endpoint that is enabled again has its time again.
            self.failing_since = None;
        }
        if change.filter_types.is_some() {
            self.filter_types = change.filter_types;
        }
        self.updated_at = Moment::real();
    }

    pub(in crate::junction) fn wants(&self, event_type: &str) -> bool {
        let filter = self.filter_types.as_ref();
        !self.disabled && filter.is_none_or(|types| types.iter().any(|wanted| wanted == event_type))
    }

    /// The secret that is shown.
    pub(in crate::junction) fn secret(&self) -> &str {
        self.secrets.last().map_or("", |(secret, _)| secret)
    }

    /// Every secret that signs now, the newest first.
    pub(in crate::junction) fn signing(&self, now: Moment) -> impl Iterator<Item = &str> {
        let good = self.secrets.iter().rev();
        good.filter(move |(_, end)| end.is_none_or(|end| now < end))
            .map(|(secret, _)| secret.as_str())
    }

    pub(in crate::junction) fn rotate(&mut self, secret: Option<String>) {
        let end = Moment::real().plus(OVERLAP_SECS);
        if let Some((_, last)) = self.secrets.last_mut() {
            *last = Some(end);
        }
        self.secrets.push((secret.unwrap_or_else(new_secret), None));
    }

    pub(in crate::junction) fn answer(&self) -> Value {
        json!({
            "id": self.id,
            "description": self.description,
            "rate_limit": self.rate_limit,
            "url": self.url.as_str(),
            "disabled": self.disabled,
            "filter_types": self.filter_types,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }
}

/// Nothing leaves this machine: other URLs are refused, which Junction does not do.
fn loopback(value: &Value) -> Read<Url> {
    let url = Url::parse(&fields::text(value)?)
        .ok()
        .filter(|url| url.scheme() == "http");
    let is_local = url.as_ref().and_then(Url::host).is_some_and(|host| match host {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    });
    url.filter(|_| is_local).map_or_else(
        || fields::wrong("url_parsing", "Input should be a URL of this machine, with http"),
        Ok,
    )
}

/// What stands after the prefix is a key in base64.
pub(in crate::junction) fn secret(value: &Value) -> Read<String> {
    let text = fields::text(value)?;
    let key = text.strip_prefix("whsec_").and_then(|key| STANDARD.decode(key).ok());
    if key.is_some_and(|key| (24..=64).contains(&key.len())) {
        Ok(text)
    } else {
        fields::wrong("value_error", "Input should be whsec_ and 24 to 64 bytes in base64")
    }
}

pub(in crate::junction) fn new_secret() -> String {
    let key = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
    format!("whsec_{}", STANDARD.encode(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_on_this_machine() {
        let rows = [
            ("http://127.0.0.1:8080/hooks", true, "loopback"),
            ("http://[::1]/hooks", true, "loopback"),
            ("http://localhost:1", true, "by its name"),
            ("https://127.0.0.1/", false, "with TLS"),
            ("http://127.0.0.1.example.com/", false, "a name that begins so"),
            ("http://10.0.0.1/", false, "another machine"),
            ("/hooks", false, "no host"),
        ];
        for (url, expected, reason) in rows {
            assert_eq!(loopback(&url.into()).is_ok(), expected, "{reason}: {url}");
        }
    }

    #[test]
    fn a_replaced_secret_signs_for_a_day() {
        let body = json!({"url": "http://127.0.0.1:1"});
        let read = fields::body(Some(&body), |fields| {
            Endpoint::read(fields, Id::new(), Environment::Sandbox)
        });
        let mut endpoint = read.unwrap();
        let first = endpoint.secret().to_owned();
        assert!(secret(&first.as_str().into()).is_ok(), "a new secret is one");
        endpoint.rotate(None);
        let second = endpoint.secret().to_owned();
        let now = Moment::real();
        assert_eq!(endpoint.signing(now).collect::<Vec<_>>(), [&second, &first]);
        assert_eq!(
            endpoint.signing(now.plus(OVERLAP_SECS + 1)).collect::<Vec<_>>(),
            [&second]
        );
    }
}
