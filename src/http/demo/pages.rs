//! Pages that the gateway serves beside its API: the demo's console, and nothing anywhere else.

use std::net::SocketAddr;

use actix_web::web::ServiceConfig;

use super::console::Console;

/// The pages of one application: none unless it is the demo's.
#[derive(Clone, Default)]
pub struct Pages {
    console: Option<Console>,
}

impl Pages {
    /// The demo's.
    #[cfg(feature = "console")]
    #[must_use]
    pub fn with(console: Console) -> Self {
        Self { console: Some(console) }
    }

    /// Their routes, for the listener at this address.
    pub fn routes(&self, address: SocketAddr, app: &mut ServiceConfig) {
        if let Some(console) = &self.console {
            console.routes(address, app);
        }
    }
}
