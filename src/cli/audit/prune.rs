//! `audit prune`.

use std::path::Path;

use clap::Args;
use domain::audit::{Event, Pruned};
use jiff::Timestamp;
use store::trail::{file::SegmentName, prune::expired};

use super::place::{PlaceArguments, TrailPlace};
use crate::{
    audit::{furthest_behind, readers, shown},
    cli::{
        exit::{Exit, print},
        time,
    },
};

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    place: PlaceArguments,
    /// Remove closed segments, or in a database ended chains, whose records are all from before this day or time. A database takes
    /// the owner's role for it: name its URL with --postgres
    #[arg(long, value_name = "TIME", value_parser = time::from)]
    before: Timestamp,
    /// Only say what would be removed
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Exit> {
    match arguments.place.place()? {
        TrailPlace::Folder(folder) => of_folder(&folder, arguments),
        place @ TrailPlace::Database(_) => of_database(&place, arguments),
    }
}

fn of_folder(folder: &Path, arguments: &Arguments) -> Result<(), Exit> {
    let expired = expired(folder, arguments.before, Timestamp::now()).map_err(Exit::failure)?;
    let behind = furthest_behind(folder).map_err(Exit::failure)?;
    for pruned in &expired.segments {
        if let (Some((cursor, needed)), Ok(name)) = (&behind, pruned.segment.parse::<SegmentName>())
            && name.number >= *needed
        {
            return Err(Exit::failure(format!(
                "{} stays, and all after it: it is not forwarded yet; if that repository no longer wants it, remove {}",
                pruned.segment,
                cursor.display()
            )));
        }
        if !arguments.dry_run {
            let noted = readers::note(folder, vec![Event::Pruned(pruned.clone())]);
            noted.map_err(|error| Exit::failure(format!("{error:#}")))?;
            expired.remove(pruned).map_err(Exit::failure)?;
        }
        report(pruned, arguments)?;
    }
    summary("segment", &expired.segments)
}

/// Whole chains: each is of one start of a gateway.
fn of_database(place: &TrailPlace, arguments: &Arguments) -> Result<(), Exit> {
    let found = place.verify(None, None, |_| {})?;
    if let Some(broken) = found.breaks.first() {
        return Err(Exit::failure(format!(
            "{broken}: the trail is broken, so nothing is removed: run `empego-gateway audit verify`"
        )));
    }
    let now = Timestamp::now();
    let expired = found.chains.iter().filter_map(|chain| {
        let (from, to, last) = (chain.from?, chain.to?, chain.last.clone()?);
        (to < arguments.before).then(|| Pruned {
            at: now,
            segment: chain.chain.to_string(),
            count: chain.records,
            from,
            to,
            last,
            signing_key: chain.key.clone(),
        })
    });
    let expired: Vec<_> = expired.collect();
    for pruned in &expired {
        if !arguments.dry_run {
            place.note(Event::Pruned(pruned.clone()))?;
            place.remove(pruned.last.chain)?;
        }
        report(pruned, arguments)?;
    }
    summary("chain", &expired)
}

fn report(pruned: &Pruned, arguments: &Arguments) -> Result<(), Exit> {
    let verb = if arguments.dry_run { "would remove" } else { "removed" };
    print(format!(
        "{verb} {}: {} records, {} to {}",
        pruned.segment,
        pruned.count,
        shown(pruned.from),
        shown(pruned.to)
    ))
}

fn summary(noun: &str, pruned: &[Pruned]) -> Result<(), Exit> {
    let records: u64 = pruned.iter().map(|pruned| pruned.count).sum();
    let plural = if pruned.len() == 1 { "" } else { "s" };
    print(format!("{} {noun}{plural}, {records} records", pruned.len()))
}
