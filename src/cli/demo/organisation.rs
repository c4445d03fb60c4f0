//! A tenant's organization at the stand-in for Junction.

use std::net::SocketAddr;

use simulator::JunctionSettings;

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
