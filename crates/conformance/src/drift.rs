//! What is different from an earlier run.

use std::collections::BTreeMap;

use super::report::{CaseReport, Drift, DriftKind, Report, Verdict};

/// Every case that is not as it was, in the order of the new run; those that are gone come last.
pub(super) fn drift(old: &Report, new: &[CaseReport]) -> Vec<Drift> {
    let was_run = |case: &&CaseReport| matches!(case.verdict, Verdict::Passed | Verdict::Failed);
    let mut before: BTreeMap<_, _> = old.cases.iter().filter(was_run).map(|case| (&case.id, case)).collect();
    let mut drifts = Vec::new();
    for after in new.iter().filter(was_run) {
        let before = before.remove(&after.id);
        let kind = match before.map(|before| (before.verdict == Verdict::Passed, after.verdict == Verdict::Passed)) {
            None => DriftKind::Added,
            Some((true, false)) => DriftKind::NewFailure,
            Some((false, true)) => DriftKind::Fixed,
            Some((true, true) | (false, false)) if before.is_some_and(|before| before.got != after.got) => {
                DriftKind::Changed
            }
            Some((true, true) | (false, false)) => continue,
        };
        drifts.push(Drift {
            id: after.id.clone(),
            kind,
            before: before.and_then(|before| before.got.clone()),
            after: after.got.clone(),
        });
    }
    let gone = old.cases.iter().filter(|case| before.contains_key(&case.id));
    drifts.extend(gone.map(|case| Drift {
        id: case.id.clone(),
        kind: DriftKind::Removed,
        before: case.got.clone(),
        after: None,
    }));
    drifts
}
