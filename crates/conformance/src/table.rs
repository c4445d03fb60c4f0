//! A run on a terminal: one row for the endpoints of a case that came out alike, then the evidence of what failed.

use std::collections::BTreeMap;

use comfy_table::{ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};

use super::report::{CaseReport, Report, ResponseEvidence, Summary, Verdict};

/// The most characters of a line.
const WIDTH: u16 = 150;

/// The most failures whose evidence is printed; the written reports have all of them.
const MAX_SHOWN: usize = 20;

/// The whole run, for people.
#[must_use]
pub fn to_table(report: &Report) -> String {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH)
        .set_header(["case", "endpoints", "expected", "got", "verdict"]);
    for row in rows(report) {
        table.add_row([
            row.first.case.clone(),
            row.endpoints(),
            row.first.expected_line(),
            row.first.got_line(),
            row.first.verdict.as_str().to_owned(),
        ]);
    }
    let parts = [
        Some(table.trim_fmt()),
        drifts(report),
        failures(report),
        notes(report),
        Some(counts(report)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

/// The endpoints of one case that came out alike.
struct Row<'a> {
    first: &'a CaseReport,
    endpoints: Vec<&'a str>,
    /// How many endpoints the case applies to.
    of: usize,
}

impl Row<'_> {
    fn endpoints(&self) -> String {
        if self.endpoints.len() == self.of {
            format!("all {}", self.of)
        } else if self.first.verdict == Verdict::Failed || self.endpoints.len() == 1 {
            self.endpoints.join(", ")
        } else {
            format!("{} of {}", self.endpoints.len(), self.of)
        }
    }
}

/// In the order of the matrix, and in it by what came of them.
fn rows(report: &Report) -> Vec<Row<'_>> {
    let mut names: Vec<&str> = Vec::new();
    for case in &report.cases {
        if !names.contains(&case.case.as_str()) {
            names.push(&case.case);
        }
    }
    let rows = names.into_iter().flat_map(|name| {
        let cases: Vec<_> = report.cases.iter().filter(|case| case.case == name).collect();
        let mut rows: Vec<Row<'_>> = Vec::new();
        for case in &cases {
            match rows.iter_mut().find(|row| is_alike(row.first, case)) {
                Some(row) => row.endpoints.push(&case.endpoint),
                None => rows.push(Row {
                    first: case,
                    endpoints: vec![&case.endpoint],
                    of: cases.len(),
                }),
            }
        }
        rows
    });
    rows.collect()
}

fn is_alike(one: &CaseReport, other: &CaseReport) -> bool {
    let told = |case: &CaseReport| (case.verdict, case.expected_line(), case.got_line());
    told(one) == told(other)
}

fn drifts(report: &Report) -> Option<String> {
    let drifts = report.drift.as_ref()?;
    if drifts.is_empty() {
        return Some("Nothing has changed since the earlier run.".to_owned());
    }
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH)
        .set_header(["changed since the earlier run", "change", "before", "now"]);
    for drift in drifts {
        let [before, after] = [&drift.before, &drift.after]
            .map(|summary| summary.as_ref().map_or_else(|| "nothing".to_owned(), Summary::line));
        table.add_row([drift.id.clone(), drift.kind.as_str().to_owned(), before, after]);
    }
    Some(table.trim_fmt())
}

fn failures(report: &Report) -> Option<String> {
    let failed = report.counts.failed;
    if failed == 0 {
        return None;
    }
    let shown = report.failures().take(MAX_SHOWN).map(failure);
    let more =
        (failed > MAX_SHOWN).then(|| format!("… and {} more: --out DIR writes all of them.", failed - MAX_SHOWN));
    Some(shown.chain(more).collect::<Vec<_>>().join("\n\n"))
}

/// What was noted, each once, with how many cases it was noted in.
fn notes(report: &Report) -> Option<String> {
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    for found in report.cases.iter().flat_map(|case| &case.notes) {
        let note = format!("{}: documented is {}, got {}", found.part, found.expected, found.got);
        *counted.entry(note).or_default() += 1;
    }
    let lines = counted
        .iter()
        .map(|(note, count)| format!("NOTE {note} (cases: {count})"));
    (!counted.is_empty()).then(|| lines.collect::<Vec<_>>().join("\n"))
}

/// One failure, with what it is about.
pub(super) fn failure(case: &CaseReport) -> String {
    let mismatches = case
        .mismatches
        .iter()
        .map(|found| format!("  {}: expected {}, got {}", found.part, found.expected, found.got));
    let evidence = case.evidence.iter().flat_map(|evidence| {
        let request = evidence.request.text();
        let response = evidence.response.as_ref().map(ResponseEvidence::text);
        [request, response.unwrap_or_else(|| "(no response)".to_owned())].map(|text| indented(&text))
    });
    let head = format!("FAILED {}: {}", case.id, case.title);
    let parts: Vec<_> = std::iter::once(head).chain(mismatches).chain(evidence).collect();
    parts.join("\n")
}

fn indented(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(|line| format!("  │ {line}")).collect();
    lines.join("\n") + "\n"
}

fn counts(report: &Report) -> String {
    let counts = report.counts;
    let told = [
        ("passed", counts.passed, true),
        ("failed", counts.failed, true),
        ("held back (--allow-writes sends them)", counts.held_back, false),
        (
            "not reached, since the target stopped answering",
            counts.not_reached,
            false,
        ),
    ];
    let told = told.into_iter().filter(|(_, count, always)| *always || *count > 0);
    told.map(|(what, count, _)| format!("{what}: {count}"))
        .collect::<Vec<_>>()
        .join(", ")
}
