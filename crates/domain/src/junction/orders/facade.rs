//! What Junction's own clients ask for, in Junction's own words: read as far as the gateway has a rule about it. The rest is not
//! looked at, since the request goes to Junction as it came.

mod body;
mod wanted;

pub use wanted::{BookingKey, HasBody, SentCancellation, SentOrder, SentRequest, Wanted};

use jiff::Timestamp;

use self::body::Body;
use super::zip::Zip;
use crate::{
    fault::{Fault, FieldErrors, UnknownName},
    junction::{Environment, JunctionId},
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
            Self::Orders => orders(sent.query, &mut body),
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

fn both<A, B>(one: Option<A>, other: Option<B>) -> Option<(A, B)> {
    one.zip(other)
}

/// Junction takes five digits here and no more.
fn area(query: &[(&'static str, String)], body: &mut Body<'_>) -> Option<Zip> {
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
fn orders(query: &[(&'static str, String)], body: &mut Body<'_>) -> Option<Wanted> {
    let has = |name| query.iter().any(|(sent, _)| *sent == name);
    if has("user_id") {
        let user = one_of("user_id", query, body)?;
        let user = JunctionId::parse(&user).map_err(|fault| body.refuse("/query/user_id", fault));
        return user.ok().map(Some).map(Wanted::Orders);
    }
    if has("order_ids") {
        return Some(Wanted::Orders(None));
    }
    body.refuse("/query/user_id", Fault::Required);
    None
}

fn one_of(name: &'static str, query: &[(&'static str, String)], body: &mut Body<'_>) -> Option<String> {
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
