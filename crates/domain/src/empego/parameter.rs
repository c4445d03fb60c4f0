//! The query parameters of a launch: read strictly, once, and written back percent-encoded.

mod reader;

use std::{borrow::Cow, fmt};

use percent_encoding::utf8_percent_encode;

pub(super) use reader::ParameterReader;

use crate::{clinician::Language, query::ENCODED};

/// The parameters Empego's pages name. `accessKey`, `consultationKey` and `followupKey` are the names of values in
/// its answers; that they are also the parameters' names is inferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterName {
    /// The patient.
    PatientKey,
    /// The language of the page.
    Locale,
    /// The consultation a patient answers.
    AccessKey,
    /// One consultation.
    ConsultationKey,
    /// One follow-up.
    FollowupKey,
}

impl ParameterName {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::PatientKey,
        Self::Locale,
        Self::AccessKey,
        Self::ConsultationKey,
        Self::FollowupKey,
    ];

    /// All of their names.
    pub const NAMES: &[&str] = &["patientKey", "locale", "accessKey", "consultationKey", "followupKey"];

    /// All of them in words, with those that a tenant may add.
    pub(super) const ACCEPTED: &[&str] = &[
        "patientKey",
        "locale",
        "accessKey",
        "consultationKey",
        "followupKey",
        "and what the tenant's extra_params lists",
    ];

    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PatientKey => "patientKey",
            Self::Locale => "locale",
            Self::AccessKey => "accessKey",
            Self::ConsultationKey => "consultationKey",
            Self::FollowupKey => "followupKey",
        }
    }
}

/// The parameters a tenant lets through beside those in [`ParameterName`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExtraParameters {
    /// These, in exactly this spelling.
    Listed(Vec<String>),
    /// Any with a plain name: Empego does not publish the names that most of its endpoints take.
    Any,
}

/// The language of Empego's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    /// English.
    English,
    /// French.
    French,
}

impl Locale {
    /// Reads `en` or `fr`, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::English, Self::French]
            .into_iter()
            .find(|locale| locale.as_str().eq_ignore_ascii_case(text))
    }

    /// As it is sent: lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }
}

impl From<Language> for Locale {
    fn from(language: Language) -> Self {
        match language {
            Language::English => Self::English,
            Language::French => Self::French,
        }
    }
}

/// The valid parameters of one launch. `Debug` shows no value.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    locale: Option<Locale>,
    /// All others, in the order sent.
    stated: Vec<(Cow<'static, str>, String)>,
}

impl Parameters {
    /// Sets the locale if none was sent.
    pub fn default_locale(&mut self, locale: Option<Locale>) {
        self.locale = self.locale.or(locale);
    }

    /// Names the patient if none was sent.
    pub(super) fn default_patient(&mut self, patient: &str) {
        let name = ParameterName::PatientKey.as_str();
        if !self.has(name) {
            self.stated.insert(0, (name.into(), patient.to_owned()));
        }
    }

    /// The patient, if one is named.
    pub(super) fn patient(&self) -> Option<&str> {
        self.value(ParameterName::PatientKey)
    }

    /// The value that was sent under a name.
    pub(super) fn value(&self, name: ParameterName) -> Option<&str> {
        let (_, value) = self.stated.iter().find(|(stated, _)| stated == name.as_str())?;
        Some(value)
    }

    /// The names of all that were sent beside the patient and the locale.
    pub(super) fn beside_patient(&self) -> impl Iterator<Item = &str> {
        let names = self.stated.iter().map(|(name, _)| name.as_ref());
        names.filter(|name| *name != ParameterName::PatientKey.as_str())
    }

    /// Whether this parameter will be sent.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        match self.locale {
            Some(_) if name == ParameterName::Locale.as_str() => true,
            Some(_) | None => self.stated.iter().any(|(stated, _)| stated == name),
        }
    }

    /// The query string, percent-encoded, without `?`. Nothing in it can end the query or start another parameter.
    #[must_use]
    pub fn query(&self) -> String {
        let locale = self
            .locale
            .map(|locale| (ParameterName::Locale.as_str(), locale.as_str()));
        let stated = self.stated.iter().map(|(name, value)| (name.as_ref(), value.as_str()));
        let all = stated.chain(locale);
        let plain_bytes = all
            .clone()
            .map(|(name, value)| name.len() + value.len() + "&=".len())
            .sum();
        let mut query = String::with_capacity(plain_bytes);
        for (name, value) in all {
            if !query.is_empty() {
                query.push('&');
            }
            query.extend(utf8_percent_encode(name, ENCODED));
            query.push('=');
            query.extend(utf8_percent_encode(value, ENCODED));
        }
        query
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Parameters({} sent)", self.stated.len())
    }
}
