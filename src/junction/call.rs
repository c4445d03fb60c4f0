//! Everything that is ever asked of Junction: for each call what is sent, and what answers mean something. Pure. The facts
//! are those of Junction's two OpenAPI documents; what they leave open is read leniently.

use reqwest::Method;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::{Account, Detail, JunctionError, Meaning};
use crate::domain::{
    clinician::UserId,
    embed_url::EmbedUrl,
    junction::{
        ClientUserId, Demographics, Environment, Feature, IntegrationTeamId, JunctionCall, JunctionId, Modality,
        Region, TeamName,
    },
};

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

/// What became of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<T> {
    /// It is there.
    There(T),
    /// It is not.
    Nowhere,
}

impl<T> Found<T> {
    /// What was found.
    pub fn there(self) -> Option<T> {
        match self {
            Self::There(found) => Some(found),
            Self::Nowhere => None,
        }
    }
}

/// A clinician, as Junction knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Junction's id.
    pub id: JunctionId,
    /// The host's reference.
    pub integration_member_id: String,
    /// The teams they may act for.
    pub bindings: Vec<TeamRoleBinding>,
}

/// A team that a member may act for. What else Junction says of it is kept, and sent back as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamRoleBinding {
    team_id: Value,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// A team, as far as it matters which one it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundTeam {
    /// Junction's id.
    pub id: JunctionId,
    /// The host's reference, if it has one.
    pub integration_team_id: Option<String>,
}

/// What became of making something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// It was made.
    New(JunctionId),
    /// There is something already. What else than the same reference may cause that is not documented, so it is to be looked
    /// at before it is used.
    Taken(JunctionId),
}

impl Made {
    /// Its id, either way.
    #[must_use]
    pub fn id(self) -> JunctionId {
        match self {
            Self::New(id) | Self::Taken(id) => id,
        }
    }
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

/// What Junction answered when it was asked to open something.
#[derive(Deserialize)]
pub struct Opened {
    url: String,
    /// For how many seconds the URL opens it. (Junction's documents do not name the unit.)
    pub expires_in: u64,
}

/// A token as Junction answered it.
#[derive(Deserialize)]
pub struct RawToken {
    pub(super) access_token: String,
    pub(super) expires_in: u64,
}

/// A patient, as Junction knows them.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// The team they are in.
    pub team: JunctionId,
    /// Junction's id.
    pub id: JunctionId,
    /// The host's reference.
    pub client_user_id: String,
}

/// An order: whose it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// The team it is in.
    pub team: JunctionId,
    /// The patient it is for.
    pub user: JunctionId,
}

impl Opened {
    /// The URL, checked.
    ///
    /// # Errors
    /// If it must not be shown.
    pub fn checked(self, account: &Account) -> Result<EmbedUrl, JunctionError> {
        EmbedUrl::parse(&self.url, &account.embed_hosts).map_err(|_url_stays_secret| JunctionError::Answered {
            call: JunctionCall::CreateDashboardUrl,
            meaning: Meaning::BadUrl,
            status: 200,
            detail: Detail::default(),
            retry_after: None,
        })
    }
}

impl TeamRoleBinding {
    /// A binding to this team.
    #[must_use]
    pub fn to(team: JunctionId) -> Self {
        Self {
            team_id: team.to_string().into(),
            rest: Map::new(),
        }
    }

    /// Whether it is to the same team as another.
    #[must_use]
    pub fn is_to_the_team_of(&self, other: &Self) -> bool {
        let id = |binding: &Self| binding.team_id.as_str().map(str::to_ascii_lowercase);
        id(self) == id(other)
    }
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
            |status, body| found(status, body, RawTeam::team),
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
        Self::management(
            JunctionCall::CreateTeam,
            Method::POST,
            ["team"],
            Some(body),
            |status, body| match status {
                200 => json_of::<Identified>(body)?.id().map(Made::New),
                409 => id_in(body, "team_id").map(Made::Taken),
                _other => None,
            },
        )
    }

    /// Makes a member. Their reference may be taken meanwhile.
    #[must_use]
    pub fn create_member(member: &NewMember<'_>) -> Self {
        let body = json!({
            "integration_member_id": member.user_id.as_ref(), "name": member.name, "email": member.email,
            "team_role_bindings": [TeamRoleBinding::to(member.team)],
        });
        let path = ["ehr_integration", "member"];
        Self::management(
            JunctionCall::CreateMember,
            Method::POST,
            path,
            Some(body),
            |status, body| match status {
                200 => json_of::<Identified>(body)?.id().map(Made::New),
                409 => id_in(body, "member_id").map(Made::Taken),
                _other => None,
            },
        )
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
            |status, body| match status {
                200 => id_in(body, "user_id").map(Made::New),
                400 | 409 => id_in_detail(body, "user_id").map(Made::Taken),
                _other => None,
            },
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
            |status, body| found(status, body, RawMember::member),
        )
    }
}

impl Call<Member> {
    /// A member with the teams they have now.
    #[must_use]
    pub fn get_member(id: JunctionId) -> Self {
        let path = ["ehr_integration", "member", &id.to_string()];
        Self::management(JunctionCall::GetMember, Method::GET, path, None, ok_member)
    }

    /// Gives a member these teams. Whether that replaces or adds is not documented: they must be all.
    #[must_use]
    pub fn update_member(id: JunctionId, bindings: &[TeamRoleBinding]) -> Self {
        let body = json!({"team_role_bindings": bindings});
        let path = ["ehr_integration", "member", &id.to_string()];
        Self::management(JunctionCall::UpdateMember, Method::PATCH, path, Some(body), ok_member)
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
            json_if_ok,
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
        let call = Self::management(
            JunctionCall::CreateDashboardUrl,
            Method::POST,
            path,
            Some(body),
            json_if_ok,
        );
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
        Self::team(JunctionCall::ResolveUser, Method::GET, path, None, |status, body| {
            found(status, body, RawUser::user)
        })
    }

    /// The patient of this id; none if there is none.
    #[must_use]
    pub fn get_user(id: JunctionId) -> Self {
        let path = ["v2", "user", &id.to_string()];
        Self::team(JunctionCall::GetUser, Method::GET, path, None, |status, body| {
            found(status, body, RawUser::user)
        })
    }
}

impl Call<()> {
    /// Writes a patient's demographics.
    #[must_use]
    pub fn update_user_info(id: JunctionId, demographics: &Demographics) -> Self {
        let body = json!(demographics);
        let path = ["v2", "user", &id.to_string(), "info"];
        Self::team(
            JunctionCall::UpdateUserInfo,
            Method::PATCH,
            path,
            Some(body),
            |status, _| (200..300).contains(&status).then_some(()),
        )
    }
}

impl Call<Found<Order>> {
    /// The order of this id; none if there is none.
    #[must_use]
    pub fn get_order(id: JunctionId) -> Self {
        let path = ["v3", "order", &id.to_string()];
        Self::team(JunctionCall::GetOrder, Method::GET, path, None, |status, body| {
            found(status, body, RawOrder::order)
        })
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

/// Something that was just made: what is in it was sent.
#[derive(Deserialize)]
struct Identified {
    id: String,
}

#[derive(Deserialize)]
struct RawTeam {
    id: String,
    integration_team_id: Option<String>,
}

#[derive(Deserialize)]
struct RawMember {
    id: String,
    integration_member_id: String,
    team_role_bindings: Option<Vec<TeamRoleBinding>>,
}

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "Junction's names")]
struct RawUser {
    user_id: String,
    team_id: String,
    client_user_id: String,
}

#[derive(Deserialize)]
struct RawOrder {
    user_id: String,
    team_id: String,
}

/// The order as it is shown alone; some answers wrap it.
#[derive(Deserialize)]
#[serde(untagged)]
enum OrderBody {
    Bare(RawOrder),
    Wrapped { order: RawOrder },
}

impl Identified {
    fn id(&self) -> Option<JunctionId> {
        JunctionId::parse(&self.id).ok()
    }
}

impl RawTeam {
    fn team(self) -> Option<FoundTeam> {
        Some(FoundTeam {
            id: JunctionId::parse(&self.id).ok()?,
            integration_team_id: self.integration_team_id,
        })
    }
}

impl RawMember {
    fn member(self) -> Option<Member> {
        Some(Member {
            id: JunctionId::parse(&self.id).ok()?,
            integration_member_id: self.integration_member_id,
            bindings: self.team_role_bindings.unwrap_or_default(),
        })
    }
}

impl RawUser {
    fn user(self) -> Option<User> {
        Some(User {
            team: JunctionId::parse(&self.team_id).ok()?,
            id: JunctionId::parse(&self.user_id).ok()?,
            client_user_id: self.client_user_id,
        })
    }
}

impl RawOrder {
    fn order(body: OrderBody) -> Option<Order> {
        let (OrderBody::Bare(raw) | OrderBody::Wrapped { order: raw }) = body;
        Some(Order {
            team: JunctionId::parse(&raw.team_id).ok()?,
            user: JunctionId::parse(&raw.user_id).ok()?,
        })
    }
}

fn ok_member(status: u16, body: &[u8]) -> Option<Member> {
    json_if_ok::<RawMember>(status, body)?.member()
}

/// How Junction says that something is not there when asked to resolve it is not documented: 404, as elsewhere, and `null`
/// are taken for it.
fn found<R: DeserializeOwned, T>(status: u16, body: &[u8], read: impl FnOnce(R) -> Option<T>) -> Option<Found<T>> {
    match status {
        200 => match json_of::<Option<R>>(body)? {
            Some(raw) => read(raw).map(Found::There),
            None => Some(Found::Nowhere),
        },
        404 => Some(Found::Nowhere),
        _other => None,
    }
}

fn json_if_ok<R: DeserializeOwned>(status: u16, body: &[u8]) -> Option<R> {
    if status == 200 { json_of(body) } else { None }
}

fn json_of<R: DeserializeOwned>(body: &[u8]) -> Option<R> {
    serde_json::from_slice(body).ok()
}

/// The id in this member of a body; conflicts name what is there already so, at the top or in `detail`.
fn id_in(body: &[u8], name: &str) -> Option<JunctionId> {
    let body: Value = json_of(body)?;
    let id = body.get(name).or_else(|| body.get("detail")?.get(name))?;
    JunctionId::parse(id.as_str()?).ok()
}

fn id_in_detail(body: &[u8], name: &str) -> Option<JunctionId> {
    let body: Value = json_of(body)?;
    JunctionId::parse(body.get("detail")?.get(name)?.as_str()?).ok()
}
