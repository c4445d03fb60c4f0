//! The configuration: whether it is read, and what is unwise in it.

use std::path::{Path, PathBuf};

use super::check::{Check, CheckId, State};
use crate::config::{Config, ConfigErrors, Source};

/// The configuration and its files, if it can be read, and what was found on the way.
pub(super) fn read(file: &Path) -> (Vec<Check>, Option<(Config, Vec<PathBuf>)>) {
    let refused = |errors: &ConfigErrors| {
        let remedy = "correct what is named, and see gateway.example.toml";
        let failed = Check::failed(CheckId::Configuration, "", errors.to_string(), remedy);
        (vec![failed], None)
    };
    let source = match Source::of_file(file) {
        Ok(source) => source,
        Err(errors) => return refused(&errors),
    };
    let config = match Config::load(&source) {
        Ok(config) => config,
        Err(errors) => return refused(&errors),
    };
    let found = format!(
        "tenants: {}, hosts: {}, fingerprint {}",
        config.tenants.len(),
        config.hosts.len(),
        config.digest
    );
    let mut checks = vec![Check::ok(CheckId::Configuration, file.display().to_string(), found)];
    checks.extend(settings(&config));
    checks.extend(modes(&source));
    let files = source.fingerprint().files().map(Path::to_owned).collect();
    (checks, Some((config, files)))
}

fn settings(config: &Config) -> Vec<Check> {
    let unwise = config.unwise();
    if unwise.is_empty() {
        return vec![Check::ok(CheckId::Settings, "", "nothing unwise")];
    }
    let warning = |text: &String| Check::of_message(CheckId::Settings, "", State::Warning, text);
    unwise.iter().map(warning).collect()
}

fn modes(source: &Source) -> Vec<Check> {
    let open = source.warnings(true);
    if open.is_empty() {
        let found = "only the owner may write them, and not every user may read secrets";
        return vec![Check::ok(CheckId::FileModes, "", found)];
    }
    let warning = |text: &String| Check::of_message(CheckId::FileModes, "", State::Warning, text);
    open.iter().map(warning).collect()
}
