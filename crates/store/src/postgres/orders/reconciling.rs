//! Which teams' orders were compared with those that Junction has, and up to when.

use std::sync::Arc;

use jiff::Timestamp;
use tokio_postgres::{Client, Error, Row, types::Type};

use super::super::channel::Parameter;
use crate::orders::FollowedTeam;

const TEAMS: &str = "select distinct tenant, team_id, environment from followed_order";

const UNTIL: &str = "select until from reconciliation where team_id = $1 and environment = $2";

const NOTE: &str = "
insert into reconciliation as known (team_id, environment, until) values ($1, $2, $3)
on conflict (team_id, environment) do update set until = greatest(known.until, excluded.until)";

pub(super) async fn teams(client: &Client) -> Result<Vec<FollowedTeam>, Error> {
    client.query_typed(TEAMS, &[]).await?.iter().map(team).collect()
}

fn team(row: &Row) -> Result<FollowedTeam, Error> {
    Ok(FollowedTeam {
        tenant: Arc::from(row.try_get::<_, &str>("tenant")?),
        team: row.try_get("team_id")?,
        environment: Arc::from(row.try_get::<_, &str>("environment")?),
    })
}

pub(super) async fn until(client: &Client, team: &FollowedTeam) -> Result<Option<Timestamp>, Error> {
    let environment = &*team.environment;
    let parameters: [Parameter<'_>; 2] = [(&team.team, Type::UUID), (&environment, Type::TEXT)];
    let row = client.query_typed_opt(UNTIL, &parameters).await?;
    row.map(|row| row.try_get("until")).transpose()
}

pub(super) async fn note(client: &Client, team: &FollowedTeam, until: Timestamp) -> Result<(), Error> {
    let environment = &*team.environment;
    let parameters: [Parameter<'_>; 3] = [
        (&team.team, Type::UUID),
        (&environment, Type::TEXT),
        (&until, Type::TIMESTAMPTZ),
    ];
    client.execute_typed(NOTE, &parameters).await.map(drop)
}
