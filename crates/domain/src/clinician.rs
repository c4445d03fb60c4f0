//! The clinician a launch acts as. A value of these types is valid: only the parsers here make them.

use std::fmt;

use serde::Serialize;
use validator::ValidateEmail as _;

use super::{
    fault::{Fault, FieldErrors},
    json::{Members, Raw},
    text::{self, Normalization},
};

/// The person acting, as the host's own system knows them. Its members are those of Empego's user object (Empego's
/// page "Get embeddable with user"), in the order in which they are sent. `Debug` shows no value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Clinician {
    pub(crate) user_id: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_name: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_name: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<Email>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) license_number: Option<LicenseNumber>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) preferred_language: Option<Language>,
}

/// The members of a clinician.
const NAMES: &[&str] = &[
    "userId",
    "firstName",
    "lastName",
    "email",
    "licenseNumber",
    "preferredLanguage",
];

/// How much of a profile came with the `userId`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// `userId` alone.
    IdOnly,
    /// Other fields too, but not all of first name, last name and e-mail.
    Partial,
    /// First name, last name and e-mail, and perhaps more: enough for Empego to create the user.
    Complete,
}

impl Clinician {
    /// Reads a clinician from one JSON object: the body's `clinician`, or the decoded header. `null` counts as
    /// absent. Every error is noted under `place`; with any, there is no clinician.
    pub(crate) fn parse(raw: Raw<'_>, place: &str, errors: &mut FieldErrors) -> Option<Self> {
        let mistakes_before = errors.len();
        let mut members = Members::of(raw, place, errors)?;
        let user_id = field(&mut members, "userId", errors, UserId::parse);
        if user_id.is_none() && errors.len() == mistakes_before {
            errors.add(members.place("userId"), Fault::Required);
        }
        let first_name = field(&mut members, "firstName", errors, Name::parse);
        let last_name = field(&mut members, "lastName", errors, Name::parse);
        let email = field(&mut members, "email", errors, Email::parse);
        let license_number = field(&mut members, "licenseNumber", errors, LicenseNumber::parse);
        let preferred_language = field(&mut members, "preferredLanguage", errors, Language::parse);
        members.finish(NAMES, errors);
        if errors.len() > mistakes_before {
            return None;
        }
        Some(Self {
            user_id: user_id?,
            first_name,
            last_name,
            email,
            license_number,
            preferred_language,
        })
    }

    /// How complete the profile is.
    #[must_use]
    pub fn profile(&self) -> Profile {
        let needed = [
            self.first_name.is_some(),
            self.last_name.is_some(),
            self.email.is_some(),
        ];
        if needed == [true; 3] {
            Profile::Complete
        } else if needed == [false; 3] && self.license_number.is_none() && self.preferred_language.is_none() {
            Profile::IdOnly
        } else {
            Profile::Partial
        }
    }

    /// Whether a licence number came with the profile.
    #[must_use]
    pub fn has_license(&self) -> bool {
        self.license_number.is_some()
    }

    /// The fields Empego requires of a new user that were not sent, by Empego's names.
    #[must_use]
    pub fn missing_of_new_user(&self) -> Vec<&'static str> {
        [
            ("firstName", self.first_name.is_some()),
            ("lastName", self.last_name.is_some()),
            ("email", self.email.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, stated)| (!stated).then_some(name))
        .collect()
    }

    /// The clinician's identifier.
    #[must_use]
    pub fn user_id(&self) -> &UserId {
        &self.user_id
    }

    /// The language the clinician prefers, if sent.
    #[must_use]
    pub fn preferred_language(&self) -> Option<Language> {
        self.preferred_language
    }

    /// The fields that were sent, with Empego's names and the values as sent, for those who were asked to show them.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("userId", Some(self.user_id.as_ref())),
            ("firstName", self.first_name.as_ref().map(AsRef::as_ref)),
            ("lastName", self.last_name.as_ref().map(AsRef::as_ref)),
            ("email", self.email.as_ref().map(AsRef::as_ref)),
            ("licenseNumber", self.license_number.as_ref().map(AsRef::as_ref)),
            ("preferredLanguage", self.preferred_language.map(Language::as_str)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }
}

fn field<T>(
    members: &mut Members<'_>,
    name: &str,
    errors: &mut FieldErrors,
    parse: impl FnOnce(String) -> Result<T, Fault>,
) -> Option<T> {
    let text = members.nullable_text(name, errors)?;
    parse(text).map_err(|fault| errors.add(members.place(name), fault)).ok()
}

/// A text type that only its `parse` makes, and whose `Debug` never shows the value.
macro_rules! text_types {
    ($($(#[$doc:meta])* $name:ident: $parse:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The one way to make one.
            ///
            /// # Errors
            /// The rule that the text breaks; never the text.
            pub fn parse(text: String) -> Result<Self, Fault> {
                let parse: fn(String) -> Result<String, Fault> = $parse;
                parse(text).map(Self)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}

text_types! {
    /// Identifier of the clinician in the host's own system (Empego's `userId`): 1 to 255 characters, as many as an
    /// `OpenID` Connect `sub` may have, never rewritten, so that distinct identifiers stay distinct.
    UserId: |text| text::parse_id(text, 255);

    /// An e-mail address by the HTML standard's rule: at most 254 characters, ASCII, no address literal.
    Email: |text| {
        let text = text::parse(text, 254, Normalization::Keep)?;
        if is_plain_email(&text) || (text.is_ascii() && !text.contains('[') && text.validate_email()) {
            Ok(text)
        } else if has_good_domain(&text) {
            Err(Fault::BadEmailName)
        } else {
            Err(Fault::BadEmail)
        }
    };

    /// A professional licence number: 1 to 64 characters.
    LicenseNumber: |text| text::parse(text, 64, Normalization::Keep);
}

/// A first or last name: 1 to 100 characters, sent as it was written. Two that differ in normalization alone are equal.
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub struct Name(String);

impl Name {
    /// The one way to make one.
    ///
    /// # Errors
    /// The rule that the text breaks; never the text.
    pub fn parse(text: String) -> Result<Self, Fault> {
        text::parse_written(text, 100).map(Self)
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        text::reads_the_same(&self.0, &other.0)
    }
}

impl Eq for Name {}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Name(…)")
    }
}

/// Whether only the part before the `@` can be at fault.
fn has_good_domain(text: &str) -> bool {
    text.rsplit_once('@')
        .is_some_and(|(_, domain)| domain.is_ascii() && !domain.contains('[') && format!("a@{domain}").validate_email())
}

/// Whether an address is of the plain kind that nearly all are of. The rule's own way to say yes to these goes through
/// regular expressions, which cost a tenth of a launch.
fn is_plain_email(text: &str) -> bool {
    let stands_in_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let stands_in_label = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    let is_label = |label: &[u8]| {
        (1..=63).contains(&label.len())
            && label.iter().all(stands_in_label)
            && !label.starts_with(b"-")
            && !label.ends_with(b"-")
    };
    let mut parts = text.as_bytes().splitn(2, |byte| *byte == b'@');
    matches!((parts.next(), parts.next()), (Some(local), Some(domain))
        if (1..=64).contains(&local.len())
            && local.iter().all(stands_in_word)
            && domain.split(|byte| *byte == b'.').all(is_label))
}

/// Empego's two languages, as `preferredLanguage` writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Language {
    /// French.
    #[serde(rename = "FR")]
    French,
    /// English.
    #[serde(rename = "EN")]
    English,
}

impl Language {
    /// Reads `FR` or `EN` in any case.
    ///
    /// # Errors
    /// [`Fault::BadValue`], or [`Fault::Empty`] for a blank text.
    #[expect(clippy::needless_pass_by_value, reason = "one signature for all field parsers")]
    pub(crate) fn parse(text: String) -> Result<Self, Fault> {
        if text.trim().is_empty() {
            Err(Fault::Empty)
        } else if text.eq_ignore_ascii_case("FR") {
            Ok(Self::French)
        } else if text.eq_ignore_ascii_case("EN") {
            Ok(Self::English)
        } else {
            Err(Fault::BadValue("FR, EN"))
        }
    }

    /// As Empego writes it: upper case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::French => "FR",
            Self::English => "EN",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fault::UnknownName;

    fn parse(json: &str) -> Result<Clinician, Vec<(String, Fault)>> {
        let mut errors = FieldErrors::default();
        let clinician = Clinician::parse(Raw::parse(json.as_bytes()).unwrap(), "", &mut errors);
        clinician.ok_or_else(|| errors.into_vec().into_iter().map(|e| (e.field, e.fault)).collect())
    }

    #[test]
    fn all_field_errors_come_out_at_once() {
        let wrong = parse(
            r#"{"firstName":"","lastName":7,"email":"x@[127.0.0.1]","licenseNumber":"a\nb","preferredLanguage":"DE","x":1}"#,
        );
        let expected = [
            ("/userId", Fault::Required),
            ("/firstName", Fault::Empty),
            ("/lastName", Fault::WrongType("a string")),
            ("/email", Fault::BadEmail),
            ("/licenseNumber", Fault::BadCharacter),
            ("/preferredLanguage", Fault::BadValue("FR, EN")),
            (
                "/*",
                Fault::UnknownName(UnknownName {
                    meant: None,
                    names: NAMES,
                }),
            ),
        ]
        .map(|(field, fault)| (field.to_owned(), fault));
        assert_eq!(wrong.unwrap_err(), expected);
    }

    #[test]
    fn null_counts_as_absent_but_not_as_a_user_id() {
        let clinician = parse(r#"{"userId":"u","firstName":null,"email":null}"#).unwrap();
        assert_eq!(clinician.profile(), Profile::IdOnly);
        assert_eq!(
            parse(r#"{"userId":null}"#).unwrap_err(),
            [("/userId".to_owned(), Fault::Required)]
        );
    }

    #[test]
    fn an_invalid_user_id_is_not_called_missing() {
        assert_eq!(parse(r#"{"userId":5}"#).unwrap_err().len(), 1);
        assert_eq!(parse(r#"{"userId":"a","userId":"b"}"#).unwrap_err().len(), 1);
        assert_eq!(
            parse(r#"{"userId":null,"userId":"b"}"#).unwrap_err(),
            [("/userId".to_owned(), Fault::Repeated)]
        );
    }

    #[test]
    fn email_addresses_follow_the_rule() {
        let longest = format!(
            "{}@{}.ca",
            "a".repeat(64),
            ["b".repeat(61), "c".repeat(61), "d".repeat(62)].join(".")
        );
        let rows: &[(&str, bool, &str)] = &[
            ("alice.johnson@clinic.com", true, "the golden one"),
            ("o'brien+tag@clinic.ca", true, "apostrophe and plus"),
            (longest.as_str(), true, "254 characters"),
            (&format!("x{longest}"), false, "255 characters"),
            ("élodie@clinic.ca", false, "the local part must be ASCII"),
            ("e@clínica.example", false, "an internationalised domain"),
            ("e@\u{ff41}.ca", false, "a full-width domain would be mapped to another"),
            ("e@[127.0.0.1]", false, "an address literal"),
            ("e@x[127.0.0.1]", false, "an address literal with something before it"),
            ("e@", false, "no domain"),
            ("@clinic.ca", false, "no local part"),
            ("clinic.ca", false, "no @"),
            ("a b@clinic.ca", false, "a space"),
        ];
        for (text, valid, reason) in rows {
            assert_eq!(Email::parse((*text).to_owned()).is_ok(), *valid, "{reason}");
        }
        assert_eq!(longest.chars().count(), 254);
    }

    #[test]
    fn the_part_of_an_address_that_is_at_fault_is_named() {
        let rows: &[(&str, Fault, &str)] = &[
            ("élodie@clinic.ca", Fault::BadEmailName, "an accent before the @"),
            ("a b@clinic.ca", Fault::BadEmailName, "a space before the @"),
            ("@clinic.ca", Fault::BadEmailName, "nothing before the @"),
            ("a@b@clinic.ca", Fault::BadEmailName, "an @ before the @"),
            (
                &format!("{}@clinic.ca", "a".repeat(65)),
                Fault::BadEmailName,
                "too much before the @",
            ),
            ("e@clínica.example", Fault::BadEmail, "the domain"),
            ("élodie@clínica.example", Fault::BadEmail, "both"),
            ("élodie", Fault::BadEmail, "no @"),
            ("élodie@", Fault::BadEmail, "no domain"),
            ("é@[127.0.0.1]", Fault::BadEmail, "an address literal"),
        ];
        for (text, fault, reason) in rows {
            assert_eq!(Email::parse((*text).to_owned()), Err(*fault), "{reason}");
        }
    }

    proptest! {
        #[test]
        fn a_plain_address_is_one_by_the_rule_too(
            text in prop_oneof![
                "[a-zA-Z0-9._-]{0,66}@[a-z0-9.-]{0,70}",
                "[a-z.]{1,9}@[a-z0-9]{1,64}(\\.[a-z0-9-]{1,64}){0,3}",
                any::<String>(),
            ],
        ) {
            prop_assume!(text.len() <= 254);
            if is_plain_email(&text) {
                prop_assert!(text.validate_email(), "{text}");
            }
        }
    }

    #[test]
    fn debug_shows_no_value() {
        let clinician = parse(r#"{"userId":"canary","firstName":"canary","email":"canary@x.ca"}"#).unwrap();
        assert!(!format!("{clinician:?}").contains("canary"));
    }
}
