//! Whom or what a launch is about. A patient or an order must be of the launch's team, and of the token's patient where there
//! is one, before anything is opened.

use domain::{
    junction::{About, ClientUserId, Feature, JunctionId, Known, Patient},
    reason::Reason,
    refusal::Refusal,
};

use super::{calls::Stopped, launch::Launching};
use crate::upstream::junction::{Call, Created, User};

/// What is opened, as it was found. Whatever is still to be done for it, the launch may do.
pub(super) enum FoundSubject<'a> {
    /// It can be opened as it is.
    Ready(Feature),
    /// A new order for a patient by the host's reference, with Junction's id if it has them.
    Patient(&'a Patient, Option<JunctionId>),
}

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

    /// Looks for the patient if the host's reference names one, and decides whether they may be created.
    pub(super) async fn find_subject(&self, team: JunctionId) -> Result<FoundSubject<'_>, Stopped> {
        match &self.plan.about {
            About::Team(feature) => Ok(FoundSubject::Ready(*feature)),
            About::NewOrder(patient) => {
                let id = self.find_patient(&patient.client_user_id, team).await?;
                Ok(FoundSubject::Patient(patient, id))
            }
            About::NewOrderOf(known) => Ok(FoundSubject::Ready(Feature::OrderCreationFor(known.id))),
            About::Order(known) => Ok(FoundSubject::Ready(Feature::Order(known.id))),
        }
    }

    /// The feature to open: with the patient, created if they were not there, with the demographics that were sent.
    pub(super) async fn ready_subject(&self, found: FoundSubject<'_>, team: JunctionId) -> Result<Feature, Stopped> {
        let (patient, id) = match found {
            FoundSubject::Ready(feature) => return Ok(feature),
            FoundSubject::Patient(patient, id) => (patient, id),
        };
        let id = match id {
            Some(id) => id,
            None => self.create_patient(&patient.client_user_id, team).await?,
        };
        if let Some(demographics) = &patient.demographics {
            self.calls
                .ask_team(team, &Call::update_user_info(id, demographics))
                .await?;
        }
        Ok(Feature::OrderCreationFor(id))
    }

    async fn find_patient(&self, reference: &ClientUserId, team: JunctionId) -> Result<Option<JunctionId>, Stopped> {
        let known = &self.calls.memory.known;
        if let Some(id) = known.user(reference, team) {
            self.made_use_of_memory.set(true);
            return Ok(Some(id));
        }
        let Some(user) = self.calls.ask_team(team, &Call::resolve_user(reference)).await? else {
            self.plan.creation.allows_patient()?;
            return Ok(None);
        };
        check(&user, Some(reference), team)?;
        known.learn_user(reference.clone(), team, user.id);
        Ok(Some(user.id))
    }

    /// Creates the patient, and reads them back if the response does not show them.
    async fn create_patient(&self, reference: &ClientUserId, team: JunctionId) -> Result<JunctionId, Stopped> {
        let id = match self.calls.ask_team(team, &Call::create_user(reference)).await? {
            Created::New(user) => {
                check(&user, Some(reference), team)?;
                user.id
            }
            Created::Existing(id) => {
                self.check_user(id, Some(reference), team).await?;
                id
            }
        };
        self.calls.memory.known.learn_user(reference.clone(), team, id);
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
