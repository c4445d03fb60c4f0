//! What verifying a trail comes to, in the words of `audit verify` and the demo's console.

use store::trail::verify::{ChainReport, Report};

use super::shown;

/// Whether a trail is as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// As it was written, and ended in good order.
    Intact,
    /// As it was written, and its end is open: it is being written, or its process was killed.
    Open,
    /// Something is not as it was written.
    Broken,
}

/// A report in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What it comes to.
    pub standing: Standing,
    /// A line for each chain, and one for each break.
    pub lines: Vec<String>,
    /// The conclusion.
    pub message: String,
}

impl Standing {
    /// One word, for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Intact => "intact",
            Self::Open => "open",
            Self::Broken => "broken",
        }
    }
}

impl Verdict {
    /// Puts a report into words.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let chains = report.chains.iter().map(line);
        let breaks = report.breaks.iter().map(|found| format!("broken: {found}"));
        let more = (report.more_breaks > 0).then(|| format!("broken: in {} more places", report.more_breaks));
        let (standing, message) = conclusion(report);
        Self {
            standing,
            lines: chains.chain(breaks).chain(more).collect(),
            message,
        }
    }
}

fn conclusion(report: &Report) -> (Standing, String) {
    let chains = report.chains.len();
    let plural = if chains == 1 { "" } else { "s" };
    let whole = format!("{} records in {chains} chain{plural}", report.records());
    if !report.is_intact() {
        return (Standing::Broken, format!("broken: {whole}"));
    }
    if report.has_ended() {
        return (Standing::Intact, format!("intact: {whole}"));
    }
    let why = match &report.torn {
        Some(place) => {
            format!("the last line is torn ({place}): a crash or a full disk left it, and no response relied on it")
        }
        None => "the last chain has not ended: it is being written, or its process was killed".to_owned(),
    };
    (Standing::Open, format!("intact, and open at its end: {whole}; {why}"))
}

fn line(chain: &ChainReport) -> String {
    let mut notes = vec![if chain.has_stopped { "stopped" } else { "not ended" }.to_owned()];
    let instance = if chain.instance.is_empty() {
        "earlier part pruned"
    } else {
        &chain.instance
    };
    if let Some(signed) = chain.signed_to {
        notes.push(format!("signed to record {signed}"));
    }
    if chain.disowned > 0 {
        notes.push(format!("{} lines of failed writes", chain.disowned));
    }
    if chain.clock_set_back > 0 {
        notes.push("the clock was set back".to_owned());
    }
    let times = match (chain.from, chain.to) {
        (Some(from), Some(to)) => format!("{} to {}", shown(from), shown(to)),
        (None, _) | (_, None) => "no times".to_owned(),
    };
    format!(
        "chain {} ({instance}): {} records, {times}, {}",
        chain.chain,
        chain.records,
        notes.join(", ")
    )
}
