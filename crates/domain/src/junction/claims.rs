//! What a trusted party says about a launch: the issuer of a token, or the host by its own session. Beside the
//! clinician that is the team at Junction.

use super::{IntegrationTeamId, Team, TeamName, TeamRef};
use crate::{
    claims::{ClaimPath, Claims, TokenClinician},
    fault::FieldErrors,
};

/// Which claims name the team at Junction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TeamClaims {
    /// The team that launches are in, by the host's own reference.
    pub integration_team_id: Option<ClaimPath>,
    /// What that team is called if it has to be created.
    pub integration_team_name: Option<ClaimPath>,
}

/// Who acts, for which patient, and in which team.
#[derive(Debug, Clone)]
pub struct Vouched {
    /// Who acts, and for which patient; with the errors in everything that was read.
    pub person: TokenClinician,
    /// In which team, if one is named.
    pub(crate) team: Option<Team>,
}

impl Vouched {
    /// Whether a clinician acts: not if what was read has errors.
    #[must_use]
    pub fn names_somebody(&self) -> bool {
        self.person.clinician.is_some()
    }
}

impl TeamClaims {
    /// Reads the team beside a clinician whose claims were read. No clinician acts with a token whose claims are
    /// unusable, whatever they are about.
    #[must_use]
    pub fn beside(&self, mut person: TokenClinician, claims: &Claims) -> Vouched {
        let mut errors = FieldErrors::after(person.errors);
        let id = claims.text(
            self.integration_team_id.as_ref(),
            "integrationTeamId",
            &mut errors,
            IntegrationTeamId::parse,
        );
        let name = claims.words(
            self.integration_team_name.as_ref(),
            "integrationTeamName",
            &mut errors,
            TeamName::parse,
        );
        person.clinician = person.clinician.filter(|_| errors.is_empty());
        person.errors = errors.into_vec();
        let team = id.map(|id| Team {
            reference: TeamRef::Integration(id),
            name,
        });
        Vouched { person, team }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::ClaimsMap;

    fn read(json: &str) -> Vouched {
        let map = ClaimsMap {
            user_id: ClaimPath::parse("sub").unwrap(),
            user_id_prefix: String::new(),
            first_name: ClaimPath::parse("given_name"),
            last_name: None,
            email: None,
            requires_verified_email: false,
            license_number: None,
            preferred_language: None,
            patient_key: None,
        };
        let team = TeamClaims {
            integration_team_id: ClaimPath::parse("team"),
            integration_team_name: ClaimPath::parse("team_name"),
        };
        let claims: Claims = serde_json::from_str(json).unwrap();
        team.beside(claims.clinician(&map), &claims)
    }

    #[test]
    fn the_team_stands_beside_the_clinician() {
        let vouched = read(r#"{"sub":"u","team":"t","team_name":"North"}"#);
        let team = vouched.team.unwrap();
        assert_eq!(
            team.reference,
            TeamRef::Integration(IntegrationTeamId::parse("t".to_owned()).unwrap())
        );
        assert_eq!(team.name.as_ref().map(AsRef::as_ref), Some("North"));
        assert!(vouched.person.clinician.is_some() && vouched.person.errors.is_empty());
        let vouched = read(r#"{"sub":"u","team":"t","team_name":" "}"#);
        assert_eq!(vouched.team.unwrap().name, None, "a blank name is none");
    }

    #[test]
    fn an_unusable_claim_of_any_kind_lets_no_clinician_act() {
        let rows: &[(&str, &[&str], &str)] = &[
            (
                r#"{"sub":"u","team":7}"#,
                &["/token/integrationTeamId"],
                "a team that is a number",
            ),
            (
                r#"{"sub":"u","team":"t","team_name":7}"#,
                &["/token/integrationTeamName"],
                "a team with a number for a name",
            ),
            (
                r#"{"sub":"u","team":" "}"#,
                &["/token/integrationTeamId"],
                "a blank team, whose id is never touched",
            ),
            (r#"{"team":"t"}"#, &["/token/userId"], "nobody in it"),
            (
                r#"{"sub":"u","given_name":7,"team":7}"#,
                &["/token/firstName", "/token/integrationTeamId"],
                "both, in the order of reading",
            ),
        ];
        for (json, places, reason) in rows {
            let vouched = read(json);
            let found: Vec<_> = vouched.person.errors.iter().map(|error| error.field.as_str()).collect();
            assert_eq!(
                (found.as_slice(), vouched.person.clinician.is_none()),
                (*places, true),
                "{reason}"
            );
        }
    }
}
