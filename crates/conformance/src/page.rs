//! A run as one page that needs nothing else: a matrix whose cells open to their evidence. It runs no script, and its
//! policy allows its own style sheet and nothing besides.

use askama::Template;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use super::report::{CaseReport, Drift, Policy, Report, Verdict};

const STYLE: &str = include_str!("report.css");

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a Report,
    policy: &'static str,
    began: String,
    ended: String,
    style: &'static str,
    /// The style sheet's digest, for the page's own policy.
    style_digest: String,
    areas: Vec<Area<'a>>,
    groups: Vec<Group<'a>>,
}

/// Neighbouring columns.
struct Area<'a> {
    name: &'a str,
    endpoints: Vec<&'a str>,
}

struct Group<'a> {
    title: &'a str,
    rows: Vec<Row<'a>>,
}

/// One case across the endpoints.
struct Row<'a> {
    first: &'a CaseReport,
    /// Nothing where the case does not apply.
    cells: Vec<Option<Cell<'a>>>,
}

impl Row<'_> {
    fn has_news(&self) -> bool {
        let cells = self.cells.iter().flatten();
        cells
            .clone()
            .any(|cell| cell.drift.is_some() || matches!(cell.case.verdict, Verdict::Failed | Verdict::NotReached))
    }
}

struct Cell<'a> {
    /// Its place in the run: what a button opens is found by it.
    number: usize,
    case: &'a CaseReport,
    drift: Option<&'a Drift>,
}

impl Cell<'_> {
    fn class(&self) -> &'static str {
        match self.case.verdict {
            Verdict::Passed => "passed",
            Verdict::Failed => "failed",
            Verdict::HeldBack => "held-back",
            Verdict::NotReached => "not-reached",
        }
    }

    fn symbol(&self) -> &'static str {
        match self.case.verdict {
            Verdict::Passed => "✓",
            Verdict::Failed => "✕",
            Verdict::HeldBack => "–",
            Verdict::NotReached => "?",
        }
    }
}

/// The whole run as a page.
///
/// # Errors
/// What the template could not write.
pub fn to_html(report: &Report) -> Result<String, String> {
    let mut endpoints: Vec<&str> = report.cases.iter().map(|case| case.endpoint.as_str()).collect();
    endpoints.dedup();
    let page = Page {
        report,
        policy: report.policy.map_or("none: Empego itself", Policy::as_str),
        began: for_people(&report.started_at),
        ended: for_people(&report.ended_at),
        style: STYLE,
        style_digest: STANDARD.encode(Sha256::digest(STYLE)),
        areas: areas(&endpoints),
        groups: groups(report, &endpoints),
    };
    page.render().map_err(|error| error.to_string())
}

/// A time to the second.
fn for_people(time: &str) -> String {
    let second = time.split('.').next().unwrap_or(time);
    format!("{} UTC", second.replace('T', " "))
}

fn areas<'a>(endpoints: &[&'a str]) -> Vec<Area<'a>> {
    let mut areas: Vec<Area<'a>> = Vec::new();
    for endpoint in endpoints.iter().copied() {
        let (name, view) = endpoint.split_once('/').unwrap_or((endpoint, endpoint));
        match areas.last_mut() {
            Some(area) if area.name == name => area.endpoints.push(view),
            Some(_) | None => areas.push(Area {
                name,
                endpoints: vec![view],
            }),
        }
    }
    areas
}

fn groups<'a>(report: &'a Report, endpoints: &[&str]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for case in &report.cases {
        let at = groups.iter().position(|group| group.title == case.group);
        let group = match at.and_then(|at| groups.get_mut(at)) {
            Some(group) => group,
            None => groups.push_mut(Group {
                title: &case.group,
                rows: Vec::new(),
            }),
        };
        if !group.rows.iter().any(|row| row.first.case == case.case) {
            let cells = endpoints
                .iter()
                .map(|endpoint| cell(report, endpoint, &case.case))
                .collect();
            group.rows.push(Row { first: case, cells });
        }
    }
    groups
}

fn cell<'a>(report: &'a Report, endpoint: &str, name: &str) -> Option<Cell<'a>> {
    let is_it = |case: &CaseReport| case.endpoint == endpoint && case.case == name;
    let (number, case) = report.cases.iter().enumerate().find(|(_, case)| is_it(case))?;
    let drift = report.drift.iter().flatten().find(|drift| drift.id == case.id);
    Some(Cell { number, case, drift })
}
