//! Whatever is changed in a trail is found and named.

use std::{fs, path::Path};

use domain::audit::Event;
use sha2::{Digest as _, Sha256};
use store::trail::{
    Line, SigningKey, VerifyingKey, begin,
    file::{FileSink, Folder},
    verify::{BreakKind, Report, verify},
};
use tempfile::TempDir;
use uuid::Uuid;

use super::helpers::{LARGE, SMALL, folder, lines, opening, report, report_expecting, segments, write_chain};

/// Two chains, each of several segments.
fn trail() -> TempDir {
    let folder = folder();
    write_chain(folder.path(), SMALL, 3);
    write_chain(folder.path(), SMALL, 1);
    assert!(segments(folder.path()).len() > 2);
    let report = report(folder.path());
    assert!(report.is_intact() && report.has_ended(), "{report:?}");
    folder
}

fn is_found_at(report: &Report, segment: &Path, line: usize) -> bool {
    let name = segment.file_name().unwrap().to_str().unwrap();
    let is_here = |found: &store::trail::verify::Break| {
        found.place.segment == name && found.place.line.abs_diff(line as u64) <= 1
    };
    report.breaks.first().is_some_and(is_here)
}

#[test]
fn each_byte_that_is_changed_is_found_and_its_line_is_named() {
    let folder = trail();
    for segment in segments(folder.path()) {
        let bytes = fs::read(&segment).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            // Another bit for each byte, so that digits become other digits, and ends become no ends.
            changed[at] ^= 1 << (at % 7);
            fs::write(&segment, &changed).unwrap();
            let line = bytes[..at].split(|byte| *byte == b'\n').count();
            let report = report(folder.path());
            assert!(
                is_found_at(&report, &segment, line),
                "byte {at} of {segment:?}: {report:?}"
            );
        }
        fs::write(&segment, &bytes).unwrap();
    }
    assert!(report(folder.path()).is_intact());
}

#[test]
fn each_line_that_is_removed_doubled_or_moved_is_found() {
    let folder = trail();
    let all = segments(folder.path());
    for segment in &all {
        let lines = lines(segment);
        for at in 0..lines.len() {
            let mut removed = lines.clone();
            removed.remove(at);
            let mut doubled = lines.clone();
            doubled.insert(at, lines[at].clone());
            let mut cases = vec![("doubled", doubled)];
            // The very last line of all is the trail's end: that it is missing can only be told from outside.
            if (segment, at + 1) != (all.last().unwrap(), lines.len()) {
                cases.push(("removed", removed));
            }
            if at + 1 < lines.len() {
                let mut swapped = lines.clone();
                swapped.swap(at, at + 1);
                cases.push(("swapped with the next", swapped));
            }
            for (case, changed) in cases {
                fs::write(segment, changed.concat()).unwrap();
                let report = report(folder.path());
                assert!(!report.is_intact(), "line {} of {segment:?} {case}", at + 1);
            }
        }
        fs::write(segment, lines.concat()).unwrap();
    }
}

#[test]
fn each_segment_that_is_removed_or_takes_anothers_place_is_found() {
    let folder = trail();
    let all = segments(folder.path());
    for (at, segment) in all.iter().enumerate() {
        let bytes = fs::read(segment).unwrap();
        fs::remove_file(segment).unwrap();
        let removed = report(folder.path());
        // Without the last one, its chain has no end.
        assert!(
            !removed.is_intact() || (at + 1 == all.len() && !removed.has_ended()),
            "{segment:?}"
        );
        fs::write(segment, &bytes).unwrap();
    }
    let (first, second) = (fs::read(&all[0]).unwrap(), fs::read(&all[1]).unwrap());
    fs::write(&all[0], &second).unwrap();
    fs::write(&all[1], &first).unwrap();
    assert!(!report(folder.path()).is_intact());
}

#[test]
fn an_end_that_was_cut_off_is_found_by_what_is_known_elsewhere() {
    let folder = folder();
    let chain = write_chain(folder.path(), LARGE, 6);
    let segment = segments(folder.path()).remove(0);
    let lines = lines(&segment);
    for kept in 1..lines.len() {
        let cut = &lines[kept - 1];
        let known = Line::read(&lines[lines.len() - 1]).unwrap();
        let anchor = format!("{chain}:{}:{}", known.seq, hex::encode(known.hash));
        fs::write(&segment, lines[..kept].concat()).unwrap();
        let alone = report(folder.path());
        assert!(alone.is_intact(), "{alone:?}");
        let expecting = report_expecting(folder.path(), &anchor);
        let last = Line::read(cut).unwrap().seq;
        assert_eq!(expecting.breaks[0].kind, BreakKind::CutOff(last));
    }
}

#[test]
fn a_chain_whose_end_was_cut_off_is_found_by_the_chain_after_it() {
    let folder = folder();
    write_chain(folder.path(), LARGE, 3);
    write_chain(folder.path(), LARGE, 3);
    let first = segments(folder.path()).remove(0);
    let lines = lines(&first);
    fs::write(&first, lines[..lines.len() - 2].concat()).unwrap();
    let report = report(folder.path());
    assert!(matches!(report.breaks[0].kind, BreakKind::EndMissing(..)), "{report:?}");
}

#[test]
fn an_anchor_is_told_from_one_of_another_trail_and_of_a_rewritten_one() {
    let folder = folder();
    let chain = write_chain(folder.path(), LARGE, 3);
    let lines = lines(&segments(folder.path())[0]);
    let own = Line::read(&lines[2]).unwrap();
    let (hash, other) = (hex::encode(own.hash), "ab".repeat(32));
    let last = Line::read(lines.last().unwrap()).unwrap().seq;
    let elsewhere = Uuid::from_u128(1);
    let rows = [
        (format!("2:{hash}"), None, "its own"),
        (format!("{chain}:2:{hash}"), None, "with its chain"),
        (
            format!("{chain}:2:{other}"),
            Some(BreakKind::OtherHash),
            "another hash there",
        ),
        (
            format!("{elsewhere}:2:{hash}"),
            Some(BreakKind::NotHere),
            "another chain's",
        ),
        (
            format!("{chain}:99:{hash}"),
            Some(BreakKind::CutOff(last)),
            "after the end",
        ),
    ];
    for (anchor, kind, reason) in rows {
        let report = report_expecting(folder.path(), &anchor);
        assert_eq!(report.breaks.first().map(|found| found.kind.clone()), kind, "{reason}");
    }
}

/// Changes a record and writes all hashes after it anew, as an intruder would who knows the format and has no key.
fn rewritten(lines: &[Vec<u8>], at: usize) -> Vec<Vec<u8>> {
    let mut rewritten = lines[..at].to_vec();
    let mut prev = Line::read(&lines[at - 1]).unwrap().hash;
    for line in &lines[at..] {
        let read = Line::read(line).unwrap();
        let event = String::from_utf8(read.event.to_vec())
            .unwrap()
            .replace("ehr-backend", "ehr-another");
        let hashed = format!(
            "{{\"seq\":{},\"prev\":\"{}\",\"event\":{event}",
            read.seq,
            hex::encode(prev)
        );
        prev = Sha256::digest(&hashed).into();
        rewritten.push(format!("{hashed},\"hash\":\"{}\"}}\n", hex::encode(prev)).into_bytes());
    }
    rewritten
}

#[test]
fn a_chain_that_was_written_anew_from_some_record_on_is_not_signed() {
    let folder = folder();
    write_chain(folder.path(), LARGE, 6);
    let segment = segments(folder.path()).remove(0);
    let lines = lines(&segment);
    let named = |at: &usize| String::from_utf8_lossy(&lines[*at]).contains("ehr-backend");
    for at in (1..lines.len()).filter(named) {
        fs::write(&segment, rewritten(&lines, at).concat()).unwrap();
        let report = report(folder.path());
        let kinds: Vec<_> = report.breaks.iter().map(|found| found.kind.as_str()).collect();
        assert!(
            kinds.contains(&"checkpoint") || kinds.contains(&"signature"),
            "from line {}: {kinds:?}",
            at + 1
        );
        assert!(!kinds.contains(&"hash") && !kinds.contains(&"link"));
    }
}

#[test]
fn a_record_after_the_end_and_a_chain_in_anothers_place_are_found() {
    let folder = folder();
    write_chain(folder.path(), LARGE, 2);
    write_chain(folder.path(), LARGE, 2);
    let all = segments(folder.path());
    let (first, second) = (fs::read(&all[0]).unwrap(), fs::read(&all[1]).unwrap());
    fs::write(&all[0], [first.clone(), second].concat()).unwrap();
    let kinds: Vec<_> = report(folder.path())
        .breaks
        .into_iter()
        .map(|found| found.kind)
        .collect();
    assert!(
        kinds.iter().any(|kind| matches!(kind, BreakKind::OtherChain(_))),
        "{kinds:?}"
    );
    assert!(kinds.contains(&BreakKind::AfterStop), "{kinds:?}");
}

const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
/// The two keys of the standard's own example.
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";
const OTHER: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n-----END PUBLIC KEY-----\n";

#[test]
fn a_long_lived_key_vouches_for_every_chain() {
    let folder = folder();
    let chain = Uuid::now_v7();
    let (sink, found) = FileSink::open(Folder::take(folder.path()).unwrap(), chain, LARGE).unwrap();
    let opening = store::trail::Opening {
        sign_with: Some(SigningKey::from_pem(PRIVATE.as_bytes()).unwrap()),
        ..opening()
    };
    let (trail, writing) = begin(sink, found, chain, opening, store::trail::Figures::default()).unwrap();
    drop(trail);
    writing.stop();
    let with = |pem: &str| {
        let key = VerifyingKey::from_pem(pem.as_bytes()).unwrap();
        verify(folder.path(), Some(key), None, |_| {}).unwrap()
    };
    assert!(with(PUBLIC).is_intact());
    assert_eq!(with(OTHER).breaks[0].kind, BreakKind::NotVouchedFor);
    write_chain(folder.path(), LARGE, 1);
    let unsigned = with(PUBLIC);
    assert_eq!(unsigned.breaks[0].kind, BreakKind::NotVouchedFor, "the second chain");
    assert_eq!(unsigned.breaks.len(), 1);
}

#[test]
fn files_that_are_no_keys_are_told() {
    for text in ["", "hello", PUBLIC] {
        assert!(SigningKey::from_pem(text.as_bytes()).is_err());
    }
    for text in ["", "hello", PRIVATE] {
        assert!(VerifyingKey::from_pem(text.as_bytes()).is_err());
    }
}

#[test]
fn a_trail_of_which_nothing_is_left_is_not_intact() {
    let folder = trail();
    for segment in segments(folder.path()) {
        fs::remove_file(segment).unwrap();
    }
    assert_eq!(report(folder.path()).breaks[0].kind, BreakKind::Empty);
}

#[test]
fn a_record_that_is_none_is_told_with_why() {
    let folder = folder();
    write_chain(folder.path(), LARGE, 2);
    let segment = segments(folder.path()).remove(0);
    let lines = lines(&segment);
    let read = Line::read(&lines[1]).unwrap();
    let event = String::from_utf8(read.event.to_vec())
        .unwrap()
        .replace("\"v\":1", "\"v\":9");
    assert!(Event::from_json(event.as_bytes()).is_err());
    let hashed = format!("{{\"seq\":1,\"prev\":\"{}\",\"event\":{event}", hex::encode(read.prev));
    let hash = hex::encode(Sha256::digest(&hashed));
    let mut changed = lines.clone();
    changed[1] = format!("{hashed},\"hash\":\"{hash}\"}}\n").into_bytes();
    fs::write(&segment, changed.concat()).unwrap();
    let found = &report(folder.path()).breaks[0];
    assert!(found.to_string().contains("version 9"), "{found}");
}

#[test]
fn a_clock_that_was_set_back_is_noted_and_breaks_nothing() {
    let folder = folder();
    // The attempts' own times are those of another day than the chain's beginning.
    write_chain(folder.path(), LARGE, 2);
    let report = report(folder.path());
    assert!(report.is_intact());
    assert_eq!(report.chains[0].clock_set_back, 2);
}
