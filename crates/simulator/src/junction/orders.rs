//! Lab orders for visits at home: placing them, booking the visit, and what comes of it.

pub(super) mod api;
pub(super) mod appointment;
pub(super) mod area;
pub(super) mod behaviour;
pub(super) mod catalogue;
pub(in crate::junction) mod control;
pub(super) mod documents;
pub(super) mod home;
pub(super) mod listing;
pub(super) mod mishap;
mod notices;
mod pdf;
mod placing;
pub(super) mod progress;
mod reading;
mod replays;
pub(super) mod resending;
mod results;
pub(super) mod simulation;
mod slots;
pub(super) mod status;
mod steps;
pub(super) mod tests;
pub(super) mod visits;
