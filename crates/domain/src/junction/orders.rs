//! At-home phlebotomy: what an order is, what may be done with it when, and what Junction's responses mean. The facts are
//! Junction's: its API, and its pages on at-home phlebotomy and order workflows.

pub mod actions;
pub mod address;
pub mod adult;
pub mod bare;
pub mod change;
pub mod explanation;
pub mod facade;
mod findings;
pub mod grant;
mod house_number;
pub mod idempotency;
pub mod late_fee;
pub mod name;
pub mod notes;
pub mod parse;
pub mod phone;
pub mod placing;
pub mod results;
#[cfg(test)]
mod samples;
pub mod seen;
pub mod signature;
pub mod slot;
pub mod status;
pub mod times;
pub mod visit_state;
pub mod webhook;
pub mod whose;
pub mod zip;
