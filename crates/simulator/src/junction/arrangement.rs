//! What tests and demos arrange at Junction, and what they see of it.

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::{
    continuation::Continuation,
    member::{Bindings, Member},
    order::Order,
    orders::appointment::Appointment,
    patient::Patient,
    state::Junction,
    team::Team,
    webhooks::endpoint::Endpoint,
};

/// What `PUT /__sim/junction` takes: each part that is given replaces what was there.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Arrangement {
    teams: Option<Vec<Team>>,
    members: Option<Vec<Member>>,
    users: Option<Vec<Patient>>,
    orders: Option<Vec<Order>>,
    appointments: Option<Vec<Appointment>>,
    bindings: Option<Bindings>,
    webhooks: Option<Vec<Endpoint>>,
    /// Null for none, which is not the same as absent.
    #[serde(default, deserialize_with = "given", rename = "continuationUrl")]
    continuation: Option<Continuation>,
}

fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
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
            self.orders.iter_mut().for_each(Order::begin);
        }
        if let Some(appointments) = arrangement.appointments {
            self.home.appointments = appointments;
            for order in &mut self.orders {
                let visit = self.home.appointment(order.id).map(|visit| visit.id);
                order.appointment_id = visit.or(order.appointment_id);
            }
        }
        if let Some(bindings) = arrangement.bindings {
            self.bindings = bindings;
        }
        if let Some(webhooks) = arrangement.webhooks {
            self.webhooks.endpoints = webhooks;
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
            "appointments": self.home.appointments,
            "bindings": self.bindings,
            "continuationUrl": self.continuation,
            "counters": {"tokensMinted": self.tokens.minted, "urlsMade": self.visits.urls},
        })
    }
}
