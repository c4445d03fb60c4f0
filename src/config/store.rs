//! `[store]`: where the gateway keeps what must be known again after a restart, or in other gateways. Changing it needs a
//! restart.

use std::path::PathBuf;

use super::{
    error::Mistakes,
    postgres::{PostgresConfig, postgres},
    section::Section,
    source::Source,
};

/// `[store]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreConfig {
    /// In a file of this machine.
    Sqlite {
        /// Where.
        file: PathBuf,
    },
    /// In a database that several gateways share.
    Postgres(Box<PostgresConfig>),
}

/// The engine that `engine` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Engine {
    Sqlite,
    Postgres,
}

/// Reads the section, if it is there.
pub(super) fn store(root: &mut Section, source: &Source, mistakes: &mut Mistakes) -> Option<StoreConfig> {
    if !root.has("store") {
        return None;
    }
    let mut section = root.table("store", mistakes);
    let engine = section.required_text("engine", mistakes).and_then(|found| {
        found.parse(mistakes, |text| match text.as_str() {
            "sqlite" => Ok(Engine::Sqlite),
            "postgres" => Ok(Engine::Postgres),
            _ => Err("must be sqlite or postgres".to_owned()),
        })
    });
    let config = match engine {
        Some(Engine::Sqlite) => {
            section.refuse("postgres", "has no effect with engine = \"sqlite\"", mistakes);
            let file = section.required_text("file", mistakes);
            file.map(|found| StoreConfig::Sqlite {
                file: source.folder.join(found.value),
            })
        }
        Some(Engine::Postgres) => {
            section.refuse("file", "has no effect with engine = \"postgres\"", mistakes);
            let table = section.table("postgres", mistakes);
            let read = postgres(table, source, mistakes);
            read.map(|postgres| StoreConfig::Postgres(Box::new(postgres)))
        }
        // Whatever else is in it belongs to an engine that is not named.
        None => return None,
    };
    section.finish(mistakes);
    config
}
