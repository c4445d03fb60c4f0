//! What Junction's answers mean: for each call, by status and body. Pure. The facts are those of Junction's two OpenAPI
//! documents; what they leave open is read leniently. A reader gives nothing back of a response that is not as expected.

use domain::junction::JunctionId;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// A response that is not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unexpected;

/// What was read of a response, if it is as it should be.
pub(super) type Read<T> = Result<T, Unexpected>;

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

/// What became of creating something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created<T> {
    /// It was created, as the response shows it.
    New(T),
    /// There is something already, or the response shows an id alone. What else than the same reference may be why it is there
    /// is not documented, so it is to be looked at before it is used.
    Existing(JunctionId),
}

/// Junction's response to a request to open something.
#[derive(Deserialize)]
pub struct Opened {
    pub(super) url: String,
    /// For how many seconds the URL opens it. (Junction's documents do not name the unit.)
    pub expires_in: u64,
}

/// A token as Junction sent it.
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
pub(super) fn resolved_team(status: u16, body: &[u8]) -> Read<Option<FoundTeam>> {
    found(status, body, RawTeam::team)
}

/// A team that was created, or was there.
pub(super) fn created_team(status: u16, body: &[u8]) -> Read<Created<JunctionId>> {
    match status {
        200 => json_of::<Identified>(body)?.id().map(Created::New),
        409 => id_in(body, "team_id").map(Created::Existing),
        _other => Err(Unexpected),
    }
}

/// A member, if there is one.
pub(super) fn resolved_member(status: u16, body: &[u8]) -> Read<Option<Member>> {
    found(status, body, RawMember::member)
}

/// A member that was created, or was there.
pub(super) fn created_member(status: u16, body: &[u8]) -> Read<Created<Member>> {
    match status {
        200 => created(body, RawMember::member, "id"),
        409 => id_in(body, "member_id").map(Created::Existing),
        _other => Err(Unexpected),
    }
}

/// A member that must be there.
pub(super) fn member(status: u16, body: &[u8]) -> Read<Member> {
    json_if_ok::<RawMember>(status, body)?.member()
}

/// A team's token.
pub(super) fn token(status: u16, body: &[u8]) -> Read<RawToken> {
    let token: RawToken = json_if_ok(status, body)?;
    // It becomes part of a header's value.
    let is_sendable = !token.access_token.is_empty() && token.access_token.bytes().all(|byte| byte.is_ascii_graphic());
    is_sendable.then_some(token).ok_or(Unexpected)
}

/// What opens something.
pub(super) fn opened(status: u16, body: &[u8]) -> Read<Opened> {
    json_if_ok(status, body)
}

/// A patient, if there is one.
pub(super) fn user(status: u16, body: &[u8]) -> Read<Option<User>> {
    found(status, body, RawUser::user)
}

/// A patient that was created, or was there.
pub(super) fn created_user(status: u16, body: &[u8]) -> Read<Created<User>> {
    match status {
        200 => created(body, RawUser::user, "user_id"),
        400 | 409 => id_in_detail(body, "user_id").map(Created::Existing),
        _other => Err(Unexpected),
    }
}

/// That something was done, of which nothing is read.
pub(super) fn done(status: u16, _body: &[u8]) -> Read<()> {
    if (200..300).contains(&status) {
        Ok(())
    } else {
        Err(Unexpected)
    }
}

/// An order, if there is one.
pub(super) fn order(status: u16, body: &[u8]) -> Read<Option<Order>> {
    found(status, body, RawOrder::order)
}

/// Something that was just created: what is in it was sent.
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
    fn id(&self) -> Read<JunctionId> {
        id_of(&self.id)
    }
}

impl RawTeam {
    fn team(self) -> Read<FoundTeam> {
        Ok(FoundTeam {
            id: id_of(&self.id)?,
            integration_team_id: self.integration_team_id,
        })
    }
}

impl RawMember {
    fn member(self) -> Read<Member> {
        Ok(Member {
            id: id_of(&self.id)?,
            integration_member_id: self.integration_member_id,
            bindings: self.team_role_bindings.unwrap_or_default(),
        })
    }
}

impl RawUser {
    fn user(self) -> Read<User> {
        Ok(User {
            team: id_of(&self.team_id)?,
            id: id_of(&self.user_id)?,
            client_user_id: self.client_user_id,
        })
    }
}

impl RawOrder {
    fn order(body: OrderBody) -> Read<Order> {
        let (OrderBody::Bare(raw) | OrderBody::Wrapped { order: raw }) = body;
        Ok(Order {
            team: id_of(&raw.team_id)?,
            user: id_of(&raw.user_id)?,
        })
    }
}

/// How Junction says that something is not there when asked to resolve it is not documented: 404, as elsewhere, and `null`
/// are taken for it.
fn found<R: DeserializeOwned, T>(status: u16, body: &[u8], read: impl FnOnce(R) -> Read<T>) -> Read<Option<T>> {
    match status {
        200 => json_of::<Option<R>>(body)?.map(read).transpose(),
        404 => Ok(None),
        _other => Err(Unexpected),
    }
}

/// What was created, or the id in this member of the body if that is all there is.
fn created<R: DeserializeOwned, T>(body: &[u8], read: impl FnOnce(R) -> Read<T>, id: &str) -> Read<Created<T>> {
    match json_of(body).and_then(read) {
        Ok(whole) => Ok(Created::New(whole)),
        Err(Unexpected) => id_in(body, id).map(Created::Existing),
    }
}

pub(super) fn json_if_ok<R: DeserializeOwned>(status: u16, body: &[u8]) -> Read<R> {
    if status == 200 { json_of(body) } else { Err(Unexpected) }
}

fn json_of<R: DeserializeOwned>(body: &[u8]) -> Read<R> {
    // Its derive would read an object's members from an array, by their order.
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(Unexpected);
    }
    serde_json::from_slice(body).map_err(|_body_stays_secret| Unexpected)
}

fn id_of(text: &str) -> Read<JunctionId> {
    JunctionId::parse(text).map_err(|_not_an_id| Unexpected)
}

/// The id in this member of a body; conflicts name what is there already so, at the top or in `detail`.
fn id_in(body: &[u8], name: &str) -> Read<JunctionId> {
    let body: Value = json_of(body)?;
    let id = body.get(name).or_else(|| body.get("detail")?.get(name));
    id_of(id.and_then(Value::as_str).ok_or(Unexpected)?)
}

fn id_in_detail(body: &[u8], name: &str) -> Read<JunctionId> {
    let body: Value = json_of(body)?;
    let id = body.get("detail").and_then(|detail| detail.get(name));
    id_of(id.and_then(Value::as_str).ok_or(Unexpected)?)
}
