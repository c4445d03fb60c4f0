//! Launches of Junction's app, by hosts and by browsers that Junction sends.

pub(super) mod continuation;
pub(super) mod continuation_page;
pub(super) mod launch;
