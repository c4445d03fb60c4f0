//! `sdk`: how a page loads the module that the gateway serves, and the package as files.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use clap::Args;
use serde::Serialize;

use super::{
    configured,
    exit::{Exit, print},
};
use crate::sdk::{BROWSER_MODULE_NAME, FILES, INTEGRITY, VERSION};

/// Where the gateway might be, if no configuration says it.
const PLACEHOLDER: &str = "https://gateway.example";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A configuration file, which says where browsers reach the gateway
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Write the package into this folder, which is created if it does not exist; no file that is there is overwritten
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What a page needs.
#[derive(Serialize)]
struct Loading {
    version: &'static str,
    path: String,
    url: String,
    integrity: &'static str,
    html: String,
    /// What was written, by its path in the package.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<&'static str>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Exit> {
    let public_url = match &arguments.config {
        None => PLACEHOLDER.to_owned(),
        Some(file) => configured::load(file)?.0.server.public_url.ok_or_else(|| {
            let file = file.display();
            Exit::usage(format!(
                "{file}: server.public_url is required: write where browsers reach listen, such as {PLACEHOLDER}"
            ))
        })?,
    };
    let mut loading = Loading::from(&public_url);
    if let Some(folder) = &arguments.output {
        write(folder)?;
        loading.files = FILES.iter().map(|(path, _)| *path).collect();
    }
    if arguments.json {
        return print(serde_json::to_string_pretty(&loading).map_err(Exit::failure)?);
    }
    print(format!(
        "version    {}\npath       {}\nintegrity  {}\n\n{}",
        loading.version, loading.path, loading.integrity, loading.html
    ))?;
    match &arguments.output {
        None => Ok(()),
        Some(folder) => print(format!("\n{} files written to {}", FILES.len(), folder.display())),
    }
}

impl Loading {
    fn from(public_url: &str) -> Self {
        let (version, integrity) = (VERSION.as_str(), INTEGRITY.as_str());
        let path = format!("/sdk/v{version}/{BROWSER_MODULE_NAME}");
        let url = format!("{public_url}{path}");
        let html =
            format!(r#"<script type="module" src="{url}" integrity="{integrity}" crossorigin="anonymous"></script>"#);
        Self {
            version,
            path,
            url,
            integrity,
            html,
            files: Vec::new(),
        }
    }
}

/// Writes all files, or none if one of them is there already.
fn write(folder: &Path) -> Result<(), Exit> {
    let places: Vec<_> = FILES.iter().map(|(path, bytes)| (folder.join(path), *bytes)).collect();
    if let Some((file, _)) = places.iter().find(|(file, _)| file.symlink_metadata().is_ok()) {
        let file = file.display();
        return Err(Exit::usage(format!(
            "{file} exists, and nothing is overwritten: name a folder without the package"
        )));
    }
    for (file, bytes) in places {
        let written = || -> io::Result<()> {
            if let Some(parent) = file.parent() {
                fs::create_dir_all(parent)?;
            }
            let mut new = OpenOptions::new().write(true).create_new(true).open(&file)?;
            new.write_all(bytes)
        };
        written().map_err(|error| Exit::failure(format!("{} cannot be written: {error}", file.display())))?;
    }
    Ok(())
}
