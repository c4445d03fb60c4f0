//! Segments whose time is over. They are removed whole, from the oldest on, and a record says what they held and how they ended:
//! what is left can still be checked.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
};

use domain::audit::{Event, Pruned};
use jiff::Timestamp;

use super::{
    Line,
    file::{Folder, SegmentName},
    read::ReadError,
    verify::{Verifier, VerifyError, pruned_before},
};

/// What may be removed, in order.
#[derive(Debug)]
pub struct Expired {
    folder: PathBuf,
    /// A record for each segment, to be kept before the segment is removed.
    pub segments: Vec<Pruned>,
}

/// Why nothing is removed.
#[derive(Debug, thiserror::Error)]
pub enum NotPruned {
    /// The trail cannot be read.
    #[error(transparent)]
    Trail(#[from] VerifyError),
    /// What is there is not as it was written.
    #[error("{0}: the trail is broken, so nothing is removed: run `empego-gateway audit verify`")]
    Broken(String),
}

/// The closed segments whose records were all written before this time. Nothing is changed.
///
/// # Errors
/// [`NotPruned`].
pub fn expired(folder: &Path, before: Timestamp, at: Timestamp) -> Result<Expired, NotPruned> {
    let segments = Folder::look(folder).map_err(VerifyError::from)?;
    let mut verifier = Verifier::new(None, None, pruned_before(folder)?);
    let mut expired = Vec::new();
    // The last one is being written, or is where the next process finds the end.
    for (name, _) in segments.iter().zip(segments.iter().skip(1)) {
        let path = folder.join(name.to_string());
        if last_time(&path)?.is_none_or(|last| last >= before) {
            break;
        }
        expired.extend(one(&mut verifier, *name, &path, at)?);
    }
    let report = verifier.finish();
    match report.breaks.first() {
        Some(found) => Err(NotPruned::Broken(found.to_string())),
        None => Ok(Expired {
            folder: folder.to_owned(),
            segments: expired,
        }),
    }
}

impl Expired {
    /// Removes one of them, once its record is kept.
    ///
    /// # Errors
    /// If the operating system would not.
    pub fn remove(&self, pruned: &Pruned) -> Result<(), ReadError> {
        let path = self.folder.join(&pruned.segment);
        fs::remove_file(&path).map_err(|error| ReadError::System(path, error))
    }
}

fn one(verifier: &mut Verifier, name: SegmentName, path: &Path, at: Timestamp) -> Result<Option<Pruned>, NotPruned> {
    let system = |error| VerifyError::from(ReadError::System(path.to_owned(), error));
    verifier.segment(&name.to_string(), name.chain);
    let mut lines = BufReader::new(fs::File::open(path).map_err(system)?);
    let mut bytes = Vec::new();
    let (mut count, mut times) = (0, None);
    loop {
        bytes.clear();
        if lines.read_until(b'\n', &mut bytes).map_err(system)? == 0 {
            break;
        }
        if !bytes.ends_with(b"\n") {
            verifier.torn(&bytes, true);
            continue;
        }
        verifier.line(&bytes);
        count += 1;
        if let Some(time) = time_of(&bytes) {
            times = Some(times.map_or((time, time), |(from, _)| (from, time)));
        }
    }
    let (Some((from, to)), Some((last, signing_key))) = (times, verifier.standing()) else {
        return Ok(None);
    };
    Ok(Some(Pruned {
        at,
        segment: name.to_string(),
        count,
        from,
        to,
        last,
        signing_key,
    }))
}

fn last_time(path: &Path) -> Result<Option<Timestamp>, VerifyError> {
    let bytes = fs::read(path).map_err(|error| ReadError::System(path.to_owned(), error))?;
    let ended = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let lines = bytes.get(..ended).unwrap_or_default();
    let last = lines.split_inclusive(|byte| *byte == b'\n').next_back();
    Ok(last.and_then(time_of))
}

fn time_of(line: &[u8]) -> Option<Timestamp> {
    Some(Event::from_json(Line::read(line)?.event).ok()?.at())
}
