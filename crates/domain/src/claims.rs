//! The clinician in a verified token: which claims say who acts, and for which patient.

use serde::{Deserialize, Deserializer};

use super::{
    clinician::{Clinician, Email, Language, LicenseNumber, Name, UserId},
    fault::{Fault, FieldError, FieldErrors},
    json::Raw,
    query::patient_id,
};

/// The claims of a token, members that are stated twice included.
#[derive(Clone)]
pub struct Claims(Raw);

/// Where a claim is: a name, or a JSON pointer (`/practitioner/license`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimPath(Vec<String>);

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
    /// E-mail; usable unless `email_verified` is false.
    pub email: Option<ClaimPath>,
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
    /// The mapped claims that are there and cannot be used.
    pub(crate) errors: Vec<FieldError>,
}

/// Whether a launch is bound to one patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PatientBinding {
    /// It is not.
    Unbound,
    /// It should be, and nobody is named.
    Missing,
    /// To this one.
    Bound(String),
}

impl ClaimPath {
    /// Reads a name, or a JSON pointer if it starts with a slash.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let steps: Vec<String> = match text.strip_prefix('/') {
            None => vec![text.to_owned()],
            Some(pointer) => pointer
                .split('/')
                .map(|step| step.replace("~1", "/").replace("~0", "~"))
                .collect(),
        };
        steps.iter().all(|step| !step.is_empty()).then_some(Self(steps))
    }
}

impl Claims {
    /// The identifier of the person acting.
    #[must_use]
    pub fn user_id(&self, map: &ClaimsMap) -> Option<UserId> {
        match self.find(&map.user_id) {
            Ok(Some(Raw::Text(id))) if UserId::parse(id.clone()).is_ok() => {
                UserId::parse(format!("{}{id}", map.user_id_prefix)).ok()
            }
            Ok(_) | Err(_) => None,
        }
    }

    /// Everything else that the token says.
    #[must_use]
    pub fn clinician(&self, user_id: UserId, map: &ClaimsMap) -> TokenClinician {
        let mut errors = FieldErrors::default();
        let first_name = self.text(map.first_name.as_ref(), "firstName", &mut errors, Name::parse);
        let last_name = self.text(map.last_name.as_ref(), "lastName", &mut errors, Name::parse);
        let email = self.text(map.email.as_ref(), "email", &mut errors, Email::parse);
        if email.is_some() && self.says_unverified() {
            errors.add(
                "/token/email",
                Fault::NotAccepted("The token says that this address is not verified"),
            );
        }
        let license_number = self.text(
            map.license_number.as_ref(),
            "licenseNumber",
            &mut errors,
            LicenseNumber::parse,
        );
        let language = self.text(map.preferred_language.as_ref(), "preferredLanguage", &mut errors, Ok);
        let preferred_language = language.as_deref().and_then(language_of);
        let patient = self.text(map.patient_key.as_ref(), "patientKey", &mut errors, patient_id);
        let clinician = Clinician {
            user_id,
            first_name,
            last_name,
            email,
            license_number,
            preferred_language,
        };
        TokenClinician {
            clinician: errors.is_empty().then_some(clinician),
            patient: match (&map.patient_key, patient) {
                (None, _) => PatientBinding::Unbound,
                (Some(_), None) => PatientBinding::Missing,
                (Some(_), Some(patient)) => PatientBinding::Bound(patient),
            },
            language_ignored: language.is_some() && preferred_language.is_none(),
            errors: errors.into_vec(),
        }
    }

    /// A claim that is one text.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        match self.find(&ClaimPath(vec!["iss".to_owned()])) {
            Ok(Some(Raw::Text(issuer))) => Some(issuer),
            Ok(_) | Err(_) => None,
        }
    }

    /// Whether this audience is among those the token is for.
    #[must_use]
    pub fn is_for(&self, audience: &str) -> bool {
        match self.find(&ClaimPath(vec!["aud".to_owned()])) {
            Ok(Some(Raw::Text(only))) => only == audience,
            Ok(Some(Raw::List(several))) => several
                .iter()
                .any(|one| matches!(one, Raw::Text(one) if one == audience)),
            Ok(_) | Err(_) => false,
        }
    }

    /// Some issuers write the boolean as a text.
    fn says_unverified(&self) -> bool {
        match self.find(&ClaimPath(vec!["email_verified".to_owned()])) {
            Ok(None | Some(Raw::Null | Raw::Boolean(true))) => false,
            Ok(Some(Raw::Text(text))) => text != "true",
            Ok(Some(Raw::Boolean(false) | Raw::Number | Raw::List(_) | Raw::Object(_))) | Err(_) => true,
        }
    }

    /// A mapped claim that is a text; absent or `null` is nothing, anything else a mistake.
    pub(crate) fn text<T>(
        &self,
        path: Option<&ClaimPath>,
        name: &str,
        errors: &mut FieldErrors,
        parse: impl FnOnce(String) -> Result<T, Fault>,
    ) -> Option<T> {
        let parsed = match self.find(path?) {
            Ok(None | Some(Raw::Null)) => return None,
            Ok(Some(Raw::Text(text))) => parse(text.clone()),
            Ok(Some(Raw::Boolean(_) | Raw::List(_) | Raw::Object(_) | Raw::Number)) => {
                Err(Fault::WrongType("a string"))
            }
            Err(fault) => Err(fault),
        };
        parsed.map_err(|fault| errors.add(format!("/token/{name}"), fault)).ok()
    }

    fn find(&self, path: &ClaimPath) -> Result<Option<&Raw>, Fault> {
        let mut here = &self.0;
        for step in &path.0 {
            let next = match here {
                Raw::Object(members) => {
                    let mut found = members.iter().filter(|(name, _)| name == step);
                    let first = found.next();
                    if found.next().is_some() {
                        return Err(Fault::Repeated);
                    }
                    first.map(|(_, value)| value)
                }
                Raw::List(items) => step.parse::<usize>().ok().and_then(|at| items.get(at)),
                Raw::Null | Raw::Boolean(_) | Raw::Text(_) | Raw::Number => None,
            };
            let Some(next) = next else {
                return Ok(None);
            };
            here = next;
        }
        Ok(Some(here))
    }
}

/// The language of a tag such as `fr-CA`.
fn language_of(tag: &str) -> Option<Language> {
    let primary = tag.split(['-', '_']).next().unwrap_or_default();
    Language::parse(primary.to_owned()).ok()
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Raw::deserialize(deserializer).map(Self)
    }
}

impl std::fmt::Debug for Claims {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Claims(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> ClaimsMap {
        let path = |text| ClaimPath::parse(text);
        ClaimsMap {
            user_id: path("sub").unwrap(),
            user_id_prefix: "idp:".to_owned(),
            first_name: path("given_name"),
            last_name: path("family_name"),
            email: path("email"),
            license_number: path("/practitioner/licences/0"),
            preferred_language: path("locale"),
            patient_key: path("/launch/patient"),
        }
    }

    fn read(json: &str) -> TokenClinician {
        let claims: Claims = serde_json::from_str(json).unwrap();
        claims.clinician(claims.user_id(&map()).unwrap(), &map())
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
            (r#""family_name":" ""#, "/token/lastName", Fault::Empty, "blank"),
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
        for (verified, usable) in [
            ("true", true),
            ("\"true\"", true),
            ("null", true),
            ("false", false),
            ("\"false\"", false),
            ("0", false),
        ] {
            let token = read(&format!(
                r#"{{"sub":"42","email":"a@x.ca","email_verified":{verified}}}"#
            ));
            assert_eq!(token.errors.is_empty(), usable, "{verified}");
        }
        assert!(
            read(r#"{"sub":"42","email_verified":false}"#).errors.is_empty(),
            "there is no address"
        );
    }

    #[test]
    fn other_languages_are_left_out_and_noticed() {
        for (tag, language, ignored) in [
            ("en", Some(Language::English), false),
            ("FR", Some(Language::French), false),
            ("fr_CA", Some(Language::French), false),
            ("de-CH", None, true),
            ("", None, true),
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
    fn without_a_usable_user_id_there_is_nobody() {
        for json in [
            "{}",
            r#"{"sub":7}"#,
            r#"{"sub":""}"#,
            r#"{"sub":"a","sub":"b"}"#,
            r#"{"sub":" a"}"#,
            r#"{"sub":"e\u0301"}"#,
            "[]",
        ] {
            let claims: Claims = serde_json::from_str(json).unwrap();
            assert_eq!(claims.user_id(&map()), None, "{json}");
        }
    }

    #[test]
    fn audiences_are_one_or_several() {
        for (aud, fits) in [
            (r#""gw""#, true),
            (r#"["x","gw"]"#, true),
            (r#""gw2""#, false),
            ("[7]", false),
            ("null", false),
        ] {
            let claims: Claims = serde_json::from_str(&format!("{{\"aud\":{aud}}}")).unwrap();
            assert_eq!(claims.is_for("gw"), fits, "{aud}");
        }
    }
}
