//! What all requests about orders have in common: a place, a deadline of their own, and whose orders they may touch.

use std::{rc::Rc, sync::Arc, time::Duration};

use domain::{
    clinician::UserId,
    junction::{
        ClientUserId, IntegrationTeamId, JunctionId, TeamRef,
        orders::{
            grant::OrderGrants,
            seen::{CollectionMethod, SeenOrder, SeenVisit},
            whose::Whose,
        },
    },
    reason::Reason,
    refusal::Refusal,
};
use jiff::Timestamp;
use tokio::time::sleep;

use super::super::{
    calls::{Calls, Stopped, contradicted},
    refused::orders_refusal,
};
use crate::{
    directory::{Caller, JunctionTenant},
    gateway::{Gateway, LaunchContext, Progress, for_host},
    resilience::{CallerHasLeft, Deadline},
    upstream::junction::Call,
};

/// Between two reads that show whether something was done.
pub(super) const READ_AGAIN_AFTER: Duration = Duration::from_millis(400);

/// How often it is read before the outcome is unknown.
const READS: usize = 3;

/// What a request about a team's orders comes with.
pub struct OrderRequest<'a> {
    /// Who asks.
    pub caller: &'a Caller,
    /// Whose orders it may touch.
    pub whose: Whose,
    /// What goes with it.
    pub context: LaunchContext,
    /// How far it comes.
    pub progress: &'a Rc<Progress>,
}

/// A request about orders in progress.
pub(in crate::gateway::junction) struct Ordering<'a> {
    pub(super) calls: Calls<'a>,
    pub(super) junction: &'a JunctionTenant,
    /// What the host may do.
    pub(super) grants: &'a OrderGrants,
}

/// Whose orders a request may touch, by Junction's ids.
#[derive(Debug, Clone)]
pub(super) struct InTeam {
    pub(super) team: JunctionId,
    pub(super) patient: Option<ClientUserId>,
}

impl Gateway {
    /// Does what was asked for about orders, once there is a place for it. It goes on if the caller leaves: what was sent is
    /// read to its end.
    pub(super) async fn order<T: 'static>(
        self: &Arc<Self>,
        caller: &Caller,
        clinician: Option<&UserId>,
        context: LaunchContext,
        progress: &Rc<Progress>,
        work: impl AsyncFnOnce(&Ordering<'_>) -> Result<T, Stopped> + 'static,
    ) -> Result<T, Refusal> {
        let (seat, deadline) = self.admit(caller, clinician, self.orders_timeout, context).await?;
        let person = caller.proven(clinician).cloned();
        let done = {
            let (gateway, caller, progress) = (Arc::clone(self), caller.clone(), Rc::clone(progress));
            let deadline = deadline.clone();
            Box::pin(async move {
                // The place stays taken until the call in flight has ended, even if the caller leaves.
                let _seat = seat;
                let junction = caller.junction()?;
                let ordering = Ordering::new(
                    &gateway,
                    &caller,
                    junction,
                    person.as_ref(),
                    context,
                    &deadline,
                    &progress,
                );
                work(&ordering).await.map_err(orders_refusal)
            })
        };
        let outcome = match deadline.wait_for(done).await {
            Ok(outcome) => outcome,
            Err(CallerHasLeft) => Err(Reason::JunctionAnswersTooSlowly.into()),
        };
        outcome.map_err(|refusal| for_host(refusal, &caller.host))
    }
}

impl Gateway {
    /// Does what was asked for about the orders of a team, once that team is known.
    pub(super) async fn about_team<T: 'static>(
        self: &Arc<Self>,
        request: OrderRequest<'_>,
        work: impl AsyncFnOnce(&Ordering<'_>, InTeam) -> Result<T, Stopped> + 'static,
    ) -> Result<T, Refusal> {
        let OrderRequest {
            caller,
            whose,
            context,
            progress,
        } = request;
        let clinician = whose.clinician.clone();
        self.order(caller, clinician.as_ref(), context, progress, async move |ordering| {
            let whose = ordering.in_team(&whose).await?;
            work(ordering, whose).await
        })
        .await
    }

    /// The same about an order for a visit at home, while no other request arranges or cancels a visit of its patient's.
    pub(super) async fn about_visit<T: 'static>(
        self: &Arc<Self>,
        request: OrderRequest<'_>,
        order: JunctionId,
        work: impl AsyncFnOnce(&Ordering<'_>, InTeam, SeenOrder) -> Result<T, Stopped> + 'static,
    ) -> Result<T, Refusal> {
        self.about_team(request, async move |ordering, whose| {
            let found = ordering.order_at_home(order, &whose).await?;
            let _turn = ordering.turn_of_patient(&found).await?;
            work(ordering, whose, found).await
        })
        .await
    }
}

impl<'a> Ordering<'a> {
    pub(super) fn new(
        gateway: &'a Gateway,
        caller: &'a Caller,
        junction: &'a JunctionTenant,
        person: Option<&'a UserId>,
        context: LaunchContext,
        deadline: &'a Deadline,
        progress: &'a Progress,
    ) -> Self {
        Self {
            calls: Calls {
                gateway,
                tenant: &caller.tenant,
                person,
                account: &junction.account,
                memory: &junction.memory,
                trace: context.trace,
                deadline,
                progress,
            },
            junction,
            grants: &caller.host.junction.orders,
        }
    }

    /// The time by which slots expire and fees are due.
    pub(super) fn now(&self) -> Timestamp {
        self.calls.gateway.orders.clock.now()
    }

    /// The team by Junction's id. A team that Junction does not know has no orders.
    pub(super) async fn in_team(&self, whose: &Whose) -> Result<InTeam, Stopped> {
        let team = match &whose.team {
            TeamRef::Junction(id) => *id,
            TeamRef::Integration(reference) => self.team_called(&whose.team, reference).await?,
        };
        Ok(InTeam {
            team,
            patient: whose.patient.clone(),
        })
    }

    async fn team_called(&self, known_as: &TeamRef, reference: &IntegrationTeamId) -> Result<JunctionId, Stopped> {
        let known = &self.calls.memory.known;
        if let Some(id) = known.team(known_as) {
            return Ok(id);
        }
        let found = self.calls.ask(&Call::resolve_team(reference)).await?;
        let found = found.ok_or(Reason::TeamNotCreated)?;
        if found.integration_team_id.as_deref() != Some(reference.as_ref()) {
            return Err(contradicted(200));
        }
        known.learn_team(known_as.clone(), found.id);
        Ok(found.id)
    }

    /// The order, if the request may touch it. Only the team's own token shows it, and it must say itself that it is of this
    /// team and for this patient.
    pub(super) async fn order(&self, id: JunctionId, whose: &InTeam) -> Result<SeenOrder, Stopped> {
        let order = self.calls.ask_team(whose.team, &Call::get_order_whole(id)).await?;
        let order = order.ok_or_else(not_theirs)?;
        if order.id != id {
            return Err(contradicted(200));
        }
        if order.team != whose.team {
            return Err(Reason::JunctionNamesOtherTeam.into());
        }
        if let Some(patient) = &whose.patient {
            self.check_patient(order.user, patient, whose.team).await?;
        }
        Ok(order)
    }

    /// The same of an order for a visit at home.
    pub(super) async fn order_at_home(&self, id: JunctionId, whose: &InTeam) -> Result<SeenOrder, Stopped> {
        let order = self.order(id, whose).await?;
        match order.method {
            CollectionMethod::AtHomePhlebotomy => Ok(order),
            CollectionMethod::Testkit
            | CollectionMethod::WalkInTest
            | CollectionMethod::OnSiteCollection
            | CollectionMethod::Other => Err(Refusal::answered(Reason::NotAtHome, 200, None, None).into()),
        }
    }

    /// Refuses an order of another patient than the token's.
    async fn check_patient(&self, user: JunctionId, patient: &ClientUserId, team: JunctionId) -> Result<(), Stopped> {
        let user = self.calls.ask_team(team, &Call::get_user(user)).await?;
        let user = user.ok_or_else(not_theirs)?;
        if user.team != team {
            return Err(Reason::JunctionNamesOtherTeam.into());
        }
        if user.client_user_id != patient.as_ref() {
            return Err(Reason::JunctionNamesOtherPatient.into());
        }
        Ok(())
    }

    /// The order's visit, if it has or had one.
    pub(super) async fn visit_of(&self, order: &SeenOrder) -> Result<Option<SeenVisit>, Stopped> {
        if order.appointment.is_none() {
            return Ok(None);
        }
        self.visit(order.id, order.team).await
    }

    /// The visit of the order with this id, whatever the order says of it.
    pub(super) async fn visit(&self, order: JunctionId, team: JunctionId) -> Result<Option<SeenVisit>, Stopped> {
        let visit = self.calls.ask_team(team, &Call::get_visit(order)).await?;
        if visit
            .as_ref()
            .and_then(|visit| visit.order)
            .is_some_and(|of| of != order)
        {
            return Err(contradicted(200));
        }
        Ok(visit)
    }

    /// Reads until `shows` finds what it looks for, as often as there is time for, three times at most.
    pub(super) async fn read_until<T>(
        &self,
        mut read: impl AsyncFnMut() -> Result<Option<T>, Stopped>,
    ) -> Result<Option<T>, Stopped> {
        for attempt in 1..=READS {
            match read().await {
                Ok(None) if attempt < READS && self.calls.deadline.remaining() > READ_AGAIN_AFTER => {
                    sleep(READ_AGAIN_AFTER).await;
                }
                outcome => return outcome,
            }
        }
        Ok(None)
    }
}

/// What the team's own token does not show is not the team's.
pub(super) fn not_theirs() -> Stopped {
    Refusal::answered(Reason::NotOfThisTeam, 404, None, None).into()
}
