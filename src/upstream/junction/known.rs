//! What was learned of Junction's ids. Kept for a while, so that most launches ask for nothing but their URL; forgotten as
//! soon as Junction says otherwise.

use std::time::Duration;

use domain::{
    clinician::UserId,
    junction::{About, ClientUserId, JunctionId, Plan, TeamRef},
};
use moka::sync::Cache;

/// The most teams, members and patients that are remembered, of each.
const CAPACITY: u64 = 10_000;

/// The ids of one organization, shared by all workers.
#[derive(Debug)]
pub struct Known {
    teams: Cache<TeamRef, JunctionId>,
    /// Members that may act for a team.
    members: Cache<(UserId, JunctionId), JunctionId>,
    users: Cache<(ClientUserId, JunctionId), JunctionId>,
}

impl Known {
    /// Remembers for this long.
    #[must_use]
    pub fn during(time: Duration) -> Self {
        Self {
            teams: Cache::builder().max_capacity(CAPACITY).time_to_live(time).build(),
            members: Cache::builder().max_capacity(CAPACITY).time_to_live(time).build(),
            users: Cache::builder().max_capacity(CAPACITY).time_to_live(time).build(),
        }
    }

    /// The id of a team.
    #[must_use]
    pub fn team(&self, team: &TeamRef) -> Option<JunctionId> {
        self.teams.get(team)
    }

    /// The id of a member who may act for this team.
    #[must_use]
    pub fn member(&self, user_id: &UserId, team: JunctionId) -> Option<JunctionId> {
        self.members.get(&(user_id.clone(), team))
    }

    /// The id of a patient of this team.
    #[must_use]
    pub fn user(&self, patient: &ClientUserId, team: JunctionId) -> Option<JunctionId> {
        self.users.get(&(patient.clone(), team))
    }

    /// Remembers a team.
    pub fn learn_team(&self, team: TeamRef, id: JunctionId) {
        self.teams.insert(team, id);
    }

    /// Remembers a member who may act for this team.
    pub fn learn_member(&self, user_id: UserId, team: JunctionId, id: JunctionId) {
        self.members.insert((user_id, team), id);
    }

    /// Remembers a patient of this team.
    pub fn learn_user(&self, patient: ClientUserId, team: JunctionId, id: JunctionId) {
        self.users.insert((patient, team), id);
    }

    /// Forgets whatever a launch may have made use of.
    pub fn forget(&self, plan: &Plan) {
        let reference = &plan.team.reference;
        let team = match reference {
            TeamRef::Junction(id) => Some(*id),
            TeamRef::Integration(_) => self.teams.remove(reference),
        };
        let Some(team) = team else {
            return;
        };
        self.members.invalidate(&(plan.clinician.user_id().clone(), team));
        if let About::NewOrder(patient) = &plan.about {
            self.users.invalidate(&(patient.client_user_id.clone(), team));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> JunctionId {
        JunctionId::parse(text).unwrap()
    }

    #[test]
    fn what_was_learned_is_known_for_its_time_and_each_by_its_team() {
        let (team, other) = (
            id("11111111-1111-4111-8111-111111111111"),
            id("22222222-2222-4222-8222-222222222222"),
        );
        let member = id("33333333-3333-4333-8333-333333333333");
        let user_id = UserId::parse("u".to_owned()).unwrap();
        let patient = ClientUserId::parse("p".to_owned()).unwrap();
        for (time, is_known) in [(Duration::from_hours(1), true), (Duration::ZERO, false)] {
            let known = Known::during(time);
            known.learn_team(TeamRef::Junction(team), team);
            known.learn_member(user_id.clone(), team, member);
            known.learn_user(patient.clone(), team, member);
            assert_eq!(known.team(&TeamRef::Junction(team)).is_some(), is_known);
            assert_eq!(known.member(&user_id, team), is_known.then_some(member));
            assert_eq!(known.user(&patient, team), is_known.then_some(member));
            assert_eq!(known.member(&user_id, other), None);
            assert_eq!(known.user(&patient, other), None);
        }
    }
}
