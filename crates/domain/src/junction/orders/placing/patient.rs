//! The patient of an order, as the laboratory will print them.

use std::fmt;

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{
    fields::{date, texts},
    words::{Ethnicity, Gender, GenderIdentity, Race, SexualOrientation},
};
use crate::{
    clinician::{Email, Name},
    fault::{Fault, FieldErrors},
    json::{Members, Raw},
    junction::{
        ClientUserId,
        orders::{
            address::{Purpose, VisitAddress},
            adult,
            findings::{Findings, Rule},
            name::OrderableName,
            phone::PhoneNumber,
        },
    },
};

/// The members of a patient's demographics.
const NAMES: &[&str] = &[
    "firstName",
    "lastName",
    "email",
    "phoneNumber",
    "gender",
    "dob",
    "medicalProxy",
    "race",
    "ethnicity",
    "sexualOrientation",
    "genderIdentity",
    "householdIncome",
    "householdSize",
];

/// The members of a medical proxy.
const NAMES_OF_PROXY: &[&str] = &[
    "firstName",
    "lastName",
    "email",
    "phoneNumber",
    "address",
    "householdIncome",
    "householdSize",
];

/// A patient, by the host's identifier, and what is printed of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OrderPatient {
    pub(super) client_user_id: ClientUserId,
    pub(super) details: PatientDetails,
}

/// What is printed of a patient. `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct PatientDetails {
    first_name: OrderableName,
    last_name: OrderableName,
    email: Email,
    phone_number: PhoneNumber,
    gender: Gender,
    dob: Date,
    medical_proxy: Option<MedicalProxy>,
    race: Option<Race>,
    ethnicity: Option<Ethnicity>,
    sexual_orientation: Option<SexualOrientation>,
    gender_identity: Option<GenderIdentity>,
    household: Household,
}

/// Who speaks for a patient.
#[derive(Clone, PartialEq, Eq)]
struct MedicalProxy {
    first_name: Name,
    last_name: Name,
    email: Option<Email>,
    phone_number: PhoneNumber,
    address: VisitAddress,
    household: Household,
}

#[derive(Clone, PartialEq, Eq)]
struct Household {
    income: Option<i64>,
    size: Option<i64>,
}

impl OrderPatient {
    /// Reads a patient from a JSON object. `today` is the day on which they have to be an adult.
    pub(super) fn parse(raw: Raw<'_>, place: &str, today: Date, findings: &mut Findings) -> Option<Self> {
        let mut members = Members::of(raw, place, &mut findings.errors)?;
        let client_user_id = members.required("clientUserId", &mut findings.errors, ClientUserId::parse);
        let inside = members.place("demographics");
        if !members.has("demographics") {
            findings.errors.add(&inside, Fault::Required);
        }
        let details = members
            .take("demographics", &mut findings.errors)
            .and_then(|raw| PatientDetails::parse(raw, &inside, today, findings));
        members.finish(&["clientUserId", "demographics"], &mut findings.errors);
        Some(Self {
            client_user_id: client_user_id?,
            details: details?,
        })
    }
}

impl PatientDetails {
    fn parse(raw: Raw<'_>, place: &str, today: Date, findings: &mut Findings) -> Option<Self> {
        let mut members = Members::of(raw, place, &mut findings.errors)?;
        for name in [
            "medicalProxy",
            "race",
            "ethnicity",
            "sexualOrientation",
            "genderIdentity",
            "householdIncome",
            "householdSize",
        ] {
            members.forget_null(name);
        }
        let first_name = name(&mut members, "firstName", findings);
        let last_name = name(&mut members, "lastName", findings);
        let errors = &mut findings.errors;
        let email = members.required("email", errors, Email::parse);
        let phone_number = members.required("phoneNumber", errors, PhoneNumber::parse);
        let gender = members.required("gender", errors, Gender::read);
        let dob = members.required("dob", errors, |text| date(&text));
        if let Some(born) = dob
            && adult::check(born, today).is_err()
        {
            let fault = Fault::NotAccepted("The patient must be 18 or older: phlebotomists visit no minors");
            findings.breaks(Rule::Adult, members.place("dob"), fault);
        }
        let proxy_place = members.place("medicalProxy");
        let medical_proxy = members
            .take("medicalProxy", &mut findings.errors)
            .and_then(|raw| MedicalProxy::parse(raw, &proxy_place, findings));
        let errors = &mut findings.errors;
        let race = members.parsed("race", errors, Race::read);
        let ethnicity = members.parsed("ethnicity", errors, Ethnicity::read);
        let sexual_orientation = members.parsed("sexualOrientation", errors, SexualOrientation::read);
        let gender_identity = members.parsed("genderIdentity", errors, GenderIdentity::read);
        let household = Household::parse(&mut members, errors);
        members.finish(NAMES, errors);
        Some(Self {
            first_name: first_name?,
            last_name: last_name?,
            email: email?,
            phone_number: phone_number?,
            gender: gender?,
            dob: dob?,
            medical_proxy,
            race,
            ethnicity,
            sexual_orientation,
            gender_identity,
            household,
        })
    }

    /// As orders have it.
    pub(super) fn to_junction(&self) -> Value {
        let dob = self.dob.to_string();
        let mut members = texts([
            ("first_name", Some(self.first_name.as_ref())),
            ("last_name", Some(self.last_name.as_ref())),
            ("email", Some(self.email.as_ref())),
            ("phone_number", Some(self.phone_number.as_ref())),
            ("gender", Some(self.gender.as_str())),
            ("dob", Some(&dob)),
            ("race", self.race.map(Race::as_str)),
            ("ethnicity", self.ethnicity.map(Ethnicity::as_str)),
            (
                "sexual_orientation",
                self.sexual_orientation.map(SexualOrientation::as_str),
            ),
            ("gender_identity", self.gender_identity.map(GenderIdentity::as_str)),
        ]);
        self.household.write(&mut members);
        if let Some(proxy) = &self.medical_proxy {
            members.insert("medical_proxy".to_owned(), proxy.to_junction());
        }
        members.into()
    }
}

impl fmt::Debug for PatientDetails {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PatientDetails(…)")
    }
}

impl MedicalProxy {
    fn parse(raw: Raw<'_>, place: &str, findings: &mut Findings) -> Option<Self> {
        let mut members = Members::of(raw, place, &mut findings.errors)?;
        for name in ["email", "householdIncome", "householdSize"] {
            members.forget_null(name);
        }
        let inside = members.place("address");
        let errors = &mut findings.errors;
        let first_name = members.required("firstName", errors, Name::parse);
        let last_name = members.required("lastName", errors, Name::parse);
        let email = members.parsed("email", errors, Email::parse);
        let phone_number = members.required("phoneNumber", errors, PhoneNumber::parse);
        if !members.has("address") {
            errors.add(&inside, Fault::Required);
        }
        let address = members
            .take("address", errors)
            .and_then(|raw| VisitAddress::parse(raw, &inside, Purpose::Contact, findings));
        let errors = &mut findings.errors;
        let household = Household::parse(&mut members, errors);
        members.finish(NAMES_OF_PROXY, errors);
        Some(Self {
            first_name: first_name?,
            last_name: last_name?,
            email,
            phone_number: phone_number?,
            address: address?,
            household,
        })
    }

    fn to_junction(&self) -> Value {
        let mut members = texts([
            ("first_name", Some(self.first_name.as_ref())),
            ("last_name", Some(self.last_name.as_ref())),
            ("email", self.email.as_ref().map(AsRef::as_ref)),
            ("phone_number", Some(self.phone_number.as_ref())),
        ]);
        members.insert("address".to_owned(), self.address.of_order());
        self.household.write(&mut members);
        members.into()
    }
}

impl Household {
    fn parse(members: &mut Members<'_>, errors: &mut FieldErrors) -> Self {
        let mut count = |name| {
            let number = members.integer(name, errors)?;
            if number < 0 {
                errors.add(members.place(name), Fault::Malformed("an integer that is not negative"));
            }
            Some(number)
        };
        Self {
            income: count("householdIncome"),
            size: count("householdSize"),
        }
    }

    fn write(&self, members: &mut Map<String, Value>) {
        let numbers = [("household_income", self.income), ("household_size", self.size)];
        members.extend(
            numbers
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?.into()))),
        );
    }
}

/// A name that must be there; one that a requisition cannot have breaks a rule and not the form.
fn name(members: &mut Members<'_>, name: &str, findings: &mut Findings) -> Option<OrderableName> {
    let text = members.required(name, &mut findings.errors, Ok)?;
    match OrderableName::parse(text) {
        Ok(name) => Some(name),
        Err(Fault::Empty) => {
            findings.errors.add(members.place(name), Fault::Empty);
            None
        }
        Err(fault) => {
            findings.breaks(Rule::Name, members.place(name), fault);
            None
        }
    }
}
