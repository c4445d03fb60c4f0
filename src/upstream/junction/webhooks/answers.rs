//! What Junction says of its webhooks.

use std::collections::BTreeMap;

use domain::signing_secret::SigningSecret;
use serde::Deserialize;
use serde_json::Value;

use crate::upstream::junction::answer::{Read, Unexpected, json_if_ok};

/// An address that Junction sends a team's events to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Junction's id of it, which is not a UUID.
    pub id: String,
    /// The address.
    pub url: String,
    /// Whether nothing is sent there: switched off, or after days of failures.
    pub is_disabled: bool,
    /// The types of events that are sent there; all, if none are named.
    pub filter_types: Vec<String>,
}

/// Some of a team's webhooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookPage {
    /// These.
    pub webhooks: Vec<Webhook>,
    /// What asks for more of them; none if these are the last.
    pub cursor: Option<String>,
}

/// How many deliveries to a team's webhooks came to what, within an interval, by the labels that Junction counts them under.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Deliveries(
    /// What it is a count of, such as `status=success`, and the newest count.
    pub Vec<(BTreeMap<String, String>, f64)>,
);

#[derive(Deserialize)]
struct RawWebhook {
    id: String,
    url: String,
    disabled: Option<bool>,
    filter_types: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct RawPage {
    data: Vec<RawWebhook>,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
struct RawSecret {
    key: String,
}

/// The answer of a Prometheus server to a query of a range.
#[derive(Deserialize)]
struct RawMetric {
    data: RawMatrix,
}

#[derive(Deserialize)]
struct RawMatrix {
    result: Vec<RawSeries>,
}

#[derive(Deserialize)]
struct RawSeries {
    metric: BTreeMap<String, String>,
    /// Pairs of a time and a number as text.
    values: Vec<(Value, String)>,
}

impl From<RawWebhook> for Webhook {
    fn from(raw: RawWebhook) -> Self {
        Self {
            id: raw.id,
            url: raw.url,
            is_disabled: raw.disabled.unwrap_or(false),
            filter_types: raw.filter_types.unwrap_or_default(),
        }
    }
}

/// Some webhooks.
pub(super) fn listed(status: u16, body: &[u8]) -> Read<WebhookPage> {
    let RawPage { data, next_cursor } = json_if_ok(status, body)?;
    Ok(WebhookPage {
        webhooks: data.into_iter().map(Webhook::from).collect(),
        cursor: next_cursor.filter(|cursor| !cursor.is_empty()),
    })
}

/// A webhook, if there is one.
pub(super) fn found(status: u16, body: &[u8]) -> Read<Option<Webhook>> {
    match status {
        404 => Ok(None),
        _other => whole(status, body).map(Some),
    }
}

/// A webhook that was created or changed.
pub(super) fn whole(status: u16, body: &[u8]) -> Read<Webhook> {
    // Something that was created may well be a 201.
    let status = if status == 201 { 200 } else { status };
    json_if_ok::<RawWebhook>(status, body).map(Webhook::from)
}

/// That one is gone, now or before.
pub(super) fn gone(status: u16, _body: &[u8]) -> Read<()> {
    match status {
        200..=299 | 404 | 410 => Ok(()),
        _other => Err(Unexpected),
    }
}

/// What events are signed with.
pub(super) fn secret(status: u16, body: &[u8]) -> Read<SigningSecret> {
    let RawSecret { key } = json_if_ok(status, body)?;
    SigningSecret::parse(&key).map_err(|_why_stays_secret| Unexpected)
}

/// How deliveries went.
pub(super) fn deliveries(status: u16, body: &[u8]) -> Read<Deliveries> {
    let RawMetric { data } = json_if_ok(status, body)?;
    let counts = data.result.into_iter().filter_map(|series| {
        let newest = series.values.last()?;
        let count: f64 = newest.1.parse().ok()?;
        count.is_finite().then_some((series.metric, count))
    });
    Ok(Deliveries(counts.collect()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_webhook_is_read_with_what_it_may_leave_out() {
        let bare = json!({"id": "ep_1", "url": "https://g.example/", "created_at": "x", "updated_at": "x"});
        let read = whole(200, bare.to_string().as_bytes()).unwrap();
        assert_eq!(
            (read.id.as_str(), read.is_disabled, read.filter_types.len()),
            ("ep_1", false, 0)
        );
        let off = json!({"id": "ep_1", "url": "u", "disabled": true, "filter_types": ["labtest.order.created"]});
        for status in [200, 201] {
            let read = whole(status, off.to_string().as_bytes()).unwrap();
            assert_eq!((read.is_disabled, read.filter_types.len()), (true, 1));
        }
        let listed_off = json!({"data": [off, bare], "next_cursor": ""}).to_string();
        let page = listed(200, listed_off.as_bytes()).unwrap();
        assert_eq!((page.webhooks.len(), page.cursor), (2, None));
        assert_eq!(found(404, b"{}"), Ok(None));
        assert!(whole(422, off.to_string().as_bytes()).is_err());
        for (status, is_gone) in [(204, true), (404, true), (403, false)] {
            assert_eq!(gone(status, b"").is_ok(), is_gone, "{status}");
        }
    }

    #[test]
    fn a_secret_of_another_form_is_not_taken() {
        let read = |key: &str| secret(200, json!({"key": key}).to_string().as_bytes());
        assert!(read("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").is_ok());
        for key in ["", "whsec_", "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"] {
            assert!(read(key).is_err(), "{key}");
        }
        assert!(secret(404, b"{}").is_err());
    }

    #[test]
    fn the_newest_count_of_each_series_is_read() {
        let body = json!({"status": "success", "data": {"resultType": "matrix", "result": [
            {"metric": {"status": "success"}, "values": [[1_795_651_200, "3"], [1_795_654_800, "5"]]},
            {"metric": {"status": "fail"}, "values": [[1_795_651_200, "NaN"]]},
            {"metric": {}, "values": []},
        ]}});
        let Deliveries(counts) = deliveries(200, body.to_string().as_bytes()).unwrap();
        let label = [("status".to_owned(), "success".to_owned())].into();
        assert_eq!(counts, [(label, 5.0)]);
        assert!(deliveries(200, b"{}").is_err());
    }
}
