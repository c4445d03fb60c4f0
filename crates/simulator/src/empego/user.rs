//! The users, as Empego's page on embedding with a user describes their life.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::settings::Partial;

/// A user's profile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Profile {
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) license_number: Option<String>,
    pub(crate) preferred_language: Option<String>,
}

/// All users that Empego knows, and how often it wrote to its database.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Users {
    /// The API key's owner.
    #[serde(default = "owner")]
    pub(crate) owner: Profile,
    /// All other users, by `userId`.
    #[serde(default, rename = "users")]
    pub(crate) known: BTreeMap<String, Profile>,
    /// Writes so far: one per field that was changed or created.
    #[serde(default)]
    pub(crate) writes: u64,
}

impl Default for Users {
    fn default() -> Self {
        Self {
            owner: owner(),
            known: BTreeMap::new(),
            writes: 0,
        }
    }
}

fn owner() -> Profile {
    Profile {
        first_name: Some("Olivia".to_owned()),
        last_name: Some("Owner".to_owned()),
        email: Some("olivia.owner@clinic.example".to_owned()),
        license_number: Some("OWNER-1".to_owned()),
        preferred_language: Some("FR".to_owned()),
    }
}

/// A new user lacks what creating one requires.
pub(crate) struct FieldsMissing;

impl Users {
    /// Uses, updates, creates or clones the user of a decoded header, as the documented options say.
    pub(crate) fn upsert(&mut self, object: &Map<String, Value>, partial: Partial) -> Result<Profile, FieldsMissing> {
        let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
        let user_id = text("userId").unwrap_or_default();
        let sent = Profile {
            first_name: text("firstName"),
            last_name: text("lastName"),
            email: text("email"),
            license_number: text("licenseNumber"),
            preferred_language: text("preferredLanguage"),
        };
        let is_complete = sent.first_name.is_some() && sent.last_name.is_some() && sent.email.is_some();
        let id_only = sent == Profile::default();
        let mut profile = match self.known.get(&user_id) {
            Some(known) => known.clone(),
            None if is_complete => Profile::default(),
            None if id_only || partial == Partial::Clone => {
                self.writes += 1;
                self.owner.clone()
            }
            None => return Err(FieldsMissing),
        };
        self.writes += profile.update(sent);
        self.known.insert(user_id, profile.clone());
        Ok(profile)
    }
}

impl Profile {
    /// Writes the sent fields that really differ; returns how many.
    fn update(&mut self, sent: Self) -> u64 {
        let pairs = [
            (&mut self.first_name, sent.first_name),
            (&mut self.last_name, sent.last_name),
            (&mut self.email, sent.email),
            (&mut self.license_number, sent.license_number),
            (&mut self.preferred_language, sent.preferred_language),
        ];
        let mut writes = 0;
        for (stored, sent) in pairs {
            if sent.is_some() && *stored != sent {
                *stored = sent;
                writes += 1;
            }
        }
        writes
    }

    /// First and last name, for the page.
    pub(crate) fn full_name(&self) -> String {
        let names = [self.first_name.as_deref(), self.last_name.as_deref()];
        names.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn upsert(users: &mut Users, object: &Value, partial: Partial) -> Option<Profile> {
        users.upsert(object.as_object().unwrap(), partial).ok()
    }

    #[test]
    fn users_live_as_the_page_describes() {
        let mut users = Users::default();
        let alice = json!({"userId": "a", "firstName": "Alice", "lastName": "J", "email": "a@x.ca"});
        let created = upsert(&mut users, &alice, Partial::Reject).unwrap();
        assert_eq!(
            (
                created.full_name().as_str(),
                created.license_number.as_deref(),
                users.writes
            ),
            ("Alice J", None, 3)
        );

        upsert(&mut users, &json!({"userId": "a"}), Partial::Reject).unwrap();
        assert_eq!(users.writes, 3, "an ID-only call writes nothing");

        let updated = upsert(
            &mut users,
            &json!({"userId": "a", "firstName": "Alice", "email": "b@x.ca"}),
            Partial::Reject,
        );
        assert_eq!(
            (updated.unwrap().last_name.as_deref(), users.writes),
            (Some("J"), 4),
            "only what differs is written"
        );
    }

    #[test]
    fn an_unknown_bare_id_is_a_clone_and_an_unknown_partial_profile_depends() {
        let mut users = Users::default();
        let clone = upsert(&mut users, &json!({"userId": "x"}), Partial::Reject).unwrap();
        assert_eq!(clone, users.owner);
        let partial = json!({"userId": "y", "firstName": "Yves"});
        assert_eq!(upsert(&mut users, &partial, Partial::Reject), None);
        assert!(!users.known.contains_key("y"));
        let inherited = upsert(&mut users, &partial, Partial::Clone).unwrap();
        assert_eq!(inherited.full_name(), "Yves Owner");
    }
}
