//! What hosts hear.

use std::sync::Arc;

use jiff::Timestamp;
use tokio_postgres::{Client, Error, Row, types::Type};

use super::super::channel::Parameter;
use crate::orders::{EventKind, StoredEvent};

pub(super) async fn after(client: &Client, tenant: &str, after: i64, limit: u32) -> Result<Vec<StoredEvent>, Error> {
    let limit = i64::from(limit);
    let parameters: [Parameter<'_>; 3] = [(&tenant, Type::TEXT), (&after, Type::INT8), (&limit, Type::INT8)];
    let select = "select * from event where tenant = $1 and seq > $2 order by seq limit $3";
    let rows = client.query_typed(select, &parameters).await?;
    known(rows.iter().map(stored))
}

pub(super) async fn newest(client: &Client, tenant: &str) -> Result<i64, Error> {
    let newest = "select coalesce(max(seq), 0) from event where tenant = $1";
    let row = client.query_typed_one(newest, &[(&tenant, Type::TEXT)]).await?;
    row.try_get(0)
}

/// An event of a row that has all of its columns; none if a newer gateway wrote it, of a kind that this one does not know.
pub(super) fn stored(row: &Row) -> Result<Option<StoredEvent>, Error> {
    let kind = EventKind::parse(row.try_get("kind")?);
    let event = |kind| {
        Ok(StoredEvent {
            seq: row.try_get("seq")?,
            tenant: Arc::from(row.try_get::<_, &str>("tenant")?),
            team: row.try_get("team_id")?,
            order: row.try_get("order_id")?,
            kind,
            state: row.try_get("state")?,
            at: row.try_get::<_, Timestamp>("at")?,
        })
    };
    kind.map(event).transpose()
}

/// Those that this gateway knows.
pub(super) fn known<T>(rows: impl Iterator<Item = Result<Option<T>, Error>>) -> Result<Vec<T>, Error> {
    rows.filter_map(Result::transpose).collect()
}
