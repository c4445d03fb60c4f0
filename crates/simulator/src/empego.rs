//! A stand-in for Empego: its embeddable endpoints, and the page that they lead to.

pub(crate) mod embeddable;
pub(crate) mod journal;
pub(crate) mod page;
pub(crate) mod session;
pub(crate) mod user;
mod user_header;
