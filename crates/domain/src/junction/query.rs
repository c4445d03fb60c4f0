//! Reads the queries of Fast Launch and session continuation: the same names, by the same rules.

use super::{Environment, Feature, IntegrationTeamId, JunctionId, Modality};
use crate::{
    clinician::UserId,
    fault::{Fault, FieldErrors, UnknownName},
    query::pairs,
};

/// The names that mean something.
const NAMES: &[&str] = &[
    "integration_member_id",
    "member_id",
    "integration_team_id",
    "team_id",
    "modality",
    "feature",
    "environment",
];

/// What a query may state. Each once.
#[derive(Debug, Default)]
pub(super) struct LaunchQuery {
    pub(super) integration_member_id: Option<UserId>,
    pub(super) member_id: Option<JunctionId>,
    pub(super) integration_team_id: Option<IntegrationTeamId>,
    pub(super) team_id: Option<JunctionId>,
    pub(super) modality: Option<Modality>,
    pub(super) feature: Option<Feature>,
    pub(super) environment: Option<Environment>,
    /// The names that were there, in whatever shape.
    seen: Vec<String>,
}

/// What becomes of names that mean nothing here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnknownNames {
    /// They are an error.
    Refused,
    /// They are ignored, and not passed on: the caller did not write the query.
    Ignored,
}

impl LaunchQuery {
    pub(super) fn read(query: &str, others: UnknownNames, errors: &mut FieldErrors) -> Self {
        let mut stated = Self::default();
        for (name, value) in pairs(query, errors) {
            stated.take(&name, value.into_owned(), others, errors);
        }
        stated
    }

    /// Whether this was sent, valid or not.
    pub(super) fn saw(&self, name: &str) -> bool {
        self.seen.iter().any(|seen| seen == name)
    }

    fn take(&mut self, name: &str, value: String, others: UnknownNames, errors: &mut FieldErrors) {
        let is_repeated = self.saw(name);
        let (place, fault) = match name {
            "integration_member_id" => (
                "/query/integration_member_id",
                keep(&mut self.integration_member_id, UserId::parse(value)),
            ),
            "member_id" => ("/query/member_id", keep(&mut self.member_id, JunctionId::parse(&value))),
            "integration_team_id" => (
                "/query/integration_team_id",
                keep(&mut self.integration_team_id, IntegrationTeamId::parse(value)),
            ),
            "team_id" => ("/query/team_id", keep(&mut self.team_id, JunctionId::parse(&value))),
            "modality" => ("/query/modality", keep(&mut self.modality, Modality::read(value))),
            "feature" => ("/query/feature", keep(&mut self.feature, Feature::parse(&value))),
            "environment" => (
                "/query/environment",
                keep(&mut self.environment, Environment::read(value)),
            ),
            other => {
                let unknown = || Fault::UnknownName(UnknownName::new(other, NAMES));
                ("/query/*", (others == UnknownNames::Refused).then(unknown))
            }
        };
        let fault = if is_repeated && place != "/query/*" {
            Some(Fault::Repeated)
        } else {
            fault
        };
        if let Some(fault) = fault {
            errors.add(place, fault);
        }
        self.seen.push(name.to_owned());
    }
}

fn keep<T>(slot: &mut Option<T>, read: Result<T, Fault>) -> Option<Fault> {
    read.map(|value| *slot = Some(value)).err()
}
