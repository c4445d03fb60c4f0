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
    Found, FoundTeam, Made, Member, Opened, Order, RawToken, TeamRoleBinding, User, done, made_member, made_team,
    made_user, member, opened, order, resolved_member, resolved_team, token, user,
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
    /// Reads an answer of this status. Nothing comes back of one that is not as expected.
    pub(super) read: fn(u16, &[u8]) -> Option<T>,
}

/// Which of Junction's two APIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// Of the organisation: called with the management key.
    Management,
    /// Of one team: called with a token of that team's.
    Team,
}

/// What it takes to make a member.
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

impl Call<Found<FoundTeam>> {
    /// The team of this reference; none if there is none.
    #[must_use]
    pub fn resolve_team(team: &IntegrationTeamId) -> Self {
        let body = json!({"integration_team_id": team.as_ref()});
        Self::management(
            JunctionCall::ResolveTeam,
            Method::POST,
            ["resolve_team"],
            Some(body),
            resolved_team,
        )
    }
}

impl Call<Made> {
    /// Makes a team. Its reference may be taken meanwhile.
    #[must_use]
    pub fn create_team(team: &IntegrationTeamId, name: &TeamName, region: Region) -> Self {
        let body = json!({
            "name": name.as_ref(), "region": region.as_str(), "integration_team_id": team.as_ref(),
        });
        Self::management(JunctionCall::CreateTeam, Method::POST, ["team"], Some(body), made_team)
    }

    /// Makes a member. Their reference may be taken meanwhile.
    #[must_use]
    pub fn create_member(member: &NewMember<'_>) -> Self {
        let body = json!({
            "integration_member_id": member.user_id.as_ref(), "name": member.name, "email": member.email,
            "team_role_bindings": [TeamRoleBinding::to(member.team)],
        });
        let path = ["ehr_integration", "member"];
        Self::management(JunctionCall::CreateMember, Method::POST, path, Some(body), made_member)
    }

    /// Makes a patient. Their reference may be taken meanwhile.
    #[must_use]
    pub fn create_user(patient: &ClientUserId) -> Self {
        let body = json!({"client_user_id": patient.as_ref()});
        Self::team(
            JunctionCall::CreateUser,
            Method::POST,
            ["v2", "user"],
            Some(body),
            made_user,
        )
    }
}

impl Call<Found<Member>> {
    /// The member of this reference; none if there is none.
    #[must_use]
    pub fn resolve_member(user_id: &UserId) -> Self {
        let body = json!({"integration_member_id": user_id.as_ref()});
        let path = ["ehr_integration", "resolve_member"];
        Self::management(
            JunctionCall::ResolveMember,
            Method::POST,
            path,
            Some(body),
            resolved_member,
        )
    }
}

impl Call<Member> {
    /// A member with the teams they have now.
    #[must_use]
    pub fn get_member(id: JunctionId) -> Self {
        let path = ["ehr_integration", "member", &id.to_string()];
        Self::management(JunctionCall::GetMember, Method::GET, path, None, member)
    }

    /// Gives a member these teams. Whether that replaces or adds is not documented: they must be all.
    #[must_use]
    pub fn update_member(id: JunctionId, bindings: &[TeamRoleBinding]) -> Self {
        let body = json!({"team_role_bindings": bindings});
        let path = ["ehr_integration", "member", &id.to_string()];
        Self::management(JunctionCall::UpdateMember, Method::PATCH, path, Some(body), member)
    }
}

impl Call<RawToken> {
    /// A token for one team's API.
    #[must_use]
    pub fn create_api_access_token(team: JunctionId, environment: Environment) -> Self {
        let body = json!({"env": environment.as_str()});
        let path = ["team", &team.to_string(), "create_api_access_token"];
        Self::management(
            JunctionCall::CreateApiAccessToken,
            Method::POST,
            path,
            Some(body),
            token,
        )
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
        let path = ["ehr_integration", "create_dashboard_url"];
        let call = Self::management(JunctionCall::CreateDashboardUrl, Method::POST, path, Some(body), opened);
        Self {
            // Each is a session.
            is_repeatable: false,
            ..call
        }
    }
}

impl Call<Found<User>> {
    /// The patient of this reference; none if there is none.
    #[must_use]
    pub fn resolve_user(patient: &ClientUserId) -> Self {
        let path = ["v2", "user", "resolve", patient.as_ref()];
        Self::team(JunctionCall::ResolveUser, Method::GET, path, None, user)
    }

    /// The patient of this id; none if there is none.
    #[must_use]
    pub fn get_user(id: JunctionId) -> Self {
        let path = ["v2", "user", &id.to_string()];
        Self::team(JunctionCall::GetUser, Method::GET, path, None, user)
    }
}

impl Call<()> {
    /// Writes a patient's demographics.
    #[must_use]
    pub fn update_user_info(id: JunctionId, demographics: &Demographics) -> Self {
        let body = json!(demographics);
        let path = ["v2", "user", &id.to_string(), "info"];
        Self::team(JunctionCall::UpdateUserInfo, Method::PATCH, path, Some(body), done)
    }
}

impl Call<Found<Order>> {
    /// The order of this id; none if there is none.
    #[must_use]
    pub fn get_order(id: JunctionId) -> Self {
        let path = ["v3", "order", &id.to_string()];
        Self::team(JunctionCall::GetOrder, Method::GET, path, None, order)
    }
}

impl<T> Call<T> {
    fn management<const N: usize>(
        name: JunctionCall,
        method: Method,
        path: [&str; N],
        body: Option<Value>,
        read: fn(u16, &[u8]) -> Option<T>,
    ) -> Self {
        Self {
            name,
            api: Api::Management,
            is_repeatable: true,
            method,
            path: path.map(str::to_owned).into(),
            body: body.map(|body| body.to_string().into_bytes()),
            read,
        }
    }

    fn team<const N: usize>(
        name: JunctionCall,
        method: Method,
        path: [&str; N],
        body: Option<Value>,
        read: fn(u16, &[u8]) -> Option<T>,
    ) -> Self {
        Self {
            api: Api::Team,
            ..Self::management(name, method, path, body, read)
        }
    }
}
