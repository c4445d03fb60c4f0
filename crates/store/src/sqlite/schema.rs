//! The schema: numbered steps, each applied once, at the first start of a version that knows it.

use rusqlite::{Connection, TransactionBehavior};

use super::fault::Why;

/// The steps, in order. A released step never changes.
const STEPS: &[&str] = &[
    include_str!("../../migrations/sqlite/001_known_user.sql"),
    include_str!("../../migrations/sqlite/002_orders.sql"),
];

/// What marks a database as ours: `EGWS`.
const APPLICATION: i64 = 0x4547_5753;

/// Brings a database up to date. Two processes that start at once apply each step once.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), Why> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let applied = version(&transaction)?;
    let missing = STEPS.iter().zip(1_i64..).filter(|(_, number)| *number > applied);
    for (step, number) in missing {
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.commit()?;
    Ok(())
}

/// The version that this program writes.
pub(super) fn newest() -> Result<i64, Why> {
    i64::try_from(STEPS.len()).map_err(|error| Why::Other(error.to_string()))
}

/// How many steps were applied to a database.
///
/// # Errors
/// If it is another program's, or a later version's.
pub(super) fn version(connection: &Connection) -> Result<i64, Why> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (application, version) = (pragma("application_id")?, pragma("user_version")?);
    if application != APPLICATION {
        let objects: i64 = connection.query_row("select count(*) from sqlite_schema", [], |row| row.get(0))?;
        return if objects == 0 && application == 0 && version == 0 {
            Ok(0)
        } else {
            Err(Why::Foreign)
        };
    }
    let known = newest()?;
    if version > known {
        return Err(Why::Newer { found: version, known });
    }
    Ok(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_applied_once() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        connection
            .execute("insert into known_user values ('downtown', x'00', 1)", [])
            .unwrap();
        migrate(&mut connection).unwrap();
        let rows: i64 = connection
            .query_row("select count(*) from known_user", [], |row| row.get(0))
            .unwrap();
        assert_eq!(rows, 1);
    }

    #[test]
    fn a_newer_schema_is_refused_and_left_as_it_is() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        let refused = migrate(&mut connection).unwrap_err();
        assert!(matches!(refused, Why::Newer { found: 99, known: 2 }), "{refused}");
        let version: i64 = connection
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap();
        assert_eq!(version, 99);
    }

    #[test]
    fn the_database_of_another_program_is_left_alone() {
        for of_another in ["create table patients (name text)", "pragma user_version = 1"] {
            let mut connection = Connection::open_in_memory().unwrap();
            connection.execute_batch(of_another).unwrap();
            assert!(matches!(migrate(&mut connection), Err(Why::Foreign)), "{of_another}");
        }
    }
}
