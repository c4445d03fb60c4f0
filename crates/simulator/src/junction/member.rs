//! Members that an integration manages: providers.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    fields::{self, Fields, Read},
    id::Id,
};

/// A member, as the API tells it and as control takes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Member {
    #[serde(default = "Id::new")]
    pub(super) id: Id,
    pub(super) integration_member_id: String,
    pub(super) name: String,
    email: String,
    #[serde(default)]
    avatar: Option<String>,
    #[serde(default)]
    team_role_bindings: Vec<Binding>,
}

/// That a member may act for a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Binding {
    team_id: Id,
}

/// What an update of a member does to the teams it had: Junction does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Bindings {
    /// They are gone but for those named.
    #[default]
    Replace,
    /// They stay beside those named.
    Merge,
}

/// The body of an update; what is null or absent stays as it is.
pub(super) struct Change {
    name: Option<String>,
    email: Option<String>,
    avatar: Option<String>,
    team_role_bindings: Option<Vec<Binding>>,
}

impl Member {
    /// The body of a creation.
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let integration_member_id = fields.required("integration_member_id", fields::short_text);
        let name = fields.required("name", fields::text);
        let email = fields.required("email", fields::text);
        let avatar = fields.optional("avatar", fields::text);
        let bindings = fields.optional("team_role_bindings", bindings);
        Some(Self {
            id: Id::new(),
            integration_member_id: integration_member_id?,
            name: name?,
            email: email?,
            avatar,
            team_role_bindings: bindings.unwrap_or_default(),
        })
    }

    /// The teams that it may act for.
    pub(super) fn teams(&self) -> impl Iterator<Item = Id> {
        self.team_role_bindings.iter().map(|binding| binding.team_id)
    }

    pub(super) fn update(&mut self, change: Change, how: Bindings) {
        if let Some(name) = change.name {
            self.name = name;
        }
        if let Some(email) = change.email {
            self.email = email;
        }
        if change.avatar.is_some() {
            self.avatar = change.avatar;
        }
        match (change.team_role_bindings, how) {
            (None, _) => {}
            (Some(bindings), Bindings::Replace) => self.team_role_bindings = bindings,
            (Some(bindings), Bindings::Merge) => {
                let new = bindings
                    .into_iter()
                    .filter(|binding| !self.team_role_bindings.contains(binding));
                let new: Vec<_> = new.collect();
                self.team_role_bindings.extend(new);
            }
        }
    }
}

impl Change {
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            name: fields.optional("name", fields::text),
            email: fields.optional("email", fields::text),
            avatar: fields.optional("avatar", fields::text),
            team_role_bindings: fields.optional("team_role_bindings", bindings),
        }
    }

    /// The teams that it names.
    pub(super) fn teams(&self) -> impl Iterator<Item = Id> {
        self.team_role_bindings.iter().flatten().map(|binding| binding.team_id)
    }
}

/// A guide of Junction's gives a role besides, which its schema does not know: it changes nothing.
fn bindings(value: &Value) -> Read<Vec<Binding>> {
    fields::list(value, |value| {
        fields::object(value, |fields| {
            let team_id = fields.required("team_id", fields::id)?;
            Some(Binding { team_id })
        })
    })
}
