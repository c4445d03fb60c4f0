//! What is wrong with a database, and what to do about it.

use std::{error::Error as _, fmt::Write as _};

use tokio_postgres::error::SqlState;

/// What is wrong. `Display` is the end of a sentence about the setting that names the database, with the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is no connection.
    #[error(
        "names a database that cannot be reached: {0}: check that it runs and takes writes, and that this machine may connect to it"
    )]
    Unreachable(String),
    /// It accepts connections, and says nothing.
    #[error(
        "names a database that did not respond in time: check that it runs, and what is between it and this machine"
    )]
    Silent,
    /// It does not know the user, the password or the database.
    #[error("names a database that refuses this user: {0}: correct the user, the password or the database's name")]
    Refused(String),
    /// It proves another name, or is not trusted.
    #[error(
        "names a database whose certificate does not fit: {0}: write the host as the certificate has it, and name its authority in ca_file"
    )]
    Certificate(String),
    /// It has no TLS.
    #[error(
        "names a database that does not offer TLS: turn TLS on there, or set tls = \"off\" if nothing between it and this machine can be read by others"
    )]
    NoTls,
    /// It is empty.
    #[error(
        "names a database without the gateway's tables: run `empego-gateway database migrate` as the tables' owner"
    )]
    NoSchema,
    /// Its tables are of an earlier program.
    #[error(
        "names a database whose tables are of version {found}, and this program needs {needed}: run `empego-gateway database migrate` as the tables' owner"
    )]
    Older {
        /// What there is.
        found: i32,
        /// What this program needs.
        needed: i32,
    },
    /// Its tables are of a later program.
    #[error(
        "names a database whose tables are of version {found}, and this program knows {known}: run a newer program, at least the one that migrated it"
    )]
    Newer {
        /// What there is.
        found: i32,
        /// What this program knows.
        known: i32,
    },
    /// The user may not do what the gateway does.
    #[error(
        "names a database whose user lacks a right ({0}): run `empego-gateway database migrate --grant-to` with the user's name as the tables' owner"
    )]
    NotGranted(String),
    /// Its server forgets what it has confirmed, if the machine goes down.
    #[error("names a database whose server has fsync = off, so that confirmed records may be lost: set it to on")]
    Fsync,
    /// Its server confirms before it has written.
    #[error(
        "names a database whose server has synchronous_commit = off, so that confirmed records may be lost: set it to on, for the server or with ALTER ROLE"
    )]
    SynchronousCommit,
    /// There is no such role.
    #[error("names a database without the role {0:?}: create it with CREATE ROLE, and migrate again")]
    NoRole(String),
    /// A statement failed that should not have.
    #[error("names a database that refused a statement: {0}: see the server's log")]
    Statement(String),
}

impl Fault {
    /// What an error of the library means.
    #[must_use]
    pub fn of(error: &tokio_postgres::Error) -> Self {
        let Some(refused) = error.as_db_error() else {
            return Self::of_connection(error);
        };
        let message = format!("{} ({})", refused.message(), refused.code().code());
        match refused.code() {
            &SqlState::UNDEFINED_TABLE | &SqlState::INVALID_SCHEMA_NAME => Self::NoSchema,
            &SqlState::INSUFFICIENT_PRIVILEGE => Self::NotGranted(message),
            code if ["28", "3D"].iter().any(|class| code.code().starts_with(class)) => Self::Refused(message),
            // Connections, resources, an operator's stop: it may be over soon.
            code if ["08", "53", "57", "58"]
                .iter()
                .any(|class| code.code().starts_with(class)) =>
            {
                Self::Unreachable(message)
            }
            _ => Self::Statement(message),
        }
    }

    fn of_connection(error: &tokio_postgres::Error) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            if let Some(certificate) = certificate(cause) {
                return Self::Certificate(certificate);
            }
            if cause.to_string() == "server does not support TLS" {
                return Self::NoTls;
            }
            // Writing to a string cannot fail.
            let _written = write!(message, ": {cause}");
            source = cause.source();
        }
        Self::Unreachable(message)
    }

    /// Whether it may be over without a change of settings.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Silent => true,
            Self::Refused(_)
            | Self::Certificate(_)
            | Self::NoTls
            | Self::NoSchema
            | Self::Older { .. }
            | Self::Newer { .. }
            | Self::NotGranted(_)
            | Self::Fsync
            | Self::SynchronousCommit
            | Self::NoRole(_)
            | Self::Statement(_) => false,
        }
    }
}

/// What TLS says against a server, if that is what an error is about.
fn certificate(cause: &(dyn std::error::Error + 'static)) -> Option<String> {
    let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    let tls = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let tls = tls.or_else(|| cause.downcast_ref::<rustls::Error>())?;
    matches!(tls, rustls::Error::InvalidCertificate(_)).then(|| tls.to_string())
}
