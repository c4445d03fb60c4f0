//! What Junction's answers mean: for each call, by status and body. Pure. The facts are those of Junction's two OpenAPI
//! documents; what they leave open is read leniently. A reader gives nothing back of an answer that is not as expected.

use domain::{
    embed_url::EmbedUrl,
    junction::{JunctionCall, JunctionId},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{Account, Detail, JunctionError, Meaning};

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

/// A team, if there is one.
pub(super) fn resolved_team(status: u16, body: &[u8]) -> Option<Found<FoundTeam>> {
    found(status, body, RawTeam::team)
}

/// A team that was made, or was there.
pub(super) fn made_team(status: u16, body: &[u8]) -> Option<Made> {
    match status {
        200 => json_of::<Identified>(body)?.id().map(Made::New),
        409 => id_in(body, "team_id").map(Made::Taken),
        _other => None,
    }
}

/// A member, if there is one.
pub(super) fn resolved_member(status: u16, body: &[u8]) -> Option<Found<Member>> {
    found(status, body, RawMember::member)
}

/// A member that was made, or was there.
pub(super) fn made_member(status: u16, body: &[u8]) -> Option<Made> {
    match status {
        200 => json_of::<Identified>(body)?.id().map(Made::New),
        409 => id_in(body, "member_id").map(Made::Taken),
        _other => None,
    }
}

/// A member that must be there.
pub(super) fn member(status: u16, body: &[u8]) -> Option<Member> {
    json_if_ok::<RawMember>(status, body)?.member()
}

/// A team's token.
pub(super) fn token(status: u16, body: &[u8]) -> Option<RawToken> {
    json_if_ok(status, body)
}

/// What opens something.
pub(super) fn opened(status: u16, body: &[u8]) -> Option<Opened> {
    json_if_ok(status, body)
}

/// A patient, if there is one.
pub(super) fn user(status: u16, body: &[u8]) -> Option<Found<User>> {
    found(status, body, RawUser::user)
}

/// A patient that was made, or was there.
pub(super) fn made_user(status: u16, body: &[u8]) -> Option<Made> {
    match status {
        200 => id_in(body, "user_id").map(Made::New),
        400 | 409 => id_in_detail(body, "user_id").map(Made::Taken),
        _other => None,
    }
}

/// That something was done, of which nothing is read.
pub(super) fn done(status: u16, _body: &[u8]) -> Option<()> {
    (200..300).contains(&status).then_some(())
}

/// An order, if there is one.
pub(super) fn order(status: u16, body: &[u8]) -> Option<Found<Order>> {
    found(status, body, RawOrder::order)
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
