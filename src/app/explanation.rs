//! Explains a launch as a configuration has it, without serving.

use domain::{
    claims::Claims,
    empego::{self, Endpoint, parse_native},
    junction,
    native_body::Native,
    refusal::Refusal,
};

use super::{assembly, egress, known_users};
use crate::{
    config::Config,
    directory::{Caller, Directory, NoCaller, TokenIdentity},
    gateway::{KnownClinicians, explain, explain_junction},
    http::{ExplanationDocument, JunctionExplanationDocument},
    identity::Fetcher,
};

/// A configuration's hosts and tenants, and whom its store remembers, to ask what would become of a launch.
pub struct Explainer {
    pub(super) directory: Directory,
    known_clinicians: Option<KnownClinicians>,
}

/// One question.
#[derive(Debug)]
pub struct Question<'a> {
    /// The calling host, by its id in the configuration.
    pub host: &'a str,
    /// The claims of the clinician's token, for a token host.
    pub claims: Option<Claims>,
    /// What would be opened.
    pub launch: Asked,
    /// The body of a native launch.
    pub body: &'a [u8],
}

/// Which kind of launch is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// One of Empego's endpoints.
    Empego(Endpoint),
    /// Junction's app; the body says which feature.
    Junction,
}

impl Explainer {
    /// Makes the parts that a configuration describes.
    ///
    /// # Errors
    /// If TLS cannot be set up, or the store cannot be used.
    pub async fn new(config: &Config) -> anyhow::Result<Self> {
        let fetcher = Fetcher::new(egress::way_out(&config.egress)?)?;
        Ok(Self {
            directory: assembly::directory(config, &fetcher, &Directory::default(), None)?,
            known_clinicians: known_users::known_clinicians_to_read(config).await?,
        })
    }

    /// The document that a caller of `/v1/explain/…` would get.
    ///
    /// # Errors
    /// If there is no such caller.
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "serialising a struct of texts and numbers to memory cannot fail"
    )]
    pub async fn explain(&self, question: Question<'_>) -> Result<String, NoCaller> {
        let caller = self.directory.caller_by_id(question.host, question.claims)?;
        let written = match question.launch {
            Asked::Empego(endpoint) => {
                let launch = read(&caller, endpoint, question.body);
                let explained = explain(&caller, launch, self.known_clinicians.as_ref()).await;
                serde_json::to_string_pretty(&ExplanationDocument::new(&explained, endpoint, None))
            }
            Asked::Junction => {
                let explained = explain_junction(&caller, read_junction(&caller, question.body));
                serde_json::to_string_pretty(&JunctionExplanationDocument::new(&explained, None))
            }
        };
        Ok(written.expect("texts and numbers serialise"))
    }
}

fn read(caller: &Caller, endpoint: Endpoint, body: &[u8]) -> Result<empego::Launch, Refusal> {
    let empego = caller.empego(endpoint)?;
    let token = caller.token.as_deref().map(TokenIdentity::clinician);
    let raw = Native {
        body,
        ..Native::default()
    };
    parse_native(raw, endpoint, &empego.rules, token.as_ref())
}

fn read_junction(caller: &Caller, body: &[u8]) -> Result<junction::Launch, Refusal> {
    caller.junction()?;
    let vouched = caller.token.as_deref().map(TokenIdentity::vouched);
    let raw = Native {
        body,
        ..Native::default()
    };
    junction::parse(raw, vouched.as_ref())
}
