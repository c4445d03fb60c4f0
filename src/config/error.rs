//! What is wrong with a configuration, where, and all of it.

use std::fmt;

/// One error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// Where the value stands.
    place: Place,
    /// The key, from the root: `tenant[0].policy`; empty for the file as a whole.
    key: String,
    /// What is wrong and what to write instead. Never a secret's value.
    message: String,
}

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A line of the file, counted from 1.
    Line(usize),
    /// An environment variable.
    Variable(String),
    /// The file as a whole: something is missing from it.
    File,
}

/// Every error of one configuration; `Display` writes one line for each.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigErrors {
    file: String,
    errors: Vec<ConfigError>,
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = &self.file;
        for error in &self.errors {
            match &error.place {
                Place::Line(line) => write!(formatter, "{file}:{line}: ")?,
                Place::File => write!(formatter, "{file}: ")?,
                Place::Variable(name) => write!(formatter, "{name}: ")?,
            }
            if error.key.is_empty() {
                writeln!(formatter, "{}", error.message)?;
            } else {
                writeln!(formatter, "{} {}", error.key, error.message)?;
            }
        }
        let count = self.errors.len();
        let noun = if count == 1 { "error" } else { "errors" };
        write!(formatter, "{count} {noun} in the configuration")
    }
}

impl std::error::Error for ConfigErrors {}

impl ConfigErrors {
    /// A configuration that could not be read at all.
    pub(super) fn unreadable(file: &str, message: String) -> Self {
        Self {
            file: file.to_owned(),
            errors: vec![ConfigError {
                place: Place::File,
                key: String::new(),
                message,
            }],
        }
    }
}

/// Collects errors while a configuration is read.
#[derive(Debug, Default)]
pub(super) struct Mistakes(Vec<ConfigError>);

impl Mistakes {
    pub(super) fn add(&mut self, place: &Place, key: impl Into<String>, message: impl Into<String>) {
        let error = ConfigError {
            place: place.clone(),
            key: key.into(),
            message: message.into(),
        };
        if !self.0.contains(&error) {
            self.0.push(error);
        }
    }

    /// Whether something is already reported about a key.
    pub(super) fn are_about(&self, key: &str) -> bool {
        self.0.iter().any(|error| error.key == key)
    }

    /// In the order of the file, variables last.
    pub(super) fn into_result(mut self, file: &str) -> Result<(), ConfigErrors> {
        if self.0.is_empty() {
            return Ok(());
        }
        self.0.sort_by_key(|error| match &error.place {
            Place::File => 0,
            Place::Line(line) => *line,
            Place::Variable(_) => usize::MAX,
        });
        Err(ConfigErrors {
            file: file.to_owned(),
            errors: self.0,
        })
    }
}
