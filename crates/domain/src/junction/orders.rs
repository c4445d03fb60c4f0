//! At-home phlebotomy: what an order is, and what may be done with it when. The facts are Junction's: its API, and its pages
//! on at-home phlebotomy and order workflows.

pub mod grant;
