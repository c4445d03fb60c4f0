//! What goes wrong with the next call of an operation: what `PUT /__sim/junction/next` arranges.

use std::collections::{BTreeMap, VecDeque};

use serde::Deserialize;

use super::{behaviour::Kind, slots};
use crate::junction::{operation::Operation, refused::Refused};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::junction) enum Mishap {
    /// It is done, and the response is a 500.
    #[serde(rename = "done_but_500", alias = "sync_500_but_booked")]
    DoneBut500,
    /// It is done, and the response is a 503.
    #[serde(rename = "done_but_503")]
    DoneBut503,
    /// It is done, and the connection is reset.
    #[serde(alias = "drop_connection_after")]
    DoneButReset,
    /// It is done, and there is no response.
    DoneButSilent,
    /// It is not done, and the response is a 500.
    #[serde(rename = "server_error", alias = "slot_taken_500")]
    ServerError,
    /// It is not done, and the connection is reset.
    #[serde(alias = "drop_connection_before")]
    Reset,
    /// The slot was taken meanwhile.
    SlotTaken,
    /// The key is too old.
    KeyExpired,
    /// The booking stays pending until it is confirmed.
    Pending,
    /// A document is JSON, with 200.
    DocumentIsJson,
    /// A document has no bytes.
    DocumentIsEmpty,
    /// A document has 30 MiB.
    DocumentIsLarge,
}

/// What goes wrong with each operation, call by call.
#[derive(Debug, Clone, Default)]
pub(in crate::junction) struct Mishaps(BTreeMap<&'static str, VecDeque<Mishap>>);

/// One mishap, or one for each of the next calls.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(in crate::junction) enum Arranged {
    Once(Mishap),
    InTurn(VecDeque<Mishap>),
}

/// What control calls the operations.
const NAMES: [(&str, Operation); 11] = [
    ("place", Operation::CreateOrder),
    ("slots", Operation::GetAvailability),
    ("book", Operation::BookAppointment),
    ("request", Operation::RequestAppointment),
    ("reschedule", Operation::RescheduleAppointment),
    ("cancel_visit", Operation::CancelAppointment),
    ("cancel_order", Operation::CancelOrder),
    ("result", Operation::GetResult),
    ("result_pdf", Operation::GetResultPdf),
    ("requisition_pdf", Operation::GetRequisitionPdf),
    ("transaction", Operation::GetTransaction),
];

impl Mishaps {
    /// Replaces what was arranged for the operations that are named; the first name that is unknown comes back.
    pub(in crate::junction) fn arrange(&mut self, all: BTreeMap<String, Arranged>) -> Result<(), String> {
        for (name, arranged) in all {
            let known = NAMES.iter().find(|(known, _)| *known == name);
            let (_, operation) = known.ok_or(name)?;
            let queue = match arranged {
                Arranged::Once(mishap) => VecDeque::from([mishap]),
                Arranged::InTurn(queue) => queue,
            };
            self.0.insert(operation.name(), queue);
        }
        Ok(())
    }

    pub(in crate::junction) fn take(&mut self, operation: Operation) -> Option<Mishap> {
        self.0.get_mut(operation.name())?.pop_front()
    }
}

impl Mishap {
    /// The refusal that comes in the place of what should be done.
    pub(in crate::junction) fn refusal(self, kind: Kind) -> Option<Refused> {
        match self {
            Self::SlotTaken => Some(slots::taken(kind)),
            Self::KeyExpired => Some(slots::KEY_EXPIRED),
            Self::ServerError => Some(Refused::ServerError),
            Self::DoneBut500
            | Self::DoneBut503
            | Self::DoneButReset
            | Self::DoneButSilent
            | Self::Reset
            | Self::Pending
            | Self::DocumentIsJson
            | Self::DocumentIsEmpty
            | Self::DocumentIsLarge => None,
        }
    }
}
