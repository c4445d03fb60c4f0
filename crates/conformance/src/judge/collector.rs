//! Collects what does not agree, shown as far as a report may show it.

use serde_json::{Map, Value};

use crate::{
    answer::Answer,
    redact::{Redactor, Shown},
    report::Mismatch,
};

/// What there is to say of an answer.
#[derive(Default)]
pub(crate) struct Findings {
    /// Every way in which it is not what was expected.
    pub(crate) mismatches: Vec<Mismatch>,
    /// What is not as documented, and does no harm.
    pub(crate) notes: Vec<Mismatch>,
}

/// Collects what does not agree.
pub(super) struct Collector<'a> {
    pub(super) redactor: &'a Redactor,
    pub(super) found: Findings,
}

impl Collector<'_> {
    /// Notes what is not as documented, and does no harm.
    pub(super) fn note(&mut self, part: &str, expected: &str, got: &str) {
        self.found.notes.push(Mismatch {
            part: self.redactor.theirs(part).to_string(),
            expected: self.redactor.ours(expected),
            got: self.redactor.ours(got),
        });
    }

    pub(super) fn differs(&mut self, part: &str, expected: &str, got: Option<&str>) {
        let got = got.map_or_else(|| self.redactor.ours("(nothing)"), |got| self.redactor.theirs(got));
        self.add(part, expected, got);
    }

    pub(super) fn add(&mut self, part: &str, expected: &str, got: Shown) {
        self.found.mismatches.push(Mismatch {
            part: self.redactor.theirs(part).to_string(),
            expected: self.redactor.ours(expected),
            got,
        });
    }

    pub(super) fn same(&mut self, part: &str, expected: &str, got: Option<&str>) {
        if got != Some(expected) {
            self.differs(part, expected, got);
        }
    }

    /// For values whose contents are private.
    pub(super) fn holds(&mut self, good: bool, part: &str, expected: &str) {
        if !good {
            let got = self.redactor.ours("something else");
            self.add(part, expected, got);
        }
    }

    /// For a body as a whole.
    pub(super) fn is_kind(&mut self, good: bool, expected: &str, answer: &Answer) {
        if !good {
            self.differs("body", expected, Some(answer.kind().as_str()));
        }
    }
}

/// A document has these members, and no others.
pub(super) fn members(object: &Map<String, Value>, names: &[&str], findings: &mut Collector<'_>) {
    for name in names {
        if !object.contains_key(*name) {
            findings.differs(&format!("body {name}"), "a member", None);
        }
    }
    let others = object.keys().filter(|name| !names.contains(&name.as_str())).count();
    if others > 0 {
        findings.differs("body", "no other members", Some(&format!("{others} more")));
    }
}

pub(super) fn text_member(object: &Map<String, Value>, name: &str, expected: &str, findings: &mut Collector<'_>) {
    let got = object.get(name);
    if got.and_then(Value::as_str) != Some(expected) {
        let shown = got.map(|got| got.as_str().map_or_else(|| "(not a text)".to_owned(), str::to_owned));
        findings.differs(&format!("body {name}"), expected, shown.as_deref());
    }
}
