//! What a process finds that another one left.

use std::{fs, io::Write as _};

use domain::audit::{Event, Record};
use store::trail::{
    Reader,
    file::{FileSink, Folder, FolderFault},
};
use uuid::Uuid;

use super::helpers::{LARGE, Live, SMALL, folder, lines, report, segments, until, write_chain};

fn records(folder: &std::path::Path) -> Vec<Record> {
    Reader::of(folder).unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_chain_names_the_end_of_the_one_before() {
    let folder = folder();
    let first = write_chain(folder.path(), SMALL, 5);
    write_chain(folder.path(), SMALL, 5);
    let records = records(folder.path());
    let end = records.iter().rfind(|record| record.head.chain == first).unwrap();
    let begin = records.iter().filter_map(|record| match &record.event {
        Event::Genesis(genesis) => Some(genesis.previous.clone()),
        _ => None,
    });
    let begin: Vec<_> = begin.collect();
    assert_eq!(begin, [vec![], vec![end.head.clone()]]);
}

#[test]
fn half_a_line_is_moved_aside_and_recorded() {
    let folder = folder();
    let live = Live::begin(folder.path(), LARGE);
    live.record(1).unwrap();
    // As after a crash: no record says that it ends.
    drop(live);
    until(|| Folder::take(folder.path()).is_ok());
    let segment = segments(folder.path()).remove(0);
    let half = b"{\"seq\":2,\"prev\":\"00";
    fs::OpenOptions::new()
        .append(true)
        .open(&segment)
        .unwrap()
        .write_all(half)
        .unwrap();
    let torn = report(folder.path());
    assert!(torn.is_intact() && !torn.has_ended() && torn.torn.is_some(), "{torn:?}");

    write_chain(folder.path(), LARGE, 1);
    let aside = fs::read(format!("{}.torn", segment.display())).unwrap();
    assert_eq!(aside, half);
    let report = report(folder.path());
    assert!(report.is_intact() && report.has_ended(), "{report:?}");
    let recovered = records(folder.path())
        .into_iter()
        .find_map(|record| match record.event {
            Event::Recovered(recovered) => Some(recovered),
            _ => None,
        });
    let torn = recovered.unwrap().torn.unwrap();
    assert_eq!(
        (torn.length, torn.segment),
        (
            half.len() as u64,
            segment.file_name().unwrap().to_str().unwrap().to_owned()
        )
    );
}

#[test]
fn a_file_that_a_crash_left_empty_is_passed_over() {
    let folder = folder();
    let first = write_chain(folder.path(), LARGE, 1);
    let empty = folder.path().join(format!("0000000002-{}.ndjson", Uuid::now_v7()));
    fs::write(empty, "").unwrap();
    write_chain(folder.path(), LARGE, 1);
    let names_first = records(folder.path()).into_iter().any(|record| match record.event {
        Event::Genesis(genesis) => genesis.previous.first().is_some_and(|head| head.chain == first),
        _ => false,
    });
    assert!(names_first);
}

#[test]
fn two_processes_do_not_share_a_folder() {
    let folder = folder();
    let live = Live::begin(folder.path(), LARGE);
    let second = Folder::take(folder.path()).unwrap_err();
    assert!(matches!(second, FolderFault::InUse(_)));
    assert!(
        second.to_string().contains("another gateway is writing this trail"),
        "{second}"
    );
    live.record(1).unwrap();
    live.writing.stop();
    assert!(Folder::take(folder.path()).is_ok(), "once the first has ended");
}

#[test]
fn a_folder_that_is_no_trail_is_left_alone_and_told_of() {
    let parent = folder();
    let path = |name: &str| parent.path().join(name);
    let made = |name: &str| {
        fs::create_dir(path(name)).unwrap();
        fs::set_permissions(path(name), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    };
    made("others");
    fs::write(path("others").join("data.db"), "").unwrap();
    made("newer");
    fs::write(path("newer").join("format"), "empego-gateway audit trail 2\n").unwrap();
    made("foreign");
    fs::write(path("foreign").join("format"), "something else\n").unwrap();
    made("open");
    fs::set_permissions(path("open"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    fs::write(path("file"), "").unwrap();
    let rows = [
        (
            "others",
            "has data.db in it and is not an audit trail",
            "somebody's data",
        ),
        (
            "newer",
            "was written in format 2, and this program knows format 1",
            "of a newer program",
        ),
        ("foreign", "is not an audit trail", "another program's"),
        ("open", "other users may read it: chmod 0700", "open to all"),
        ("file", "is not a folder", "a file"),
        ("no/such", "cannot be created", "without a folder around it"),
    ];
    for (name, why, reason) in rows {
        let fault = Folder::take(&path(name)).unwrap_err().to_string();
        assert!(fault.contains(why) && fault.contains(name), "{reason}: {fault}");
    }
    assert_eq!(
        fs::read_dir(path("others")).unwrap().count(),
        1,
        "nothing was left there"
    );
}

#[test]
fn a_segment_that_was_edited_by_hand_does_not_keep_a_process_from_starting() {
    let folder = folder();
    write_chain(folder.path(), LARGE, 2);
    let segment = segments(folder.path()).remove(0);
    let mut lines = lines(&segment);
    lines.push(b"# checked by me\n".to_vec());
    fs::write(&segment, lines.concat()).unwrap();
    let (sink, found) = FileSink::open(Folder::take(folder.path()).unwrap(), Uuid::now_v7(), LARGE).unwrap();
    assert!(found.previous.is_empty());
    drop(sink);
    assert!(!report(folder.path()).is_intact());
}
