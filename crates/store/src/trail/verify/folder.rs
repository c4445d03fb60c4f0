//! Verifies the trail of a folder.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
};

use domain::audit::{Event, Pruned};

use super::{Anchor, Break, BreakKind, Place, Report, Verifier};
use crate::trail::{
    Reader, VerifyingKey,
    file::{Folder, FolderFault, SegmentName},
    read::ReadError,
};

/// Verifies all of a folder's segments. `progress` gets how many bytes were read.
///
/// # Errors
/// If it is no trail, or cannot be read.
pub fn verify(
    folder: &Path,
    vouching: Option<VerifyingKey>,
    anchor: Option<Anchor>,
    mut progress: impl FnMut(u64),
) -> Result<Report, VerifyError> {
    let segments = Folder::look(folder)?;
    let pruned = pruned_before(folder)?;
    let removed: BTreeSet<_> = pruned.iter().filter_map(|pruned| number(&pruned.segment)).collect();
    let mut verifier = Verifier::new(vouching, anchor, pruned);
    let mut before = 0;
    let mut segments = segments.iter().peekable();
    let is_empty = segments.peek().is_none();
    while let Some(name) = segments.next() {
        let goes_on = segments.peek().is_some_and(|next| next.chain == name.chain);
        let missing: Vec<_> = (before + 1..name.number)
            .filter(|number| !removed.contains(number))
            .collect();
        verifier.segment(&name.to_string(), name.chain);
        if let (Some(from), Some(to)) = (missing.first(), missing.last()) {
            verifier.missing_segments(*from, *to);
        }
        before = name.number;
        segment(&mut verifier, &folder.join(name.to_string()), goes_on, &mut progress)?;
    }
    let mut report = verifier.finish();
    if is_empty {
        report.breaks.push(Break {
            place: Place {
                segment: folder.display().to_string(),
                line: 0,
            },
            seq: None,
            kind: BreakKind::Empty,
        });
    }
    Ok(report)
}

fn segment(
    verifier: &mut Verifier,
    path: &Path,
    goes_on: bool,
    progress: &mut impl FnMut(u64),
) -> Result<(), VerifyError> {
    let system = |error| ReadError::System(path.to_owned(), error);
    let mut lines = BufReader::with_capacity(1024 * 1024, File::open(path).map_err(system)?);
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let read = lines.read_until(b'\n', &mut bytes).map_err(system)?;
        if read == 0 {
            return Ok(());
        }
        progress(read as u64);
        if bytes.ends_with(b"\n") {
            verifier.line(&bytes);
        } else {
            verifier.torn(&bytes, goes_on);
        }
    }
}

/// What the trail, and the chains of those who read it, say was removed after its time.
pub(in crate::trail) fn pruned_before(folder: &Path) -> Result<Vec<Pruned>, VerifyError> {
    let mut pruned = Vec::new();
    let readers = Folder::readers(folder);
    let readers = readers.is_dir().then_some(readers);
    for folder in [folder].into_iter().chain(readers.as_deref()) {
        for record in Reader::of(folder)? {
            match record {
                Ok(record) => {
                    if let Event::Pruned(event) = record.event {
                        pruned.push(event);
                    }
                }
                // It is reported where it stands.
                Err(ReadError::Line { .. }) => {}
                Err(error @ (ReadError::System(..) | ReadError::Database(_))) => return Err(error.into()),
            }
        }
    }
    Ok(pruned)
}

fn number(segment: &str) -> Option<u64> {
    segment.parse::<SegmentName>().ok().map(|name| name.number)
}

/// Why nothing can be said of a trail.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It is none.
    #[error(transparent)]
    Folder(#[from] FolderFault),
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}
