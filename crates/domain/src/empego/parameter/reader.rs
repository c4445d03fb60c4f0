//! Reads parameters strictly: what is malformed is noted, not guessed.

use super::{ExtraParameters, Locale, ParameterName, Parameters};
use crate::{
    fault::{Fault, FieldErrors, UnknownName},
    header_names::is_plain_name,
    near::nearest,
    placeholder::is_placeholder,
    query::{check_value, patient_id},
};

/// Reads parameters one by one, whatever they were written in, and notes every error.
pub(crate) struct ParameterReader<'a> {
    extra: &'a ExtraParameters,
    /// Names seen so far, in lower case.
    seen: Vec<String>,
    parameters: Parameters,
}

impl<'a> ParameterReader<'a> {
    pub(crate) fn new(extra: &'a ExtraParameters) -> Self {
        Self {
            extra,
            seen: Vec::new(),
            parameters: Parameters::default(),
        }
    }

    /// Takes one parameter whose place is under `prefix` (`/query`, `/params`, or nothing for the body's root).
    pub(crate) fn read(
        &mut self,
        prefix: &str,
        name: &str,
        value: impl Into<String> + AsRef<str>,
        errors: &mut FieldErrors,
    ) {
        let is_repeated = self.saw(name);
        self.note(name);
        let found = match self.find(name) {
            Ok(found) => found,
            Err((shown, fault)) => return errors.add(format!("{prefix}/{shown}"), fault),
        };
        if is_repeated {
            return errors.add(found.place(prefix), Fault::Repeated);
        }
        if let Err(fault) = found.check(value.as_ref()) {
            return errors.add(found.place(prefix), fault);
        }
        match found {
            Found::Known(ParameterName::Locale) => match Locale::parse(value.as_ref()) {
                Some(locale) => self.parameters.locale = Some(locale),
                None => errors.add(found.place(prefix), Fault::BadValue("en, fr")),
            },
            Found::Known(known) => self.parameters.stated.push((known.as_str().into(), value.into())),
            Found::Extra { .. } => self.parameters.stated.push((name.to_owned().into(), value.into())),
        }
    }

    /// Notes a parameter that was sent in an unreadable form: it is at least not missing.
    pub(crate) fn note(&mut self, name: &str) {
        self.seen.push(name.to_ascii_lowercase());
    }

    /// Refuses a parameter whatever its value, at the place where it may be shown.
    pub(crate) fn refuse(&mut self, prefix: &str, name: &str, fault: Fault, errors: &mut FieldErrors) {
        match self.find(name) {
            Ok(found) => errors.add(found.place(prefix), fault),
            Err((shown, why)) => errors.add(format!("{prefix}/{shown}"), why),
        }
        self.note(name);
    }

    /// Whether a parameter of this name was sent, valid or not.
    pub(crate) fn saw(&self, name: &str) -> bool {
        self.seen.iter().any(|seen| seen.eq_ignore_ascii_case(name))
    }

    pub(crate) fn into_parameters(self) -> Parameters {
        self.parameters
    }

    /// What a name stands for, or what may be shown of it and why it is refused.
    fn find(&self, name: &str) -> Result<Found, (&'static str, Fault)> {
        for known in ParameterName::ALL.iter().copied() {
            if known.as_str() == name {
                return Ok(Found::Known(known));
            }
            if known.as_str().eq_ignore_ascii_case(name) {
                return Err((known.as_str(), Fault::WrongCase));
            }
        }
        match self.extra {
            ExtraParameters::Any if is_plain_name(name) => Ok(Found::Extra { listed: None }),
            ExtraParameters::Listed(listed) if listed.iter().any(|listed| listed == name) => Ok(Found::Extra {
                listed: Some(name.to_owned()),
            }),
            ExtraParameters::Listed(listed) if listed.iter().any(|listed| listed.eq_ignore_ascii_case(name)) => {
                Err(("*", Fault::WrongCase))
            }
            ExtraParameters::Any => Err(("*", Fault::Unknown)),
            ExtraParameters::Listed(_) => {
                let meant = nearest(name, ParameterName::NAMES);
                let names = ParameterName::ACCEPTED;
                Err(("*", Fault::UnknownName(UnknownName { meant, names })))
            }
        }
    }
}

enum Found {
    Known(ParameterName),
    /// A name of the tenant's settings may be shown; one that the caller made up may not.
    Extra {
        listed: Option<String>,
    },
}

impl Found {
    /// The rule for a value of this parameter. All of Empego's own are ids, but for the locale.
    fn check(&self, value: &str) -> Result<(), Fault> {
        match self {
            Self::Known(ParameterName::PatientKey) => patient_id(value.to_owned()).map(drop),
            Self::Known(ParameterName::AccessKey | ParameterName::ConsultationKey | ParameterName::FollowupKey)
                if is_placeholder(value) =>
            {
                Err(Fault::Placeholder)
            }
            Self::Known(
                ParameterName::AccessKey
                | ParameterName::ConsultationKey
                | ParameterName::FollowupKey
                | ParameterName::Locale,
            )
            | Self::Extra { .. } => check_value(value),
        }
    }

    /// JSON pointer to the parameter, as far as it may be shown.
    fn place(&self, prefix: &str) -> String {
        let shown = match self {
            Self::Known(known) => known.as_str(),
            Self::Extra { listed } => listed.as_deref().unwrap_or("*"),
        };
        format!("{prefix}/{shown}")
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use percent_encoding::utf8_percent_encode;
    use proptest::prelude::*;

    use super::*;
    use crate::query::{ENCODED, pairs};

    fn read(query: &str, extra: &ExtraParameters) -> Result<Parameters, Vec<(String, Fault)>> {
        let mut errors = FieldErrors::default();
        let mut reader = ParameterReader::new(extra);
        for (name, value) in pairs(query, &mut errors) {
            reader.read("/query", &name, value, &mut errors);
        }
        let parameters = reader.into_parameters();
        if errors.is_empty() {
            Ok(parameters)
        } else {
            Err(errors.into_vec().into_iter().map(|e| (e.field, e.fault)).collect())
        }
    }

    fn listed(names: &[&str]) -> ExtraParameters {
        ExtraParameters::Listed(names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn good_queries_come_out_canonical() {
        let rows: &[(&str, &str, &str)] = &[
            ("", "", "nothing"),
            (
                "patientKey=patient123&locale=en",
                "patientKey=patient123&locale=en",
                "Empego's sample",
            ),
            (
                "locale=FR&patientKey=p",
                "patientKey=p&locale=fr",
                "the locale in lower case",
            ),
            ("patientKey=a+b%2Bc", "patientKey=a%20b%2Bc", "plus is a space"),
            ("patientKey=a=b", "patientKey=a%3Db", "only the first = separates"),
            (
                "patientKey=%26x%3D1%23",
                "patientKey=%26x%3D1%23",
                "nothing breaks out of a value",
            ),
            (
                "%70atientKey=é",
                "patientKey=%C3%A9",
                "an escaped name, a raw character",
            ),
            ("wardName=7", "wardName=7", "listed by the tenant"),
            ("patientKey=a&", "patientKey=a", "an empty pair at the end"),
            (
                "&&patientKey=a&&locale=en&",
                "patientKey=a&locale=en",
                "empty pairs everywhere",
            ),
        ];
        for (query, canonical, reason) in rows {
            assert_eq!(
                read(query, &listed(&["wardName"])).unwrap().query(),
                *canonical,
                "{reason}"
            );
        }
    }

    #[test]
    fn bad_queries_are_refused_at_their_place() {
        let long = format!("patientKey={}", "a".repeat(513));
        let rows: &[(&str, &str, Fault, &str)] = &[
            ("patientKey", "/query/*", Fault::NoEqualsSign, "no ="),
            ("patientKey=", "/query/patientKey", Fault::Empty, "an empty value"),
            (&long, "/query/patientKey", Fault::TooLong(512), "513 characters"),
            (
                "patientKey=a%0Ab",
                "/query/patientKey",
                Fault::BadCharacter,
                "a line feed",
            ),
            (
                "patientKey=a%zz",
                "/query/*",
                Fault::BadPercent,
                "no hexadecimal digits",
            ),
            ("patientKey=a%4", "/query/*", Fault::BadPercent, "half an escape"),
            ("patientKey=%E9", "/query/*", Fault::NotUtf8, "Latin-1"),
            (
                "patientKey=a&patientKey=b",
                "/query/patientKey",
                Fault::Repeated,
                "twice",
            ),
            ("patientkey=a", "/query/patientKey", Fault::WrongCase, "other case"),
            ("wardname=a", "/query/*", Fault::WrongCase, "other case of a listed one"),
            (
                "secretName=a",
                "/query/*",
                Fault::UnknownName(UnknownName {
                    meant: None,
                    names: ParameterName::ACCEPTED,
                }),
                "not granted, and not echoed",
            ),
            (
                "locale=de",
                "/query/locale",
                Fault::BadValue("en, fr"),
                "another language",
            ),
        ];
        for (query, place, fault, reason) in rows {
            let errors = read(query, &listed(&["wardName"])).unwrap_err();
            assert_eq!(errors, [((*place).to_owned(), *fault)], "{reason}");
        }
    }

    #[test]
    fn a_query_is_bounded_before_anything_in_it_is_compared() {
        let many = |count: usize| (0..count).map(|at| format!("p{at}=1")).collect::<Vec<_>>().join("&");
        assert!(read(&many(64), &ExtraParameters::Any).is_ok());
        assert!(
            read(&format!("&{}&&", many(64)), &ExtraParameters::Any).is_ok(),
            "empty pairs do not count"
        );
        assert_eq!(
            read(&many(65), &ExtraParameters::Any).unwrap_err(),
            [("/query".to_owned(), Fault::TooMany(64))]
        );
        for large in [
            format!("patientKey={}", "%41".repeat(3000)),
            "&".repeat(8193),
            "%zz&".repeat(2049),
        ] {
            let errors = read(&large, &ExtraParameters::Any).unwrap_err();
            assert_eq!(errors, [("/query".to_owned(), Fault::TooLarge(8192))]);
        }
    }

    #[test]
    fn repeats_in_other_case_are_noted_whichever_comes_first() {
        for query in ["patientKey=a&PATIENTKEY=b", "PATIENTKEY=a&patientKey=b"] {
            let errors = read(query, &ExtraParameters::Any).unwrap_err();
            assert!(
                errors.contains(&("/query/patientKey".to_owned(), Fault::WrongCase)),
                "{query}"
            );
        }
        let errors = read("ward=a&Ward=b", &ExtraParameters::Any).unwrap_err();
        assert_eq!(errors, [("/query/*".to_owned(), Fault::Repeated)]);
    }

    #[test]
    fn any_extra_parameter_still_needs_a_plain_name_that_is_not_reserved() {
        for name in ["ward", "_count", "a.b:c-d"] {
            assert!(read(&format!("{name}=1"), &ExtraParameters::Any).is_ok(), "{name}");
        }
        for name in [
            "",
            "a%20b",
            "a/b",
            "Api-Key",
            "x_integration_user",
            "X-Tenant-Key",
            "%C3%A9",
        ] {
            let errors = read(&format!("{name}=1"), &ExtraParameters::Any).unwrap_err();
            assert_eq!(errors, [("/query/*".to_owned(), Fault::Unknown)], "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_query_reads_without_a_panic_and_an_accepted_one_reads_again(query in "[a-zA-Z%0-9=&+é#\\PC]{0,80}") {
            if let Ok(parameters) = read(&query, &ExtraParameters::Any) {
                let written = parameters.query();
                prop_assert!(written.bytes().all(|byte| byte.is_ascii_graphic()));
                prop_assert_eq!(read(&written, &ExtraParameters::Any).unwrap(), parameters);
            }
        }

        #[test]
        fn values_survive_encoding_to_the_letter(value in "\\PC{1,60}") {
            let encoded: String = utf8_percent_encode(&value, ENCODED).collect();
            let mut errors = FieldErrors::default();
            let query = format!("a={encoded}");
            let read = pairs(&query, &mut errors);
            prop_assert_eq!(read, [(Cow::from("a"), Cow::from(value))]);
        }
    }
}
