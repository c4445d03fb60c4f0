//! `audit prune`.

use clap::Args;
use domain::audit::Event;
use jiff::Timestamp;
use store::trail::{file::SegmentName, prune::expired};

use super::{place::PlaceArguments, time};
use crate::{
    audit::{furthest_behind, readers, shown},
    cli::exit::{Exit, print},
};

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    place: PlaceArguments,
    /// Remove closed segments whose records are all from before this day or time
    #[arg(long, value_name = "TIME", value_parser = time::from)]
    before: Timestamp,
    /// Only say what would be removed
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Exit> {
    let folder = arguments.place.folder()?;
    let expired = expired(&folder, arguments.before, Timestamp::now()).map_err(Exit::failure)?;
    let behind = furthest_behind(&folder).map_err(Exit::failure)?;
    let mut records = 0;
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
            let noted = readers::note(&folder, vec![Event::Pruned(pruned.clone())]);
            noted.map_err(|error| Exit::failure(format!("{error:#}")))?;
            expired.remove(pruned).map_err(Exit::failure)?;
        }
        let verb = if arguments.dry_run { "would remove" } else { "removed" };
        print(format!(
            "{verb} {}: {} records, {} to {}",
            pruned.segment,
            pruned.count,
            shown(pruned.from),
            shown(pruned.to)
        ))?;
        records += pruned.count;
    }
    print(format!("{} segments, {records} records", expired.segments.len()))
}
