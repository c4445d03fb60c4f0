//! What orders need beside Junction: a store and an endpoint for events, both of this run. Neither stays.

use std::{fs::Permissions, net::SocketAddr, os::unix::fs::PermissionsExt as _, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::organisation::{TEAM, TEAM_ID};
use crate::{cli::exit::Exit, identity::HostKey};

/// The variable that the configuration reads the secret of the events from.
const SECRET: &str = "DEMO_WEBHOOK_SECRET";

/// The end of the endpoint's path.
const ENDPOINT: &str = "demo";

/// What a host may do with orders: everything.
pub(super) const GRANTS: &str =
    r#"junction_orders = ["catalogue", "place", "read", "schedule", "cancel", "results", "simulate"]"#;

/// The store, until the demo ends, and the secret that events are signed with.
pub(super) struct DemoOrders {
    store: PathBuf,
    secret: String,
    _removed_at_the_end: TempDir,
}

impl DemoOrders {
    /// Makes the folder and the secret.
    ///
    /// # Errors
    /// If the system has no place for it, or no randomness.
    pub(super) fn create() -> Result<Self, Exit> {
        let place = tempfile::Builder::new()
            .prefix("empego-gateway-demo-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir()
            .map_err(|error| Exit::failure(format!("the store has no place: {error}")))?;
        let random = HostKey::generate().map_err(Exit::failure)?;
        Ok(Self {
            store: place.path().join("gateway.sqlite"),
            secret: format!("whsec_{}", STANDARD.encode(random.expose())),
            _removed_at_the_end: place,
        })
    }

    /// The store's table of the configuration. A path in JSON's quotes is one in TOML's.
    pub(super) fn settings(&self) -> String {
        let file = json!(self.store.to_string_lossy());
        format!("[store]\nengine = \"sqlite\"\nfile = {file}\n")
    }

    /// Where events come in: a table below a tenant's `[tenant.junction]`.
    pub(super) fn webhook() -> String {
        format!(
            "[[tenant.junction.webhook]]\nendpoint = \"{ENDPOINT}\"\nteam_id = \"{TEAM_ID}\"\nsecret_env = \"{SECRET}\"\n"
        )
    }

    /// The variable with the secret.
    pub(super) fn variable(&self) -> (String, String) {
        (SECRET.to_owned(), self.secret.clone())
    }

    /// The team, as the stand-in takes it.
    pub(super) fn team() -> Value {
        json!({"id": TEAM_ID, "name": "Clinic 7", "integration_team_id": TEAM})
    }

    /// The same endpoint, as the stand-in takes it.
    pub(super) fn endpoint(&self, gateway: SocketAddr) -> Value {
        let url = format!("http://{gateway}/junction/webhooks/{ENDPOINT}");
        json!({"team_id": TEAM_ID, "environment": "sandbox", "url": url, "secret": self.secret})
    }
}
