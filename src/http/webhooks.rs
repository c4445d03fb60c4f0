//! What others send to the gateway by themselves.

pub(super) mod junction;
