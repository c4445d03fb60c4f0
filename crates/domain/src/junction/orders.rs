//! At-home phlebotomy: what an order is, what may be done with it when, and what Junction's responses mean. The facts are
//! Junction's: its API, and its pages on at-home phlebotomy and order workflows.

pub mod adult;
pub mod grant;
pub mod late_fee;
pub mod name;
pub mod notes;
pub mod phone;
pub mod seen;
pub mod status;
pub mod times;
pub mod visit_state;
pub mod whose;
