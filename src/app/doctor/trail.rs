//! The audit trail in a folder: whether it could be begun, by a file that is removed again. No record is written.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use store::trail::file::{Condition, Folder, Limits, free_space, try_to_write};

use super::{
    check::{Check, CheckId},
    disk,
};
use crate::config::{AuditConfig, Config, SinkConfig};

const MIB: u64 = 1024 * 1024;

pub(super) async fn checks(config: &Config, is_running: bool, within: Duration) -> Vec<Check> {
    match &config.audit.sink {
        Some(SinkConfig::File { directory, limits }) => {
            of_folder(&config.audit, directory, *limits, is_running, within).await
        }
        Some(SinkConfig::Postgres(_)) | None => Vec::new(),
    }
}

async fn of_folder(
    audit: &AuditConfig,
    directory: &Path,
    limits: Limits,
    is_running: bool,
    within: Duration,
) -> Vec<Check> {
    let about = directory.display().to_string();
    let path = directory.to_owned();
    let condition = match disk::within(within, move || Folder::inspect(&path)).await {
        Some(Ok(condition)) => condition,
        Some(Err(fault)) => {
            let failed = Check::failed(
                CheckId::TrailFolder,
                about.clone(),
                fault.to_string(),
                "correct audit.directory, or what is said of it",
            );
            return and_skipped(failed, &about);
        }
        None => return and_skipped(silent(CheckId::TrailFolder, &about), &about),
    };
    let (folder, found) = match condition {
        Condition::Missing => (parent(directory), "will be created"),
        Condition::Free => (directory.to_owned(), "no gateway writes there now"),
        Condition::InUse if is_running => (directory.to_owned(), "the gateway that runs already writes there"),
        Condition::InUse => {
            let found = "another process writes there, and no gateway responds on server.admin_listen";
            let remedy = "name a folder that no other gateway has, or stop that process";
            return and_skipped(
                Check::failed(CheckId::TrailFolder, about.clone(), found, remedy),
                &about,
            );
        }
    };
    if !folder.is_dir() {
        let found = format!("cannot be created: {} is not a folder", folder.display());
        let failed = Check::failed(
            CheckId::TrailFolder,
            about.clone(),
            found,
            "create it, for the gateway's user",
        );
        return and_skipped(failed, &about);
    }
    let mut checks = vec![Check::ok(CheckId::TrailFolder, about.clone(), found)];
    checks.extend(on_disk(audit, folder, limits, &about, within).await);
    checks
}

/// What depends on a folder that cannot be the trail's.
fn and_skipped(failed: Check, about: &str) -> Vec<Check> {
    let skipped = [CheckId::TrailSpace, CheckId::TrailWrite];
    let skipped = skipped.map(|id| Check::skipped(id, about, CheckId::TrailFolder));
    [failed].into_iter().chain(skipped).collect()
}

fn silent(id: CheckId, about: &str) -> Check {
    let remedy = "check the disk: a network file system may have lost its server";
    Check::failed(id, about, "the disk does not respond within 5 seconds", remedy)
}

fn parent(directory: &Path) -> PathBuf {
    let parent = directory.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new(".")).to_owned()
}

async fn on_disk(audit: &AuditConfig, folder: PathBuf, limits: Limits, about: &str, within: Duration) -> [Check; 2] {
    let looked_at = folder.clone();
    let space = match disk::within(within, move || free_space(&looked_at)).await {
        Some(free) => space(free, limits.free, about),
        None => silent(CheckId::TrailSpace, about),
    };
    let write = match disk::within(within, move || try_to_write(&folder)).await {
        Some(written) => speed(written, audit.timeout, about),
        None => silent(CheckId::TrailWrite, about),
    };
    [space, write]
}

fn space(free: io::Result<u64>, needed: u64, about: &str) -> Check {
    let id = CheckId::TrailSpace;
    match free {
        Ok(free) if free < needed => Check::failed(
            id,
            about,
            format!("{} MiB are free, and audit.min_free_mb is {}", free / MIB, needed / MIB),
            "free some space: launches stop below that",
        ),
        Ok(free) => Check::ok(id, about, format!("{} MiB are free", free / MIB)),
        Err(error) => Check::failed(
            id,
            about,
            format!("the free space cannot be read: {error}"),
            "check the file system that it is on",
        ),
    }
}

fn speed(slowest: io::Result<Duration>, timeout: Duration, about: &str) -> Check {
    let id = CheckId::TrailWrite;
    match slowest {
        Ok(slowest) => {
            let found = format!("writing and syncing took {} ms at most", slowest.as_millis());
            if slowest > timeout / 2 {
                let remedy = "choose a faster disk, or raise audit.timeout_ms: launches wait for this";
                Check::warning(id, about, found, remedy)
            } else {
                Check::ok(id, about, found)
            }
        }
        Err(error) => Check::failed(
            id,
            about,
            format!("cannot be written: {error}"),
            "let the gateway's user write there, and run this command as that user",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::doctor::check::State;

    #[test]
    fn a_sync_that_takes_half_of_what_launches_wait_is_warned_of() {
        let (half, timeout) = (Duration::from_millis(500), Duration::from_secs(1));
        let state = |took| speed(Ok(took), timeout, "").state;
        assert_eq!(state(half), State::Ok);
        assert_eq!(state(half + Duration::from_millis(1)), State::Warning);
        let refused = speed(Err(io::ErrorKind::PermissionDenied.into()), timeout, "");
        assert_eq!(refused.state, State::Failed);
    }
}
