//! Whom an attempt is about, in clear. It lives as long as the request: a record has pseudonyms and what is sealed.

use std::borrow::Cow;

/// What else than a clinician or a patient an attempt was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A consultation, by `consultationKey`.
    Consultation,
    /// A follow-up, by `followupKey`.
    Followup,
    /// An order at Junction.
    Order,
    /// A team at Junction, as the request or the host names it.
    Team,
}

impl Subject {
    /// As in a record's `subjects`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consultation => "consultation",
            Self::Followup => "followup",
            Self::Order => "order",
            Self::Team => "team",
        }
    }
}

/// Whom an attempt is about, as far as is known. `Debug` would show it, so there is none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Named<'a> {
    /// Who acts.
    pub clinician: Option<Cow<'a, str>>,
    /// Whose chart it is.
    pub patient: Option<Cow<'a, str>>,
    /// What else is named.
    pub subjects: Vec<(Subject, Cow<'a, str>)>,
}

impl Named<'_> {
    /// Whether no person and nothing else is named.
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        self.clinician.is_none() && self.patient.is_none() && self.subjects.is_empty()
    }
}
