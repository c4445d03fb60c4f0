//! Launches of Empego's app, in both of the forms that they are asked for in.

pub(super) mod drop_in;
pub(super) mod explain;
pub(super) mod explanation;
pub(super) mod native;
