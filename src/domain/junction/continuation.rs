//! Session continuation: Junction sends a browser here with what it wants, and nothing to prove it. What it wants is held
//! against the session that the browser has at the host (Junction's page "Session continuation").

use super::{
    Environment, Feature, IntegrationTeamId, JunctionId, JunctionPlan, JunctionRules, Modality, TeamRef,
    launch::{Expected, JunctionLaunch, Proven, agrees, plan},
    query::{Others, Stated},
};
use crate::domain::{
    claims::TokenClinician,
    clinician::UserId,
    field::{Fault, FieldErrors},
    refusal::{Code, Refusal},
    rules::HostRules,
};

/// What a browser was sent with. Nothing of it is true yet.
#[derive(Debug)]
pub struct Continuation {
    claimed: Claimed,
    feature: Feature,
    modality: Modality,
    environment: Environment,
}

/// For whom, and in which team: each by the host's reference, by Junction's id, or by both.
#[derive(Debug)]
struct Claimed {
    integration_member: Option<UserId>,
    member: Option<JunctionId>,
    integration_team: Option<IntegrationTeamId>,
    team: Option<JunctionId>,
}

/// Reads what a browser was sent with. Junction does not publish a list of the parameters, so that unknown ones are passed
/// over; those that are known are all needed, whatever the published example makes of their absence.
///
/// # Errors
/// `invalid_request`, with every mistake.
pub fn parse(query: &str) -> Result<Continuation, Refusal> {
    let mut errors = FieldErrors::default();
    let stated = Stated::read(query, Others::Ignored, &mut errors);
    for names in [
        ["integration_member_id", "member_id"].as_slice(),
        ["integration_team_id", "team_id"].as_slice(),
        ["modality"].as_slice(),
        ["feature"].as_slice(),
        ["environment"].as_slice(),
    ] {
        if let Some(first) = names.first()
            && !names.iter().any(|name| stated.saw(name))
        {
            errors.add(format!("/query/{first}"), Fault::Required);
        }
    }
    let (Some(feature), Some(modality), Some(environment), true) =
        (stated.feature, stated.modality, stated.environment, errors.is_empty())
    else {
        return Err(Refusal::new(Code::InvalidRequest).naming(errors));
    };
    Ok(Continuation {
        claimed: Claimed {
            integration_member: stated.integration_member_id,
            member: stated.member_id,
            integration_team: stated.integration_team_id,
            team: stated.team_id,
        },
        feature,
        modality,
        environment,
    })
}

impl Continuation {
    /// Holds it against the session: the same clinician, the same team, and nothing that was not granted. What can only be
    /// told by asking Junction is in the plan. A team is never made here: a browser that was sent proves no wish for one.
    ///
    /// # Errors
    /// The refusal.
    pub fn plan(
        self,
        session: &TokenClinician,
        rules: &JunctionRules,
        host: &HostRules,
    ) -> Result<JunctionPlan, Refusal> {
        if !session.errors.is_empty() {
            return Err(Refusal {
                errors: session.errors.clone(),
                ..Code::ClaimUnusable.into()
            });
        }
        let clinician = session.clinician.as_ref().ok_or(Code::SessionRequired)?;
        let Claimed {
            integration_member,
            member,
            integration_team,
            team,
        } = self.claimed;
        if integration_member.is_some_and(|claimed| claimed != *clinician.user_id()) {
            return Err(Code::SessionMismatch.into());
        }
        if self.environment != rules.environment {
            return Err(Code::FeatureDenied.into());
        }
        let launch = JunctionLaunch {
            clinician: Some(clinician.clone()),
            clinician_place: "/token",
            team: None,
            proven: Proven::by(session),
            patient: None,
            feature: self.feature,
            modality: self.modality,
        };
        let mut planned = plan(launch, rules, host)?;
        let own = &planned.team.reference;
        let mut expected = Expected {
            member,
            ..Expected::default()
        };
        if let Some(claimed) = integration_team {
            match agrees(own, &TeamRef::Integration(claimed.clone())) {
                Some(true) => {}
                Some(false) => return Err(Code::SessionMismatch.into()),
                None => expected.integration_team = Some(claimed),
            }
        }
        if let Some(claimed) = team {
            match agrees(own, &TeamRef::Junction(claimed)) {
                Some(true) => {}
                Some(false) => return Err(Code::SessionMismatch.into()),
                None => expected.team = Some(claimed),
            }
        }
        planned.expected = expected;
        planned.may_create_team = false;
        Ok(planned)
    }
}
