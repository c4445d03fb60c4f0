//! How a command ends, and how it says what it found.

use std::{fmt, io::Write as _, process::ExitCode};

/// Why a command did not end well.
pub(in crate::cli) struct Exit {
    pub(in crate::cli) code: ExitCode,
    pub(in crate::cli) message: String,
}

impl Exit {
    pub(in crate::cli) const USAGE: u8 = 64;

    /// Bad usage or configuration.
    pub(in crate::cli) fn usage(message: impl fmt::Display) -> Self {
        Self {
            code: Self::USAGE.into(),
            message: message.to_string(),
        }
    }

    /// Anything else.
    pub(in crate::cli) fn failure(message: impl fmt::Display) -> Self {
        Self {
            code: ExitCode::FAILURE,
            message: message.to_string(),
        }
    }

    /// Writes the message to standard error.
    pub(in crate::cli) fn report(self) -> ExitCode {
        // If standard error is closed, the exit code still tells.
        let _written = writeln!(std::io::stderr(), "{}", self.message);
        self.code
    }
}

/// Writes lines to standard output.
pub(in crate::cli) fn print(text: impl fmt::Display) -> Result<(), Exit> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .map_err(Exit::failure)
}
