//! Everything that the stand-in for Junction remembers.

use serde_json::Value;

use super::{
    continuation::Continuation,
    feature::{Environment, Feature},
    id::Id,
    journal::Journal,
    member::{Bindings, Member},
    order::Order,
    orders::home::Home,
    patient::Patient,
    refused::Refused,
    team::Team,
    token::Tokens,
    visit::{Visit, Visits},
    wanted::{Reference, Wanted},
    webhooks::outbox::Outbox,
};

/// Everything Junction remembers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Junction {
    pub(super) teams: Vec<Team>,
    pub(super) members: Vec<Member>,
    pub(super) users: Vec<Patient>,
    pub(super) orders: Vec<Order>,
    pub(super) home: Home,
    pub(super) webhooks: Outbox,
    pub(super) bindings: Bindings,
    pub(super) continuation: Continuation,
    pub(super) tokens: Tokens,
    pub(super) visits: Visits,
    pub(super) journal: Journal,
}

impl Junction {
    /// The team of an id or of a partner's own name.
    pub(super) fn team(&self, wanted: &Reference) -> Result<&Team, Refused> {
        let found = self.teams.iter().find(|team| match wanted {
            Reference::Junctions(id) => team.id == *id,
            Reference::Partners(name) => team.integration_team_id.as_ref() == Some(name),
        });
        found.ok_or(Refused::NotFound("Team not found"))
    }

    /// The member of an id or of a partner's own name.
    pub(super) fn member(&self, wanted: &Reference) -> Result<&Member, Refused> {
        let found = self.members.iter().find(|member| match wanted {
            Reference::Junctions(id) => member.id == *id,
            Reference::Partners(name) => member.integration_member_id == *name,
        });
        found.ok_or(Refused::NotFound("Member not found"))
    }

    /// The patient of this id, in this team and environment alone.
    pub(super) fn patient(&self, id: Id, team: Id, environment: Environment) -> Option<&Patient> {
        self.patients_of(team, environment)
            .find(|patient| patient.user_id == id)
    }

    pub(super) fn patients_of(&self, team: Id, environment: Environment) -> impl Iterator<Item = &Patient> {
        let all = self.users.iter();
        all.filter(move |patient| patient.team_id == team && patient.environment == environment)
    }

    /// The order of this id, in this team and environment alone.
    pub(super) fn order(&self, id: Id, team: Id, environment: Environment) -> Option<&Order> {
        let mut all = self.orders.iter();
        all.find(|order| order.id == id && order.team_id == team && order.environment == environment)
    }

    /// An order as the API shows it.
    pub(super) fn shown_order(&self, order: &Order) -> Value {
        order.answer(self.patient_of(order), self.home.behaviour.transactions)
    }

    pub(super) fn patient_of(&self, order: &Order) -> Option<&Patient> {
        self.patient(order.user_id, order.team_id, order.environment)
    }

    /// The visit that is asked for, if this member may act so for this team, and what is to be opened is this team's.
    pub(super) fn admit(&self, wanted: &Wanted) -> Result<Visit, Refused> {
        let member = self.member(&wanted.member)?;
        let team = self.team(&wanted.team)?.id;
        if !member.teams().any(|bound| bound == team) {
            return Err(Refused::Forbidden("The member has no role in this team"));
        }
        match wanted.feature {
            Feature::OrderCreationFor(user) if self.patient(user, team, wanted.environment).is_none() => {
                return Err(Refused::NotFound("User not found"));
            }
            Feature::Order(order) if self.order(order, team, wanted.environment).is_none() => {
                return Err(Refused::NotFound("Order not found"));
            }
            Feature::OrderCreation
            | Feature::OrderCreationFor(_)
            | Feature::Order(_)
            | Feature::TeamPanels
            | Feature::TeamConfig => {}
        }
        Ok(Visit {
            member: member.id,
            team,
            feature: wanted.feature,
            modality: wanted.modality,
            environment: wanted.environment,
        })
    }
}
