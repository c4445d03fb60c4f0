//! What is remembered of orders besides the orders.

use super::{appointment::Appointment, behaviour::Behaviour, mishap::Mishaps, replays::Replays, slots::Keys};
use crate::junction::{clock::Clock, id::Id};

/// The clock, how orders are treated, and the visits.
#[derive(Debug, Clone, Default)]
pub(in crate::junction) struct Home {
    pub(in crate::junction) clock: Clock,
    pub(in crate::junction) behaviour: Behaviour,
    pub(in crate::junction) appointments: Vec<Appointment>,
    pub(in crate::junction) keys: Keys,
    pub(in crate::junction) replays: Replays,
    pub(in crate::junction) mishaps: Mishaps,
}

impl Home {
    /// The appointment that an order shows: its newest.
    pub(in crate::junction) fn appointment(&self, order: Id) -> Option<&Appointment> {
        self.appointments.iter().rev().find(|one| one.order_id == order)
    }

    pub(in crate::junction) fn appointment_mut(&mut self, order: Id) -> Option<&mut Appointment> {
        self.appointments.iter_mut().rev().find(|one| one.order_id == order)
    }
}
