//! `audit fetch`.

use std::path::PathBuf;

use clap::Args;
use store::trail::postgres::{FetchError, Fetched, fetch};

use crate::{
    app,
    cli::{
        configured::{self, load},
        exit::{Exit, print},
    },
    config::SinkConfig,
};

/// How many records are named that their columns contradict.
const MOST_NAMED: usize = 20;

#[derive(Debug, Args)]
pub(in crate::cli) struct FetchArguments {
    /// A folder that is empty, or does not exist yet
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    #[command(flatten)]
    what: configured::Arguments,
}

pub(super) fn run(arguments: &FetchArguments) -> Result<(), Exit> {
    let (config, _) = load(&arguments.what.config)?;
    let Some(SinkConfig::Postgres(postgres)) = &config.audit.sink else {
        return Err(Exit::usage(
            "the audit trail of this configuration is not in PostgreSQL: name its folder to the other commands",
        ));
    };
    let database = app::database(postgres).map_err(Exit::usage)?;
    let fetched = app::block_on(async {
        let (client, mut connected) = database.connect().await?;
        connected.beside(fetch(&client, &arguments.directory)).await?
    });
    let fetched: Fetched = fetched.map_err(|error: FetchError| Exit::failure(error))?;
    print(format!(
        "{} records in {} chains are in {}",
        fetched.records,
        fetched.chains,
        arguments.directory.display()
    ))?;
    contradicted(&fetched)
}

/// Records that a search in the database would miss, or find under another name, were tampered with beside their lines.
fn contradicted(fetched: &Fetched) -> Result<(), Exit> {
    for (chain, seq) in fetched.contradicted.iter().take(MOST_NAMED) {
        print(format!(
            "broken: chain {chain}, record {seq}: its columns contradict its line"
        ))?;
    }
    match fetched.contradicted.len() {
        0 => Ok(()),
        1 => Err(Exit::failure(
            "the columns of a record contradict its line: they were changed",
        )),
        count => Err(Exit::failure(format!(
            "the columns of {count} records contradict their lines: they were changed"
        ))),
    }
}
