//! What tests and demos arrange at Junction, and what they see of it.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};
use url::Url;

use super::{Bindings, Junction, Member, Order, Patient, Team};

/// What `PUT /__sim/junction` takes: each part that is given replaces what was there.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Arrangement {
    teams: Option<Vec<Team>>,
    members: Option<Vec<Member>>,
    users: Option<Vec<Patient>>,
    orders: Option<Vec<Order>>,
    bindings: Option<Bindings>,
    /// Null for none, which is not the same as absent.
    #[serde(default, deserialize_with = "given", rename = "continuationUrl")]
    continuation: Option<Continuation>,
}

fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Where a browser is sent that has no session of the app's, if anywhere.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(try_from = "Option<String>", into = "Option<String>")]
pub(super) struct Continuation(pub(super) Option<Url>);

impl TryFrom<Option<String>> for Continuation {
    type Error = url::ParseError;

    fn try_from(text: Option<String>) -> Result<Self, Self::Error> {
        text.map(|text| Url::parse(&text)).transpose().map(Self)
    }
}

impl From<Continuation> for Option<String> {
    fn from(continuation: Continuation) -> Self {
        continuation.0.map(String::from)
    }
}

impl Junction {
    pub(crate) fn arrange(&mut self, arrangement: Arrangement) {
        if let Some(teams) = arrangement.teams {
            self.teams = teams;
        }
        if let Some(members) = arrangement.members {
            self.members = members;
        }
        if let Some(users) = arrangement.users {
            self.users = users;
        }
        if let Some(orders) = arrangement.orders {
            self.orders = orders;
        }
        if let Some(bindings) = arrangement.bindings {
            self.bindings = bindings;
        }
        if let Some(continuation) = arrangement.continuation {
            self.continuation = continuation;
        }
    }

    /// Everything, in the form in which it is arranged, and what was counted besides.
    pub(super) fn shown(&self) -> Value {
        json!({
            "teams": self.teams,
            "members": self.members,
            "users": self.users,
            "orders": self.orders,
            "bindings": self.bindings,
            "continuationUrl": self.continuation,
            "counters": {"tokensMinted": self.tokens.minted, "urlsMade": self.visits.urls},
        })
    }
}
