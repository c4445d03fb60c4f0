//! What Junction's error texts say beyond their status. Most are in none of its documents, so a text decides nothing: the
//! gateway reads before it asks, and a text only finds a better name for what that did not see. One that is not here, or that
//! Junction rewrites, is reported by its status.

use domain::{junction::JunctionCall, reason::Reason};

/// What a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// Why it was refused.
    Reason(Reason),
    /// Which of the caller's fields is at fault.
    Field(&'static str),
}

/// The calls that it answers, a part of the text in lower case, and what that says.
type Row = (&'static [JunctionCall], &'static str, Said);

const ROWS: &[Row] = &[
    // In Junction's guide to cancelling orders; the status stands before these words.
    (
        &[JunctionCall::CancelOrder],
        "to cancelled is not allowed",
        Said::Reason(Reason::OrderTooFar),
    ),
    // By analogy.
    (
        &[JunctionCall::CancelVisit],
        "to cancelled is not allowed",
        Said::Reason(Reason::VisitTooFar),
    ),
    // Reported by others who recorded Junction's sandbox; not in its documents. So is everything that follows.
    (
        &[JunctionCall::BookVisit, JunctionCall::RescheduleVisit],
        "invalid or expired booking key",
        Said::Reason(Reason::SlotGone),
    ),
    // By analogy with walk-in appointments, where a taken slot is a 400 in the sandbox. What else could be wrong with a slot was
    // looked at before.
    (
        &[JunctionCall::BookVisit, JunctionCall::RescheduleVisit],
        "slot",
        Said::Reason(Reason::SlotGone),
    ),
    (
        ABOUT_VISITS,
        "doesn't have a phlebotomy order",
        Said::Reason(Reason::NotAtHome),
    ),
    (ABOUT_VISITS, "no appointment", Said::Reason(Reason::NoVisit)),
    (
        &[
            JunctionCall::BookVisit,
            JunctionCall::RequestVisit,
            JunctionCall::GetRequisitionPdf,
        ],
        "does not have a requisition",
        Said::Reason(Reason::NoRequisition),
    ),
    (
        &[JunctionCall::CreateOrder],
        "phone number",
        Said::Field("/patient/demographics/phoneNumber"),
    ),
    (
        &[JunctionCall::CreateOrder],
        "invalid state",
        Said::Field("/address/state"),
    ),
];

const ABOUT_VISITS: &[JunctionCall] = &[
    JunctionCall::GetVisit,
    JunctionCall::BookVisit,
    JunctionCall::RequestVisit,
    JunctionCall::RescheduleVisit,
    JunctionCall::CancelVisit,
];

/// What the text of an answer that refuses this call says beyond the answer's status.
pub(super) fn of(call: JunctionCall, text: &str) -> Option<Said> {
    let text = text.to_lowercase();
    let row = ROWS
        .iter()
        .find(|(calls, part, _)| calls.contains(&call) && text.contains(part));
    row.map(|(_, _, said)| *said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_names_what_its_status_does_not() {
        use JunctionCall::{BookVisit, CancelOrder, CancelVisit, CreateOrder, GetOrder, GetRequisitionPdf, GetVisit};
        let reason = |reason| Some(Said::Reason(reason));
        let rows = [
            (BookVisit, "Invalid or expired booking key", reason(Reason::SlotGone)),
            (GetOrder, "Invalid or expired booking key", None),
            (
                GetVisit,
                "This order doesn't have a phlebotomy order.",
                reason(Reason::NotAtHome),
            ),
            (CancelVisit, "No appointment for this order", reason(Reason::NoVisit)),
            (
                GetRequisitionPdf,
                "This order does not have a requisition, it's still in state ordered.",
                reason(Reason::NoRequisition),
            ),
            (
                CancelOrder,
                "Transition from partial_results to cancelled is not allowed",
                reason(Reason::OrderTooFar),
            ),
            (
                CreateOrder,
                "Phone number is not correct",
                Some(Said::Field("/patient/demographics/phoneNumber")),
            ),
            (
                CreateOrder,
                "Value error, Invalid state: XX",
                Some(Said::Field("/address/state")),
            ),
            (CreateOrder, "Something else", None),
        ];
        for (call, text, expected) in rows {
            assert_eq!(of(call, text), expected, "{text}");
        }
    }
}
