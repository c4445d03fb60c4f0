//! `doctor`: everything that can be wrong between this machine and a launch, each with what to do.

use clap::Args;
use serde::Serialize;
use url::Url;

use super::{
    configured,
    exit::{Exit, print},
};
use crate::app::{self, Check, CheckId, Report, State};

#[derive(Debug, Args)]
pub(super) struct DoctorArguments {
    #[command(flatten)]
    what: configured::Arguments,
    /// The address of another gateway's operator's pages, to compare configurations with; may be repeated
    #[arg(long, value_name = "URL")]
    replica: Vec<Url>,
    /// Fail on warnings too
    #[arg(long)]
    strict: bool,
    /// Write one JSON object in the place of lines
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &DoctorArguments) -> Result<(), Exit> {
    let report = app::block_on(app::examine(&arguments.what.config, &arguments.replica));
    print(if arguments.json { json(&report)? } else { lines(&report) })?;
    let fails = report.count(State::Failed) > 0 || (arguments.strict && report.count(State::Warning) > 0);
    if fails {
        Err(Exit::failure("not ready for launches"))
    } else {
        Ok(())
    }
}

/// The report as other programs read it.
#[derive(Serialize)]
struct Document<'a> {
    /// The worst of all.
    state: State,
    checks: &'a [Check],
}

fn json(report: &Report) -> Result<String, Exit> {
    let worst = [State::Failed, State::Warning]
        .into_iter()
        .find(|state| report.count(*state) > 0);
    let document = Document {
        state: worst.unwrap_or(State::Ok),
        checks: &report.checks,
    };
    serde_json::to_string_pretty(&document).map_err(Exit::failure)
}

/// The report as people read it: under headings, a line for each check, and what to do below.
fn lines(report: &Report) -> String {
    let width = report
        .checks
        .iter()
        .map(|check| check.id.as_str().len())
        .max()
        .unwrap_or_default();
    let (mut text, mut heading) = (String::new(), "");
    // Without a configuration there is one thing to do, and no need to list what waits for it.
    let listed = report
        .checks
        .iter()
        .filter(|check| check.skipped_by != Some(CheckId::Configuration));
    for check in listed {
        let group = check.id.group();
        if group != heading {
            text.push_str(group);
            text.push('\n');
            heading = group;
        }
        text.push_str(&line(check, width));
    }
    let counts = [State::Ok, State::Warning, State::Failed, State::Skipped]
        .map(|state| format!("{}: {}", state.as_str(), report.count(state)));
    text + &counts.join(", ")
}

/// Where what was found begins: behind the longest state.
const STATE: usize = 9;

fn line(check: &Check, width: usize) -> String {
    let about = match check.about.as_str() {
        "" => String::new(),
        about => format!("{about}: "),
    };
    let indent = " ".repeat(STATE + 2);
    // A configuration has many errors, each on a line of its own.
    let found = check.found.replace('\n', &format!("\n{indent}"));
    let remedy = check.remedy.iter().map(|remedy| format!("{indent}-> {remedy}\n"));
    format!(
        "  {:<STATE$}{:<width$}  {about}{found}\n{}",
        check.state.as_str(),
        check.id.as_str(),
        remedy.collect::<String>()
    )
}
