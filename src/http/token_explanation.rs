//! The JSON document that explains a token: which host it leads to, each check with its outcome, and what its claims come to.
//! Nothing of what the token says is in it.

use domain::{
    claims::{MappedClaim, MappedOutcome},
    reason::Reason,
};
use serde::Serialize;

use crate::directory::ExplainedToken;

/// What is checked of a token, in that order, and what is found out by each.
const CHECKS: [(&str, &[Reason]); 10] = [
    ("form", &[Reason::NoCredential, Reason::TokenMalformed]),
    ("issuer", &[Reason::TokenOfUnknownIssuer]),
    (
        "audience",
        &[Reason::TokenForOtherAudience, Reason::TokenForSeveralHosts],
    ),
    ("type", &[Reason::TokenCritical, Reason::TokenType]),
    ("algorithm", &[Reason::TokenAlgorithm]),
    ("keys", &[Reason::IssuerWithoutKeys]),
    ("key", &[Reason::TokenOfUnknownKey]),
    ("signature", &[Reason::TokenSignature]),
    (
        "time",
        &[
            Reason::TokenWithoutExpiry,
            Reason::TokenExpired,
            Reason::TokenNotYetValid,
            Reason::TokenFromFuture,
            Reason::TokenTooOld,
        ],
    ),
    ("use", &[Reason::TokenBoundToKey, Reason::TokenClaimRequired]),
];

/// What becomes of a token.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenExplanation {
    /// Whether it proves a host.
    pub accepted: bool,
    /// The id of the host that it proves, or would prove if it were good.
    host: Option<String>,
    /// The issuer of that host's that it is of.
    issuer: Option<String>,
    /// Why it is refused, as in the log.
    reason: Option<&'static str>,
    why: Option<&'static str>,
    checks: Vec<Check>,
    /// What the host's mapped claims come to; of a refused token they are not proven.
    claims: Vec<ToldClaim>,
    /// Absent if the explanation was not requested over HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

#[derive(Debug, Serialize)]
struct Check {
    check: &'static str,
    outcome: CheckOutcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum CheckOutcome {
    Passed,
    Failed,
    /// Another check failed.
    NotReported,
}

#[derive(Debug, Serialize)]
struct ToldClaim {
    field: &'static str,
    claim: String,
    /// `usable`, `missing`, or the code of what is wrong with it.
    outcome: &'static str,
}

impl TokenExplanation {
    /// Writes down what became of a token, with the id of the request for it.
    #[must_use]
    pub fn new(explained: ExplainedToken, request_id: Option<&str>) -> Self {
        let reason = explained.outcome.err();
        Self {
            accepted: reason.is_none(),
            host: explained.host.map(|host| host.to_string()),
            issuer: explained.issuer.map(|issuer| issuer.to_string()),
            reason: reason.map(Reason::as_str),
            why: reason.map(Reason::meaning),
            checks: reason.map_or_else(|| CHECKS.map(|(check, _)| passed(check)).into(), checks_of),
            claims: explained.claims.into_iter().map(ToldClaim::from).collect(),
            request_id: request_id.map(str::to_owned),
        }
    }
}

const fn passed(check: &'static str) -> Check {
    Check {
        check,
        outcome: CheckOutcome::Passed,
    }
}

/// Whatever comes before the check that failed was passed. What comes after it is not reported: some checks look again.
fn checks_of(reason: Reason) -> Vec<Check> {
    let failed = CHECKS.iter().position(|(_, reasons)| reasons.contains(&reason));
    let checks = CHECKS.iter().enumerate().map(|(at, (check, _))| Check {
        check,
        outcome: match failed {
            Some(failed) if at < failed => CheckOutcome::Passed,
            Some(failed) if at == failed => CheckOutcome::Failed,
            Some(_) | None => CheckOutcome::NotReported,
        },
    });
    checks.collect()
}

impl From<MappedClaim> for ToldClaim {
    fn from(mapped: MappedClaim) -> Self {
        Self {
            field: mapped.field,
            claim: mapped.claim,
            outcome: match mapped.outcome {
                MappedOutcome::Usable => "usable",
                MappedOutcome::Missing => "missing",
                MappedOutcome::Unusable(fault) => fault.code(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_to_refuse_a_token_belongs_to_one_check() {
        let of_tokens = Reason::ALL.iter().filter(|reason| reason.is_of_token());
        for reason in of_tokens.chain(&[Reason::IssuerWithoutKeys]) {
            let checks = CHECKS.iter().filter(|(_, reasons)| reasons.contains(reason));
            assert_eq!(checks.count(), 1, "{reason:?}");
        }
    }
}
