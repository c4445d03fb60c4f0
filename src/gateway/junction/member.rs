//! The member, and that they may act for the launch's team without losing any other.

use domain::{junction::JunctionId, reason::Reason};
use tokio::time::timeout;

use super::{
    calls::{Stopped, contradicted},
    launch::Launching,
};
use crate::upstream::{
    junction::{Call, JunctionError, Member, NewMember, TeamRoleBinding},
    wire::NoAnswer,
};

/// How often a member's teams are written, and read again, before something else must be at them.
const WRITES: usize = 3;

impl Launching<'_> {
    /// The id of the member who acts: known, found, or made; and of this team.
    pub(super) async fn member(&self, team: JunctionId) -> Result<JunctionId, Stopped> {
        let known = &self.calls.memory.known;
        let user_id = self.plan.clinician.user_id();
        if let Some(id) = known.member(user_id, team) {
            self.made_use_of_memory.set(true);
            self.check_expected(id)?;
            return Ok(id);
        }
        let member = match self.calls.ask(&Call::resolve_member(user_id)).await? {
            Some(member) => member,
            None => self.new_member(team).await?,
        };
        // Never act as a member other than the one asked for.
        if member.integration_member_id != user_id.as_ref() {
            return Err(contradicted(200));
        }
        let id = member.id;
        self.check_expected(id)?;
        if !is_bound(&member.bindings, team) {
            self.plan.creation.allows_binding()?;
            self.bind(id, team).await?;
        }
        known.learn_member(user_id.clone(), team, id);
        Ok(id)
    }

    /// A browser may have been sent with the id of the member that it means.
    fn check_expected(&self, id: JunctionId) -> Result<(), Reason> {
        if self.plan.expected.member.is_some_and(|expected| expected != id) {
            return Err(Reason::JunctionNamesOtherMember);
        }
        Ok(())
    }

    /// Creates the member, and reads it back: if another client created it in the meantime, it may be in other teams.
    async fn new_member(&self, team: JunctionId) -> Result<Member, Stopped> {
        let (name, email) = self.plan.new_member()?;
        let new = NewMember {
            user_id: self.plan.clinician.user_id(),
            name: &name,
            email: email.as_ref(),
            team,
        };
        let made = self.calls.ask(&Call::create_member(&new)).await?;
        self.calls.ask(&Call::get_member(made.id())).await
    }

    /// Adds the team to the member's. Whether writing replaces or adds is not documented, so all are written, read again,
    /// and written again if any is missing.
    async fn bind(&self, member: JunctionId, team: JunctionId) -> Result<(), Stopped> {
        let turn = timeout(self.calls.deadline.remaining(), self.calls.memory.binding.lock()).await;
        let _one_at_a_time = turn.map_err(|_others_are_still_at_it| JunctionError::from(NoAnswer::Timeout))?;
        let mut wanted = vec![TeamRoleBinding::to(team)];
        let mut writes = 0;
        loop {
            let bindings = self.calls.ask(&Call::get_member(member)).await?.bindings;
            if wanted.iter().all(|wanted| has(&bindings, wanted)) {
                return Ok(());
            }
            if writes == WRITES {
                return Err(contradicted(200));
            }
            writes += 1;
            // What stands there comes first, as it stands there.
            let mut all = bindings;
            all.extend(
                wanted
                    .into_iter()
                    .filter(|wanted| !has(&all, wanted))
                    .collect::<Vec<_>>(),
            );
            self.calls.ask(&Call::update_member(member, &all)).await?;
            wanted = all;
        }
    }
}

fn is_bound(bindings: &[TeamRoleBinding], team: JunctionId) -> bool {
    has(bindings, &TeamRoleBinding::to(team))
}

fn has(bindings: &[TeamRoleBinding], wanted: &TeamRoleBinding) -> bool {
    bindings.iter().any(|binding| binding.is_to_the_team_of(wanted))
}
