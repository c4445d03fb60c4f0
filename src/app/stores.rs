//! What lasts, where a configuration has a store for it.

use std::sync::Arc;

use anyhow::Context as _;
use store::{
    known::KnownUsers,
    orders::OrderStore,
    postgres::{SharedKnownUsers, SharedOrders},
    sqlite::{Missing, Sqlite},
};

use super::database;
use crate::config::{Config, PostgresConfig, StoreConfig};

/// What is kept, by one engine.
pub(super) struct Stores {
    pub(super) known_users: Arc<dyn KnownUsers>,
    /// None if no tenant and no host has anything to do with orders.
    pub(super) orders: Option<Arc<dyn OrderStore>>,
}

/// The stores of a configuration; none if it has none. A file is opened, and a database is connected to later.
pub(super) fn open(config: &Config) -> anyhow::Result<Option<Stores>> {
    Ok(match &config.store {
        None => None,
        Some(StoreConfig::Sqlite { file }) => {
            let store = Arc::new(Sqlite::open(file, Missing::Create).context("[store] file")?);
            Some(Stores {
                known_users: Arc::<Sqlite>::clone(&store),
                orders: config.follows_orders().then_some(store as Arc<dyn OrderStore>),
            })
        }
        Some(StoreConfig::Postgres(postgres)) => Some(Stores {
            known_users: Arc::new(SharedKnownUsers::of(database(postgres)?)),
            orders: config.follows_orders().then(|| shared_orders(postgres)).transpose()?,
        }),
    })
}

fn shared_orders(postgres: &PostgresConfig) -> anyhow::Result<Arc<dyn OrderStore>> {
    Ok(Arc::new(SharedOrders::of(database(postgres)?)))
}
