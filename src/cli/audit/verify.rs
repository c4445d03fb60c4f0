//! `audit verify`.

use std::{
    fs,
    io::IsTerminal as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use store::trail::{
    VerifyingKey,
    file::Folder,
    verify::{Anchor, ChainReport, Report, verify},
};

use super::{place::PlaceArguments, time::shown};
use crate::cli::exit::{Exit, print};

/// Everything is as it was written, and its end is open.
const NOT_ENDED: u8 = 2;

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    place: PlaceArguments,
    /// A record that must be there, as SEQ:HASH or CHAIN:SEQ:HASH: from the log's `audit checkpoint` lines
    #[arg(long, value_name = "ANCHOR", value_parser = Anchor::parse)]
    expect: Option<Anchor>,
    /// The public half of `audit.sign_with_file`, in PEM: every chain must be vouched for by it
    #[arg(long, value_name = "FILE")]
    public_key: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Exit> {
    let folder = arguments.place.folder()?;
    let vouching = arguments.public_key.as_deref().map(public_key).transpose()?;
    let bar = progress_bar(&folder);
    let report = verify(&folder, vouching, arguments.expect.clone(), |read| bar.inc(read));
    bar.finish_and_clear();
    let report = report.map_err(Exit::failure)?;
    print(format!("trail {}", folder.display()))?;
    for chain in &report.chains {
        print(line(chain))?;
    }
    verdict(&report)
}

fn verdict(report: &Report) -> Result<(), Exit> {
    for found in &report.breaks {
        print(format!("broken: {found}"))?;
    }
    if report.more_breaks > 0 {
        print(format!("broken: in {} more places", report.more_breaks))?;
    }
    let chains = report.chains.len();
    let plural = if chains == 1 { "" } else { "s" };
    let whole = format!("{} records in {chains} chain{plural}", report.records());
    if !report.is_intact() {
        return Err(Exit::failure(format!("broken: {whole}")));
    }
    if report.has_ended() {
        return print(format!("intact: {whole}"));
    }
    let why = match &report.torn {
        Some(place) => format!(
            "the last line is torn ({place}): a crash or a full disk left it, and nobody was answered on its strength"
        ),
        None => "the last chain has not ended: it is being written, or its process was killed".to_owned(),
    };
    Err(Exit {
        code: ExitCode::from(NOT_ENDED),
        message: format!("intact, and open at its end: {whole}; {why}"),
    })
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

fn public_key(file: &Path) -> Result<VerifyingKey, Exit> {
    let pem = fs::read(file).map_err(|error| Exit::usage(format!("--public-key {}: {error}", file.display())))?;
    VerifyingKey::from_pem(&pem).map_err(|why| Exit::usage(format!("--public-key {} {why}", file.display())))
}

/// Over the bytes of all segments, if somebody is looking.
fn progress_bar(folder: &Path) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let segments = Folder::look(folder).unwrap_or_default();
    let lengths = segments.iter().map(|name| fs::metadata(folder.join(name.to_string())));
    let bytes = lengths.flatten().map(|found| found.len()).sum();
    let style = ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}, {eta} left");
    ProgressBar::new(bytes).with_style(style.unwrap_or_else(|_fixed_text| ProgressStyle::default_bar()))
}
