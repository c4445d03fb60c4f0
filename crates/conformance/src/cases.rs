//! The matrix: every case of every suite, one row for each fact. What a row states is written by hand, from the
//! contract and from Empego's page, and not taken from the tables that the gateway itself answers from.
//!
//! A row reads: name, what is sent, how that differs from a good request, what comes back under a documented policy, and
//! what under a strict one if that is something else.

/// Writes groups of cases from rows.
macro_rules! matrix {
    ($good:ident; $($group:literal { $(
        $name:ident, $title:literal, { $($part:ident: $value:expr),* }
            => [$($documented:expr),+] $(, strict [$($strict:expr),+])?;
    )+ })+) => {
        /// Every case of it, by what it is about.
        pub(super) const ALL: &[Group] = &[$(Group {
            title: $group,
            cases: &[$(Case {
                name: stringify!($name),
                title: $title,
                ask: Ask { $($part: $value,)* ..$good },
                documented: &[$($documented),+],
                strict: matrix!(@strict [$($documented),+] $([$($strict),+])?),
            },)+],
        },)+];
    };
    (@strict [$($documented:expr),+]) => { &[$($documented),+] };
    (@strict [$($documented:expr),+] [$($strict:expr),+]) => { &[$($strict),+] };
}

mod compat;
mod junction;
mod native;
mod outcomes;
mod upstream;

pub(super) use self::outcomes::{ENDPOINT_DENIED, FEATURE_DENIED, INTENT_DENIED};
use super::{case::Group, report::Suite};

// What stands in a row for what the run was told: the team and the patient as JSON texts, the order inside of one.
pub(super) const TEAM: &str = "$TEAM";
pub(super) const PATIENT: &str = "$PATIENT";
pub(super) const ORDER: &str = "$ORDER";

/// The cases of a suite, in the order in which they are run.
pub(super) const fn of(suite: Suite) -> &'static [Group] {
    match suite {
        Suite::Compat => compat::ALL,
        Suite::Native => native::ALL,
        Suite::Upstream => upstream::ALL,
        Suite::Junction => junction::ALL,
        // A story and no matrix: see `orders`.
        Suite::Orders => &[],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use domain::code::Code;

    use super::*;
    use crate::case::{Case, Outcome};

    const SUITES: [Suite; 4] = [Suite::Compat, Suite::Native, Suite::Upstream, Suite::Junction];

    fn cases(suite: Suite) -> impl Iterator<Item = &'static Case> {
        of(suite).iter().flat_map(|group| group.cases)
    }

    #[test]
    fn a_name_stands_for_one_case() {
        for suite in SUITES {
            let names: BTreeSet<_> = cases(suite).map(|case| case.name).collect();
            assert_eq!(names.len(), cases(suite).count(), "{suite:?}");
        }
    }

    #[test]
    fn handwritten_cases_match_the_table_and_cover_what_requests_provoke() {
        let table: BTreeMap<_, _> = Code::ALL.iter().map(|code| (code.as_str(), *code)).collect();
        let mut seen = BTreeSet::new();
        let gateways = [Suite::Compat, Suite::Native, Suite::Junction];
        for case in gateways.into_iter().flat_map(cases) {
            let of_all = [&ENDPOINT_DENIED, &FEATURE_DENIED];
            for outcome in case.documented.iter().chain(case.strict).chain(of_all) {
                let Outcome::Error(error) = outcome else { continue };
                let code = table[error.code.unwrap()];
                let stated = (error.status, error.message, error.source.as_str(), false);
                let told = (
                    code.status(),
                    &*code.message(None),
                    code.source().as_str(),
                    code.is_retryable(),
                );
                assert_eq!(stated, told, "{}", case.name);
                seen.insert(code.as_str());
            }
        }
        // What needs another configuration, a token, a malformed head, a slow or busy peer, or a broken upstream.
        let elsewhere = [
            "clinician_not_accepted",
            "bad_target",
            "origin_denied",
            "intent_denied",
            "patient_denied",
            "claim_unusable",
            "request_timeout",
            "rate_limited",
            "upstream_header_rejected",
            "upstream_authentication_failed",
            "upstream_rejected",
            "upstream_error",
            "upstream_bad_body",
            "upstream_bad_url",
            "upstream_unreachable",
            "upstream_busy",
            "overloaded",
            "identity_provider_unavailable",
            "user_unknown",
            "store_unavailable",
            "audit_unavailable",
            "upstream_circuit_open",
            "upstream_connect_timeout",
            "upstream_timeout",
            "internal",
            // What a frame gets, and no host.
            "ticket_spent",
            // What the story of an order provokes, and what needs Junction's fault, a late hour or an event of its own.
            "idempotency_key_required",
            "idempotency_conflict",
            "name_not_orderable",
            "address_incomplete",
            "patient_is_minor",
            "area_not_served",
            "requisition_pending",
            "visit_active",
            "not_reschedulable",
            "not_cancellable",
            "late_cancellation",
            "slot_expired",
            "slot_taken",
            "slot_foreign",
            "results_not_ready",
            "outcome_unknown",
            "webhook_unverified",
        ];
        // What Junction alone can bring about, and what is for browsers that it sends.
        let of_junction = table.keys().copied().filter(|code| {
            [
                "junction_forbidden",
                "junction_conflict",
                "team_denied",
                "session_required",
                "session_mismatch",
                "confirmation_required",
                "continuation_loop",
            ]
            .contains(code)
        });
        let elsewhere: Vec<_> = elsewhere.into_iter().chain(of_junction).collect();
        let all: BTreeSet<_> = elsewhere.iter().copied().chain(seen.iter().copied()).collect();
        assert_eq!(all, table.keys().copied().collect());
        assert_eq!(seen.len() + elsewhere.len(), all.len());
    }
}
