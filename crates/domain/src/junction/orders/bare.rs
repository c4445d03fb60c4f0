//! Requests that say nothing in a body: nothing may come with them, and events are asked for in the query, which names no person.

use std::{borrow::Cow, time::Duration};

use crate::{
    fault::{Fault, FieldErrors, UnknownName},
    native_body::{Native, Opened},
    query,
    reason::Reason,
    refusal::Refusal,
};

/// The longest wait for an event, in seconds.
const MAX_WAIT: u64 = 30;

/// Which events are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EventsQuery {
    /// After which number.
    pub after: i64,
    /// How long to wait for the first, at most.
    pub wait: Duration,
}

/// Refuses what must not come with a request that has no body. An empty object stands for it.
///
/// # Errors
/// `invalid_request`, with every error.
pub fn nothing(request: Native<'_>) -> Result<(), Refusal> {
    let Opened { members, mut errors } = request.open(false)?;
    members.finish(&[], &mut errors);
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Refusal::new(Reason::FieldsAtFault).naming(errors))
    }
}

impl EventsQuery {
    /// Reads `after` and `wait`, a number of seconds; both may be left out.
    #[must_use]
    pub fn read(query: &str, errors: &mut FieldErrors) -> Self {
        const NAMES: &[&str] = &["after", "wait"];
        let mut asked = Self::default();
        let mut seen: Vec<Cow<'_, str>> = Vec::new();
        for (name, value) in query::pairs(query, errors) {
            // A name that the caller made up is nowhere repeated.
            let place = NAMES.iter().find(|known| **known == name);
            let place = place.map_or("/query/*".to_owned(), |known| format!("/query/{known}"));
            if NAMES.contains(&&*name) && seen.contains(&name) {
                errors.add(place, Fault::Repeated);
                continue;
            }
            match &*name {
                "after" => match value.parse() {
                    Ok(after) if after >= 0 => asked.after = after,
                    Ok(_) | Err(_) => errors.add(place, Fault::Malformed("the number of an event, or 0")),
                },
                "wait" => match value.parse() {
                    Ok(wait) if wait <= MAX_WAIT => asked.wait = Duration::from_secs(wait),
                    Ok(_) | Err(_) => errors.add(place, Fault::Malformed("0 to 30 seconds")),
                },
                other => errors.add(place, Fault::UnknownName(UnknownName::new(other, NAMES))),
            }
            seen.push(name);
        }
        asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A query, the number and the seconds in it, and what it is an example of.
    type Row<'a> = (&'a str, Option<(i64, u64)>, &'a str);

    #[test]
    fn events_are_asked_for_by_number_and_seconds() {
        let rows: [Row<'_>; 10] = [
            ("", Some((0, 0)), "from the beginning"),
            ("after=41&wait=25", Some((41, 25)), "both"),
            ("wait=30", Some((0, 30)), "the longest wait"),
            ("wait=31", None, "longer than that"),
            ("after=-1", None, "before the first"),
            ("after=one", None, "no number"),
            ("after=1&after=2", None, "twice"),
            ("since=1", None, "another name"),
            ("since=1&since=2", None, "another name, twice"),
            ("after", None, "no value"),
        ];
        for (query, expected, reason) in rows {
            let mut errors = FieldErrors::default();
            let read = EventsQuery::read(query, &mut errors);
            let read = errors.is_empty().then_some((read.after, read.wait.as_secs()));
            assert_eq!(read, expected, "{reason}");
        }
    }

    #[test]
    fn a_request_without_a_body_has_no_query_either() {
        let asked = |query| {
            nothing(Native {
                body: b"{}",
                query,
                ..Native::default()
            })
        };
        assert_eq!(asked(""), Ok(()));
        assert_eq!(
            asked("page=2").map_err(|refusal| refusal.reason),
            Err(Reason::FieldsAtFault)
        );
    }
}
