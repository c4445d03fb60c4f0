//! What is remembered of orders besides the orders.

use super::{appointment::Appointment, behaviour::Behaviour, replays::Replays, slots::Keys};
use crate::junction::{clock::Clock, id::Id};

/// The clock, how orders are treated, and the visits.
#[derive(Debug, Clone, Default)]
pub(crate) struct Home {
    pub(crate) clock: Clock,
    pub(crate) behaviour: Behaviour,
    pub(crate) appointments: Vec<Appointment>,
    pub(crate) keys: Keys,
    pub(crate) replays: Replays,
}

impl Home {
    /// The appointment that an order shows: its newest.
    pub(crate) fn appointment(&self, order: Id) -> Option<&Appointment> {
        self.appointments.iter().rev().find(|one| one.order_id == order)
    }

    pub(crate) fn appointment_mut(&mut self, order: Id) -> Option<&mut Appointment> {
        self.appointments.iter_mut().rev().find(|one| one.order_id == order)
    }
}
