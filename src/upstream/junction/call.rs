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
    /// Of the organization: called with the management key.
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

/// How a call is made: whose it is, its method, and its path below the API's address, segment by segment. A segment in braces
/// stands for a value.
pub(super) struct Row {
    pub(super) api: Api,
    pub(super) method: Method,
    pub(super) path: &'static [&'static str],
}

impl Row {
    pub(super) fn of(call: JunctionCall) -> Self {
        let (api, method, path): (_, _, &'static [&'static str]) = match call {
            JunctionCall::ResolveTeam => (Api::Management, Method::POST, &["resolve_team"]),
            JunctionCall::CreateTeam => (Api::Management, Method::POST, &["team"]),
            JunctionCall::CreateApiAccessToken => (
                Api::Management,
                Method::POST,
                &["team", "{teamId}", "create_api_access_token"],
            ),
            JunctionCall::ResolveMember => (Api::Management, Method::POST, &["ehr_integration", "resolve_member"]),
            JunctionCall::CreateMember => (Api::Management, Method::POST, &["ehr_integration", "member"]),
            JunctionCall::GetMember => (
                Api::Management,
                Method::GET,
                &["ehr_integration", "member", "{memberId}"],
            ),
            JunctionCall::UpdateMember => (
                Api::Management,
                Method::PATCH,
                &["ehr_integration", "member", "{memberId}"],
            ),
            JunctionCall::CreateDashboardUrl => (
                Api::Management,
                Method::POST,
                &["ehr_integration", "create_dashboard_url"],
            ),
            JunctionCall::ResolveUser => (Api::Team, Method::GET, &["v2", "user", "resolve", "{clientUserId}"]),
            JunctionCall::CreateUser => (Api::Team, Method::POST, &["v2", "user"]),
            JunctionCall::GetUser => (Api::Team, Method::GET, &["v2", "user", "{userId}"]),
            JunctionCall::UpdateUserInfo => (Api::Team, Method::PATCH, &["v2", "user", "{userId}", "info"]),
            JunctionCall::GetOrder => (Api::Team, Method::GET, &["v3", "order", "{orderId}"]),
        };
        Self { api, method, path }
    }

    /// The path with this value in the place of the one in braces.
    pub(super) fn path_of(&self, value: &str) -> Vec<String> {
        let segments = self.path.iter().copied();
        segments
            .map(|segment| if segment.starts_with('{') { value } else { segment }.to_owned())
            .collect()
    }
}

impl Call<Option<FoundTeam>> {
    /// The team of this reference; none if there is none.
    #[must_use]
    pub fn resolve_team(team: &IntegrationTeamId) -> Self {
        let body = json!({"integration_team_id": team.as_ref()});
        Self::new(JunctionCall::ResolveTeam, resolved_team).with(&body)
    }
}

impl Call<Created> {
    /// Creates a team. Its reference may be taken meanwhile.
    #[must_use]
    pub fn create_team(team: &IntegrationTeamId, name: &TeamName, region: Region) -> Self {
        let body = json!({
            "name": name.as_ref(), "region": region.as_str(), "integration_team_id": team.as_ref(),
        });
        Self::new(JunctionCall::CreateTeam, created_team).with(&body)
    }

    /// Creates a member. Their reference may be taken meanwhile.
    #[must_use]
    pub fn create_member(member: &NewMember<'_>) -> Self {
        let body = json!({
            "integration_member_id": member.user_id.as_ref(), "name": member.name, "email": member.email,
            "team_role_bindings": [TeamRoleBinding::to(member.team)],
        });
        Self::new(JunctionCall::CreateMember, created_member).with(&body)
    }

    /// Creates a patient. Their reference may be taken meanwhile.
    #[must_use]
    pub fn create_user(patient: &ClientUserId) -> Self {
        let body = json!({"client_user_id": patient.as_ref()});
        Self::new(JunctionCall::CreateUser, created_user).with(&body)
    }
}

impl Call<Option<Member>> {
    /// The member of this reference; none if there is none.
    #[must_use]
    pub fn resolve_member(user_id: &UserId) -> Self {
        let body = json!({"integration_member_id": user_id.as_ref()});
        Self::new(JunctionCall::ResolveMember, resolved_member).with(&body)
    }
}

impl Call<Member> {
    /// A member with the teams they have now.
    #[must_use]
    pub fn get_member(id: JunctionId) -> Self {
        Self::about(JunctionCall::GetMember, member, &id.to_string())
    }

    /// Gives a member these teams. Whether that replaces or adds is not documented: they must be all.
    #[must_use]
    pub fn update_member(id: JunctionId, bindings: &[TeamRoleBinding]) -> Self {
        let body = json!({"team_role_bindings": bindings});
        Self::about(JunctionCall::UpdateMember, member, &id.to_string()).with(&body)
    }
}

impl Call<RawToken> {
    /// A token for one team's API.
    #[must_use]
    pub fn create_api_access_token(team: JunctionId, environment: Environment) -> Self {
        let body = json!({"env": environment.as_str()});
        Self::about(JunctionCall::CreateApiAccessToken, token, &team.to_string()).with(&body)
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
        let call = Self::new(JunctionCall::CreateDashboardUrl, opened).with(&body);
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
        Self::about(JunctionCall::ResolveUser, user, patient.as_ref())
    }

    /// The patient of this id; none if there is none.
    #[must_use]
    pub fn get_user(id: JunctionId) -> Self {
        Self::about(JunctionCall::GetUser, user, &id.to_string())
    }
}

impl Call<()> {
    /// Writes a patient's demographics.
    #[must_use]
    pub fn update_user_info(id: JunctionId, demographics: &Demographics) -> Self {
        let body = json!(demographics);
        Self::about(JunctionCall::UpdateUserInfo, done, &id.to_string()).with(&body)
    }
}

impl Call<Option<Order>> {
    /// The order of this id; none if there is none.
    #[must_use]
    pub fn get_order(id: JunctionId) -> Self {
        Self::about(JunctionCall::GetOrder, order, &id.to_string())
    }
}

/// What the calls above are put together with: the row of the call, its reader, and what is not the same each time.
impl<T> Call<T> {
    fn new(name: JunctionCall, read: fn(u16, &[u8]) -> Read<T>) -> Self {
        Self::about(name, read, "")
    }

    /// The same with a value in its path.
    fn about(name: JunctionCall, read: fn(u16, &[u8]) -> Read<T>, value: &str) -> Self {
        let row = Row::of(name);
        Self {
            name,
            api: row.api,
            is_repeatable: true,
            path: row.path_of(value),
            method: row.method,
            body: None,
            read,
        }
    }

    fn with(self, body: &Value) -> Self {
        Self {
            body: Some(body.to_string().into_bytes()),
            ..self
        }
    }
}
