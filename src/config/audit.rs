//! `[audit]`: where the audit trail is kept, with which keys, and for how long. Keys and what records say can change without a
//! restart; the place cannot.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::SignedDuration;
use store::{
    keyring::Keyring,
    trail::{SigningKey, file::Limits},
};

use super::{
    audit_forward::{self, AuditForwardConfig},
    error::{Mistakes, Place},
    postgres::{PostgresConfig, postgres},
    secret::{read_file, read_private_file},
    section::{Found, Section},
    server::millis,
    source::Source,
};

const MIB: u64 = 1024 * 1024;

/// `[audit]`.
#[derive(Debug, Clone)]
pub struct AuditConfig {
    /// Where it is kept; none if it is off.
    pub sink: Option<SinkConfig>,
    /// What records are made with; there, if there is a sink.
    pub keyring: Option<Keyring>,
    /// What launches are for, as a code of HL7's `v3-ActReason`.
    pub purpose: String,
    /// Whether records say where a request came from.
    pub addresses: bool,
    /// How long a response waits for its record at most. 50 ms to 30 s.
    pub timeout: Duration,
    /// How long records are kept; none is for ever.
    pub keep: Option<SignedDuration>,
    /// The file of the key that vouches for every chain, if there is one.
    pub sign_with_file: Option<PathBuf>,
    /// Who gets every record.
    pub forwards: Vec<AuditForwardConfig>,
}

/// Where it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SinkConfig {
    /// In segments in a folder of its own.
    File {
        /// The folder.
        directory: PathBuf,
        /// How large segments become, and how much must be free.
        limits: Limits,
    },
    /// In tables of a database, which several gateways may share.
    Postgres(Box<PostgresConfig>),
}

impl AuditConfig {
    /// Whether another one is kept in the same place in the same way.
    pub(super) fn is_kept_like(&self, other: &Self) -> bool {
        self.sink == other.sink && self.sign_with_file == other.sign_with_file
    }
}

/// Reads the section.
pub(super) fn audit(root: &mut Section, source: &Source, mistakes: &mut Mistakes) -> AuditConfig {
    let is_stated = root.has("audit");
    let mut section = root.table("audit", mistakes);
    let place = section.place().clone();
    let name = section.text("sink", mistakes).and_then(|found| {
        found.parse(mistakes, |text| match text.as_str() {
            "file" => Ok(Kind::File),
            "postgres" => Ok(Kind::Postgres),
            "off" => Ok(Kind::Off),
            _ => Err("must be file, postgres or off".to_owned()),
        })
    });
    // A file with `[audit]` in it means to have one.
    let kind = name.unwrap_or(if is_stated { Kind::File } else { Kind::Off });
    let is_on = kind != Kind::Off;
    if is_on && !section.has("keyring_file") {
        mistakes.add(
            &place,
            section.key("keyring_file"),
            "is required: make one with `empego-gateway audit key new --keyring FILE`",
        );
    }
    let keyring = keyring(&mut section, source, mistakes);
    let purpose = section
        .text("purpose", mistakes)
        .and_then(|found| found.parse(mistakes, purpose));
    let addresses = section.boolean("addresses", true, mistakes);
    let timeout = millis(section.integer("timeout_ms", 1000, 50..=30_000, mistakes));
    let days = section.integer("keep_days", 0, 0..=36_500, mistakes);
    let sign_with_file = section.text("sign_with_file", mistakes).and_then(|found| {
        found.parse(mistakes, |path| {
            let pem = read_file(&path, source)?;
            SigningKey::from_pem(pem.as_bytes()).map_err(|why| format!("names a file {why}"))?;
            Ok(source.folder.join(path))
        })
    });
    let forwards = audit_forward::forwards(&mut section, source, mistakes);
    let sink = match kind {
        Kind::Postgres => in_database(&mut section, days, &forwards, source, mistakes),
        Kind::File | Kind::Off => {
            section.refuse("postgres", "has no effect without sink = \"postgres\"", mistakes);
            file(&mut section, is_on, source, mistakes)
        }
    };
    section.finish(mistakes);
    AuditConfig {
        sink,
        keyring,
        purpose: purpose.unwrap_or_else(|| "TREAT".to_owned()),
        addresses,
        timeout,
        keep: (days > 0).then(|| SignedDuration::from_hours(24 * i64::from(days))),
        sign_with_file,
        forwards,
    }
}

/// Where it is kept, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Postgres,
    Off,
}

/// A trail in a database belongs to the role that owns the tables: what a gateway may not do there is refused here.
fn in_database(
    section: &mut Section,
    days: u32,
    forwards: &[AuditForwardConfig],
    source: &Source,
    mistakes: &mut Mistakes,
) -> Option<SinkConfig> {
    let place = section.place().clone();
    for name in ["directory", "segment_mb", "min_free_mb"] {
        section.refuse(name, "has no effect with sink = \"postgres\"", mistakes);
    }
    if days > 0 {
        let why = "has no effect with sink = \"postgres\": the owner of the tables drops partitions";
        mistakes.add(&place, section.key("keep_days"), why);
    }
    if !forwards.is_empty() {
        let why = "needs sink = \"file\": records are forwarded from segments";
        mistakes.add(&place, section.key("forward"), why);
    }
    let table = section.table("postgres", mistakes);
    let read = postgres(table, source, mistakes);
    read.map(|postgres| SinkConfig::Postgres(Box::new(postgres)))
}

fn file(section: &mut Section, is_on: bool, source: &Source, mistakes: &mut Mistakes) -> Option<SinkConfig> {
    let limits = Limits {
        segment: u64::from(section.integer("segment_mb", 64, 1..=65_536, mistakes)) * MIB,
        free: u64::from(section.integer("min_free_mb", 64, 1..=1_048_576, mistakes)) * MIB,
    };
    if !is_on {
        // Kept, so that a trail can be switched off and on again.
        let _its_place = section.text("directory", mistakes);
        return None;
    }
    let Found { value, place, key } = section.required_text("directory", mistakes)?;
    let directory = source.folder.join(value);
    if let Some(watched) = watched_around(&directory, source) {
        mistakes.add(
            &place,
            key,
            format!(
                "must not be inside {}, which is watched for changes of the configuration: each record would wake it",
                watched.display()
            ),
        );
    }
    Some(SinkConfig::File { directory, limits })
}

/// The folder of the configuration or a file of it that a trail would lie in.
fn watched_around(directory: &Path, source: &Source) -> Option<PathBuf> {
    let directory = resolved(directory);
    let fingerprint = source.fingerprint();
    let mut folders = fingerprint.files().filter_map(Path::parent).map(resolved);
    // A file in the root folder, as some containers have it, does not make the whole disk its folder.
    folders.find(|folder| directory.starts_with(folder) && (folder.parent().is_some() || *folder == directory))
}

/// As far as it is there, without links and `..`.
fn resolved(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    match (path.canonicalize(), path.parent(), path.file_name()) {
        (Ok(resolved), ..) => resolved,
        (Err(_not_there_yet), Some(parent), Some(name)) => resolved(parent).join(name),
        (Err(_not_there_yet), ..) => path.to_owned(),
    }
}

fn keyring(section: &mut Section, source: &Source, mistakes: &mut Mistakes) -> Option<Keyring> {
    let found = section.text("keyring_file", mistakes)?;
    found.parse(mistakes, |path| read_keyring(&path, source))
}

/// Whatever is stored of a person is a pseudonym, which the keys are needed for.
pub(super) fn require_keyring(mistakes: &mut Mistakes) {
    mistakes.add(
        &Place::File,
        "audit.keyring_file",
        "is required with [store], which names people by pseudonyms: make one with `empego-gateway audit key new --keyring FILE`",
    );
}

/// The keys of a file, for commands that have no configuration.
///
/// # Errors
/// What is wrong with it, as the end of a sentence about it.
pub fn keyring_of_file(path: &Path) -> Result<Keyring, String> {
    let name = path.to_str().ok_or("is not a name in UTF-8")?;
    let source = Source::new("keyring", String::new(), PathBuf::new(), BTreeMap::new());
    read_keyring(name, &source)
}

/// The keys of a file that the configuration names.
pub(super) fn read_keyring(path: &str, source: &Source) -> Result<Keyring, String> {
    let text = read_private_file(path, source)?;
    Keyring::parse(&text).map_err(|faults| {
        let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
        format!("names a file that is no keyring: {}", faults.join("; "))
    })
}

fn purpose(text: String) -> Result<String, String> {
    let fits = (2..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase());
    if fits {
        Ok(text)
    } else {
        Err("must be a code of HL7's v3-ActReason, such as TREAT".to_owned())
    }
}
