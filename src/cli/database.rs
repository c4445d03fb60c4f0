//! `database migrate` and `database check`.

use std::{fs, path::PathBuf};

use clap::{Args, Subcommand};
use store::postgres::{self, Address, Fault, Needs};

use super::{
    configured::{self, load},
    exit::{Exit, print},
};
use crate::{
    app,
    config::{Config, PostgresConfig},
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Create or update the tables in PostgreSQL; serve never does
    Migrate(Migrate),
    /// Report whether serve can use the database: reachable, trusted, migrated, permitted and durable
    Check(configured::Arguments),
}

#[derive(Debug, Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    what: configured::Arguments,
    /// A file with the URL of the role that owns the tables; else that of the configuration is used
    #[arg(long, value_name = "FILE")]
    url_file: Option<PathBuf>,
    /// Let this role use the tables, as the gateway needs to
    #[arg(long, value_name = "ROLE")]
    grant_to: Option<String>,
}

pub(super) fn run(command: &Command) -> Result<(), Exit> {
    match command {
        Command::Migrate(arguments) => migrate(arguments),
        Command::Check(arguments) => check(arguments),
    }
}

fn migrate(arguments: &Migrate) -> Result<(), Exit> {
    let (config, _) = load(&arguments.what.config)?;
    for mut postgres in databases(&config)?.into_iter().map(|(_, postgres)| postgres.clone()) {
        if let Some(file) = &arguments.url_file {
            postgres.address = address(file)?;
            postgres.named_by = file.display().to_string();
        }
        let database = app::database(&postgres).map_err(Exit::usage)?;
        let migrating = database.visit(async |client| postgres::migrate(client, arguments.grant_to.as_deref()).await);
        let steps = app::block_on(migrating).map_err(|fault| refused(&postgres, &fault))?;
        if steps.is_empty() {
            print("the tables are up to date")?;
        }
        for step in steps {
            print(format!("applied {step}"))?;
        }
        if let Some(role) = &arguments.grant_to {
            print(format!("granted to {role}"))?;
        }
    }
    Ok(())
}

fn address(file: &std::path::Path) -> Result<Address, Exit> {
    let named = file.display();
    let text = fs::read_to_string(file).map_err(|error| Exit::usage(format!("{named} cannot be read: {error}")))?;
    Address::parse(&text).map_err(|why| Exit::usage(format!("{named}: the URL {why}")))
}

fn check(arguments: &configured::Arguments) -> Result<(), Exit> {
    let (config, _) = load(&arguments.config)?;
    for (needs, postgres) in databases(&config)? {
        let database = app::database(postgres).map_err(Exit::usage)?;
        let checking = database.visit(async |client| postgres::check_for(client, needs).await);
        app::block_on(checking).map_err(|fault| refused(postgres, &fault))?;
        print(format!("{} OK", postgres.named_by))?;
    }
    Ok(())
}

/// Each database that a configuration names, and for what; one at least.
fn databases(config: &Config) -> Result<Vec<(&'static [Needs], &PostgresConfig)>, Exit> {
    let named = app::databases(config);
    if named.is_empty() {
        return Err(Exit::usage(
            "the configuration names no database: set engine = \"postgres\" in [store], or sink = \"postgres\" in [audit]",
        ));
    }
    Ok(named)
}

/// Refuses to serve with a database that a setting must put right. One that is away at the moment is reported, and used as soon
/// as it is there: until then, limits are kept without it.
pub(super) async fn check_before_serving(config: &Config) -> Result<(), Exit> {
    let Some((needs, postgres)) = app::database_of_store(config) else {
        return Ok(());
    };
    let database = app::database(postgres).map_err(Exit::usage)?;
    let checked = database
        .visit(async |client| postgres::check_for(client, needs).await)
        .await;
    match checked {
        Ok(()) => Ok(()),
        Err(fault) if fault.is_passing() => {
            let mistake = format!("{} {fault}", postgres.named_by);
            tracing::error!(
                mistake,
                "the database is away: limits are those of this process alone, and known users cannot be looked up"
            );
            Ok(())
        }
        Err(fault) => Err(refused(postgres, &fault)),
    }
}

/// What is wrong with a database, under the setting that names it.
fn refused(postgres: &PostgresConfig, fault: &Fault) -> Exit {
    let message = format!("{} {fault}", postgres.named_by);
    if fault.is_passing() {
        Exit::failure(message)
    } else {
        Exit::usage(message)
    }
}
