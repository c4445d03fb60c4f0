//! A stand-in for Junction: the Management API below `/junction/management`, the API of its teams below `/junction/api`,
//! and the embedded app below `/junction/ehr`. Where Junction's documentation is silent, the choice is written where it
//! is made.

mod app;
mod arrangement;
mod call;
pub(super) mod control;
mod feature;
mod fields;
mod id;
mod journal;
mod launch;
mod management;
mod member;
mod operation;
mod order;
mod page;
mod patient;
mod refused;
mod team;
mod team_api;
mod token;
mod visit;
mod wanted;

use actix_web::web;

pub(super) use self::arrangement::Arrangement;
use self::{
    arrangement::Continuation, feature::Environment, id::Id, journal::Entry, member::Member, order::Order,
    patient::Patient, refused::Refused, team::Team, token::Tokens, visit::Visits, wanted::Reference,
};
use super::{World, fault::Fault};

/// What the stand-in for Junction is told.
#[derive(Debug, Clone)]
pub struct JunctionSettings {
    /// The one org it serves.
    pub org_id: String,
    /// The management keys it knows.
    pub management_keys: Vec<String>,
}

impl Default for JunctionSettings {
    fn default() -> Self {
        Self {
            org_id: "6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90".to_owned(),
            management_keys: vec!["mg_simulated".to_owned()],
        }
    }
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/junction/management/{tail:.*}", web::to(call::management))
        .route("/junction/api/{tail:.*}", web::to(call::team_api))
        .route("/junction/ehr/dashboard", web::get().to(app::dashboard))
        .route("/junction/ehr/auth/launch", web::get().to(launch::launch))
        .route("/junction/ehr/orders", web::post().to(app::order))
        .route("/junction/ehr/page.js", web::get().to(page::script));
}

/// Everything Junction remembers.
#[derive(Debug, Clone, Default)]
pub(super) struct Junction {
    teams: Vec<Team>,
    members: Vec<Member>,
    users: Vec<Patient>,
    orders: Vec<Order>,
    bindings: Bindings,
    continuation: Continuation,
    tokens: Tokens,
    visits: Visits,
    journal: Vec<Entry>,
}

/// What an update of a member does to the teams it had: Junction does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Bindings {
    /// They are gone but for those named.
    #[default]
    Replace,
    /// They stay beside those named.
    Merge,
}

impl Junction {
    /// The team of an id or of a partner's own name.
    fn team(&self, wanted: &Reference) -> Result<&Team, Refused> {
        let found = self.teams.iter().find(|team| match wanted {
            Reference::Junctions(id) => team.id == *id,
            Reference::Partners(name) => team.integration_team_id.as_ref() == Some(name),
        });
        found.ok_or(Refused::NotFound("Team not found"))
    }

    /// The member of an id or of a partner's own name.
    fn member(&self, wanted: &Reference) -> Result<&Member, Refused> {
        let found = self.members.iter().find(|member| match wanted {
            Reference::Junctions(id) => member.id == *id,
            Reference::Partners(name) => member.integration_member_id == *name,
        });
        found.ok_or(Refused::NotFound("Member not found"))
    }

    /// The patient of this id, in this team and environment alone.
    fn patient(&self, id: Id, team: Id, environment: Environment) -> Option<&Patient> {
        self.patients_of(team, environment)
            .find(|patient| patient.user_id == id)
    }

    fn patients_of(&self, team: Id, environment: Environment) -> impl Iterator<Item = &Patient> {
        let all = self.users.iter();
        all.filter(move |patient| patient.team_id == team && patient.environment == environment)
    }

    /// The order of this id, in this team and environment alone.
    fn order(&self, id: Id, team: Id, environment: Environment) -> Option<&Order> {
        let mut all = self.orders.iter();
        all.find(|order| order.id == id && order.team_id == team && order.environment == environment)
    }
}
