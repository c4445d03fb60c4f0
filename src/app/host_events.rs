//! Events about orders, for commands.

use std::sync::Arc;

use anyhow::Context as _;
use jiff::Timestamp;
use store::{
    orders::OrderStore,
    postgres::SharedOrders,
    sqlite::{Missing, Sqlite},
};
use tokio::spawn;

use super::{background::send_test, database};
use crate::config::{Config, StoreConfig};

/// Where a configuration keeps what happened to orders, if it has a store. Must be called inside a runtime.
///
/// # Errors
/// If the store cannot be used, or does not exist yet.
pub async fn order_store(config: &Config) -> anyhow::Result<Option<Arc<dyn OrderStore>>> {
    let postgres = match &config.store {
        None => return Ok(None),
        Some(StoreConfig::Sqlite { file }) => {
            let store = Sqlite::open(file, Missing::Refuse).context("[store] file")?;
            return Ok(Some(Arc::new(store)));
        }
        Some(StoreConfig::Postgres(postgres)) => postgres,
    };
    let connecting = SharedOrders::connect(&database(postgres)?).await;
    let (store, connected) = connecting.map_err(|fault| anyhow::anyhow!("{} {fault}", postgres.named_by))?;
    // For as long as the runtime lasts; what waits for a response on a connection that is lost learns of it.
    spawn(async move { drop(connected.run().await) });
    Ok(Some(Arc::new(store)))
}

/// Sends a host an event that is about nothing. Returns why it did not accept it, if it did not; nothing at all if the host has
/// no endpoint.
///
/// # Errors
/// If TLS cannot be set up.
pub async fn send_test_event(config: &Config, host: &str) -> anyhow::Result<Option<Result<(), String>>> {
    send_test(config, host, Timestamp::now()).await
}
