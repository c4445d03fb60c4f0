//! What is done to the files of a trail while it is written: nothing is claimed to be durable that is not, and writing goes on
//! without a restart.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use domain::audit::Event;
use store::trail::{NotWritten, Reader};
use tempfile::TempDir;

use super::helpers::{LARGE, Live, folder, report, segments};

/// What each attempt came to, by its number, as the trail tells it.
fn outcomes(folder: &Path) -> Vec<(u128, String)> {
    let records = Reader::of(folder).unwrap().map(Result::unwrap);
    let attempts = records.filter_map(|record| match record.event {
        Event::Attempt(attempt) => Some((attempt.attempt.as_u128(), attempt.code.to_string())),
        _ => None,
    });
    attempts.collect()
}

fn causes(folder: &Path) -> Vec<String> {
    // Lines of others are none of the trail's.
    let records = Reader::of(folder).unwrap().flatten();
    let causes = records.filter_map(|record| match record.event {
        Event::Recovered(recovered) => Some(recovered.cause.to_string()),
        _ => None,
    });
    causes.collect()
}

/// A trail with one record, whose open segment something is done to; the next record fails, and the one after is written.
fn after(harm: impl Fn(&Path)) -> TempDir {
    let folder = folder();
    let live = Live::begin(folder.path(), LARGE);
    live.record(1).unwrap();
    harm(&segments(folder.path())[0]);
    assert_eq!(live.record(2), Err(NotWritten::Failed));
    live.becomes(true);
    live.record(3).unwrap();
    live.writing.stop();
    folder
}

fn said(count: usize) -> Vec<(u128, String)> {
    let all = [(1, "ok"), (2, "audit_unavailable"), (3, "ok")];
    all.iter()
        .skip(3 - count)
        .map(|(number, code)| (*number, (*code).to_owned()))
        .collect()
}

#[test]
fn a_file_that_is_removed_is_noticed_and_its_loss_is_found() {
    let folder = after(|segment| fs::remove_file(segment).unwrap());
    assert_eq!(outcomes(folder.path()), said(2));
    assert_eq!(causes(folder.path()), ["removed"]);
    assert!(!report(folder.path()).is_intact(), "a segment is missing");
}

#[test]
fn a_file_that_is_moved_away_is_noticed_and_fits_when_it_is_back() {
    let moved = |segment: &Path| segment.with_extension("away");
    let folder = after(|segment| fs::rename(segment, moved(segment)).unwrap());
    assert!(!report(folder.path()).is_intact());
    let second = segments(folder.path()).remove(0);
    let first = PathBuf::from(second.to_str().unwrap().replace("0000000002", "0000000001"));
    fs::rename(moved(&first), &first).unwrap();
    let report = report(folder.path());
    assert!(report.is_intact() && report.has_ended(), "{report:?}");
    assert_eq!(outcomes(folder.path()), said(3));
}

#[test]
fn a_file_that_is_replaced_is_noticed() {
    let folder = after(|segment| {
        let copy = segment.with_extension("copy");
        fs::copy(segment, &copy).unwrap();
        fs::rename(copy, segment).unwrap();
    });
    assert_eq!(causes(folder.path()), ["removed"]);
    assert!(report(folder.path()).is_intact(), "nothing of it is lost");
    assert_eq!(outcomes(folder.path()), said(3));
}

#[test]
fn a_file_that_is_cut_off_is_noticed_and_its_loss_is_found() {
    let folder = after(|segment| {
        let file = fs::OpenOptions::new().write(true).open(segment).unwrap();
        file.set_len(100).unwrap();
    });
    assert_eq!(causes(folder.path()), ["shortened"]);
    assert!(!report(folder.path()).is_intact());
}

#[test]
fn a_file_that_somebody_else_writes_to_is_noticed() {
    let folder = after(|segment| {
        let mut file = fs::OpenOptions::new().append(true).open(segment).unwrap();
        file.write_all(b"hello\n").unwrap();
    });
    assert_eq!(causes(folder.path()), ["foreign"]);
    assert!(!report(folder.path()).is_intact());
}

#[test]
fn a_trail_that_nobody_writes_to_notices_by_itself() {
    let folder = folder();
    let live = Live::begin(folder.path(), LARGE);
    live.record(1).unwrap();
    fs::remove_file(&segments(folder.path())[0]).unwrap();
    // Recovery may come before the test looks: the record of it stays.
    super::helpers::until(|| !segments(folder.path()).is_empty());
    live.becomes(true);
    live.writing.stop();
    assert_eq!(causes(folder.path()), ["removed"]);
}

#[test]
fn what_was_refused_while_nothing_could_be_written_is_recorded_later() {
    let parent = folder();
    let place = parent.path().join("trail");
    let live = Live::begin(&place, LARGE);
    live.record(1).unwrap();
    // No folder, so no segment either.
    let away = parent.path().join("away");
    fs::rename(&place, &away).unwrap();
    assert_eq!(live.record(2), Err(NotWritten::Failed));
    assert!(!live.is_writable());
    for number in 3..6 {
        assert_eq!(live.record(number), Err(NotWritten::Failed));
    }
    let why = live
        .trail
        .standing()
        .trouble(std::time::Duration::from_secs(20))
        .unwrap();
    assert!(why.contains("cannot") || why.contains("removed"), "{why}");
    fs::rename(&away, &place).unwrap();
    live.becomes(true);
    live.record(6).unwrap();
    live.writing.stop();
    let refused = (2..6).map(|number| (number, "audit_unavailable".to_owned()));
    let ok = |number| (number, "ok".to_owned());
    let all: Vec<_> = std::iter::once(ok(1)).chain(refused).chain([ok(6)]).collect();
    assert_eq!(outcomes(&place), all);
    assert!(report(&place).is_intact());
}

#[test]
fn too_little_space_ends_writing_before_the_disk_is_full() {
    let folder = folder();
    let greedy = store::trail::file::Limits {
        segment: 1024 * 1024,
        free: u64::MAX,
    };
    let chain = uuid::Uuid::now_v7();
    let taken = store::trail::file::Folder::take(folder.path()).unwrap();
    let (sink, found) = store::trail::file::FileSink::open(taken, chain, greedy).unwrap();
    let begun = store::trail::begin(
        sink,
        found,
        chain,
        super::helpers::opening(),
        store::trail::Figures::default(),
    );
    let why = begun.unwrap_err().to_string();
    assert!(why.contains("MiB are free, and audit.min_free_mb asks for"), "{why}");
    assert!(segments(folder.path()).is_empty());
}

#[test]
fn whoever_left_before_the_record_was_written_is_recorded_so() {
    let folder = folder();
    let live = Live::begin(folder.path(), LARGE);
    drop(live.trail.record(super::helpers::attempt(1)).unwrap());
    live.record(2).unwrap();
    live.writing.stop();
    let records: Vec<_> = Reader::of(folder.path()).unwrap().map(Result::unwrap).collect();
    let told = records.iter().any(|record| match &record.event {
        Event::Attempt(attempt) => attempt.id == "request-1" && attempt.code == "client_gone",
        Event::Correction(correction) => correction.id == "request-1" && correction.code == "client_gone",
        _ => false,
    });
    assert!(told, "by the record itself, or by one after it");
}

#[test]
fn strangers_are_one_record_a_second_however_many_there_are() {
    let folder = folder();
    let live = Live::begin(folder.path(), LARGE);
    for _ in 0..1000 {
        live.trail.standing().stranger("host_unauthenticated");
        live.trail.standing().stranger("rate_limited");
    }
    live.writing.stop();
    let records = Reader::of(folder.path()).unwrap().map(Result::unwrap);
    let counts: Vec<_> = records
        .filter_map(|record| match record.event {
            Event::Strangers(strangers) => Some(strangers),
            _ => None,
        })
        .collect();
    assert!(counts.len() <= 2, "{counts:?}");
    assert_eq!(counts.iter().map(|strangers| strangers.count).sum::<u64>(), 2000);
    assert_eq!(
        counts
            .iter()
            .filter_map(|strangers| strangers.codes.get("rate_limited"))
            .sum::<u64>(),
        1000
    );
}

#[test]
fn a_record_does_not_wait_for_launches_that_never_end() {
    let folder = folder();
    let live = Live::begin(folder.path(), LARGE);
    let others: Vec<_> = (0..1000).map(|_| live.trail.under_way()).collect();
    for number in 0..50 {
        live.record(number).unwrap();
    }
    drop(others);
    live.writing.stop();
    assert!(report(folder.path()).is_intact());
}
