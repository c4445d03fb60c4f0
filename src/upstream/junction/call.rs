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

use super::{
    answer::{
        Created, FoundTeam, Member, Opened, Order, RawToken, Read, TeamRoleBinding, User, created_member, created_team,
        created_user, done, member, opened, order, resolved_member, resolved_team, token, user,
    },
    row::{Api, Row},
};
use crate::upstream::wire::{HeaderName, Method};

/// The most bytes read of an answer about one thing.
const SMALL: usize = 64 * 1024;

/// The most bytes read of an answer with whole orders, slots, results or a catalogue.
const LARGE: usize = 1024 * 1024;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("x-idempotency-key");
const IDEMPOTENCY_ERROR: HeaderName = HeaderName::from_static("x-idempotency-error");

/// One call, and how its answer is read. Its path and body may name a person: it has no `Debug`.
pub struct Call<T> {
    /// Which one it is.
    pub name: JunctionCall,
    /// Whose it is.
    pub api: Api,
    /// What may become of it if it is made twice.
    pub safety: Safety,
    pub(super) method: Method,
    /// Below the API's address, segment by segment; each is percent-encoded as a whole.
    pub(super) path: Vec<String>,
    /// Its query, in order. Nothing that names a person belongs here: addresses are logged on the way.
    pub(super) query: Vec<(&'static str, String)>,
    /// Its own headers, beside those of every call.
    pub(super) headers: Vec<(HeaderName, String)>,
    pub(super) body: Option<Vec<u8>>,
    /// The most bytes read of its response.
    pub(super) max_body: usize,
    /// Reads a response of this status.
    pub(super) read: fn(u16, &[u8]) -> Read<T>,
}

/// What may become of a call that is made twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Safety {
    /// It comes to the same.
    Safe,
    /// It comes to the same, because both carry one idempotency key.
    Keyed,
    /// Each creates something of its own that ends by itself: repeated only if Junction asks for that.
    Disposable,
    /// A second visit, or a second cancellation. Repeated only if it was certainly never sent; otherwise what became of it
    /// must be read first.
    Reconcile,
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
        Self::new(JunctionCall::ResolveTeam, resolved_team).with(&body)
    }
}

impl Call<Created<JunctionId>> {
    /// Creates a team. Its reference may be taken meanwhile.
    #[must_use]
    pub fn create_team(team: &IntegrationTeamId, name: &TeamName, region: Region) -> Self {
        let body = json!({
            "name": name.as_ref(), "region": region.as_str(), "integration_team_id": team.as_ref(),
        });
        Self::new(JunctionCall::CreateTeam, created_team).with(&body)
    }
}

impl Call<Created<Member>> {
    /// Creates a member. Their reference may be taken meanwhile.
    #[must_use]
    pub fn create_member(member: &NewMember<'_>) -> Self {
        let body = json!({
            "integration_member_id": member.user_id.as_ref(), "name": member.name, "email": member.email,
            "team_role_bindings": [TeamRoleBinding::to(member.team)],
        });
        Self::new(JunctionCall::CreateMember, created_member).with(&body)
    }
}

impl Call<Created<User>> {
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
        // Each is a session.
        call.being(Safety::Disposable)
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

/// What calls are put together with: the row of the call, its reader, and what is not the same each time.
impl<T> Call<T> {
    pub(super) fn new(name: JunctionCall, read: fn(u16, &[u8]) -> Read<T>) -> Self {
        Self::among(name, read, &[])
    }

    /// The same with a value in its path.
    pub(super) fn about(name: JunctionCall, read: fn(u16, &[u8]) -> Read<T>, value: &str) -> Self {
        Self::among(name, read, &[value])
    }

    /// The same with values in its path, in order.
    pub(super) fn among(name: JunctionCall, read: fn(u16, &[u8]) -> Read<T>, values: &[&str]) -> Self {
        let row = Row::of(name);
        Self {
            name,
            api: row.api,
            safety: Safety::Safe,
            path: row.path_of(values),
            query: Vec::new(),
            headers: Vec::new(),
            method: row.method,
            body: None,
            max_body: SMALL,
            read,
        }
    }

    pub(super) fn with(self, body: &Value) -> Self {
        Self {
            body: Some(body.to_string().into_bytes()),
            ..self
        }
    }

    pub(super) fn being(self, safety: Safety) -> Self {
        Self { safety, ..self }
    }

    /// The same with an idempotency key, under which failures are not remembered: a corrected request is not refused with
    /// what was said of the one before.
    pub(super) fn keyed(mut self, key: &str) -> Self {
        self.headers.extend([
            (IDEMPOTENCY_KEY, key.to_owned()),
            (IDEMPOTENCY_ERROR, "no-cache".to_owned()),
        ]);
        self.being(Safety::Keyed)
    }

    /// The same, asking for this too.
    pub(super) fn asking(mut self, query: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        self.query.extend(query);
        self
    }

    /// The same for an answer that may be large.
    pub(super) fn large(self) -> Self {
        Self {
            max_body: LARGE,
            ..self
        }
    }
}
