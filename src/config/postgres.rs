//! How a database is reached: a table with its address, and whom its certificate may come from.

use std::{fs, path::Path};

use rustls::pki_types::CertificateDer;
use store::postgres::Address;

use super::{
    egress::authorities,
    error::Mistakes,
    secret::{optional_secret_of, read_public_file},
    section::Section,
    source::Source,
};

/// A database of PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresConfig {
    /// Where it is, and who asks.
    pub address: Address,
    /// Whether it must prove its name, if the setting says so or not.
    pub tls: Option<bool>,
    /// The certificates of authorities that are trusted beside those of this machine.
    pub authorities: Vec<CertificateDer<'static>>,
    /// The file and the key that name it, for messages about it: `gateway.toml: store.postgres.url_file`.
    pub named_by: String,
}

impl PostgresConfig {
    /// Whether it must prove its name: beyond this machine, unless the setting says otherwise.
    #[must_use]
    pub fn uses_tls(&self) -> bool {
        self.tls.unwrap_or_else(|| self.address.is_beyond_this_machine())
    }
}

/// A database whose URL a file has, for commands that have no configuration. Beyond loopback, it must prove its name.
///
/// # Errors
/// What is wrong with the file.
pub fn postgres_of_file(file: &Path) -> Result<PostgresConfig, String> {
    let named_by = file.display().to_string();
    let text = fs::read_to_string(file).map_err(|error| format!("{named_by} cannot be read: {error}"))?;
    let address = Address::parse(&text).map_err(|why| format!("{named_by}: the URL {why}"))?;
    Ok(PostgresConfig {
        address,
        tls: None,
        authorities: Vec::new(),
        named_by,
    })
}

/// Reads the table. Must be there.
pub(super) fn postgres(mut section: Section, source: &Source, mistakes: &mut Mistakes) -> Option<PostgresConfig> {
    let place = section.place().clone();
    if !section.has("url_file") && !section.has("url_env") {
        mistakes.add(&place, section.key("url"), "needs exactly one of url_file and url_env");
    }
    let key = section.key(if section.has("url_file") { "url_file" } else { "url_env" });
    let address = optional_secret_of(&mut section, "url", Address::parse, source, mistakes);
    let authorities = section.text("ca_file", mistakes).and_then(|found| {
        found.parse(mistakes, |path| {
            let pem = read_public_file(&path, source)?;
            authorities(&pem).map_err(|why| format!("names a file {why}"))
        })
    });
    let tls_key = section.key("tls");
    let stated = section.text("tls", mistakes).and_then(|found| {
        found.parse(mistakes, |text| match text.as_str() {
            "verified" => Ok(true),
            "off" => Ok(false),
            _ => Err("must be verified or off".to_owned()),
        })
    });
    section.finish(mistakes);
    let address = address?;
    if stated == Some(true) && address.is_socket() {
        mistakes.add(
            &place,
            tls_key,
            "cannot be verified for a socket of this machine: leave it out",
        );
    }
    Some(PostgresConfig {
        address,
        tls: stated,
        authorities: authorities.unwrap_or_default(),
        named_by: format!("{}: {key}", source.name),
    })
}
