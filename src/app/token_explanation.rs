//! Explains a token as a configuration reads it: which host it leads to, each check with its outcome, and what its claims
//! come to. Nothing of what the token says is in the explanation.

use domain::{
    claims::{MappedClaim, MappedOutcome},
    reason::Reason,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use super::Explainer;
use crate::identity::Credential;

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
    /// Why it is refused, as in the log.
    reason: Option<&'static str>,
    why: Option<&'static str>,
    checks: Vec<Check>,
    /// What the mapped claims of an accepted token come to.
    claims: Vec<ToldClaim>,
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

impl Explainer {
    /// Checks a token like one of a launch: the keys of its issuer are fetched.
    pub async fn explain_token(&self, token: &SecretString) -> TokenExplanation {
        let authorization = format!("Bearer {}", token.expose_secret().trim());
        let authenticated = match Credential::read(&[], &[authorization.as_bytes()]) {
            Ok(Credential::Token(token)) => self.0.authenticate(&Credential::Token(token), None).await,
            Ok(Credential::Key(_)) => Err(Reason::TokenMalformed.into()),
            Err(reason) => Err(reason.into()),
        };
        match authenticated {
            Ok(caller) => {
                let identity = caller.token.as_deref();
                let claims = identity.map(|identity| identity.claims.mapped(&identity.map.person));
                TokenExplanation {
                    accepted: true,
                    host: Some(caller.host.id.to_string()),
                    reason: None,
                    why: None,
                    checks: CHECKS.map(|(check, _)| passed(check)).into(),
                    claims: claims.unwrap_or_default().into_iter().map(ToldClaim::from).collect(),
                }
            }
            Err(stranger) => TokenExplanation {
                accepted: false,
                host: stranger.candidate.map(|host| host.to_string()),
                reason: Some(stranger.reason.as_str()),
                why: Some(stranger.reason.meaning()),
                checks: checks_of(stranger.reason),
                claims: Vec::new(),
            },
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
