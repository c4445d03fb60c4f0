//! Whom or what a launch is about. A patient or an order must be of the launch's team, and of the token's patient where there
//! is one, before anything is opened.

use domain::{
    junction::{About, ClientUserId, Feature, JunctionId, Known, Patient},
    reason::Reason,
    refusal::Refusal,
};

use super::{calls::Stopped, launch::Launching};
use crate::upstream::junction::{Call, User};

impl Launching<'_> {
    /// Whether what is known by Junction's id is the team's, and the patient's.
    pub(super) async fn check_subject(&self, team: JunctionId) -> Result<(), Stopped> {
        match &self.plan.about {
            About::Team(_) | About::NewOrder(_) => Ok(()),
            About::NewOrderOf(Known { id, patient }) => self.check_user(*id, patient.as_ref(), team).await,
            About::Order(Known { id, patient }) => {
                let order = self.calls.ask_team(team, &Call::get_order(*id)).await?;
                let order = order.ok_or_else(unknown)?;
                if order.team != team {
                    return Err(Reason::JunctionNamesOtherTeam.into());
                }
                if patient.is_some() {
                    self.check_user(order.user, patient.as_ref(), team).await?;
                }
                Ok(())
            }
        }
    }

    /// The feature to open, with the patient: known, found, or made.
    pub(super) async fn feature(&self, team: JunctionId) -> Result<Feature, Stopped> {
        match &self.plan.about {
            About::Team(feature) => Ok(*feature),
            About::NewOrder(patient) => self.patient(patient, team).await.map(Feature::OrderCreationFor),
            About::NewOrderOf(known) => Ok(Feature::OrderCreationFor(known.id)),
            About::Order(known) => Ok(Feature::Order(known.id)),
        }
    }

    /// The patient's id: known, found, or created; with the demographics that were sent.
    async fn patient(&self, patient: &Patient, team: JunctionId) -> Result<JunctionId, Stopped> {
        let known = &self.calls.memory.known;
        let reference = &patient.client_user_id;
        let id = if let Some(id) = known.user(reference, team) {
            self.made_use_of_memory.set(true);
            id
        } else {
            let id = self.found_or_made(reference, team).await?;
            known.learn_user(reference.clone(), team, id);
            id
        };
        if let Some(demographics) = &patient.demographics {
            self.calls
                .ask_team(team, &Call::update_user_info(id, demographics))
                .await?;
        }
        Ok(id)
    }

    async fn found_or_made(&self, reference: &ClientUserId, team: JunctionId) -> Result<JunctionId, Stopped> {
        if let Some(user) = self.calls.ask_team(team, &Call::resolve_user(reference)).await? {
            check(&user, Some(reference), team)?;
            return Ok(user.id);
        }
        self.plan.creation.allows_patient()?;
        let id = self.calls.ask_team(team, &Call::create_user(reference)).await?.id();
        self.check_user(id, Some(reference), team).await?;
        Ok(id)
    }

    async fn check_user(
        &self,
        id: JunctionId,
        patient: Option<&ClientUserId>,
        team: JunctionId,
    ) -> Result<(), Stopped> {
        let user = self
            .calls
            .ask_team(team, &Call::get_user(id))
            .await?
            .ok_or_else(unknown)?;
        check(&user, patient, team)
    }
}

fn check(user: &User, patient: Option<&ClientUserId>, team: JunctionId) -> Result<(), Stopped> {
    if user.team != team {
        return Err(Reason::JunctionNamesOtherTeam.into());
    }
    if patient.is_some_and(|patient| patient.as_ref() != user.client_user_id) {
        return Err(Reason::JunctionNamesOtherPatient.into());
    }
    Ok(())
}

/// What the team's own token does not show is not the team's.
fn unknown() -> Stopped {
    Refusal::answered(Reason::NotOfThisTeam, 404, None, None).into()
}
