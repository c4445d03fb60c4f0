//! A copy of all chains of a database in a folder, which everything that reads trails reads.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use domain::audit::Event;
use jiff::Timestamp;
use tokio_postgres::{
    Client, Row,
    types::{ToSql, Type},
};
use uuid::Uuid;

use super::columns::Columns;
use crate::{
    postgres::Fault,
    trail::{
        file::{Folder, FolderFault, SegmentName},
        line::{Line, Linked},
    },
};

/// How many lines are in memory at once.
const PAGE: i64 = 5000;

/// A chain that has records and no row of its own is copied too: it may be what someone tried to hide.
const CHAINS: &str = "
select chain from (
    select chain, started from audit_chain
    union all
    select chain, min(at) from audit_record where chain not in (select chain from audit_chain) group by chain
) every order by started, chain";

const LINES: &str = "
select seq, at, tenant, op, code, key, patient, clinician, line, hash from audit_record
where chain = $1 and (seq, at, hash) > ($2, $3, $4) order by seq, at, hash limit $5";

/// What was copied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fetched {
    /// How many chains.
    pub chains: u64,
    /// How many records.
    pub records: u64,
    /// Records by which a search in the database would find something else than they say, each with its chain.
    pub contradicted: Vec<(Uuid, i64)>,
}

/// Why a trail is not copied.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The database says why.
    #[error("audit.postgres {0}")]
    Database(#[from] Fault),
    /// The folder cannot be a trail's.
    #[error(transparent)]
    Folder(#[from] FolderFault),
    /// There is a trail in it already.
    #[error("{0}: has a trail in it: name an empty folder, or one that does not exist yet")]
    NotEmpty(PathBuf),
    /// It cannot be written.
    #[error("{0}: {1}")]
    System(PathBuf, io::Error),
}

/// Copies every chain into a folder that is empty, or does not exist yet, a segment for each.
///
/// # Errors
/// [`FetchError`].
pub async fn fetch(client: &Client, to: &Path) -> Result<Fetched, FetchError> {
    let folder = Folder::take(to)?;
    if !folder.segments()?.is_empty() {
        return Err(FetchError::NotEmpty(to.to_owned()));
    }
    folder.mark_as_copy()?;
    let of = |error: tokio_postgres::Error| Fault::of(&error);
    let mut fetched = Fetched::default();
    for (number, row) in (1..).zip(client.query_typed(CHAINS, &[]).await.map_err(of)?) {
        let name = SegmentName {
            number,
            chain: row.try_get(0).map_err(of)?,
        };
        chain(client, &folder, &name, &mut fetched).await?;
        fetched.chains += 1;
    }
    Ok(fetched)
}

async fn chain(client: &Client, folder: &Folder, name: &SegmentName, fetched: &mut Fetched) -> Result<(), FetchError> {
    let path = folder.path().join(name.to_string());
    let system = |error| FetchError::System(path.clone(), error);
    let of = |error: tokio_postgres::Error| Fault::of(&error);
    let mut options = OpenOptions::new();
    let mut file: File = options
        .create_new(true)
        .append(true)
        .mode(0o600)
        .open(&path)
        .map_err(system)?;
    let mut after: (i64, Timestamp, Vec<u8>) = (-1, Timestamp::UNIX_EPOCH, Vec::new());
    loop {
        let (seq, at, hash) = &after;
        let page: [(&(dyn ToSql + Sync), Type); 5] = [
            (&name.chain, Type::UUID),
            (seq, Type::INT8),
            (at, Type::TIMESTAMPTZ),
            (hash, Type::BYTEA),
            (&PAGE, Type::INT8),
        ];
        let rows = client.query_typed(LINES, &page).await.map_err(of)?;
        let Some(last) = rows.last() else { break };
        after = place(last).map_err(of)?;
        for row in &rows {
            let line: &[u8] = row.try_get("line").map_err(of)?;
            file.write_all(line).map_err(system)?;
            fetched.records += 1;
            if !is_as_its_line(row, line).map_err(of)? {
                fetched.contradicted.push((name.chain, row.try_get("seq").map_err(of)?));
            }
        }
    }
    file.sync_all().map_err(system)
}

fn place(row: &Row) -> Result<(i64, Timestamp, Vec<u8>), tokio_postgres::Error> {
    Ok((row.try_get("seq")?, row.try_get("at")?, row.try_get("hash")?))
}

/// Whether the columns by which a record is found say what its line says.
fn is_as_its_line(row: &Row, bytes: &[u8]) -> Result<bool, tokio_postgres::Error> {
    let Some(line) = Line::read(bytes) else {
        // What is not even a line is for `audit verify` to report.
        return Ok(true);
    };
    let Ok(event) = Event::from_json(line.event) else {
        return Ok(true);
    };
    let columns = Columns::of(&[Linked {
        seq: line.seq,
        hash: line.hash,
        bytes: Vec::new(),
        event,
    }]);
    let texts = [
        ("tenant", &columns.tenant),
        ("op", &columns.op),
        ("code", &columns.code),
        ("key", &columns.key),
    ];
    for (name, said) in texts {
        if Some(&row.try_get::<_, Option<String>>(name)?) != said.first() {
            return Ok(false);
        }
    }
    for (name, said) in [("patient", &columns.patient), ("clinician", &columns.clinician)] {
        if Some(&row.try_get::<_, Option<Vec<u8>>>(name)?) != said.first() {
            return Ok(false);
        }
    }
    let (seq, at, hash) = place(row)?;
    Ok(columns.seq.first() == Some(&seq) && columns.at.first() == Some(&at) && columns.hash.first() == Some(&hash))
}
