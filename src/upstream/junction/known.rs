//! What was learned of Junction's ids. Kept for a while, so that most launches ask for nothing but their URL; forgotten as
//! soon as Junction says otherwise. In the second half of its time it may be confirmed, and is then kept for as long again.

use std::{hash::Hash, time::Duration};

use domain::{
    clinician::UserId,
    junction::{About, ClientUserId, JunctionId, Plan, TeamRef},
};
use moka::{ops::compute::Op, sync::Cache};
use tokio::time::Instant;

/// The most teams, members and patients that are remembered, of each.
const CAPACITY: u64 = 10_000;

/// The ids of one organization, shared by all workers.
#[derive(Debug)]
pub struct Known {
    time: Duration,
    teams: Cache<TeamRef, Fact>,
    /// Members that may act for a team.
    members: Cache<(UserId, JunctionId), Fact>,
    users: Cache<(ClientUserId, JunctionId), Fact>,
}

/// What was learned, and when.
#[derive(Debug, Clone, Copy)]
struct Fact {
    id: JunctionId,
    learned: Instant,
}

impl Fact {
    fn now(id: JunctionId) -> Self {
        Self {
            id,
            learned: Instant::now(),
        }
    }
}

impl Known {
    /// Remembers for this long.
    #[must_use]
    pub fn during(time: Duration) -> Self {
        Self {
            time,
            teams: Cache::builder().max_capacity(CAPACITY).time_to_live(time).build(),
            members: Cache::builder().max_capacity(CAPACITY).time_to_live(time).build(),
            users: Cache::builder().max_capacity(CAPACITY).time_to_live(time).build(),
        }
    }

    /// The id of a team.
    #[must_use]
    pub fn team(&self, team: &TeamRef) -> Option<JunctionId> {
        self.still_known(self.teams.get(team)?)
    }

    /// The id of a member who may act for this team.
    #[must_use]
    pub fn member(&self, user_id: &UserId, team: JunctionId) -> Option<JunctionId> {
        self.still_known(self.members.get(&(user_id.clone(), team))?)
    }

    /// The id of a patient of this team.
    #[must_use]
    pub fn user(&self, patient: &ClientUserId, team: JunctionId) -> Option<JunctionId> {
        self.still_known(self.users.get(&(patient.clone(), team))?)
    }

    /// Whether a team is known, and in the second half of its time.
    #[must_use]
    pub fn is_team_aging(&self, team: &TeamRef) -> bool {
        self.teams.get(team).is_some_and(|fact| self.is_aging(fact))
    }

    /// The same of a member who may act for this team.
    #[must_use]
    pub fn is_member_aging(&self, user_id: &UserId, team: JunctionId) -> bool {
        let fact = self.members.get(&(user_id.clone(), team));
        fact.is_some_and(|fact| self.is_aging(fact))
    }

    fn still_known(&self, fact: Fact) -> Option<JunctionId> {
        (fact.learned.elapsed() < self.time).then_some(fact.id)
    }

    fn is_aging(&self, fact: Fact) -> bool {
        (self.time / 2..self.time).contains(&fact.learned.elapsed())
    }

    /// Remembers a team.
    pub fn learn_team(&self, team: TeamRef, id: JunctionId) {
        self.teams.insert(team, Fact::now(id));
    }

    /// Remembers a member who may act for this team.
    pub fn learn_member(&self, user_id: UserId, team: JunctionId, id: JunctionId) {
        self.members.insert((user_id, team), Fact::now(id));
    }

    /// Remembers a patient of this team.
    pub fn learn_user(&self, patient: ClientUserId, team: JunctionId, id: JunctionId) {
        self.users.insert((patient, team), Fact::now(id));
    }

    /// Keeps a team for as long again if this is what it was found to be, and forgets it otherwise. One that was forgotten
    /// meanwhile stays forgotten.
    pub fn confirm_team(&self, team: TeamRef, found: Option<JunctionId>) {
        confirm(&self.teams, team, found);
    }

    /// The same of a member who was found to may act for this team.
    pub fn confirm_member(&self, user_id: UserId, team: JunctionId, found: Option<JunctionId>) {
        confirm(&self.members, (user_id, team), found);
    }

    /// Forgets whatever a launch may have made use of.
    pub fn forget(&self, plan: &Plan) {
        let reference = &plan.team.reference;
        let team = match reference {
            TeamRef::Junction(id) => Some(*id),
            TeamRef::Integration(_) => self.teams.remove(reference).map(|fact| fact.id),
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

fn confirm<K: Hash + Eq + Send + Sync + 'static>(facts: &Cache<K, Fact>, key: K, found: Option<JunctionId>) {
    facts.entry(key).and_compute_with(|fact| match (fact, found) {
        (None, _) => Op::Nop,
        (Some(fact), Some(found)) if fact.value().id == found => Op::Put(Fact::now(found)),
        (Some(_), _) => Op::Remove,
    });
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

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

    #[tokio::test(start_paused = true)]
    async fn what_is_known_ages_in_the_second_half_of_its_time() {
        let team = TeamRef::Junction(id("11111111-1111-4111-8111-111111111111"));
        let known = Known::during(MINUTE * 10);
        known.learn_team(team.clone(), id("11111111-1111-4111-8111-111111111111"));
        for (is_known, is_aging) in [(true, false), (true, true), (false, false)] {
            assert_eq!(known.team(&team).is_some(), is_known);
            assert_eq!(known.is_team_aging(&team), is_aging);
            advance(MINUTE * 5).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_confirmed_is_known_for_as_long_again_and_nothing_else() {
        let (team, one, other) = (
            id("11111111-1111-4111-8111-111111111111"),
            id("33333333-3333-4333-8333-333333333333"),
            id("44444444-4444-4444-8444-444444444444"),
        );
        let user_id = UserId::parse("u".to_owned()).unwrap();
        let rows = [
            (Some(one), Some(one), Some(one), "as it was"),
            (Some(one), Some(other), None, "another by now"),
            (Some(one), None, None, "gone"),
            (None, Some(one), None, "forgotten meanwhile"),
        ];
        for (learned, found, expected, about) in rows {
            let known = Known::during(MINUTE * 10);
            if let Some(learned) = learned {
                known.learn_member(user_id.clone(), team, learned);
            }
            advance(MINUTE * 6).await;
            known.confirm_member(user_id.clone(), team, found);
            assert_eq!(known.member(&user_id, team), expected, "{about}");
            assert!(!known.is_member_aging(&user_id, team), "{about}");
            advance(MINUTE * 6).await;
            assert_eq!(known.member(&user_id, team), expected, "{about}, later");
        }
    }
}
