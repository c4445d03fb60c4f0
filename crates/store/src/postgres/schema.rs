//! The tables: numbered migrations, which an owner's role runs, and what a gateway needs of them.

use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::{Client, Transaction, error::SqlState};

use super::Fault;

/// What a gateway does with the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Keeps limits, which may be lost.
    Limits,
    /// Remembers clinicians, who can be imported again.
    KnownUsers,
    /// Keeps its audit trail, which must not be.
    Trail,
    /// Keeps what lasts of orders: a webhook that was confirmed does not come again.
    Orders,
}

/// One step, by its number.
struct Migration {
    version: i32,
    name: &'static str,
    statements: &'static str,
}

/// Names each file once.
macro_rules! migrations {
    ($($version:literal $name:literal,)+) => {
        &[$(Migration {
            version: $version,
            name: $name,
            statements: include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
        },)+]
    };
}

/// In order. One that was released never changes.
const MIGRATIONS: &[Migration] = migrations! {
    1 "001_limits_and_known_users",
    2 "002_audit_trail",
    3 "003_orders",
};

/// Runs with each migration, since time goes on.
const PARTITIONS: &str = include_str!("../../migrations/postgres/partitions.sql");

/// How long all questions of a check may take.
const CHECK_TIMEOUT: Duration = Duration::from_secs(5);

/// Any number that no other program locks.
const MIGRATING: i64 = 0x656d_7065_676f_6777;

/// What may be done with rows that come and go.
const ALL: &[&str] = &["SELECT", "INSERT", "UPDATE", "DELETE"];

/// What the gateway's role may do with which table, and no more.
const GRANTS: &[(&str, Option<Needs>, &[&str])] = &[
    ("schema_version", None, &["SELECT"]),
    ("rate_bucket", Some(Needs::Limits), ALL),
    ("known_user", Some(Needs::KnownUsers), ALL),
    ("audit_chain", Some(Needs::Trail), &["SELECT", "INSERT"]),
    ("audit_record", Some(Needs::Trail), &["SELECT", "INSERT"]),
    ("idempotency", Some(Needs::Orders), ALL),
    ("followed_order", Some(Needs::Orders), ALL),
    ("reconciliation", Some(Needs::Orders), &["SELECT", "INSERT", "UPDATE"]),
    ("receipt", Some(Needs::Orders), &["SELECT", "INSERT", "DELETE"]),
    ("event", Some(Needs::Orders), &["SELECT", "INSERT", "DELETE"]),
    ("endpoint", Some(Needs::Orders), ALL),
    ("endpoint_cursor", Some(Needs::Orders), ALL),
    ("delivery", Some(Needs::Orders), ALL),
    ("lease", Some(Needs::Orders), ALL),
];

/// The version of the tables that this program works with.
fn known() -> i32 {
    MIGRATIONS.last().map_or(0, |migration| migration.version)
}

/// Brings the tables to this program's version, in one transaction, and lets `grant_to` use them. Returns the names of the
/// steps that were missing.
///
/// # Errors
/// Why not; then nothing has changed.
pub async fn migrate(client: &mut Client, grant_to: Option<&str>) -> Result<Vec<&'static str>, Fault> {
    let transaction = client.transaction().await.map_err(|error| Fault::of(&error))?;
    let taken = missing_steps(&transaction).await?;
    transaction
        .batch_execute(PARTITIONS)
        .await
        .map_err(|error| Fault::of(&error))?;
    if let Some(role) = grant_to {
        grant(&transaction, role).await?;
    }
    transaction.commit().await.map_err(|error| Fault::of(&error))?;
    Ok(taken)
}

async fn missing_steps(transaction: &Transaction<'_>) -> Result<Vec<&'static str>, Fault> {
    let of = |error: tokio_postgres::Error| Fault::of(&error);
    // Held until the end of the transaction: two that migrate at once do so one after the other.
    let begin = format!(
        "select pg_advisory_xact_lock({MIGRATING});
         create table if not exists schema_version (
             version integer primary key,
             name text not null,
             applied timestamptz not null default now()
         )"
    );
    transaction.batch_execute(&begin).await.map_err(of)?;
    let there = transaction.query_typed_one("select coalesce(max(version), 0) from schema_version", &[]);
    let there: i32 = there.await.map_err(of)?.try_get(0).map_err(of)?;
    if there > known() {
        return Err(Fault::Newer {
            found: there,
            known: known(),
        });
    }
    let mut taken = Vec::new();
    for step in MIGRATIONS.iter().filter(|step| step.version > there) {
        transaction.batch_execute(step.statements).await.map_err(of)?;
        let (version, name) = (step.version, step.name);
        let note = format!("insert into schema_version (version, name) values ({version}, '{name}')");
        transaction.batch_execute(&note).await.map_err(of)?;
        taken.push(name);
    }
    Ok(taken)
}

async fn grant(transaction: &Transaction<'_>, role: &str) -> Result<(), Fault> {
    let quoted = format!("\"{}\"", role.replace('"', "\"\""));
    for (table, _, privileges) in GRANTS {
        let privileges = privileges.join(", ");
        let statement = format!("grant {privileges} on {table} to {quoted}");
        let granted = transaction.batch_execute(&statement).await;
        granted.map_err(|error| match error.code() {
            Some(&SqlState::UNDEFINED_OBJECT) => Fault::NoRole(role.to_owned()),
            Some(_) | None => Fault::of(&error),
        })?;
    }
    Ok(())
}

/// Whether a gateway can use the database for this: tables of its version, rights, and a server that keeps what it confirms.
///
/// # Errors
/// Why not.
pub async fn check(client: &Client, needs: Needs) -> Result<(), Fault> {
    timeout(CHECK_TIMEOUT, check_all(client, needs))
        .await
        .unwrap_or(Err(Fault::Silent))
}

/// The same for several uses.
///
/// # Errors
/// Why not for one of them.
pub async fn check_for(client: &Client, uses: &[Needs]) -> Result<(), Fault> {
    for needs in uses {
        check(client, *needs).await?;
    }
    Ok(())
}

async fn check_all(client: &Client, needs: Needs) -> Result<(), Fault> {
    let of = |error: tokio_postgres::Error| Fault::of(&error);
    let there = client.query_typed_one("select coalesce(max(version), 0) from schema_version", &[]);
    let there: i32 = there.await.map_err(of)?.try_get(0).map_err(of)?;
    if there < known() {
        return Err(Fault::Older {
            found: there,
            needed: known(),
        });
    }
    if there > known() {
        return Err(Fault::Newer {
            found: there,
            known: known(),
        });
    }
    check_grants(client, needs).await?;
    match needs {
        Needs::Limits | Needs::KnownUsers => Ok(()),
        Needs::Trail | Needs::Orders => check_durability(client).await,
    }
}

async fn check_grants(client: &Client, needs: Needs) -> Result<(), Fault> {
    let used = GRANTS.iter().filter(|(_, by, _)| *by == Some(needs));
    for (table, _, privileges) in used {
        for privilege in *privileges {
            let question = format!("select has_table_privilege('{table}', '{privilege}')");
            let answer = client.query_typed_one(&question, &[]).await;
            let may: bool = answer
                .and_then(|row| row.try_get(0))
                .map_err(|error| Fault::of(&error))?;
            if !may {
                return Err(Fault::NotGranted(format!("{privilege} on {table}")));
            }
        }
    }
    Ok(())
}

async fn check_durability(client: &Client) -> Result<(), Fault> {
    let question = "select current_setting('fsync') = 'off', current_setting('synchronous_commit') = 'off'";
    let answer = client.query_typed_one(question, &[]).await;
    let answer = answer.and_then(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
    match answer.map_err(|error| Fault::of(&error))? {
        (true, _) => Err(Fault::Fsync),
        (false, true) => Err(Fault::SynchronousCommit),
        (false, false) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    #[test]
    fn every_file_is_a_step_and_the_steps_are_numbered_from_one() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/postgres");
        let files: BTreeSet<_> = fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "partitions.sql")
            .collect();
        let steps: BTreeSet<_> = MIGRATIONS.iter().map(|step| format!("{}.sql", step.name)).collect();
        assert_eq!(files, steps);
        for (at, step) in (1..).zip(MIGRATIONS) {
            assert_eq!(step.version, at);
            assert!(step.name.starts_with(&format!("{at:03}_")), "{}", step.name);
        }
    }
}
