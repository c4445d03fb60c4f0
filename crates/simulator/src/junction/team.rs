//! Teams.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    feature::Environment,
    fields::{self, Fields, Read},
    id::Id,
};

/// A team, as control takes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Team {
    #[serde(default = "Id::new")]
    pub(super) id: Id,
    name: String,
    #[serde(default)]
    region: Region,
    #[serde(default)]
    pub(super) integration_team_id: Option<String>,
    #[serde(default = "now")]
    created_on: String,
    /// The settings given at its creation, which are those of both environments.
    #[serde(default)]
    settings: Map<String, Value>,
}

/// Where a team's data is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Region {
    #[default]
    Us,
    Eu,
}

/// This moment, as the APIs write it.
pub(super) fn now() -> String {
    format!("{:.6}", jiff::Timestamp::now())
}

/// Settings that are true, false or, some of them, null.
const SWITCHES: [&str; 6] = [
    "lab_tests_patient_sms_communication_enabled",
    "lab_tests_patient_email_communication_enabled",
    "reject_duplicate_connection",
    "sdk_per_device_activity_timeseries",
    "partial_webhooks_enabled",
    "minor_ordering_enabled",
];

impl Team {
    /// The body of a creation.
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let mut known = vec!["id", "name", "region", "integration_team_id"];
        known.extend(["critical_result_notification_email", "brand_information", "logo_url"]);
        known.extend(SWITCHES);
        fields.refuse_others(&known);
        let id = fields.optional("id", fields::id);
        let name = fields.required("name", name);
        let region = fields.required("region", region);
        let integration_team_id = fields.optional("integration_team_id", fields::short_text);
        Some(Self {
            settings: settings(fields),
            id: id.unwrap_or_else(Id::new),
            name: name?,
            region: region?,
            integration_team_id,
            created_on: now(),
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// As the API tells it: the settings of an environment only if they are asked for.
    pub(super) fn answer(&self, include: &[Environment]) -> Value {
        let settings = |environment| include.contains(&environment).then_some(&self.settings);
        json!({
            "id": self.id,
            "name": self.name,
            "created_on": self.created_on,
            "region": self.region,
            "integration_team_id": self.integration_team_id,
            "environments": [Environment::Production, Environment::Sandbox],
            "production": settings(Environment::Production),
            "sandbox": settings(Environment::Sandbox),
        })
    }
}

fn settings(fields: &mut Fields<'_>) -> Map<String, Value> {
    let mut settings = Map::new();
    for name in SWITCHES {
        if let Some(value) = fields.optional(name, fields::boolean) {
            settings.insert(name.to_owned(), value);
        }
    }
    let texts = [
        (
            "critical_result_notification_email",
            fields::email as fn(&Value) -> Read<String>,
        ),
        ("logo_url", url),
    ];
    for (name, read) in texts {
        if let Some(value) = fields.optional(name, read) {
            settings.insert(name.to_owned(), value.into());
        }
    }
    if let Some(brand) = fields.optional("brand_information", brand) {
        settings.insert("brand_information".to_owned(), brand);
    }
    settings
}

/// At most 80 characters: letters of Latin-1, digits, and some others.
fn name(value: &Value) -> Read<String> {
    let name = fields::text(value)?;
    let is_allowed = |character: char| {
        matches!(character, 'A'..='Z' | 'a'..='z' | '0'..='9' | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ÿ')
            || "(),/:'|&_- ’".contains(character)
    };
    if name.chars().count() <= 80 && name.chars().all(is_allowed) {
        Ok(name)
    } else {
        fields::wrong(
            "string_pattern_mismatch",
            "String should be at most 80 letters, digits and punctuation of names",
        )
    }
}

fn region(value: &Value) -> Read<Region> {
    match fields::text(value)?.as_str() {
        "us" => Ok(Region::Us),
        "eu" => Ok(Region::Eu),
        _ => fields::wrong("literal_error", "Input should be 'us' or 'eu'"),
    }
}

fn url(value: &Value) -> Read<String> {
    let text = fields::text(value)?;
    if text.len() <= 2083 && url::Url::parse(&text).is_ok() {
        Ok(text)
    } else {
        fields::wrong("url_parsing", "Input should be a valid URL")
    }
}

/// Of a brand only its company's name is required.
fn brand(value: &Value) -> Read<Value> {
    fields::object(value, |fields| fields.required("company_name", fields::text))?;
    Ok(value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_pattern() {
        let rows = [
            (
                "Cardiologie (Ouest), 2/3: l’été & l'hiver | a_b-c",
                true,
                "all that is allowed",
            ),
            ("", true, "nothing at all"),
            (&"é".repeat(80), true, "characters, not bytes"),
            (&"a".repeat(81), false, "one too many"),
            ("a×b", false, "a sign among the letters of Latin-1"),
            ("Œuvre", false, "a letter beyond Latin-1"),
            ("a\n", false, "a line's end"),
            ("a.b", false, "a full stop"),
        ];
        for (text, expected, reason) in rows {
            assert_eq!(name(&Value::from(text)).is_ok(), expected, "{reason}: {text}");
        }
    }
}
