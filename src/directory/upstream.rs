//! What all upstreams of a tenant have in common, for code that shows or counts them.

use domain::vendor::Vendor;

use crate::resilience::CallGuard;

/// An API that a tenant's launches call. Its trouble is its own.
#[derive(Debug, Clone, Copy)]
pub struct Upstream<'a> {
    /// Whose API it is.
    pub vendor: Vendor,
    /// Which of the vendor's it is, as in metrics.
    pub api: &'static str,
    /// What it means for the tenant that calls are paused, for people: the end of a sentence about the tenant.
    pub paused: &'static str,
    /// Its calls: paused while they fail, repeated where that is safe.
    pub calls: &'a CallGuard,
}
