//! What the audit trail says: one record for each attempt of an authenticated host, and those that the trail keeps about itself.
//! These are the words alone. Where they are written, and what makes them hold, is the store's.

mod event;
pub mod fhir;
mod json;
mod named;

pub use event::{
    Attempt, Checkpoint, Correction, Event, Genesis, Head, Persons, Pruned, Read, Record, Recovered, Stop, Strangers,
    Torn, Word, time,
};
pub use named::{Named, Subject};
