//! Which teams' orders were compared with those that Junction has, and up to when.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::value::{id, micros, name, time};
use crate::orders::FollowedTeam;

pub(super) fn teams(connection: &Connection) -> rusqlite::Result<Vec<FollowedTeam>> {
    let mut select = connection.prepare_cached("select distinct tenant, team_id, environment from followed_order")?;
    let teams = select.query_map([], |row| {
        Ok(FollowedTeam {
            tenant: name(row, "tenant")?,
            team: id(row, "team_id")?,
            environment: name(row, "environment")?,
        })
    })?;
    teams.collect()
}

pub(super) fn until(connection: &Connection, team: &FollowedTeam) -> rusqlite::Result<Option<Timestamp>> {
    let mut select =
        connection.prepare_cached("select until from reconciliation where team_id = ? and environment = ?")?;
    let key = params![team.team.as_bytes(), &*team.environment];
    select.query_row(key, |row| time(row, "until")).optional()
}

pub(super) fn note(connection: &Connection, team: &FollowedTeam, until: Timestamp) -> rusqlite::Result<()> {
    let mut note = connection.prepare_cached(
        "insert into reconciliation (team_id, environment, until) values (?, ?, ?)
         on conflict do update set until = max(until, excluded.until)",
    )?;
    note.execute(params![team.team.as_bytes(), &*team.environment, micros(until)])?;
    Ok(())
}
