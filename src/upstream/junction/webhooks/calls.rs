//! The calls about webhooks.

use std::collections::BTreeMap;

use domain::{
    junction::{Environment, JunctionCall, JunctionId},
    signing_secret::SigningSecret,
};
use serde_json::{Map, Value, json};

use super::answers::{self, Deliveries, Webhook, WebhookPage};
use crate::upstream::junction::{
    answer::{Read, done},
    call::{Call, Safety},
};

/// Whose events: a team's two worlds have webhooks of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookScope {
    /// The team.
    pub team: JunctionId,
    /// Which of its worlds.
    pub environment: Environment,
}

/// What it takes to create a webhook. Junction makes its secret.
#[derive(Debug, Clone, Copy)]
pub struct NewWebhook<'a> {
    /// The address.
    pub url: &'a str,
    /// What it is for, in Junction's dashboard.
    pub description: &'a str,
    /// The types of events that are sent there.
    pub filter_types: &'a [&'a str],
}

/// What of a webhook is changed.
#[derive(Debug, Clone, Copy, Default)]
pub struct WebhookChange<'a> {
    /// Whether anything is sent.
    pub is_disabled: Option<bool>,
    /// The types of events that are sent.
    pub filter_types: Option<&'a [&'a str]>,
}

/// Within which time deliveries are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interval {
    /// An hour.
    Hour,
    /// A day.
    Day,
}

impl Call<WebhookPage> {
    /// A team's webhooks: the first of them, or those after a page.
    #[must_use]
    pub fn list_webhooks(scope: WebhookScope, cursor: Option<&str>) -> Self {
        let call = Self::of_team(JunctionCall::ListWebhooks, answers::listed, scope);
        let cursor = cursor.map(|cursor| ("next_cursor", cursor.to_owned()));
        call.asking(cursor)
    }
}

impl Call<Option<Webhook>> {
    /// The webhook of this id; none if there is none.
    #[must_use]
    pub fn get_webhook(scope: WebhookScope, id: &str) -> Self {
        Self::of_webhook(JunctionCall::GetWebhook, answers::found, scope, id)
    }
}

impl Call<Webhook> {
    /// Has events sent to an address. Twice makes two webhooks, each of which gets every event.
    #[must_use]
    pub fn create_webhook(scope: WebhookScope, webhook: &NewWebhook<'_>) -> Self {
        let body = json!({
            "url": webhook.url, "description": webhook.description, "filter_types": webhook.filter_types,
        });
        let call = Self::of_team(JunctionCall::CreateWebhook, answers::whole, scope);
        call.with(&body).being(Safety::Reconcile)
    }

    /// Changes a webhook.
    #[must_use]
    pub fn update_webhook(scope: WebhookScope, id: &str, change: WebhookChange<'_>) -> Self {
        let mut body = Map::new();
        if let Some(is_disabled) = change.is_disabled {
            body.insert("disabled".to_owned(), is_disabled.into());
        }
        if let Some(types) = change.filter_types {
            body.insert("filter_types".to_owned(), json!(types));
        }
        Self::of_webhook(JunctionCall::UpdateWebhook, answers::whole, scope, id).with(&Value::Object(body))
    }
}

impl Call<SigningSecret> {
    /// What a webhook's events are signed with. After it was exchanged, they are signed with the one before too, for a day.
    #[must_use]
    pub fn webhook_secret(scope: WebhookScope, id: &str) -> Self {
        Self::of_webhook(JunctionCall::GetWebhookSecret, answers::secret, scope, id)
    }
}

impl Call<()> {
    /// Exchanges a webhook's secret for this one, or for one that Junction makes.
    #[must_use]
    pub fn rotate_webhook_secret(scope: WebhookScope, id: &str, secret: Option<&SigningSecret>) -> Self {
        let body = secret.map_or_else(|| json!({}), |secret| json!({"key": secret.to_text()}));
        let call = Self::of_webhook(JunctionCall::RotateWebhookSecret, done, scope, id);
        call.with(&body).being(Safety::Reconcile)
    }

    /// Ends a webhook.
    #[must_use]
    pub fn delete_webhook(scope: WebhookScope, id: &str) -> Self {
        Self::of_webhook(JunctionCall::DeleteWebhook, answers::gone, scope, id)
    }

    /// Writes the headers that a webhook's events carry, in the place of those that they carried.
    #[must_use]
    pub fn set_webhook_headers(scope: WebhookScope, id: &str, headers: &BTreeMap<String, String>) -> Self {
        let call = Self::of_webhook(JunctionCall::SetWebhookHeaders, done, scope, id);
        call.with(&json!({"headers": headers}))
    }
}

impl Call<Deliveries> {
    /// How deliveries to a team's webhooks went.
    #[must_use]
    pub fn delivery_metric(scope: WebhookScope, interval: Interval) -> Self {
        let interval = match interval {
            Interval::Hour => "1h",
            Interval::Day => "1d",
        };
        let call = Self::of_team(JunctionCall::GetDeliveryMetric, answers::deliveries, scope);
        call.asking([("interval", interval.to_owned())])
    }
}

impl<T> Call<T> {
    fn of_team(name: JunctionCall, read: fn(u16, &[u8]) -> Read<T>, scope: WebhookScope) -> Self {
        Self::of_webhook(name, read, scope, "")
    }

    fn of_webhook(name: JunctionCall, read: fn(u16, &[u8]) -> Read<T>, scope: WebhookScope, id: &str) -> Self {
        let team = scope.team.to_string();
        Self::among(name, read, &[&team, scope.environment.as_str(), id])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::junction::samples::{ORDER, OTHER, id, sent};

    #[test]
    fn webhooks_are_managed_as_junction_documents_it() {
        let scope = WebhookScope {
            team: id(OTHER),
            environment: Environment::Sandbox,
        };
        let new = NewWebhook {
            url: "https://gateway.example/junction/webhooks/e",
            description: "d",
            filter_types: &["labtest.order.created"],
        };
        let change = WebhookChange {
            is_disabled: Some(false),
            filter_types: Some(&["labtest.order.updated"]),
        };
        let secret = SigningSecret::parse("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap();
        let headers = [("x-a".to_owned(), "b".to_owned())].into();
        let team = format!("/v1/org/{ORDER}/team/{OTHER}/sandbox");
        let all = format!("{team}/webhook");
        let one = format!("{all}/ep_1%2F2");
        let webhook = "ep_1/2";
        let rows = [
            (
                sent(&Call::list_webhooks(scope, None)),
                format!("GET {all}"),
                Value::Null,
            ),
            (
                sent(&Call::list_webhooks(scope, Some("c"))),
                format!("GET {all}?next_cursor=c"),
                Value::Null,
            ),
            (
                sent(&Call::get_webhook(scope, webhook)),
                format!("GET {one}"),
                Value::Null,
            ),
            (
                sent(&Call::create_webhook(scope, &new)),
                format!("POST {all}"),
                json!({"url": new.url, "description": "d", "filter_types": ["labtest.order.created"]}),
            ),
            (
                sent(&Call::update_webhook(scope, webhook, change)),
                format!("PATCH {one}"),
                json!({"disabled": false, "filter_types": ["labtest.order.updated"]}),
            ),
            (
                sent(&Call::webhook_secret(scope, webhook)),
                format!("GET {one}/secret"),
                Value::Null,
            ),
            (
                sent(&Call::rotate_webhook_secret(scope, webhook, Some(&secret))),
                format!("POST {one}/secret/rotate"),
                json!({"key": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"}),
            ),
            (
                sent(&Call::rotate_webhook_secret(scope, webhook, None)),
                format!("POST {one}/secret/rotate"),
                json!({}),
            ),
            (
                sent(&Call::delete_webhook(scope, webhook)),
                format!("DELETE {one}"),
                Value::Null,
            ),
            (
                sent(&Call::set_webhook_headers(scope, webhook, &headers)),
                format!("PUT {one}/headers"),
                json!({"headers": {"x-a": "b"}}),
            ),
            (
                sent(&Call::delivery_metric(scope, Interval::Day)),
                format!("GET {team}/event_delivery_metric?interval=1d"),
                Value::Null,
            ),
        ];
        for (sent, target, body) in rows {
            assert_eq!((&sent.target, sent.body), (&target, body));
            assert_eq!(sent.headers, ["x-management-key: mg"], "{target}");
        }
    }

    #[test]
    fn what_creates_or_exchanges_is_not_repeated() {
        let scope = WebhookScope {
            team: id(OTHER),
            environment: Environment::Production,
        };
        let new = NewWebhook {
            url: "u",
            description: "",
            filter_types: &[],
        };
        assert_eq!(Call::create_webhook(scope, &new).safety, Safety::Reconcile);
        assert_eq!(Call::rotate_webhook_secret(scope, "w", None).safety, Safety::Reconcile);
        assert_eq!(Call::delete_webhook(scope, "w").safety, Safety::Safe);
    }
}
