//! A trail in PostgreSQL that is read: chain after chain in the order they began, each in pages.

use std::{collections::VecDeque, fmt};

use domain::audit::{Event, Head, Pruned, Record};
use jiff::Timestamp;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{
    Client, Row,
    types::{ToSql, Type},
};
use uuid::Uuid;

use crate::{
    postgres::{Connected, Database, Fault, Needs, check},
    trail::{
        Line, VerifyingKey,
        read::{ReadError, WriterOf},
        verify::{Anchor, Break, BreakKind, Place, Report, Verifier},
    },
};

/// How many lines are fetched at once.
const PAGE: i64 = 5000;

/// A chain that has records and no row of its own is read too: it may be what someone tried to hide.
const CHAINS: &str = "
select chain from (
    select chain, started from audit_chain
    union all
    select chain, min(at) from audit_record where chain not in (select chain from audit_chain) group by chain
) every order by started, chain";

/// Pages go by the columns that order them, since a line may be anything once it was tampered with.
const LINES: &str = "
select seq, at, hash, line from audit_record
where chain = $1 and (seq, at, hash) > ($2, $3, $4) order by seq, at, hash limit $5";

/// Records about removed ones are rare, and about no tenant.
const PRUNED: &str = "
select chain, line from audit_record where tenant is null and position('\"kind\":\"pruned\"'::bytea in line) > 0";

const HASH: &str = "select encode(hash, 'hex') from audit_record where chain = $1 and seq = $2";

/// Lines that follow each other.
struct Page {
    lines: Vec<Vec<u8>>,
    last: Position,
}

/// Where a line stands in its chain.
#[derive(Debug)]
struct Position {
    seq: i64,
    at: Timestamp,
    hash: Vec<u8>,
}

impl Default for Position {
    /// Before the first.
    fn default() -> Self {
        Self {
            seq: -1,
            at: Timestamp::UNIX_EPOCH,
            hash: Vec::new(),
        }
    }
}

/// A trail that is read. Blocks: for commands, not for gateways.
pub struct StoredTrail {
    runtime: Runtime,
    client: Client,
    connected: Connected,
}

impl fmt::Debug for StoredTrail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("StoredTrail")
    }
}

impl StoredTrail {
    /// Connects to the database that a trail is in.
    ///
    /// # Errors
    /// Why there is none.
    pub fn open(database: &Database) -> Result<Self, Fault> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Fault::Unreachable(error.to_string()))?;
        let (client, connected) = runtime.block_on(async {
            let (client, mut connected) = database.connect().await?;
            connected.beside(check(&client, Needs::Trail)).await??;
            Ok::<_, Fault>((client, connected))
        })?;
        Ok(Self {
            runtime,
            client,
            connected,
        })
    }

    /// Verifies all chains. `progress` gets how many bytes were read.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn verify(
        &mut self,
        vouching: Option<VerifyingKey>,
        anchor: Option<Anchor>,
        mut progress: impl FnMut(u64),
    ) -> Result<Report, Fault> {
        let pruned = self.pruned()?;
        let mut verifier = Verifier::of_several(vouching, anchor, pruned.clone());
        let chains = self.chains()?;
        for chain in &chains {
            verifier.segment(&chain.to_string(), *chain);
            let mut after = Position::default();
            while let Some(page) = self.page(*chain, &after)? {
                after = page.last;
                for line in &page.lines {
                    progress(line.len() as u64);
                    verifier.line(line);
                }
            }
        }
        let (mut report, claims) = verifier.finish_with_claims();
        for (place, seq, head) in claims {
            let is_pruned = pruned.iter().any(|pruned| pruned.last == head);
            if let Some(kind) = self
                .contradiction(&head, &report)
                .map(|kind| kind.filter(|_| !is_pruned))?
            {
                report.breaks.push(Break {
                    place,
                    seq: Some(seq),
                    kind,
                });
            }
        }
        if chains.is_empty() {
            report.breaks.push(Break {
                place: Place::default(),
                seq: None,
                kind: BreakKind::Empty,
            });
        }
        Ok(report)
    }

    /// What is wrong with what one chain says of another, if anything.
    fn contradiction(&mut self, stated: &Head, report: &Report) -> Result<Option<BreakKind>, Fault> {
        let Some(chain) = report.chains.iter().find(|chain| chain.chain == stated.chain) else {
            return Ok(Some(BreakKind::ChainMissing(stated.clone())));
        };
        let seq = i64::try_from(stated.seq).unwrap_or(i64::MAX);
        let rows = self.query(HASH, &[(&stated.chain, Type::UUID), (&seq, Type::INT8)])?;
        let found = rows.first().map(|row| row.try_get::<_, String>(0)).transpose();
        Ok(match found.map_err(|error| Fault::of(&error))? {
            Some(hash) if hash == stated.hash => None,
            Some(_) => Some(BreakKind::OtherHash),
            None => {
                let last = chain.last.as_ref().map_or(0, |last| last.seq);
                Some(BreakKind::EndMissing(stated.clone(), last))
            }
        })
    }

    fn chains(&mut self) -> Result<Vec<Uuid>, Fault> {
        let rows = self.query(CHAINS, &[])?;
        let chains = rows.iter().map(|row| row.try_get(0));
        chains.collect::<Result<_, _>>().map_err(|error| Fault::of(&error))
    }

    /// The lines after this one, and where the last of them stands; nothing after the chain's last.
    fn page(&mut self, chain: Uuid, after: &Position) -> Result<Option<Page>, Fault> {
        let of = |error: tokio_postgres::Error| Fault::of(&error);
        let rows = self.query(
            LINES,
            &[
                (&chain, Type::UUID),
                (&after.seq, Type::INT8),
                (&after.at, Type::TIMESTAMPTZ),
                (&after.hash, Type::BYTEA),
                (&PAGE, Type::INT8),
            ],
        )?;
        let Some(last) = rows.last() else { return Ok(None) };
        let position = Position {
            seq: last.try_get(0).map_err(of)?,
            at: last.try_get(1).map_err(of)?,
            hash: last.try_get(2).map_err(of)?,
        };
        let lines = rows.iter().map(|row| row.try_get(3)).collect::<Result<_, _>>();
        Ok(Some(Page {
            lines: lines.map_err(of)?,
            last: position,
        }))
    }

    fn pruned(&mut self) -> Result<Vec<Pruned>, Fault> {
        let rows = self.query(PRUNED, &[])?;
        let mut pruned = Vec::new();
        for row in rows {
            let line: Vec<u8> = row.try_get(1).map_err(|error| Fault::of(&error))?;
            // What is none is reported where it stands.
            if let Some(Ok(Event::Pruned(event))) = Line::read(&line).map(|line| Event::from_json(line.event)) {
                pruned.push(event);
            }
        }
        Ok(pruned)
    }

    fn query(&mut self, text: &str, parameters: &[(&(dyn ToSql + Sync), Type)]) -> Result<Vec<Row>, Fault> {
        let Self {
            runtime,
            client,
            connected,
        } = self;
        let queried = runtime.block_on(connected.beside(client.query_typed(text, parameters)))?;
        queried.map_err(|error| Fault::of(&error))
    }

    /// Removes a chain whose time is over, once a record says so. It takes the role of the tables' owner.
    ///
    /// # Errors
    /// If the database would not.
    pub fn remove(&mut self, chain: Uuid) -> Result<(), Fault> {
        const REMOVE: &str = "
with records as (delete from audit_record where chain = $1), chains as (delete from audit_chain where chain = $1) select 1";
        self.query(REMOVE, &[(&chain, Type::UUID)]).map(drop)
    }
}

/// Goes through all records of a database.
#[derive(Debug)]
pub struct StoredRecords {
    trail: StoredTrail,
    chains: VecDeque<Uuid>,
    after: Position,
    page: VecDeque<Vec<u8>>,
    line: u64,
    writer: WriterOf,
}

impl StoredRecords {
    /// From the first chain's first.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn of(mut trail: StoredTrail) -> Result<Self, Fault> {
        Ok(Self {
            chains: trail.chains()?.into(),
            trail,
            after: Position::default(),
            page: VecDeque::new(),
            line: 0,
            writer: WriterOf::nobody(),
        })
    }

    fn record(&mut self) -> Result<Option<Record>, ReadError> {
        loop {
            let Some(chain) = self.chains.front().copied() else {
                return Ok(None);
            };
            if let Some(line) = self.page.pop_front() {
                self.line += 1;
                let record = self.writer.record(chain, &line).map_err(|why| ReadError::Line {
                    segment: chain.to_string(),
                    line: self.line,
                    why,
                });
                return record.map(Some);
            }
            if let Some(page) = self.trail.page(chain, &self.after).map_err(ReadError::Database)? {
                self.after = page.last;
                self.page = page.lines.into();
            } else {
                self.chains.pop_front();
                self.after = Position::default();
                self.line = 0;
            }
        }
    }
}

impl Iterator for StoredRecords {
    type Item = Result<Record, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.record().transpose()
    }
}
