//! The audit trail's record of an attempt: who, for which tenant, what, about whom, and what became of it.

use std::net::IpAddr;

use domain::{audit, operation::Operation, outcome::Outcome, refusal::Refusal};
use jiff::Timestamp;

use super::attempt::Attempt;
use crate::{audit::Policy, gateway::Decided};

/// What an attempt came to.
pub(super) struct Answer<'a> {
    pub(super) outcome: Outcome,
    /// None if no response was sent.
    pub(super) status: Option<u16>,
    pub(super) refusal: Option<&'a Refusal>,
}

/// The record of an attempt; none if no host has proved itself, or if it asked for nothing that is recorded. Whom it is about goes
/// with the record: there is one.
pub(super) fn of(
    attempt: &mut Attempt,
    answer: &Answer<'_>,
    policy: &Policy,
    from: Option<IpAddr>,
) -> Option<Box<audit::Attempt>> {
    let (caller, operation) = (attempt.caller.as_ref()?, attempt.operation?);
    let Decided {
        intent,
        identity,
        feature,
        modality,
    } = attempt.progress.decided.get();
    let refusal = answer.refusal;
    let upstream = refusal.and_then(|refusal| refusal.upstream.as_ref());
    let claims = caller.token.as_deref().map(|token| &token.claims);
    let word = |text: Option<&'static str>| text.map(Into::into);
    Some(Box::new(audit::Attempt {
        at: Timestamp::now(),
        id: attempt.request_id.as_str().to_owned(),
        attempt: attempt.id,
        tenant: (*caller.tenant.id).to_owned(),
        host: (*caller.host.id).to_owned(),
        op: Operation::as_str(operation).into(),
        code: answer.outcome.as_str().into(),
        status: answer.status,
        source: word(refusal.map(|refusal| refusal.code.source().as_str())),
        reason: word(refusal.map(|refusal| refusal.reason.as_str())),
        intent: word(intent.or(attempt.intent)),
        identity: word(identity),
        feature: word(feature),
        modality: word(modality),
        warnings: attempt
            .progress
            .warnings
            .borrow()
            .iter()
            .map(|warning| (*warning).into())
            .collect(),
        calls: attempt.progress.calls(),
        upstream: word(upstream.map(|answer| answer.vendor.as_str())),
        upstream_status: upstream.and_then(|answer| answer.status),
        purpose: policy.terms.purpose.clone(),
        peer: from.filter(|_| policy.terms.addresses).map(|from| from.to_canonical()),
        iss: claims.and_then(|claims| claims.issuer()).map(str::to_owned),
        jti: claims.and_then(|claims| claims.token_id()).map(str::to_owned),
        persons: attempt.persons.take(),
    }))
}
