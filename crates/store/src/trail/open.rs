//! How a trail begins.

use std::{io, sync::Arc};

use aws_lc_rs::error::Unspecified;
use domain::audit::{Event, Head};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    chain::{Beginning, Chain},
    checkpoint::SigningKey,
    sink::{Failure, Found, Sink},
    standing::{Figures, Standing},
    thread::{self, Trail, Writing},
    waiter::NotWritten,
    writer::Writer,
};

/// What a chain says of the process that it is of.
#[derive(Debug)]
pub struct Opening {
    /// The program's version.
    pub program: &'static str,
    /// The machine or pod.
    pub instance: String,
    /// The ids of the keys in force, the current one first.
    pub keys: Vec<String>,
    /// A digest of the configuration.
    pub configuration: String,
    /// What vouches for the chain's first key, if there is one.
    pub sign_with: Option<SigningKey>,
}

/// Why no trail could be begun.
#[derive(Debug, thiserror::Error)]
pub enum NotBegun {
    /// Nothing can be kept.
    #[error(transparent)]
    Sink(#[from] Failure),
    /// No key could be made to sign with.
    #[error("the operating system has no randomness for a signing key")]
    Key(#[from] Unspecified),
    /// A record could not be kept.
    #[error("a record could not be kept: {0}")]
    Record(#[from] NotWritten),
    /// No thread could be made.
    #[error("cannot start a thread: {0}")]
    Thread(#[from] io::Error),
}

/// Begins a chain in this sink: when it returns, its first record is durable.
///
/// # Errors
/// [`NotBegun`].
pub fn begin<S: Sink>(
    sink: S,
    found: Found,
    chain: Uuid,
    opening: Opening,
    figures: Figures,
) -> Result<(Trail, Writing), NotBegun> {
    let standing = Arc::new(Standing::new(figures));
    let writer = writer(sink, found, chain, opening, &standing, Timestamp::now())?;
    Ok(thread::start(writer, standing)?)
}

/// Writes a chain that holds these records and no others.
///
/// # Errors
/// [`NotBegun`], if one of them is not durable.
pub fn write_whole<S: Sink>(
    sink: S,
    found: Found,
    chain: Uuid,
    opening: Opening,
    events: Vec<Event>,
) -> Result<(), NotBegun> {
    let standing = Arc::new(Standing::new(Figures::default()));
    let mut writer = writer(sink, found, chain, opening, &standing, Timestamp::now())?;
    for event in events {
        writer.note(event, Timestamp::now())?;
    }
    Ok(writer.stop(Timestamp::now())?)
}

/// The same without a thread.
pub(super) fn writer<S: Sink>(
    sink: S,
    found: Found,
    chain: Uuid,
    opening: Opening,
    standing: &Arc<Standing>,
    now: Timestamp,
) -> Result<Writer<S>, NotBegun> {
    let previous: Vec<Head> = found.previous.clone();
    let beginning = Beginning {
        program: opening.program,
        instance: opening.instance,
        keys: opening.keys,
        configuration: opening.configuration,
        previous,
    };
    let (chain, first) = Chain::begin(chain, beginning, opening.sign_with.as_ref(), now)?;
    Ok(Writer::begin(sink, chain, first, found, Arc::clone(standing), now)?)
}
