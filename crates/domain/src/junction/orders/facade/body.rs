//! Reads bodies in Junction's own form. Members that no rule is about are left alone; one that a rule is about must be there
//! once, so that Junction cannot read another one than was checked.

use jiff::Timestamp;

use super::wanted::{BookingKey, HasBody, SentCancellation, SentOrder, SentRequest};
use crate::{
    fault::{Fault, FieldErrors},
    json::{Members, Raw},
    junction::{
        ClientUserId, Environment, JunctionId,
        orders::{
            address::{check_door, state},
            adult,
            findings::{Findings, Rule},
            name::OrderableName,
            notes::Notes,
            phone::PhoneNumber,
            zip::Zip,
        },
    },
    reason::Reason,
    refusal::Refusal,
    text,
};

/// The one way of collection that is served.
const AT_HOME: &str = "at_home_phlebotomy";

/// The one country where phlebotomists visit patients.
const COUNTRY: &str = "US";

/// The longest of Junction's keys for a time, in bytes.
const MAX_KEY: usize = 4096;

/// A request's body, with everything that is wrong with the request so far.
pub(super) struct Body<'a> {
    members: Option<Members<'a>>,
    findings: Findings,
}

impl<'a> Body<'a> {
    pub(super) fn open(has_body: HasBody, bytes: &'a [u8], errors: FieldErrors) -> Self {
        let mut findings = Findings::after(errors);
        let is_read = match has_body {
            HasBody::Always => true,
            HasBody::Maybe | HasBody::Never => false,
        };
        let members = if is_read {
            let raw = Raw::parse(bytes).map_err(|fault| findings.errors.add("", fault));
            raw.ok().and_then(|raw| Members::of(raw, "", &mut findings.errors))
        } else {
            None
        };
        Self { members, findings }
    }

    pub(super) fn refuse(&mut self, place: impl Into<String>, fault: Fault) {
        self.findings.errors.add(place, fault);
    }

    /// What was wanted, if nothing is wrong.
    pub(super) fn closed<T>(self, wanted: Option<T>) -> Result<T, Refusal> {
        self.findings.refusal()?;
        wanted.ok_or_else(|| Reason::Defect.into())
    }

    pub(super) fn id_in_path(&mut self, values: &[String]) -> Option<JunctionId> {
        let text = values.first().map(String::as_str).unwrap_or_default();
        JunctionId::parse(text)
            .map_err(|fault| self.refuse("/path/id", fault))
            .ok()
    }

    pub(super) fn reference_in_path(&mut self, values: &[String]) -> Option<ClientUserId> {
        let text = values.first().cloned().unwrap_or_default();
        ClientUserId::parse(text)
            .map_err(|fault| self.refuse("/path/client_user_id", fault))
            .ok()
    }

    /// The host's reference of a user.
    pub(super) fn reference(&mut self) -> Option<ClientUserId> {
        let (members, errors) = (self.members.as_mut()?, &mut self.findings.errors);
        members.required("client_user_id", errors, ClientUserId::parse)
    }

    /// An order.
    pub(super) fn order(&mut self, environment: Environment, now: Timestamp) -> Option<SentOrder> {
        let (members, findings) = (self.members.as_mut()?, &mut self.findings);
        for name in ["collection_method", "clinical_notes"] {
            members.forget_null(name);
        }
        let errors = &mut findings.errors;
        let user = members.required("user_id", errors, |text| JunctionId::parse(&text));
        members.parsed("clinical_notes", errors, Notes::parse);
        members.parsed("collection_method", errors, |method| {
            (method == AT_HOME).then_some(()).ok_or(Fault::BadValue(AT_HOME))
        });
        if let Some(patient) = inside(members, "patient_details", errors) {
            check_patient(patient, now, findings);
        }
        let address = inside(members, "patient_address", &mut findings.errors);
        let zip = address.and_then(|address| check_address(address, "zip", environment, findings));
        Some(SentOrder { user: user?, zip: zip? })
    }

    /// The address that the whole body is.
    pub(super) fn address(&mut self, environment: Environment) -> Option<Zip> {
        let address = self.members.take()?;
        check_address(address, "zip_code", environment, &mut self.findings)
    }

    /// What a visit is booked with, or moved.
    pub(super) fn booking(&mut self) -> Option<BookingKey> {
        let errors = &mut self.findings.errors;
        let members = self.members.as_mut()?;
        notes(members, "appointment_notes", errors);
        members.required("booking_key", errors, |key| match key.len() {
            0 => Err(Fault::Empty),
            1..=MAX_KEY => Ok(BookingKey::new(key)),
            _ => Err(Fault::TooLarge(MAX_KEY)),
        })
    }

    /// A visit that is requested.
    pub(super) fn request(&mut self, environment: Environment) -> Option<SentRequest> {
        let (members, findings) = (self.members.as_mut()?, &mut self.findings);
        notes(members, "appointment_notes", &mut findings.errors);
        let provider = members.required("provider", &mut findings.errors, |text| text::parse_written(text, 64));
        let address = inside(members, "address", &mut findings.errors);
        let zip = address.and_then(|address| check_address(address, "zip_code", environment, findings));
        Some(SentRequest {
            provider: provider?,
            zip: zip?,
        })
    }

    /// Why a visit is cancelled.
    pub(super) fn cancellation(&mut self) -> Option<SentCancellation> {
        let errors = &mut self.findings.errors;
        let members = self.members.as_mut()?;
        let has_notes = notes(members, "notes", errors);
        let reason = members.required("cancellation_reason_id", errors, |text| JunctionId::parse(&text));
        Some(SentCancellation {
            reason: reason?,
            has_notes,
        })
    }
}

/// The members of an object that must be there.
fn inside<'a>(members: &mut Members<'a>, name: &str, errors: &mut FieldErrors) -> Option<Members<'a>> {
    let place = members.place(name);
    if !members.has(name) {
        errors.add(place, Fault::Required);
        return None;
    }
    let raw = members.take(name, errors)?;
    Members::of(raw, &place, errors)
}

/// Whether there are any notes. Clients write none as `null` or as an empty text.
fn notes(members: &mut Members<'_>, name: &str, errors: &mut FieldErrors) -> bool {
    members.forget_null(name);
    let notes = members.parsed(name, errors, |text| {
        let is_sent = !text.trim().is_empty();
        is_sent.then(|| Notes::parse(text)).transpose()
    });
    notes.flatten().is_some()
}

fn check_patient(mut patient: Members<'_>, now: Timestamp, findings: &mut Findings) {
    for name in ["first_name", "last_name"] {
        let text = patient.required(name, &mut findings.errors, Ok);
        if let Some(Err(fault)) = text.map(OrderableName::parse) {
            findings.breaks(Rule::Name, patient.place(name), fault);
        }
    }
    let errors = &mut findings.errors;
    patient.required("phone_number", errors, PhoneNumber::parse);
    let born = patient.required("dob", errors, |text| {
        adult::date_of_birth(&text).ok_or(Fault::Malformed("a date such as 1986-03-09"))
    });
    if let Some(born) = born
        && adult::check(born, adult::latest_day(now)).is_err()
    {
        let why = Fault::NotAccepted("Phlebotomists visit adults alone: the patient must be 18 or older");
        findings.breaks(Rule::Adult, patient.place("dob"), why);
    }
}

fn check_address(
    mut address: Members<'_>,
    zip: &'static str,
    environment: Environment,
    findings: &mut Findings,
) -> Option<Zip> {
    let errors = &mut findings.errors;
    address.forget_null("country");
    let line = address.required("first_line", errors, Ok);
    address.required("city", errors, |text| text::parse_written(text, 100));
    address.required("state", errors, state);
    address.parsed("country", errors, |text| {
        (text == COUNTRY).then_some(()).ok_or(Fault::BadValue(COUNTRY))
    });
    notes(&mut address, "access_notes", errors);
    let zip = address.required(zip, errors, Zip::parse);
    if let Some(Err(fault)) = line.map(|line| check_door(&line, environment)) {
        findings.breaks(Rule::Address, address.place("first_line"), fault);
    }
    zip
}
