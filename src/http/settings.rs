//! The settings of the public routes.

use std::time::Duration;

/// What the public routes need to know beside the gateway itself.
#[derive(Debug, Clone, Copy)]
pub struct HttpSettings {
    /// How long a request's body may take.
    pub body_timeout: Duration,
}
