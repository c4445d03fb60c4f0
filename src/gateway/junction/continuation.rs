//! A session continuation: for which of a browser's sessions it is, and from there it is a launch.

use std::{rc::Rc, sync::Arc};

use domain::{
    audit::Named,
    junction::{Continuation, Plan, Wish},
    reason::Reason,
    refusal::Refusal,
};

use super::launch::JunctionEmbed;
use crate::{
    directory::{Caller, Visitor, over_rate},
    gateway::{Gateway, LaunchContext, Progress, party},
    resilience::{Kind, Reach},
};

/// A session that a continuation may be for, and what it comes to.
#[derive(Debug)]
pub struct Continuable {
    /// Whose session it is, and at which host.
    pub visitor: Visitor,
    plan: Plan,
    wish: Wish,
}

/// No session is the one that is meant.
#[derive(Debug)]
pub struct NoneFits {
    /// At which host, if the browser has one session alone.
    pub caller: Option<Caller>,
    /// Why not.
    pub refusal: Box<Refusal>,
}

/// The sessions of a browser that a continuation may be for. It is never the order of hosts or cookies that decides: any
/// site beside the hosts' own can give a browser a cookie with a session of its choice. Of several, Junction's own ids tell
/// which is meant.
///
/// # Errors
/// If there is none, or if nothing tells which is meant.
pub fn continuable(asked: &Continuation, visitors: Vec<Visitor>, wish: Wish) -> Result<Vec<Continuable>, NoneFits> {
    let is_alone = visitors.len() == 1;
    let mut fitting: Vec<Continuable> = Vec::new();
    let mut refused: Option<NoneFits> = None;
    for visitor in visitors {
        match planned(asked, &visitor, wish) {
            Ok(plan) if fitting.iter().any(|other| other.is_the_same_as(&visitor, &plan)) => {}
            Ok(plan) => fitting.push(Continuable { visitor, plan, wish }),
            Err(refusal)
                if refused
                    .as_ref()
                    .is_none_or(|so_far| is_nearer(&refusal, &so_far.refusal)) =>
            {
                refused = Some(NoneFits {
                    caller: is_alone.then_some(visitor.caller),
                    refusal: Box::new(refusal),
                });
            }
            Err(_another_session_comes_nearer) => {}
        }
    }
    match fitting.as_slice() {
        [] => Err(refused.unwrap_or_else(|| NoneFits::because(Reason::NoSession))),
        [_] => Ok(fitting),
        [..] if fitting.iter().all(Continuable::is_told_by_junction) => Ok(fitting),
        [..] => Err(NoneFits::because(Reason::SeveralSessionsFit)),
    }
}

fn planned(asked: &Continuation, visitor: &Visitor, wish: Wish) -> Result<Plan, Refusal> {
    let Visitor { caller, session, .. } = visitor;
    let junction = caller.junction()?;
    asked.plan(session, &junction.rules, &caller.host.junction, wish)
}

/// If a session of the right clinician has a problem, that problem is more useful to report than another clinician's
/// session.
fn is_nearer(refusal: &Refusal, than: &Refusal) -> bool {
    than.reason == Reason::SessionOfOtherClinician && refusal.reason != Reason::SessionOfOtherClinician
}

impl NoneFits {
    fn because(reason: Reason) -> Self {
        Self {
            caller: None,
            refusal: Box::new(reason.into()),
        }
    }
}

impl Continuable {
    /// Whom it is about.
    #[must_use]
    pub fn named(&self) -> Named<'_> {
        self.plan.named()
    }

    /// Whether it would open the same for the same person: two hosts of a tenant may share a clinician's sessions.
    fn is_the_same_as(&self, visitor: &Visitor, plan: &Plan) -> bool {
        let (own, others) = (&self.visitor.caller.tenant, &visitor.caller.tenant);
        own.id == others.id
            && self.plan.clinician.user_id() == plan.clinician.user_id()
            && self.plan.team.reference == plan.team.reference
            && self.plan.about == plan.about
    }

    /// Whether the request claims an id of Junction's, which is unique across its organizations and has to be right.
    fn is_told_by_junction(&self) -> bool {
        self.plan.expected.member.is_some() || self.plan.expected.team.is_some()
    }
}

impl Gateway {
    /// Takes a browser that Junction sent, and whose session was found, to a fresh URL.
    ///
    /// # Errors
    /// Why there is none; `continuation_loop` if the browser comes back again and again.
    pub async fn continue_junction(
        self: &Arc<Self>,
        one: &Continuable,
        reach: Reach,
        progress: &Rc<Progress>,
    ) -> Result<JunctionEmbed, Refusal> {
        let Continuable { visitor, plan, wish } = one;
        let caller = &visitor.caller;
        let (continuations, kind) = match wish {
            Wish::Unproven => (&caller.host.continuations, Kind::Continuation),
            Wish::Clicked => (&caller.host.confirmed_continuations, Kind::ConfirmedContinuation),
        };
        let clinician = plan.clinician.user_id();
        let too_often = |too_many| over_rate(Reason::ContinuedTooOften, &too_many);
        continuations.check(clinician).map_err(too_often)?;
        let mut context = LaunchContext {
            reach,
            ..LaunchContext::default()
        };
        if let Some(shared) = &self.shared_limits {
            let party = party(kind, caller, clinician);
            let checked = Box::pin(shared.check(party, continuations.rate(), &mut context.reach)).await;
            checked.map_err(too_often)?;
        }
        self.carry_out(caller, plan.clone(), context, progress).await
    }
}
