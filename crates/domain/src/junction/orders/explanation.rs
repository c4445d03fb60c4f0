//! What placing an order or arranging a visit would come to: which calls, in order, and what each depends on.

use super::{parse::Arrangement, placing::PlacingPlan, whose::Whose};
use crate::junction::{
    Announced, Id, JunctionCall, JunctionId, Target, TeamRef,
    explanation::{find_member, find_patient, member_changes, patient_changes, team, token},
};

/// Every call that placing an order may come to, as long as Junction responds to each at once. It does not foresee repeated
/// calls, nor a request that was sent before.
#[must_use]
pub fn explain_placing(plan: &PlacingPlan) -> Vec<Announced> {
    let account = &plan.account;
    let (team, mut calls) = team(account);
    calls.push(find_member());
    calls.extend(find_patient(account, team));
    calls.extend(member_changes(account, Id::From(JunctionCall::ResolveMember)));
    calls.extend(patient_changes(account));
    calls.push(Announced::always(JunctionCall::GetAreaInfo).unless_remembered());
    calls.push(Announced::always(JunctionCall::CreateOrder));
    calls
}

/// The same of a visit.
#[must_use]
pub fn explain_visit(whose: &Whose, order: JunctionId, arrangement: &Arrangement) -> Vec<Announced> {
    let team = match &whose.team {
        TeamRef::Junction(id) => Id::Known(*id),
        TeamRef::Integration(_) => Id::From(JunctionCall::ResolveTeam),
    };
    let find = match team {
        Id::Known(_) => None,
        Id::From(call) => Some(Announced::always(call).unless_remembered()),
    };
    let of_order = |call| Announced::always(call).of(Target::Id(Id::Known(order)));
    let patient = whose.patient.as_ref().map(|_| {
        let user = Target::Id(Id::From(JunctionCall::GetOrder));
        Announced::always(JunctionCall::GetUser).of(user)
    });
    let (area, arrange) = match arrangement {
        Arrangement::Book { .. } => (None, JunctionCall::BookVisit),
        Arrangement::Request { .. } => (
            Some(Announced::always(JunctionCall::GetAreaInfo).unless_remembered()),
            JunctionCall::RequestVisit,
        ),
    };
    let read = [of_order(JunctionCall::GetOrder)].into_iter().chain(patient);
    find.into_iter()
        .chain([token(team)])
        .chain(read.clone())
        .chain([of_order(JunctionCall::GetVisit)])
        .chain(area)
        .chain([Announced::always(JunctionCall::ListOrders), of_order(arrange)])
        // What is shown is what is read afterwards.
        .chain(read)
        .chain([of_order(JunctionCall::GetVisit)])
        .collect()
}
