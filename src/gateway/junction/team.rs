//! The launch's team: its id is known, given, found by reference, or created.

use domain::{
    junction::{IntegrationTeamId, JunctionId, TeamRef},
    reason::Reason,
};

use super::{
    calls::{Stopped, contradicted},
    launch::Launching,
};
use crate::upstream::junction::{Call, Created};

impl Launching<'_> {
    /// The team's id: known, found, or made.
    pub(super) async fn team(&self) -> Result<JunctionId, Stopped> {
        let id = self.known_or_found_team().await?;
        let expected = &self.plan.expected;
        if expected.team.is_some_and(|expected| expected != id) {
            return Err(Reason::SessionOfOtherTeam.into());
        }
        if let Some(reference) = &expected.integration_team
            && self.found_team(reference).await? != Some(id)
        {
            return Err(Reason::SessionOfOtherTeam.into());
        }
        Ok(id)
    }

    async fn known_or_found_team(&self) -> Result<JunctionId, Stopped> {
        let known = &self.calls.memory.known;
        let reference = match &self.plan.team.reference {
            TeamRef::Junction(id) => return Ok(*id),
            TeamRef::Integration(reference) => reference,
        };
        if let Some(id) = known.team(&self.plan.team.reference) {
            self.made_use_of_memory.set(true);
            return Ok(id);
        }
        let id = match self.found_team(reference).await? {
            Some(id) => id,
            None => self.new_team().await?,
        };
        known.learn_team(self.plan.team.reference.clone(), id);
        Ok(id)
    }

    /// Finds a team that says itself that it is the one.
    async fn found_team(&self, reference: &IntegrationTeamId) -> Result<Option<JunctionId>, Stopped> {
        let Some(team) = self.calls.ask(&Call::resolve_team(reference)).await? else {
            return Ok(None);
        };
        if team.integration_team_id.as_deref() == Some(reference.as_ref()) {
            Ok(Some(team.id))
        } else {
            Err(contradicted(200))
        }
    }

    async fn new_team(&self) -> Result<JunctionId, Stopped> {
        let (reference, name) = self.plan.new_team()?;
        let region = self.calls.account.region;
        match self.calls.ask(&Call::create_team(reference, name, region)).await? {
            Created::New(id) => Ok(id),
            // Another client may have created it in the meantime: it is found now, and is the same.
            Created::Existing(id) if self.found_team(reference).await? == Some(id) => Ok(id),
            Created::Existing(_) => Err(contradicted(409)),
        }
    }
}
