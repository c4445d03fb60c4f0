//! The member, and that they may act for the launch's team without losing any other.

use domain::{clinician::Email, junction::JunctionId, reason::Reason};
use tokio::time::timeout;

use super::{
    calls::{Stopped, contradicted},
    launch::Launching,
};
use crate::upstream::{
    junction::{Call, Created, JunctionError, Member, NewMember, TeamRoleBinding},
    wire::NoAnswer,
};

/// How often a member's teams are written, and read again, before something else must be at them.
const WRITES: usize = 3;

/// The member as they were found. Whatever is still to be done for them, the launch may do.
pub(super) enum FoundMember<'a> {
    /// Junction knows them.
    Known(KnownMember),
    /// It does not.
    Unknown {
        /// Their name, to create them with.
        name: String,
        /// Their address.
        email: &'a Email,
    },
}

/// The member that the launch is for, and no other.
#[derive(Clone, Copy)]
pub(super) struct KnownMember {
    id: JunctionId,
    /// Whether they may act for the launch's team.
    is_bound: bool,
}

impl Launching<'_> {
    /// Looks for the member, and decides whether what is missing may be created or changed.
    pub(super) async fn find_member(&self, team: JunctionId) -> Result<FoundMember<'_>, Stopped> {
        let user_id = self.plan.clinician.user_id();
        if let Some(id) = self.calls.memory.known.member(user_id, team) {
            self.made_use_of_memory.set(true);
            self.check_expected(id)?;
            return Ok(FoundMember::Known(KnownMember { id, is_bound: true }));
        }
        let Some(member) = self.calls.ask(&Call::resolve_member(user_id)).await? else {
            let (name, email) = self.plan.new_member()?;
            return Ok(FoundMember::Unknown { name, email });
        };
        self.recognize(&member, team).map(FoundMember::Known)
    }

    /// The id of the member who acts: created, and added to the team, as far as that was not so.
    pub(super) async fn ready_member(&self, found: FoundMember<'_>, team: JunctionId) -> Result<JunctionId, Stopped> {
        let KnownMember { id, is_bound } = match found {
            FoundMember::Known(member) => member,
            FoundMember::Unknown { name, email } => self.create_member(&name, email, team).await?,
        };
        if !is_bound {
            self.bind(id, team).await?;
            let user_id = self.plan.clinician.user_id().clone();
            self.calls.memory.known.learn_member(user_id, team, id);
        }
        Ok(id)
    }

    fn recognize(&self, member: &Member, team: JunctionId) -> Result<KnownMember, Stopped> {
        let user_id = self.plan.clinician.user_id();
        // Never act as a member other than the one asked for.
        if member.integration_member_id != user_id.as_ref() {
            return Err(contradicted(200));
        }
        let id = member.id;
        self.check_expected(id)?;
        let is_bound = is_bound(member, team);
        if is_bound {
            self.calls.memory.known.learn_member(user_id.clone(), team, id);
        } else {
            self.plan.creation.allows_binding()?;
        }
        Ok(KnownMember { id, is_bound })
    }

    /// A browser may have been sent with the id of the member that it means.
    fn check_expected(&self, id: JunctionId) -> Result<(), Reason> {
        if self.plan.expected.member.is_some_and(|expected| expected != id) {
            return Err(Reason::JunctionNamesOtherMember);
        }
        Ok(())
    }

    /// Creates the member, and reads them back unless the response shows them with their team: if another client created
    /// them in the meantime, they may be in other teams.
    async fn create_member(&self, name: &str, email: &Email, team: JunctionId) -> Result<KnownMember, Stopped> {
        let new = NewMember {
            user_id: self.plan.clinician.user_id(),
            name,
            email: email.as_ref(),
            team,
        };
        let member = match self.calls.ask(&Call::create_member(&new)).await? {
            Created::New(member) if is_bound(&member, team) => member,
            Created::New(Member { id, .. }) | Created::Existing(id) => self.calls.ask(&Call::get_member(id)).await?,
        };
        self.recognize(&member, team)
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

/// Whether this member may act for the team.
pub(super) fn is_bound(member: &Member, team: JunctionId) -> bool {
    has(&member.bindings, &TeamRoleBinding::to(team))
}

fn has(bindings: &[TeamRoleBinding], wanted: &TeamRoleBinding) -> bool {
    bindings.iter().any(|binding| binding.is_to_the_team_of(wanted))
}
