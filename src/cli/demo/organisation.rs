//! A tenant's organization at the stand-in for Junction.

use std::net::SocketAddr;

use simulator::JunctionSettings;

/// The clinic that all clinicians work for.
pub(super) const TEAM: &str = "clinic-7";

/// Junction's id of it.
pub(super) const TEAM_ID: &str = "3c0f5a7e-1b2d-4e6f-8a90-b1c2d3e4f507";

/// Its table of the configuration: all but the settings of a team.
pub(super) fn table(simulator: SocketAddr, management_url: &str) -> String {
    let org_id = JunctionSettings::default().org_id;
    format!(
        r#"
            [tenant.junction]
            org_id = "{org_id}"
            management_key_env = "DEMO_MANAGEMENT_KEY"
            integration_slug = "demo"
            region = "us"
            environment = "sandbox"
            features = ["order_creation", "order_creation:*", "order:*", "team_panels"]
            modalities = ["feature_embed", "link_out"]
            create_team = true
            management_url = "{management_url}"
            api_url = "http://{simulator}/junction/api"
            embed_url = "http://{simulator}/junction/ehr"
            embed_hosts = ["{simulator}"]
            "#
    )
}
