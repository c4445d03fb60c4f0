//! At-home phlebotomy: what an order is, what may be done with it when, and what Junction's responses mean. The facts are
//! Junction's: its API, and its pages on at-home phlebotomy and order workflows.

pub mod grant;
pub mod results;
pub mod seen;
pub mod status;
pub mod visit_state;
