//! Whose orders a request may touch, as far as that is known without asking Junction.

use std::borrow::Cow;

use crate::{
    audit::{Named, Subject},
    claims::PatientBinding,
    clinician::UserId,
    junction::{
        ClientUserId, IntegrationTeamId, JunctionId, Team, TeamRef, TenantRules, Vouched,
        launch::{Proven, team},
    },
    reason::Reason,
    refusal::Refusal,
};

/// Whose orders a request may touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whose {
    /// Who acts, if a token says so. A host's server that reads an order states no clinician.
    pub clinician: Option<UserId>,
    /// The team that the order must be in.
    pub team: TeamRef,
    /// The one patient that the order must be for, if the token is bound to one.
    pub patient: Option<ClientUserId>,
}

/// What a request without a body of its own says about the team: its two headers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatedTeam {
    /// `x-junction-team`: the host's own reference.
    pub reference: Option<IntegrationTeamId>,
    /// `x-junction-team-id`: Junction's id.
    pub id: Option<JunctionId>,
}

impl Whose {
    /// Decides it: the tenant's team, the token's, or the one that the host's server states; and the token's patient.
    ///
    /// # Errors
    /// `team_denied`, `invalid_request` without any team, `claim_unusable`, `patient_denied`.
    pub fn decide(stated: StatedTeam, vouched: Option<&Vouched>, rules: &TenantRules) -> Result<Self, Refusal> {
        let proven = vouched.map_or(Proven::Nothing, Proven::by);
        let stated = stated
            .reference
            .map(TeamRef::Integration)
            .or(stated.id.map(TeamRef::Junction));
        let (clinician, patient) = match vouched {
            None => (None, None),
            Some(vouched) => (Some(acting(vouched)?), bound(&vouched.person.patient)?),
        };
        let team = team(stated.map(Team::known), &proven, rules)?;
        Ok(Self {
            clinician,
            team: team.reference,
            patient,
        })
    }

    /// Whom it is about, as far as that is known here.
    #[must_use]
    pub fn named(&self, order: Option<JunctionId>) -> Named<'_> {
        let team: Cow<'_, str> = match &self.team {
            TeamRef::Integration(id) => id.as_ref().into(),
            TeamRef::Junction(id) => id.to_string().into(),
        };
        let order = order.map(|order| (Subject::Order, order.to_string().into()));
        Named {
            clinician: self.clinician.as_ref().map(|clinician| clinician.as_ref().into()),
            patient: self.patient.as_ref().map(|patient| patient.as_ref().into()),
            subjects: order.into_iter().chain([(Subject::Team, team)]).collect(),
        }
    }
}

fn acting(vouched: &Vouched) -> Result<UserId, Refusal> {
    if !vouched.person.errors.is_empty() {
        return Err(Refusal {
            errors: vouched.person.errors.clone(),
            ..Reason::ClaimNotUsable.into()
        });
    }
    let clinician = vouched.person.clinician.as_ref().ok_or(Reason::NobodyStated)?;
    Ok(clinician.user_id().clone())
}

/// The patient that a token is bound to.
///
/// # Errors
/// If it should name one, or names one that cannot be known to Junction.
pub(super) fn bound(binding: &PatientBinding) -> Result<Option<ClientUserId>, Reason> {
    match binding {
        PatientBinding::Unbound => Ok(None),
        PatientBinding::Missing => Err(Reason::TokenNamesNoPatient),
        PatientBinding::Bound(patient) => ClientUserId::parse(patient.clone())
            .map(Some)
            .map_err(|_names_no_value| Reason::PatientNotForJunction),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::junction::tests::{rules, token, token_for};

    fn decided(reference: Option<&str>, vouched: Option<&Vouched>) -> Result<Whose, Reason> {
        let reference = reference.map(|text| IntegrationTeamId::parse(text.to_owned()).unwrap());
        let stated = StatedTeam { reference, id: None };
        Whose::decide(stated, vouched, &rules()).map_err(|refusal| refusal.reason)
    }

    #[test]
    fn a_server_states_the_team_and_a_token_has_its_own() {
        let whose = decided(Some("clinic-7"), None).unwrap();
        assert_eq!(
            (whose.clinician, whose.patient),
            (None, None),
            "a server states neither"
        );
        let whose = decided(None, Some(&token("clinic-7"))).unwrap();
        assert_eq!(whose.clinician.as_ref().map(AsRef::as_ref), Some("u"));
        let rows = [
            (decided(None, None), Reason::TeamNotStated, "no party names a team"),
            (
                decided(Some("clinic-8"), Some(&token("clinic-7"))),
                Reason::OtherTeam,
                "another team than the token's",
            ),
            (
                decided(None, Some(&token_for("clinic-7", None))),
                Reason::TokenNamesNoPatient,
                "a token that should name a patient",
            ),
            (
                decided(None, Some(&token_for("clinic-7", Some("..")))),
                Reason::PatientNotForJunction,
                "a patient whom Junction cannot know",
            ),
        ];
        for (decided, reason, why) in rows {
            assert_eq!(decided, Err(reason), "{why}");
        }
    }

    #[test]
    fn a_token_that_names_a_patient_is_for_that_patients_orders_alone() {
        let whose = decided(None, Some(&token_for("clinic-7", Some("patient-1")))).unwrap();
        assert_eq!(whose.patient.as_ref().map(AsRef::as_ref), Some("patient-1"));
        assert_eq!(whose.named(None).patient.as_deref(), Some("patient-1"));
    }
}
