//! How far a repository has a trail, in a file beside it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use domain::audit::Head;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::trail::Cursor;
use url::Url;
use uuid::Uuid;

/// Up to where a repository has everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// Where a part of the trail begins.
    #[serde(flatten)]
    pub(super) cursor: Cursor,
    /// The last record of that part that the repository has, if it has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last: Option<Last>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Last {
    chain: Uuid,
    seq: u64,
    /// How many records of the part that makes.
    count: u64,
}

/// The name of the file for this repository: two have two, whatever their URLs contain.
pub(super) fn file_name(repository: &Url) -> String {
    let digest = hex::encode(Sha256::digest(repository.as_str()));
    format!("forward-{}.cursor", digest.get(..32).unwrap_or(&digest))
}

impl Place {
    /// The beginning of a part.
    pub(super) const fn at(cursor: Cursor) -> Self {
        Self { cursor, last: None }
    }

    /// So many more records of the same part, of which this is the last.
    pub(super) fn up_to(self, head: &Head, count: usize) -> Self {
        let before = self.last.map_or(0, |last| last.count);
        Self {
            cursor: self.cursor,
            last: Some(Last {
                chain: head.chain,
                seq: head.seq,
                count: before + count as u64,
            }),
        }
    }

    /// Whether the repository has a record of the part.
    pub(super) fn includes(&self, head: &Head) -> bool {
        self.last
            .is_some_and(|last| last.chain == head.chain && head.seq <= last.seq)
    }

    /// How many records the repository has.
    pub(super) fn records(&self) -> u64 {
        self.cursor.records + self.last.map_or(0, |last| last.count)
    }

    /// The place in a file; the trail's beginning if it is not there, which is then written: what a repository still has to get
    /// is not removed before.
    pub(super) fn resume(file: &Path) -> io::Result<Self> {
        match Self::read(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let beginning = Self::default();
                beginning.write(file)?;
                Ok(beginning)
            }
            read => read,
        }
    }

    fn read(file: &Path) -> io::Result<Self> {
        serde_json::from_slice(&fs::read(file)?).map_err(|error| {
            let why = format!("is damaged ({error}): remove it to send the whole trail again");
            io::Error::new(io::ErrorKind::InvalidData, why)
        })
    }

    /// Writes it in one step: after a crash, it is the old one or this.
    pub(super) fn write(&self, file: &Path) -> io::Result<()> {
        let new = file.with_extension("new");
        let mut options = OpenOptions::new();
        let mut opened = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        opened.write_all(&serde_json::to_vec(self)?)?;
        opened.sync_all()?;
        fs::rename(&new, file)?;
        file.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    }
}

/// The repository that is furthest behind, by its file, and the number of the segment that it needs next.
///
/// # Errors
/// If a file that says so cannot be read.
pub fn furthest_behind(folder: &Path) -> io::Result<Option<(PathBuf, u64)>> {
    let mut behind = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with("forward-") && name.ends_with(".cursor") {
            behind.push((Place::read(&path)?.cursor.segment, path));
        }
    }
    Ok(behind.into_iter().min().map(|(segment, path)| (path, segment)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(seq: u64) -> Head {
        Head {
            chain: Uuid::from_u128(5),
            seq,
            hash: String::new(),
        }
    }

    #[test]
    fn a_place_is_read_as_it_was_written_and_a_damaged_file_is_not_taken_for_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(file_name(&"https://a.example".parse().unwrap()));
        assert_eq!(Place::resume(&file).unwrap(), Place::default());
        assert_eq!(
            Place::read(&file).unwrap(),
            Place::default(),
            "it is behind from now on"
        );
        let cursor = Cursor {
            segment: 3,
            offset: 4711,
            records: 90,
        };
        for place in [Place::at(cursor), Place::at(cursor).up_to(&head(7), 4)] {
            place.write(&file).unwrap();
            assert_eq!(Place::read(&file).unwrap(), place);
        }
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing is left beside it"
        );
        fs::write(&file, "{").unwrap();
        let error = Place::resume(&file).unwrap_err().to_string();
        assert!(error.contains("remove it to send the whole trail again"), "{error}");
    }

    #[test]
    fn a_place_includes_what_came_before_its_last_record_in_the_same_chain() {
        let place = Place::at(Cursor::default()).up_to(&head(3), 2).up_to(&head(7), 3);
        assert!(place.includes(&head(7)) && place.includes(&head(0)) && !place.includes(&head(8)));
        let other = Head {
            chain: Uuid::from_u128(6),
            ..head(0)
        };
        assert!(!place.includes(&other));
        assert_eq!(place.records(), 5);
    }

    #[test]
    fn repositories_have_files_of_their_own() {
        let names = ["https://a.example", "https://a.example/fhir"].map(|url| file_name(&url.parse().unwrap()));
        assert_ne!(names[0], names[1]);
        assert_eq!(names[0].len(), "forward-.cursor".len() + 32);
    }
}
