//! `init`: the first configuration of an installation, small enough to read and strict enough to go live with.

mod answers;
mod written;

use std::{
    fs::{self, OpenOptions},
    io::{self, IsTerminal as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{self, Path, PathBuf},
};

use clap::Args;
use store::keyring::generate;

use self::{
    answers::{Answers, Stated},
    written::{configuration, next_steps},
};
use super::exit::{Exit, print};
use crate::identity::HostKey;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    stated: Stated,
    /// Where to write gateway.toml and the keys of the audit trail; nothing that is there is overwritten
    #[arg(long, value_name = "DIRECTORY", default_value = ".")]
    output: PathBuf,
    /// Where the audit trail and the store are to be: a directory that only the gateway may read
    #[arg(long, value_name = "DIRECTORY", default_value = "/var/lib/empego-gateway")]
    state: PathBuf,
}

pub(super) fn run(arguments: Arguments) -> Result<(), Exit> {
    let stdin = io::stdin();
    let answers = Answers::complete(arguments.stated, &mut stdin.lock(), &mut |question| {
        let mut out = io::stderr();
        // A script reads no questions.
        if io::stdin().is_terminal() {
            write!(out, "{question} ")?;
        }
        out.flush()
    });
    let answers = answers.map_err(Exit::usage)?;
    // Relative to where the command runs: paths in a configuration are relative to its own folder.
    let state = fs::canonicalize(&arguments.state)
        .or_else(|_not_there_yet| path::absolute(&arguments.state))
        .map_err(Exit::usage)?;
    let key = HostKey::generate().map_err(Exit::failure)?;
    let keyring =
        generate("k1").map_err(|_no_more_is_known| Exit::failure("the operating system has no randomness"))?;
    let digest = key.digest().to_hex();
    let files = [
        ("gateway.toml", 0o640, configuration(&answers, &digest, &state)),
        ("audit-keys", 0o600, format!("{keyring}\n")),
    ];
    write_all(&arguments.output, &files).map_err(|(file, error)| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            Exit::usage(format!(
                "{} is there already, and is not overwritten: choose another --output",
                file.display()
            ))
        } else {
            Exit::failure(format!("{} cannot be written: {error}", file.display()))
        }
    })?;
    print(next_steps(&answers, key.expose(), &arguments.output))
}

/// Writes every file, or none if one is there.
fn write_all(folder: &Path, files: &[(&str, u32, String)]) -> Result<(), (PathBuf, io::Error)> {
    let path = |name: &str| folder.join(name);
    if let Some((name, ..)) = files.iter().find(|(name, ..)| path(name).exists()) {
        return Err((path(name), io::ErrorKind::AlreadyExists.into()));
    }
    if !folder.as_os_str().is_empty() && !folder.exists() {
        let made = fs::DirBuilder::new().recursive(true).mode(0o750).create(folder);
        made.map_err(|error| (folder.to_owned(), error))?;
    }
    for (name, mode, text) in files {
        let written = || {
            let mut options = OpenOptions::new();
            let mut file = options.write(true).create_new(true).mode(*mode).open(path(name))?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        written().map_err(|error| (path(name), error))?;
    }
    Ok(())
}
