//! The store and the databases, looked at and not changed.

use std::time::Duration;

use futures_util::future::join_all;
use store::{
    postgres::{self, Fault, Needs},
    sqlite::{Standing, inspect},
    trail::file::try_to_write,
};
use tokio::time::timeout;

use super::{
    check::{Check, CheckId, State},
    disk,
};
use crate::{
    app::database::{database, databases},
    config::{Config, PostgresConfig, StoreConfig},
};

pub(super) async fn checks(config: &Config, within: Duration) -> Vec<Check> {
    let each = databases(config)
        .into_iter()
        .map(|(needs, postgres)| of_database(postgres, needs, within));
    let mut checks = join_all(each).await;
    if let Some(StoreConfig::Sqlite { file }) = &config.store {
        let about = file.display().to_string();
        let looked_at = file.clone();
        let work = move || {
            let standing = inspect(&looked_at).map_err(|fault| fault.why.to_string())?;
            let folder = looked_at.parent().filter(|folder| !folder.as_os_str().is_empty());
            let written = try_to_write(folder.unwrap_or(".".as_ref()));
            written.map(|_how_long| standing).map_err(|error| {
                format!("its folder cannot be written: {error}: SQLite keeps two more files beside it, so let the gateway's user write there")
            })
        };
        checks.push(match disk::within(within, work).await {
            Some(Ok(standing)) => Check::ok(CheckId::StoreFile, about, shown(standing)),
            Some(Err(message)) => Check::of_message(CheckId::StoreFile, about, State::Failed, &message),
            None => Check::failed(
                CheckId::StoreFile,
                about,
                "the disk does not respond within 5 seconds",
                "choose a folder on a local disk",
            ),
        });
    }
    checks
}

fn shown(standing: Standing) -> String {
    match standing {
        Standing::Missing => "will be created".to_owned(),
        Standing::There { version, newest } if version == newest => format!("version {version}"),
        Standing::There { version, newest } => format!("version {version}; serve brings it to {newest}"),
    }
}

async fn of_database(config: &PostgresConfig, needs: &[Needs], within: Duration) -> Check {
    let (id, about) = (CheckId::Database, config.named_by.clone());
    let database = match database(config) {
        Ok(database) => database,
        Err(error) => {
            let remedy = "install this machine's certificate authorities, or name one in ca_file";
            return Check::failed(id, about, format!("{error:#}"), remedy);
        }
    };
    let checking = database.visit(async |client| postgres::check_for(client, needs).await);
    match timeout(within, checking).await.unwrap_or(Err(Fault::Silent)) {
        Ok(()) => Check::ok(id, about, "reachable, migrated, and with the rights that are needed"),
        Err(fault) => Check::of_message(id, about, State::Failed, &fault.to_string()),
    }
}
