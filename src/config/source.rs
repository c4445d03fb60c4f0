//! Where a configuration comes from: a file, the environment, and files with secrets. The one place that touches
//! the environment.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use super::{
    error::{ConfigErrors, Mistakes, Place},
    fingerprint::Fingerprint,
    section::Section,
};

/// What a configuration is read from. Tests and the demo make their own.
#[derive(Debug, Clone)]
pub struct Source {
    /// The file's name, as messages show it.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Paths of secret files are relative to this folder: the file's own.
    pub folder: PathBuf,
    /// The environment.
    pub variables: BTreeMap<String, String>,
    /// Whether the secrets of Junction's webhooks may be missing: for the commands that write them.
    pub(super) may_lack_webhook_secrets: bool,
    /// What it consists of, as it was before it was read: a later change is found, whenever it comes.
    fingerprint: RefCell<Fingerprint>,
    /// What is good, and unwise.
    warnings: RefCell<Vec<Warning>>,
}

/// Something that is good, and unwise.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Warning {
    text: String,
    /// Whether many operators accept it on purpose: orchestrators mount secrets so that every user in the container may
    /// read them.
    is_common: bool,
}

impl Source {
    /// A configuration that is at hand.
    #[must_use]
    pub fn new(name: &str, text: String, folder: PathBuf, variables: BTreeMap<String, String>) -> Self {
        Self {
            name: name.to_owned(),
            text,
            folder,
            variables,
            may_lack_webhook_secrets: false,
            fingerprint: RefCell::default(),
            warnings: RefCell::default(),
        }
    }

    /// The same for the commands that write the secrets of Junction's webhooks: what is to be written need not be there.
    #[must_use]
    pub fn lacking_webhook_secrets(self) -> Self {
        Self {
            may_lack_webhook_secrets: true,
            ..self
        }
    }

    /// The path of a file that a setting names, noted as one whose change matters.
    pub(super) fn path(&self, named: &str) -> PathBuf {
        let path = self.folder.join(named);
        self.fingerprint.borrow_mut().add(&path);
        path
    }

    /// What a configuration read from it has that is good, and unwise: files that others may write; and, for those who are
    /// strict, secrets that others may read.
    #[must_use]
    pub fn warnings(&self, strict: bool) -> Vec<String> {
        let warnings = self.warnings.borrow();
        let told = warnings.iter().filter(|warning| strict || !warning.is_common);
        told.map(|warning| warning.text.clone()).collect()
    }

    /// Notes who else may do something with a file that was read.
    pub(super) fn note_mode(&self, path: &Path, found: &fs::Metadata, is_secret: bool) {
        let mode = found.permissions().mode();
        let others_write = mode & 0o022 != 0;
        let unwise = match (others_write, is_secret && mode & 0o004 != 0) {
            (false, false) => return,
            (false, true) => "every user may read it: revoke that, for example with chmod o-r",
            (true, _) => "users other than its owner may write it: revoke that, for example with chmod go-w",
        };
        let warning = Warning {
            text: format!("{} has mode {:04o}, so {unwise}", path.display(), mode & 0o7777),
            is_common: !others_write,
        };
        let mut warnings = self.warnings.borrow_mut();
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }

    /// Its file, and every file that a configuration read from it names, as they were when they were read.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint.borrow().clone()
    }

    /// A file, and the environment of this process.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn of_file(path: &Path) -> Result<Self, ConfigErrors> {
        let name = path.display().to_string();
        let mut fingerprint = Fingerprint::default();
        fingerprint.add(path);
        // Once: what is written into a pipe is gone when it was read.
        let text = fs::read_to_string(path)
            .map_err(|error| ConfigErrors::unreadable(&name, format!("cannot be read: {error}")))?;
        let text = text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned);
        #[expect(clippy::disallowed_methods, reason = "this is the one place")]
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let source = Self {
            fingerprint: RefCell::new(fingerprint),
            ..Self::new(&name, text, folder, variables)
        };
        if let Ok(found) = fs::metadata(path)
            && found.is_file()
        {
            source.note_mode(path, &found, false);
        }
        Ok(source)
    }
}

/// One variable of this process's environment, if it is set and Unicode.
pub(super) fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    let value = std::env::var_os(name);
    value?.into_string().ok()
}

/// Whether a variable says where traces go. What it says is read by the library that sends them.
pub(super) fn names_trace_collector(source: &Source) -> bool {
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]
        .iter()
        .any(|name| source.variables.get(*name).is_some_and(|value| !value.is_empty()))
}

const PREFIX: &str = "GATEWAY__";

/// The sections whose scalars variables may override.
const OVERRIDABLE: [&str; 4] = ["server", "log", "launches", "empego"];

/// Lays `GATEWAY__SECTION__KEY` variables over the file.
pub(super) fn apply_environment(source: &Source, root: &mut Section, mistakes: &mut Mistakes) {
    for (variable, value) in &source.variables {
        let Some(rest) = variable.strip_prefix(PREFIX) else {
            continue;
        };
        let lower = rest.to_ascii_lowercase();
        let found = lower
            .split_once("__")
            .filter(|(section, _)| OVERRIDABLE.contains(section))
            .and_then(|(section, key)| Some((root.table_mut(section)?, key)));
        match found {
            Some((section, key)) => section.set(key, variable, value),
            None => mistakes.add(
                &Place::Variable(variable.clone()),
                "",
                "overrides nothing: variables can set only the single values of [server], [log], [launches] and \
                 [empego], as GATEWAY__SERVER__LISTEN does",
            ),
        }
    }
}
