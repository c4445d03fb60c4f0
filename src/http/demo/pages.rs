//! Pages that the gateway serves beside its API: the demo's console and docs, and nothing anywhere else.

use std::net::SocketAddr;

use actix_web::web::ServiceConfig;

use super::place::Console;
#[cfg(feature = "console")]
use super::{audit, clock, console, docs, place::Place};
use crate::directory::ConsoleAccess;

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

    /// The console among them, and the hosts that it may use from the listener at this address.
    #[must_use]
    pub fn console_access(&self, address: SocketAddr) -> Option<ConsoleAccess> {
        self.console.as_ref().map(|console| console.access(address))
    }

    /// Their routes, for the listener at this address.
    pub fn routes(&self, address: SocketAddr, app: &mut ServiceConfig) {
        if let Some(console) = &self.console {
            routes(console, address, app);
        }
    }
}

#[cfg(feature = "console")]
fn routes(console: &Console, address: SocketAddr, app: &mut ServiceConfig) {
    app.app_data(actix_web::web::Data::new(Place::new(address, console.clone())));
    docs::routes(app);
    console::routes(app);
    audit::routes(app);
    clock::routes(app);
}

#[cfg(not(feature = "console"))]
fn routes(console: &Console, _: SocketAddr, _: &mut ServiceConfig) {
    match *console {}
}
