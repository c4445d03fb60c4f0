//! The clinician in a verified token: which claims say who acts, and for which patient.

use super::{ClaimPath, Claims};
use crate::{
    clinician::{Clinician, Email, Language, LicenseNumber, Name, UserId},
    fault::{Fault, FieldError, FieldErrors},
    json::Raw,
    query::patient_id,
};

/// Which claims mean what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimsMap {
    /// Who acts.
    pub user_id: ClaimPath,
    /// What the identifier starts with, so that those of several identity sources stay apart.
    pub user_id_prefix: String,
    /// First name.
    pub first_name: Option<ClaimPath>,
    /// Last name.
    pub last_name: Option<ClaimPath>,
    /// E-mail; the claim `email` is usable unless `email_verified` is false.
    pub email: Option<ClaimPath>,
    /// Whether the e-mail is usable only if `email_verified` is there and true.
    pub requires_verified_email: bool,
    /// Licence number.
    pub license_number: Option<ClaimPath>,
    /// A language tag: `fr-CA` is French.
    pub preferred_language: Option<ClaimPath>,
    /// The one patient that launches are bound to.
    pub patient_key: Option<ClaimPath>,
}

/// What a token says about a launch.
#[derive(Debug, Clone)]
pub struct TokenClinician {
    /// Who acts; none if a mapped claim is unusable.
    pub(crate) clinician: Option<Clinician>,
    /// For which patient.
    pub(crate) patient: PatientBinding,
    /// A language that is neither French nor English was left out.
    pub(crate) language_ignored: bool,
    /// The fields of the profile whose claims are mapped, and that the token lacks.
    pub(crate) lacking: Vec<&'static str>,
    /// The mapped claims that are there and cannot be used.
    pub(crate) errors: Vec<FieldError>,
}

/// Whether a launch is bound to one patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PatientBinding {
    /// It is not.
    Unbound,
    /// It should be, and no patient is named.
    Missing,
    /// To this one.
    Bound(String),
}

impl Claims {
    /// Everything that the token says.
    #[must_use]
    pub fn clinician(&self, map: &ClaimsMap) -> TokenClinician {
        let mut errors = FieldErrors::default();
        let user_id = self.user_id(map);
        let user_id = user_id.map_err(|fault| errors.add("/token/userId", fault)).ok();
        let first_name = self.words(map.first_name.as_ref(), "firstName", &mut errors, Name::parse);
        let last_name = self.words(map.last_name.as_ref(), "lastName", &mut errors, Name::parse);
        let email = self.words(map.email.as_ref(), "email", &mut errors, Email::parse);
        if email.is_some()
            && let Some(mistake) = self.unverified(map)
        {
            errors.add("/token/email", Fault::NotAccepted(mistake));
        }
        let license_number = self.words(
            map.license_number.as_ref(),
            "licenseNumber",
            &mut errors,
            LicenseNumber::parse,
        );
        let language = self.words(map.preferred_language.as_ref(), "preferredLanguage", &mut errors, Ok);
        let preferred_language = language.as_deref().and_then(language_of);
        let patient = self.text(map.patient_key.as_ref(), "patientKey", &mut errors, patient_id);
        let lacking = [
            ("firstName", &map.first_name, first_name.is_some()),
            ("lastName", &map.last_name, last_name.is_some()),
            ("email", &map.email, email.is_some()),
            ("licenseNumber", &map.license_number, license_number.is_some()),
            ("preferredLanguage", &map.preferred_language, language.is_some()),
        ];
        let lacking = lacking
            .into_iter()
            .filter(|(_, path, is_there)| path.is_some() && !is_there)
            .map(|(name, ..)| name);
        let clinician = |user_id| Clinician {
            user_id,
            first_name,
            last_name,
            email,
            license_number,
            preferred_language,
        };
        TokenClinician {
            lacking: lacking.collect(),
            clinician: user_id.filter(|_| errors.is_empty()).map(clinician),
            patient: match (&map.patient_key, patient) {
                (None, _) => PatientBinding::Unbound,
                (Some(_), None) => PatientBinding::Missing,
                (Some(_), Some(patient)) => PatientBinding::Bound(patient),
            },
            language_ignored: language.is_some() && preferred_language.is_none(),
            errors: errors.into_vec(),
        }
    }

    /// The identifier of the person acting: never rewritten.
    fn user_id(&self, map: &ClaimsMap) -> Result<UserId, Fault> {
        let id = match self.find(&map.user_id)? {
            None | Some(Raw::Null) => return Err(Fault::Required),
            Some(Raw::Text(id)) => id,
            Some(Raw::Boolean(_) | Raw::Number(_) | Raw::List(_) | Raw::Object(_)) => {
                return Err(Fault::WrongType("a string"));
            }
        };
        UserId::parse(id.clone().into_owned())?;
        let prefix = &map.user_id_prefix;
        UserId::parse(format!("{prefix}{id}")).map_err(|fault| {
            if let Fault::TooLong(max) = fault {
                Fault::TooLong(max.saturating_sub(prefix.len()))
            } else {
                fault
            }
        })
    }

    /// Why the e-mail is not usable although it is one, if it is not. The flag is about the claim `email` and no other; some
    /// issuers write it as a text.
    fn unverified(&self, map: &ClaimsMap) -> Option<&'static str> {
        if map.email != Some(ClaimPath::name("email")) {
            return None;
        }
        match self.find(&ClaimPath::name("email_verified")) {
            Ok(Some(Raw::Boolean(true))) => None,
            Ok(Some(Raw::Text(text))) if text.eq_ignore_ascii_case("true") => None,
            Ok(None | Some(Raw::Null)) if !map.requires_verified_email => None,
            Ok(None | Some(Raw::Null)) => Some("The token does not say that this address is verified"),
            Ok(Some(Raw::Boolean(false) | Raw::Text(_) | Raw::Number(_) | Raw::List(_) | Raw::Object(_))) | Err(_) => {
                Some("The token says that this address is not verified")
            }
        }
    }
}

/// The language of a tag such as `fr-CA`.
fn language_of(tag: &str) -> Option<Language> {
    let primary = tag.split(['-', '_']).next().unwrap_or_default();
    Language::parse(primary.to_owned()).ok()
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(in crate::claims) fn map() -> ClaimsMap {
        let path = |text| ClaimPath::parse(text);
        ClaimsMap {
            user_id: path("sub").unwrap(),
            user_id_prefix: "idp:".to_owned(),
            first_name: path("given_name"),
            last_name: path("family_name"),
            email: path("email"),
            requires_verified_email: false,
            license_number: path("/practitioner/licences/0"),
            preferred_language: path("locale"),
            patient_key: path("/launch/patient"),
        }
    }

    fn read(json: &str) -> TokenClinician {
        read_as(json, &map())
    }

    fn read_as(json: &str, map: &ClaimsMap) -> TokenClinician {
        serde_json::from_str::<Claims>(json).unwrap().clinician(map)
    }

    fn fields(json: &str) -> Vec<(String, String)> {
        let clinician = read(json).clinician.unwrap();
        clinician
            .fields()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    #[test]
    fn names_and_pointers_find_their_claims() {
        let json = r#"{"sub":"42","given_name":"Élodie","family_name":null,"email":"e@x.ca","email_verified":true,
            "practitioner":{"licences":["MD1"]},"locale":"fr-CA","launch":{"patient":"p1"},"unmapped":"x"}"#;
        let expected = [
            ("userId", "idp:42"),
            ("firstName", "Élodie"),
            ("email", "e@x.ca"),
            ("licenseNumber", "MD1"),
            ("preferredLanguage", "FR"),
        ];
        assert_eq!(
            fields(json),
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        assert_eq!(read(json).patient, PatientBinding::Bound("p1".to_owned()));
    }

    #[test]
    fn what_is_there_and_unusable_is_named() {
        let rows: &[(&str, &str, Fault, &str)] = &[
            (
                r#""given_name":7"#,
                "/token/firstName",
                Fault::WrongType("a string"),
                "a number",
            ),
            (
                r#""family_name":"a\u200bb""#,
                "/token/lastName",
                Fault::BadCharacter,
                "an invisible character",
            ),
            (r#""email":"x""#, "/token/email", Fault::BadEmail, "no address"),
            (
                r#""email":"a@x.ca","email":"b@x.ca""#,
                "/token/email",
                Fault::Repeated,
                "twice",
            ),
            (
                r#""locale":["fr"]"#,
                "/token/preferredLanguage",
                Fault::WrongType("a string"),
                "a list",
            ),
            (
                r#""launch":{"patient":7}"#,
                "/token/patientKey",
                Fault::WrongType("a string"),
                "a patient number",
            ),
            (
                r#""launch":{"patient":"a\nb"}"#,
                "/token/patientKey",
                Fault::BadCharacter,
                "a control character",
            ),
        ];
        for (claim, place, fault, reason) in rows {
            let token = read(&format!("{{\"sub\":\"42\",{claim}}}"));
            let expected = FieldError {
                field: (*place).to_owned(),
                fault: *fault,
            };
            assert_eq!((token.errors, token.clinician), (vec![expected], None), "{reason}");
        }
    }

    #[test]
    fn an_unverified_address_is_unusable_however_it_is_written() {
        let strict = ClaimsMap {
            requires_verified_email: true,
            ..map()
        };
        for (verified, usable, usable_when_strict) in [
            (r#","email_verified":true"#, true, true),
            (r#","email_verified":"true""#, true, true),
            (r#","email_verified":"True""#, true, true),
            (r#","email_verified":"TRUE""#, true, true),
            (r#","email_verified":null"#, true, false),
            ("", true, false),
            (r#","email_verified":false"#, false, false),
            (r#","email_verified":"False""#, false, false),
            (r#","email_verified":"true ""#, false, false),
            (r#","email_verified":"yes""#, false, false),
            (r#","email_verified":1"#, false, false),
            (r#","email_verified":[true]"#, false, false),
            (r#","email_verified":true,"email_verified":true"#, false, false),
        ] {
            let json = format!(r#"{{"sub":"42","email":"a@x.ca"{verified}}}"#);
            assert_eq!(read(&json).errors.is_empty(), usable, "{verified}");
            assert_eq!(
                read_as(&json, &strict).errors.is_empty(),
                usable_when_strict,
                "{verified}"
            );
        }
        assert!(
            read(r#"{"sub":"42","email_verified":false}"#).errors.is_empty(),
            "there is no address"
        );
    }

    #[test]
    fn the_flag_is_about_the_claim_email_alone() {
        let other = ClaimsMap {
            email: ClaimPath::parse("upn"),
            ..map()
        };
        let token = read_as(
            r#"{"sub":"42","upn":"a@x.ca","email":"b@x.ca","email_verified":false}"#,
            &other,
        );
        assert!(token.errors.is_empty());
        let by_pointer = ClaimsMap {
            email: ClaimPath::parse("/email"),
            ..map()
        };
        let token = read_as(r#"{"sub":"42","email":"b@x.ca","email_verified":false}"#, &by_pointer);
        assert!(!token.errors.is_empty(), "the same claim by a pointer");
    }

    #[test]
    fn what_directories_leave_blank_is_absent_and_outer_space_is_trimmed() {
        let json = r#"{"sub":"42","given_name":"Noah ","family_name":"","email":"\t noah@x.ca\n",
            "practitioner":{"licences":["  "]},"locale":" fr-CA "}"#;
        let expected = [
            ("userId", "idp:42"),
            ("firstName", "Noah"),
            ("email", "noah@x.ca"),
            ("preferredLanguage", "FR"),
        ];
        assert_eq!(
            fields(json),
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        assert_eq!(read(json).lacking, ["lastName", "licenseNumber"]);
    }

    #[test]
    fn other_languages_are_left_out_and_noticed() {
        for (tag, language, ignored) in [
            ("en", Some(Language::English), false),
            ("FR", Some(Language::French), false),
            ("fr_CA", Some(Language::French), false),
            ("de-CH", None, true),
            ("", None, false),
            (" ", None, false),
        ] {
            let token = read(&format!(r#"{{"sub":"42","locale":"{tag}"}}"#));
            assert_eq!(
                (token.clinician.unwrap().preferred_language, token.language_ignored),
                (language, ignored),
                "{tag}"
            );
        }
    }

    #[test]
    fn a_user_id_is_taken_to_the_letter_or_not_at_all() {
        let longest = "a".repeat(251);
        let good = format!(r#"{{"sub":"{longest}"}}"#);
        assert_eq!(fields(&good), [("userId".to_owned(), format!("idp:{longest}"))]);
        let rows: &[(&str, Fault, &str)] = &[
            ("{}", Fault::Required, "none"),
            (r#"{"sub":null}"#, Fault::Required, "null"),
            (r#"{"sub":7}"#, Fault::WrongType("a string"), "a number"),
            (r#"{"sub":["a"]}"#, Fault::WrongType("a string"), "a list"),
            (r#"{"sub":""}"#, Fault::Empty, "empty"),
            (r#"{"sub":"  "}"#, Fault::Empty, "blank"),
            (r#"{"sub":"a","sub":"a"}"#, Fault::Repeated, "twice"),
            (r#"{"sub":" a"}"#, Fault::OuterSpace, "a space before it"),
            (r#"{"sub":"a\n"}"#, Fault::BadCharacter, "a line feed after it"),
            (r#"{"sub":"e\u0301"}"#, Fault::NotNormalized, "not composed"),
            (
                &format!(r#"{{"sub":"{longest}x"}}"#),
                Fault::TooLong(251),
                "too long with its prefix",
            ),
            (
                &format!(r#"{{"sub":"{longest}{longest}"}}"#),
                Fault::TooLong(255),
                "too long by itself",
            ),
        ];
        for (json, fault, reason) in rows {
            let token = read(json);
            let expected = FieldError {
                field: "/token/userId".to_owned(),
                fault: *fault,
            };
            assert_eq!((token.errors, token.clinician), (vec![expected], None), "{reason}");
        }
    }

    proptest! {
        #[test]
        fn whatever_the_claims_are_the_user_id_is_the_prefix_and_the_claim(id in any::<String>(), name in any::<String>()) {
            let json = serde_json::json!({"sub": id, "given_name": name}).to_string();
            let token = read(&json);
            if let Some(clinician) = token.clinician {
                prop_assert!(token.errors.is_empty());
                prop_assert_eq!(clinician.user_id.as_ref(), format!("idp:{id}"));
            } else {
                prop_assert!(!token.errors.is_empty());
            }
        }
    }
}
