//! Everything that is ever asked of Junction: for each call what is sent, and who reads the answer. Pure. The facts are
//! those of Junction's two OpenAPI documents.

use domain::{
    clinician::UserId,
    junction::{
        ClientUserId, Demographics, Environment, Feature, IntegrationTeamId, JunctionCall, JunctionId, Modality,
        Region, TeamName,
    },
};
use serde_json::{Value, json};

use super::answer::{
    Created, FoundTeam, Member, Opened, Order, RawToken, Read, TeamRoleBinding, User, created_member, created_team,
    created_user, done, member, opened, order, resolved_member, resolved_team, token, user,
};
use crate::upstream::wire::Method;

/// One call, and how its answer is read. Its path and body may name a person: it has no `Debug`.
pub struct Call<T> {
    /// Which one it is.
    pub name: JunctionCall,
    /// Whose it is.
    pub api: Api,
    /// Whether it comes to the same if it is made twice.
    pub is_repeatable: bool,
    pub(super) method: Method,
    /// Below the API's address, segment by segment; each is percent-encoded as a whole.
    pub(super) path: Vec<String>,
    pub(super) body: Option<Vec<u8>>,
    /// Reads a response of this status.
    pub(super) read: fn(u16, &[u8]) -> Read<T>,
}

/// Which of Junction's two APIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// Of the organisation: called with the management key.
    Management,
    /// Of one team: called with a token of that team's.
    Team,
}

/// What it takes to create a member.
pub struct NewMember<'a> {
    /// The host's reference.
    pub user_id: &'a UserId,
    /// First and last name.
    pub name: &'a str,
    /// E-mail.
    pub email: &'a str,
    /// The team they may act for.
    pub team: JunctionId,
}

impl Call<Option<FoundTeam>> {
    /// The team of this reference; none if there is none.
    #[must_use]
    pub fn resolve_team(team: &IntegrationTeamId) -> Self {
        let body = json!({"integration_team_id": team.as_ref()});
        Self::management(JunctionCall::ResolveTeam, resolved_team).post(&["resolve_team"], &body)
    }
}

impl Call<Created> {
    /// Creates a team. Its reference may be taken meanwhile.
    #[must_use]
    pub fn create_team(team: &IntegrationTeamId, name: &TeamName, region: Region) -> Self {
        let body = json!({
            "name": name.as_ref(), "region": region.as_str(), "integration_team_id": team.as_ref(),
        });
        Self::management(JunctionCall::CreateTeam, created_team).post(&["team"], &body)
    }

    /// Creates a member. Their reference may be taken meanwhile.
    #[must_use]
    pub fn create_member(member: &NewMember<'_>) -> Self {
        let body = json!({
            "integration_member_id": member.user_id.as_ref(), "name": member.name, "email": member.email,
            "team_role_bindings": [TeamRoleBinding::to(member.team)],
        });
        Self::management(JunctionCall::CreateMember, created_member).post(&["ehr_integration", "member"], &body)
    }

    /// Creates a patient. Their reference may be taken meanwhile.
    #[must_use]
    pub fn create_user(patient: &ClientUserId) -> Self {
        let body = json!({"client_user_id": patient.as_ref()});
        Self::team(JunctionCall::CreateUser, created_user).post(&["v2", "user"], &body)
    }
}

impl Call<Option<Member>> {
    /// The member of this reference; none if there is none.
    #[must_use]
    pub fn resolve_member(user_id: &UserId) -> Self {
        let body = json!({"integration_member_id": user_id.as_ref()});
        Self::management(JunctionCall::ResolveMember, resolved_member)
            .post(&["ehr_integration", "resolve_member"], &body)
    }
}

impl Call<Member> {
    /// A member with the teams they have now.
    #[must_use]
    pub fn get_member(id: JunctionId) -> Self {
        Self::management(JunctionCall::GetMember, member).get(&["ehr_integration", "member", &id.to_string()])
    }

    /// Gives a member these teams. Whether that replaces or adds is not documented: they must be all.
    #[must_use]
    pub fn update_member(id: JunctionId, bindings: &[TeamRoleBinding]) -> Self {
        let body = json!({"team_role_bindings": bindings});
        Self::management(JunctionCall::UpdateMember, member)
            .patch(&["ehr_integration", "member", &id.to_string()], &body)
    }
}

impl Call<RawToken> {
    /// A token for one team's API.
    #[must_use]
    pub fn create_api_access_token(team: JunctionId, environment: Environment) -> Self {
        let body = json!({"env": environment.as_str()});
        Self::management(JunctionCall::CreateApiAccessToken, token)
            .post(&["team", &team.to_string(), "create_api_access_token"], &body)
    }
}

impl Call<Opened> {
    /// The URL that opens a feature for a member of a team.
    #[must_use]
    pub fn create_dashboard_url(
        member: JunctionId,
        team: JunctionId,
        feature: Feature,
        modality: Modality,
        environment: Environment,
    ) -> Self {
        let body = json!({
            "member_id": member.to_string(), "team_id": team.to_string(), "feature": feature.to_string(),
            "modality": modality.as_str(), "environment": environment.as_str(),
        });
        let call = Self::management(JunctionCall::CreateDashboardUrl, opened)
            .post(&["ehr_integration", "create_dashboard_url"], &body);
        Self {
            // Each is a session.
            is_repeatable: false,
            ..call
        }
    }
}

impl Call<Option<User>> {
    /// The patient of this reference; none if there is none.
    #[must_use]
    pub fn resolve_user(patient: &ClientUserId) -> Self {
        Self::team(JunctionCall::ResolveUser, user).get(&["v2", "user", "resolve", patient.as_ref()])
    }

    /// The patient of this id; none if there is none.
    #[must_use]
    pub fn get_user(id: JunctionId) -> Self {
        Self::team(JunctionCall::GetUser, user).get(&["v2", "user", &id.to_string()])
    }
}

impl Call<()> {
    /// Writes a patient's demographics.
    #[must_use]
    pub fn update_user_info(id: JunctionId, demographics: &Demographics) -> Self {
        let body = json!(demographics);
        Self::team(JunctionCall::UpdateUserInfo, done).patch(&["v2", "user", &id.to_string(), "info"], &body)
    }
}

impl Call<Option<Order>> {
    /// The order of this id; none if there is none.
    #[must_use]
    pub fn get_order(id: JunctionId) -> Self {
        Self::team(JunctionCall::GetOrder, order).get(&["v3", "order", &id.to_string()])
    }
}

/// What the calls above are put together with: an API and a reader, then a method with a path and perhaps a body.
impl<T> Call<T> {
    fn management(name: JunctionCall, read: fn(u16, &[u8]) -> Read<T>) -> Self {
        Self {
            name,
            api: Api::Management,
            is_repeatable: true,
            method: Method::GET,
            path: Vec::new(),
            body: None,
            read,
        }
    }

    fn team(name: JunctionCall, read: fn(u16, &[u8]) -> Read<T>) -> Self {
        Self {
            api: Api::Team,
            ..Self::management(name, read)
        }
    }

    fn get(self, path: &[&str]) -> Self {
        Self {
            path: path.iter().copied().map(str::to_owned).collect(),
            ..self
        }
    }

    fn post(self, path: &[&str], body: &Value) -> Self {
        Self {
            method: Method::POST,
            body: Some(body.to_string().into_bytes()),
            ..self.get(path)
        }
    }

    fn patch(self, path: &[&str], body: &Value) -> Self {
        Self {
            method: Method::PATCH,
            ..self.post(path, body)
        }
    }
}
