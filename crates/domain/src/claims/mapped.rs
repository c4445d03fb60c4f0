//! What each mapped claim of a token comes to, for the people who set up the mapping.

use super::{Claims, ClaimsMap, PatientBinding};
use crate::fault::{Fault, FieldError};

/// What a mapped claim of a token comes to. Its value is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedClaim {
    /// The field, such as `firstName`.
    pub field: &'static str,
    /// The claim, as the setting names it.
    pub claim: String,
    /// What it comes to.
    pub outcome: MappedOutcome,
}

/// What becomes of a mapped claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MappedOutcome {
    /// It says something that can be used.
    Usable,
    /// It is not there.
    Missing,
    /// It is there and cannot be used.
    Unusable(Fault),
}

impl Claims {
    /// What each mapped claim comes to.
    #[must_use]
    pub fn mapped(&self, map: &ClaimsMap) -> Vec<MappedClaim> {
        let person = self.clinician(map);
        let fields = [
            ("userId", Some(&map.user_id)),
            ("firstName", map.first_name.as_ref()),
            ("lastName", map.last_name.as_ref()),
            ("email", map.email.as_ref()),
            ("licenseNumber", map.license_number.as_ref()),
            ("preferredLanguage", map.preferred_language.as_ref()),
            ("patientKey", map.patient_key.as_ref()),
        ];
        let mapped = fields.into_iter().filter_map(|(field, path)| {
            let at = |error: &&FieldError| error.field.strip_prefix("/token/") == Some(field);
            let fault = person.errors.iter().find(at).map(|error| error.fault);
            let is_missing =
                person.lacking.contains(&field) || field == "patientKey" && person.patient == PatientBinding::Missing;
            let outcome = match fault {
                Some(Fault::Required) => MappedOutcome::Missing,
                Some(fault) => MappedOutcome::Unusable(fault),
                None if is_missing => MappedOutcome::Missing,
                None => MappedOutcome::Usable,
            };
            let claim = path?.to_string();
            Some(MappedClaim { field, claim, outcome })
        });
        mapped.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::clinician::tests::map;

    #[test]
    fn each_mapped_claim_is_reported_without_its_value() {
        let claims: Claims = serde_json::from_str(
            r#"{"sub":"canary","given_name":"canary","family_name":" ","email":"canary","locale":7}"#,
        )
        .unwrap();
        let mapped = claims.mapped(&map());
        let told: Vec<_> = mapped
            .iter()
            .map(|one| (one.field, one.claim.as_str(), one.outcome))
            .collect();
        let (usable, missing) = (MappedOutcome::Usable, MappedOutcome::Missing);
        let expected = [
            ("userId", "sub", usable),
            ("firstName", "given_name", usable),
            ("lastName", "family_name", missing),
            ("email", "email", MappedOutcome::Unusable(Fault::BadEmail)),
            ("licenseNumber", "/practitioner/licences/0", missing),
            (
                "preferredLanguage",
                "locale",
                MappedOutcome::Unusable(Fault::WrongType("a string")),
            ),
            ("patientKey", "/launch/patient", missing),
        ];
        assert_eq!(told, expected);
    }
}
