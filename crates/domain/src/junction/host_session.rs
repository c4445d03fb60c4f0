//! What a host's own session page says: whose session it is, in which team, and for which patient if it is bound to one.

use super::{Team, Vouched};
use crate::{
    claims::{PatientBinding, TokenClinician},
    clinician::Clinician,
    fault::{Fault, FieldErrors},
    json::{Members, Raw},
    query::patient_id,
};

/// Reads `{"clinician": {…}, "team": {…}, "patientKey": "…"}`, where only the clinician is needed. Errors are kept with
/// it: a session that cannot be used is another thing than none.
#[must_use]
pub fn parse(body: &[u8]) -> Option<Vouched> {
    let mut errors = FieldErrors::default();
    let mut members = Members::of(Raw::parse(body).ok()?, "/session", &mut errors)?;
    if !members.has("clinician") {
        errors.add("/session/clinician", Fault::Required);
    }
    let clinician = members
        .take("clinician", &mut errors)
        .and_then(|raw| Clinician::parse(raw, "/session/clinician", &mut errors));
    let team = members
        .take("team", &mut errors)
        .and_then(|raw| Team::parse(raw, "/session/team", &mut errors));
    let is_bound = members.has("patientKey");
    let patient = members.parsed("patientKey", &mut errors, patient_id);
    members.finish(&["clinician", "team", "patientKey"], &mut errors);
    Some(Vouched {
        person: TokenClinician {
            clinician: clinician.filter(|_| errors.is_empty()),
            patient: match (is_bound, patient) {
                (false, _) => PatientBinding::Unbound,
                (true, None) => PatientBinding::Missing,
                (true, Some(patient)) => PatientBinding::Bound(patient),
            },
            language_ignored: false,
            lacking: Vec::new(),
            errors: errors.into_vec(),
        },
        team,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_session_is_read_whole_or_with_its_errors() {
        let mistakes = |json: &str| -> Vec<_> {
            let session = parse(json.as_bytes()).unwrap();
            assert_eq!(
                session.person.clinician.is_some(),
                session.person.errors.is_empty(),
                "{json}"
            );
            let errors = session.person.errors.into_iter();
            errors.map(|error| (error.field, error.fault.code())).collect()
        };
        assert!(mistakes(r#"{"clinician":{"userId":"u"}}"#).is_empty());
        assert!(
            mistakes(r#"{"clinician":{"userId":"u"},"team":{"integrationTeamId":"t"},"patientKey":"p"}"#).is_empty()
        );
        let rows = [
            ("{}", "/session/clinician", "required"),
            (r#"{"clinician":{}}"#, "/session/clinician/userId", "required"),
            (
                r#"{"clinician":{"userId":"u"},"patientKey":null}"#,
                "/session/patientKey",
                "wrong_type",
            ),
            (
                r#"{"clinician":{"userId":"u"},"team":{}}"#,
                "/session/team/integrationTeamId",
                "required",
            ),
            (r#"{"clinician":{"userId":"u"},"x":1}"#, "/session/*", "unknown"),
        ];
        for (json, field, code) in rows {
            assert_eq!(mistakes(json), [(field.to_owned(), code)], "{json}");
        }
        assert!(parse(b"<html>").is_none() && parse(b"[]").is_none());
    }

    proptest! {
        #[test]
        fn any_answer_is_read_without_a_panic(body in any::<Vec<u8>>()) {
            let _either_way = parse(&body).is_some();
        }
    }
}
