//! Junction's users: patients, each in one team and environment.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    feature::Environment,
    fields::{self, Fields, Read},
    id::Id,
    team::now,
    token::Access,
};

/// A patient, as control takes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Patient {
    #[serde(default = "Id::new")]
    pub(super) user_id: Id,
    pub(super) team_id: Id,
    #[serde(default)]
    pub(super) environment: Environment,
    pub(super) client_user_id: String,
    #[serde(default = "now")]
    pub(super) created_on: String,
    #[serde(flatten)]
    fallbacks: Fallbacks,
    /// Demographics, as they were sent.
    #[serde(default)]
    pub(super) info: Option<Map<String, Value>>,
}

/// What else a creation may say.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Fallbacks {
    fallback_time_zone: Option<String>,
    fallback_birth_date: Option<String>,
    ingestion_start: Option<String>,
    ingestion_end: Option<String>,
}

impl Patient {
    /// The body of a creation, with a token that gives this access.
    pub(super) fn read(fields: &mut Fields<'_>, access: Access) -> Option<Self> {
        let client_user_id = fields.required("client_user_id", fields::text);
        let fallbacks = Fallbacks {
            fallback_time_zone: fields.optional("fallback_time_zone", fields::text),
            fallback_birth_date: fields.optional("fallback_birth_date", fields::date),
            ingestion_start: fields.optional("ingestion_start", fields::date),
            ingestion_end: fields.optional("ingestion_end", fields::date),
        };
        Some(Self {
            user_id: Id::new(),
            team_id: access.team,
            environment: access.environment,
            client_user_id: client_user_id?,
            created_on: now(),
            fallbacks,
            info: None,
        })
    }

    pub(super) fn answer(&self) -> Value {
        let fallbacks = &self.fallbacks;
        let fallback = |member: &str, value: &Option<String>| {
            let value = value.as_ref()?;
            Some(json!({member: value, "source_slug": "manual", "updated_at": self.created_on}))
        };
        json!({
            "user_id": self.user_id,
            "team_id": self.team_id,
            "client_user_id": self.client_user_id,
            "created_on": self.created_on,
            "connected_sources": [],
            "fallback_time_zone": fallback("id", &fallbacks.fallback_time_zone),
            "fallback_birth_date": fallback("value", &fallbacks.fallback_birth_date),
            "ingestion_start": fallbacks.ingestion_start,
            "ingestion_end": fallbacks.ingestion_end,
        })
    }

    /// What a provider's page calls the patient.
    pub(super) fn display_name(&self) -> String {
        let text = |name: &str| self.info.as_ref()?.get(name)?.as_str();
        let names: Vec<_> = [text("first_name"), text("last_name")].into_iter().flatten().collect();
        if names.is_empty() {
            self.client_user_id.clone()
        } else {
            names.join(" ")
        }
    }
}

/// The body of an update of demographics. Members that the API does not know are not kept.
pub(super) fn read_info(fields: &mut Fields<'_>) -> Map<String, Value> {
    let mut info = Map::new();
    let required = [
        ("first_name", fields::text as fn(&Value) -> Read<String>),
        ("last_name", fields::text),
        ("email", fields::email),
        ("phone_number", fields::text),
        ("gender", fields::text),
        ("dob", fields::date),
    ];
    for (name, read) in required {
        if let Some(value) = fields.required(name, read) {
            info.insert(name.to_owned(), value.into());
        }
    }
    if let Some(address) = fields.required("address", |value| {
        fields::object(value, |fields| Some(read_address(fields)))
    }) {
        info.insert("address".to_owned(), address.into());
    }
    if let Some(proxy) = fields.optional("medical_proxy", |value| fields::object(value, |_| Some(value.clone()))) {
        info.insert("medical_proxy".to_owned(), proxy);
    }
    for name in ["race", "ethnicity", "sexual_orientation", "gender_identity"] {
        if let Some(value) = fields.optional(name, fields::text) {
            info.insert(name.to_owned(), value.into());
        }
    }
    info
}

fn read_address(fields: &mut Fields<'_>) -> Map<String, Value> {
    let mut address = Map::new();
    for name in ["first_line", "country", "zip", "city", "state"] {
        if let Some(value) = fields.required(name, fields::text) {
            address.insert(name.to_owned(), value.into());
        }
    }
    for name in ["second_line", "access_notes"] {
        if let Some(value) = fields.optional(name, fields::text) {
            address.insert(name.to_owned(), value.into());
        }
    }
    address
}
