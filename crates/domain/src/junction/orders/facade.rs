//! What Junction's own clients ask for, in Junction's own words: read as far as the gateway has a rule about it. The rest is not
//! looked at, since the request goes to Junction as it came.

mod body;

use jiff::Timestamp;

use self::body::Body;
use super::zip::Zip;
use crate::{
    audit::{Named, Subject},
    fault::{Fault, FieldErrors, UnknownName},
    junction::{ClientUserId, Environment, JunctionId},
    query,
    refusal::Refusal,
};

/// What kind of request it is: which rules there are about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What can be ordered, and why visits are cancelled. Nothing of a patient is in it.
    Catalogue,
    /// The same of one thing with an id.
    CatalogueEntry,
    /// Whether phlebotomists come to a ZIP code.
    Area,
    /// A user who is created.
    NewUser,
    /// The user of a reference.
    ResolvedUser,
    /// A user.
    User,
    /// A user's demographics, which are written.
    UserInfo,
    /// An order that is placed.
    NewOrder,
    /// A list of orders.
    Orders,
    /// An order.
    Order,
    /// An order's visit.
    Visit,
    /// When a phlebotomist could come to an address.
    Slots,
    /// A visit that is booked.
    Booking,
    /// A visit that is requested.
    Request,
    /// A visit that is moved.
    Rescheduling,
    /// A visit that is cancelled.
    VisitCancellation,
    /// An order that is cancelled.
    OrderCancellation,
    /// An order's results.
    Results,
    /// The same as the laboratory prints them.
    ResultsPdf,
    /// Another document of an order.
    Document,
    /// An order of the sandbox that is taken on.
    Simulation,
}

/// Whether a request has a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HasBody {
    /// It must not.
    Never,
    /// It may.
    Maybe,
    /// It must.
    Always,
}

/// What is asked for, by what the rules need to know of it. `Debug` shows no patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// What can be ordered, and where.
    Catalogue,
    /// A user who is created.
    NewUser(ClientUserId),
    /// The user of a reference.
    ResolvedUser(ClientUserId),
    /// A user.
    User(JunctionId),
    /// A user's demographics, which are written.
    UserInfo(JunctionId),
    /// An order that is placed.
    NewOrder(SentOrder),
    /// A list of orders: a user's, or some by their ids.
    Orders(Option<JunctionId>),
    /// An order.
    Order(JunctionId),
    /// An order's visit.
    Visit(JunctionId),
    /// When a phlebotomist could come to this ZIP code.
    Slots(Zip),
    /// A visit that is booked.
    Booking(JunctionId, BookingKey),
    /// A visit that is requested.
    Request(JunctionId, SentRequest),
    /// A visit that is moved.
    Rescheduling(JunctionId, BookingKey),
    /// A visit that is cancelled.
    VisitCancellation(JunctionId, SentCancellation),
    /// An order that is cancelled.
    OrderCancellation(JunctionId),
    /// An order's results.
    Results(JunctionId),
    /// The same as the laboratory prints them.
    ResultsPdf(JunctionId),
    /// Another document of an order.
    Document(JunctionId),
    /// An order of the sandbox that is taken on.
    Simulation(JunctionId),
}

/// An order that is placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentOrder {
    /// The patient.
    pub user: JunctionId,
    /// Where the patient is visited.
    pub zip: Zip,
}

/// A visit that is requested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentRequest {
    /// The provider, in Junction's word.
    pub provider: String,
    /// Where the patient is visited.
    pub zip: Zip,
}

/// Why a visit is cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentCancellation {
    /// One of Junction's reasons.
    pub reason: JunctionId,
    /// Whether it is explained.
    pub has_notes: bool,
}

/// Junction's key for a time that it offered. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct BookingKey(String);

/// A request as it came.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// What its path names, in order.
    pub values: &'a [String],
    /// Its query.
    pub query: &'a [(&'static str, String)],
    /// Its body; nothing if it has none.
    pub body: &'a [u8],
}

impl Kind {
    /// Whether it has a body.
    #[must_use]
    pub const fn body(self) -> HasBody {
        match self {
            Self::NewUser
            | Self::UserInfo
            | Self::NewOrder
            | Self::Slots
            | Self::Booking
            | Self::Request
            | Self::Rescheduling
            | Self::VisitCancellation => HasBody::Always,
            Self::Simulation => HasBody::Maybe,
            Self::Catalogue
            | Self::CatalogueEntry
            | Self::Area
            | Self::ResolvedUser
            | Self::User
            | Self::Orders
            | Self::Order
            | Self::Visit
            | Self::OrderCancellation
            | Self::Results
            | Self::ResultsPdf
            | Self::Document => HasBody::Never,
        }
    }

    /// Reads a request of this kind.
    ///
    /// # Errors
    /// The rules that it breaks, all at once, by Junction's names; with what was found wrong before.
    pub fn read(
        self,
        sent: Sent<'_>,
        environment: Environment,
        now: Timestamp,
        errors: FieldErrors,
    ) -> Result<Wanted, Refusal> {
        let mut body = Body::open(self.body(), sent.body, errors);
        let mut id = || body.id_in_path(sent.values);
        let wanted = match self {
            Self::Catalogue => Some(Wanted::Catalogue),
            Self::CatalogueEntry => id().map(|_its_id| Wanted::Catalogue),
            Self::Area => area(sent.query, &mut body).map(|_zip| Wanted::Catalogue),
            Self::NewUser => body.reference().map(Wanted::NewUser),
            Self::ResolvedUser => body.reference_in_path(sent.values).map(Wanted::ResolvedUser),
            Self::User => id().map(Wanted::User),
            Self::UserInfo => id().map(Wanted::UserInfo),
            Self::NewOrder => body.order(environment, now).map(Wanted::NewOrder),
            Self::Orders => orders(sent.query, &mut body).map(Wanted::Orders),
            Self::Order => id().map(Wanted::Order),
            Self::Visit => id().map(Wanted::Visit),
            Self::Slots => body.address(environment).map(Wanted::Slots),
            Self::Booking => both(id(), body.booking()).map(|(id, key)| Wanted::Booking(id, key)),
            Self::Request => both(id(), body.request(environment)).map(|(id, sent)| Wanted::Request(id, sent)),
            Self::Rescheduling => both(id(), body.booking()).map(|(id, key)| Wanted::Rescheduling(id, key)),
            Self::VisitCancellation => {
                both(id(), body.cancellation()).map(|(id, sent)| Wanted::VisitCancellation(id, sent))
            }
            Self::OrderCancellation => id().map(Wanted::OrderCancellation),
            Self::Results => id().map(Wanted::Results),
            Self::ResultsPdf => id().map(Wanted::ResultsPdf),
            Self::Document => id().map(Wanted::Document),
            Self::Simulation => id().map(Wanted::Simulation),
        };
        body.closed(wanted)
    }
}

/// The pairs of a query, each with one of these names; any other name is noted.
#[must_use]
pub fn query(text: &str, names: &'static [&'static str], errors: &mut FieldErrors) -> Vec<(&'static str, String)> {
    let mut known = Vec::new();
    for (name, value) in query::pairs(text, errors) {
        match names.iter().find(|known| ***known == *name) {
            Some(name) => known.push((*name, value.into_owned())),
            None => errors.add("/query/*", Fault::UnknownName(UnknownName::new(&name, names))),
        }
    }
    known
}

impl Wanted {
    /// Whom it is about, as far as the request says.
    #[must_use]
    pub fn named(&self) -> Named<'_> {
        let of_user = |id: &JunctionId| Named {
            patient: Some(id.to_string().into()),
            ..Named::default()
        };
        let of_order = |id: &JunctionId| Named {
            subjects: vec![(Subject::Order, id.to_string().into())],
            ..Named::default()
        };
        match self {
            Self::Catalogue | Self::Slots(_) => Named::default(),
            Self::NewUser(reference) | Self::ResolvedUser(reference) => Named {
                patient: Some(reference.as_ref().into()),
                ..Named::default()
            },
            Self::User(id) | Self::UserInfo(id) => of_user(id),
            Self::NewOrder(order) => of_user(&order.user),
            Self::Orders(user) => user.as_ref().map_or_else(Named::default, of_user),
            Self::Order(id)
            | Self::Visit(id)
            | Self::Booking(id, _)
            | Self::Request(id, _)
            | Self::Rescheduling(id, _)
            | Self::VisitCancellation(id, _)
            | Self::OrderCancellation(id)
            | Self::Results(id)
            | Self::ResultsPdf(id)
            | Self::Document(id)
            | Self::Simulation(id) => of_order(id),
        }
    }
}

impl AsRef<str> for BookingKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for BookingKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("BookingKey(…)")
    }
}

fn both<A, B>(one: Option<A>, other: Option<B>) -> Option<(A, B)> {
    one.zip(other)
}

/// Junction takes five digits here and no more.
fn area(query: &[(&'static str, String)], body: &mut Body) -> Option<Zip> {
    let zip = one_of("zip_code", query, body)?;
    let is_area = zip.len() == 5;
    match Zip::parse(zip) {
        Ok(zip) if is_area => Some(zip),
        Ok(_) | Err(_) => {
            body.refuse("/query/zip_code", Fault::Malformed("a ZIP code of five digits"));
            None
        }
    }
}

/// Orders are listed for one user, or by their ids; never by what an address must not hold.
fn orders(query: &[(&'static str, String)], body: &mut Body) -> Option<Option<JunctionId>> {
    let has = |name| query.iter().any(|(sent, _)| *sent == name);
    if has("user_id") {
        let user = one_of("user_id", query, body)?;
        let user = JunctionId::parse(&user).map_err(|fault| body.refuse("/query/user_id", fault));
        return user.ok().map(Some);
    }
    if has("order_ids") {
        return Some(None);
    }
    body.refuse("/query/user_id", Fault::Required);
    None
}

fn one_of(name: &'static str, query: &[(&'static str, String)], body: &mut Body) -> Option<String> {
    let mut values = query.iter().filter(|(sent, _)| *sent == name);
    match (values.next(), values.next()) {
        (Some((_, value)), None) => Some(value.clone()),
        (None, _) => {
            body.refuse(format!("/query/{name}"), Fault::Required);
            None
        }
        (Some(_), Some(_)) => {
            body.refuse(format!("/query/{name}"), Fault::Repeated);
            None
        }
    }
}

#[cfg(test)]
mod tests;
