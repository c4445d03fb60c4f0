//! What a visit's two statuses at Junction mean together: they do not always agree.

use crate::words::words;

words! {
    /// Where a visit is, in the gateway's words.
    pub VisitState {
        /// Requested: it has no time, and is not certain.
        Requested = "requested",
        /// A time is held until the requisition is there.
        Reserved = "reserved",
        /// It has a time.
        Scheduled = "scheduled",
        /// The phlebotomist is on the way or there.
        InProgress = "in_progress",
        /// It took place.
        Completed = "completed",
        /// Cancelled: by the patient, the provider or the caller.
        Cancelled = "cancelled",
        /// A status that the gateway does not know.
        Other = "other",
    }
}

impl VisitState {
    /// What a visit's `status` and `event_status` mean together. One that ended in either has ended. A time that Junction
    /// calls scheduled is scheduled, though the other status still says that it is pending.
    #[must_use]
    pub fn of(status: &str, event_status: Option<&str>, has_start: bool) -> Self {
        let event = event_status.unwrap_or_default();
        let state = match status {
            "pending" => Self::Requested,
            "reserved" => Self::Reserved,
            "confirmed" | "scheduled" => Self::Scheduled,
            "in_progress" => Self::InProgress,
            "completed" => Self::Completed,
            "cancelled" => Self::Cancelled,
            _ => Self::Other,
        };
        match (state, event) {
            (Self::Completed | Self::Cancelled, _) => state,
            (_, "completed") => Self::Completed,
            (_, "cancelled") => Self::Cancelled,
            (Self::Requested | Self::Reserved, "scheduled") if has_start => Self::Scheduled,
            _ => state,
        }
    }

    /// Whether another visit must wait for the end of this one. A state that is not known has not ended.
    #[must_use]
    pub const fn is_active(self) -> bool {
        match self {
            Self::Requested | Self::Reserved | Self::Scheduled | Self::InProgress | Self::Other => true,
            Self::Completed | Self::Cancelled => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_statuses_make_one_state() {
        use VisitState::{Cancelled, Completed, InProgress, Other, Requested, Reserved, Scheduled};
        let rows = [
            ("pending", Some("pending"), false, Requested, "requested"),
            ("reserved", Some("reserved"), true, Reserved, "held"),
            ("confirmed", Some("scheduled"), true, Scheduled, "booked"),
            (
                "pending",
                Some("scheduled"),
                true,
                Scheduled,
                "the two apart, with a time",
            ),
            (
                "pending",
                Some("scheduled"),
                false,
                Requested,
                "the two apart, without a time",
            ),
            ("confirmed", None, true, Scheduled, "no second status"),
            ("in_progress", Some("in_progress"), true, InProgress, "there"),
            (
                "in_progress",
                Some("scheduled"),
                true,
                InProgress,
                "there, the other status behind",
            ),
            ("completed", Some("completed"), true, Completed, "done"),
            ("confirmed", Some("completed"), true, Completed, "done in one of them"),
            (
                "cancelled",
                Some("scheduled"),
                true,
                Cancelled,
                "cancelled in one of them",
            ),
            (
                "confirmed",
                Some("cancelled"),
                true,
                Cancelled,
                "cancelled in the other",
            ),
            ("no_show", Some("no_show"), true, Other, "a new word in both"),
            (
                "no_show",
                Some("scheduled"),
                true,
                Other,
                "a new word, the other status behind",
            ),
            (
                "no_show",
                Some("cancelled"),
                true,
                Cancelled,
                "a new word, and cancelled",
            ),
            ("pending", Some("no_show"), false, Requested, "a new word in the second"),
            ("", None, false, Other, "nothing"),
        ];
        for (status, event, has_start, expected, reason) in rows {
            assert_eq!(VisitState::of(status, event, has_start), expected, "{reason}");
        }
    }

    #[test]
    fn a_visit_that_has_not_ended_is_active() {
        let ended: Vec<_> = VisitState::ALL.iter().filter(|state| !state.is_active()).collect();
        assert_eq!(ended, [&VisitState::Completed, &VisitState::Cancelled]);
        for state in VisitState::ALL {
            assert_eq!(VisitState::parse(state.as_str()), Some(*state));
        }
    }
}
