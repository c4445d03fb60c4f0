//! Launches of Empego's app, in both of the forms that they are asked for in.

mod document;
pub(super) mod drop_in;
pub(super) mod explain;
pub(super) mod explanation;
mod launching;
pub(super) mod native;
mod native_body;
