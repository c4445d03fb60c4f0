//! The physician who orders, where the caller has one.

use std::fmt;

use serde_json::Value;

use super::fields::{texts, unique};
use crate::{
    clinician::{Email, Name},
    fault::{Fault, FieldErrors},
    json::{Members, Raw},
    junction::orders::address::state,
};

/// The most states in which a physician can be licensed: there are not as many.
const MAX_STATES: usize = 64;

/// A physician. `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Physician {
    first_name: Name,
    last_name: Name,
    npi: String,
    email: Option<Email>,
    licensed_states: Option<Vec<String>>,
}

impl Physician {
    /// Reads a physician from a JSON object. Without a signature: its image would be larger than everything else.
    pub(super) fn parse(raw: Raw<'_>, place: &str, errors: &mut FieldErrors) -> Option<Self> {
        let mut members = Members::of(raw, place, errors)?;
        for name in ["email", "licensedStates"] {
            members.forget_null(name);
        }
        let first_name = members.required("firstName", errors, Name::parse);
        let last_name = members.required("lastName", errors, Name::parse);
        let npi = members.required("npi", errors, npi);
        let email = members.parsed("email", errors, Email::parse);
        let states = members.list("licensedStates", MAX_STATES, errors);
        let licensed_states = states.and_then(|items| unique(items, errors, state));
        members.finish(&["firstName", "lastName", "npi", "email", "licensedStates"], errors);
        Some(Self {
            first_name: first_name?,
            last_name: last_name?,
            npi: npi?,
            email,
            licensed_states,
        })
    }

    /// As orders have it.
    pub(super) fn to_junction(&self) -> Value {
        let mut members = texts([
            ("first_name", Some(self.first_name.as_ref())),
            ("last_name", Some(self.last_name.as_ref())),
            ("npi", Some(&self.npi)),
            ("email", self.email.as_ref().map(AsRef::as_ref)),
        ]);
        if let Some(states) = &self.licensed_states {
            members.insert("licensed_states".to_owned(), states.as_slice().into());
        }
        members.into()
    }
}

impl fmt::Debug for Physician {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Physician(…)")
    }
}

/// A National Provider Identifier. Whether a physician has it is the laboratory's to say.
fn npi(text: String) -> Result<String, Fault> {
    let is_npi = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_npi
        .then_some(text)
        .ok_or(Fault::Malformed("a National Provider Identifier of 10 digits"))
}
