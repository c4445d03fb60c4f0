//! What a request asks for, by what the rules need to know of it.

use crate::{
    audit::{Named, Subject},
    junction::{ClientUserId, JunctionId, orders::zip::Zip},
};

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

impl BookingKey {
    pub(super) fn new(key: String) -> Self {
        Self(key)
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
