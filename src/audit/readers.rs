//! Reading the trail is recorded too: by whom, by what, and how much came out. Those records are chains of their own beside the
//! trail, since another process is writing that one.

use std::path::Path;

use anyhow::Context as _;
use domain::audit::Event;
use store::{
    postgres::{Database, Fault},
    trail::{
        Opening,
        file::{FileSink, Folder, FolderFault, Limits},
        postgres::PostgresSink,
        write_whole,
    },
};
use uuid::Uuid;

use super::instance;

/// They are few and small.
const LIMITS: Limits = Limits {
    segment: 64 * 1024 * 1024,
    free: 0,
};

/// How often a folder that another process has is tried again, and after how long: each has it for some milliseconds.
const TRIES: u32 = 100;
const PAUSE: std::time::Duration = std::time::Duration::from_millis(50);

/// Keeps records about a trail beside it, in the order of those who write them.
///
/// # Errors
/// If they cannot be kept: then nothing may come out.
pub fn note(trail: &Path, events: Vec<Event>) -> anyhow::Result<()> {
    let place = Folder::readers(trail);
    let folder = take(&place).with_context(|| format!("{} cannot record this reading", place.display()))?;
    let chain = Uuid::now_v7();
    let (sink, found) = FileSink::open(folder, chain, LIMITS)?;
    Ok(write_whole(sink, found, chain, opening(), events)?)
}

/// The same beside a trail in a database, in whose tables each reader has a chain of its own.
///
/// # Errors
/// If they cannot be kept: then nothing may come out.
pub fn note_in_database(database: Database, events: Vec<Event>) -> anyhow::Result<()> {
    let chain = Uuid::now_v7();
    let cannot = |fault: Fault| anyhow::anyhow!("the database {fault}: it cannot record this reading");
    let (sink, found) = PostgresSink::open(database, chain).map_err(cannot)?;
    Ok(write_whole(sink, found, chain, opening(), events)?)
}

fn opening() -> Opening {
    Opening {
        program: env!("CARGO_PKG_VERSION"),
        instance: instance(),
        keys: Vec::new(),
        configuration: String::new(),
        sign_with: None,
    }
}

fn take(place: &Path) -> Result<Folder, FolderFault> {
    for _ in 1..TRIES {
        match Folder::take(place) {
            Err(FolderFault::InUse(_)) => std::thread::sleep(PAUSE),
            outcome => return outcome,
        }
    }
    Folder::take(place)
}

/// The user of the operating system, by name if the machine knows one.
#[must_use]
pub fn user() -> String {
    let id = rustix::process::getuid().as_raw();
    let known = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = known.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, own) = (fields.next()?, fields.nth(1)?);
        (own == id.to_string()).then(|| name.to_owned())
    });
    name.unwrap_or_else(|| format!("uid {id}"))
}
