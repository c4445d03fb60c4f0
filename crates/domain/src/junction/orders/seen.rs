//! What Junction says of orders, visits, times and tests, read as far as the gateway has use for it. None of it was checked:
//! a rule that depends on it checks it. `Debug` shows nothing of a person.

use jiff::{Timestamp, civil::Date};
use serde_json::{Map, Number, Value};

use super::{status::OrderStatus, visit_state::VisitState};
use crate::junction::JunctionId;

/// An order.
#[derive(Clone, PartialEq)]
pub struct SeenOrder {
    /// Its id.
    pub id: JunctionId,
    /// The team that it is in.
    pub team: JunctionId,
    /// The patient, as a user of that team.
    pub user: JunctionId,
    /// How the sample is collected.
    pub method: CollectionMethod,
    /// The status of its last event; of an order without events, its own.
    pub status: OrderStatus,
    /// What Junction adds to that status, such as why a sample could not be used.
    pub detail: Option<String>,
    /// What happened to it, as Junction lists it.
    pub events: Vec<SeenEvent>,
    /// Its visit, which may have ended.
    pub appointment: Option<JunctionId>,
    /// The patient's date of birth, as it is written in the order: the first ten characters, in no time zone.
    pub dob: Option<Date>,
    /// The address in the order.
    pub address: Option<SeenAddress>,
    /// What joins it with the orders that replace it.
    pub transaction: Option<JunctionId>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// The laboratory's number of the sample. Not a number to calculate with: it may hold letters and dashes.
    pub sample_id: Option<String>,
    /// Whether the patient must be told that insurance may not pay.
    pub has_abn: bool,
    /// The day on which a scheduled order begins.
    pub activate_by: Option<Date>,
    /// The day by which results are expected.
    pub expected_result_by: Option<Date>,
    /// What the results come to.
    pub interpretation: Option<String>,
    /// Whether something that was ordered has no result.
    pub has_missing_results: Option<bool>,
    /// Whether it is the first order, or replaces one.
    pub origin: Option<String>,
}

/// Something that happened to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenEvent {
    /// Ascending within an order, also where two have the same time.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// The status from then on.
    pub status: OrderStatus,
    /// What Junction adds to that status.
    pub detail: Option<String>,
}

/// How a sample is collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CollectionMethod {
    /// The patient sends it.
    Testkit,
    /// The patient goes to a collection site.
    WalkInTest,
    /// A phlebotomist comes to the patient.
    AtHomePhlebotomy,
    /// The customer collects it.
    OnSiteCollection,
    /// A method that the gateway does not know.
    Other,
}

/// An address as it stands in an order or a visit.
#[derive(Clone, PartialEq, Eq)]
pub struct SeenAddress {
    /// House number and street.
    pub first_line: String,
    /// Unit, floor and the like.
    pub second_line: Option<String>,
    /// City.
    pub city: String,
    /// State.
    pub state: String,
    /// ZIP code, of five or of nine digits.
    pub zip: String,
    /// Country, which visits do not name.
    pub country: Option<String>,
    /// How to get to the door.
    pub access_notes: Option<String>,
}

/// A visit: Junction's appointment.
#[derive(Clone, PartialEq)]
pub struct SeenVisit {
    /// Its id.
    pub id: JunctionId,
    /// The order that it is for, if that is said.
    pub order: Option<JunctionId>,
    /// The patient.
    pub user: JunctionId,
    /// Its status, as Junction sent it.
    pub status: String,
    /// The status of its last event, as Junction sent it.
    pub event_status: Option<String>,
    /// What both mean.
    pub state: VisitState,
    /// When it begins, once that is known.
    pub start: Option<Timestamp>,
    /// When it ends at the latest.
    pub end: Option<Timestamp>,
    /// The name of the patient's time zone.
    pub zone: Option<String>,
    /// Who sends the phlebotomist.
    pub provider: String,
    /// Whether it was booked or requested.
    pub tier: Tier,
    /// Whether Junction would move it.
    pub can_reschedule: bool,
    /// Notes for this visit.
    pub notes: Option<String>,
    /// What happened to it.
    pub events: Vec<SeenVisitEvent>,
    /// Where it takes place.
    pub address: Option<SeenAddress>,
}

/// Something that happened to a visit.
#[derive(Clone, PartialEq)]
pub struct SeenVisitEvent {
    /// When.
    pub at: Timestamp,
    /// The status from then on, as Junction sent it.
    pub status: String,
    /// What the provider adds. Its members are not documented.
    pub data: Option<Map<String, Value>>,
}

/// How a visit comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tier {
    /// Booked at a time that is known: Junction's `appointment-ready`.
    Ready,
    /// Requested, and the provider calls the patient: Junction's `appointment-request`.
    Request,
    /// A tier that the gateway does not know.
    Other,
}

/// Times at which a phlebotomist could come.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenSlots {
    /// The name of the patient's time zone.
    pub zone: Option<String>,
    /// The times, of all days.
    pub slots: Vec<SeenSlot>,
}

/// One time at which a phlebotomist could come.
#[derive(Clone, PartialEq)]
pub struct SeenSlot {
    /// What books it. Without one it cannot be booked.
    pub booking_key: Option<String>,
    /// When the phlebotomist comes at the earliest.
    pub start: Timestamp,
    /// When the phlebotomist comes at the latest.
    pub end: Timestamp,
    /// Until when the key can be used.
    pub expires: Option<Timestamp>,
    /// What it costs, in a unit that Junction does not document.
    pub price: Number,
    /// Whether it costs more because it is sooner.
    pub is_priority: bool,
    /// How many of it are left.
    pub left: i64,
}

/// Whether, and how, a phlebotomist comes to a ZIP code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// Whether one does.
    pub is_served: bool,
    /// Who sends them.
    pub providers: Vec<CoverageProvider>,
}

/// Who sends phlebotomists to a ZIP code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageProvider {
    /// Its name, as Junction writes it.
    pub name: String,
    /// How its visits come about.
    pub tiers: Vec<Tier>,
}

/// Why a visit may be cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancellationReason {
    /// Its id.
    pub id: JunctionId,
    /// Its name, for people.
    pub name: String,
    /// Whether the visit is then refunded.
    pub is_refundable: bool,
}

/// A test that can be ordered.
#[derive(Debug, Clone, PartialEq)]
pub struct LabTest {
    /// Its id.
    pub id: JunctionId,
    /// Its name, for people.
    pub name: String,
    /// How the sample is collected.
    pub method: CollectionMethod,
    /// What kind of sample, as Junction writes it.
    pub sample_type: String,
    /// What it costs, in a unit that Junction does not document.
    pub price: Number,
    /// Whether it may be ordered.
    pub is_active: bool,
    /// Whether the patient must fast.
    pub fasting: bool,
    /// The laboratory's name.
    pub lab: Option<String>,
    /// In how many days results usually come.
    pub common_tat_days: Option<i64>,
    /// In how many days results come at the latest.
    pub worst_case_tat_days: Option<i64>,
    /// What it measures.
    pub markers: Vec<Marker>,
}

/// Something that a test measures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// Its id.
    pub id: i64,
    /// Its name, for people.
    pub name: String,
    /// What must be asked to order it.
    pub questions: Vec<Question>,
}

/// A question that is asked at order entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its id, which needs 64 bits.
    pub id: i64,
    /// Whether it needs an answer.
    pub is_required: bool,
    /// Its code at the laboratory.
    pub code: String,
    /// The question itself.
    pub text: String,
    /// What form its answer has, as Junction writes it: `choice`, `text`, `numeric`, `multi_choice`.
    pub kind: String,
    /// Its place among the questions.
    pub sequence: i64,
    /// What can be chosen.
    pub answers: Vec<Choice>,
    /// What an answer must look like.
    pub constraint: Option<String>,
    /// The answer if none is sent.
    pub default: Option<String>,
}

/// An answer that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its id.
    pub id: i64,
    /// Its code at the laboratory.
    pub code: String,
    /// The answer itself.
    pub text: String,
}

impl SeenOrder {
    /// The newest of its events: Junction's ids ascend, its times may be equal.
    #[must_use]
    pub fn last_event_id(&self) -> Option<i64> {
        self.events.iter().map(|event| event.id).max()
    }
}

impl SeenVisit {
    /// Whether another visit must wait for the end of this one.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        self.state.is_active()
    }
}

impl CollectionMethod {
    /// Reads Junction's word.
    #[must_use]
    pub fn read(text: &str) -> Self {
        match text {
            "testkit" => Self::Testkit,
            "walk_in_test" => Self::WalkInTest,
            "at_home_phlebotomy" => Self::AtHomePhlebotomy,
            "on_site_collection" => Self::OnSiteCollection,
            _ => Self::Other,
        }
    }
}

impl Tier {
    /// Reads Junction's word.
    #[must_use]
    pub fn read(text: &str) -> Self {
        match text {
            "appointment-ready" => Self::Ready,
            "appointment-request" => Self::Request,
            _ => Self::Other,
        }
    }

    /// The gateway's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Request => "request",
            Self::Other => "other",
        }
    }
}

impl Coverage {
    /// Whether any provider's visits come about so.
    #[must_use]
    pub fn has(&self, tier: Tier) -> bool {
        self.is_served && self.providers.iter().any(|provider| provider.tiers.contains(&tier))
    }

    /// Whether this provider's visits come about so.
    #[must_use]
    pub fn provides(&self, name: &str, tier: Tier) -> bool {
        let named = self.providers.iter().filter(|provider| provider.name == name);
        self.is_served && named.flat_map(|provider| &provider.tiers).any(|one| *one == tier)
    }
}

/// Shows no value.
macro_rules! hidden {
    ($($name:ident)+) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}

pub(super) use hidden;

hidden!(SeenOrder SeenAddress SeenVisit SeenVisitEvent SeenSlot);
