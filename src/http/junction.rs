//! Launches of Junction's app, by hosts and by browsers that Junction sends, and what a launch would come to.

pub(super) mod continuation;
pub(super) mod continuation_page;
mod document;
pub(super) mod explain;
pub(super) mod explanation;
pub(super) mod facade;
pub(super) mod fast_launch;
pub(super) mod launch;
pub(super) mod orders;
mod own_page;
