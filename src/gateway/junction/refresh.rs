//! What a launch made use of and what is half forgotten is looked up again after it, so that no launch of a busy clinic has to
//! wait for that. Nothing is created or changed but a team's token, and no launch is held up or refused by it.

use std::sync::Arc;

use domain::{
    clinician::UserId,
    junction::{About, JunctionId, Plan, TeamRef},
};
use tokio::{task::spawn_local, time::Instant};

use super::{
    calls::{Calls, Stopped},
    member::is_bound,
};
use crate::{
    directory::{Memory, Tenant},
    gateway::{Gateway, Progress},
    resilience::Deadline,
    upstream::junction::{Aging, Call, Refresh, TeamToken},
};

impl Gateway {
    /// Looks up again what a launch that went well made use of, as far as it is aging and there is a slot to spare. Returns at
    /// once. Must be called where a `LocalSet` runs, and ends with that.
    pub(super) fn refresh(self: &Arc<Self>, tenant: &Arc<Tenant>, plan: &Plan) {
        let Some(junction) = &tenant.junction else { return };
        let now = Instant::now();
        for aging in aging(&junction.memory, plan, now) {
            let Some(seat) = self.admission.spare_seat(&tenant.seats) else {
                return;
            };
            let Some(refresh) = junction.memory.refreshes.begin(aging, now) else {
                continue;
            };
            let (gateway, tenant) = (Arc::clone(self), Arc::clone(tenant));
            spawn_local(async move {
                let _until_the_end = seat;
                gateway.look_up_again(&tenant, refresh).await;
            });
        }
    }

    async fn look_up_again(&self, tenant: &Arc<Tenant>, mut refresh: Refresh) {
        let Some(junction) = &tenant.junction else { return };
        let calls = Calls {
            gateway: self,
            tenant,
            person: None,
            account: &junction.account,
            memory: &junction.memory,
            trace: None,
            deadline: &Deadline::new(Instant::now(), self.timeout, None),
            progress: &Progress::default(),
        };
        let (what, looked_up) = match &refresh.of {
            Aging::Team(team) => ("team", calls.confirm_team(team).await),
            Aging::Member(user_id, team) => ("member", calls.confirm_member(user_id, *team).await),
            Aging::Token(team) => ("token", calls.renew_token(*team).await),
        };
        let outcome = match looked_up {
            Ok(true) => "confirmed",
            Ok(false) => "forgotten",
            // What is remembered stays so for the rest of its time.
            Err(_not_found_out) => {
                refresh.failed(Instant::now());
                "failed"
            }
        };
        tracing::debug!(tenant = %tenant.id, what, outcome, "what is remembered of Junction was looked up again");
    }
}

/// What a launch made use of, as far as it is aging.
fn aging(memory: &Memory, plan: &Plan, now: Instant) -> Vec<Aging> {
    let Memory { known, tokens, .. } = memory;
    let reference = &plan.team.reference;
    let team = match reference {
        TeamRef::Junction(id) => Some(*id),
        TeamRef::Integration(_) => known.team(reference),
    };
    let Some(team) = team else { return Vec::new() };
    let user_id = plan.clinician.user_id();
    let uses_token = match plan.about {
        About::Team(_) => false,
        About::NewOrder(_) | About::NewOrderOf(_) | About::Order(_) => true,
    };
    let of_team = known.is_team_aging(reference);
    let of_member = known.is_member_aging(user_id, team);
    let of_token = uses_token && tokens.aging(team, now).is_some();
    [
        of_team.then(|| Aging::Team(reference.clone())),
        of_member.then(|| Aging::Member(user_id.clone(), team)),
        of_token.then_some(Aging::Token(team)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Each finds out whether something is still so, and keeps it for longer or forgets it.
impl Calls<'_> {
    async fn confirm_team(&self, team: &TeamRef) -> Result<bool, Stopped> {
        let TeamRef::Integration(reference) = team else {
            return Ok(true);
        };
        let found = unless_refused(self.ask(&Call::resolve_team(reference)).await)?.flatten();
        let same = found.filter(|found| found.integration_team_id.as_deref() == Some(reference.as_ref()));
        let same = same.map(|found| found.id);
        self.memory.known.confirm_team(team.clone(), same);
        Ok(same.is_some())
    }

    async fn confirm_member(&self, user_id: &UserId, team: JunctionId) -> Result<bool, Stopped> {
        let found = unless_refused(self.ask(&Call::resolve_member(user_id)).await)?.flatten();
        let same = found.filter(|found| found.integration_member_id == user_id.as_ref() && is_bound(found, team));
        let same = same.map(|found| found.id);
        self.memory.known.confirm_member(user_id.clone(), team, same);
        Ok(same.is_some())
    }

    /// The old token is used until the new one is there.
    async fn renew_token(&self, team: JunctionId) -> Result<bool, Stopped> {
        let tokens = &self.memory.tokens;
        let Some(old) = tokens.aging(team, Instant::now()) else {
            return Ok(true);
        };
        let call = Call::create_api_access_token(team, self.account.environment);
        let new = unless_refused(self.ask(&call).await)?.map(|raw| TeamToken::new(raw, Instant::now()));
        let is_renewed = new.is_some();
        tokens.replace(team, &old, new).await;
        Ok(is_renewed)
    }
}

/// Nothing if Junction says that what was asked about is not so, or not the caller's.
fn unless_refused<T>(asked: Result<T, Stopped>) -> Result<Option<T>, Stopped> {
    match asked {
        Ok(found) => Ok(Some(found)),
        Err(stopped) if stopped.may_come_of_old_knowledge() => Ok(None),
        Err(stopped) => Err(stopped),
    }
}
