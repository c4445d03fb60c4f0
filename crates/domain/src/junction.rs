//! What a launch of Junction's embedded app is, and when it may happen. The facts are Junction's: its Management API, and
//! its pages on Junction Connect (until July 2026 "App Embed").

mod claims;
mod continuation;
mod explanation;
mod fast_launch;
mod feature;
pub mod host_session;
mod id;
mod launch;
mod launch_page;
mod named;
pub mod operation;
pub mod orders;
mod patient;
mod query;
mod rules;
mod team;
mod words;

pub use claims::{TeamClaims, Vouched};
pub use continuation::{Continuation, Wish, parse as parse_continuation};
pub use explanation::{Announced, Explanation, Finding, Id, Target, When, explain};
pub use fast_launch::{
    FastLaunch, FastLaunchRequest, RawFastLaunch, parse as parse_fast_launch, plan as plan_fast_launch,
};
pub use feature::{Feature, FeatureGrants, FeatureKind};
pub use id::JunctionId;
pub use launch::{About, Creation, Expected, Known, Launch, Plan, parse, plan};
pub use launch_page::LaunchPage;
pub use patient::{ClientUserId, Demographics, Patient};
pub use rules::{HostRules, MemberTeams, TenantRules};
pub use team::{IntegrationTeamId, Team, TeamName, TeamRef};
pub use words::{Environment, JunctionCall, Modality, Region};

#[cfg(test)]
mod tests {
    //! What the tests of this folder have in common.

    use url::Url;

    use super::*;
    use crate::{
        claims::{ClaimPath, Claims, ClaimsMap},
        refusal::Refusal,
    };

    /// One of Junction's ids.
    pub(crate) fn id(number: u8) -> JunctionId {
        JunctionId::parse(&format!("00000000-0000-4000-8000-0000000000{number:02}")).unwrap()
    }

    /// Everything but `team_config` and `link_out`, in the sandbox.
    pub(crate) fn rules() -> TenantRules {
        TenantRules {
            features: FeatureGrants::of(
                FeatureKind::ALL
                    .iter()
                    .copied()
                    .filter(|kind| *kind != FeatureKind::TeamConfig),
            ),
            modalities: vec![Modality::FeatureEmbed],
            environment: Environment::Sandbox,
            team: None,
            create_team: false,
            member_teams: MemberTeams::Add,
            launch_page: LaunchPage::of(&Url::parse("https://my-ehr.ehr.junction.com").unwrap()),
            book_before_requisition: false,
        }
    }

    pub(crate) fn host() -> HostRules {
        HostRules::default()
    }

    fn read(claims: &str, has_patient: bool) -> Vouched {
        let path = |text| ClaimPath::parse(text);
        let map = ClaimsMap {
            user_id: path("sub").unwrap(),
            user_id_prefix: String::new(),
            first_name: None,
            last_name: None,
            email: None,
            requires_verified_email: false,
            license_number: None,
            preferred_language: None,
            patient_key: path("patient").filter(|_| has_patient),
        };
        let team = TeamClaims {
            integration_team_id: path("team"),
            integration_team_name: None,
        };
        let claims: Claims = serde_json::from_str(claims).unwrap();
        team.beside(claims.clinician(&map), &claims)
    }

    /// The token of clinician `u` in this team.
    pub(crate) fn token(team: &str) -> Vouched {
        read(&format!(r#"{{"sub":"u","team":"{team}"}}"#), false)
    }

    /// The same of a host whose tokens name a patient.
    pub(crate) fn token_for(team: &str, patient: Option<&str>) -> Vouched {
        let patient = patient.map_or_else(String::new, |patient| format!(r#","patient":"{patient}""#));
        read(&format!(r#"{{"sub":"u","team":"{team}"{patient}}}"#), true)
    }

    /// Everything that may be said of a patient.
    pub(crate) fn demographics() -> serde_json::Value {
        serde_json::json!({
            "firstName": "Zoé", "lastName": "Roy", "email": "zoe.roy@example.com", "phoneNumber": "+14155550123",
            "gender": "female", "dob": "1986-03-09",
            "address": {"firstLine": "1 Main St", "city": "Phoenix", "state": "AZ", "zip": "85004", "country": "US"},
        })
    }

    /// The errors that a refusal names.
    pub(crate) fn mistakes(refusal: &Refusal) -> Vec<(&str, &'static str)> {
        let errors = refusal.errors.iter();
        errors.map(|error| (error.field.as_str(), error.fault.code())).collect()
    }
}
