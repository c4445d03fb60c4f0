//! The store that a configuration names, opened once for everything that is kept in it.

use std::sync::Arc;

use anyhow::Context as _;
use store::{
    known::KnownUsers,
    orders::OrderStore,
    postgres::{SharedKnownUsers, SharedOrders},
    sqlite::{Missing, Sqlite},
};

use super::database;
use crate::config::StoreConfig;

/// A store, as each part of the gateway sees it.
#[derive(Debug, Clone)]
pub(super) struct OpenedStore {
    /// Clinicians who were launched with a complete profile.
    pub(super) known: Arc<dyn KnownUsers>,
    /// Orders, and what hosts still have to hear of them.
    pub(super) orders: Arc<dyn OrderStore>,
}

impl OpenedStore {
    /// Opens a file, or prepares connections to a database: one for each part.
    pub(super) fn open(config: &StoreConfig) -> anyhow::Result<Self> {
        Ok(match config {
            StoreConfig::Sqlite { file } => {
                let store = Arc::new(Sqlite::open(file, Missing::Create).context("[store] file")?);
                Self {
                    known: Arc::clone(&store) as Arc<dyn KnownUsers>,
                    orders: store,
                }
            }
            StoreConfig::Postgres(postgres) => Self {
                known: Arc::new(SharedKnownUsers::of(database(postgres)?)),
                orders: Arc::new(SharedOrders::of(database(postgres)?)),
            },
        })
    }
}
