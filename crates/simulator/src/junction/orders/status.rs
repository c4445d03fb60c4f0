//! What becomes of an order for a visit at home, by Junction's low-level words.

/// A low-level status; others can be arranged as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::junction) enum Status {
    Ordered,
    RequisitionCreated,
    RequisitionBypassed,
    AppointmentPending,
    AppointmentScheduled,
    AppointmentCancelled,
    DrawCompleted,
    PartialResults,
    Completed,
    Corrected,
    SampleError,
    Cancelled,
}

impl Status {
    const ALL: [Self; 12] = [
        Self::Ordered,
        Self::RequisitionCreated,
        Self::RequisitionBypassed,
        Self::AppointmentPending,
        Self::AppointmentScheduled,
        Self::AppointmentCancelled,
        Self::DrawCompleted,
        Self::PartialResults,
        Self::Completed,
        Self::Corrected,
        Self::SampleError,
        Self::Cancelled,
    ];

    /// The status that a full word ends with: `received.at_home_phlebotomy.ordered`, say.
    pub(in crate::junction) fn of(full: &str) -> Option<Self> {
        let (_, low) = full.rsplit_once('.').unwrap_or(("", full));
        Self::ALL.into_iter().find(|status| status.word() == low)
    }

    pub(in crate::junction) fn word(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::RequisitionCreated => "requisition_created",
            Self::RequisitionBypassed => "requisition_bypassed",
            Self::AppointmentPending => "appointment_pending",
            Self::AppointmentScheduled => "appointment_scheduled",
            Self::AppointmentCancelled => "appointment_cancelled",
            Self::DrawCompleted => "draw_completed",
            Self::PartialResults => "partial_results",
            Self::Completed => "completed",
            Self::Corrected => "corrected",
            Self::SampleError => "sample_error",
            Self::Cancelled => "cancelled",
        }
    }

    /// The full word, for this way of collecting.
    pub(in crate::junction) fn full(self, method: &str) -> String {
        format!("{}.{method}.{}", self.top_level(), self.word())
    }

    fn top_level(self) -> &'static str {
        match self {
            Self::Ordered | Self::RequisitionCreated | Self::RequisitionBypassed => "received",
            Self::AppointmentPending
            | Self::AppointmentScheduled
            | Self::AppointmentCancelled
            | Self::DrawCompleted => "collecting_sample",
            Self::PartialResults => "sample_with_lab",
            Self::Completed | Self::Corrected => "completed",
            Self::SampleError => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether a visit can be arranged once it is there.
    pub(in crate::junction) fn can_be_visited(self) -> bool {
        match self {
            Self::RequisitionCreated
            | Self::RequisitionBypassed
            | Self::AppointmentPending
            | Self::AppointmentScheduled
            | Self::AppointmentCancelled => true,
            Self::Ordered
            | Self::DrawCompleted
            | Self::PartialResults
            | Self::Completed
            | Self::Corrected
            | Self::SampleError
            | Self::Cancelled => false,
        }
    }

    pub(in crate::junction) fn can_be_cancelled(self) -> bool {
        self.can_be_visited() || matches!(self, Self::Ordered | Self::DrawCompleted)
    }

    pub(in crate::junction) fn has_results(self) -> bool {
        matches!(self, Self::PartialResults | Self::Completed | Self::Corrected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_read_from_its_full_word() {
        for status in Status::ALL {
            let full = status.full("at_home_phlebotomy");
            assert_eq!(Status::of(&full), Some(status), "{full}");
        }
        assert_eq!(Status::of("received.at_home_phlebotomy.arrived"), None);
    }
}
