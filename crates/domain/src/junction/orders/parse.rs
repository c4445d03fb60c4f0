//! The bodies of everything that is asked about an order once it is there. Each is read with all its errors at once.

use std::fmt;

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{
    address::{Purpose, VisitAddress},
    findings::Findings,
    notes::Notes,
    zip::Zip,
};
use crate::{
    fault::Fault,
    json::Members,
    junction::{ClientUserId, Environment, JunctionId},
    native_body::{Native, Opened},
    reason::Reason,
    refusal::Refusal,
    text::{self, Normalization},
};

/// The most characters of a sealed slot: what Junction's keys need, sealed, several times over.
const MAX_SLOT: usize = 4096;

/// The most characters of one of Junction's words.
const MAX_WORD: usize = 64;

/// The longest delay of a simulated step, in seconds: a day.
const MAX_DELAY: i64 = 86_400;

/// The words for what simulated results come to.
const INTERPRETATIONS: &str = "normal, abnormal, critical, unknown";

/// The words for what simulated results are.
const RESULT_TYPES: &str = "numeric, range, comment, coded_value";

/// Whether a phlebotomist comes to a ZIP code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageQuery {
    /// The ZIP code.
    pub zip: Zip,
    /// For which laboratory, in Junction's word.
    pub lab: Option<String>,
}

/// When a phlebotomist could come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotsQuery {
    /// From which day on.
    pub from: Option<Date>,
    /// Where, if not at the order's address.
    pub address: Option<VisitAddress>,
}

/// A slot as the gateway gave it out, of 1 to 4096 characters. Whether it is one, only its seal says. `Debug` does not show
/// it.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSlot(String);

/// How a visit is to come about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrangement {
    /// At a time that was given out.
    Book {
        /// The sealed slot.
        slot: SealedSlot,
        /// Notes for this visit.
        notes: Option<Notes>,
    },
    /// At a time that the provider agrees on with the patient.
    Request {
        /// The provider, in Junction's word.
        provider: String,
        /// Where, if not at the order's address.
        address: Option<Box<VisitAddress>>,
        /// Notes for this visit.
        notes: Option<Notes>,
    },
}

/// To which time a visit is to be moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rescheduling {
    /// The sealed slot.
    pub slot: SealedSlot,
    /// Notes for this visit.
    pub notes: Option<Notes>,
}

/// Why a visit is to be cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitCancellation {
    /// One of Junction's reasons.
    pub reason: JunctionId,
    /// More about it.
    pub notes: Option<Notes>,
    /// Whether a late cancellation may cost its fee.
    pub accepts_late_fee: bool,
}

/// That an order is to be cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderCancellation {
    /// Whether the late cancellation of its visit may cost its fee.
    pub accepts_late_fee: bool,
}

/// How an order of the sandbox is to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulation {
    /// The status to stop at, in Junction's word.
    pub final_status: Option<String>,
    /// How long each step takes, in seconds: at most a day.
    pub delay_secs: Option<i64>,
    interpretation: Option<String>,
    result_types: Option<Vec<String>>,
    has_missing_results: Option<bool>,
}

impl SealedSlot {
    fn parse(text: String) -> Result<Self, Fault> {
        text::parse(text, MAX_SLOT, Normalization::Keep).map(Self)
    }
}

impl AsRef<str> for SealedSlot {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SealedSlot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SealedSlot(…)")
    }
}

impl Simulation {
    /// Junction's `SimulationFlags`, if any was sent.
    #[must_use]
    pub fn flags(&self) -> Option<Value> {
        let members = [
            ("interpretation", self.interpretation.clone().map(Value::from)),
            ("result_types", self.result_types.clone().map(Value::from)),
            ("has_missing_results", self.has_missing_results.map(Value::from)),
        ];
        let members = members.into_iter();
        let members: Map<_, _> = members
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect();
        (!members.is_empty()).then(|| members.into())
    }
}

/// A body that is being read.
struct Body<'a> {
    members: Members<'a>,
    findings: Findings,
}

impl<'a> Body<'a> {
    /// Opens a body, in which `null` is as good as nothing. Nothing in it says who acts: a token does, or no one has to.
    fn open(request: Native<'a>, names: &'static [&'static str]) -> Result<Self, Refusal> {
        let Opened { mut members, errors } = request.open(false)?;
        for name in names {
            members.forget_null(name);
        }
        Ok(Self {
            members,
            findings: Findings::after(errors),
        })
    }

    fn required<T>(&mut self, name: &str, parse: impl FnOnce(String) -> Result<T, Fault>) -> Option<T> {
        self.members.required(name, &mut self.findings.errors, parse)
    }

    fn parsed<T>(&mut self, name: &str, parse: impl FnOnce(String) -> Result<T, Fault>) -> Option<T> {
        self.members.parsed(name, &mut self.findings.errors, parse)
    }

    fn boolean(&mut self, name: &str) -> Option<bool> {
        self.members.boolean(name, &mut self.findings.errors)
    }

    fn notes(&mut self) -> Option<Notes> {
        self.parsed("notes", Notes::parse)
    }

    fn address(&mut self, environment: Environment) -> Option<VisitAddress> {
        let raw = self.members.take("address", &mut self.findings.errors)?;
        VisitAddress::parse(raw, "/address", Purpose::Visit(environment), &mut self.findings)
    }

    /// What was read, unless something is wrong.
    fn finish<T>(mut self, names: &'static [&'static str], read: Option<T>) -> Result<T, Refusal> {
        self.members.finish(names, &mut self.findings.errors);
        self.findings.refusal()?;
        read.ok_or_else(|| Reason::Defect.into())
    }
}

/// Reads whether coverage is asked for, and where.
///
/// # Errors
/// `invalid_request`, with every error.
pub fn coverage(request: Native<'_>) -> Result<CoverageQuery, Refusal> {
    const NAMES: &[&str] = &["zip", "lab"];
    let mut body = Body::open(request, NAMES)?;
    let zip = body.required("zip", Zip::parse);
    let lab = body.parsed("lab", word);
    body.finish(NAMES, zip.map(|zip| CoverageQuery { zip, lab }))
}

/// Reads whose orders are looked for.
///
/// # Errors
/// `invalid_request`, with every error.
pub fn search(request: Native<'_>) -> Result<ClientUserId, Refusal> {
    const NAMES: &[&str] = &["patient"];
    let mut body = Body::open(request, NAMES)?;
    let errors = &mut body.findings.errors;
    if !body.members.has("patient") {
        errors.add("/patient", Fault::Required);
    }
    let patient = body.members.take("patient", errors);
    let patient = patient.and_then(|raw| {
        let mut members = Members::of(raw, "/patient", errors)?;
        let client_user_id = members.required("clientUserId", errors, ClientUserId::parse);
        members.finish(&["clientUserId"], errors);
        client_user_id
    });
    body.finish(NAMES, patient)
}

/// Reads from when on, and where, times are looked for.
///
/// # Errors
/// `invalid_request`, or else `address_incomplete`, with every error.
pub fn slots(request: Native<'_>, environment: Environment) -> Result<SlotsQuery, Refusal> {
    const NAMES: &[&str] = &["from", "address"];
    let mut body = Body::open(request, NAMES)?;
    let from = body.parsed("from", |text| {
        let date = (text.len() == 10).then(|| text.parse().ok()).flatten();
        date.ok_or(Fault::Malformed("a date such as 2026-11-27"))
    });
    let address = body.address(environment);
    body.finish(NAMES, Some(SlotsQuery { from, address }))
}

/// Reads how a visit is to come about: by a slot, or by a provider.
///
/// # Errors
/// `invalid_request`, or else `address_incomplete`, with every error.
pub fn visit(request: Native<'_>, environment: Environment) -> Result<Arrangement, Refusal> {
    const NAMES: &[&str] = &["slot", "provider", "address", "notes"];
    const EITHER: Fault = Fault::NotAccepted("Send either slot or provider, not both");
    let mut body = Body::open(request, NAMES)?;
    let (by_slot, by_provider) = (body.members.has("slot"), body.members.has("provider"));
    let slot = body.parsed("slot", SealedSlot::parse);
    let provider = body.parsed("provider", word);
    let has_address = body.members.has("address");
    let address = body.address(environment).map(Box::new);
    let notes = body.notes();
    let errors = &mut body.findings.errors;
    match (by_slot, by_provider) {
        (true, true) => errors.add("/provider", EITHER),
        (false, false) => errors.add("/slot", Fault::Required),
        (true, false) if has_address => errors.add(
            "/address",
            Fault::NotAccepted("A slot is for one address already: send none with it"),
        ),
        (true | false, _) => {}
    }
    let arrangement = match (slot, provider) {
        (Some(slot), _) => Some(Arrangement::Book { slot, notes }),
        (None, Some(provider)) => Some(Arrangement::Request {
            provider,
            address,
            notes,
        }),
        (None, None) => None,
    };
    body.finish(NAMES, arrangement)
}

/// Reads to which time a visit is to be moved.
///
/// # Errors
/// `invalid_request`, with every error.
pub fn reschedule(request: Native<'_>) -> Result<Rescheduling, Refusal> {
    const NAMES: &[&str] = &["slot", "notes"];
    let mut body = Body::open(request, NAMES)?;
    let slot = body.required("slot", SealedSlot::parse);
    let notes = body.notes();
    body.finish(NAMES, slot.map(|slot| Rescheduling { slot, notes }))
}

/// Reads why a visit is to be cancelled.
///
/// # Errors
/// `invalid_request`, with every error.
pub fn cancel_visit(request: Native<'_>) -> Result<VisitCancellation, Refusal> {
    const NAMES: &[&str] = &["reasonId", "notes", "acceptLateFee"];
    let mut body = Body::open(request, NAMES)?;
    let reason = body.required("reasonId", |text| JunctionId::parse(&text));
    let notes = body.notes();
    let accepts_late_fee = body.boolean("acceptLateFee").unwrap_or_default();
    let cancellation = reason.map(|reason| VisitCancellation {
        reason,
        notes,
        accepts_late_fee,
    });
    body.finish(NAMES, cancellation)
}

/// Reads that an order is to be cancelled.
///
/// # Errors
/// `invalid_request`, with every error.
pub fn cancel_order(request: Native<'_>) -> Result<OrderCancellation, Refusal> {
    const NAMES: &[&str] = &["acceptLateFee"];
    let mut body = Body::open(request, NAMES)?;
    let accepts_late_fee = body.boolean("acceptLateFee").unwrap_or_default();
    body.finish(NAMES, Some(OrderCancellation { accepts_late_fee }))
}

/// Reads how an order of the sandbox is to go on.
///
/// # Errors
/// `invalid_request`, with every error.
pub fn simulate(request: Native<'_>) -> Result<Simulation, Refusal> {
    const NAMES: &[&str] = &[
        "finalStatus",
        "delaySecs",
        "interpretation",
        "resultTypes",
        "hasMissingResults",
    ];
    let mut body = Body::open(request, NAMES)?;
    let final_status = body.parsed("finalStatus", status);
    let has_missing_results = body.boolean("hasMissingResults");
    let interpretation = body.parsed("interpretation", |text| one_of(text, INTERPRETATIONS));
    let errors = &mut body.findings.errors;
    let delay_secs = body.members.integer("delaySecs", errors);
    if delay_secs.is_some_and(|delay| !(0..=MAX_DELAY).contains(&delay)) {
        errors.add("/delaySecs", Fault::Malformed("0 to 86400 seconds"));
    }
    let types = body.members.list("resultTypes", 16, errors);
    let result_types = types.map(|items| {
        let words = items.into_iter().filter_map(|(place, raw)| {
            let word = raw.text().ok_or(Fault::WrongType("a string"));
            word.and_then(|text| one_of(text, RESULT_TYPES))
                .map_err(|fault| errors.add(place, fault))
                .ok()
        });
        words.collect()
    });
    let simulation = Simulation {
        final_status,
        delay_secs,
        interpretation,
        result_types,
        has_missing_results,
    };
    body.finish(NAMES, Some(simulation))
}

/// One of Junction's words. Which there are is Junction's to say.
fn word(text: String) -> Result<String, Fault> {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
    let fits = (1..=MAX_WORD).contains(&text.len());
    (fits && text.bytes().all(is_word))
        .then_some(text)
        .ok_or(Fault::Malformed("a word of Junction's, such as getlabs"))
}

fn status(text: String) -> Result<String, Fault> {
    super::status::countable(&text)
        .is_some()
        .then_some(text)
        .ok_or(Fault::Malformed(
            "a status such as completed.at_home_phlebotomy.completed",
        ))
}

fn one_of(text: String, values: &'static str) -> Result<String, Fault> {
    let is_one = values.split(", ").any(|value| value == text);
    is_one.then_some(text).ok_or(Fault::BadValue(values))
}

#[cfg(test)]
mod tests;
