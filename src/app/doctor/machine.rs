//! This machine: folders, open files, and our own certificates.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, Timestamp};

use super::check::{Check, CheckId};
use crate::{
    app::open_files::{self, Room},
    config::{Config, StoreConfig, validity},
};

/// From when a certificate should be renewed.
const SOON: SignedDuration = SignedDuration::from_hours(24 * 14);

/// A bit of a folder's mode: each user may remove only their own files.
const STICKY: u32 = 0o1000;

pub(super) fn checks(config: &Config, files: &[PathBuf], now: Timestamp) -> Vec<Check> {
    let mut checks = folders(config, files);
    checks.push(open_files(config));
    checks.extend(certificates(config, now));
    checks
}

fn folders(config: &Config, files: &[PathBuf]) -> Vec<Check> {
    let of_store = match &config.store {
        Some(StoreConfig::Sqlite { file }) => Some(file),
        Some(StoreConfig::Postgres(_)) | None => None,
    };
    let folders: BTreeSet<PathBuf> = files.iter().chain(of_store).map(|file| folder_of(file)).collect();
    let open = folders.iter().filter(|folder| is_open(folder)).map(|folder| {
        Check::warning(
            CheckId::FolderModes,
            folder.display().to_string(),
            "every user may put other files in the place of those in it",
            "revoke that, for example with chmod o-w",
        )
    });
    let open: Vec<_> = open.collect();
    if open.is_empty() {
        return vec![Check::ok(CheckId::FolderModes, "", "not every user may write in them")];
    }
    open
}

fn folder_of(file: &Path) -> PathBuf {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).to_owned()
}

fn is_open(folder: &Path) -> bool {
    // One that is not there is reported with what should be in it.
    fs::metadata(folder).is_ok_and(|found| {
        let mode = found.permissions().mode();
        mode & 0o002 != 0 && mode & STICKY == 0
    })
}

fn open_files(config: &Config) -> Check {
    let files = match open_files::allow_as_many_as_possible() {
        Ok(files) => files,
        Err(error) => {
            let found = format!("the limit of open files cannot be read: {error}");
            return Check::failed(CheckId::OpenFiles, "", found, "serve cannot start without it");
        }
    };
    let Room {
        wanted,
        possible,
        is_short,
    } = open_files::room(config, open_files::workers(config), files);
    let remedy = "raise LimitNOFILE of the service, or ulimit -n where the gateway is started";
    if wanted > possible {
        let found = format!("{files}: enough for {possible} connections, and server.max_connections is {wanted}");
        return Check::warning(CheckId::OpenFiles, "", found, remedy);
    }
    if is_short {
        let found = format!("{files}: fewer than launches.max_in_flight needs beside the connections of callers");
        return Check::warning(CheckId::OpenFiles, "", found, remedy);
    }
    Check::ok(
        CheckId::OpenFiles,
        "",
        format!("{files}: enough for {possible} connections"),
    )
}

fn certificates(config: &Config, now: Timestamp) -> Vec<Check> {
    let of_listeners = config
        .tls
        .as_ref()
        .map(|tls| ("tls.cert_file".to_owned(), Some(tls.expires)));
    let shown = config.audit.forwards.iter().filter_map(|forward| {
        let certificate = forward.identity.as_ref()?.certificates.first()?;
        let about = format!("[[audit.forward]] {}", forward.url.origin().ascii_serialization());
        Some((about, validity(certificate).map(|(_, ends)| ends)))
    });
    let all = of_listeners.into_iter().chain(shown);
    all.map(|(about, ends)| expiring(CheckId::Certificate, about, ends, now))
        .collect()
}

/// What is to be said of a certificate that is valid until then.
pub(super) fn expiring(id: CheckId, about: String, ends: Option<Timestamp>, now: Timestamp) -> Check {
    let Some(ends) = ends else {
        return Check::warning(
            id,
            about,
            "the dates of its certificate cannot be read",
            "have it issued again",
        );
    };
    let left = ends.duration_since(now);
    let found = format!("valid until {}, for {} days", ends, left.as_hours().div_euclid(24));
    if left.is_negative() {
        Check::failed(id, about, format!("expired at {ends}"), "renew it")
    } else if left <= SOON {
        Check::warning(id, about, found, "renew it")
    } else {
        Check::ok(id, about, found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::doctor::check::State;

    #[test]
    fn a_certificate_is_warned_of_two_weeks_before_it_expires() {
        let now = Timestamp::UNIX_EPOCH;
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        let rows = [
            (days(15), State::Ok, "weeks to go"),
            (days(14), State::Warning, "exactly two weeks"),
            (days(0), State::Warning, "the last moment"),
            (-days(1), State::Failed, "over"),
        ];
        for (left, expected, reason) in rows {
            let check = expiring(CheckId::Tls, String::new(), Some(now + left), now);
            assert_eq!(check.state, expected, "{reason}: {}", check.found);
        }
        assert_eq!(expiring(CheckId::Tls, String::new(), None, now).state, State::Warning);
    }
}
