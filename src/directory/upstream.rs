//! What all upstreams of a tenant have in common, for whoever shows or counts them.

use crate::resilience::CallGuard;

/// An API that a tenant's launches call. Its trouble is its own.
#[derive(Debug, Clone, Copy)]
pub struct Upstream<'a> {
    /// Whose API it is, as in metrics.
    pub vendor: &'static str,
    /// Which one, as in metrics, where a vendor has several.
    pub api: Option<&'static str>,
    /// What it means for the tenant that calls are paused, for people: the end of a sentence about the tenant.
    pub paused: &'static str,
    /// Its calls: paused while they fail, repeated where that is safe.
    pub calls: &'a CallGuard,
}
