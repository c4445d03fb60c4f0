//! What of the trail is still to be sent to an audit record repository: records in their order, and a file that says how far
//! the repository has them.

mod place;

use std::{
    collections::VecDeque,
    io,
    path::{Path, PathBuf},
};

use domain::audit::Record;
use store::trail::{Cursor, FollowError, Follower};
use url::Url;

use self::place::Place;
pub use self::place::furthest_behind;

/// How many parts of a trail are counted ahead at once: the rest is counted later, so that sending does not wait for it.
const PARTS_AHEAD: usize = 16;

/// The records of a trail that one repository does not have yet.
#[derive(Debug)]
pub struct Outgoing {
    follower: Follower,
    file: PathBuf,
    /// Up to where the repository has everything.
    place: Place,
    /// What was read, and is not acknowledged.
    read: VecDeque<Record>,
    /// Where reading goes on after that.
    next: Cursor,
    /// Goes ahead of what is read, to count.
    scout: Follower,
    counted: Cursor,
}

/// What is to be sent next.
#[derive(Debug, Clone, Default)]
pub struct Pending {
    /// The records, in their order.
    pub records: Vec<Record>,
    /// How many records, of every kind, the repository does not have yet, these included; of a trail of more than 64 MiB, at
    /// first as many as were counted.
    pub behind: u64,
}

/// Why it is not known what is to be sent, or it cannot be kept how far that is.
#[derive(Debug, thiserror::Error)]
pub enum ForwardError {
    /// The trail cannot be read.
    #[error(transparent)]
    Trail(#[from] FollowError),
    /// The file with the place cannot be read or written.
    #[error("{0}: {1}")]
    Place(PathBuf, io::Error),
}

impl Outgoing {
    /// Goes on where the repository at this URL has the trail of this folder up to; from its beginning, if it never had any
    /// of it.
    ///
    /// # Errors
    /// If the file that says so cannot be read or, for a new repository, written.
    pub fn resume(folder: &Path, repository: &Url) -> Result<Self, ForwardError> {
        let file = folder.join(place::file_name(repository));
        let place = Place::resume(&file).map_err(|error| ForwardError::Place(file.clone(), error))?;
        Ok(Self {
            follower: Follower::of(folder),
            file,
            next: place.cursor,
            scout: Follower::of(folder),
            counted: place.cursor,
            place,
            read: VecDeque::new(),
        })
    }

    /// The next records that are known to last, at most so many: the same ones until they are acknowledged.
    ///
    /// # Errors
    /// If the trail cannot be read.
    pub fn pending(&mut self, most: usize) -> Result<Pending, ForwardError> {
        if self.read.is_empty() {
            self.read()?;
            self.count()?;
        }
        Ok(Pending {
            records: self.read.iter().take(most).cloned().collect(),
            behind: self.behind(),
        })
    }

    /// How many records, of every kind, the repository does not have yet: for when nothing is taken, and more are written.
    ///
    /// # Errors
    /// If the trail cannot be read.
    pub fn recount(&mut self) -> Result<u64, ForwardError> {
        self.count()?;
        Ok(self.behind())
    }

    /// Reads the next part in which anything is to be sent.
    fn read(&mut self) -> Result<(), ForwardError> {
        while self.read.is_empty() {
            let part = self.follower.after(self.next)?;
            if part.cursor == self.next {
                break;
            }
            let is_due = |record: &Record| !self.place.includes(&record.head);
            self.read.extend(part.records.into_iter().filter(is_due));
            self.next = part.cursor;
            if self.read.is_empty() {
                // Nothing in it is to be acknowledged.
                self.place = Place::at(part.cursor);
            }
        }
        Ok(())
    }

    /// The repository has the first so many of what is pending. When this returns, that survives a crash; a crash before may
    /// send them again.
    ///
    /// # Errors
    /// If it cannot be written down.
    pub fn acknowledge(&mut self, count: usize) -> Result<(), ForwardError> {
        let count = count.min(self.read.len());
        let Some(last) = self.read.drain(..count).next_back() else {
            return Ok(());
        };
        self.place = if self.read.is_empty() {
            Place::at(self.next)
        } else {
            self.place.up_to(&last.head, count)
        };
        let written = self.place.write(&self.file);
        written.map_err(|error| ForwardError::Place(self.file.clone(), error))
    }

    /// Counts what was not read yet, as far as it was not counted before.
    fn count(&mut self) -> Result<(), ForwardError> {
        if self.counted.records < self.next.records {
            self.counted = self.next;
        }
        for _ in 0..PARTS_AHEAD {
            let part = self.scout.after(self.counted)?;
            if part.cursor == self.counted {
                break;
            }
            self.counted = part.cursor;
        }
        Ok(())
    }

    fn behind(&self) -> u64 {
        self.counted.records.saturating_sub(self.place.records())
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, Permissions},
        os::unix::fs::PermissionsExt as _,
    };

    use domain::audit::Event;
    use store::trail::{
        Figures, Opening, begin,
        file::{FileSink, Folder, Limits},
    };
    use tempfile::TempDir;
    use uuid::Uuid;

    use super::{super::export::tests::attempt, *};

    fn repository(name: &str) -> Url {
        format!("https://{name}.example/fhir").parse().unwrap()
    }

    /// A folder for a trail: no other user may read it.
    fn folder() -> TempDir {
        let private = Permissions::from_mode(0o700);
        tempfile::Builder::new().permissions(private).tempdir().unwrap()
    }

    fn resumed(folder: &Path) -> Outgoing {
        Outgoing::resume(folder, &repository("a")).unwrap()
    }

    /// Writes a chain with so many attempts, and stops.
    fn write(folder: &Path, attempts: usize) {
        let chain = Uuid::now_v7();
        let limits = Limits { segment: 4096, free: 0 };
        let (sink, found) = FileSink::open(Folder::take(folder).unwrap(), chain, limits).unwrap();
        let opening = Opening {
            program: "0.1.0",
            instance: "gw-1".to_owned(),
            keys: Vec::new(),
            configuration: String::new(),
            sign_with: None,
        };
        let (trail, writing) = begin(sink, found, chain, opening, Figures::default()).unwrap();
        for _ in 0..attempts {
            let Event::Attempt(attempt) = attempt("ok") else {
                unreachable!()
            };
            trail.record_later(attempt);
        }
        drop(trail);
        writing.stop();
    }

    fn heads(records: &[Record]) -> Vec<(Uuid, u64)> {
        records
            .iter()
            .map(|record| (record.head.chain, record.head.seq))
            .collect()
    }

    /// Acknowledges everything, in parts of this size.
    fn taken(outgoing: &mut Outgoing, most: usize) -> Vec<(Uuid, u64)> {
        let mut taken = Vec::new();
        loop {
            let pending = outgoing.pending(most).unwrap();
            if pending.records.is_empty() {
                assert_eq!(pending.behind, 0);
                return taken;
            }
            taken.extend(heads(&pending.records));
            outgoing.acknowledge(pending.records.len()).unwrap();
        }
    }

    #[test]
    fn what_is_pending_stays_so_until_it_is_acknowledged() {
        let folder = folder();
        write(folder.path(), 5);
        let mut outgoing = resumed(folder.path());
        let all = outgoing.pending(100).unwrap();
        assert!(all.records.len() > 5 && all.behind >= all.records.len() as u64);
        assert_eq!(heads(&outgoing.pending(2).unwrap().records), heads(&all.records[..2]));
        outgoing.acknowledge(2).unwrap();
        let rest = outgoing.pending(2).unwrap();
        assert_eq!(heads(&rest.records), heads(&all.records[2..4]));
        assert_eq!(rest.behind, all.behind - 2);
    }

    #[test]
    fn a_restart_goes_on_after_what_was_acknowledged_and_repeats_the_rest() {
        let folder = folder();
        write(folder.path(), 30);
        write(folder.path(), 30);
        let all = taken(&mut Outgoing::resume(folder.path(), &repository("b")).unwrap(), 1000);
        let mut together = Vec::new();
        loop {
            let mut outgoing = resumed(folder.path());
            let pending = outgoing.pending(7).unwrap();
            let behind = (all.len() - together.len()) as u64;
            assert_eq!(pending.behind, behind, "what was acknowledged is not counted again");
            if pending.records.is_empty() {
                break;
            }
            // The last two were sent, and the program ended before it knew.
            let acknowledged = pending.records.len().saturating_sub(2).max(1);
            together.extend(heads(&pending.records[..acknowledged]));
            outgoing.acknowledge(acknowledged).unwrap();
        }
        assert_eq!(together, all);
    }

    #[test]
    fn what_is_written_later_is_sent_later() {
        let folder = folder();
        write(folder.path(), 3);
        let mut outgoing = resumed(folder.path());
        let first = taken(&mut outgoing, 100);
        write(folder.path(), 3);
        let second = taken(&mut outgoing, 100);
        assert!(!first.is_empty() && second.iter().all(|head| !first.contains(head)));
        assert_eq!(
            [first, second].concat(),
            taken(&mut Outgoing::resume(folder.path(), &repository("b")).unwrap(), 9)
        );
    }

    #[test]
    fn a_damaged_place_is_reported_rather_than_forgotten() {
        let folder = folder();
        write(folder.path(), 1);
        fs::write(folder.path().join(place::file_name(&repository("a"))), "").unwrap();
        assert!(matches!(
            Outgoing::resume(folder.path(), &repository("a")),
            Err(ForwardError::Place(..))
        ));
    }
}
