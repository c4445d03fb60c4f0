//! What an order's status at Junction means. A status that is not known is kept as it is: Junction adds some without notice.

use crate::words::words;

/// The most characters of a status that may be counted by its name.
const MAX_COUNTED: usize = 64;

/// An order's status as Junction sent it, and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderStatus {
    raw: String,
    step: Option<Step>,
}

words! {
    /// Where an order is, in the gateway's words.
    pub OrderState {
        /// Placed; the requisition is not there yet.
        Placed = "placed",
        /// A visit can be booked or requested.
        ReadyToSchedule = "ready_to_schedule",
        /// A visit was requested and is not confirmed.
        VisitRequested = "visit_requested",
        /// A visit has a time.
        VisitScheduled = "visit_scheduled",
        /// The sample was drawn.
        Collected = "collected",
        /// Some results are there.
        Partial = "partial",
        /// All results are there.
        Resulted = "resulted",
        /// Results were replaced after they were final. It may happen again.
        Corrected = "corrected",
        /// The sample could not be used.
        Failed = "failed",
        /// Cancelled, and nothing follows.
        Cancelled = "cancelled",
        /// A status that the gateway does not know. It is never taken as final.
        Other = "other",
    }

    /// The last part of a status: how far the order is.
    pub Step {
        /// Sent to Junction.
        Ordered = "ordered",
        /// The requisition is there.
        RequisitionCreated = "requisition_created",
        /// None is needed.
        RequisitionBypassed = "requisition_bypassed",
        /// A visit was requested.
        AppointmentPending = "appointment_pending",
        /// A visit has a time.
        AppointmentScheduled = "appointment_scheduled",
        /// The visit was cancelled, and the order goes on.
        AppointmentCancelled = "appointment_cancelled",
        /// The sample was drawn.
        DrawCompleted = "draw_completed",
        /// Some results are there.
        PartialResults = "partial_results",
        /// All results are there.
        Completed = "completed",
        /// Results were replaced.
        Corrected = "corrected",
        /// The sample could not be used.
        SampleError = "sample_error",
        /// Cancelled.
        Cancelled = "cancelled",
    }

    /// The first part of a status: what it comes to, for all ways to collect a sample.
    pub TopLevel {
        /// With Junction.
        Received = "received",
        /// The sample is being collected.
        CollectingSample = "collecting_sample",
        /// The sample is with the laboratory.
        SampleWithLab = "sample_with_lab",
        /// Results are there.
        Completed = "completed",
        /// Cancelled.
        Cancelled = "cancelled",
        /// Failed.
        Failed = "failed",
    }
}

impl OrderState {
    /// What has to happen next, in a word for hosts; none where nothing more is expected, or where that is not known.
    #[must_use]
    pub const fn next(self) -> Option<&'static str> {
        match self {
            Self::Placed => Some("wait_for_requisition"),
            Self::ReadyToSchedule => Some("arrange_visit"),
            Self::VisitRequested => Some("wait_for_confirmation"),
            Self::VisitScheduled => Some("wait_for_visit"),
            Self::Collected => Some("wait_for_results"),
            Self::Partial | Self::Resulted | Self::Corrected => Some("read_results"),
            Self::Failed | Self::Cancelled | Self::Other => None,
        }
    }
}

impl OrderStatus {
    /// Reads a status such as `received.at_home_phlebotomy.ordered`, or its last part alone.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let last = text.rsplit('.').next().unwrap_or_default();
        Self {
            raw: text.to_owned(),
            step: Step::parse(last),
        }
    }

    /// What it means.
    #[must_use]
    pub const fn state(&self) -> OrderState {
        match self.step {
            Some(step) => step.state(),
            None => OrderState::Other,
        }
    }

    /// As Junction sent it.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// How far the order is, if the status is known.
    #[must_use]
    pub const fn step(&self) -> Option<Step> {
        self.step
    }

    /// What it comes to, which Junction also says of a status that is not known.
    #[must_use]
    pub fn top_level(&self) -> Option<TopLevel> {
        TopLevel::parse(self.raw.split('.').next().unwrap_or_default())
    }

    /// Whether the gateway knows what it means.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        self.step.is_some()
    }

    /// The status itself, if it can be part of a metric: a word of Junction's, and not whatever else came.
    #[must_use]
    pub fn countable(&self) -> Option<&str> {
        countable(&self.raw)
    }
}

/// A text of Junction's that can be part of a metric: 1 to 64 lower-case letters, `_` and `.`. Anything else could be a
/// person's data.
#[must_use]
pub fn countable(text: &str) -> Option<&str> {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'.');
    ((1..=MAX_COUNTED).contains(&text.len()) && text.bytes().all(is_word)).then_some(text)
}

impl Step {
    /// What it means.
    #[must_use]
    pub const fn state(self) -> OrderState {
        match self {
            Self::Ordered => OrderState::Placed,
            Self::RequisitionCreated | Self::RequisitionBypassed | Self::AppointmentCancelled => {
                OrderState::ReadyToSchedule
            }
            Self::AppointmentPending => OrderState::VisitRequested,
            Self::AppointmentScheduled => OrderState::VisitScheduled,
            Self::DrawCompleted => OrderState::Collected,
            Self::PartialResults => OrderState::Partial,
            Self::Completed => OrderState::Resulted,
            Self::Corrected => OrderState::Corrected,
            Self::SampleError => OrderState::Failed,
            Self::Cancelled => OrderState::Cancelled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_documented_status_has_its_state() {
        let rows = [
            ("received.at_home_phlebotomy.ordered", "placed"),
            ("received.at_home_phlebotomy.requisition_created", "ready_to_schedule"),
            ("received.at_home_phlebotomy.requisition_bypassed", "ready_to_schedule"),
            (
                "collecting_sample.at_home_phlebotomy.appointment_pending",
                "visit_requested",
            ),
            (
                "collecting_sample.at_home_phlebotomy.appointment_scheduled",
                "visit_scheduled",
            ),
            (
                "collecting_sample.at_home_phlebotomy.appointment_cancelled",
                "ready_to_schedule",
            ),
            ("collecting_sample.at_home_phlebotomy.draw_completed", "collected"),
            ("sample_with_lab.at_home_phlebotomy.partial_results", "partial"),
            ("completed.at_home_phlebotomy.completed", "resulted"),
            ("completed.at_home_phlebotomy.corrected", "corrected"),
            ("failed.at_home_phlebotomy.sample_error", "failed"),
            ("cancelled.at_home_phlebotomy.cancelled", "cancelled"),
            ("received.walk_in_test.ordered", "placed"),
            ("requisition_created", "ready_to_schedule"),
        ];
        for (text, state) in rows {
            let status = OrderStatus::read(text);
            assert_eq!(status.state().as_str(), state, "{text}");
            assert!(status.is_known(), "{text}");
            assert_eq!(status.raw(), text);
        }
    }

    #[test]
    fn an_unknown_status_is_other_and_keeps_what_it_comes_to() {
        let rows = [
            (
                "cancelled.testkit.do_not_process",
                Some(TopLevel::Cancelled),
                "a status of a kit",
            ),
            (
                "completed.at_home_phlebotomy.amended",
                Some(TopLevel::Completed),
                "a new one",
            ),
            ("received", Some(TopLevel::Received), "the old member `status`"),
            ("no_show", None, "a word alone"),
            (
                "received.at_home_phlebotomy.Ordered",
                Some(TopLevel::Received),
                "another case",
            ),
            ("", None, "nothing"),
            ("...", None, "dots"),
        ];
        for (text, top_level, reason) in rows {
            let status = OrderStatus::read(text);
            assert_eq!(status.state(), OrderState::Other, "{reason}");
            assert_eq!(status.top_level(), top_level, "{reason}");
            assert!(!status.is_known(), "{reason}");
        }
    }

    #[test]
    fn only_words_are_counted_by_name() {
        let long = "a".repeat(65);
        let rows = [
            ("failed.at_home_phlebotomy.lost", true),
            ("no_show", true),
            (&long, false),
            ("", false),
            ("Roy, Zoé", false),
            ("+15551234567", false),
        ];
        for (text, expected) in rows {
            assert_eq!(OrderStatus::read(text).countable().is_some(), expected, "{text}");
        }
    }

    #[test]
    fn every_state_is_read_by_its_word() {
        for state in OrderState::ALL {
            assert_eq!(OrderState::parse(state.as_str()), Some(*state));
        }
        assert_eq!(OrderState::parse("Placed"), None);
    }
}
