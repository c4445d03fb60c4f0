//! What `init` has to know, from flags or, for what they leave open, from questions.

use std::io::{self, BufRead};

use clap::{Args, ValueEnum};
use domain::{address::Address, issuer::browser_origin};

/// What the flags say.
#[derive(Debug, Args)]
pub(super) struct Stated {
    /// The clinic's name in settings, logs and metrics, such as downtown
    #[arg(long, value_name = "ID")]
    tenant: Option<String>,
    /// Who launches: an EHR's server with a key, or a browser with the clinician's token
    #[arg(long, value_enum)]
    host: Option<HostKind>,
    /// For a server: the JSON API of this gateway, or Empego's own, for a client that exists
    #[arg(long, value_enum)]
    api: Option<Api>,
    /// For a browser: the identity provider's `iss`
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// For a browser: what the provider's access tokens have in `aud` for this gateway
    #[arg(long)]
    audience: Option<String>,
    /// For a browser: the origin of the EHR's pages
    #[arg(long, value_name = "ORIGIN")]
    origin: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum HostKind {
    /// An EHR's server, which states the clinician
    Server,
    /// An EHR's page, with the clinician's token
    Browser,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Api {
    /// The JSON API
    Native,
    /// Empego's own API
    DropIn,
}

/// Everything there is to know.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answers {
    pub(super) tenant: String,
    pub(super) host: Host,
}

/// The first host.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Host {
    Server(Api),
    Browser {
        issuer: String,
        audience: String,
        origin: String,
    },
}

impl Answers {
    /// Takes what the flags say, and asks for the rest.
    ///
    /// # Errors
    /// The first flag or answer that cannot be used, and which flag gives it.
    pub(super) fn complete(
        stated: Stated,
        input: &mut impl BufRead,
        ask: &mut impl FnMut(&str) -> io::Result<()>,
    ) -> Result<Self, String> {
        let mut question =
            |flag: &str, text: &str, stated: Option<String>, read: fn(&str) -> Result<String, String>| {
                let answer = match stated {
                    Some(answer) => answer,
                    None => answer_to(flag, text, input, ask)?,
                };
                read(answer.trim()).map_err(|why| format!("--{flag} {why}"))
            };
        let tenant = question(
            "tenant",
            "The clinic's name in settings and logs, such as downtown:",
            stated.tenant,
            id,
        )?;
        let host = stated.host.map(|kind| name_of(&kind));
        let host = question(
            "host",
            "Who launches, a server with a key or a browser with tokens (server, browser):",
            host,
            one_of::<HostKind>,
        )?;
        let host = if host == name_of(&HostKind::Server) {
            let api = stated.api.map(|api| name_of(&api));
            let api = question(
                "api",
                "The JSON API, or Empego's own for a client that exists (native, drop-in):",
                api,
                one_of::<Api>,
            )?;
            Host::Server(if api == name_of(&Api::DropIn) {
                Api::DropIn
            } else {
                Api::Native
            })
        } else {
            Host::Browser {
                issuer: question(
                    "issuer",
                    "The identity provider's iss, such as https://idp.example:",
                    stated.issuer,
                    issuer,
                )?,
                audience: question(
                    "audience",
                    "The aud of access tokens for this gateway:",
                    stated.audience,
                    plain,
                )?,
                origin: question(
                    "origin",
                    "The origin of the EHR's pages, such as https://ehr.example:",
                    stated.origin,
                    origin,
                )?,
            }
        };
        Ok(Self { tenant, host })
    }
}

fn answer_to(
    flag: &str,
    text: &str,
    input: &mut impl BufRead,
    ask: &mut impl FnMut(&str) -> io::Result<()>,
) -> Result<String, String> {
    let failed = |error: io::Error| format!("--{flag} is required: no answer can be read: {error}");
    ask(text).map_err(failed)?;
    let mut answer = String::new();
    if input.read_line(&mut answer).map_err(failed)? == 0 {
        return Err(format!("--{flag} is required"));
    }
    Ok(answer)
}

fn name_of(value: &impl ValueEnum) -> String {
    value
        .to_possible_value()
        .map(|value| value.get_name().to_owned())
        .unwrap_or_default()
}

fn one_of<T: ValueEnum>(text: &str) -> Result<String, String> {
    let known: Vec<_> = T::value_variants().iter().map(name_of).collect();
    let found = known.iter().find(|name| *name == text);
    found.cloned().ok_or_else(|| format!("must be {}", known.join(" or ")))
}

fn id(text: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if (1..=64).contains(&text.len()) && text.bytes().all(fits) {
        Ok(text.to_owned())
    } else {
        Err("must be 1 to 64 letters, digits, hyphens, underscores or dots".to_owned())
    }
}

/// Nothing that would have to be escaped in a configuration.
fn plain(text: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
    if (1..=255).contains(&text.len()) && text.bytes().all(fits) {
        Ok(text.to_owned())
    } else {
        Err("must be 1 to 255 visible ASCII characters without quotation marks and backslashes".to_owned())
    }
}

fn issuer(text: &str) -> Result<String, String> {
    plain(text)?;
    Address::parse(text).map_err(str::to_owned)?;
    Ok(text.to_owned())
}

fn origin(text: &str) -> Result<String, String> {
    browser_origin(text).map_err(str::to_owned)
}
