//! Records whose time is over are removed, and what is left can still be checked.

use std::{fs, path::Path};

use domain::audit::Event;
use jiff::{SignedDuration, Timestamp};
use store::trail::{
    file::{FileSink, Folder},
    prune::expired,
    verify::BreakKind,
    write_whole,
};
use uuid::Uuid;

use super::helpers::{LARGE, SMALL, folder, lines, opening, report, segments, write_chain};

fn later() -> Timestamp {
    Timestamp::now() + SignedDuration::from_hours(1)
}

/// Removes what expired, with a record in the chains of those who read the trail.
fn prune(trail: &Path, before: Timestamp) -> usize {
    let expired = expired(trail, before, Timestamp::now()).unwrap();
    for pruned in &expired.segments {
        let chain = Uuid::now_v7();
        let readers = Folder::take(&Folder::readers(trail)).unwrap();
        let (sink, found) = FileSink::open(readers, chain, LARGE).unwrap();
        write_whole(sink, found, chain, opening(), vec![Event::Pruned(pruned.clone())]).unwrap();
        expired.remove(pruned).unwrap();
    }
    expired.segments.len()
}

#[test]
fn what_is_left_after_pruning_is_intact() {
    let folder = folder();
    write_chain(folder.path(), SMALL, 6);
    write_chain(folder.path(), SMALL, 6);
    let all = segments(folder.path()).len();
    assert_eq!(prune(folder.path(), later()), all - 1, "the last one stays");
    let report = report(folder.path());
    assert!(report.is_intact() && report.has_ended(), "{report:?}");
}

#[test]
fn pruning_goes_on_where_it_ended_and_signatures_still_count() {
    let folder = folder();
    write_chain(folder.path(), SMALL, 4);
    let first = segments(folder.path()).len();
    assert_eq!(prune(folder.path(), later()), first - 1);
    write_chain(folder.path(), SMALL, 4);
    prune(folder.path(), later());
    write_chain(folder.path(), SMALL, 1);
    assert!(report(folder.path()).is_intact());
    let oldest = segments(folder.path()).remove(0);
    let mut lines = lines(&oldest);
    let checkpoint = lines
        .iter()
        .position(|line| String::from_utf8_lossy(line).contains("\"checkpoint\""));
    let at = checkpoint.unwrap();
    lines[at] = String::from_utf8(lines[at].clone())
        .unwrap()
        .replace("\"signature\":\"", "\"signature\":\"00")
        .into_bytes();
    fs::write(&oldest, lines.concat()).unwrap();
    let kinds: Vec<_> = report(folder.path())
        .breaks
        .into_iter()
        .map(|found| found.kind)
        .collect();
    assert!(kinds.contains(&BreakKind::Signature), "{kinds:?}");
}

#[test]
fn nothing_is_removed_before_its_time() {
    let folder = folder();
    write_chain(folder.path(), SMALL, 6);
    let before = segments(folder.path());
    let hour_ago = Timestamp::now() - SignedDuration::from_hours(1);
    assert_eq!(prune(folder.path(), hour_ago), 0);
    assert_eq!(segments(folder.path()), before);
}

#[test]
fn nothing_is_removed_from_a_trail_that_is_broken() {
    let folder = folder();
    write_chain(folder.path(), SMALL, 6);
    let first = segments(folder.path()).remove(0);
    let text = fs::read_to_string(&first).unwrap().replace("downtown", "uptown__");
    fs::write(&first, text).unwrap();
    let why = expired(folder.path(), later(), Timestamp::now())
        .unwrap_err()
        .to_string();
    assert!(
        why.contains("nothing is removed: run `empego-gateway audit verify`"),
        "{why}"
    );
}

#[test]
fn a_segment_that_was_removed_without_a_record_is_missed() {
    let folder = folder();
    write_chain(folder.path(), SMALL, 6);
    fs::remove_file(&segments(folder.path())[0]).unwrap();
    let kinds: Vec<_> = report(folder.path())
        .breaks
        .into_iter()
        .map(|found| found.kind)
        .collect();
    assert_eq!(kinds, [BreakKind::SegmentsMissing(1, 1), BreakKind::BeginMissing]);
}
