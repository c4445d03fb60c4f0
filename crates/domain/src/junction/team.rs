//! The team that a launch is in: a division or customer of the organization, with patients of its own.

use super::JunctionId;
use crate::{
    fault::{Fault, FieldErrors},
    json::{Members, Raw},
    text::{self, Normalization},
};

/// A team, by the host's reference or by Junction's id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TeamRef {
    /// The host's own reference.
    Integration(IntegrationTeamId),
    /// Junction's id.
    Junction(JunctionId),
}

/// A team, with what it takes to make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Which one.
    pub reference: TeamRef,
    /// What it is called if it has to be made.
    pub name: Option<TeamName>,
}

/// The host's own reference of a team (Junction's `integration_team_id`): 1 to 256 characters, never rewritten. `Debug`
/// does not show it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IntegrationTeamId(String);

/// A team's name: 1 to 80 characters of those that Junction allows. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct TeamName(String);

impl Team {
    /// A team that is not made if it is not there.
    #[must_use]
    pub fn known(reference: TeamRef) -> Self {
        Self { reference, name: None }
    }

    /// Reads a team from a JSON object: exactly one of `integrationTeamId` and `teamId`, and perhaps a `name`.
    pub(crate) fn parse(raw: Raw<'_>, place: &str, errors: &mut FieldErrors) -> Option<Self> {
        let before = errors.len();
        let mut members = Members::of(raw, place, errors)?;
        members.forget_null("name");
        let (has_own, has_junctions) = (members.has("integrationTeamId"), members.has("teamId"));
        let own = members.parsed("integrationTeamId", errors, IntegrationTeamId::parse);
        let junctions = members.parsed("teamId", errors, |text| JunctionId::parse(&text));
        let name = members.parsed("name", errors, TeamName::parse);
        match (has_own, has_junctions) {
            (true, true) => errors.add(
                members.place("teamId"),
                Fault::NotAccepted("Send either integrationTeamId or teamId, not both"),
            ),
            (false, false) => errors.add(members.place("integrationTeamId"), Fault::Required),
            (true, false) | (false, true) => {}
        }
        members.finish(&["integrationTeamId", "teamId", "name"], errors);
        let reference = own.map(TeamRef::Integration).or(junctions.map(TeamRef::Junction))?;
        (errors.len() == before).then_some(Self { reference, name })
    }
}

impl IntegrationTeamId {
    /// The one way to make one.
    ///
    /// # Errors
    /// The rule that the text breaks; never the text.
    pub fn parse(text: String) -> Result<Self, Fault> {
        text::parse_id(text, 256).map(Self)
    }
}

impl AsRef<str> for IntegrationTeamId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for IntegrationTeamId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("IntegrationTeamId(…)")
    }
}

impl TeamName {
    /// The one way to make one.
    ///
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: String) -> Result<Self, Fault> {
        let text = text::parse(text, 80, Normalization::Compose)?;
        let is_allowed = |c: char| {
            c.is_ascii_alphanumeric()
                || "(),/:'|&_- ’".contains(c)
                || (('À'..='ÿ').contains(&c) && !matches!(c, '×' | '÷'))
        };
        if text.chars().all(is_allowed) {
            Ok(Self(text))
        } else {
            Err(Fault::BadCharacter)
        }
    }
}

impl AsRef<str> for TeamName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for TeamName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("TeamName(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body, the errors in it, and what it is an example of.
    type Row = (&'static str, &'static [(&'static str, &'static str)], &'static str);

    #[test]
    fn a_team_is_named_once() {
        let read = |json: &str| {
            let mut errors = FieldErrors::default();
            let team = Team::parse(Raw::parse(json.as_bytes()).unwrap(), "/team", &mut errors);
            let errors: Vec<_> = errors
                .into_vec()
                .into_iter()
                .map(|e| (e.field, e.fault.code()))
                .collect();
            assert_eq!(team.is_some(), errors.is_empty());
            errors
        };
        let rows: &[Row] = &[
            (r#"{"integrationTeamId":"a"}"#, &[], "by the host's reference"),
            (
                r#"{"teamId":"11f81012-9519-11ee-8c99-0244cd4cfa84","name":"Clinique Côté"}"#,
                &[],
                "by Junction's id",
            ),
            ("{}", &[("/team/integrationTeamId", "required")], "not at all"),
            (
                r#"{"integrationTeamId":"a","teamId":"11f81012-9519-11ee-8c99-0244cd4cfa84"}"#,
                &[("/team/teamId", "not_accepted")],
                "twice",
            ),
            (r#"{"teamId":"x"}"#, &[("/team/teamId", "malformed")], "by no UUID"),
            (
                r#"{"integrationTeamId":null}"#,
                &[("/team/integrationTeamId", "wrong_type")],
                "by null",
            ),
            (
                r#"{"integrationTeamId":"a","name":"<b>"}"#,
                &[("/team/name", "bad_character")],
                "called what Junction refuses",
            ),
            (
                r#"{"integrationTeamId":"a","x":1}"#,
                &[("/team/*", "unknown")],
                "with something unknown",
            ),
            ("[]", &[("/team", "wrong_type")], "no object"),
        ];
        for (json, expected, reason) in rows {
            let expected: Vec<_> = expected
                .iter()
                .map(|(field, code)| ((*field).to_owned(), *code))
                .collect();
            assert_eq!(read(json), expected, "{reason}");
        }
    }
}
