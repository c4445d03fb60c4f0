//! Trails to work on.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use domain::audit::{Attempt, Event};
use store::trail::{
    Figures, NotWritten, Opening, Trail, Writing, begin,
    file::{FileSink, Folder, Limits},
    verify::{Anchor, Report, verify},
    write_whole,
};
use tempfile::TempDir;
use uuid::Uuid;

/// Small, so that a few records are several segments.
pub(crate) const SMALL: Limits = Limits { segment: 1200, free: 0 };

/// All in one segment.
pub(crate) const LARGE: Limits = Limits {
    segment: 64 * 1024 * 1024,
    free: 0,
};

/// A folder of its own, which others may not read.
pub(crate) fn folder() -> TempDir {
    let private = Permissions::from_mode(0o700);
    tempfile::Builder::new().permissions(private).tempdir().unwrap()
}

pub(crate) fn opening() -> Opening {
    Opening {
        program: "0.0.0",
        instance: "gw-1".to_owned(),
        keys: vec!["k1".to_owned()],
        configuration: "00".to_owned(),
        sign_with: None,
    }
}

/// An attempt of this number.
pub(crate) fn attempt(number: u64) -> Box<Attempt> {
    Box::new(Attempt {
        at: "2026-11-26T14:42:57.12Z".parse().unwrap(),
        id: format!("request-{number}"),
        attempt: Uuid::from_u128(number.into()),
        tenant: "downtown".to_owned(),
        host: "ehr-backend".to_owned(),
        op: "consultation/view".into(),
        code: "ok".into(),
        status: Some(200),
        source: None,
        reason: None,
        intent: None,
        identity: None,
        feature: None,
        modality: None,
        warnings: Vec::new(),
        calls: 1,
        upstream: None,
        upstream_status: None,
        purpose: "TREAT".into(),
        peer: None,
        iss: None,
        jti: None,
        persons: None,
    })
}

/// Writes a chain that begins, has so many attempts, and stops.
pub(crate) fn write_chain(folder: &Path, limits: Limits, attempts: u64) -> Uuid {
    let chain = Uuid::now_v7();
    let (sink, found) = FileSink::open(Folder::take(folder).unwrap(), chain, limits).unwrap();
    let events = (0..attempts).map(|number| Event::Attempt(attempt(number))).collect();
    write_whole(sink, found, chain, opening(), events).unwrap();
    chain
}

/// A trail that is being written.
pub(crate) struct Live {
    pub(crate) trail: Trail,
    pub(crate) writing: Writing,
}

impl Live {
    pub(crate) fn begin(folder: &Path, limits: Limits) -> Self {
        let chain = Uuid::now_v7();
        let (sink, found) = FileSink::open(Folder::take(folder).unwrap(), chain, limits).unwrap();
        let (trail, writing) = begin(sink, found, chain, opening(), Figures::default()).unwrap();
        Self { trail, writing }
    }

    /// Records an attempt, and waits until it is durable.
    pub(crate) fn record(&self, number: u64) -> Result<(), NotWritten> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let receipt = self.trail.record(attempt(number)).map_err(|(_, why)| why)?;
        runtime.block_on(receipt.within(Duration::from_secs(20)))
    }

    pub(crate) fn is_writable(&self) -> bool {
        self.trail.standing().is_writable(Duration::from_secs(20))
    }

    /// Waits until it can be written, or cannot.
    pub(crate) fn becomes(&self, writable: bool) {
        until(|| self.is_writable() == writable);
    }
}

/// Waits for something that is looked after each second.
pub(crate) fn until(is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < Duration::from_secs(30), "it never came");
        std::thread::sleep(Duration::from_millis(10));
    }
}

pub(crate) fn segments(folder: &Path) -> Vec<PathBuf> {
    let names = Folder::look(folder).unwrap();
    names.iter().map(|name| folder.join(name.to_string())).collect()
}

pub(crate) fn lines(segment: &Path) -> Vec<Vec<u8>> {
    let bytes = fs::read(segment).unwrap();
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

pub(crate) fn report(folder: &Path) -> Report {
    verify(folder, None, None, |_| {}).unwrap()
}

pub(crate) fn report_expecting(folder: &Path, anchor: &str) -> Report {
    verify(folder, None, Some(Anchor::parse(anchor).unwrap()), |_| {}).unwrap()
}
