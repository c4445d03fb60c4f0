//! The known users, where a configuration has a store for them.

use std::sync::Arc;

use anyhow::Context as _;
use store::{
    known::{KnownUsers, NotCreated},
    postgres::SharedKnownUsers,
    sqlite::{Missing, Sqlite, Why},
};
use tokio::spawn;

use super::{database, opened_store::OpenedStore};
use crate::{
    config::{Config, PostgresConfig, StoreConfig},
    gateway::{KnownClinicians, NotedClinicians},
    telemetry::metrics::Metrics,
};

/// What is remembered of clinicians in this store, and what writes it.
pub(super) fn known_clinicians(
    config: &Config,
    store: Option<&OpenedStore>,
    metrics: &Arc<Metrics>,
) -> anyhow::Result<Option<(KnownClinicians, NotedClinicians)>> {
    let known = store.map(|store| remembering(config, Arc::clone(&store.known), Arc::clone(metrics)));
    known.transpose()
}

/// The same to be looked at alone: a file that is not there yet is not created.
pub(super) async fn known_clinicians_to_read(config: &Config) -> anyhow::Result<Option<KnownClinicians>> {
    let store: Arc<dyn KnownUsers> = match &config.store {
        None => return Ok(None),
        Some(StoreConfig::Sqlite { file }) => match Sqlite::open(file, Missing::Refuse) {
            Ok(store) => Arc::new(store),
            Err(fault) if matches!(fault.why, Why::Missing) => Arc::new(NotCreated),
            Err(fault) => return Err(fault).context("[store] file"),
        },
        Some(StoreConfig::Postgres(postgres)) => Arc::new(connected(postgres).await?),
    };
    remembering(config, store, Arc::default()).map(|(known, _noted)| Some(known))
}

fn remembering(
    config: &Config,
    store: Arc<dyn KnownUsers>,
    metrics: Arc<Metrics>,
) -> anyhow::Result<(KnownClinicians, NotedClinicians)> {
    let keyring = config.audit.keyring.clone();
    let keyring = keyring.context("[audit] keyring_file is missing")?;
    Ok(KnownClinicians::new(store, keyring, metrics))
}

/// The known users of a configuration's store, if it has one, for a command. Must be called inside a runtime.
///
/// # Errors
/// If the store cannot be used.
pub async fn known_users(config: &Config) -> anyhow::Result<Option<Arc<dyn KnownUsers>>> {
    Ok(match &config.store {
        None => None,
        Some(StoreConfig::Sqlite { file }) => {
            Some(Arc::new(Sqlite::open(file, Missing::Create).context("[store] file")?))
        }
        Some(StoreConfig::Postgres(postgres)) => Some(Arc::new(connected(postgres).await?)),
    })
}

/// A connection for as long as the runtime lasts.
async fn connected(postgres: &PostgresConfig) -> anyhow::Result<SharedKnownUsers> {
    let connecting = SharedKnownUsers::connect(&database(postgres)?).await;
    let (store, connected) = connecting.map_err(|fault| anyhow::anyhow!("{} {fault}", postgres.named_by))?;
    // What waits for a response on a connection that is lost learns of it.
    spawn(async move { drop(connected.run().await) });
    Ok(store)
}
