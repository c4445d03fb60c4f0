//! `audit verify`.

use std::{
    fs,
    io::IsTerminal as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use store::trail::{VerifyingKey, file::Folder, verify::Anchor};

use super::place::{PlaceArguments, TrailPlace};
use crate::{
    audit::verdict::{Standing, Verdict},
    cli::exit::{Exit, print},
};

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
    let place = arguments.place.place()?;
    let vouching = arguments.public_key.as_deref().map(public_key).transpose()?;
    let bar = progress_bar(&place);
    let report = place.verify(vouching, arguments.expect.clone(), |read| bar.inc(read));
    bar.finish_and_clear();
    let report = report?;
    print(format!("trail {place}"))?;
    let verdict = Verdict::of(&report);
    for line in &verdict.lines {
        print(line)?;
    }
    match verdict.standing {
        Standing::Intact => print(verdict.message),
        Standing::Open => Err(Exit {
            code: ExitCode::from(NOT_ENDED),
            message: verdict.message,
        }),
        Standing::Broken => Err(Exit::failure(verdict.message)),
    }
}

fn public_key(file: &Path) -> Result<VerifyingKey, Exit> {
    let pem = fs::read(file).map_err(|error| Exit::usage(format!("--public-key {}: {error}", file.display())))?;
    VerifyingKey::from_pem(&pem).map_err(|why| Exit::usage(format!("--public-key {} {why}", file.display())))
}

/// Over the bytes of all segments, if a person is looking; how many a database has is known once they are read.
fn progress_bar(place: &TrailPlace) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let folder = match place {
        TrailPlace::Folder(folder) => folder,
        TrailPlace::Database(_) => return ProgressBar::new_spinner(),
    };
    let segments = Folder::look(folder).unwrap_or_default();
    let lengths = segments.iter().map(|name| fs::metadata(folder.join(name.to_string())));
    let bytes = lengths.flatten().map(|found| found.len()).sum();
    let style = ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}, {eta} left");
    ProgressBar::new(bytes).with_style(style.unwrap_or_else(|_fixed_text| ProgressStyle::default_bar()))
}
