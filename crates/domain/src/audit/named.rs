//! Whom an attempt is about, in clear. It lives as long as the request: a record has pseudonyms and what is sealed.

use std::{borrow::Cow, collections::BTreeMap};

use super::json::write_texts;

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

    /// All of them as one JSON object, as records seal it: the persons, then the rest in the order of their names.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let subjects: BTreeMap<_, _> = self
            .subjects
            .iter()
            .map(|(subject, name)| (subject.as_str(), &**name))
            .collect();
        let persons = [("clinician", &self.clinician), ("patient", &self.patient)];
        let persons = persons
            .into_iter()
            .filter_map(|(kind, name)| Some((kind, name.as_deref()?)));
        let mut json = Vec::with_capacity(128);
        write_texts(persons.chain(subjects), &mut json);
        json
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_sealed_is_an_object_in_a_fixed_order() {
        let named = Named {
            clinician: Some("emp\"1".into()),
            patient: None,
            subjects: vec![
                (Subject::Team, "t".into()),
                (Subject::Order, "o".into()),
                (Subject::Team, "É\n".into()),
            ],
        };
        let json = named.to_json();
        let expected = r#"{"clinician":"emp\"1","order":"o","team":"É\n"}"#;
        assert_eq!(String::from_utf8(json).unwrap(), expected);
    }

    #[test]
    fn whoever_is_not_named_is_not_there() {
        for (clinician, patient) in [
            (None, None),
            (None, Some("p")),
            (Some("c"), None),
            (Some("c"), Some("p")),
        ] {
            let named = Named {
                clinician: clinician.map(Cow::from),
                patient: patient.map(Cow::from),
                subjects: Vec::new(),
            };
            let read: serde_json::Value = serde_json::from_slice(&named.to_json()).unwrap();
            let mut expected = json!({});
            for (kind, name) in [("clinician", clinician), ("patient", patient)] {
                if let Some(name) = name {
                    expected[kind] = name.into();
                }
            }
            assert_eq!(read, expected);
        }
    }
}
