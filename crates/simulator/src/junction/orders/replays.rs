//! Responses to creations that had an idempotency key, for the day in which they are repeated.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::junction::{moment::Moment, refused::Refused, token::Access};

/// As documented.
const KEPT_SECS: i64 = 24 * 60 * 60;

/// The responses, by team, environment and key. Another body with the same key changes nothing: the key decides.
#[derive(Debug, Clone, Default)]
pub(in crate::junction) struct Replays(BTreeMap<String, (Moment, Result<Value, Refused>)>);

impl Replays {
    /// The response to be repeated, if there is one.
    pub(in crate::junction) fn find(
        &mut self,
        access: Access,
        key: &str,
        now: Moment,
    ) -> Option<Result<Value, Refused>> {
        self.0.retain(|_, (kept, _)| now < kept.plus(KEPT_SECS));
        self.0.get(&place(access, key)).map(|(_, response)| response.clone())
    }

    /// Keeps a response. Input that fails validation never began to be carried out, and is not kept; other failures are,
    /// unless the caller refuses that.
    pub(in crate::junction) fn keep(
        &mut self,
        (access, key): (Access, &str),
        response: &Result<Value, Refused>,
        keeps_failures: bool,
        now: Moment,
    ) {
        let is_kept = match response {
            Ok(_) => true,
            Err(Refused::Invalid(_)) => false,
            Err(_) => keeps_failures,
        };
        if is_kept {
            self.0.insert(place(access, key), (now, response.clone()));
        }
    }
}

fn place(access: Access, key: &str) -> String {
    format!("{} {} {key}", access.team, access.environment)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::junction::{feature::Environment, id::Id};

    #[test]
    fn a_response_is_kept_for_a_day_and_a_failure_only_if_the_caller_lets_it() {
        let access = Access {
            team: Id::new(),
            environment: Environment::Sandbox,
        };
        let now = Moment::real();
        let failed = Err(Refused::BadRequest("Phone number is not correct"));
        let rows = [
            (Ok(json!({})), false, true, "a success"),
            (failed.clone(), true, true, "a failure"),
            (failed, false, false, "a failure that is not to be kept"),
            (
                Err(Refused::Invalid(Vec::new())),
                true,
                false,
                "input that is not valid",
            ),
        ];
        for (response, keeps_failures, expected, reason) in rows {
            let mut replays = Replays::default();
            replays.keep((access, "k"), &response, keeps_failures, now);
            assert_eq!(replays.find(access, "k", now).is_some(), expected, "{reason}");
            assert!(
                replays.find(access, "k", now.plus(KEPT_SECS)).is_none(),
                "{reason}, a day later"
            );
        }
    }
}
